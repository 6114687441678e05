"""A webhook receiver on loopback for tests: remembers what came and answers what it is told to."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """`received` holds (path, headers, body); `answers` are status codes to give in turn, then 200."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, str], Any]] = []
        self.answers: list[int] = []
        self.delay = 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                status = receiver.answers.pop(0) if receiver.answers else 200
                receiver.received.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                time.sleep(receiver.delay)
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def bodies(self, count: int, seconds: float = 5.0) -> list[Any]:
        """The bodies received, once there are `count` (validation calls `{}` left out); fails after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = [body for _, _, body in self.received if body]
            if len(found) >= count:
                return found
            time.sleep(0.01)
        raise AssertionError(f"{count} deliveries expected, {[body for _, _, body in self.received if body]} came")

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver for the length of a test."""
    receiver = Receiver()
    try:
        yield receiver
    finally:
        receiver.close()
