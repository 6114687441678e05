"""What HubSpot's resources share: routes of all versions, object types, envelopes, rate-limit headers (contract 3.2–3.6)."""

from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response, reply
from sandbox.server.hubspot import errors
from sandbox.server.hubspot.history import printed
from sandbox.server.hubspot.properties import properties
from sandbox.server.hubspot.records import OBJECTS, TYPE_IDS, Record, number, records
from sandbox.server.routing import Handler, Route, Router
from sandbox.server.times import zulu

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

VERSIONS = ("2026-09", "2026-03", "v3", "v4")
STARTED = {"startedAt": "2026-01-01T00:00:00.000Z", "completedAt": "2026-01-01T00:00:00.010Z"}


def add(router: Router, base: str, method: str, path: str, handler: Handler, resource: str = "hubspot") -> None:
    """Register one route under its dated path (`{version}` second) and the older one (version before the noun)."""
    area, _, rest = path.partition("/{version}")

    def checked(sandbox: "Sandbox", request: Request) -> Any:
        if request.params["version"] not in VERSIONS:
            raise errors.not_found()
        return with_limits(sandbox, handler(sandbox, request), resource)  # type: ignore[arg-type]

    route = Route(checked, "hubspot", resource)
    router.add(method, f"{base}{area}/{{version}}{rest}", route)
    first, _, noun = area.strip("/").partition("/")
    legacy = f"/{first}/{{version}}/{noun}{rest}" if noun else f"/{first}/{{version}}{rest}"
    router.add(method, base + legacy, route)


def with_limits(sandbox: "Sandbox", answer: Response, resource: str) -> Response:
    """Rate-limit headers; search has none, OAuth answers lack the daily ones (3.6)."""
    if resource != "hubspot":
        return answer
    maximum, left = sandbox.limits.left("hubspot")
    daily, daily_left = sandbox.limits.left("hubspot_daily")
    for name, value in (("Max", maximum), ("Remaining", left), ("Interval-Milliseconds", 10_000), ("Daily", daily),
                        ("Daily-Remaining", daily_left)):  # fmt: skip
        answer.with_header(f"X-HubSpot-RateLimit-{name}", value)
    return answer


def object_type(sandbox: "Sandbox", request: Request, name: str = "type") -> str:
    """The object type of a path, by name or number; 403 for leads that the account does not have."""
    given = request.params[name]
    kind = TYPE_IDS.get(given, given if given.endswith("s") else plural(given))
    if kind not in OBJECTS:
        raise errors.invalid(f"Unable to infer object type from: {given}")
    if kind == "leads" and not sandbox.config.hubspot_leads:
        raise errors.missing_scope("crm.objects.leads.read")
    return kind


def plural(name: str) -> str:
    """`contact` → `contacts`, `company` → `companies`: associations take both."""
    return name[:-1] + "ies" if name.endswith("y") else name + "s"


def singular(kind: str) -> str:
    """`companies` → `company`."""
    return kind[:-3] + "y" if kind.endswith("ies") else kind[:-1]


def find(sandbox: "Sandbox", kind: str, key: str) -> Record | None:
    """A record by id; the id of a merged contact finds the one that stayed (3.7)."""
    found = records(sandbox, kind).get(key)
    if found is None and kind == "contacts":
        for old, into in sandbox.engine.crm.merged.items():
            if number("contacts", old) == key:
                return records(sandbox, kind).get(number("contacts", into))
    return found


def envelope(
    sandbox: "Sandbox", record: Record, wanted: list[str], history: list[str] | None = None
) -> dict[str, Any]:
    """One record as printed; dates and id always come along."""
    own = properties(sandbox, record)
    names = [name for name in own if name in wanted or name == "hs_object_id" or name.endswith(("createdate", "lastmodifieddate"))]
    body: dict[str, Any] = {
        "id": record.id,
        "properties": {name: own[name] for name in names},
        "createdAt": zulu(record.created),
        "updatedAt": zulu(record.updated),
        "archived": record.archived is not None,
    }
    if record.archived is not None:
        body["archivedAt"] = zulu(record.archived)
    if history:
        body["propertiesWithHistory"] = printed(sandbox, record, history)
    return body


def body_of(request: Request) -> dict[str, Any]:
    """The JSON object of a POST."""
    body = request.json()
    if not isinstance(body, dict):
        raise errors.invalid("Invalid input JSON")
    return body


def batch(sandbox: "Sandbox", results: list[Any], problems: list[dict[str, Any]]) -> Response:
    """The answer of a batch: 207 with `errors` when something is wrong with an input."""
    body: dict[str, Any] = {"status": "COMPLETE", **STARTED, "results": results}
    if problems:
        body |= {"numErrors": len(problems), "errors": problems}
    return reply(body, 207 if problems and sandbox.config.hubspot_207 else 200)
