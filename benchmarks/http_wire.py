"""Processor time of the client per call, httpx against the direct wire: `python -m benchmarks.http_wire [calls]`.

Both go through `ApiClient` with eight threads to the same loopback server (a process of its own) in turns within one
run, so that the ratio does not depend on how busy the machine is. The figure that docs/decisions/0009 is about.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import time
from multiprocessing.connection import Connection

import httpx

from ingestion.fan_out import fan_out
from ingestion.http import TIMEOUT, ApiClient
from ingestion.http_wire import DirectWire, HttpxWire
from ingestion.oauth import QueryToken
from ingestion.ports import NoLimits
from orchestration.clock import SystemClock

THREADS, ROUNDS = 8, 5
BODY = b'{"uuid": "5408c5a3-4711-4f2e-8d0b-13407a3e30f3", "name": "x", "tags": ["a", "b"], "links": []}'


def serve(ready: Connection) -> None:
    """A loopback server that answers every call alike, until the parent ends."""
    import asyncio

    answer = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s" % (len(BODY), BODY)

    class Plain(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self._transport, self._read = transport, b""

        def data_received(self, data: bytes) -> None:
            self._read += data
            while b"\r\n\r\n" in self._read:
                self._read = self._read.partition(b"\r\n\r\n")[2]
                self._transport.write(answer)  # type: ignore[attr-defined]

    async def main() -> None:
        server = await asyncio.get_running_loop().create_server(Plain, "127.0.0.1", 0)
        ready.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def milliseconds(api: ApiClient, calls: int) -> float:
    """Processor time of this process per call."""
    params = {"event_type": "CONVERSION", "order": "created_at:asc", "page": 1}
    before = time.process_time()
    outcome = fan_out(range(calls), lambda _: api.get_json("/platform/contacts/x/events", params, resource="contact_events"), THREADS)
    assert len(outcome.results) == calls, outcome
    return (time.process_time() - before) / calls * 1000


def main(calls: int = 2000) -> float:
    """Print both figures and their ratio; returns the ratio."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    base, timeout = f"http://127.0.0.1:{ours.recv()}", httpx.Timeout(TIMEOUT)
    found: dict[str, list[float]] = {"httpx": [], "direct": []}
    for _ in range(ROUNDS):
        for name, wire in (("httpx", HttpxWire(base, timeout, None)), ("direct", DirectWire(base, timeout))):
            api = ApiClient(base, QueryToken("t"), NoLimits(), "bench", SystemClock())
            api._wire = wire
            found[name].append(milliseconds(api, calls))
            api.close()
    server.kill()
    slow, quick = (statistics.median(found[name]) for name in ("httpx", "direct"))
    print(f"httpx {slow:.2f} ms per call, direct wire {quick:.2f} ms: {slow / quick:.1f} times less processor time")
    return slow / quick


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
