"""The account's own properties that are read: whether they are still there and of the same type (contract 3.2, 3.4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ingestion.errors import ApiError
from ingestion.fields_watch import watch
from ingestion.hubspot.client import HubspotApi, optional
from ingestion.hubspot.settings import SYSTEM, HubspotConfig
from ingestion.own_fields import Fields
from ingestion.runner import Session

SETTING = "sources.hubspot.properties"


def watch_properties(api: HubspotApi, config: HubspotConfig, session: Session, has_leads: bool) -> None:
    """One call per kind of record. Raises SourceError when a property that is read is gone or of another type."""

    def refused(kind: str, status: int | None) -> None:
        session.note(f"hubspot: the properties of {kind} cannot be listed ({status}); a lost one would not be noticed.")

    for fields in properties_read(api, config, has_leads, refused):
        watch(session, SYSTEM, fields)


def properties_read(
    api: HubspotApi, config: HubspotConfig, has_leads: bool, refused: Callable[[str, int | None], None]
) -> Iterator[Fields]:
    """The account's properties, one call per kind of record; a kind whose list is refused is told and left out."""
    own = config.properties
    shared = (own.rating, own.marketing, own.campaign, own.source)
    read = {
        "contacts": (own.rd_uuid, own.cpf),
        "companies": (own.cnpj, own.segment),
        "deals": (*shared, own.erp_order, own.parent_deal, own.deal_reason),
        **({"leads": (*shared, own.lead_reason)} if has_leads else {}),
    }
    for kind, names in read.items():
        try:
            rows = api.rows(api.path("properties", f"/{kind}"))
        except ApiError as error:
            if not optional(error):
                raise
            refused(kind, error.status)
            continue
        now = {str(row.get("name")): str(row.get("type")) for row in rows}
        yield Fields(kind, now, frozenset(name for name in names if name), SETTING)
