"""Revenue from the ERP's live rows and its way back to the passages (RULES R19 to R21; rules in `revenue_match`)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.company.constants import ERP_GROUP
from sandbox.truth.identity import md5
from sandbox.truth.normal import cnpj
from sandbox.truth.revenue_match import Noted, Proposal, SalesOrder, Win, decide, of_orders, won_before
from sandbox.truth.seen import Seen

Row = Mapping[str, Any]
_TITLE_KEY = ("FILIAL", "PREFIXO", "NUMERO", "PARCELA", "TIPO", "CLIFOR", "LOJA")


@dataclass(frozen=True)
class Movement:
    """One invoice item, returned item or payment; `order` is '<filial>-<pedido>' where it is known."""

    movement_id: str
    kind: str
    amount: Decimal
    is_revenue: bool
    occurred_on: date
    branch: str
    company_id: str | None
    order: str | None
    opening_record: str | None = None
    match_rule: str = "none"
    candidates: tuple[tuple[str, str], ...] = ()  # opening record and rule of each hand-over that could be it
    original: str | None = None  # of a return: the movement_id of the invoiced item

    @property
    def signed_amount(self) -> Decimal:
        """Returns count against."""
        return -self.amount if self.kind == "return" else self.amount


def company_of_organization(organization: Row | None) -> str | None:
    """The company id of a CRM organization: by CNPJ root, else by the organization itself."""
    if organization is None:
        return None
    number = cnpj(organization.get("cnpj"))
    return md5(f"cnpj:{number[:8]}") if number else md5(f"org:{organization['organization_id']}")


def text_of(row: Row, column: str) -> str:
    """A text column without its padding."""
    return str(row[column]).strip()


def day_of(text: str) -> date:
    """A date as Protheus writes it."""
    return datetime.strptime(text, "%Y%m%d").date()


def table_of(seen: Seen, alias: str) -> dict[int, Row]:
    """Live rows of a table by record number."""
    return {recno: row for (table, recno), row in seen.erp.items() if table == f"{alias}{ERP_GROUP}0"}


def companies_of_customers(seen: Seen) -> dict[tuple[str, str], str | None]:
    """The company of each customer (code, store) of the ERP; None without a valid CNPJ."""
    companies = {}
    for row in table_of(seen, "SA1").values():
        number = cnpj(row["A1_CGC"])
        companies[(row["A1_COD"], row["A1_LOJA"])] = md5(f"cnpj:{number[:8]}") if number else None
    return companies


def movements(seen: Seen, today: date) -> list[Movement]:
    """Every movement up to the local date `today`, not yet matched to a passage."""
    companies = companies_of_customers(seen)
    invoices = _invoice_items(seen, companies)
    found = [*invoices.values(), *_returned_items(seen, invoices), *_payments(seen, companies)]
    return [movement for movement in found if movement.occurred_on <= today]


def _invoice_items(seen: Seen, companies: dict[tuple[str, str], str | None]) -> dict[tuple[str, ...], Movement]:
    """Revenue items of SD2 by (filial, document, series, item, customer, store)."""
    revenue_tes = {row["F4_CODIGO"] for row in table_of(seen, "SF4").values() if row["F4_DUPLIC"] == "S"}
    headers = {
        tuple(row[f"F2_{c}"] for c in ("FILIAL", "DOC", "SERIE", "CLIENTE", "LOJA")) for row in table_of(seen, "SF2").values()
    }
    found = {}
    for recno, row in table_of(seen, "SD2").items():
        header = tuple(row[f"D2_{c}"] for c in ("FILIAL", "DOC", "SERIE", "CLIENTE", "LOJA"))
        if header not in headers or row["D2_TES"] not in revenue_tes or row["D2_TIPO"] in ("D", "B"):
            continue
        key = tuple(text_of(row, f"D2_{c}") for c in ("FILIAL", "DOC", "SERIE", "ITEM", "CLIENTE", "LOJA"))
        found[key] = Movement(
            f"sd2:{ERP_GROUP}:{recno}", "invoice", row["D2_TOTAL"], True, day_of(row["D2_EMISSAO"]), text_of(row, "D2_FILIAL"),
            companies.get((row["D2_CLIENTE"], row["D2_LOJA"])), f"{text_of(row, 'D2_FILIAL')}-{text_of(row, 'D2_PEDIDO')}",
        )  # fmt: skip
    return found


def _returned_items(seen: Seen, invoices: Mapping[tuple[str, ...], Movement]) -> list[Movement]:
    """Items of SD1 of type D whose original item is revenue; company and order are the original's."""
    found = []
    for recno, row in table_of(seen, "SD1").items():
        names = ("FILIAL", "NFORI", "SERIORI", "ITEMORI", "FORNECE", "LOJA")
        original = invoices.get(tuple(text_of(row, f"D1_{c}") for c in names))
        if row["D1_TIPO"] == "D" and original is not None:
            found.append(
                replace(original, movement_id=f"sd1:{ERP_GROUP}:{recno}", kind="return", amount=row["D1_TOTAL"],
                        occurred_on=day_of(row["D1_DTDIGIT"]), original=original.movement_id)
            )  # fmt: skip
    return found


def settlements(seen: Seen) -> list[tuple[tuple[str, ...], Row]]:
    """Settlements of titles (money and offsets) that were not taken back, with the key of their title."""
    rows = table_of(seen, "SE5").values()

    def key(row: Row) -> tuple[str, ...]:
        return tuple(row[f"E5_{c}"] for c in (*_TITLE_KEY, "SEQ"))

    undone = {key(row) for row in rows if row["E5_TIPODOC"] == "ES"}
    return [
        (key(row)[:-1], row)
        for row in rows
        if row["E5_TIPODOC"] in ("VL", "BA") and row["E5_RECPAG"] == "R" and row["E5_SITUACA"] not in ("C", "E", "X")
        and key(row) not in undone
    ]  # fmt: skip


def _payments(seen: Seen, companies: dict[tuple[str, str], str | None]) -> list[Movement]:
    """Settlements of invoices that brought money."""
    recnos = {id(row): recno for recno, row in table_of(seen, "SE5").items()}
    titles = {
        tuple(row[f"E1_{c}"] for c in ("FILIAL", "PREFIXO", "NUM", "PARCELA", "TIPO", "CLIENTE", "LOJA")): row
        for row in table_of(seen, "SE1").values()
    }
    found = []
    for key, row in settlements(seen):
        if text_of(row, "E5_TIPO") != "NF" or row["E5_MOTBX"] == "CMP":
            continue
        title = titles.get(key)
        order = f"{text_of(title, 'E1_FILIAL')}-{text_of(title, 'E1_PEDIDO')}" if title else None
        found.append(
            Movement(f"se5:{ERP_GROUP}:{recnos[id(row)]}", "payment", row["E5_VALOR"], False, day_of(row["E5_DATA"]),
                     text_of(row, "E5_FILIAL"), companies.get((row["E5_CLIFOR"], row["E5_LOJA"])), order)
        )  # fmt: skip
    return found


def match(
    seen: Seen, found: list[Movement], deals: list[Noted], wins: Mapping[str, list[Win]], today: date
) -> list[Movement]:
    """Give each movement its passage, or the passages that could be it."""
    refs = {movement.order for movement in found if movement.order}
    orders = of_orders(refs, _orders(seen, today), _proposals(seen), deals)
    result: dict[str, Movement] = {}
    for movement in sorted(found, key=lambda m: m.kind == "return"):
        if movement.original is not None:
            # A returned item follows its invoice, also when that one is younger than `today` (then: not matched).
            item = result.get(movement.original)
            matched = (item.opening_record, item.match_rule, item.candidates) if item else (None, "none", ())
        else:
            latest = won_before(wins, movement.company_id, movement.occurred_on)
            rule, records = orders.get(movement.order or "", ("company_won_before", latest))
            shown, record = decide(rule, records)
            matched = record, shown, tuple((one, rule) for one in sorted(records))
        record, shown, candidates = matched
        result[movement.movement_id] = replace(movement, opening_record=record, match_rule=shown, candidates=candidates)
    return list(result.values())


def _orders(seen: Seen, today: date) -> list[SalesOrder]:
    """Orders of goods, worth what their items that bring money are worth."""
    companies = companies_of_customers(seen)
    selling = {row["F4_CODIGO"] for row in table_of(seen, "SF4").values() if row["F4_DUPLIC"] == "S"}
    values: dict[tuple[str, ...], Decimal] = {}
    for row in table_of(seen, "SC6").values():
        if row["C6_TES"] in selling:
            key = (text_of(row, "C6_FILIAL"), text_of(row, "C6_NUM"))
            values[key] = values.get(key, Decimal()) + row["C6_VALOR"]
    return [
        SalesOrder("-".join(key), key[1], (key[0], text_of(row, "C5_CLIENTE"), text_of(row, "C5_LOJACLI")),
                   companies.get((row["C5_CLIENTE"], row["C5_LOJACLI"])), day_of(row["C5_EMISSAO"]), values.get(key, Decimal()))
        for row in table_of(seen, "SC5").values()
        if (key := (text_of(row, "C5_FILIAL"), text_of(row, "C5_NUM")))
        and text_of(row, "C5_TIPO") == "N" and not text_of(row, "C5_ORIGEM").startswith("CNT")
        and day_of(row["C5_EMISSAO"]) <= today
    ]  # fmt: skip


def _proposals(seen: Seen) -> list[Proposal]:
    """Proposals of customers that became an order (status J), or were invoiced by now (K)."""
    return [
        Proposal((text_of(row, "ADY_FILIAL"), text_of(row, "ADY_CODIGO"), text_of(row, "ADY_LOJA")),
                 day_of(row["ADY_DTAPRO"]) if text_of(row, "ADY_DTAPRO") else None,
                 day_of(row["ADY_DTPDV"]) if text_of(row, "ADY_DTPDV") else None)
        for row in table_of(seen, "ADY").values()
        if text_of(row, "ADY_STATUS") in ("J", "K") and text_of(row, "ADY_ENTIDA") == "1"
    ]  # fmt: skip
