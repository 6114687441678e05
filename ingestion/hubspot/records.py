"""Leads and deals with their histories and associations, as one set of rows per record (contract 3.4, 3.5, 9.5, 9.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ingestion.hubspot.catalogue import Catalogue
from ingestion.hubspot.histories import changes, closed_since, entries, owner_changed, visits
from ingestion.hubspot.settings import HubspotConfig
from ingestion.rows import Row, boolean, instant, integer, money, text
from ingestion.runner import Tables

Kind = Literal["leads", "deals"]
STAGE: dict[Kind, str] = {"leads": "hs_pipeline_stage", "deals": "dealstage"}


@dataclass(frozen=True)
class Links:
    """What a batch of records is associated with, by record id."""

    contacts: Mapping[str, list[str]]
    companies: Mapping[str, list[str]]
    deals: Mapping[str, list[str]]  # of leads


def property_names(kind: Kind, config: HubspotConfig) -> list[str]:
    """The properties asked for."""
    own = config.properties
    shared = [own.rating, own.marketing, own.campaign, own.source, "hubspot_owner_id", "hs_merged_object_ids"]
    if kind == "leads":
        names = [*shared, "hs_pipeline", "hs_pipeline_stage", own.lead_reason, "hs_primary_contact_id", "hs_createdate"]
    else:
        names = [*shared, "pipeline", "dealstage", own.deal_reason, "amount", "hs_mrr", "closedate", "createdate",
                 "hs_is_closed_won", own.erp_order, own.parent_deal]  # fmt: skip
    return list(dict.fromkeys(name for name in names if name))


def history_names(kind: Kind, config: HubspotConfig) -> list[str]:
    """The properties whose history is asked for."""
    own = config.properties
    return [name for name in (STAGE[kind], "hubspot_owner_id", own.rating) if name]


def record_tables(
    kind: Kind, body: Row, links: Links, catalogue: Catalogue, config: HubspotConfig, observed_at: datetime
) -> Tables:
    """The rows of one lead or deal. ValueError, TypeError or KeyError: the record cannot be read."""
    key, values = str(body["id"]), dict(body["properties"])
    one = kind.removesuffix("s")
    ends = catalogue.ended if kind == "leads" else catalogue.closed
    stages, owners = entries(body, STAGE[kind]), entries(body, "hubspot_owner_id")
    created = instant(body.get("createdAt"))
    row = {
        f"{one}_id": key,
        **_shared(kind, values, catalogue, config),
        "owner_changed": owner_changed(owners, created),
        "company_id": next(iter(links.companies.get(key, ())), None),
        "created_at": created,
        "updated_at": instant(body.get("updatedAt")),
        "closed_at": closed_since(stages, ends),
        "observed_at": observed_at,
        "is_deleted": False,
    }
    contacts = links.contacts.get(key, [])
    if kind == "leads":
        row["deal_id"] = next(iter(links.deals.get(key, ())), None)
        contacts = contacts or [found for name in ("hs_primary_contact_id",) if (found := text(values.get(name)))]
    else:
        row |= _deal_columns(values, row, catalogue, config)
    return {
        kind: [row],
        f"{one}_contacts": [{f"{one}_id": key, "contact_id": each, "position": n} for n, each in enumerate(contacts)],
        "stage_visits": visits(one, key, stages, ends),
        "record_changes": changes(one, key, owners, entries(body, config.properties.rating)),
    }


def _shared(kind: Kind, values: Row, catalogue: Catalogue, config: HubspotConfig) -> Row:
    own = config.properties
    reason = text(values.get(own.lead_reason if kind == "leads" else own.deal_reason))

    def named(name: str | None) -> Any:
        return text(values.get(name)) if name else None

    return {
        "pipeline_id": text(values.get("hs_pipeline" if kind == "leads" else "pipeline")),
        "stage_id": text(values.get(STAGE[kind])),
        "owner_id": text(values.get("hubspot_owner_id")),
        "rating": integer(named(own.rating)),
        # A free text is its own name; an option is shown by its label.
        "reason_id": reason if reason in catalogue.reasons else None,
        "reason_name": catalogue.reasons.get(reason or "", reason),
        "from_marketing": config.is_marketing(named(own.marketing)),
        "campaign_name": named(own.campaign),
        "source_name": named(own.source),
    }


def _deal_columns(values: Row, row: Row, catalogue: Catalogue, config: HubspotConfig) -> Row:
    own = config.properties
    closed = row["stage_id"] in catalogue.closed
    return {
        "amount": money(values.get("amount") or None),
        "amount_recurring": money(values.get("hs_mrr") or None),
        "is_won": row["stage_id"] in catalogue.won or bool(boolean(values.get("hs_is_closed_won"))),
        "closed_at": row["closed_at"] or (instant(values.get("closedate")) if closed else None),
        "erp_order": text(values.get(own.erp_order)) if own.erp_order else None,
        "parent_deal_id": text(values.get(own.parent_deal)) if own.parent_deal else None,
    }


def tombstone(kind: str, key: str, observed_at: datetime, merged_into: str | None = None) -> Tables:
    """A record that is in the recycle bin, gone for good, or absorbed by another one."""
    one = "company" if kind == "companies" else kind.removesuffix("s")
    row: Row = {f"{one}_id": key, "is_deleted": True, "merged_into": merged_into}
    if kind in ("leads", "deals"):
        row["observed_at"] = observed_at
    return {kind: [row]}
