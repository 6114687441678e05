"""Receivables and settlements: instalments, late payers with interest, partial payments, the three reversals."""

import hashlib
import random
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sandbox.company.erp_base import TERMS
from sandbox.company.erp_values import Row, cents, days_after, ymd
from sandbox.company.worktime import DAY, holidays, local_day

if TYPE_CHECKING:
    from sandbox.company.erp_sales import Order, SalesBook


def _id(*parts: object) -> str:
    """A 32 character id of the FK family."""
    return hashlib.md5("|".join(map(str, parts)).encode(), usedforsecurity=False).hexdigest()


def bank_day(day: date) -> date:
    """The effective due date: the next day on which banks work."""
    while day.weekday() >= 5 or day in holidays(day.year):
        day += timedelta(days=1)
    return day


def _title(
    book: "SalesBook", t: float, order: "Order", number: str, prefix: str, part: str, kind: str, value: int, days: int
) -> tuple[Row, Row]:
    """One SE1 row with its FK7 key."""
    desk, customer = book.desk, order.customer
    due = local_day(t) + timedelta(days=days)
    row = desk.insert(
        t, "SE1", E1_FILIAL=order.branch, E1_PREFIXO=prefix, E1_NUM=number, E1_PARCELA=part, E1_TIPO=kind,
        E1_NATUREZ="110101", E1_CLIENTE=customer.code, E1_LOJA=customer.store, E1_NOMCLI=customer.row.text("A1_NREDUZ"),
        E1_EMISSAO=ymd(t), E1_VENCTO=f"{due:%Y%m%d}", E1_VENCREA=f"{bank_day(due):%Y%m%d}", E1_VENCORI=f"{due:%Y%m%d}",
        E1_VALOR=cents(value), E1_SALDO=cents(value), E1_VEND1=customer.seller,
        E1_PEDIDO=order.number if kind == "NF" else "", E1_NUMNOTA=number, E1_SERIE=prefix,
        E1_ORIGEM="MATA460" if kind == "NF" else "MATA100", E1_FILORIG=order.branch, E1_SITUACA="0", E1_STATUS="A",
        E1_MOEDA=cents(100),
    )  # fmt: skip
    v = row.values
    key = "|".join(v[f"E1_{c}"] for c in ("FILIAL", "PREFIXO", "NUM", "PARCELA", "TIPO", "CLIENTE", "LOJA"))
    fk7 = desk.insert(t, "FK7", FK7_FILIAL=order.branch, FK7_IDDOC=_id(key, row.recno), FK7_ALIAS="SE1", FK7_CHAVE=key)
    return row, fk7


def bill(
    book: "SalesBook", t: float, order: "Order", number: str, prefix: str, total: int, rng: random.Random
) -> list[tuple[Row, Row]]:
    """The instalments of an invoice and the plans of how each will be paid."""
    days = TERMS[order.term]
    titles, left = [], total
    for position, after in enumerate(days):
        value = left if position == len(days) - 1 else total // len(days)
        left -= value
        part = f"{position + 1:02d}" if len(days) > 1 else ""
        pair = _title(book, t, order, number, prefix, part, "NF", value, after)
        titles.append(pair)
        _plan(book, t, order, pair, after, rng)
    return titles


def _plan(book: "SalesBook", t: float, order: "Order", title: tuple[Row, Row], after: int, rng: random.Random) -> None:
    """Early with discount, on time, late with interest, in two parts, or never."""
    work, draw = book.desk.office.work, rng.random()
    if draw < 0.035:
        return
    late = rng.randint(3, 45) if draw < 0.24 else -rng.randint(2, 8) if draw < 0.29 and after > 10 else rng.choice((0, 0, 1))
    when = work.next_open(t + max(0.2, after + late) * DAY + rng.uniform(0, 5) * 3600)
    share = rng.choice((0.4, 0.5, 0.7)) if rng.random() < 0.09 else 1.0
    book.desk.at(when, settle, book, order, title, share, late)
    if share < 1.0 and rng.random() < 0.85:
        book.desk.at(work.next_open(when + rng.uniform(5, 25) * DAY), settle, book, order, title, 1.0, late + 15)


def settle(
    t: float, book: "SalesBook", order: "Order", title: tuple[Row, Row], share: float, late: int, motive: str = "NOR"
) -> None:
    """Receive `share` of the open balance: SE5 (with interest, fine, discount rows), FK1, FK6, and the new balance."""
    row, fk7 = title
    if row.deleted or row.number("E1_SALDO") <= 0:
        return
    desk = book.desk
    principal = max(1, int(row.number("E1_SALDO") * share))
    cash = motive == "NOR"
    interest = round(principal * 0.00033 * late) if cash and late > 2 else 0
    fine = round(principal * 0.02) if cash and late > 15 else 0
    discount = round(principal * 0.015) if cash and late < 0 else 0
    amount, sequence = principal + interest + fine - discount, _sequence(book, row)
    fk1_id = _id("fk1", fk7.recno, sequence)
    common = _movement(row, t, sequence)
    main = desk.insert(
        t, "SE5", **common, E5_VALOR=cents(amount), E5_VLJUROS=cents(interest), E5_VLMULTA=cents(fine),
        E5_VLDESCO=cents(discount), E5_RECPAG="R", E5_TIPODOC="VL" if cash and share == 1.0 else "BA", E5_MOTBX=motive,
        E5_HISTOR="RECEBIMENTO" if cash else "COMPENSACAO", E5_TABORI="FK1", E5_IDORIG=fk1_id,
    )  # fmt: skip
    for kind, value, text in (("JR", interest, "JUROS"), ("MT", fine, "MULTA"), ("DC", discount, "DESCONTO")):
        if value:
            desk.insert(t, "SE5", **common, E5_VALOR=cents(value), E5_RECPAG="R", E5_TIPODOC=kind, E5_MOTBX=motive,
                        E5_HISTOR=text, E5_TABORI="FK1", E5_IDORIG=fk1_id)  # fmt: skip
            desk.insert(t, "FK6", FK6_FILIAL=order.branch, FK6_IDFK6=desk.next_number("FK6", 10), FK6_VALCAL=cents(value),
                        FK6_VALMOV=cents(value), FK6_RECPAG="R", FK6_TPDOC=kind, FK6_TABORI="FK1", FK6_IDORIG=fk1_id,
                        FK6_HISTOR=text)  # fmt: skip
    _fk1(book, t, order, fk7, fk1_id, amount, "R", main.text("E5_TIPODOC"), motive, sequence)
    left = row.number("E1_SALDO") - principal
    desk.update(t, row, E1_SALDO=cents(left), E1_BAIXA=ymd(t), E1_MOVIMEN=ymd(t), E1_VALLIQ=cents(amount),
                E1_STATUS="B" if left == 0 else "A")  # fmt: skip
    rng = desk.office.rng("reversal", fk1_id)
    if cash and desk.office.chance(rng, 0.03):
        kind = rng.choice(("flag", "row", "delete"))
        desk.at(desk.office.work.next_open(t + rng.uniform(0.1, 6) * DAY), _undo, book, order, title, main, fk1_id,
                principal, kind)  # fmt: skip


def _sequence(book: "SalesBook", row: Row) -> str:
    """The next settlement sequence of the title."""
    return book.desk.next_number(f"SEQ{row.recno}", 2)


def _movement(row: Row, t: float, sequence: str) -> dict[str, str]:
    """The key columns that a settlement shares with its title."""
    v = row.values
    return {
        "E5_FILIAL": v["E1_FILIAL"], "E5_DATA": ymd(t), "E5_TIPO": v["E1_TIPO"], "E5_PREFIXO": v["E1_PREFIXO"],
        "E5_NUMERO": v["E1_NUM"], "E5_PARCELA": v["E1_PARCELA"], "E5_CLIFOR": v["E1_CLIENTE"], "E5_LOJA": v["E1_LOJA"],
        "E5_SEQ": sequence, "E5_DTDIGIT": ymd(t), "E5_DTDISPO": days_after(t, 1), "E5_FILORIG": v["E1_FILIAL"],
    }  # fmt: skip


def _fk1(
    book: "SalesBook", t: float, order: "Order", fk7: Row, fk1_id: str, amount: int, side: str, kind: str, motive: str,
    sequence: str,
) -> None:  # fmt: skip
    book.desk.insert(
        t, "FK1", FK1_FILIAL=order.branch, FK1_IDFK1=fk1_id, FK1_IDDOC=fk7.values["FK7_IDDOC"], FK1_DATA=ymd(t),
        FK1_VALOR=cents(amount), FK1_MOEDA="01", FK1_RECPAG=side, FK1_TPDOC=kind, FK1_MOTBX=motive, FK1_SEQ=sequence,
        FK1_HISTOR="ESTORNO" if kind == "ES" else "RECEBIMENTO", FK1_FILORI=order.branch,
    )  # fmt: skip


def _undo(
    t: float, book: "SalesBook", order: "Order", title: tuple[Row, Row], main: Row, fk1_id: str, principal: int, kind: str
) -> None:
    """Take a settlement back in one of the three ways; FK1 gets its ES row in all of them."""
    desk, (row, fk7) = book.desk, title
    sequence, amount = main.text("E5_SEQ"), main.number("E5_VALOR")
    if kind == "flag":
        desk.update(t, main, E5_SITUACA="C")
    elif kind == "delete":
        desk.delete(t, main)
    else:
        desk.insert(t, "SE5", **_movement(row, t, sequence), E5_VALOR=cents(amount), E5_RECPAG="P", E5_TIPODOC="ES",
                    E5_MOTBX="NOR", E5_HISTOR="ESTORNO DE BAIXA", E5_TABORI="FK1", E5_IDORIG=_id("es", fk1_id))  # fmt: skip
    _fk1(book, t, order, fk7, _id("es", fk1_id), amount, "P", "ES", "NOR", sequence)
    desk.update(t, row, E1_SALDO=cents(row.number("E1_SALDO") + principal), E1_MOVIMEN=ymd(t), E1_STATUS="A")
    rng = desk.office.rng("after reversal", fk1_id)
    if rng.random() < 0.8:
        desk.at(desk.office.work.next_open(t + rng.uniform(1, 20) * DAY), settle, book, order, title, 1.0, 10)


def credit_note(
    book: "SalesBook", t: float, order: "Order", number: str, value: int, titles: list[tuple[Row, Row]], rng: random.Random
) -> None:
    """An NCC title in favour of the customer; often offset (no money moves) against an open instalment."""
    note = _title(book, t, order, number, "1", "", "NCC", value, 30)
    if rng.random() < 0.7:
        for title in titles:
            if title[0].number("E1_SALDO") >= value:
                later = t + 1800
                book.desk.at(later, settle, book, order, title, value / title[0].number("E1_SALDO"), 0, "CMP")
                book.desk.at(later + 1, settle, book, order, note, 1.0, 0, "CMP")
                return
