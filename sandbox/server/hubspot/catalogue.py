"""Owners, pipelines with their stages, property definitions, account details (contract 3.2, 3.4)."""

from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response, reply
from sandbox.server.hubspot import errors
from sandbox.server.hubspot.base import add, object_type
from sandbox.server.hubspot.history import CLOSED, QUALIFIED, UNQUALIFIED
from sandbox.server.hubspot.properties import properties
from sandbox.server.hubspot.records import lead_stages, number, records
from sandbox.server.routing import Router
from sandbox.server.times import zulu

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

EPOCH = "1970-01-01T00:00:00Z"
REASONS = ("hs_lead_disqualification_reason", "motivo_da_perda")


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "/crm/owners/{version}", owners)
    add(router, base, "GET", "/crm/pipelines/{version}/{type}", pipelines)
    add(router, base, "GET", "/crm/properties/{version}/{type}", definitions)
    add(router, base, "GET", "/crm/properties/{version}/{type}/{name}", definition)
    add(router, base, "GET", "/account-info/{version}/details", account)


def owners(sandbox: "Sandbox", request: Request) -> Response:
    """GET owners: deactivated ones only with archived=true; `email` filters."""
    archived = (request.query("archived") or "false").lower() == "true"
    limit, after = int(request.query("limit") or 100), int(request.query("after") or 0)
    teams: dict[str, list[dict[str, Any]]] = {}
    for team in sandbox.engine.reference.list("teams"):
        for key in team.get("user_ids", ()):
            mine = teams.setdefault(key, [])
            mine.append({"id": number("teams", team["id"]), "name": team["name"], "primary": not mine})
    rows = []
    for user in sandbox.engine.reference.list("users"):
        if bool(user.get("active", True)) is archived or request.query("email") not in (None, user.get("email")):
            continue
        first, _, last = user["name"].partition(" ")
        person = int(number("userids", user["id"])) % 10**8
        active = {} if archived else {"userId": person}
        rows.append(
            {
                "id": number("users", user["id"]), "email": user.get("email"), "type": "PERSON", "firstName": first,
                "lastName": last, **active, "userIdIncludingInactive": person, "createdAt": zulu(user["created_at"]),
                "updatedAt": zulu(user["updated_at"]), "archived": archived, "teams": teams.get(user["id"], []),
            }
        )  # fmt: skip
    rows = sorted((row for row in rows if int(row["id"]) > after), key=lambda row: int(row["id"]))
    body: dict[str, Any] = {"results": rows[:limit]}
    if len(rows) > limit:
        following = rows[limit - 1]["id"]
        link = f"http://{request.host}{request.path}?limit={limit}&after={following}"
        body["paging"] = {"next": {"after": following, "link": link}}
    return reply(body)


def _stage(key: str, label: str, order: int, metadata: dict[str, str]) -> dict[str, Any]:
    return {"id": key, "label": label, "displayOrder": order, "metadata": metadata, "createdAt": EPOCH, "updatedAt": EPOCH,
            "archived": False}  # fmt: skip


def _pipeline(key: str, label: str, order: int, stages: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": key, "label": label, "displayOrder": order, "createdAt": EPOCH, "updatedAt": EPOCH, "archived": False,
            "stages": stages}  # fmt: skip


def pipelines(sandbox: "Sandbox", request: Request) -> Response:
    """GET the pipelines of deals or leads."""
    kind = object_type(sandbox, request)
    if kind == "leads":
        early = lead_stages(sandbox)
        stages = [_stage(number("stages", row["id"]), row["name"], n, {"leadState": "IN_PROGRESS" if n else "NEW"})
                  for n, row in enumerate(early)]  # fmt: skip
        stages.append(_stage(QUALIFIED, "Convertido", len(early), {"leadState": "QUALIFIED"}))
        stages.append(_stage(UNQUALIFIED, "Desqualificado", len(early) + 1, {"leadState": "UNQUALIFIED"}))
        return reply({"results": [_pipeline("lead-pipeline-id", "Prospecção", 0, stages)]})
    if kind != "deals":
        raise errors.invalid(f"{kind} have no pipelines")
    found = []
    for order, row in enumerate(sorted(sandbox.engine.reference.list("pipelines"), key=lambda one: one.get("order", 1))):
        key = number("pipelines", row["id"])
        stages = [_stage(number("stages", stage["id"]), stage["name"], n, {"isClosed": "false", "probability": "0.4"})
                  for n, stage in enumerate(row["stages"])]  # fmt: skip
        ends = (("won", "Ganho", "1.0"), ("lost", "Perdido", "0.0"))
        stages += [_stage(f"{CLOSED[end]}-{key}", label, len(row["stages"]) + n, {"isClosed": "true", "probability": chance})
                   for n, (end, label, chance) in enumerate(ends)]  # fmt: skip
        found.append(_pipeline(key, row["name"], order, stages))
    return reply({"results": found})


def _definition(sandbox: "Sandbox", name: str) -> dict[str, Any]:
    listed = name in REASONS
    options = [{"label": row["name"], "value": str(row["id"]), "displayOrder": n, "hidden": False}
               for n, row in enumerate(sandbox.engine.reference.list("lost_reasons"))]  # fmt: skip
    kind, field = ("enumeration", "select") if listed else ("string", "text")
    if name in sandbox.config.hubspot_number_properties:
        kind = field = "number"
    return {"name": name, "label": name, "type": kind, "fieldType": field,
            "groupName": "information", "options": options if listed else [], "archived": False}  # fmt: skip


def definitions(sandbox: "Sandbox", request: Request) -> Response:
    """GET property definitions: those that records of the type can have."""
    kind = object_type(sandbox, request)
    first = next(iter(records(sandbox, kind).values()), None)
    return reply({"results": [_definition(sandbox, name) for name in (properties(sandbox, first) if first else ())]})


def definition(sandbox: "Sandbox", request: Request) -> Response:
    """GET one property definition."""
    first = next(iter(records(sandbox, object_type(sandbox, request)).values()), None)
    if first is None or request.params["name"] not in properties(sandbox, first):
        raise errors.not_found()
    return reply(_definition(sandbox, request.params["name"]))


def account(sandbox: "Sandbox", request: Request) -> Response:
    """GET account details."""
    return reply({"portalId": 40000001, "accountType": "STANDARD", "timeZone": "America/Sao_Paulo", "companyCurrency": "BRL",
                  "additionalCurrencies": [], "utcOffset": "-03:00", "utcOffsetMilliseconds": -10_800_000})  # fmt: skip
