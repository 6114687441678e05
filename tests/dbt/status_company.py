"""A small company of which RD Station is told what became of its opportunities, sales and losses, and that uses a flow.

Stories are one person each (`tests/dbt/clauses/company.py`). Instants are naive UTC; the models are built as of 30 June 2026, live
since 1 June.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.dbt.clauses.company import Company, agreement, handoff_id
from tests.dbt.routing_company import opportunity_id

GRANTED = {"legal_category": "communications", "legal_status": "granted"}
BORN = "2026-06-02 12:00:00"


class Told(Company):
    """Words of this company's stories."""

    def __init__(self) -> None:
        super().__init__()
        self.documents = 0
        self.add("protheus", "sf4", company_group="01", recno=1, is_deleted=False, f4_filial="", f4_codigo="501", f4_duplic="S")

    def known(self, name: str, created_at: str = "2026-01-10 10:00:00", **legal: Any) -> None:
        """A person in marketing, with a consent unless told otherwise, and in the CRM."""
        self.contact(name, created_at, **{**GRANTED, **legal})
        self.crm_contact(f"c-{name}", name)

    def opportunity(self, name: str, at: str = "2026-06-20 12:00:00", **deal: Any) -> None:
        """A deal of BORN that reaches the opportunity stage at `at`."""
        self.deal(f"d-{name}", [f"c-{name}"], BORN, **{"user_id": "ana", "amount_total": Decimal("5000"), **deal})
        self.visit(f"d-{name}", f"v-{name}", "s4", at)

    def sold(self, name: str, at: str = "2026-06-10 12:00:00", **deal: Any) -> None:
        """A deal of BORN that was won at `at`; the ERP calls its order by the name."""
        self.known(name)
        values = {"user_id": "ana", "amount_total": Decimal("900"), "erp_order": f"01-{name}", **deal}
        self.deal(f"d-{name}", [f"c-{name}"], BORN, at, "won", **values)

    def lost(self, name: str, at: str = "2026-06-20 12:00:00", reason: str = "Sem timing") -> None:
        """A deal of BORN that was lost."""
        self.deal(f"d-{name}", [f"c-{name}"], BORN, at, "lost", user_id="ana", lost_reason_name=reason)

    def invoice(self, name: str, amount: str, on: str = "2026-06-12", deleted_in: int | None = None) -> str:
        """An invoice of the order `name`; returns its number. `deleted_in`: a later load shows it cancelled."""
        self.documents += 1
        number, recno = f"{self.documents:09}", self.documents
        for load, gone in [(1, False), *([(deleted_in, True)] if deleted_in else [])]:
            self.add(
                "protheus", "sd2", load, company_group="01", recno=recno, is_deleted=gone, d2_filial="01", d2_doc=number, d2_serie="1",
                d2_item="01", d2_cliente="C1", d2_loja="01", d2_total=Decimal(amount), d2_emissao=on, d2_pedido=name, d2_tes="501",
                d2_tipo="N",
            )  # fmt: skip
            self.add(
                "protheus", "sf2", load, company_group="01", recno=recno, is_deleted=gone, f2_filial="01", f2_doc=number, f2_serie="1",
                f2_cliente="C1", f2_loja="01",
            )  # fmt: skip
        return number

    def comes_back(self, number: str, amount: str, on: str = "2026-06-20") -> None:
        """Goods of an invoice that are returned."""
        self.documents += 1
        self.add(
            "protheus", "sd1", company_group="01", recno=self.documents, is_deleted=False, d1_filial="01", d1_doc=f"{self.documents:09}",
            d1_tipo="D", d1_nfori=number, d1_seriori="1", d1_itemori="01", d1_fornece="C1", d1_loja="01", d1_total=Decimal(amount),
            d1_dtdigit=on,
        )  # fmt: skip

    def delivered(self, sync: str, name: str, at: str, occurrence: str = "1", **values: Any) -> None:
        """A row of the outbox."""
        self.add(
            "deliveries", "outbox", **{
                "delivery_id": f"{sync}|{name}|{occurrence}", "sync": sync, "destination": sync, "subject_id": opportunity_id(name),
                "occurrence": occurrence, "handoff_id": handoff_id(name), "state": "accepted", "attempts": 1, "planned_at": at,
                "sent_at": at, "delivered_at": at, "updated_seq": 1, **values,
            },
        )  # fmt: skip

    def told(self, name: str, value: str, occurrence: str = "1", basis: str = "invoiced", state: str = "accepted") -> None:
        """RD Station was told of the sale."""
        self.delivered("sale", name, "2026-06-15 12:00:00", occurrence, value=Decimal(value), reason_code=basis, state=state)

    def shows(self, name: str, at: str, stage: str = "Lead", opportunity: bool = False) -> None:
        """A look at the contact's funnel."""
        self.add("rd_station", "funnels", contact_uuid=name, lifecycle_stage=stage, opportunity=opportunity, observed_at=at)


def build() -> Told:
    """All stories."""
    company = Told()
    _opportunities(company)
    _echoes(company)
    _sales(company)
    _losses(company)
    _flows(company)
    agreement(company, [], {
        "stage_map": [{"source_system": "rd_station_crm", "stage": "Oportunidade", "funnel_stage": "opportunity"}],
        "reasons": [
            {"agreement_version": "now", "reason_code": "so_fluxo", "title_pt": "Só fluxo", "next_step": "nurture", "flow_id": "f-1"},
            {"agreement_version": "now", "reason_code": "dois", "title_pt": "Dois", "next_step": "nurture", "flow_id": "f-2",
             "return_identifier": "volta-dois"},
        ],
        "reason_labels": [
            {"source_system": "rd_station_crm", "label": "só fluxo", "reason_code": "so_fluxo"},
            {"source_system": "rd_station_crm", "label": "dois", "reason_code": "dois"},
        ],
    })  # fmt: skip
    return company


def _opportunities(company: Told) -> None:
    for name in ("due", "marked-at-birth", "unmarked", "seen", "won-already"):
        company.known(f"opp-{name}")
    company.known("opp-declined", legal_status="declined")
    company.known("opp-new", created_at="2026-06-30 20:55:00")
    company.crm_contact("c-opp-nobody")
    company.known("opp-before")
    for name in ("due", "marked-at-birth", "unmarked", "seen", "declined", "new", "nobody"):
        company.opportunity(f"opp-{name}")
    company.opportunity("opp-before", "2026-05-31 12:00:00")
    company.opportunity("opp-won-already", closed_at="2026-06-25 12:00:00", status="won")
    company.mark("opp-marked-at-birth", "2026-06-01 12:00:00")
    company.mark("opp-unmarked", "2026-06-01 12:00:00")
    company.shows("opp-unmarked", "2026-06-22 12:00:00", opportunity=False)
    company.shows("opp-seen", "2026-06-22 12:00:00", opportunity=True)


def _echoes(company: Told) -> None:
    """What comes back of our own marks: the deal closes while the mark is under way, so that an echo would open a passage."""
    for name in ("echo", "twin", "real"):
        company.known(name)
        company.opportunity(name, "2026-06-20 11:00:00", closed_at="2026-06-20 12:00:03", status="lost", lost_reason_name="Sem perfil")
        company.delivered("opportunity", name, "2026-06-20 12:00:00")
    company.mark("echo", "2026-06-20 12:00:05")
    company.mark("twin", "2026-06-20 12:00:05")
    company.deal("d-twin-2", ["c-twin"], "2026-06-20 12:00:10", user_id="ana")
    company.mark("real", "2026-06-20 14:00:00")  # the lead itself, later


def _sales(company: Told) -> None:
    for name in ("invoiced", "client", "client-before"):
        company.sold(f"sale-{name}")
        company.invoice(f"sale-{name}", "1000.10")
    company.shows("sale-client", "2026-06-09 12:00:00", "Qualified Lead")
    company.shows("sale-client", "2026-06-15 12:00:00", "Client")
    company.shows("sale-client-before", "2026-05-09 12:00:00", "Client")
    company.shows("sale-client-before", "2026-06-15 12:00:00", "Client")
    company.sold("sale-waiting", "2026-06-25 12:00:00")
    company.sold("sale-overdue")
    company.sold("sale-returned-before")
    company.comes_back(company.invoice("sale-returned-before", "1000"), "1000")
    for name in ("part-returned", "corrected", "corrected-again", "crm-told", "more", "given-up"):
        company.sold(f"sale-{name}")
    company.told("sale-part-returned", "1000")
    company.comes_back(company.invoice("sale-part-returned", "1000"), "300")
    company.sold("sale-cancelled")
    company.told("sale-cancelled", "1000")
    company.invoice("sale-cancelled", "1000", deleted_in=2)
    company.told("sale-corrected", "1000")
    company.told("sale-corrected", "700", "cancelled:1")
    company.comes_back(company.invoice("sale-corrected", "1000"), "300")
    company.told("sale-corrected-again", "1000")
    company.told("sale-corrected-again", "700", "cancelled:1")
    company.invoice("sale-corrected-again", "1000", deleted_in=2)
    company.told("sale-given-up", "1000")
    company.told("sale-given-up", "0", "cancelled:1", state="dead")  # a person saw that nothing is to be corrected
    company.told("sale-crm-told", "900", basis="crm_amount")
    company.invoice("sale-crm-told", "800")
    company.told("sale-more", "500")
    company.invoice("sale-more", "1000")


def _losses(company: Told) -> None:
    for name in ("marked", "unmarked-since", "never-looked", "open-again"):
        company.known(f"loss-{name}")
        company.lost(f"loss-{name}")
    company.shows("loss-marked", "2026-06-10 12:00:00", opportunity=True)
    company.delivered("loss", "loss-unmarked-since", "2026-06-20 13:00:00")
    company.shows("loss-unmarked-since", "2026-06-21 12:00:00", opportunity=False)
    company.deal("d-loss-open-again-2", ["c-loss-open-again"], "2026-06-25 12:00:00", user_id="ana")


def _flows(company: Told) -> None:
    for name, reason in (("flow-only", "Só fluxo"), ("flow-done", "Só fluxo"), ("flow-after", "Dois"), ("flow-next", "Dois")):
        company.known(name)
        company.lost(name, reason=reason)
    company.delivered("flow_enrolment", "flow-done", "2026-06-21 12:00:00")
    company.delivered("nurture_return", "flow-next", "2026-06-21 12:00:00")
