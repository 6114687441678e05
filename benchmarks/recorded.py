"""Answers of a server, recorded once and served again from memory by a process of its own: so that no server is measured.

A call is known by method, path, query and body, wherever it goes; calls for tokens by their path.
"""

from __future__ import annotations

import contextlib
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from urllib.parse import parse_qsl

import httpx

Key = tuple[str, str, tuple[tuple[str, str], ...], bytes]
HEADERS = ("content-type", "date", "sforce-limit-info", "sforce-locator")


@dataclass(frozen=True)
class Call:
    """One request and its answer. `target`: path and query."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    status: int
    answer: bytes
    answered: dict[str, str]

    @property
    def key(self) -> Key:
        """What the answer is found by."""
        return key_of(self.method, self.target, self.body)


def key_of(method: str, target: str, body: bytes) -> Key:
    """See `Call.key`."""
    path, _, query = target.partition("?")
    if path.endswith("/token"):
        return method, path, (), b""
    return method, path, tuple(sorted(parse_qsl(query, keep_blank_values=True))), body


class Recording(httpx.BaseTransport):
    """Passes calls on and keeps them with their answers, in order."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See httpx."""
        body = request.read()
        answer = self._inner.handle_request(request)
        content = answer.read()
        kept = {name: value for name, value in request.headers.items() if name not in ("host", "content-length", "connection")}
        told = {name: answer.headers[name] for name in HEADERS if name in answer.headers}
        target = request.url.raw_path.decode()
        self.calls.append(Call(request.method, target, kept, body, answer.status_code, content, told))
        return httpx.Response(answer.status_code, headers=told, content=content)


def _serve(ready: Connection, phases: dict[str, list[Call]]) -> None:
    import asyncio

    answers: dict[tuple[str, Key], bytes] = {}
    for phase, calls in phases.items():
        for call in calls:
            told = "".join(f"{name}: {value}\r\n" for name, value in call.answered.items())
            head = f"HTTP/1.1 {call.status} OK\r\n{told}content-length: {len(call.answer)}\r\n\r\n"
            answers[phase, call.key] = head.encode() + call.answer
    by_request: dict[tuple[bytes, bytes], bytes] = {}
    lost = b"HTTP/1.1 404 Not recorded\r\ncontent-length: 0\r\n\r\n"

    def found(line: bytes, body: bytes) -> bytes:
        if (line, body) not in by_request:
            method, target, _ = line.decode().split(" ")
            phase, _, rest = target.lstrip("/").partition("/")
            by_request[line, body] = answers.get((phase, key_of(method, f"/{rest}", body)), lost)
        return by_request[line, body]

    class Replaying(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self._transport, self._read = transport, b""

        def data_received(self, data: bytes) -> None:
            self._read += data
            while b"\r\n\r\n" in self._read:
                head, _, rest = self._read.partition(b"\r\n\r\n")
                lines = head.split(b"\r\n")
                length = next((int(line[15:]) for line in lines[1:] if line.lower().startswith(b"content-length:")), 0)
                if len(rest) < length:
                    return
                self._read = rest[length:]
                self._transport.write(found(lines[0], rest[:length]))  # type: ignore[attr-defined]

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Replaying, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


@contextlib.contextmanager
def served(phases: dict[str, list[Call]]) -> Iterator[str]:
    """The recorded calls at `<address>/<phase>/…`; yields the address."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, phases), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        server.kill()
        server.join()
