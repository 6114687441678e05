"""What all v1 resources share: routes, paging, windows, visibility (rd_station.md B1)."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.http import Request, Response, html_error, reply
from sandbox.server.routing import Handler, Route, Router
from sandbox.server.state.crm_entities import Deal

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

WINDOWED = ("deals", "organizations", "contacts")


def add(router: Router, base: str, method: str, path: str, handler: Handler, resource: str) -> None:
    """Register one v1 route."""
    router.add(method, base + path, Route(handler, "crm_v1", resource))


def paging(request: Request, default: int = 20, maximum: int = 200) -> tuple[int, int]:
    """(page, limit); numbers that are none give the service's HTML 500."""
    try:
        page, limit = int(request.query("page") or 1), int(request.query("limit") or default)
    except ValueError:
        raise errors.refuse(html_error()) from None
    if page < 1 or limit < 1:
        raise errors.refuse(html_error())
    return page, min(limit, maximum)


def page_of(
    sandbox: "Sandbox", request: Request, name: str, rows: Sequence[Any], body: Callable[[Any], Any],
    default: int = 20, maximum: int = 200,
) -> Response:  # fmt: skip
    """`{name: […], has_more, total}`; deals, organizations and contacts show their first 10,000 rows only."""
    page, limit = paging(request, default, maximum)
    start, end = (page - 1) * limit, page * limit
    reach = len(rows)
    if name in WINDOWED:
        if end > sandbox.config.crm_window_rows and sandbox.config.beyond_window == "error":
            return html_error()
        reach = min(reach, sandbox.config.crm_window_rows)
    shown = rows[start : min(end, reach)]
    return reply({name: [body(row) for row in shown], "has_more": end < reach, "total": len(rows)})


def visible_deal(sandbox: "Sandbox", request: Request, deal: Deal) -> bool:
    """Whether the token's user sees the deal: a restricted one sees his own only, without an error."""
    return request.user_id is None or deal.user_id == request.user_id


def visible_deals(sandbox: "Sandbox", request: Request) -> list[Deal]:
    """Deals that the token shows."""
    return [deal for deal in sandbox.engine.crm.deals.values() if visible_deal(sandbox, request, deal)]


def need_deal(sandbox: "Sandbox", request: Request) -> Deal:
    """The deal of the path; 404 also when visibility hides it."""
    deal = sandbox.engine.crm.deals.get(request.params["id"])
    if deal is None or not visible_deal(sandbox, request, deal):
        raise errors.refuse(errors.lead_not_found())
    return deal


def user_of(sandbox: "Sandbox", key: str | None, *keys: str) -> dict[str, Any] | None:
    """A user object with `_id`, `id`, `name` and the given extra keys; None when there is no owner."""
    user = sandbox.engine.reference.user(key)
    if user is None:
        return None
    body = {"_id": user["id"], "id": user["id"], "name": user["name"]}
    if "email" in keys:
        body["email"] = user.get("email")
    if "nickname" in keys:
        body["nickname"] = "".join(word[0] for word in user["name"].split()[:2]).upper()
    return body


def body_dict(request: Request) -> dict[str, Any]:
    """The JSON object of a write; anything else is an HTML 500."""
    data = request.json()
    if not isinstance(data, dict):
        raise errors.refuse(html_error())
    return data


def matching(rows: Sequence[Any], text: str | None) -> list[Any]:
    """Rows (dicts) whose name contains `q`."""
    return [row for row in rows if not text or text.lower() in row["name"].lower()]
