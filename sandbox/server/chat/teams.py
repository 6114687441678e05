"""A Teams workflow's webhook: it answers before its flow runs, so 202 is all that a sender ever learns."""

from typing import TYPE_CHECKING, Any

import orjson

from sandbox.server.http import Request, Response, empty, reply
from sandbox.server.ids import hex24
from sandbox.server.routing import Route, Router

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

CARD = "application/vnd.microsoft.card.adaptive"
MAX_BYTES = 28_000
PATH = "/powerautomate/automations/direct/workflows/{workflow}/triggers/manual/paths/invoke"


def register(router: Router) -> None:
    """Add the route."""
    router.add("POST", PATH, Route(post, "chat", "teams", open=True))


def path_of(sandbox: "Sandbox") -> str:
    """Path and query of the flow's address; `sig` is the credential."""
    seed = sandbox.world.seed
    path = PATH.replace("{workflow}", hex24("teams-flow", seed))
    return f"{path}?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={hex24('teams', seed)}"


def post(sandbox: "Sandbox", request: Request) -> Response:
    """POST: 202 without a body; the message is in the ledger under `teams_messages`."""
    own_path, _, own_query = path_of(sandbox).partition("?")
    signed = request.path == own_path and request.query("sig") == own_query.rpartition("=")[2]
    if not signed or sandbox.config.teams_answer == "unauthorized":
        return _error(401, "DirectApiAuthorizationRequired", "The request must be authenticated only by Shared Access scheme.")
    if len(request.body) > MAX_BYTES:
        return empty(413)
    try:
        body = request.json()
    except orjson.JSONDecodeError:
        body = None
    if not _is_message(body):
        return _error(400, "TriggerInputSchemaMismatch", "The input body for trigger 'manual' did not match its schema definition.")
    sandbox.commit(request, "teams_messages", [], body=body)
    return empty(202)


def _error(status: int, code: str, message: str) -> Response:
    return reply({"error": {"code": code, "message": message}}, status)


def _is_message(body: Any) -> bool:
    """Without attachments the flow fails on its loop; old message cards are not offered any more."""
    if not isinstance(body, dict) or body.get("type") != "message" or not body.get("attachments"):
        return False
    return all(
        isinstance(one, dict) and one.get("contentType") == CARD and (one.get("content") or {}).get("type") == "AdaptiveCard"
        for one in body["attachments"]
    )
