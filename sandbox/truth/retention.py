"""Net revenue retention of the accounts that each channel and each team brought, worked out in plain Python."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sandbox.truth import mrr
from sandbox.truth.agreement import local_day, local_midnight
from sandbox.truth.clauses.finding import primary_owner
from sandbox.truth.figures import month_of, next_month, over
from sandbox.truth.judged import Judged, Knowledge

TARGET = Decimal("1.00")


def retention(known: Knowledge) -> Iterator[dict[str, Any]]:
    """Rows of rpt_headline_breakdown: a month, and who brought the accounts that opened it."""
    today = local_day(known.as_of)
    spans = mrr.spans(known.seen)
    companies = {span.account_id: span.company_id for span in spans}
    first: dict[str, date] = {}
    before: dict[str, Decimal] = {}
    for month, held in mrr.balances(spans, today).items():
        for account in held:
            first.setdefault(account, month)
        groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        for account, since in first.items():
            for origin in _origins(known, companies[account], since):
                groups[origin].append(account)
        for (dimension, value), accounts in groups.items():
            opened = [account for account in accounts if account in before]
            paid = sum((before[account] for account in opened), Decimal(0))
            still = sum((held.get(account, Decimal(0)) for account in opened), Decimal(0))
            yield _row(known, month, dimension, value, len(opened), over(still, paid), today)
        before = held


def _origins(known: Knowledge, company: str | None, since: date) -> tuple[tuple[str, str], tuple[str, str]]:
    """The channel and the team that first brought a company, if that was before its account paid."""
    sold = [(one.outcome.won_at, one) for one in known.judged if one.outcome.won_at and company and one.company_id == company]
    won_at, one = min(sold, key=lambda pair: (pair[0], pair[1].passage.handoff_id), default=(None, None))
    if won_at is None or month_of(local_day(won_at)) > since:
        return ("channel", "unknown"), ("team", "unknown")
    assert isinstance(one, Judged)
    team = known.calendars.sellers.get(primary_owner(one) or "", ("", None))[1]
    return ("channel", one.facts["channel"] or "unknown"), ("team", team or "unknown")


def _row(
    known: Knowledge, month: date, dimension: str, value: str, accounts: int, nrr: Decimal | None, today: date
) -> dict[str, Any]:
    over_now = next_month(month) <= today
    if not accounts:
        status, reason = "not_judgeable", "no_sample"
    elif not over_now:
        status, reason = "immature", "period_running"
    else:
        status, reason = "met" if nrr is not None and nrr >= TARGET else "missed", None
    return {
        "metric": "nrr", "period": "month", "period_start": month, "period_end": next_month(month) - timedelta(days=1),
        "dimension": dimension, "value": value, "target": TARGET, "actual": nrr, "interval_low": None, "interval_high": None,
        "interval_method": "none", "sample_size": accounts, "undecided": 0, "hits": None, "share_within_target": None,
        "status": status, "reason": reason, "is_mature": over_now, "is_beyond_chance": None, "is_partial": not over_now,
        "agreement_version": known.agreement.version_at(local_midnight(month)).name,
    }  # fmt: skip
