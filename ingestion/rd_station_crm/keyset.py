"""Lists of CRM v2 read by key: every page starts at the last instant seen, never at a page number.

So a row that changes meanwhile cannot push another one over a page's edge, and the cap of 10,000 rows per filter
is never reached. Rows of the same second as the edge are asked again and left out by id. The zone of filter values
is not documented (B2): when the edge itself is missing from an answer, values are written in Brasília's time, and
when even that fails, page numbers are used within the window.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ingestion.errors import SourceError
from ingestion.rd_station_crm.client import BRASILIA_OFFSET, CrmApi
from ingestion.rd_station_crm.settings import PAGE, WINDOW_ROWS
from ingestion.rows import Row, instant

Usable = Callable[[list[Any]], list[Row]]
SAME_PAGES = 3  # the window after a page of one single second begins with that page again


@dataclass
class _Cursor:
    """Where the next page starts. `edge` is the row that must show again at the start of the next window."""

    low: datetime | None
    page: int = 1
    edge: str | None = None
    shift: timedelta = timedelta(0)
    numbered: bool = False
    before: datetime | None = None

    def advance(self, last: datetime | None, row_id: str) -> None:
        """Go on behind the page that ended with `row_id` at `last`."""
        floor = last.replace(microsecond=0) if last else None
        if self.numbered or floor is None or (self.low is not None and floor <= self.low):
            self.page, self.edge = self.page + 1, None
        else:
            self.before, self.low, self.page, self.edge = self.low, floor, 1, row_id

    def lost_edge(self) -> None:
        """The filter does not mean what we thought: first try the other zone, then plain page numbers."""
        if self.shift:
            self.numbered, self.low, self.page, self.edge = True, self.before, 2, None
            self.shift = timedelta(0)
        else:
            self.shift = BRASILIA_OFFSET


def rows_since(
    api: CrmApi, path: str, sort: str, updated_since: datetime | None, usable: Usable = list
) -> Iterator[list[Row]]:
    """Pages of rows updated at or after `updated_since` (naive UTC; None: all), each row once, ordered by `sort`.

    `sort` is updated_at or created_at. `usable` leaves those rows of a page that have an id and readable instants.
    Raises SourceError when more rows share one second than can be listed, for an empty page that is not the last one,
    and when the same page comes again and again.
    """
    cursor = _Cursor(updated_since if sort == "updated_at" else None)
    seen: set[str] = set()
    last: list[Any] = []
    same = 0
    while True:
        page, more = api.v2_page(path, _params(sort, cursor, updated_since))
        same = same + 1 if page and page == last else 1
        if same >= SAME_PAGES:
            raise SourceError(f"RD Station CRM: GET {path} gave the same page {same} times; what came before it is kept.")
        last, found = page, usable(page)
        if cursor.edge is not None and all(row["id"] != cursor.edge for row in found):
            cursor.lost_edge()
            continue
        fresh = [row for row in found if row["id"] not in seen]
        seen.update(row["id"] for row in fresh)
        if fresh:
            yield fresh
        if cursor.page * PAGE >= WINDOW_ROWS and len(page) >= PAGE:
            raise SourceError(
                f"RD Station CRM: {WINDOW_ROWS} rows or more of {path} share one {sort}, or its filter does not work; "
                "what lies beyond is out of the API's reach."
            )
        if not more:
            return
        cursor.advance(instant(found[-1].get(sort)) if found else None, found[-1]["id"] if found else "")


def _params(sort: str, cursor: _Cursor, updated_since: datetime | None) -> Row:
    clauses = [_at_least(sort, cursor.low - cursor.shift)] if cursor.low else []
    if sort != "updated_at" and updated_since:
        clauses.append(_at_least("updated_at", updated_since))
    params: Row = {f"sort[{sort}]": "asc", "page[number]": cursor.page, "page[size]": PAGE}
    return {**params, "filter": " ".join(clauses)} if clauses else params


def _at_least(field: str, moment: datetime) -> str:
    return f'{field}:>="{moment:%Y-%m-%d %H:%M:%S}"'
