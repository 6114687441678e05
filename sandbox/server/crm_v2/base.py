"""What all v2 resources share: envelope, paging with links, filter, sort, custom-field values (rd_station.md B2)."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sandbox.server import errors
from sandbox.server.crm_v2.rdql import RdqlError, compile_filter
from sandbox.server.http import Request, Response, reply
from sandbox.server.routing import Handler, Route, Router
from sandbox.server.times import offset_zone

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

MAX_PAGE = 200
WINDOWED = ("deals", "organizations", "contacts")
BR_DATE = re.compile(r"^(\d\d)/(\d\d)/(\d{4})$")


def add(router: Router, base: str, method: str, path: str, handler: Handler, resource: str) -> None:
    """Register one v2 route."""
    router.add(method, base + path, Route(handler, "crm_v2", resource))


def number(value: float) -> float | int:
    """Whole amounts print without decimals."""
    return int(value) if value == int(value) else round(value, 2)


def paging(sandbox: "Sandbox", request: Request) -> tuple[int, int]:
    """(page[number], page[size]); the size is capped at 200."""
    try:
        page = int(request.query("page[number]") or 1)
        size = int(request.query("page[size]") or sandbox.config.v2_default_page_size)
    except ValueError:
        raise errors.refuse(errors.v2_error(400, "bad_request", "page must hold numbers.")) from None
    if page < 1 or size < 1:
        raise errors.refuse(errors.v2_error(400, "bad_request", "page must be positive."))
    return page, min(size, MAX_PAGE)


def listing(
    sandbox: "Sandbox", request: Request, name: str, source: Callable[[], Iterable[Any]], body: Callable[[Any], Any], *,
    filters: set[str] = frozenset(), sorts: tuple[str, ...] = (), getter: Callable[[Any, str], Any] | None = None,  # type: ignore[assignment]
) -> Response:  # fmt: skip
    """`{data: […], links}` of a resource after `filter` and `sort[field]`."""
    page, size = paging(sandbox, request)
    query = tuple(pair for pair in request.pairs if not pair[0].startswith("page["))
    read = getter or field_value

    def select() -> list[Any]:
        rows = list(source())
        text = request.query("filter")
        if text and text.strip():
            rows = _filtered(sandbox, rows, text, read, set(filters))
        return _sorted(request, rows, sorts, read)

    key = ("v2", name, request.path, query, sandbox.config.v2_filter_zone)
    rows = sandbox.cached(key, select)
    reach = min(len(rows), sandbox.config.crm_window_rows) if name in WINDOWED else len(rows)
    if page > 1 and (page - 1) * size >= reach and reach < len(rows) and sandbox.config.beyond_window == "error":
        return errors.v2_error(422, "unprocessable_entity", "Result window is too large.")
    shown = rows[(page - 1) * size : min(page * size, reach)]
    return reply({"data": [body(row) for row in shown], "links": links(sandbox, request, query, page, size, reach)})


def _filtered(
    sandbox: "Sandbox", rows: list[Any], text: str, read: Callable[[Any, str], Any], fields: set[str]
) -> list[Any]:
    try:
        test = compile_filter(text, read, fields, offset_zone(sandbox.config.v2_filter_zone))
        return [row for row in rows if test(row)]
    except RdqlError as error:
        raise errors.refuse(errors.v2_error(400, "invalid_filter", str(error))) from None


def _sorted(request: Request, rows: list[Any], sorts: tuple[str, ...], read: Callable[[Any, str], Any]) -> list[Any]:
    for key, direction in request.pairs:
        if key.startswith("sort[") and key.endswith("]"):
            field = key[5:-1]
            if field not in sorts or direction not in ("asc", "desc"):
                raise errors.refuse(errors.v2_error(400, "invalid_sort", f"Cannot sort by {field} {direction}."))
            low = "" if field == "name" else datetime.min.replace(tzinfo=offset_zone("+00:00"))

            def value(row: Any, field: str = field, low: Any = low) -> tuple[bool, Any, str]:
                found = read(row, field)
                return (found is not None, found if found is not None else low, str(read(row, "id")))

            return sorted(rows, key=value, reverse=direction == "desc")
    return rows


def field_value(entity: Any, field: str) -> Any:
    """A field of a dict row or an entity."""
    return entity.get(field) if isinstance(entity, dict) else getattr(entity, field, None)


def links(
    sandbox: "Sandbox", request: Request, query: tuple[tuple[str, str], ...], page: int, size: int, total: int
) -> dict[str, str | None]:
    """The five links; null where they do not apply. By switch `next` shows the internal prefix /api/v2/."""
    host = sandbox.config.v2_links_host or f"http://{request.host}"
    kept = "".join(f"{quote(key, safe='[]')}={quote(value, safe=':>=<~@(),')}&" for key, value in query)
    last = max(1, -(-total // size))

    def url(target: int, path: str = request.path) -> str:
        return f"{host}{path}?{kept}page[number]={target}&page[size]={size}"

    internal = "/api/v2/" + request.path.split("/crm/v2/", 1)[-1]
    return {
        "first": url(1),
        "prev": url(page - 1) if page > 1 else None,
        "self": url(page),
        "next": (url(page + 1, internal) if sandbox.config.v2_internal_links else url(page + 1)) if page < last else None,
        "last": url(last),
    }


def data_of(request: Request) -> dict[str, Any]:
    """The object under `data` of a write."""
    body = request.json()
    data = body.get("data") if isinstance(body, dict) else None
    if not isinstance(data, dict):
        raise errors.refuse(errors.v2_error(400, "bad_request", "The body must be an object with the key data."))
    return data


def custom_out(sandbox: "Sandbox", entity: str, values: dict[str, Any]) -> dict[str, Any]:
    """`custom_fields` by slug; dates turn from DD/MM/YYYY to YYYY-MM-DD."""
    result = {}
    for field in sandbox.engine.reference.custom_fields(entity):
        value = values.get(field["label"])
        match = BR_DATE.match(value) if isinstance(value, str) and field.get("type") == "date" else None
        result[field.get("slug") or field["id"]] = f"{match[3]}-{match[2]}-{match[1]}" if match else value
    return result


def custom_in(sandbox: "Sandbox", entity: str, values: dict[str, Any]) -> dict[str, Any]:
    """Labels and stored values from a `custom_fields` object of a write."""
    result = {}
    for slug, value in values.items():
        field = sandbox.engine.reference.custom_field(entity, slug)
        if field is None:
            raise errors.refuse(errors.v2_error(422, "unprocessable_entity", f"Unknown custom field {slug}."))
        if field.get("type") == "date" and isinstance(value, str) and len(value) == 10:
            value = f"{value[8:]}/{value[5:7]}/{value[:4]}"
        result[field["label"]] = value
    return result
