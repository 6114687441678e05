"""What lists share: v2's cursor, `updated_since` and order; v1's offset; errors (contract 5.3, 5.6)."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sandbox.server.http import Refusal, Request, Response, reply
from sandbox.server.pipedrive.view import v2_time

RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
Row = dict[str, Any]


def refusal(message: str, status: int = 400, info: str = "") -> Refusal:
    """An error answer, to be raised."""
    return Refusal(reply({"success": False, "error": message, "error_info": info, "data": None, "additional_data": None}, status))


def one(data: Any) -> Response:
    """The envelope of one object."""
    return reply({"success": True, "data": data, "additional_data": None})


def number_param(request: Request, name: str, default: int, most: int) -> int:
    """A whole number of the query, capped."""
    try:
        value = int(request.query(name) or default)
    except ValueError:
        raise refusal(f"parametro de exemplo invalido: {name}") from None
    return max(0, min(value, most))


def moment(request: Request, name: str) -> datetime | None:
    """An instant of the query: RFC 3339 without milliseconds, anything else is refused."""
    value = request.query(name)
    if not value:
        return None
    if not RFC3339.fullmatch(value):
        raise refusal(f"parametro de exemplo invalido: {name}", info="confira o formato RFC 3339 sem milissegundos")
    return datetime.fromisoformat(value).astimezone(UTC)


def changed(rows: list[Row], request: Request) -> list[Row]:
    """Rows within `updated_since` (included) and `updated_until` (excluded)."""
    since, until = v2_time(moment(request, "updated_since")), v2_time(moment(request, "updated_until"))
    return [row for row in rows if (since or "") <= row["update_time"] and (until is None or row["update_time"] < until)]


def v2_list(request: Request, rows: list[Row], show: Callable[[Row], Row] = lambda row: row) -> Response:
    """A page of printed rows. The cursor names the last row shown, so that it stays valid while rows change."""
    sort = request.query("sort_by") or "id"
    if sort not in ("id", "update_time", "add_time", "due_date"):
        raise refusal("parametro de exemplo invalido: sort_by")
    wanted = {int(key) for key in (request.query("ids") or "").split(",") if key.isdigit()}
    rows = [row for row in changed(rows, request) if not wanted or row["id"] in wanted]
    down = request.query("sort_direction") == "desc"

    def key(row: Row) -> tuple[Any, int]:
        return (row.get(sort) or "" if sort != "id" else 0, row["id"])

    rows = sorted(rows, key=key, reverse=down)
    if mark := request.query("cursor"):
        try:
            value, _, last = base64.urlsafe_b64decode(mark).decode().rpartition("|")
            edge = (value if sort != "id" else 0, int(last))
        except ValueError:
            raise refusal("parametro de exemplo invalido: cursor") from None
        rows = [row for row in rows if (key(row) < edge if down else key(row) > edge)]
    size = number_param(request, "limit", 100, 500)
    page, following = rows[:size], None
    if len(rows) > size:
        following = base64.urlsafe_b64encode("{}|{}".format(*key(page[-1])).encode()).decode()
    return reply({"success": True, "data": [show(row) for row in page], "additional_data": {"next_cursor": following}})


def v1_list(request: Request, rows: list[Row], bare: bool = False) -> Response:
    """A page by offset; `bare` leaves the wrapper `pagination` out (both were seen, 5.3)."""
    start, size = number_param(request, "start", 0, 10**9), number_param(request, "limit", 100, 500)
    more = len(rows) > start + size
    paging: Row = {"start": start, "limit": size, "more_items_in_collection": more}
    if more:
        paging["next_start"] = start + size
    return reply({"success": True, "data": rows[start : start + size], "additional_data": paging if bare else {"pagination": paging}})
