"""A deal's past from its changelog: stays in stages, and who owned it with which rating since when (5.5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from ingestion.pipedrive.client import PipedriveApi
from ingestion.pipedrive.records import moment
from ingestion.pipedrive.settings import PAGE, PipedriveConfig
from ingestion.rows import Row, integer, text
from ingestion.runner import Tables

_OWNER = ("owner_id", "user_id")  # the second is its old name
Change = tuple[datetime, str, str | None, str | None]  # instant, field, old, new


def changelog(api: PipedriveApi, deal_id: str) -> list[Row]:
    """Every row of a deal's changelog, as listed."""
    rows: list[Row] = []
    params: dict[str, Any] = {"limit": PAGE}
    while True:
        page, more, _ = api.rows(f"/v1/deals/{deal_id}/changelog", params, resource="changelog")
        rows += [row for row in page if isinstance(row, dict)]
        if not page or not more.get("next_cursor"):
            return rows
        params["cursor"] = more["next_cursor"]


def history_tables(deal: Mapping[str, Any], rows: list[Row], config: PipedriveConfig, read_at: datetime) -> Tables:
    """Visits and states of one deal. The creation is no row: what was first is the oldest old value, else the present.

    `deal`: its landed row. `rows`: its changelog, empty when nothing was ever changed.
    """
    deal_id, created = deal["deal_id"], deal["created_at"]
    changes = _ordered(rows)
    visits = _stays(changes, ("stage_id",), deal["stage_id"], created)
    ends: list[datetime | None] = [*(later[0] for _, later in pairwise(visits)), None]
    visit_rows = [
        {"deal_id": deal_id, "visit_id": f"{deal_id}:{number}", "stage_id": stage, "start_at": start, "end_at": end}
        for number, ((start, stage), end) in enumerate(zip(visits, ends, strict=True))
    ]
    owners = _stays(changes, _OWNER, deal["user_id"], created)
    ratings = _stays(changes, (config.fields.rating or "",), deal["rating"], created)
    states = []
    for position, at in enumerate(sorted({at for at, _ in owners} | {at for at, _ in ratings})):
        owner = text(_then(owners, at))
        state = {"user_id": None if owner in config.nobody else owner, "rating": integer(_then(ratings, at))}
        states.append({"deal_id": deal_id, "position": position, "started_at": at, **state})
    known = {name: deal[name] for name in ("deal_id", "history_key", "stage_changed_at")}
    known |= {"read_at": read_at, "is_deleted": False}  # the list of fetches that staging takes sets by
    return {"deal_histories": [known], "deal_stage_visits": visit_rows, "deal_states": states}


def _ordered(rows: list[Row]) -> list[Change]:
    """The changes in order of time, each once: the same one may be listed twice. The list is newest first as a rule;
    within one second, the order in which each old value is the last new one is the right one."""
    seen: dict[Change, None] = {}
    for row in rows:
        at = moment(row, "time", needed=True)
        assert at is not None
        seen[(at, str(row.get("field_key")), text(row.get("old_value")), text(row.get("new_value")))] = None
    listed = list(seen)
    choices = [sorted(order, key=lambda change: change[0]) for order in (listed[::-1], listed)]
    return min(choices, key=_breaks)


def _breaks(changes: list[Change]) -> int:
    """How often a field's old value is not what the change before it left."""
    last: dict[str, str | None] = {}
    count = 0
    for _, name, old, new in changes:
        count += name in last and last[name] != old
        last[name] = new
    return count


def _stays(changes: list[Change], names: tuple[str, ...], now: Any, created: datetime) -> list[tuple[datetime, Any]]:
    """(since, value) of a field in order, from the deal's creation on."""
    mine = [(at, old, new) for at, name, old, new in changes if name in names]
    return [(created, mine[0][1] if mine else now), *((max(at, created), new) for at, _, new in mine)]


def _then(stays: list[tuple[datetime, Any]], at: datetime) -> Any:
    return [value for since, value in stays if since <= at][-1]
