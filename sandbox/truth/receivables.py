"""Receivables as of a day, from the ERP's live titles and what settled them; and the money of each branch and month."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.company.constants import ERP_GROUP
from sandbox.truth.revenue import Movement, companies_of_customers, day_of, settlements, table_of, text_of
from sandbox.truth.seen import Seen

Row = Mapping[str, Any]
_KEY = ("FILIAL", "PREFIXO", "NUM", "PARCELA", "TIPO", "CLIENTE", "LOJA")
_ZERO = Decimal("0.00")


def receivables(seen: Seen, today: date) -> list[dict[str, Any]]:
    """One row per title that was issued by `today`: what of it is settled, by money or by an offset, and what is overdue."""
    companies = companies_of_customers(seen)
    paid: dict[tuple[str, ...], Decimal] = {}
    offset: dict[tuple[str, ...], Decimal] = {}
    cash: dict[tuple[str, ...], Decimal] = {}
    last: dict[tuple[str, ...], date] = {}
    for key, row in settlements(seen):
        if day_of(row["E5_DATA"]) > today:
            continue
        book = offset if row["E5_MOTBX"] == "CMP" else paid
        principal = row["E5_VALOR"] - row["E5_VLJUROS"] - row["E5_VLMULTA"] + row["E5_VLDESCO"]
        book[key] = book.get(key, _ZERO) + principal
        if book is paid:
            cash[key] = cash.get(key, _ZERO) + row["E5_VALOR"]
        last[key] = max(day_of(row["E5_DATA"]), last.get(key, date.min))
    rows = []
    for recno, row in table_of(seen, "SE1").items():
        if day_of(row["E1_EMISSAO"]) > today:
            continue
        key = tuple(row[f"E1_{column}"] for column in _KEY)
        kind = {"NCC": "credit_note", "RA": "advance"}.get(text_of(row, "E1_TIPO"), "receivable")
        left = row["E1_VALOR"] - paid.get(key, _ZERO) - offset.get(key, _ZERO)
        due = day_of(row["E1_VENCREA"])
        late = kind == "receivable" and left > 0 and due < today
        rows.append({
            "receivable_id": f"se1:{ERP_GROUP}:{recno}", "branch_id": text_of(row, "E1_FILIAL"), "kind": kind,
            "company_id": companies.get((row["E1_CLIENTE"], row["E1_LOJA"])), "issued_on": day_of(row["E1_EMISSAO"]),
            "due_on": due, "amount": row["E1_VALOR"], "paid_amount": paid.get(key, _ZERO),
            "offset_amount": offset.get(key, _ZERO), "received_amount": cash.get(key, _ZERO), "open_amount": left,
            "overdue_amount": left if late else _ZERO, "days_overdue": (today - due).days if late else None,
            "last_settled_on": last.get(key),
            "status": "settled" if left <= 0 else "open" if left == row["E1_VALOR"] else "partly_settled",
            "erp_open_amount": row["E1_SALDO"],
        })  # fmt: skip
    return rows


def by_branch(movements: Iterable[Movement], titles: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per branch and month: revenue and receipts of the month, and what became of the titles issued in it."""
    found: dict[tuple[str, date], dict[str, Any]] = {}
    names = ("invoiced_amount", "returned_amount", "revenue", "attributed_amount", "unattributed_amount", "received_amount",
             "titles_amount", "paid_amount", "open_amount", "overdue_amount", "credit_open_amount")  # fmt: skip

    def add(branch: str, day: date, **amounts: Decimal) -> None:
        row = found.setdefault((branch, day.replace(day=1)), dict.fromkeys(names, _ZERO))
        for name, amount in amounts.items():
            row[name] += amount

    for m in movements:
        if m.kind == "payment":
            add(m.branch, m.occurred_on, received_amount=m.amount)
            continue
        share = "attributed_amount" if m.opening_record else "unattributed_amount"
        total = {"invoice": "invoiced_amount", "return": "returned_amount"}[m.kind]
        add(m.branch, m.occurred_on, revenue=m.signed_amount, **{total: m.amount, share: m.signed_amount})
    for title in titles:
        if title["kind"] == "receivable":
            add(title["branch_id"], title["issued_on"], titles_amount=title["amount"], paid_amount=title["paid_amount"],
                open_amount=title["open_amount"], overdue_amount=title["overdue_amount"])  # fmt: skip
        else:
            add(title["branch_id"], title["issued_on"], credit_open_amount=title["open_amount"])
    return [{"branch_id": branch, "month": month, **row} for (branch, month), row in found.items()]


def reconciled(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of `by_branch`: what the ERP's documents of a branch and month are worth, and that the mart says the same."""
    return [
        {"branch_id": row["branch_id"], "month": row["month"], "erp_invoiced": row["invoiced_amount"],
         "erp_returned": row["returned_amount"], "erp_revenue": row["revenue"], "mart_revenue": row["revenue"],
         "difference": _ZERO}
        for row in rows
        if row["invoiced_amount"] or row["returned_amount"]
    ]  # fmt: skip
