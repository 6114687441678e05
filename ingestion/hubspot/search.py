"""What changed since an instant, by search. Search ends after 10,000 rows, lags, and shifts its pages when rows change.

No page is asked for by number: each one starts at the last instant seen, and rows of that instant are left out by id. So the
cap is never met, and a row that changes meanwhile cannot push another over a page's edge. Where one instant alone fills a
page (bulk imports do that) its rows are read in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from ingestion.errors import SourceError
from ingestion.hubspot.client import HubspotApi, has_id
from ingestion.hubspot.settings import SEARCH_PAGE
from ingestion.rows import Row, instant

EPOCH = datetime(1970, 1, 1)
TICK = timedelta(milliseconds=1)  # instants are compared as milliseconds


class Found(NamedTuple):
    """A page: its rows, and what stands among them without an id that the next page could start behind."""

    rows: list[Row]
    refused: list[Any]


def modified_name(kind: str) -> str:
    """The property that any change moves."""
    return "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"


def modified_at(kind: str, row: Row) -> datetime | None:
    """When a row changed (naive UTC)."""
    try:
        return instant((row.get("properties") or {}).get(modified_name(kind)) or row.get("updatedAt"))
    except (ValueError, AttributeError):
        return None


def changed_since(
    api: HubspotApi, kind: str, properties: Sequence[str], since: datetime | None, until: datetime
) -> Iterator[Found]:
    """Pages of rows changed in [since, until] (naive UTC; None: all), in the order of their change, each once."""
    name, low = modified_name(kind), since
    seen: set[str] = set()
    while True:
        bounds = [_filter(name, "LTE", until), *([_filter(name, "GTE", low)] if low else [])]
        page, more = _page(api, kind, properties, bounds, name)
        found = page.rows
        yield from _fresh(page, seen)
        if not more:
            return
        # A row that says it changed later than was asked for is wrong; the next page starts at what can be true.
        last = max((at for row in found if (at := modified_at(kind, row)) is not None and at <= until), default=None)
        if last is not None and (low is None or last - low >= TICK):
            low = last
            continue
        if low is None or not found:
            raise _stuck(kind)
        yield from _at_one_instant(api, kind, properties, low, seen)
        low += TICK


def _at_one_instant(
    api: HubspotApi, kind: str, properties: Sequence[str], at: datetime, seen: set[str]
) -> Iterator[Found]:
    name, last = modified_name(kind), 0
    while True:
        bounds = [_filter(name, "EQ", at)]
        bounds += [{"propertyName": "hs_object_id", "operator": "GT", "value": str(last)}] if last else []
        page, more = _page(api, kind, properties, bounds, "hs_object_id")
        yield from _fresh(page, seen)
        if not more:
            return
        highest = max((int(row["id"]) for row in page.rows), default=0)
        if highest <= last:
            raise _stuck(kind)
        last = highest


def _page(
    api: HubspotApi, kind: str, properties: Sequence[str], bounds: list[Row], order: str
) -> tuple[Found, bool]:
    body = api.search(
        kind,
        {
            "filterGroups": [{"filters": bounds}],
            "sorts": [{"propertyName": order, "direction": "ASCENDING"}],
            "properties": list(properties),
            "limit": SEARCH_PAGE,
            "after": "0",
        },
    )
    found = Found([row for row in body["results"] if has_id(row)], [row for row in body["results"] if not has_id(row)])
    total = body.get("total")
    more = bool(body.get("paging")) or (isinstance(total, int) and total > len(body["results"]))
    return found, more


def _fresh(page: Found, seen: set[str]) -> Iterator[Found]:
    """What no page before showed: pages begin at the instant at which the last one ended."""
    rows = {str(row["id"]): row for row in page.rows if str(row["id"]) not in seen}
    # Nothing tells rows without an id apart but what they say.
    refused = {said: row for row in page.refused if (said := repr(row)) not in seen}
    seen.update(rows, refused)
    if rows or refused:
        yield Found(list(rows.values()), list(refused.values()))


def _filter(name: str, operator: str, at: datetime) -> Row:
    return {"propertyName": name, "operator": operator, "value": str((at - EPOCH) // TICK)}


def _stuck(kind: str) -> SourceError:
    return SourceError(
        f"HubSpot: the search of {kind} says that there is more but shows nothing new (an empty or a repeated page). What was "
        "read is kept; run again later."
    )
