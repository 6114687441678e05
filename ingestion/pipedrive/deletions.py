"""What is gone: a deleted lead is in no list, a deleted person or activity is hidden, a deal shows for 30 days (5.7)."""

from __future__ import annotations

from datetime import datetime

from ingestion.pipedrive.client import PipedriveApi
from ingestion.pipedrive.known import Known
from ingestion.pipedrive.paging import archived_pages, lead_pages, v2_pages
from ingestion.runner import Tables

# Kind of object, in the words of webhooks: table, key, path of one, what reading one costs as.
KINDS = {
    "deal": ("deals", "deal_id", "/v2/deals/{}", "one"),
    "lead": ("leads", "lead_id", "/v1/leads/{}", "lead"),
    "person": ("contacts", "contact_id", "/v2/persons/{}", "one"),
    "activity": ("activities", "activity_id", "/v2/activities/{}", "one"),
}


def found_gone(api: PipedriveApi, known: Known) -> list[tuple[str, str]]:
    """(kind, id) of what we know as live and no list shows; a converted lead is not missed."""
    lists = {
        "deal": [v2_pages(api, path, name, None) for path, name in (("/deals", "deals"), ("/deals/archived", "deals_archived"))],
        "lead": [lead_pages(api, None), archived_pages(api, None)],
        "person": [v2_pages(api, "/persons", "persons", None)],
        "activity": [v2_pages(api, "/activities", "activities", None)],
    }
    converted = known.converted
    gone = []
    for kind, pages in lists.items():
        listed = {str(row.get("id")) for some in pages for page in some for row in page if isinstance(row, dict)}
        missing = sorted(set(known.live(KINDS[kind][0])) - listed)
        gone += [(kind, key) for key in missing if kind != "lead" or key not in converted]
    return gone


def tombstone(api: PipedriveApi, known: Known, kind: str, key: str, now: datetime) -> Tables | None:
    """The row that says that an object is gone, when it is: asked for by its id, it does not answer."""
    if kind not in KINDS:
        return None
    table, column, path, resource = KINDS[kind]
    stored = known.rows[table].get(key)
    if stored is None or stored["is_deleted"] or (kind == "lead" and key in known.converted):
        return None
    if api.one(path.format(key), resource=resource) is not None:
        return None
    row = {column: key, "is_deleted": True, "fingerprint": "deleted"}
    if kind == "deal":
        row["source_lead_id"] = stored["source_lead_id"]  # its lead is gone with it
    return {table: [{**row, "observed_at": now} if kind in ("deal", "lead") else row]}
