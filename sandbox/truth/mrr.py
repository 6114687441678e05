"""Monthly recurring revenue from the sale contracts of the ERP: what each account paid a month at the end of each month.

A revision counts from its signature (the first from the start of the contract) until the next one; a cancelled or ended
contract until its end; one in force goes on, also behind its planned end, as its measurements do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sandbox.company.constants import ERP_GROUP
from sandbox.truth.figures import half_up, next_month
from sandbox.truth.figures import months as month_starts
from sandbox.truth.identity import md5
from sandbox.truth.revenue import companies_of_customers, day_of, table_of, text_of
from sandbox.truth.seen import Seen

_NEVER_IN_FORCE = ("02", "03", "04")  # draft, issued, approval
_OVER = ("01", "08")  # cancelled, ended
_ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Span:
    """A monthly amount of one account, in force from a day until another (exclusive; None: still)."""

    account_id: str
    company_id: str | None
    monthly: Decimal
    since: date
    until: date | None
    planned_end: date | None


def spans(seen: Seen) -> list[Span]:
    """Every recurring sheet of every revision of the sale contracts."""
    companies = companies_of_customers(seen)
    sheets: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in table_of(seen, "CNA").values():
        if row["CNA_QTDREC"] > 0:
            sheets.setdefault(tuple(text_of(row, f"CNA_{c}") for c in ("FILIAL", "CONTRA", "REVISA")), []).append(row)
    contracts: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in table_of(seen, "CN9").values():
        if text_of(row, "CN9_ESPCTR") == "2" and text_of(row, "CN9_SITUAC") not in _NEVER_IN_FORCE:
            contracts.setdefault((text_of(row, "CN9_FILIAL"), text_of(row, "CN9_NUMERO")), []).append(row)
    found = []
    for key, revisions in contracts.items():
        revisions.sort(key=lambda row: text_of(row, "CN9_REVISA"))
        begins = [day_of(row["CN9_DTASSI" if place else "CN9_DTINIC"]) for place, row in enumerate(revisions)]
        for row, since, following in zip(revisions, begins, [*begins[1:], None], strict=True):
            over = day_of(row["CN9_DTFIM"]) if text_of(row, "CN9_SITUAC") in _OVER else None
            for sheet in sheets.get((*key, text_of(row, "CN9_REVISA")), ()):
                customer = (sheet["CNA_CLIENT"], sheet["CNA_LOJACL"])
                company = companies.get(customer)
                node = f"erp:{ERP_GROUP}::{text_of(sheet, 'CNA_CLIENT')}:{text_of(sheet, 'CNA_LOJACL')}"
                monthly = half_up(sheet["CNA_VLTOT"] / sheet["CNA_QTDREC"])
                found.append(Span(company or md5(node), company, monthly, since, following or over, day_of(row["CN9_DTFIM"])))
    return found


def growth(found: list[Span], today: date) -> list[tuple[str, str, str | None, date]]:
    """(renewal or expansion, account, company, day): contracts that went on behind their planned end, and days on which an
    account that paid already began to pay more."""
    known, one_day = [span for span in found if span.since <= today], timedelta(days=1)
    accounts: dict[str, list[Span]] = {}
    for span in known:
        accounts.setdefault(span.account_id, []).append(span)

    def paid(account: str, day: date) -> Decimal:
        held = (s.monthly for s in accounts[account] if s.since <= day and (s.until is None or day < s.until))
        return sum(held, _ZERO)

    events = set()
    for span in known:
        if 0 < paid(span.account_id, span.since - one_day) < paid(span.account_id, span.since):
            events.add(("expansion", span.account_id, span.company_id, span.since))
        behind = span.planned_end and span.planned_end + one_day
        if behind and span.since < behind <= today and (span.until is None or behind < span.until):
            events.add(("renewal", span.account_id, span.company_id, behind))
    return sorted(events, key=lambda event: (event[0], event[1], event[3]))


def balances(found: list[Span], today: date) -> dict[date, dict[str, Decimal]]:
    """Month -> account -> amount in force at its end (today in the running month)."""
    known = [span.since for span in found if span.since <= today]
    result: dict[date, dict[str, Decimal]] = {}
    for month in month_starts(min(known), today) if known else []:
        end = min(next_month(month) - timedelta(days=1), today)
        held = result.setdefault(month, {})
        for span in found:
            if span.since <= end and (span.until is None or end < span.until) and span.monthly:
                held[span.account_id] = held.get(span.account_id, _ZERO) + span.monthly
    return result


def movements(found: list[Span], today: date) -> list[dict[str, Any]]:
    """One row per account and month in which its amount changed."""
    companies = {span.account_id: span.company_id for span in found}
    rows: list[dict[str, Any]] = []
    before: dict[str, Decimal] = {}
    ever: set[str] = set()
    for month, held in balances(found, today).items():
        for account in sorted(held.keys() | before.keys()):
            was, now = before.get(account, _ZERO), held.get(account, _ZERO)
            if was == now:
                continue
            kind = (
                ("reactivation" if account in ever else "new") if not was else "churn" if not now
                else "expansion" if now > was else "contraction"
            )  # fmt: skip
            rows.append({"account_id": account, "company_id": companies[account], "month": month, "kind": kind,
                         "amount": now - was, "opening_amount": was, "closing_amount": now})  # fmt: skip
        ever |= held.keys()
        before = held
    return rows


def months(found: list[Span], today: date) -> list[dict[str, Any]]:
    """One row per month: opening, movements, closing; NRR and GRR of the accounts that opened it."""
    moved, rows = movements(found, today), []
    before: dict[str, Decimal] = {}
    for month, held in balances(found, today).items():
        opening = sum(before.values(), _ZERO)
        kept = sum((held.get(account, _ZERO) for account in before), _ZERO)
        gross = sum((min(held.get(account, _ZERO), amount) for account, amount in before.items()), _ZERO)
        rows.append({
            "month": month, "opening_amount": opening, "closing_amount": sum(held.values(), _ZERO),
            **{f"{kind}_amount": sum((m["amount"] for m in moved if (m["month"], m["kind"]) == (month, kind)), _ZERO)
               for kind in ("new", "expansion", "contraction", "churn", "reactivation")},
            "opening_accounts": len(before), "closing_accounts": len(held),
            "nrr": kept / opening if opening else None, "grr": gross / opening if opening else None,
        })  # fmt: skip
        before = held
    return rows


def cohorts(found: list[Span], today: date) -> list[dict[str, Any]]:
    """One row per month in which accounts first paid, and each month from then on."""
    held = balances(found, today)
    first: dict[str, date] = {}
    for month, accounts in held.items():
        for account in accounts:
            first.setdefault(account, month)
    rows = []
    for cohort in sorted(set(first.values())):
        start = {account: held[cohort][account] for account, month in first.items() if month == cohort}
        total = sum(start.values(), _ZERO)
        for month, accounts in held.items():
            if month < cohort:
                continue
            now = sum((accounts.get(account, _ZERO) for account in start), _ZERO)
            gross = sum((min(accounts.get(account, _ZERO), amount) for account, amount in start.items()), _ZERO)
            rows.append({"cohort_month": cohort, "month": month, "accounts": len(start), "starting_amount": total,
                         "current_amount": now, "kept_amount": gross, "nrr": now / total, "grr": gross / total})  # fmt: skip
    return rows
