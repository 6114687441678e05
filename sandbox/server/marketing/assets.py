"""E-mails, landing pages, pop-ups and forms (rd_station.md A8.1, A8.2)."""

from typing import TYPE_CHECKING, Any

from sandbox.server import errors
from sandbox.server.http import Request, Response, reply
from sandbox.server.ids import number_of
from sandbox.server.marketing.segmentations import paging
from sandbox.server.routing import Handler, Route, Router
from sandbox.server.times import as_utc, brasilia, brasilia_seconds

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def register(router: Router) -> None:
    """Add the routes."""
    router.add("GET", "/platform/emails", Route(emails, "marketing", "emails"))
    router.add("GET", "/platform/emails/{id}", Route(email, "marketing", "emails"))
    for path, name in (("landing_pages", "landing_pages"), ("popups", "popups"), ("embeddables", "forms")):
        router.add("GET", f"/platform/{path}", Route(_listing(path, name), "marketing", path))


def asset_id(row: dict[str, Any]) -> int:
    """The integer id of an asset (texts of the reference are turned into stable numbers)."""
    text = str(row["id"])
    return int(text) if text.isdigit() else number_of(text, low=1000)


def chosen(request: Request, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows after `ids` and `search` (or `query`)."""
    wanted = {part for text in request.query_all("ids") for part in text.split(",") if part}
    text = (request.query("search") or request.query("query") or "").lower()
    return [r for r in rows if (not wanted or str(asset_id(r)) in wanted) and text in r["name"].lower()]


def email_body(row: dict[str, Any]) -> dict[str, Any]:
    """One e-mail as printed; flow e-mails have no send date."""
    sent = as_utc(row.get("send_at"))
    mood = {"disengaged": False, "engaged": True, "indeterminate": False} if sent else None
    return {
        "id": asset_id(row),
        "name": row["name"],
        "created_at": brasilia_seconds(row["created_at"]),
        "updated_at": brasilia_seconds(row["updated_at"]),
        "send_at": brasilia_seconds(sent),
        "leads_count": row.get("leads_count"),
        "status": "FINISHED" if sent else None,
        "type": row.get("type", "email_model"),
        "is_predictive_sending": False,
        "sending_is_imminent": False,
        "behavior_score_info": row.get("behavior_score_info", mood),
        "campaign_id": row.get("campaign_id"),
        "component_template_id": row.get("component_template_id"),
    }


def emails(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/emails."""
    page, size = paging(request, 25, 125)
    rows = chosen(request, sandbox.engine.reference.list("emails"))
    return reply({"items": [email_body(row) for row in rows[(page - 1) * size : page * size]], "total": len(rows)})


def email(sandbox: "Sandbox", request: Request) -> Response:
    """GET /platform/emails/{id}."""
    for row in sandbox.engine.reference.list("emails"):
        if str(asset_id(row)) == request.params["id"]:
            return reply(email_body(row))
    return errors.typed("RESOURCE_NOT_FOUND", "Email not found.", 404)


def _listing(path: str, name: str) -> Handler:
    def listing(sandbox: "Sandbox", request: Request) -> Response:
        page, size = paging(request, 25, 125)
        rows = chosen(request, sandbox.engine.reference.list(name))
        return reply([asset_body(sandbox, path, row) for row in rows[(page - 1) * size : page * size]])

    listing.__doc__ = f"GET /platform/{path}: a bare array."
    return listing


def asset_body(sandbox: "Sandbox", path: str, row: dict[str, Any]) -> dict[str, Any]:
    """A landing page, pop-up or form as printed; two of them may misspell `updated_at`."""
    updated = "updated_at" if path == "popups" else sandbox.config.updated_at_key
    body: dict[str, Any] = {
        "id": asset_id(row),
        "title": row["name"],
        "created_at": brasilia(row["created_at"]),
        updated: brasilia(row["updated_at"]),
        "conversion_identifier": row.get("identifier"),
        "status": str(row.get("status") or "PUBLISHED").upper(),
    }
    if path == "landing_pages":
        body |= {"has_active_experiment": False, "had_experiment": bool(row.get("had_experiment", False))}
    if path == "popups":
        body["trigger"] = row.get("trigger", "EXIT_INTENT")
    return body
