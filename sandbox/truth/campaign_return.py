"""What each campaign, channel, form and content brought and cost, counted from what happened, month by month and over all."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from sandbox.truth.agreement import channel_of, local_date, local_day
from sandbox.truth.attribution import MODELS, attribution, page_names
from sandbox.truth.figures import CENT, month_of, over
from sandbox.truth.identity import md5
from sandbox.truth.judged import Knowledge, form_before
from sandbox.truth.outcomes import conversions_of
from sandbox.world import World

STEPS = ("leads", "mqls", "sqls", "opportunities", "won")
Origin = tuple[str | None, str | None, str | None]  # campaign id, channel, form
Fact = tuple[str, date, str, Origin, Decimal]  # measure, day, kind, origin, amount


def campaign_return(known: Knowledge, world: World, media: pd.DataFrame) -> pd.DataFrame:
    """The rows of rpt_campaign_return; `media`: what `media_cost` says."""
    contents = page_names(world)
    facts = [*_leads(known), *_steps(known), *_revenue(known), *_cost(media)]
    first_month = min(month_of(fact[1]) for fact in facts)
    sums: dict[tuple[Any, ...], dict[str, Decimal]] = defaultdict(dict)
    for measure, day, kind, (campaign, channel, form), amount in facts:
        for dimension, value in (
            ("campaign", campaign), ("channel", channel), ("form", form), ("content", contents.get(form or "")),
        ):  # fmt: skip
            if kind == "cost" and dimension in ("form", "content"):
                continue
            empty = {"fact": "none", "cost": "unmatched_cost"}
            bucket = kind if kind == "unattributed" else "value" if value else empty[kind]
            for period, start in (("month", month_of(day)), ("all", first_month)):
                cell = sums[period, start, dimension, bucket, value if bucket == "value" else None]
                cell[measure] = cell.get(measure, Decimal(0)) + amount
    spans = _spans(media)
    return pd.DataFrame([_row(key, cell, spans) for key, cell in sums.items()], dtype=object)


def _row(key: tuple[Any, ...], cell: dict[str, Decimal], spans: dict[tuple[str, str], tuple[date, date]]) -> dict[str, Any]:
    period, start, dimension, bucket, value = key
    cost = cell.get("media_cost")
    if cost is None and period == "month" and (dimension, value) in spans:
        since, until = spans[dimension, value]
        cost = Decimal(0) if since <= start <= until else None
    reason = None
    if bucket in ("unattributed", "unmatched_cost"):
        reason = bucket
    elif dimension in ("form", "content"):
        reason = "cost_not_by_form"
    elif bucket == "none":
        reason = "no_campaign"
    elif cost is None:
        reason = "cost_unknown"
    elif cost == 0:
        reason = "no_cost"
    row = {"period": period, "period_start": start, "dimension": dimension, "bucket": bucket, "value": value}
    row |= {step: int(cell.get(step, 0)) for step in STEPS}
    row |= {f"revenue_{model}": cell.get(f"revenue_{model}", Decimal(0)) for model in MODELS}
    row["media_cost"], row["reason"] = cost, reason
    for name, step in (("lead", "leads"), ("mql", "mqls"), ("sql", "sqls")):
        row[f"cost_per_{name}"] = over(cost, row[step], CENT)
    for model in MODELS:
        row[f"return_{model}"] = over(row[f"revenue_{model}"], cost) if reason is None else None
    return row


def _origin(source: str, medium: str, campaign: str) -> tuple[str | None, str]:
    name = campaign.strip().lower()
    return md5(f"campaign:{name}") if name else None, channel_of(source, medium) if source.strip() else "unknown"


def lead_origins(known: Knowledge) -> Iterator[tuple[str, date, Origin]]:
    """Each lead (its person) with the day its first RD contact was created and where it came from: by its first conversion
    whose source is known, else its first."""
    for person, uuids in known.contacts.items():
        created = [at for uuid in uuids if (at := known.seen.rd[uuid]["created_at"]) <= known.as_of]
        if not created:
            continue
        found = []
        for uuid in uuids:
            for _, form, at, *traffic in conversions_of(known.seen, uuid):
                if at <= known.as_of:
                    campaign, channel = _origin(*traffic)
                    found.append((channel == "unknown", at, form, campaign, channel))
        first = min(found, key=lambda row: row[:3], default=None)
        yield person, local_day(min(created)), (first[3], first[4], first[2]) if first else (None, "unknown", None)


def _leads(known: Knowledge) -> Iterator[Fact]:
    for _, day, origin in lead_origins(known):
        yield "leads", day, "fact", origin, Decimal(1)


def _steps(known: Knowledge) -> Iterator[Fact]:
    for one in known.judged:
        origin: Origin = (one.facts["campaign_id"], one.facts["channel"], form_before(known, one))
        end = one.outcome
        won = local_date(end.won_at)
        later = [local_date(end.opportunity_at), local_date(end.proposal_at), won]
        days = {
            "mqls": local_date(one.passage.opening.at), "sqls": local_date(end.sql_at) or won,
            "opportunities": min((day for day in later if day), default=None), "won": won,
        }  # fmt: skip
        for step, day in days.items():
            if day:
                yield step, day, "fact", origin, Decimal(1)


def _revenue(known: Knowledge) -> Iterator[Fact]:
    for share in attribution(known).itertuples():
        kind = "fact" if share.bucket == "attributed" else "unattributed"
        origin: Origin = (share.campaign_id, share.channel, share.form)
        yield f"revenue_{share.model}", share.occurred_on, kind, origin, Decimal(share.attributed_cents) / 100


def _cost(media: pd.DataFrame) -> Iterator[Fact]:
    for spent in media.itertuples():
        yield "media_cost", spent.spent_on, "cost", (spent.campaign_id, spent.channel, None), Decimal(spent.amount)


def _spans(media: pd.DataFrame) -> dict[tuple[str, str], tuple[date, date]]:
    """(dimension, value) -> first month and last day that the exports of its accounts reach."""
    accounts: dict[str, list[date]] = defaultdict(list)
    used: dict[tuple[str, str], set[str]] = defaultdict(set)
    for spent in media.itertuples():
        accounts[spent.account_id].append(spent.spent_on)
        for dimension, value in (("campaign", spent.campaign_id), ("channel", spent.channel)):
            if value:
                used[dimension, value].add(spent.account_id)
    return {
        key: (month_of(min(min(accounts[a]) for a in names)), max(max(accounts[a]) for a in names))
        for key, names in used.items()
    }
