"""The account's custom fields that are read: whether they are still there and of the same type (contract 5.3)."""

from __future__ import annotations

from collections.abc import Iterator

from ingestion.fields_watch import watch
from ingestion.own_fields import Fields
from ingestion.pipedrive.client import PipedriveApi
from ingestion.pipedrive.paging import v2_pages
from ingestion.pipedrive.settings import SYSTEM, PipedriveConfig
from ingestion.runner import Session

SETTING = "sources.pipedrive.custom_fields"


def watch_fields(api: PipedriveApi, config: PipedriveConfig, session: Session) -> None:
    """SourceError when a field that is read is gone or changed."""
    for fields in fields_read(api, config):
        watch(session, SYSTEM, fields)


def fields_read(api: PipedriveApi, config: PipedriveConfig) -> Iterator[Fields]:
    """The account's fields, one call per kind of record; leads have the fields of deals."""
    own = config.fields
    read = {
        "deal": (own.erp_order, own.rating, own.lead_reason, own.parent_deal),
        "person": (own.cpf, own.rd_uuid),
        "organization": (own.cnpj,),
    }
    for kind, names in read.items():
        rows = [row for page in v2_pages(api, f"/{kind}Fields", "fields", None, order=False) for row in page]
        now = {str(row.get("field_code")): str(row.get("field_type")) for row in rows if isinstance(row, dict)}
        yield Fields(f"{kind}s", now, frozenset(name for name in names if name), SETTING)
