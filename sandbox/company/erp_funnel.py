"""The ERP's own funnel: prospect, opportunity with its stages and revisions, proposal with its items.

It begins when a deal reaches its proposal: the sales desk types it into the ERP then (protheus.md 2.1 and 2.2). Every
draw comes from streams of its own, so that orders and invoices stay what they are without it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.company.deals import Deal
from sandbox.company.erp_values import Row, cents, days_after, hour_minute, ymd
from sandbox.company.facts import PassageFact
from sandbox.company.people import Person
from sandbox.company.worktime import DAY

if TYPE_CHECKING:
    from sandbox.company.erp_desk import ErpDesk
    from sandbox.company.erp_sales import Customer

PROCESS = "000001"
STAGES = {"000001": ("QUALIFICACAO", 20, 5), "000002": ("PROPOSTA", 50, 20), "000003": ("FECHAMENTO", 100, 5)}
OPEN, LOST, WON = "1", "2", "9"


@dataclass(slots=True)
class Pursuit:
    """What the ERP holds of one deal: current rows of SUS, AD1, ADY, and the open stage (AIJ)."""

    key: str
    prospect: Row
    opportunity: Row
    proposal: Row
    stage: Row
    limit: float


def begin(desk: "ErpDesk", t: float, key: str, person: Person, deal: Deal, fact: PassageFact) -> Pursuit:
    """Prospect, opportunity in its second stage, and an open proposal."""
    branch, rng = "02" if person.state in ("PR", "SC", "RS") else "01", desk.office.rng("erp funnel", key)
    prospect = _prospect(desk, t, person, deal, rng.choice("3345 "))
    value = round(fact.amount * 100) or rng.randrange(2_000_00, 60_000_00)
    number = desk.next_number(f"AD1{branch}", 6, 3001)
    proposal_number = desk.next_number(f"ADY{branch}", 6, 2001)
    opportunity = desk.insert(
        t, "AD1", AD1_FILIAL=branch, AD1_NROPOR=number, AD1_REVISA="01", AD1_DESCRI=f"VENDA CONSULTIVA {number}",
        AD1_DATA=ymd(t), AD1_HORA=hour_minute(t), AD1_VEND=deal.seller.erp_code, AD1_DTINI=ymd(t),
        AD1_DTPFIM=days_after(t, 30), AD1_PROSPE=prospect.text("US_COD"), AD1_LOJPRO="01", AD1_PROVEN=PROCESS,
        AD1_STAGE="000002", AD1_VERBA=cents(value), AD1_MOEDA=cents(100), AD1_PRIOR=rng.choice("123"), AD1_STATUS=OPEN,
        AD1_PROPOS=proposal_number, AD1_MSBLQL="2",
    )  # fmt: skip
    _close_stage(desk, t + 60, _stage(desk, t, opportunity, "000001"), t + 5 * DAY)
    stage = _stage(desk, t + 60, opportunity, "000002")
    proposal = desk.insert(
        t, "ADY", ADY_FILIAL=branch, ADY_PROPOS=proposal_number, ADY_PREVIS="01", ADY_OPORTU=number, ADY_REVISA="01",
        ADY_ENTIDA="2", ADY_CODIGO=prospect.text("US_COD"), ADY_LOJA="01", ADY_TABELA="001", ADY_STATUS="A",
        ADY_DATA=ymd(t), ADY_VEND=deal.seller.erp_code, ADY_CONDPG="002",
    )  # fmt: skip
    pursuit = Pursuit(key, prospect, opportunity, proposal, stage, t + 20 * DAY)
    _items(desk, t, pursuit, value)
    if rng.random() < 0.12 and (fact.closed_at is None or fact.closed_at > t + 2 * DAY):
        desk.at(t + rng.uniform(0.2, 1.5) * DAY, _revise, desk, pursuit, round(value * rng.uniform(0.8, 0.97)))
    return pursuit


def win(desk: "ErpDesk", t: float, pursuit: Pursuit, customer: "Customer", ordered_at: float) -> None:
    """Proposal turned into an order, opportunity won, prospect became a customer."""
    customer_key = {"CODCLI": customer.code, "LOJCLI": customer.store}
    desk.update(t, pursuit.proposal, ADY_STATUS="J", ADY_ENTIDA="1", ADY_CODIGO=customer.code, ADY_LOJA="01",
                ADY_DTAPRO=ymd(t), ADY_DTPDV=ymd(ordered_at))  # fmt: skip
    _close_stage(desk, t, pursuit.stage, pursuit.limit)
    last = _stage(desk, t + 1, pursuit.opportunity, "000003")
    _close_stage(desk, t + 2, last, t + 5 * DAY)
    desk.update(t, pursuit.opportunity, AD1_STATUS=WON, AD1_STAGE="000003", AD1_DTFIM=ymd(t), AD1_DTASSI=ymd(t),
                **{f"AD1_{name}": value for name, value in customer_key.items()})  # fmt: skip
    desk.update(t, pursuit.prospect, US_STATUS="6", US_CODCLI=customer.code, US_LOJACLI=customer.store,
                US_DTCONV=ymd(t), US_HRCONV=hour_minute(t))  # fmt: skip


def refuse(t: float, desk: "ErpDesk", pursuit: Pursuit) -> None:
    """The customer said no."""
    desk.update(t, pursuit.proposal, ADY_STATUS="C", ADY_DTREPR=ymd(t), ADY_MTREPR="000001")
    _close_stage(desk, t, pursuit.stage, pursuit.limit)
    desk.update(t, pursuit.opportunity, AD1_STATUS=LOST, AD1_DTFIM=ymd(t), AD1_FCI="000001", AD1_ENCERR="000001")


def _prospect(desk: "ErpDesk", t: float, person: Person, deal: Deal, origin: str) -> Row:
    company = person.company
    name = (company.name if company else person.name).upper()
    return desk.insert(
        t, "SUS", US_COD=desk.next_number("prospect", 6, 501), US_LOJA="01", US_NOME=name, US_NREDUZ=name,
        US_EST=person.state, US_PESSOA="J" if company else "F", US_CGC=company.cnpj if company else person.cpf or "",
        US_DDD=company.area if company else person.area, US_TEL=company.switchboard if company else person.mobile,
        US_EMAIL=person.email, US_VEND=deal.seller.erp_code, US_ORIGEM=origin, US_STATUS="2", US_DTCAD=ymd(t),
        US_HRCAD=hour_minute(t), US_MSBLQL="2",
    )  # fmt: skip


def _stage(desk: "ErpDesk", t: float, opportunity: Row, stage: str) -> Row:
    return desk.insert(
        t, "AIJ", AIJ_FILIAL=opportunity.text("AD1_FILIAL"), AIJ_NROPOR=opportunity.text("AD1_NROPOR"),
        AIJ_REVISA=opportunity.text("AD1_REVISA"), AIJ_PROVEN=PROCESS, AIJ_STAGE=stage, AIJ_DTINIC=ymd(t),
        AIJ_HRINIC=hour_minute(t), AIJ_DTLIMI=days_after(t, STAGES[stage][2]), AIJ_HRLIMI=hour_minute(t),
    )  # fmt: skip


def _close_stage(desk: "ErpDesk", t: float, stage: Row, limit: float) -> None:
    desk.update(t, stage, AIJ_DTENCE=ymd(t), AIJ_HRENCE=hour_minute(t), AIJ_STATUS="1" if t <= limit else "2")


def _items(desk: "ErpDesk", t: float, pursuit: Pursuit, value: int) -> None:
    """One to three products worth about `value` cents, with the discount that the list price explains."""
    rng = desk.office.rng("proposal items", pursuit.key)
    goods = [product for product in desk.office.catalogue.products if not product.monthly]
    chosen = rng.sample(goods, rng.choice((1, 2, 2, 3)))
    proposal = pursuit.proposal
    for position, product in enumerate(chosen, start=1):
        share, listed = value // len(chosen), round(product.price * 100)
        quantity = max(1, min(20, round(share / listed)))
        price = max(100, share // quantity)
        desk.insert(
            t, "ADZ", ADZ_FILIAL=proposal.text("ADY_FILIAL"), ADZ_PROPOS=proposal.text("ADY_PROPOS"),
            ADZ_REVISA=proposal.text("ADY_PREVIS"), ADZ_FOLDER="1", ADZ_ITEM=f"{position:02d}", ADZ_PRODUT=product.code,
            ADZ_DESCRI=product.name.upper(), ADZ_UM="UN", ADZ_MOEDA="1", ADZ_CONDPG="002", ADZ_TES="501",
            ADZ_QTDVEN=cents(quantity * 100), ADZ_PRCVEN=cents(price), ADZ_PRCTAB=cents(listed),
            ADZ_TOTAL=cents(quantity * price),
        )  # fmt: skip


def _revise(t: float, desk: "ErpDesk", pursuit: Pursuit, value: int) -> None:
    """A better offer: new revisions of opportunity and proposal; what was there stays, its stages become history."""
    if pursuit.opportunity.text("AD1_STATUS") != OPEN:
        return
    old, stage = pursuit.opportunity, pursuit.stage
    desk.update(t, stage, AIJ_HISTOR="1")
    pursuit.opportunity = desk.insert(t, "AD1", **{**old.values, "AD1_REVISA": "02", "AD1_VERBA": cents(value)})
    pursuit.stage = _stage(desk, t, pursuit.opportunity, "000002")
    desk.update(t, pursuit.proposal, ADY_PREVIS="02", ADY_REVISA="02")
    _items(desk, t, pursuit, value)


def registries(desk: "ErpDesk", t: float) -> None:
    """Sales process, its stages, the price table and the sales teams."""
    desk.insert(t, "AC1", AC1_PROVEN=PROCESS, AC1_DESCRI="VENDA CONSULTIVA", AC1_MSBLQL="2")
    for stage, (name, relevance, days) in STAGES.items():
        desk.insert(t, "AC2", AC2_PROVEN=PROCESS, AC2_STAGE=stage, AC2_DESCRI=name, AC2_RELEVA=cents(relevance * 100),
                    AC2_DDURAC=cents(days * 100), AC2_HDURAC="00:00")  # fmt: skip
    for code, team in (("000001", "INSIDE SALES"), ("000002", "CAMPO")):
        desk.insert(t, "ACA", ACA_GRPREP=code, ACA_DESCRI=team, ACA_MSBLQL="2")
    desk.insert(t, "DA0", DA0_CODTAB="001", DA0_DESCRI="TABELA PADRAO", DA0_DATDE=ymd(t), DA0_ATIVO="1")
    for position, product in enumerate(desk.office.catalogue.products, start=1):
        desk.insert(t, "DA1", DA1_ITEM=f"{position:04d}", DA1_CODTAB="001", DA1_CODPRO=product.code,
                    DA1_PRCVEN=cents(round(product.price * 100)), DA1_MOEDA=cents(100), DA1_ATIVO="1")  # fmt: skip
