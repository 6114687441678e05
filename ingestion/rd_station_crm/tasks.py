"""Tasks: calls, e-mails and WhatsApp exist only here. v2 is read because it says when a task last changed.

v1 has no updated_at, so a call that is entered days after it was made would be missed by any window of done dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ingestion.errors import SourceError
from ingestion.rd_station_crm.client import CrmApi
from ingestion.rd_station_crm.keyset import Usable
from ingestion.rd_station_crm.settings import PAGE
from ingestion.rows import Row, instant, text
from ingestion.runner import Tables


def changed_tasks(api: CrmApi, since: datetime | None, usable: Usable = list) -> Iterator[list[Row]]:
    """Pages of tasks, the last changed first, back to `since` (naive UTC; None: all).

    A task that changes while we read moves to the front and is met by the next run; none is pushed out of sight.
    `usable` leaves those of a page that have an id and readable instants. SourceError when a page comes twice.
    """
    seen: set[str] = set()
    last: list[Any] = []
    page = 0
    while True:
        page += 1
        params = {"sort[updated_at]": "desc", "page[number]": page, "page[size]": PAGE}
        rows, more = api.v2_page("/tasks", params)
        if rows and rows == last:
            raise SourceError("RD Station CRM: GET /tasks gave the same page twice; what came before it is kept.")
        last, found = rows, usable(rows)
        fresh = [row for row in found if row["id"] not in seen]
        seen.update(row["id"] for row in fresh)
        if fresh:
            yield fresh
        oldest = instant(found[-1].get("updated_at")) if found else None
        if not more or (since and oldest and oldest < since):
            return


def task_tables(body: Row) -> Tables:
    """The rows of one task."""
    return {"tasks": [task_row(body)]}


def task_row(body: Row) -> Row:
    """A `tasks` row; the user is who completed it, else the first owner."""
    owners = body.get("owner_ids") or []
    done = body.get("status") == "completed"
    return {
        "task_id": str(body["id"]),
        "deal_id": text(body.get("deal_id")),
        "type": text(body.get("type")),
        "done": done,
        "done_at": instant(body.get("completed_at")) if done else None,
        "due_at": instant(body.get("due_date")),
        "created_at": instant(body.get("created_at")),
        "user_id": text(body.get("completed_by_id") or (owners[0] if owners else None)),
    }
