"""Users, teams and the token check of CRM v1."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.crm_v1.base import add, page_of
from sandbox.server.http import Request, Response, reply
from sandbox.server.routing import Router
from sandbox.server.times import as_utc, brasilia

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def register(router: Router, base: str) -> None:
    """Add the routes."""
    add(router, base, "GET", "/token/check", check, "token_check")
    add(router, base, "GET", "/users", list_users, "users")
    add(router, base, "GET", "/users/{id}", read_user, "users")
    add(router, base, "GET", "/teams", list_teams, "teams")
    add(router, base, "GET", "/teams/{id}", read_team, "teams")


def check(sandbox: "Sandbox", request: Request) -> Response:
    """GET /token/check."""
    user = sandbox.engine.reference.user(request.user_id)
    name = user["name"] if user else "Usuário de Integração"
    email = user["email"] if user else "integracao@example.com.br"
    return reply({"email": email, "name": name, "organization": sandbox.world.account["name"]})


def user_body(user: dict[str, Any]) -> dict[str, Any]:
    """One user as printed."""
    return {
        "_id": user["id"],
        "active": bool(user.get("active", True)),
        "created_at": brasilia(user["created_at"]),
        "email": user.get("email"),
        "hidden": bool(user.get("hidden", False)),
        "id": user["id"],
        "last_login": brasilia(as_utc(user.get("last_login"))),
        "name": user["name"],
        "updated_at": brasilia(user["updated_at"]),
    }


def list_users(sandbox: "Sandbox", request: Request) -> Response:
    """GET /users?active=: no paging keys."""
    active = request.query("active")
    users = sandbox.engine.reference.list("users")
    if active in ("true", "false"):
        users = [user for user in users if bool(user.get("active", True)) is (active == "true")]
    return reply({"users": [user_body(user) for user in users]})


def _teams_of(sandbox: "Sandbox", key: str) -> list[dict[str, Any]]:
    return [team for team in sandbox.engine.reference.list("teams") if key in team.get("user_ids", ())]


def read_user(sandbox: "Sandbox", request: Request) -> Response:
    """GET /users/{id}: adds phone and teams."""
    user = sandbox.engine.reference.user(request.params["id"])
    if user is None:
        return errors.lead_not_found()
    teams = [{"_id": t["id"], "id": t["id"], "name": t["name"]} for t in _teams_of(sandbox, user["id"])]
    return reply({**user_body(user), "phone": user.get("phone"), "teams": teams})


def team_body(sandbox: "Sandbox", team: dict[str, Any]) -> dict[str, Any]:
    """One team as printed."""
    users = [sandbox.engine.reference.user(key) for key in team.get("user_ids", ())]
    return {
        "_id": team["id"],
        "created_at": brasilia(team["created_at"]),
        "id": team["id"],
        "name": team["name"],
        "team_users": [{"_id": u["id"], "email": u.get("email"), "id": u["id"], "name": u["name"]} for u in users if u],
        "updated_at": brasilia(team["updated_at"]),
        "user_ids": list(team.get("user_ids", ())),
    }


def list_teams(sandbox: "Sandbox", request: Request) -> Response:
    """GET /teams."""
    teams = sandbox.engine.reference.list("teams")
    return page_of(sandbox, request, "teams", teams, lambda team: team_body(sandbox, team))


def read_team(sandbox: "Sandbox", request: Request) -> Response:
    """GET /teams/{id}."""
    team = sandbox.engine.reference.get("teams", request.params["id"])
    return reply(team_body(sandbox, team)) if team else errors.lead_not_found()
