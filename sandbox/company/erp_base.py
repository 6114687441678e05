"""What stands in the ERP before the history begins: branches, dictionary, sellers, TES, products, base customers."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sandbox.company import erp_funnel
from sandbox.company.constants import COMPANY_NAME, ERP_GROUP
from sandbox.company.erp_values import cents, ymd
from sandbox.company.people import Person
from sandbox.company.worktime import DAY

if TYPE_CHECKING:
    from sandbox.company.erp_desk import ErpDesk

# TES code -> (entry or exit, generates receivables, moves stock, CFOP, text)
TES = {
    "501": ("S", "S", "S", "5101", "VENDA"),
    "502": ("S", "N", "S", "5949", "REMESSA DEMONSTRACAO"),
    "503": ("S", "S", "N", "5933", "SERVICO"),
    "101": ("E", "S", "S", "1201", "DEVOLUCAO DE VENDA"),
    "001": ("E", "S", "S", "1101", "COMPRA"),
}
TERMS = {"001": (0,), "002": (30, 60), "003": (30,), "004": (28, 56, 84)}  # payment term -> days of the instalments
BRANCH_CNPJ = {"01": "31415926000171", "02": "31415926000252"}


def set_up(desk: "ErpDesk") -> None:
    """Static rows (written long before the stamp column existed) and the customers who never were a lead."""
    t = desk.office.start - 300 * DAY
    _registries(desk, t)
    erp_funnel.registries(desk, t)
    _dictionary(desk, t)
    customers = max(6, round(len(desk.office.mailing.by_email) * 0.035))
    for number in range(customers):
        key = f"base{number}"
        person: Person = desk.office.market.person(key, 60, 0.5)
        rng = desk.office.rng("base customer", key)
        desk.at(t + rng.uniform(1, 280) * DAY, desk.book.base_customer, key, person)


    for number in range(max(4, customers // 10)):
        rng = desk.office.rng("supplier", number)
        when = desk.office.work.next_open(rng.uniform(desk.office.start, desk.office.horizon))
        desk.at(when, _supplier_document, desk, number, rng.randrange(300_00, 9_000_00))


def _supplier_document(t: float, desk: "ErpDesk", number: int, value: int) -> None:
    """Documents that hold a supplier in the customer columns: a purchase, or goods sent back to (D) or through (B) one.

    The outbound ones have a TES that generates titles, so only their type keeps them out of the revenue.
    """
    supplier, day, branch = f"9{number:05d}", ymd(t), "01"
    if number % 3 == 0:
        document = desk.next_number("purchase", 9, 501)
        desk.insert(t, "SF1", F1_FILIAL=branch, F1_DOC=document, F1_SERIE="2", F1_FORNECE=supplier, F1_LOJA="01",
                    F1_TIPO="N", F1_EMISSAO=day, F1_DTDIGIT=day, F1_VALMERC=cents(value), F1_VALBRUT=cents(value),
                    F1_ESPECIE="SPED")  # fmt: skip
        desk.insert(t, "SD1", D1_FILIAL=branch, D1_DOC=document, D1_SERIE="2", D1_FORNECE=supplier, D1_LOJA="01",
                    D1_ITEM="0001", D1_COD="FILT-010", D1_QUANT=cents(100), D1_VUNIT=cents(value),
                    D1_TOTAL=cents(value), D1_TES="001", D1_CF="1101", D1_TIPO="N", D1_EMISSAO=day, D1_DTDIGIT=day)  # fmt: skip
        return
    kind, document = "DB"[number % 2], desk.next_number(f"SF2{branch}1", 9, 7001)
    desk.insert(t, "SF2", F2_FILIAL=branch, F2_DOC=document, F2_SERIE="1", F2_CLIENTE=supplier, F2_LOJA="01",
                F2_TIPO=kind, F2_EMISSAO=day, F2_VALMERC=cents(value), F2_VALBRUT=cents(value), F2_ESPECIE="SPED")  # fmt: skip
    desk.insert(t, "SD2", D2_FILIAL=branch, D2_DOC=document, D2_SERIE="1", D2_CLIENTE=supplier, D2_LOJA="01",
                D2_ITEM="01", D2_COD="FILT-010", D2_UM="UN", D2_QUANT=cents(100), D2_PRCVEN=cents(value),
                D2_TOTAL=cents(value), D2_TES="501", D2_CF="5201", D2_TIPO=kind, D2_EMISSAO=day,
                D2_NUMSEQ=desk.next_number("NUMSEQ", 6))  # fmt: skip


def _registries(desk: "ErpDesk", t: float) -> None:
    for branch, name, state, city in (("01", "MATRIZ", "SP", "CAMPINAS"), ("02", "FILIAL PR", "PR", "CURITIBA")):
        desk.insert(
            t, "SYS_COMPANY", M0_CODIGO=ERP_GROUP, M0_CODFIL=branch, M0_FILIAL=name, M0_NOME=COMPANY_NAME.upper(),
            M0_NOMECOM=f"{COMPANY_NAME.upper()} LTDA", M0_CGC=BRANCH_CNPJ[branch], M0_ESTCOB=state, M0_CIDCOB=city,
        )  # fmt: skip
    for seller in desk.office.sellers:
        habit = seller.habit
        desk.insert(
            t, "SA3", A3_COD=seller.erp_code, A3_NOME=habit.name.upper(), A3_NREDUZ=habit.name.split()[0].upper(),
            A3_TIPO="I" if habit.team == "Inside sales" else "E", A3_EMAIL=seller.email,
            A3_GRPREP="000001" if habit.team == "Inside sales" else "000002", A3_MSBLQL="2" if habit.active else "1",
        )  # fmt: skip
    for code, (kind, duplicate, stock, cfop, text) in TES.items():
        desk.insert(
            t, "SF4", F4_CODIGO=code, F4_TIPO=kind, F4_DUPLIC=duplicate, F4_ESTOQUE=stock, F4_CF=cfop, F4_TEXTO=text
        )
    for code, days in TERMS.items():
        text = ",".join(f"{d:02d}" for d in days)
        desk.insert(t, "SE4", E4_CODIGO=code, E4_TIPO="1", E4_COND=text, E4_DESCRI=f"{text} DIAS", E4_MSBLQL="2")
    for product in desk.office.catalogue.products:
        desk.insert(
            t, "SB1", B1_COD=product.code, B1_DESC=product.name.upper(), B1_TIPO="SV" if product.monthly else "PA",
            B1_UM="UN", B1_GRUPO="0002" if product.monthly else "0001", B1_PRV1=cents(round(product.price * 100)),
            B1_ATIVO="S", B1_MSBLQL="2",
        )  # fmt: skip


def _dictionary(desk: "ErpDesk", t: float) -> None:
    """SX2 and SX3 as a connector reads them; every table has the stamp switched on (X2_STAMP 1)."""
    for table in desk.tables.values():
        if table.alias in ("SYS_COMPANY", "SX2", "SX3"):
            continue
        mode = "E" if table.exclusive else "C"
        desk.insert(
            t, "SX2", X2_CHAVE=table.alias[:3], X2_ARQUIVO=table.physical[:8], X2_NOME=table.name, X2_MODO=mode,
            X2_MODOUN="C", X2_MODOEMP="C", X2_UNICO=table.unique_key, X2_STAMP="1", X2_INSDT="2",
        )  # fmt: skip
        for order, column in enumerate(table.columns, start=1):
            desk.insert(
                t, "SX3", X3_ARQUIVO=table.alias[:3], X3_ORDEM=f"{order:02d}", X3_CAMPO=column.name,
                X3_TIPO=column.type, X3_TAMANHO=Decimal(column.width), X3_DECIMAL=Decimal(column.decimals),
                X3_TITULO=column.name.split("_", 1)[-1].title(), X3_CONTEXT="R",
            )  # fmt: skip
