"""The durable webhook receiver: 2xx is said only after the events are committed to the inbox.

`/hooks/<secret>/<sender>`; `/hooks/<secret>` is RD Station's first address and stays good. A wrong secret gets 404, as if
nothing were there. Senders wait 5 to 10 seconds, retry, and ban receivers that fail, so: what cannot be stored now is
answered 503 within 4 seconds; what is no event is kept with its reason and answered 200. Repeats are harmless.
A plain ASGI application: with two kinds of addresses, a framework was a third of each request's processor time.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime
from typing import Any

import orjson
import sqlalchemy as sa

from orchestration.group_commit import GroupCommit, Overloaded
from orchestration.paths import Paths
from orchestration.senders.access import SENDERS, Access, Delivery, Headers, Refusal, Sender
from orchestration.state import State, utc_now

log = logging.getLogger("bastao.receiver")
READ_SECONDS = 4.0
COMMIT_SECONDS = 4.0  # the strictest sender waits 5 s in all; reading is done before, at the speed of the sender

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Receiver:
    """The ASGI application: `POST /hooks/<secret>/<sender>` receives, `GET /health` says how many events and refusals.

    `now` gives seconds since 1970, for the age of signatures; `stamp` the instant of arrival as the company counts time
    (UTC without a zone): readings carry the same clock, and what came first is told by comparing the two.
    """

    def __init__(
        self, state: State, access: Access, now: Callable[[], float] = time.time, stamp: Callable[[], datetime] = utc_now
    ):
        self._state, self._access, self._now = state, access, now
        self._commits = GroupCommit(lambda rows: state.inbox.add_all(rows, stamp()))

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One request; other kinds of scope (lifespan, websocket) are none of ours."""
        if scope["type"] != "http":
            return
        answer = await self._answer(scope, receive)
        content, status, headers = answer if isinstance(answer, tuple) else _problem(answer)
        body = orjson.dumps(content) if content is not None else b""
        fixed = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
        more = [(name.lower().encode(), value.encode()) for name, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": fixed + more})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Message, receive: Receive) -> Answer | Refusal:
        parts = scope["path"].strip("/").split("/")
        if parts == ["health"]:
            return await self._health()
        if parts[0] != "hooks" or not 2 <= len(parts) <= 3:
            return NOT_FOUND
        sender = SENDERS.get(parts[2] if len(parts) == 3 else "rd_station")
        if not self._access.allows_path(parts[1]) or sender is None:
            return NOT_FOUND
        if scope["method"] != "POST":
            return None, 405, (("Allow", "POST"),)
        body = await _read(receive, sender.largest_body)
        if isinstance(body, Refusal):
            return await self._refuse(body)
        delivery = Delivery("POST", _path(scope), Headers(scope["headers"]), body, int(self._now() * 1000))
        return await self._take(sender, delivery)

    async def _take(self, sender: Sender, delivery: Delivery) -> Answer | Refusal:
        """Check, read and store one delivery. Nothing is made of a body before its signature is checked."""
        try:
            content = orjson.loads(delivery.body) if delivery.body.strip() else {}
        except orjson.JSONDecodeError:
            content = None
        if refusal := sender.check(self._access, delivery, content):
            return await self._refuse(refusal)
        if content is None:
            return await self._refuse(Refusal(400, "webhook_bad_body", "the body is not JSON"))
        rows = sender.read(content)
        bad = sum("refusal" in row for row in rows)
        for name, happened in (("webhook_bad_event", bad), ("webhook_no_event", not rows)):
            if happened:
                await asyncio.to_thread(self._state.count, name)
        try:
            new = await self._commits.store(rows, COMMIT_SECONDS) if rows else 0
        except (Overloaded, TimeoutError, sa.exc.SQLAlchemyError) as error:
            kind = type(error).__name__
            log.error("could not store a webhook of %s (%s); the sender will repeat it", sender.name, kind)
            return Refusal(503, "", "not stored; send it again", (("Retry-After", "5"),))
        return {"stored": new, "repeated": len(rows) - new, "refused": bad}, 200, ()

    async def _refuse(self, refusal: Refusal) -> Refusal:
        await asyncio.to_thread(self._state.count, refusal.counter)
        log.warning("refused a webhook (%s): %s", refusal.status, refusal.reason)
        return refusal

    async def _health(self) -> Answer:
        counts = await asyncio.to_thread(self._state.counter_values)
        last = await asyncio.to_thread(self._state.inbox.last_seq)
        refused = {name: value for name, value in counts.items() if name.startswith("webhook_")}
        return {"status": "ok", "last_inbox_seq": last, **refused}, 200, ()


async def _read(receive: Receive, largest: int) -> bytes | Refusal:
    """The body; no more of it is read than may come, and no longer than a sender waits."""
    body = bytearray()
    try:
        async with asyncio.timeout(READ_SECONDS):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    break
                body += message.get("body", b"")
                if len(body) > largest:
                    return Refusal(413, "webhook_too_large", f"bodies end at {largest} bytes")
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError:
        pass
    # 503, not 408: whether HubSpot repeats after a 4xx is not documented.
    return Refusal(503, "webhook_too_slow", "the body did not come in time")


def _path(scope: Message) -> str:
    """Path and query as they came over the wire: signatures are over escapes as they are."""
    query = scope["query_string"]
    raw = scope.get("raw_path") or scope["path"].encode()
    return str((raw.split(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1"))


Answer = tuple[object, int, tuple[tuple[str, str], ...]]
NOT_FOUND: Answer = (None, 404, ())


def _problem(refusal: Refusal) -> Answer:
    return {"error": refusal.reason}, refusal.status, refusal.headers


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
