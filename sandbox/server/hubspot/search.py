"""Search: filters, one sort, pages of 200, at most 10,000 rows, later than the writes (contract 3.3)."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response, reply
from sandbox.server.hubspot import errors
from sandbox.server.hubspot.base import add, body_of, envelope, object_type
from sandbox.server.hubspot.properties import properties
from sandbox.server.hubspot.records import Record, created_property, modified_property, records
from sandbox.server.routing import Router
from sandbox.server.times import need_utc

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

MOST, BODY, GROUPS, IN_GROUP, FILTERS = 200, 3000, 5, 6, 18
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Test = Callable[[Record], bool]


def register(router: Router, base: str) -> None:
    """Add the route."""
    add(router, base, "POST", "/crm/objects/{version}/{type}/search", search, "hubspot_search")


def search(sandbox: "Sandbox", request: Request) -> Response:
    """POST search."""
    kind, body = object_type(sandbox, request), body_of(request)
    if len(request.body) > BODY:
        raise errors.invalid("The request body is longer than 3000 characters")
    try:
        limit, after = int(body.get("limit") or 10), int(body.get("after") or 0)
    except (TypeError, ValueError):
        raise errors.invalid("limit and after must be numbers") from None
    if not 1 <= limit <= MOST:
        raise errors.invalid(f"limit must be between 1 and {MOST}")
    if after + limit > sandbox.config.hubspot_search_cap and after > 0:
        raise errors.invalid(f"paging beyond {sandbox.config.hubspot_search_cap} results")
    visible = sandbox.now() - timedelta(seconds=sandbox.config.hubspot_search_lag_seconds)
    tests = _groups(sandbox, kind, body.get("filterGroups") or [])
    found = [
        one for one in records(sandbox, kind).values()
        if one.archived is None and one.updated <= visible and (not tests or any(all(t(one) for t in group) for group in tests))
    ]  # fmt: skip
    rows = _sorted(sandbox, kind, found, body.get("sorts") or [])
    shown = rows[after : after + limit]
    wanted = list(body.get("properties") or [])
    answer: dict[str, Any] = {"total": len(rows), "results": [envelope(sandbox, one, wanted) for one in shown]}
    if after + limit < len(rows):
        answer["paging"] = {"next": {"after": str(after + limit)}}
    return reply(answer)


def _value(sandbox: "Sandbox", kind: str, name: str) -> Callable[[Record], Any]:
    """Reads a property for comparing: instants as milliseconds, numbers as numbers, the rest as text."""
    if name == modified_property(kind):
        return lambda one: _milliseconds(one.updated)
    if name == created_property(kind):
        return lambda one: _milliseconds(one.created)
    if name == "hs_object_id":
        return lambda one: int(one.id)

    def read(one: Record) -> Any:
        own = properties(sandbox, one)
        if name not in own:
            raise errors.invalid(f"Property {name} does not exist", "PROPERTY_DOESNT_EXIST", propertyName=name)
        value = own[name]
        if value and name.endswith(("timestamp", "date")) and "T" in value:
            return _milliseconds(need_utc(value))
        return float(value) if value and value.replace(".", "", 1).isdigit() else value

    return read


def _milliseconds(at: datetime) -> int:
    return (at - EPOCH) // timedelta(milliseconds=1)


def _groups(sandbox: "Sandbox", kind: str, groups: list[Any]) -> list[list[Test]]:
    filters = [len(group.get("filters") or []) for group in groups]
    if len(groups) > GROUPS or any(count > IN_GROUP for count in filters) or sum(filters) > FILTERS:
        raise errors.invalid(f"at most {GROUPS} filter groups of {IN_GROUP}, {FILTERS} filters in all")
    return [[_test(sandbox, kind, one) for one in group.get("filters") or []] for group in groups]


def _test(sandbox: "Sandbox", kind: str, rule: dict[str, Any]) -> Test:
    name, operator = str(rule.get("propertyName")), str(rule.get("operator"))
    read = _value(sandbox, kind, name)
    low, high = _given(rule.get("value")), _given(rule.get("highValue"))
    many = [_given(one) for one in rule.get("values") or []]
    same: dict[str, Callable[[Any], bool]] = {
        "EQ": lambda value: value == low,
        "NEQ": lambda value: value != low,
        "GT": lambda value: value is not None and value > low,
        "GTE": lambda value: value is not None and value >= low,
        "LT": lambda value: value is not None and value < low,
        "LTE": lambda value: value is not None and value <= low,
        "BETWEEN": lambda value: value is not None and low <= value <= high,
        "IN": lambda value: value in many,
        "NOT_IN": lambda value: value not in many,
        "HAS_PROPERTY": lambda value: value is not None,
        "NOT_HAS_PROPERTY": lambda value: value is None,
        "CONTAINS_TOKEN": lambda value: str(low).strip("*").lower() in str(value or "").lower(),
        "NOT_CONTAINS_TOKEN": lambda value: str(low).strip("*").lower() not in str(value or "").lower(),
    }
    if operator not in same:
        raise errors.invalid(f"operator {operator} is not known")
    test = same[operator]
    return lambda one: test(read(one))


def _given(value: Any) -> Any:
    text = str(value) if value is not None else None
    if text and text.isdigit():
        return int(text)  # an id has more digits than a float
    return float(text) if text and text.replace(".", "", 1).isdigit() else text


def _sorted(sandbox: "Sandbox", kind: str, rows: list[Record], sorts: list[Any]) -> list[Record]:
    """By one rule, an object or a text; ties come as they are stored. Without a rule: the first created first."""
    if not sorts:
        return sorted(rows, key=lambda one: (one.created, int(one.id)))
    rule = sorts[0] if isinstance(sorts[0], dict) else {"propertyName": str(sorts[0]).lstrip("-")}
    descending = rule.get("direction") == "DESCENDING" or str(sorts[0]).startswith("-")
    read = _value(sandbox, kind, str(rule.get("propertyName")))
    return sorted(rows, key=lambda one: ((value := read(one)) is not None, value or 0), reverse=descending)
