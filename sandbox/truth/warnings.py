"""Signs that the agreement is broken, worked out from the truth's own tables in plain Python."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pandas as pd

from sandbox.company.terms import WARNING_SIGNS
from sandbox.truth.agreement import Agreement, local_day, local_midnight
from sandbox.truth.figures import month_of, months, next_month, over, wilson_low


def warning_signs(
    tables: dict[str, pd.DataFrame], cost: pd.DataFrame, agreement: Agreement, as_of_day: date
) -> pd.DataFrame:
    """One row per sign, month and seller (None: the company), as rpt_warning_signs must have them.

    `tables`: of `frames`; `cost`: of `media_cost`; `as_of_day`: the local day of the look.
    """
    handoffs = tables["handoffs"].to_dict("records")
    days = [row["mql_date"] for row in handoffs]
    listed = list(months(min(days), as_of_day))
    found = _shares(handoffs, tables["opportunities"].to_dict("records"))
    found += _streaks(tables, cost, listed, as_of_day)
    rows = []
    for row in found:
        version = agreement.version_at(local_midnight(row["period_start"]))
        threshold = WARNING_SIGNS.get(row["sign"])
        if row["period_start"] in listed and threshold is not None:
            judged = {"threshold": Decimal(str(threshold)), "severity": _severity(row, threshold)}
            rows.append({**row, **judged, "is_over": next_month(row["period_start"]) <= as_of_day, "agreement_version": version.name})
    return pd.DataFrame(rows, dtype=object).drop(columns=["at_least"])


def _members(handoffs: list[Any], deals: list[Any]) -> Iterable[tuple[str, date, str | None, bool]]:
    for row in handoffs:
        yield "untouched_share_above", row["mql_date"], row["seller_id"], row["attempts"] == 0
        yield "no_owner_share_above", row["mql_date"], None, row["seller_id"] is None
        if row["status"] in ("rejected", "lost"):
            yield "no_reason_share_above", local_day(row["closed_at"]), row["seller_id"], row["rejection_reason"] is None
    for deal in deals:
        if deal["outcome"] == "won" and not deal["is_copy"]:
            yield "sold_outside_share_above", local_day(deal["closed_at"]), deal["seller_id"], deal["opening_record"] is None


def _shares(handoffs: list[Any], deals: list[Any]) -> list[dict[str, Any]]:
    counts: dict[tuple[str, date, str | None], list[bool]] = defaultdict(list)
    for sign, day, seller, hit in _members(handoffs, deals):
        for who in {None, seller}:
            counts[sign, month_of(day), who].append(hit)
    return [
        {"sign": sign, "period_start": month, "seller_id": who, "value": over(sum(hits), len(hits)),
         "at_least": wilson_low(sum(hits), len(hits)), "sample_size": len(hits)}
        for (sign, month, who), hits in counts.items()
    ]


def _streaks(tables: dict[str, pd.DataFrame], cost: pd.DataFrame, listed: list[date], today: date) -> list[dict[str, Any]]:
    ended = [month for month in listed if next_month(month) <= today]
    revenue = _by_month((m["occurred_on"], m["signed_amount"]) for m in tables["revenue"].to_dict("records") if m["is_revenue"])
    grown = {
        "mql_growth_without_revenue_months": _by_month((day, Decimal(1)) for day in tables["handoffs"]["mql_date"]),
        "cost_growth_without_revenue_months": _by_month(zip(cost["spent_on"], cost["amount"], strict=True)),
    }
    rows = []
    for sign, amounts in grown.items():
        if not amounts or not revenue:
            continue
        since, streak, compared = max(min(amounts), min(revenue)), 0, 0
        for before, month in pairwise(ended):
            if before < since:
                continue
            compared += 1
            more = amounts.get(month, Decimal(0)) > amounts.get(before, Decimal(0))
            still = revenue.get(month, Decimal(0)) <= revenue.get(before, Decimal(0))
            streak = streak + 1 if more and still else 0
            rows.append({"sign": sign, "period_start": month, "seller_id": None, "value": Decimal(streak),
                         "at_least": Decimal(streak), "sample_size": compared})  # fmt: skip
    return rows


def _severity(row: dict[str, Any], threshold: float) -> str:
    limit = Decimal(str(threshold))
    if row["sign"].endswith("_months"):
        return "alert" if row["value"] >= limit else "quiet"
    if row["value"] <= limit:
        return "quiet"
    return "alert" if row["at_least"] > limit else "watch"


def _by_month(amounts: Iterable[tuple[date, Decimal]]) -> dict[date, Decimal]:
    found: dict[date, Decimal] = defaultdict(Decimal)
    for day, amount in amounts:
        found[month_of(day)] += Decimal(amount)
    return found
