"""Which raw columns are personal, in one place, and what an erasure does with them (docs/lgpd.md).

Three kinds of text columns: those of a lead or customer (`PERSONAL`: erased or replaced when somebody is forgotten),
those of the company's own staff (`STAFF`), and all others (`ingestion.impersonal`: ids, codes, names of campaigns and companies).
A test holds each text column of `tables.py` against the three, so that a new one cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Kinds of identifier that are a person's; a CNPJ is a company's and stays.
PERSONAL_KINDS = ("email", "phone", "cpf")
# An identifier that found somebody beyond doubt, also on a record that comes later: phones are shared too often.
TELLING_KINDS = ("email", "cpf")
# Our own deliveries come back in `traffic_value` by their id, which says nothing of anybody.
DELIVERY_ID_FORM = "________-____-____-____-____________"


@dataclass(frozen=True)
class Personal:
    """The personal part of one raw table.

    `system` and `record`: whose row it is, as identity names records: the columns joined by ":" (null as nothing).
    `erased`: columns set to null. `only`: they are only if this column has this value. `keeps`: a LIKE pattern of values
    that stay. `is_identifiers`: the table has columns kind and value. `named_by`: columns that name the person directly.
    """

    system: str
    record: tuple[str, ...]
    erased: tuple[str, ...] = ()
    only: tuple[str, str] | None = None
    keeps: str | None = None
    is_identifiers: bool = False
    named_by: tuple[str, ...] = ()

    def source_id(self, row: Mapping[str, Any]) -> str:
        """The record that a row belongs to."""
        return ":".join(str(row.get(column) or "") for column in self.record)

    def source_id_sql(self, alias: str) -> str:
        """The same in SQL of both engines."""
        return " || ':' || ".join(f"coalesce({alias}.{column}, '')" for column in self.record)

    @property
    def columns(self) -> frozenset[str]:
        """Every personal column."""
        return frozenset((*self.erased, *self.named_by, *(("value",) if self.is_identifiers else ())))


# `protheus` records are customers (group:branch:code:store); tables that lack the customer's branch go without it.
PERSONAL: dict[str, dict[str, Personal]] = {
    "raw_rd_station": {
        "contacts": Personal("rd_station", ("contact_uuid",), ("name", "job_title", "city", "tags")),
        "contact_identifiers": Personal("rd_station", ("contact_uuid",), is_identifiers=True),
        "contact_fields": Personal("rd_station", ("contact_uuid",), ("value",)),
        "conversions": Personal("rd_station", ("contact_uuid",), ("traffic_value",), keeps=DELIVERY_ID_FORM),
    },
    "raw_rd_station_crm": {
        "contacts": Personal("rd_station_crm", ("contact_id",), ("name", "job_title")),
        "contact_identifiers": Personal("rd_station_crm", ("contact_id",), is_identifiers=True),
    },
    "raw_pipedrive": {
        "contacts": Personal("pipedrive", ("contact_id",), ("name", "job_title")),
        "contact_identifiers": Personal("pipedrive", ("contact_id",), is_identifiers=True),
    },
    "raw_salesforce": {
        "contacts": Personal("salesforce", ("contact_id",), ("name", "job_title")),
        "contact_identifiers": Personal("salesforce", ("contact_id",), is_identifiers=True),
    },
    "raw_hubspot": {
        "contacts": Personal("hubspot", ("contact_id",), ("name", "job_title")),
        "contact_identifiers": Personal("hubspot", ("contact_id",), is_identifiers=True),
    },
    "raw_protheus": {
        "sa1": Personal(
            "protheus", ("company_group", "a1_filial", "a1_cod", "a1_loja"), ("a1_mun",), only=("a1_pessoa", "F")
        ),
        "ad1": Personal("protheus_any_branch", ("company_group", "ad1_codcli", "ad1_lojcli"), ("ad1_descri",)),
        "customer_identifiers": Personal(
            "protheus", ("company_group", "branch", "customer_code", "store"), is_identifiers=True
        ),
    },
    "raw_files": {
        "handoffs": Personal("files", ("person_key",), named_by=("person_key",)),
        "rd_station_contacts": Personal("rd_station", ("contact_uuid",), ("name", "job_title", "city", "tags")),
        "rd_station_identifiers": Personal("rd_station", ("contact_uuid",), is_identifiers=True),
        "crm_contacts": Personal("rd_station_crm", ("contact_id",), ("name", "job_title")),
        "crm_identifiers": Personal("rd_station_crm", ("contact_id",), is_identifiers=True),
    },
}

# Sellers and managers: the company's own people, not touched by an erasure of a lead.
STAFF: dict[str, str] = {
    "raw_rd_station.funnels": "contact_owner_email",
    "raw_rd_station_crm.users": "name email",
    "raw_pipedrive.users": "name email",
    "raw_salesforce.users": "name email",
    "raw_hubspot.owners": "name email",
    "raw_protheus.sa3": "a3_nreduz a3_email",
    "raw_agreement.versions": "signed_marketing signed_sales",
    "raw_agreement.routing_sellers": "seller_email",
    "raw_agreement.routing_slots": "seller_email",
    "raw_agreement.waivers": "seller_email approved_by reason",
    "raw_agreement.identity_merges": "decided_by reason",
    "raw_agreement.identity_splits": "decided_by reason",
    "raw_agreement.company_merges": "decided_by reason",
    "raw_agreement.company_splits": "decided_by reason",
    "raw_agreement.absences": "seller_email reason",
    "raw_agreement.restatements": "restated_by reason",
    "raw_agreement.calendar_absences": "seller_email",
    "raw_agreement.calendar_assignments": "key",
    "raw_files.handoffs": "seller_key",
    "raw_files.attempts": "seller_key",
    "raw_files.deals": "seller_key",
    "raw_files.rd_station_contacts": "contact_owner_email",
}

def personal_tables() -> Iterator[tuple[str, str, Personal]]:
    """(schema, table, what is personal in it) of every raw table that holds something of a lead or customer."""
    for schema, tables in PERSONAL.items():
        for table, personal in tables.items():
            yield schema, table, personal
