"""The direct wire against a real socket: kept connections, lost ones, and what httpx would have sent."""

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from ingestion.errors import ApiError
from ingestion.http import ApiClient
from ingestion.http_wire import DirectWire, HttpxWire, Lost, open_wire
from ingestion.oauth import QueryToken
from tests.ingestion.fakes import CountingLimiter, FakeClock

PATIENT = httpx.Timeout(20)  # a busy machine stalls for longer than an answer takes
QUICK = httpx.Timeout(1.0)


class Handler(BaseHTTPRequestHandler):
    """Answers by path; notes the client's port and the raw target of each request."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.server.seen.append((self.client_address[1], self.path))  # type: ignore[attr-defined]
        if self.path.startswith("/drop"):
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        if self.path.startswith("/slow"):
            time.sleep(2.0)
        body = gzip.compress(b'{"packed": true}') if self.path.startswith("/gzip") else b'{"ok": true}'
        self.send_response(200)
        if self.path.startswith("/gzip"):
            self.send_header("Content-Encoding", "gzip")
        if self.path.startswith("/last"):
            self.close_connection = True  # the end comes without being announced
        self.send_header("X-Twice", "a")
        self.send_header("X-Twice", "b")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    found = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.daemon_threads = True
    found.seen = []  # type: ignore[attr-defined]
    threading.Thread(target=found.serve_forever, args=(0.01,), daemon=True).start()
    yield found
    found.shutdown()
    found.server_close()


def base(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_address[1]}"


def get(wire: DirectWire | HttpxWire, path: str, **params: object) -> bytes:
    return wire.send("GET", path, params, {"Accept": "application/json"}, None).content


def test_one_connection_serves_call_after_call(server: ThreadingHTTPServer) -> None:
    wire = DirectWire(base(server), PATIENT)
    for _ in range(5):
        assert get(wire, "/a") == b'{"ok": true}'
    assert len({port for port, _ in server.seen}) == 1  # type: ignore[attr-defined]
    wire.close()


def test_many_threads_never_share_a_connection_in_use(server: ThreadingHTTPServer) -> None:
    wire, wrong = DirectWire(base(server), httpx.Timeout(5)), []

    def call() -> None:
        for _ in range(20):
            if get(wire, "/a") != b'{"ok": true}':
                wrong.append(1)

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(server.seen) == 120  # type: ignore[attr-defined]
    assert len({port for port, _ in server.seen}) <= 6  # type: ignore[attr-defined]


def test_a_connection_that_ended_meanwhile_is_replaced_unseen(server: ThreadingHTTPServer) -> None:
    wire = DirectWire(base(server), PATIENT)
    get(wire, "/last")
    time.sleep(0.1)
    assert get(wire, "/a") == b'{"ok": true}'
    assert len({port for port, _ in server.seen}) == 2  # type: ignore[attr-defined]


@pytest.mark.parametrize("path", ["/drop", "/slow"])
def test_a_cut_or_late_answer_is_lost_and_its_connection_dropped(server: ThreadingHTTPServer, path: str) -> None:
    wire = DirectWire(base(server), QUICK)
    with pytest.raises(Lost) as caught:
        get(wire, path)
    assert caught.value.what != "connect"
    assert get(wire, "/a") == b'{"ok": true}'


def test_a_post_whose_answer_was_lost_is_uncertain_and_not_repeated(server: ThreadingHTTPServer) -> None:
    api = ApiClient(base(server), QueryToken("s3cret"), CountingLimiter(), "crm:1", FakeClock(), timeout=20)
    with pytest.raises(ApiError, match="may have been acted upon") as caught:
        api.request("POST", "/drop", json={}, resource="events")
    assert caught.value.uncertain
    assert "s3cret" not in str(caught.value)
    assert len(server.seen) == 1  # type: ignore[attr-defined]


def test_a_refused_connection_sent_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Lost) as caught:
        get(DirectWire(f"http://127.0.0.1:{port}", QUICK), "/a")
    assert caught.value.what == "connect"


def test_bodies_are_unpacked_and_headers_joined(server: ThreadingHTTPServer) -> None:
    answer = DirectWire(base(server), PATIENT).send("GET", "/gzip", {}, {}, None)
    assert answer.content == b'{"packed": true}'
    assert answer.headers["x-twice"] == "a, b"


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/platform/contacts/email:ana+b@empresa.com.br", {}),
        ("/platform/contacts/email:joão@empresa.com.br", {}),
        ("/deals", {"page[number]": 2, "filter": "updated_at:>=2026-06-30T21:00:00Z", "on": True, "no": None}),
        ("/deals", {"id": ["a", "b"], "q": "São Paulo & cia"}),
    ],
)
def test_both_wires_ask_for_the_same(server: ThreadingHTTPServer, path: str, params: dict[str, object]) -> None:
    for kind in (DirectWire, lambda url, timeout: HttpxWire(url, timeout, None)):
        wire = kind(base(server) + "/api/v1", PATIENT)
        get(wire, path, **params)
        wire.close()
    direct, through = (httpx.URL(target) for _, target in server.seen)  # type: ignore[attr-defined]
    assert direct.path == through.path
    assert direct.params == through.params


@pytest.mark.parametrize("address", ["ftp://crm.test", "crm.test", "http://"])
def test_an_address_that_cannot_be_used_says_so(address: str) -> None:
    api = ApiClient(address, QueryToken("s3cret"), CountingLimiter(), "crm:1", FakeClock())
    with pytest.raises(ApiError, match="the address cannot be used"):
        api.get_json("/deals", resource="crm_v1")


def test_a_proxy_of_the_machine_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.test:3128")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert isinstance(open_wire("https://api.rd.services", QUICK), HttpxWire)
    assert isinstance(open_wire("http://127.0.0.1:8899", QUICK), DirectWire)
