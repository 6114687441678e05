"""Deliveries and invoices: partial, cancelled and issued again, loans that are no revenue, goods sent back."""

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.company.chance import spread
from sandbox.company.erp_base import BRANCH_CNPJ, TES
from sandbox.company.erp_money import bill, credit_note
from sandbox.company.erp_values import Row, cents, ymd
from sandbox.company.worktime import DAY

if TYPE_CHECKING:
    from sandbox.company.erp_sales import Item, Order, SalesBook

HOUR = 3600.0


@dataclass(slots=True)
class Invoice:
    """An outbound invoice with its item rows and, when it is a sale, the receivables it created."""

    order: "Order"
    document: str
    row: Row
    lines: list[tuple["Item", int, Row]]  # order item, quantity, SD2 row
    titles: list[tuple[Row, Row]]  # SE1 row, FK7 row
    total: int  # goods value in cents


def deliver(book: "SalesBook", t: float, order: "Order", rng: random.Random) -> None:
    """Schedule the invoices of an order: all at once, or the first items first; loans go on their own document."""
    office = book.desk.office
    when = office.work.add(t, spread(rng, 45 * HOUR, 0.7) + 2 * HOUR)
    sales = [(item, item.quantity) for item in order.items if item.tes != "502"]
    loans = [(item, item.quantity) for item in order.items if item.tes == "502"]
    if rng.random() < 0.26 and (len(sales) > 1 or sales[0][1] > 1):
        first, rest = _split(sales)
        book.desk.at(when, issue, book, order, first)
        book.desk.at(office.work.add(when, spread(rng, 70 * HOUR, 0.5)), issue, book, order, rest)
    elif office.chance(rng, 0.02):  # the order is given up: residue eliminated, nothing is invoiced
        book.desk.at(when, _give_up, book, order)
        return
    else:
        book.desk.at(when, issue, book, order, sales)
    if loans:
        book.desk.at(when + 900, issue, book, order, loans)


def _split(sales: list[tuple["Item", int]]) -> tuple[list[tuple["Item", int]], list[tuple["Item", int]]]:
    """Two deliveries: the first item(s) and the rest, or half of the only item's quantity."""
    if len(sales) > 1:
        return sales[:1], sales[1:]
    item, quantity = sales[0]
    return [(item, quantity // 2)], [(item, quantity - quantity // 2)]


def _give_up(t: float, book: "SalesBook", order: "Order") -> None:
    for item in order.items:
        book.desk.update(t, item.row, C6_BLQ="R")
    book.desk.update(t, order.row, C5_NOTA="XXXXXXXXX")


def issue(t: float, book: "SalesBook", order: "Order", lines: list[tuple["Item", int]], retry: bool = False) -> Invoice:
    """Issue one invoice: SF2, SD2, receivables; then perhaps a cancellation or a return of goods."""
    desk, customer = book.desk, order.customer
    rng = desk.office.rng("invoice", order.key, order.number, len(lines), lines[0][0].delivered, retry)
    tes = lines[0][0].tes
    service, sale = tes == "503", TES[tes][1] == "S"
    serie = "RPS" if service else "1"
    document = desk.next_number(f"SF2{order.branch}{serie}", 9, 7001)
    total = sum(quantity * item.price for item, quantity in lines)
    ipi = 0 if service or not sale else round(total * 0.05)
    day = ymd(t)
    # A price complement is an outbound document of type C: it counts, because its TES creates receivables.
    kind = "C" if sale and not service and desk.office.chance(rng, 0.01) else "N"
    row = desk.insert(
        t, "SF2", F2_FILIAL=order.branch, F2_DOC=document, F2_SERIE=serie, F2_CLIENTE=customer.code,
        F2_LOJA=customer.store, F2_TIPO=kind, F2_COND=order.term, F2_DUPL=document if sale else "",
        F2_PREFIXO=serie if sale else "", F2_EMISSAO=day, F2_EST=customer.person.state, F2_VALMERC=cents(total),
        F2_VALIPI=cents(ipi), F2_VALBRUT=cents(total + ipi), F2_VALFAT=cents(total + ipi if sale else 0),
        F2_VEND1=customer.seller, F2_ESPECIE="RPS" if service else "SPED",
        F2_CHVNFE="" if service else f"35{day[2:6]}{BRANCH_CNPJ[order.branch]}55001{document}1{int(document) * 7 % 10**8:08d}0",
    )  # fmt: skip
    items = []
    for number, (item, quantity) in enumerate(lines, start=1):
        value = quantity * item.price
        items.append((item, quantity, desk.insert(
            t, "SD2", D2_FILIAL=order.branch, D2_DOC=document, D2_SERIE=serie, D2_CLIENTE=customer.code,
            D2_LOJA=customer.store, D2_ITEM=f"{number:02d}", D2_COD=item.product, D2_UM="UN",
            D2_QUANT=cents(quantity * 100), D2_PRCVEN=cents(item.price), D2_TOTAL=cents(value),
            D2_VALIPI=cents(round(value * 0.05) if ipi else 0), D2_VALICM=cents(0 if service else round(value * 0.12)),
            D2_TES=item.tes, D2_CF=TES[item.tes][3], D2_TIPO=kind, D2_EMISSAO=day, D2_PEDIDO=order.number,
            D2_ITEMPV=item.row.text("C6_ITEM"), D2_NUMSEQ=desk.next_number("NUMSEQ", 6),
            D2_CUSTO1=cents(round(value * 0.58)),
        )))  # fmt: skip
        item.delivered += quantity
        desk.update(t, item.row, C6_QTDENT=cents(item.delivered * 100), C6_NOTA=document, C6_SERIE=serie, C6_DATFAT=day)
    desk.update(t, order.row, C5_NOTA=document, C5_SERIE=serie)
    if customer.row.text("A1_PRICOM") == "":
        desk.update(t + 5, customer.row, A1_PRICOM=day, A1_ULTCOM=day)
    invoice = Invoice(order, document, row, items, [], total)
    if sale:
        invoice.titles = bill(book, t, order, document, serie, total + ipi, rng)
        _note_revenue(book, order, total)
        if not retry and not service and desk.office.chance(rng, 0.03):
            desk.at(t + rng.uniform(0.5, 20) * HOUR, _cancel, book, invoice)
        elif not service and rng.random() < 0.035:
            desk.at(desk.office.work.next_open(t + rng.uniform(4, 24) * DAY), _take_back, book, invoice)
    return invoice


def _note_revenue(book: "SalesBook", order: "Order", amount: int) -> None:
    if order.deal_id:
        revenue = book.desk.office.facts.revenue_by_deal
        revenue[order.deal_id] = revenue.get(order.deal_id, 0.0) + amount / 100


def _cancel(t: float, book: "SalesBook", invoice: Invoice) -> None:
    """The invoice is cancelled with the tax office: its rows are deleted, the order opens again, a new one follows."""
    desk, order = book.desk, invoice.order
    for row in (invoice.row, *(line[2] for line in invoice.lines), *(r for pair in invoice.titles for r in pair)):
        desk.delete(t, row)
    for item, quantity, _ in invoice.lines:
        item.delivered -= quantity
        desk.update(t, item.row, C6_QTDENT=cents(item.delivered * 100), C6_NOTA="", C6_SERIE="", C6_DATFAT="")
    desk.update(t, order.row, C5_NOTA="", C5_SERIE="")
    _note_revenue(book, order, -invoice.total)
    again = desk.office.work.add(t, 2 * HOUR)
    desk.at(again, issue, book, order, [(item, quantity) for item, quantity, _ in invoice.lines], True)


def _take_back(t: float, book: "SalesBook", invoice: Invoice) -> None:
    """The customer sends goods of the first item back: an inbound document of type D and a credit note."""
    if invoice.row.deleted:
        return
    desk, order, customer = book.desk, invoice.order, invoice.order.customer
    item, quantity, sold = invoice.lines[0]
    rng = desk.office.rng("return", order.key, invoice.document)
    back = rng.randint(1, quantity)
    value, document, day = back * item.price, desk.next_number(f"SF1{order.branch}", 9, 90001), ymd(t)
    desk.insert(
        t, "SF1", F1_FILIAL=order.branch, F1_DOC=document, F1_SERIE="1", F1_FORNECE=customer.code,
        F1_LOJA=customer.store, F1_TIPO="D", F1_FORMUL="S", F1_EMISSAO=day, F1_DTDIGIT=day, F1_DUPL=document,
        F1_VALMERC=cents(value), F1_VALBRUT=cents(value + round(value * 0.05)), F1_ESPECIE="SPED", F1_MOTRET="000001",
    )  # fmt: skip
    desk.insert(
        t, "SD1", D1_FILIAL=order.branch, D1_DOC=document, D1_SERIE="1", D1_FORNECE=customer.code,
        D1_LOJA=customer.store, D1_ITEM="0001", D1_COD=item.product, D1_QUANT=cents(back * 100),
        D1_VUNIT=cents(item.price), D1_TOTAL=cents(value), D1_VALIPI=cents(round(value * 0.05)), D1_TES="101",
        D1_CF="1201", D1_TIPO="D", D1_EMISSAO=day, D1_DTDIGIT=day, D1_NFORI=invoice.document,
        D1_SERIORI=invoice.row.text("F2_SERIE"), D1_ITEMORI=sold.text("D2_ITEM"),
    )  # fmt: skip
    desk.update(t, sold, D2_QTDEDEV=cents(back * 100), D2_VALDEV=cents(value))
    _note_revenue(book, order, -value)
    credit_note(book, t, order, document, value, invoice.titles, rng)
