"""Which hand-over a movement of the ERP belongs to: by the strongest rule that names one.

Where the rule that decides names several hand-overs none of them is guessed: the movement is `ambiguous`, and its
candidates are kept. The confidence of a rule is a place on a scale from 0 (nothing known) to 1 (somebody wrote it down).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sandbox.company.constants import REVENUE_MATCH_DAYS, REVENUE_MATCH_TOLERANCE

CONFIDENCE = {
    "order_on_deal": Decimal("1.00"), "order_number_on_deal": Decimal("0.90"), "proposal": Decimal("0.80"),
    "company_value_date": Decimal("0.60"), "company_won_before": Decimal("0.30"), "ambiguous": Decimal("0.00"),
    "none": Decimal("0.00"),
}  # fmt: skip


@dataclass(frozen=True)
class Noted:
    """A deal of the CRM: what it can say about an order. `record`: its own hand-over, None when it has none."""

    record: str | None
    company_id: str | None
    order: str | None  # as written: '<filial>-<pedido>', or the number alone
    won_on: date | None
    once: Decimal  # its amount without the monthly part
    is_copy: bool


@dataclass(frozen=True)
class SalesOrder:
    """An order of goods of the ERP; orders that measure a contract are none."""

    ref: str
    number: str
    customer: tuple[str, ...]  # branch, code, store
    company_id: str | None
    ordered_on: date
    value: Decimal


@dataclass(frozen=True)
class Proposal:
    """A proposal that became an order: for whom, when the customer said yes, and when the order was entered."""

    customer: tuple[str, ...]
    approved_on: date | None
    ordered_on: date | None


@dataclass(frozen=True)
class Win:
    """A won hand-over."""

    record: str
    won_on: date
    won_at: datetime


Found = dict[str, tuple[str, set[str]]]  # order -> rule and the hand-overs that it names


def of_orders(
    refs: Iterable[str], orders: list[SalesOrder], proposals: list[Proposal], deals: list[Noted]
) -> Found:
    """The hand-overs that each order (`refs`: those of movements, and all of `orders`) names by its strongest rule."""
    written: dict[str, set[str | None]] = {}
    for deal in deals:
        if deal.order:
            written.setdefault(deal.order, set()).add(deal.record)
    found: Found = {ref: ("order_on_deal", _known(written[ref])) for ref in refs if ref in written}
    free = []  # orders that no deal names, not even one outside the funnel
    for order in orders:
        same = [d.record for d in deals if d.order == order.number and d.company_id and d.company_id == order.company_id]
        if not found.get(order.ref, ("", set()))[1] and same:
            found[order.ref] = ("order_number_on_deal", _known(same))
        if order.ref not in written and not same and order.company_id:
            free.append(order)
    won = [d for d in deals if d.won_on and not d.is_copy and not d.order and d.record]
    by_proposal = _by_proposal(free, proposals, won)
    for rule, named in (("company_value_date", _by_value(free, won)), ("proposal", by_proposal)):
        found.update({ref: (rule, records) for ref, records in named.items()})
    return {ref: entry for ref, entry in found.items() if entry[1]}


def _known(records: Iterable[str | None]) -> set[str]:
    return {record for record in records if record}


def _by_proposal(orders: list[SalesOrder], proposals: list[Proposal], won: list[Noted]) -> dict[str, set[str]]:
    """One order and one proposal of a customer on a day; the deals of that company won on the day of the approval."""
    named = {}
    rivals = Counter((order.customer, order.ordered_on) for order in orders)
    behind: dict[tuple[tuple[str, ...], date | None], list[Proposal]] = {}
    for proposal in proposals:
        behind.setdefault((proposal.customer, proposal.ordered_on), []).append(proposal)
    for order in orders:
        day = (order.customer, order.ordered_on)
        if rivals[day] == len(behind.get(day, ())) == 1:
            approved_on = behind[day][0].approved_on
            records = _known(d.record for d in won if d.company_id == order.company_id and d.won_on == approved_on)
            if records:
                named[order.ref] = records
    return named


def _by_value(orders: list[SalesOrder], won: list[Noted]) -> dict[str, set[str]]:
    """The deals of the company of nearly the order's value, won not long before it; each with this order alone."""
    pairs = [
        (order, deal)
        for order in orders
        for deal in won
        if deal.company_id == order.company_id and deal.won_on and deal.once > 0
        and deal.won_on <= order.ordered_on <= deal.won_on + timedelta(days=REVENUE_MATCH_DAYS)
        and abs(order.value - deal.once) <= deal.once * REVENUE_MATCH_TOLERANCE
    ]  # fmt: skip
    named: dict[str, set[str]] = {}
    for order, deal in pairs:
        if len({o.ref for o, d in pairs if d is deal}) == 1:
            named.setdefault(order.ref, set()).add(deal.record or "")
    return named


def won_before(wins: Mapping[str, list[Win]], company_id: str | None, day: date) -> set[str]:
    """The company's latest win by that day; several when they were won in the same second."""
    earlier = [win for win in wins.get(company_id or "", ()) if win.won_on <= day]
    latest = max((win.won_at for win in earlier), default=None)
    return {win.record for win in earlier if win.won_at == latest}


def decide(rule: str, records: set[str]) -> tuple[str, str | None]:
    """The rule as it is shown, and the hand-over."""
    if len(records) == 1:
        return rule, next(iter(records))
    return ("ambiguous", None) if records else ("none", None)
