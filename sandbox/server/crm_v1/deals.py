"""Reading deals: list with filters, detail, contacts (rd_station.md B1). There is no updated-at filter."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v1.base import add, need_deal, paging, visible_deals
from sandbox.server.crm_v1.contact_body import deal_contact
from sandbox.server.crm_v1.deal_body import detail, list_row
from sandbox.server.http import Request, Response, html_error, reply
from sandbox.server.routing import Router
from sandbox.server.state.crm_entities import Deal
from sandbox.server.times import offset_zone

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

EQUALS = {
    "user_id": "user_id", "closed_by_id": "closed_by_id", "campaign_id": "campaign_id", "deal_stage_id": "stage_id",
    "deal_pipeline_id": "pipeline_id", "deal_lost_reason_id": "lost_reason_id", "organization": "organization_id",
}  # fmt: skip
PERIODS = {
    "created_at_period": "created_at", "closed_at_period": "closed_at", "prediction_date_period": "prediction_date",
}  # fmt: skip
NOT_FILTERS = {"page", "limit", "next_page", "token"}


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "/deals", list_deals, "deals")
    add(router, base, "GET", "/deals/{id}", read, "deal")
    add(router, base, "GET", "/deals/{id}/contacts", contacts, "deal_contacts")


def list_deals(sandbox: "Sandbox", request: Request) -> Response:
    """GET /deals."""
    page, limit = paging(request)
    pairs = tuple(sorted(pair for pair in request.pairs if pair[0] not in NOT_FILTERS))
    rows = sandbox.cached(("v1deals", request.user_id, pairs), lambda: _select(sandbox, request))
    window = sandbox.config.crm_window_rows
    start = (page - 1) * limit
    token = request.query("next_page")
    if token:
        start = _after(rows, token)
        if sandbox.config.next_page_passes_window:
            window = len(rows) + limit
    if start + limit > window and sandbox.config.beyond_window == "error":
        return html_error()
    reach = min(len(rows), window)
    shown = rows[start : min(start + limit, reach)]
    body: dict[str, Any] = {
        "deals": [list_row(sandbox, deal) for deal in shown],
        "has_more": start + limit < reach,
        "total": len(rows),
    }
    if shown:
        last = shown[-1]
        body["next_page"] = f"i-{int(last.created_at.timestamp() * 1000)},s-{last.id}"
    return reply(body)


def _after(rows: list[Deal], token: str) -> int:
    key = token.rpartition("s-")[2]
    for number, deal in enumerate(rows):
        if deal.id == key:
            return number + 1
    raise errors.refuse(html_error())


def _select(sandbox: "Sandbox", request: Request) -> list[Deal]:
    tests = _tests(sandbox, request)
    rows = [deal for deal in visible_deals(sandbox, request) if all(test(deal) for test in tests)]
    order = request.query("order") or "created_at"
    key: Callable[[Deal], Any] = lambda deal: (deal.created_at, deal.id)  # noqa: E731
    if order == "updated_at" and sandbox.config.v1_order_updated_at:
        key = lambda deal: (deal.updated_at, deal.id)  # noqa: E731
    elif order == "name":
        key = lambda deal: (deal.name.lower(), deal.id)  # noqa: E731
    rows.sort(key=key, reverse=(request.query("direction") or "desc") != "asc")
    return rows


def _tests(sandbox: "Sandbox", request: Request) -> list[Callable[[Deal], bool]]:
    tests: list[Callable[[Deal], bool]] = []
    for name, attribute in EQUALS.items():
        value = request.query(name)
        if value:
            tests.append(lambda deal, a=attribute, v=value: getattr(deal, a) == v)  # type: ignore[misc]
    name_text = request.query("name")
    if name_text and request.query("exact_name") == "true":
        tests.append(lambda deal: deal.name == name_text)
    elif name_text:
        tests.append(lambda deal: name_text.lower() in deal.name.lower())
    win = request.query("win")
    if win is not None:
        wanted = {"true": True, "false": False, "null": None, "": None}.get(win, ...)
        tests.append(lambda deal: deal.win is wanted)
    closed = request.query("closed_at")
    if closed in ("true", "false"):
        tests.append(lambda deal: (deal.closed_at is not None) is (closed == "true"))
    if request.query("hold") == "true":
        tests.append(lambda deal: bool(deal.hold))
    product = request.query("product_presence")
    if product in ("true", "false"):
        tests.append(lambda deal: bool(deal.products) is (product == "true"))
    elif product:
        ids = set(product.split(","))
        tests.append(lambda deal: any(row.get("product_id") in ids for row in deal.products))
    for name, attribute in PERIODS.items():
        if request.query(name) == "true":
            tests.append(_period(sandbox, request, attribute))
    return tests


def _period(sandbox: "Sandbox", request: Request, attribute: str) -> Callable[[Deal], bool]:
    """`start_date` and `end_date`, both inclusive; zone-less values are read in the zone of the switch."""
    zone = offset_zone(sandbox.config.v1_period_zone)
    bounds = []
    for name, fallback in (("start_date", "0001-01-02"), ("end_date", "9999-12-30")):
        try:
            value = datetime.fromisoformat(request.query(name) or fallback)
        except ValueError:
            raise errors.refuse(html_error()) from None
        bounds.append(value if value.tzinfo else value.replace(tzinfo=zone))
    low, high = bounds

    def inside(deal: Deal) -> bool:
        value = getattr(deal, attribute)
        if value is None:
            return False
        if isinstance(value, str):
            return low.date().isoformat() <= value[:10] <= high.date().isoformat()
        return bool(low <= value <= high)

    return inside


def read(sandbox: "Sandbox", request: Request) -> Response:
    """GET /deals/{id}."""
    return reply(detail(sandbox, need_deal(sandbox, request)))


def contacts(sandbox: "Sandbox", request: Request) -> Response:
    """GET /deals/{id}/contacts: in the order in which the deal holds them."""
    deal = need_deal(sandbox, request)
    persons = sandbox.engine.crm.persons
    rows = [deal_contact(persons[key]) for key in deal.contact_ids if key in persons]
    page, limit = paging(request)
    shown = rows[(page - 1) * limit : page * limit]
    return reply({"contacts": shown, "has_more": page * limit < len(rows), "total": len(rows)})
