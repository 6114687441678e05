"""Tasks: calls, e-mails and WhatsApp exist only here. v2 is read because it says when a task last changed.

v1 has no updated_at, so a call that is entered days after it was made would be missed by any window of done dates.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ingestion.rd_station_crm.client import CrmApi, more_follows
from ingestion.rd_station_crm.settings import PAGE
from ingestion.rows import Row, instant, text


def changed_tasks(api: CrmApi, since: datetime | None) -> Iterator[list[Row]]:
    """Pages of tasks, the last changed first, back to `since` (naive UTC; None: all).

    A task that changes while we read moves to the front and is met by the next run; none is pushed out of sight.
    """
    seen: set[str] = set()
    page = 0
    while True:
        page += 1
        params = {"sort[updated_at]": "desc", "page[number]": page, "page[size]": PAGE}
        body = api.v2("/tasks", params).json
        found = [row for row in body.get("data") or [] if isinstance(row, dict)]
        fresh = [row for row in found if row["id"] not in seen]
        seen.update(row["id"] for row in fresh)
        if fresh:
            yield fresh
        oldest = instant(found[-1].get("updated_at")) if found else None
        if not found or not more_follows(body, found) or (since and oldest and oldest < since):
            return


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
