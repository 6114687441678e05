"""Slack's incoming webhook: plain texts as answers, no message id, nothing can be read back."""

from typing import TYPE_CHECKING, Any

import orjson

from sandbox.server.http import Request, Response
from sandbox.server.ids import hex24
from sandbox.server.routing import Route, Router

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

TEXT = b"text/html"
STATUSES = {
    "ok": 200, "invalid_payload": 400, "no_text": 400, "invalid_blocks": 400, "msg_blocks_too_long": 400,
    "action_prohibited": 403, "invalid_token": 403, "channel_not_found": 404, "no_service": 404,
    "channel_is_archived": 410, "rollup_error": 500,
}  # fmt: skip
MAX_BLOCKS, MAX_HEADER, MAX_SECTION, MAX_FIELDS, MAX_FIELD, MAX_CHARACTERS = 50, 150, 3000, 10, 2000, 13_000


def register(router: Router) -> None:
    """Add the route."""
    router.add("POST", "/slack/services/{team}/{hook}/{secret}", Route(post, "chat", "slack", open=True))


def path_of(sandbox: "Sandbox") -> str:
    """The path of the channel's webhook; the whole of it is the secret."""
    seed = sandbox.world.seed
    return f"/slack/services/T{hex24('slack-team', seed)[:8].upper()}/B{hex24('slack-hook', seed)[:8].upper()}/{hex24('slack', seed)}"


def post(sandbox: "Sandbox", request: Request) -> Response:
    """POST: 200 `ok` when the message was taken; it is in the ledger under `slack_messages`."""
    if request.path != path_of(sandbox):
        return answer("no_service")
    if sandbox.config.slack_answer != "ok":
        return answer(sandbox.config.slack_answer)
    try:
        body = request.json()
    except orjson.JSONDecodeError:
        return answer("invalid_payload")
    if problem := problem_of(body):
        return answer(problem)
    sandbox.commit(request, "slack_messages", [], body=body)
    return answer("ok")


def answer(word: str) -> Response:
    """The service's answer: a word and its status."""
    return Response(STATUSES[word], word.encode(), TEXT)


def problem_of(body: Any) -> str | None:
    """Why a body is refused, or None: the limits of Block Kit that the contract names."""
    if not isinstance(body, dict):
        return "invalid_payload"
    blocks = body.get("blocks") or []
    if not blocks and not body.get("text"):
        return "no_text"
    if not isinstance(blocks, list) or len(blocks) > MAX_BLOCKS or not all(_is_right(block) for block in blocks):
        return "invalid_blocks"
    return "msg_blocks_too_long" if sum(map(_length, _texts(blocks))) > MAX_CHARACTERS else None


def _is_right(block: Any) -> bool:
    if not isinstance(block, dict):
        return False
    fields = block.get("fields") or []
    match block.get("type"):
        case "header":
            return 0 < _length(block.get("text")) <= MAX_HEADER
        case "section":
            whole = len(fields) <= MAX_FIELDS and all(0 < _length(field) <= MAX_FIELD for field in fields)
            return whole and (bool(fields) or 0 < _length(block.get("text")) <= MAX_SECTION)
        case "context":
            return 0 < len(block.get("elements") or []) <= MAX_FIELDS
        case "actions":
            return 0 < len(block.get("elements") or []) <= 25
        case "divider":
            return True
    return False


def _texts(blocks: list[Any]) -> list[Any]:
    return [text for block in blocks for text in (block.get("text"), *(block.get("fields") or []), *(block.get("elements") or []))]


def _length(text: Any) -> int:
    value = text.get("text") if isinstance(text, dict) else None
    return len(value) if isinstance(value, str) else 0
