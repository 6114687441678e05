"""The durable webhook receiver: 2xx is said only after the event is committed to the inbox.

RD Station Marketing signs nothing, so the address carries a secret; a wrong one gets 404, as if nothing were there.
The CRM can also send a header of its own. Senders retry (3 and 5 times) and repeat: repeated events are harmless.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import logging
import os
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orchestration.paths import Paths
from orchestration.state import State
from orchestration.webhook_bodies import BadBody, rows_of

log = logging.getLogger("bastao.receiver")
LARGEST_BODY = 1_000_000


@dataclass(frozen=True)
class Access:
    """Who may deliver: the secret in the address and, when a header name is set, the value it must carry."""

    secret: str
    header: str | None = None
    header_value: str | None = None

    def allows_path(self, offered: str) -> bool:
        return hmac.compare_digest(offered.encode(), self.secret.encode())

    def allows_header(self, request: Request) -> bool:
        if self.header is None:
            return True
        offered = request.headers.get(self.header, "")
        return hmac.compare_digest(offered.encode(), (self.header_value or "").encode())


def create_app(state: State, access: Access) -> Starlette:
    """The ASGI application: `POST /hooks/<secret>` receives, `GET /health` says how many events and refusals."""

    async def receive(request: Request) -> Response:
        if not access.allows_path(request.path_params["secret"]):
            return Response(status_code=404)
        if not access.allows_header(request):
            await run_in_threadpool(state.count, "webhook_wrong_header")
            return _problem(401, f"the header {access.header} is missing or wrong")
        body = await _read(request)
        if body is None:
            await run_in_threadpool(state.count, "webhook_too_large")
            return _problem(413, f"bodies end at {LARGEST_BODY} bytes")
        return await run_in_threadpool(_store, state, body)

    async def health(_request: Request) -> Response:
        counts = await run_in_threadpool(state.counter_values)
        last = await run_in_threadpool(state.inbox.last_seq)
        refused = {name: value for name, value in counts.items() if name.startswith("webhook_")}
        return JSONResponse({"status": "ok", "last_inbox_seq": last, **refused})

    routes = [Route("/hooks/{secret}", receive, methods=["POST"]), Route("/health", health)]
    return Starlette(routes=routes)


def _store(state: State, body: bytes) -> Response:
    try:
        rows = rows_of(json.loads(body)) if body.strip() else []
    except (ValueError, RecursionError) as error:
        state.count("webhook_bad_body")
        reason = str(error) if isinstance(error, BadBody) else "the body is not JSON"
        log.warning("refused a webhook body: %s", reason)
        return _problem(400, reason)
    try:
        new = sum(state.inbox.add(row) for row in rows)
        if not rows:  # the call by which a new subscription is validated, or an event we do not know
            state.count("webhook_no_event")
    except sa.exc.SQLAlchemyError as error:
        log.error("could not store a webhook (%s); the sender will repeat it", type(error).__name__)
        return _problem(503, "not stored; send it again")
    return JSONResponse({"stored": new, "repeated": len(rows) - new})


async def _read(request: Request) -> bytes | None:
    """The body, or None when it is too large (read no further than that)."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            return None
    return body


def _problem(status: int, reason: str) -> Response:
    return JSONResponse({"error": reason}, status_code=status)


def own_secret(paths: Paths) -> str:
    """A secret for the address, made once per home: for companies that have not set one by environment."""
    path = paths.home / "receiver.secret"
    if not path.exists():
        fresh = paths.create().home / f"receiver.secret.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(32))
        with contextlib.suppress(FileExistsError):  # another process was first: its secret counts
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text().strip()
