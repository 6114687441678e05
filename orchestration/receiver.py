"""The durable webhook receiver: 2xx is said only after the events are committed to the inbox.

`/hooks/<secret>/<sender>`; `/hooks/<secret>` is RD Station's first address and stays good. A wrong secret gets 404, as if
nothing were there. Senders wait 5 to 10 seconds, retry, and ban receivers that fail, so: what cannot be stored now is
answered 503 within 4 seconds; what is no event is kept with its reason and answered 200. Repeats are harmless.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import time
from collections.abc import Callable

import orjson
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from orchestration.group_commit import GroupCommit, Overloaded
from orchestration.paths import Paths
from orchestration.senders.access import SENDERS, Access, Delivery, Refusal, Sender
from orchestration.state import State

log = logging.getLogger("bastao.receiver")
READ_SECONDS = 4.0
COMMIT_SECONDS = 4.0  # the strictest sender waits 5 s in all; reading is done before, at the speed of the sender


def create_app(state: State, access: Access, now: Callable[[], float] = time.time) -> Starlette:
    """The ASGI application. `now` gives seconds since 1970, for the age of signatures."""
    commits = GroupCommit(state.inbox.add_all)

    async def receive(request: Request) -> Response:
        sender = SENDERS.get(request.path_params.get("sender", "rd_station"))
        if not access.allows_path(request.path_params["secret"]) or sender is None:
            return Response(status_code=404)
        body = await _read(request, sender.largest_body)
        if isinstance(body, Refusal):
            return await _refuse(state, body)
        delivery = Delivery(request.method, _path(request), request.headers, body, int(now() * 1000))
        return await _take(state, commits, access, sender, delivery)

    async def health(_request: Request) -> Response:
        counts = await run_in_threadpool(state.counter_values)
        last = await run_in_threadpool(state.inbox.last_seq)
        refused = {name: value for name, value in counts.items() if name.startswith("webhook_")}
        return _json({"status": "ok", "last_inbox_seq": last, **refused})

    routes = [Route(path, receive, methods=["POST"]) for path in ("/hooks/{secret}", "/hooks/{secret}/{sender}")]
    return Starlette(routes=[*routes, Route("/health", health)])


async def _take(
    state: State, commits: GroupCommit, access: Access, sender: Sender, delivery: Delivery
) -> Response:
    """Check, read and store one delivery. Signatures are checked before anything is made of the body."""
    try:
        content = orjson.loads(delivery.body) if delivery.body.strip() else {}
    except orjson.JSONDecodeError:
        content = None
    if refusal := sender.check(access, delivery, content):
        return await _refuse(state, refusal)
    if content is None:
        return await _refuse(state, Refusal(400, "webhook_bad_body", "the body is not JSON"))
    rows = sender.read(content)
    bad = sum("refusal" in row for row in rows)
    for name, happened in (("webhook_bad_event", bad), ("webhook_no_event", not rows)):
        if happened:
            await run_in_threadpool(state.count, name)
    try:
        new = await commits.store(rows, COMMIT_SECONDS) if rows else 0
    except (Overloaded, TimeoutError, sa.exc.SQLAlchemyError) as error:
        log.error("could not store a webhook of %s (%s); the sender will repeat it", sender.name, type(error).__name__)
        return _problem(Refusal(503, "", "not stored; send it again", (("Retry-After", "5"),)))
    return _json({"stored": new, "repeated": len(rows) - new, "refused": bad})


async def _read(request: Request, largest: int) -> bytes | Refusal:
    """The body; no more of it is read than may come, and no longer than a sender waits."""
    body = bytearray()
    try:
        async with asyncio.timeout(READ_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > largest:
                    return Refusal(413, "webhook_too_large", f"bodies end at {largest} bytes")
    except (TimeoutError, ClientDisconnect):  # 503, not 408: whether HubSpot repeats after a 4xx is not documented
        return Refusal(503, "webhook_too_slow", "the body did not come in time")
    return bytes(body)


def _path(request: Request) -> str:
    """Path and query as they came over the wire: signatures are over escapes as they are."""
    query = request.scope["query_string"]
    raw = request.scope.get("raw_path") or request.url.path.encode()
    return (raw.split(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")


async def _refuse(state: State, refusal: Refusal) -> Response:
    await run_in_threadpool(state.count, refusal.counter)
    log.warning("refused a webhook (%s): %s", refusal.status, refusal.reason)
    return _problem(refusal)


def _problem(refusal: Refusal) -> Response:
    return _json({"error": refusal.reason}, refusal.status, dict(refusal.headers))


def _json(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(orjson.dumps(content), status, headers, "application/json")


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
