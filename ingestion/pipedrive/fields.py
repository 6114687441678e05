"""The account's custom fields that are read: whether they are still there and of the same type (contract 5.3)."""

from __future__ import annotations

from ingestion.fields_watch import watch
from ingestion.pipedrive.client import PipedriveApi
from ingestion.pipedrive.paging import v2_pages
from ingestion.pipedrive.settings import SYSTEM, PipedriveConfig
from ingestion.runner import Session


def watch_fields(api: PipedriveApi, config: PipedriveConfig, session: Session) -> None:
    """One call per kind of record; leads have the fields of deals. SourceError when one that is read is gone or changed."""
    own = config.fields
    read = {
        "deal": (own.erp_order, own.rating, own.lead_reason, own.parent_deal),
        "person": (own.cpf, own.rd_uuid),
        "organization": (own.cnpj,),
    }
    for kind, names in read.items():
        rows = [row for page in v2_pages(api, f"/{kind}Fields", "fields", None, order=False) for row in page]
        now = {str(row.get("field_code")): str(row.get("field_type")) for row in rows if isinstance(row, dict)}
        watch(session, SYSTEM, f"{kind}s", now, {name for name in names if name}, "sources.pipedrive.custom_fields")
