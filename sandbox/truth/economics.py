"""What a customer cost and brought, month by month, counted from what happened."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd

from sandbox.company.costs import MONTHLY_COSTS
from sandbox.truth.agreement import local_date, local_day
from sandbox.truth.figures import CENT, half_up, month_of, months, over
from sandbox.truth.identity import person_id
from sandbox.truth.judged import Knowledge
from sandbox.truth.mrr import balances, spans
from sandbox.truth.tables import opportunities

HORIZON, CHURN_MONTHS = 36, 12  # as bastao.yaml has them when nobody writes others


def economics(known: Knowledge, media: pd.DataFrame, returns: pd.DataFrame) -> pd.DataFrame:
    """The rows of rpt_unit_economics; `media` and `returns`: what `media_cost` and `campaign_return` say."""
    customers, cycles, tickets = _new_customers(known), _cycles(known), _tickets(known)
    by_month = returns[(returns["period"] == "month") & (returns["dimension"] == "channel")]
    spent: dict[date, Decimal] = defaultdict(Decimal)
    for row in media.itertuples():
        spent[month_of(row.spent_on)] += Decimal(row.amount)
    recurring = _recurring(known)
    rows = []
    # From the month of the first hand-over to this one.
    for month in months(
        min(local_day(one.passage.opening.at) for one in known.judged), local_day(known.as_of)
    ):
        steps = by_month[by_month["period_start"] == month]
        sales, marketing, margin = MONTHLY_COSTS.get(f"{month:%Y-%m}", (None, None, None))
        reached = month_of(min(media["spent_on"])) <= month <= max(media["spent_on"])
        cost = spent.get(month, Decimal(0) if reached else None)
        whole = None if sales is None or marketing is None or cost is None else cost + sales + marketing
        new = customers.get(month, [])
        lasted, sold = sorted(cycles.get(month, [])), tickets.get(month, {})
        counts = {name: int(steps[name].sum()) for name in ("leads", "mqls", "sqls")}
        cac = over(whole, len(new), CENT)
        cac_reason = (
            "no_monthly_costs" if sales is None else "no_media_cost" if cost is None else None if new else "no_new_customers"
        )
        rows.append({
            "period_start": month, "new_customers": len(new), "new_customers_from_funnel": sum(new), **counts,
            "media_cost": cost, "marketing_cost": marketing, "sales_cost": sales, "acquisition_cost": whole,
            "cost_per_lead": over(cost, counts["leads"], CENT), "cost_per_mql": over(cost, counts["mqls"], CENT),
            "cost_per_sql": over(cost, counts["sqls"], CENT), "media_cac": over(cost, sum(new), CENT), "cac": cac, "cac_reason": cac_reason,
            "revenue": sum(steps["revenue_first"], Decimal(0)), "invoices": len(sold),
            "average_ticket": over(sum(sold.values(), Decimal(0)), len(sold), CENT), "won": len(lasted),
            "cycle_median_days": _days(lasted, 1, 2), "cycle_p90_days": _days(lasted, 9, 10), "gross_margin": margin,
            **_value(recurring.get(month, (0, None, 0, 0)), margin, cac, cac_reason),
        })  # fmt: skip
    return pd.DataFrame(rows, dtype=object)


def _recurring(known: Knowledge) -> dict[date, tuple[int, Decimal | None, int, int]]:
    """Month -> accounts at its end, what one pays, and of the last months: account-months opened, accounts that left."""
    found: dict[date, tuple[int, Decimal | None, int, int]] = {}
    opened, left, before = [], [], set[str]()
    for month, held in balances(spans(known.seen), local_day(known.as_of)).items():
        opened.append(len(before))
        left.append(len(before - held.keys()))
        one_pays = over(sum(held.values(), Decimal(0)), len(held), CENT)
        found[month] = len(held), one_pays, sum(opened[-CHURN_MONTHS:]), sum(left[-CHURN_MONTHS:])
        before = set(held)
    return found


def _value(
    recurring: tuple[int, Decimal | None, int, int], margin: Decimal | None, cac: Decimal | None, cac_reason: str | None
) -> dict[str, Any]:
    """LTV = monthly payment x margin x lifetime; the lifetime is 1 / churn, at most the horizon."""
    accounts, pays, opened, left = recurring
    bounded = left * HORIZON <= opened
    lifetime = None if not opened else Decimal(HORIZON) if bounded else half_up(Decimal(opened) / left)
    reason = (
        "no_recurring_revenue" if not accounts else "no_gross_margin" if margin is None
        else None if lifetime else "no_account_month_observed"
    )  # fmt: skip
    monthly = pays * margin if pays and margin else None
    ltv = half_up(monthly * lifetime) if monthly and lifetime and reason is None else None
    return {
        "recurring_accounts": accounts, "mrr_per_account": pays, "lifetime_months": lifetime, "ltv": ltv,
        "ltv_reason": reason, "ltv_cac_reason": cac_reason or reason,
        "ltv_cac": over(ltv, cac) if ltv else None,
        "payback_months": over(cac, monthly, CENT) if cac else None,
    }  # fmt: skip


def _new_customers(known: Knowledge) -> dict[date, list[bool]]:
    """Month -> of each company (or person) that bought first then, whether it came through the funnel."""
    wins: dict[str, list[tuple[date, str, bool]]] = defaultdict(list)
    for deal in opportunities(known).itertuples():
        day = local_date(deal.closed_at)
        if deal.outcome == "won" and not deal.is_copy and day:
            customer = deal.company_id or (person_id(deal.person) if deal.person else deal.opportunity_id)
            wins[customer].append((day, deal.opportunity_id, deal.opening_record is not None))
    found: dict[date, list[bool]] = defaultdict(list)
    for bought in wins.values():
        day, _, from_funnel = min(bought)
        found[month_of(day)].append(from_funnel)
    return found


def _cycles(known: Knowledge) -> dict[date, list[int]]:
    """Month of the win -> seconds from the hand-over."""
    found: dict[date, list[int]] = defaultdict(list)
    for one in known.judged:
        won = one.outcome.won_at
        day = local_date(won)
        if won and day and won >= one.passage.opening.at:
            found[month_of(day)].append(int((won - one.passage.opening.at).total_seconds()))
    return found


def _days(seconds: Sequence[int], part: int, of: int) -> Decimal | None:
    """The nearest rank: the first that `part` of `of` do not exceed."""
    for place, lasted in enumerate(seconds, 1):
        if place * of >= len(seconds) * part:
            return half_up(Decimal(lasted) / 86400)
    return None


def _tickets(known: Knowledge) -> dict[date, dict[tuple[Any, ...], Decimal]]:
    """Month -> invoice (branch, document, customer) -> its amount."""
    found: dict[date, dict[tuple[Any, ...], Decimal]] = defaultdict(dict)
    rows = {recno: row for (table, recno), row in known.seen.erp.items() if table.startswith("SD2")}
    for movement in known.movements:
        if movement.kind == "invoice" and movement.is_revenue:
            document = str(rows[int(movement.movement_id.split(":")[2])]["D2_DOC"]).strip()
            invoice = movement.branch, document, movement.company_id
            sums = found[month_of(movement.occurred_on)]
            sums[invoice] = sums.get(invoice, Decimal(0)) + movement.amount
    return found
