"""A tiny imitation of the two calls of RD Station that a return needs, as a process of its own on loopback.

    python server.py            prints its port, then serves

It keeps what it received, shows it `settle` seconds later, and misbehaves as told through POST /control:
faults for the next POSTs are a list of: drop_before, drop_after, slow_before, slow_after, 500_before, 500_after, html,
html_200, 400, 429_account, 429_gateway, 429_lead, 401, ok.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import uuid
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

SLOW = 0.6


class Book:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.reset({})

    def reset(self, wanted: dict) -> None:  # type: ignore[type-arg]
        self.events: list[dict] = []  # type: ignore[type-arg]
        self.faults = list(wanted.get("faults", []))
        self.settle = wanted.get("settle", 0.0)
        self.bases = dict(wanted.get("bases", {}))
        self.missing = set(wanted.get("missing", []))
        self.ascending = wanted.get("ascending", False)
        self.strip_marker = wanted.get("strip_marker", False)
        self.requests: list[str] = []
        for event in wanted.get("history", []):
            self.add(event, visible=0.0)

    def add(self, body: dict, visible: float | None = None) -> str:  # type: ignore[type-arg]
        at = body.pop("at", None) or datetime.now(UTC).isoformat()
        shown = time.time() + self.settle if visible is None else visible
        self.events.append({"body": body, "at": at, "visible": shown})
        return str(uuid.uuid4())


BOOK = Book()


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        pass

    def answer(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html" if isinstance(body, str) else "application/json")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
        if self.path == "/control":
            with BOOK.lock:
                BOOK.reset(body)
            return self.answer(200, {})
        with BOOK.lock:
            BOOK.requests.append(f"POST {self.path}")
            fault = BOOK.faults.pop(0) if BOOK.faults else "ok"
        email = body["payload"]["email"]
        refusals = {
            "500_before": (500, {"errors": {"error_type": "SERVICE_UNAVAILABLE"}}, {}),
            "html_200": (200, "<html>Please log in</html>", {}),
            "html": (502, "<html>Bad gateway</html>", {}),
            "400": (400, {"errors": [{"error_type": "INVALID_FIELDS", "error_message": f"no {email}"}]}, {}),
            "401": (401, {"errors": {"error_type": "UNAUTHORIZED", "error_message": "Invalid token."}}, {}),
            "429_account": (429, {"errors": {"error_type": "RATE_LIMIT_EXCEDDED", "error_message": "x"}}, {"Retry-After": "0.2"}),
            "429_gateway": (429, {"message": "API rate limit exceeded"}, {"retry-after-quotas": "0.2"}),
            "429_lead": (429, {"error": f"'lead_limiter' rate limit exceeded for 86400 second(s) period for key '{email}'",
                               "max": 24, "usage": 25, "remaining_time": 0.2}, {}),
        }  # fmt: skip
        if fault in refusals:
            return self.answer(*refusals[fault])
        if fault == "drop_before":
            return self.connection.close()
        if fault == "slow_before":
            time.sleep(SLOW)
            return self.answer(503, {})
        with BOOK.lock:
            reference = BOOK.add(body)
        if fault == "drop_after":
            return self.connection.close()
        if fault == "slow_after":
            time.sleep(SLOW)
        if fault == "500_after":
            return self.answer(500, {"errors": {"error_type": "SERVICE_UNAVAILABLE"}})
        self.answer(200, {"event_uuid": reference})

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        path = [unquote(part) for part in parts.path.strip("/").split("/")]
        with BOOK.lock:
            BOOK.requests.append(f"GET {self.path}")
            events = list(BOOK.events)
        if path == ["ledger"]:
            return self.answer(200, {"events": [event["body"] for event in events], "requests": BOOK.requests})
        if len(path) == 3:  # platform/contacts/email:x
            email = path[2].removeprefix("email:")
            if email in BOOK.missing:
                return self.answer(404, {"errors": {"error_type": "RESOURCE_NOT_FOUND", "error_message": "Lead not found."}})
            status = BOOK.bases.get(email, "granted")
            bases = [{"category": "communications", "type": "consent", "status": status}] if status else []
            return self.answer(200, {"uuid": "u-" + email, "email": email, "legal_bases": bases})
        email = path[2].removeprefix("u-")
        mine = [e for e in events if e["body"]["payload"]["email"] == email and e["visible"] <= time.time()]
        mine.sort(key=lambda event: event["at"], reverse=not BOOK.ascending)
        page = int(parse_qs(parts.query)["page"][0])
        self.answer(200, [self.shown(event) for event in mine[(page - 1) * 10 : page * 10]])

    def shown(self, event: dict) -> dict:  # type: ignore[type-arg]
        payload = dict(event["body"]["payload"])
        identifier = payload.pop("conversion_identifier")
        if BOOK.strip_marker:
            payload = {"email": payload["email"]}
        return {"event_type": "CONVERSION", "event_family": "CDP", "event_identifier": identifier,
                "event_timestamp": event["at"], "payload": payload}  # fmt: skip


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(server.server_port, flush=True)
    sys.stdout.close()
    server.serve_forever()
