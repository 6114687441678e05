"""Recurring contracts: monthly measurements that become invoices, upsell by revision, churn."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.company.erp_invoices import issue
from sandbox.company.erp_values import Row, cents, ymd
from sandbox.company.worktime import DAY

if TYPE_CHECKING:
    from sandbox.company.erp_sales import Customer, SalesBook

_IN_FORCE, _CANCELLED, _ENDED, _REVISED = "05", "01", "08", "10"


@dataclass(slots=True)
class Contract:
    """A sale contract in force; `monthly` in cents; `rows` are the current CN9, CNA and CNB rows."""

    key: str
    number: str
    revision: int
    customer: "Customer"
    product: str
    monthly: int
    started: str
    deal_id: str | None
    rows: tuple[Row, Row, Row]
    months: int = 0


def start_contract(
    book: "SalesBook", t: float, key: str, customer: "Customer", product: str, monthly: int, deal_id: str | None
) -> None:
    """Sign the contract at `t` and measure it every month from then on."""
    book.desk.at(t, _sign, book, key, customer, product, monthly, deal_id)


def _sign(
    t: float, book: "SalesBook", key: str, customer: "Customer", product: str, monthly: int, deal_id: str | None
) -> None:
    number = book.desk.next_number(f"CN9{customer.branch}", 15, 601)
    rows = _write(t, book, customer, number, "", product, monthly, ymd(t), monthly, deal_id)
    contract = Contract(key, number, 0, customer, product, monthly, ymd(t), deal_id, rows)
    book.desk.at(book.desk.office.work.next_open(t + 30 * DAY), _measure, book, contract)


def _write(
    t: float, book: "SalesBook", customer: "Customer", number: str, revision: str, product: str, monthly: int,
    started: str, initial: int, deal_id: str | None,
) -> tuple[Row, Row, Row]:  # fmt: skip
    """CN9, CNA and CNB of one revision; the sheet is worth twelve months. The proposal is that of the deal, if any."""
    desk, year = book.desk, cents(monthly * 12)
    pursuit = book.pursuits.get(deal_id) if deal_id else None
    proposal = pursuit.proposal.text("ADY_PROPOS") if pursuit else ""
    revision_of_it = pursuit.proposal.text("ADY_PREVIS") if pursuit else ""
    end = ymd(t + 365 * DAY)
    cn9 = desk.insert(
        t, "CN9", CN9_FILIAL=customer.branch, CN9_NUMERO=number, CN9_REVISA=revision, CN9_ESPCTR="2",
        CN9_SITUAC=_IN_FORCE, CN9_TPCTO="001", CN9_DTINIC=started, CN9_DTFIM=end, CN9_DTASSI=ymd(t),
        CN9_CONDPG="003", CN9_VLINI=cents(initial * 12), CN9_VLATU=year, CN9_SALDO=year,
        CN9_PROPOS=proposal, CN9_PROREV=revision_of_it,
    )  # fmt: skip
    cna = desk.insert(
        t, "CNA", CNA_FILIAL=customer.branch, CNA_CONTRA=number, CNA_REVISA=revision, CNA_NUMERO="000001",
        CNA_CLIENT=customer.code, CNA_LOJACL=customer.store, CNA_TIPPLA="001", CNA_DTINI=started, CNA_DTFIM=end,
        CNA_VLTOT=year, CNA_SALDO=year, CNA_QTDREC=cents(1200), CNA_PROMED=ymd(t + 30 * DAY),
    )  # fmt: skip
    cnb = desk.insert(
        t, "CNB", CNB_FILIAL=customer.branch, CNB_CONTRA=number, CNB_REVISA=revision, CNB_NUMERO="000001",
        CNB_ITEM="001", CNB_PRODUT=product, CNB_DESCRI="SERVICO MENSAL", CNB_QUANT=cents(1200),
        CNB_VLUNIT=cents(monthly), CNB_VLTOT=year, CNB_PROPOS=proposal, CNB_PROREV=revision_of_it,
    )  # fmt: skip
    return cn9, cna, cnb


def _measure(t: float, book: "SalesBook", contract: Contract) -> None:
    """One month: an order and a service invoice; then perhaps more, or the end."""
    desk, customer = book.desk, contract.customer
    rng = desk.office.rng("measurement", contract.key, contract.months)
    contract.months += 1
    draw = rng.random()
    if draw < 0.016:
        status = _CANCELLED if rng.random() < 0.6 else _ENDED
        desk.update(t, contract.rows[0], CN9_SITUAC=status, CN9_DTFIM=ymd(t))
        return
    if draw < 0.046:
        _revise(t, book, contract, 1 + rng.choice((0.10, 0.25, 0.5, 1.0)))
    elif draw < 0.056:
        _revise(t, book, contract, rng.choice((0.7, 0.8)))
    order = book.new_order(t, f"{contract.key}:{contract.months}", customer, "003", contract.deal_id, "CNTA121")
    item = book.add_item(t, order, contract.product, 1, contract.monthly, "503")
    issue(t + 20, book, order, [(item, 1)])
    balance = max(0, contract.monthly * (12 - contract.months % 12))
    desk.update(t + 21, contract.rows[1], CNA_ULTMED=ymd(t), CNA_PROMED=ymd(t + 30 * DAY), CNA_SALDO=cents(balance))
    desk.at(desk.office.work.next_open(t + 30.4 * DAY), _measure, book, contract)


def _revise(t: float, book: "SalesBook", contract: Contract, factor: float) -> None:
    """A new revision of the contract with another monthly value; the old row is kept as revised."""
    initial = contract.rows[0].number("CN9_VLINI") // 12
    contract.revision += 1
    contract.monthly = round(contract.monthly * factor)
    revision = f"{contract.revision:03d}"
    book.desk.update(t, contract.rows[0], CN9_SITUAC=_REVISED, CN9_REVATU=revision)
    contract.rows = _write(
        t + 10, book, contract.customer, contract.number, revision, contract.product, contract.monthly,
        contract.started, initial, contract.deal_id,
    )  # fmt: skip
