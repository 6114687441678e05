"""What both areas reached together, month by month, counted from what happened."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd

from sandbox.company.terms import SCORES, SHARED_GOALS
from sandbox.truth.agreement import Agreement, local_day, local_midnight
from sandbox.truth.figures import FOUR, half_up, month_of, months, next_month, over


def shared_goals(tables: dict[str, pd.DataFrame], agreement: Agreement, as_of_day: date) -> pd.DataFrame:
    """One row per month, goal and area, as rpt_shared_goals must have them. `tables`: of `frames`."""
    brought: dict[tuple[str, date], list[tuple[bool, Decimal]]] = defaultdict(list)
    for measure, day, from_funnel, amount in _facts(tables):
        brought[measure, month_of(day)].append((from_funnel, amount))
    rows = []
    for month in months(min(tables["handoffs"]["mql_date"]), as_of_day):
        version = agreement.version_at(local_midnight(month)).name
        if version not in SCORES:  # the goals came with the score
            continue
        for goal, measure, figure, shares, pays_from in SHARED_GOALS:
            facts = brought[measure, month]
            total, funnel = sum((a for _, a in facts), Decimal(0)), sum((a for own, a in facts if own), Decimal(0))
            reached, over_yet = over(total, figure) or Decimal(0), next_month(month) <= as_of_day
            for area, own in (("marketing", funnel), ("sales", total - funnel)):
                share = Decimal(shares[area])
                due = reached > 0 and reached >= Decimal(pays_from or 0)
                rows.append({
                    "period_start": month, "period_end": next_month(month) - timedelta(days=1), "goal_id": goal, "measure": measure,
                    "area": area, "target": Decimal(figure), "actual": total, "area_actual": own, "reached_share": reached,
                    "area_share": over(own, figure), "sample_size": len(facts), "bonus_share": share,
                    "status": ("met" if total >= figure else "missed") if over_yet else "immature",
                    "earned_bonus_share": half_up(min(reached, Decimal(1)) * share, FOUR) if due else Decimal(0),
                    "is_partial": not over_yet, "agreement_version": version,
                })  # fmt: skip
    return pd.DataFrame(rows, dtype=object)


def _facts(tables: dict[str, pd.DataFrame]) -> Iterator[tuple[str, date, bool, Decimal]]:
    for movement in tables["revenue"].to_dict("records"):
        if movement["is_revenue"]:
            amount = Decimal(movement["signed_amount"])
            yield "revenue_per_month", movement["occurred_on"], movement["opening_record"] is not None, amount
    for deal in tables["opportunities"].to_dict("records"):
        if deal["outcome"] == "won" and not deal["is_copy"]:
            yield "wins_per_month", local_day(deal["closed_at"]), deal["opening_record"] is not None, Decimal(1)
