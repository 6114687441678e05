"""Lists page by page. v2 by cursor, ordered by change; leads (v1) by offset, each page from the last instant seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from ingestion.errors import SourceError
from ingestion.pipedrive.client import PipedriveApi
from ingestion.pipedrive.settings import PAGE
from ingestion.rows import instant

Page = list[Any]
MAX_EMPTY = 3  # empty pages in a row that still name a next one


def stamp(moment: datetime) -> str:
    """RFC 3339 without milliseconds: with them the answer is 400 (5.3)."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def v2_pages(
    api: PipedriveApi, path: str, resource: str, since: datetime | None, extra: Mapping[str, Any] | None = None, order: bool = True
) -> Iterator[Page]:
    """Pages of a v2 list, those changed at or after `since` (naive UTC), the least recently changed first.

    SourceError when the pages go round in a circle.
    """
    params: dict[str, Any] = {"limit": PAGE, **(extra or {})}
    if order:
        params |= {"sort_by": "update_time", "sort_direction": "asc"}
    if since:
        params["updated_since"] = stamp(since)
    seen: set[str] = set()
    last: list[Any] = []
    empty = 0
    while True:
        rows, more, _ = api.rows(f"/v2{path}", params, resource=resource)
        cursor = more.get("next_cursor")
        if rows and rows == last:
            raise SourceError(f"Pipedrive: GET /v2{path} gave the same page twice; what came before it is kept.")
        if rows:
            yield rows
        empty = 0 if rows else empty + 1
        if not cursor or empty > MAX_EMPTY:
            return
        if str(cursor) in seen:
            raise SourceError(f"Pipedrive: the pages of GET /v2{path} go round in a circle; what came before is kept.")
        seen.add(str(cursor))
        params["cursor"], last = cursor, rows


def lead_pages(api: PipedriveApi, since: datetime | None) -> Iterator[Page]:
    """Open leads changed at or after `since`. A page starts at the last instant seen, so that a lead that changes
    meanwhile pushes no other one over a page's edge; within one second offsets are used."""
    low, start = since, 0
    last: Page = []
    while True:
        params: dict[str, Any] = {"limit": PAGE, "start": start, "sort": "update_time ASC"}
        if low:
            params["updated_since"] = stamp(low)
        rows, more, _ = api.rows("/v1/leads", params, resource="leads")
        if rows and rows == last:
            raise SourceError("Pipedrive: GET /v1/leads gave the same page twice; what came before it is kept.")
        if rows:
            yield rows
        if not rows or not _follows(more):
            return
        last, edge = rows, _changed(rows[-1])
        if edge is not None and (low is None or edge > low):
            low, start = edge, 0
        else:
            start += len(rows)


def archived_pages(api: PipedriveApi, since: datetime | None) -> Iterator[Page]:
    """Archived leads, the last changed first, back to `since`: this list knows no `updated_since` (5.3)."""
    start = 0
    last: Page = []
    while True:
        params = {"limit": PAGE, "start": start, "sort": "update_time DESC"}
        rows, more, _ = api.rows("/v1/leads/archived", params, resource="leads_archived")
        if rows and rows == last:
            raise SourceError("Pipedrive: GET /v1/leads/archived gave the same page twice; what came before it is kept.")
        if rows:
            yield rows
        oldest = _changed(rows[-1]) if rows else None
        if not rows or not _follows(more) or (since and oldest and oldest < since):
            return
        last, start = rows, start + len(rows)


def _follows(more: Mapping[str, Any]) -> bool:
    """Both layouts of the wrapper were seen (5.3)."""
    paging = more.get("pagination")
    return bool((paging if isinstance(paging, dict) else more).get("more_items_in_collection"))


def _changed(row: Any) -> datetime | None:
    try:
        return instant(row.get("update_time")) if isinstance(row, dict) else None
    except ValueError:
        return None
