"""The headline metrics against their targets, worked out in plain Python: for the company, each channel and each team.

What is counted hand-over by hand-over is here; retention by channel and team in `retention`; NRR and LTV:CAC of the company in
`mrr` and `economics`.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, sqrt
from typing import Any

import pandas as pd

from sandbox.company.constants import INACTIVITY_DAYS
from sandbox.company.terms import TARGETS
from sandbox.truth.agreement import local_day, local_midnight
from sandbox.truth.clauses import response_time
from sandbox.truth.clauses.finding import primary_owner
from sandbox.truth.figures import month_of, next_month, over, wilson
from sandbox.truth.judged import Judged, Knowledge
from sandbox.truth.retention import retention

_SHARES = ("mql_to_sql", "acceptance", "close_rate")


@dataclass(frozen=True)
class Wait:
    """How long one lead waited for its first contact; `contacted` False: so long at least."""

    seconds: int
    contacted: bool
    verdict: str
    reason: str | None


Member = tuple[bool, bool] | Wait  # (hit, may still become one)


def headline(known: Knowledge) -> pd.DataFrame:
    """One row per metric, period, dimension and value, as rpt_headline_metrics (dimension `all`) and
    rpt_headline_breakdown must have them."""
    today = local_day(known.as_of)
    groups: dict[tuple[str, str, date, str, str], list[Member]] = defaultdict(list)
    for one in known.judged:
        team = known.calendars.sellers.get(primary_owner(one) or "", ("", None))[1]
        subjects = (("all", "all"), ("channel", one.facts["channel"] or "unknown"), ("team", team or "unknown"))
        for metric, day, member in _members(known, one):
            for period, start in _periods_of(day):
                for dimension, value in subjects:
                    groups[metric, period, start, dimension, value].append(member)
    first = min(local_day(one.passage.opening.at) for one in known.judged)
    for metric in TARGETS:
        for offset in range((today - first).days + 1):
            for period, start in _periods_of(first + timedelta(days=offset)):
                groups.setdefault((metric, period, start, "all", "all"), [])
    rows = [_row(known, *key, members, today) for key, members in groups.items()]
    return pd.DataFrame([*rows, *(row for row in retention(known) if row["period_start"] >= month_of(first))], dtype=object)


def _periods_of(day: date) -> tuple[tuple[str, date], tuple[str, date]]:
    return ("month", month_of(day)), ("week", day - timedelta(days=day.weekday()))


def _members(known: Knowledge, one: Judged) -> Iterator[tuple[str, date, Member]]:
    end, day = one.outcome, local_day(one.passage.opening.at)
    accepted = any((end.accepted_at, end.sql_at, end.opportunity_at, end.proposal_at))
    still = end.status == "open"
    yield "mql_to_sql", day, (end.sql_at is not None, still)
    yield "acceptance", day, (accepted, still)
    if end.sql_at is not None:
        yield "close_rate", local_day(end.sql_at), (end.status == "won", still)
        yield "sqls_delivered", local_day(end.sql_at), (True, False)
    wait = _wait(known, one)
    if wait is not None:
        yield f"first_contact_{one.facts['temperature']}", day, wait


def _wait(known: Knowledge, one: Judged) -> Wait | None:
    """On the clock of the strictest clause that starts at the hand-over."""
    clauses = [c for c in one.terms.clocks if c.applies_to in ("all", one.facts["temperature"]) and c.temperature in
               (None, one.facts["temperature"])]  # fmt: skip
    if not clauses:
        return None
    clause = min(clauses, key=lambda c: (c.limit, c.id))
    start = one.passage.opening.at
    found = response_time.whole(known, one, clause, start, one.passage.opening.not_before)
    until = found.met_at or max(start, min(one.outcome.closed_at or known.as_of, known.as_of))
    clock = known.calendars.clock(one.terms, clause.limit, clause.clock, primary_owner(one), clause.pause_when_owner_absent)
    business = clause.clock == "business"
    seconds = clock.works.seconds(start, until) if business else int((until - start).total_seconds())
    return Wait(seconds, found.met_at is not None, found.verdict, found.reason)


def _row(
    known: Knowledge, metric: str, period: str, start: date, dimension: str, value: str, members: list[Member], today: date
) -> dict[str, Any]:
    after = next_month(start) if period == "month" else start + timedelta(days=7)
    target, more_is_better = TARGETS[metric]
    counted = _of_waits([m for m in members if isinstance(m, Wait)], target) if metric.startswith("first") else _of_shares(
        metric, [m for m in members if not isinstance(m, Wait)])  # fmt: skip
    low, high, undecided = counted["interval_low"], counted["interval_high"], counted["undecided"]
    mature = after <= today and (not undecided or after + timedelta(days=INACTIVITY_DAYS) <= today)
    reason = counted.pop("not_judged")
    if metric == "sqls_delivered":
        reason = "company_target" if dimension != "all" else "monthly_target" if period == "week" else None
    goal, actual = Decimal(str(target)), counted["actual"]
    if reason:
        status = "not_judgeable"
    elif not mature:
        status, reason = "immature", "period_running" if after > today else "cohort_open"
    else:
        reached = actual is not None and (actual >= goal if more_is_better else actual <= goal)
        status, reason = "met" if reached else "missed", "median_not_reached" if actual is None else None
    sure = None
    if status != "not_judgeable" and metric != "sqls_delivered":
        above, below = low is not None and low >= goal, high is not None and high < goal
        if not more_is_better:
            above, below = low is not None and low > goal, high is not None and high <= goal
        sure = above or below
    return {
        "metric": metric, "period": period, "period_start": start, "period_end": after - timedelta(days=1),
        "dimension": dimension, "value": value, "target": goal, **counted, "status": status, "reason": reason,
        "is_mature": mature, "is_beyond_chance": sure, "is_partial": after > today,
        "agreement_version": known.agreement.version_at(local_midnight(start)).name,
    }  # fmt: skip


def _of_shares(metric: str, members: list[tuple[bool, bool]]) -> dict[str, Any]:
    hits, total = sum(hit for hit, _ in members), len(members)
    undecided = sum(still and not hit for hit, still in members)
    share = metric in _SHARES
    low, high = wilson(hits, total) if total and share else (None, None)
    return {
        "actual": over(hits, total) if share else Decimal(hits), "interval_low": low, "interval_high": high,
        "interval_method": "wilson_95" if total and share else "none", "sample_size": total, "undecided": undecided,
        "hits": hits if total else None, "share_within_target": None, "not_judged": None if total else "no_sample",
    }  # fmt: skip


def _of_waits(members: list[Wait], target: float) -> dict[str, Any]:
    judged = [m for m in members if m.verdict != "not_judgeable"]
    total = len(judged)
    inside = sum(m.contacted and m.seconds <= target for m in judged)
    decided = sum(m.contacted or m.seconds > target for m in judged)
    low, high = floor(0.5 * total - 0.98 * sqrt(total)), ceil(1 + 0.5 * total + 0.98 * sqrt(total))
    soonest, contacts = sorted(m.seconds for m in judged), sorted(m.seconds for m in judged if m.contacted)
    why = min((m.reason for m in members if m.verdict == "not_judgeable" and m.reason), default="no_sample")
    return {
        "actual": _median(judged), "sample_size": total, "undecided": sum(m.verdict == "running" for m in members),
        "hits": inside if members else None, "share_within_target": over(inside, decided),
        "interval_low": Decimal(soonest[low - 1]) if low >= 1 else None,
        "interval_high": Decimal(contacts[high - 1]) if total and high <= len(contacts) else None,
        "interval_method": "order_statistics_95" if total else "none", "not_judged": None if total else why,
    }  # fmt: skip


def _median(waits: list[Wait]) -> Decimal | None:
    """When half have been contacted, by the product-limit estimate; None when half never are."""
    left = Fraction(1)
    for moment in sorted({m.seconds for m in waits}):
        waiting = sum(m.seconds >= moment for m in waits)
        left *= 1 - Fraction(sum(m.contacted and m.seconds == moment for m in waits), waiting)
        if left <= Fraction(1, 2):
            return Decimal(moment)
    return None
