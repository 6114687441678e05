"""Phase 3: the pages, forms, e-mails and flows that make and feed leads. Small lists, read again now and then."""

from __future__ import annotations

from functools import partial

from ingestion.errors import ApiError
from ingestion.judged import Judge
from ingestion.rd_station.client import RdStationApi
from ingestion.rd_station.settings import ASSET_PAGE, ASSETS, SEGMENT_PAGE
from ingestion.rows import Row, instant, merge, text
from ingestion.runner import Session, Tables


def asset_tables(api: RdStationApi, session: Session, judge: Judge) -> Tables:
    """All assets. A resource that the account's plan lacks (403) is noted and skipped, as the contract says (A7)."""
    parts: list[Tables] = []
    for kind in ASSETS:
        try:
            for body in _all(api, kind):
                parts.append(judge.read("assets", f"{kind} {text(body.get('id'))}", partial(_tables, kind, body)))
        except ApiError as error:
            if error.status not in (403, 404):
                raise
            session.note(
                f"rd_station: {kind} assets cannot be read with this plan ({error.status}); skipped."
            )
    return merge(parts)


def _tables(kind: str, body: Row) -> Tables:
    return {"assets": [asset_row(kind, body)]}


def asset_row(kind: str, body: Row) -> Row:
    """One asset; the service prints `updated_at` also as `upated_at`, and names as titles (A8.2)."""
    return {
        "asset_kind": kind,
        "asset_id": text(body.get("id")),
        "name": text(body.get("name") or body.get("title")),
        "identifier": text(body.get("conversion_identifier")),
        "status": text(body.get("status") or body.get("process_status")),
        "created_at": instant(body.get("created_at")),
        "updated_at": instant(body.get("updated_at") or body.get("upated_at")),
    }


def _all(api: RdStationApi, kind: str) -> list[Row]:
    size = SEGMENT_PAGE if kind == "segmentation" else ASSET_PAGE
    rows: dict[str | None, Row] = {}
    page = 0
    while True:
        page += 1
        found = api.assets(kind, page)
        before = len(rows)
        rows.update((text(row.get("id")), row) for row in found)
        # A service that ignores `page` repeats itself: no new id ends the listing too.
        if len(found) < size or len(rows) == before:
            return list(rows.values())
