"""Waiting, repeating, refreshing and saying what went wrong; against an in-memory transport."""

import logging
import threading
from collections.abc import Callable

import httpx
import pytest

from ingestion.errors import ApiError, AuthError, QuotaExhausted
from ingestion.http import ApiClient, error_words
from ingestion.oauth import OAuth, OAuthApp, QueryToken
from tests.ingestion.fakes import CountingLimiter, FakeClock, MemoryTokens


def client(
    answer: Callable[[httpx.Request], httpx.Response], **options: object
) -> tuple[ApiClient, FakeClock]:
    clock = FakeClock()
    api = ApiClient("https://crm.test/api/v1", QueryToken("s3cret"), CountingLimiter(), "crm:1", clock,
                    transport=httpx.MockTransport(answer), **options)  # fmt: skip
    return api, clock


def in_turn(*answers: httpx.Response | Exception) -> Callable[[httpx.Request], httpx.Response]:
    remaining = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        given = remaining.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    return answer


OK = httpx.Response(200, json={"ok": True})


@pytest.mark.parametrize(
    ("refusal", "waits"),
    [
        (httpx.Response(429, headers={"retry-after-quotas": "7", "retry-after": "50"}, json={"message": "API rate limit exceeded"}), 7),
        (httpx.Response(429, headers={"Retry-After": "11"}, json={"errors": {"error_type": "RATE_LIMIT_EXCEDDED"}}), 11),
        (httpx.Response(429, json={"error": "rate", "max": 24, "usage": 25, "remaining_time": 19}), 19),
        (httpx.Response(429, headers={"Date": "Tue, 30 Jun 2026 21:00:00 GMT", "Retry-After": "Tue, 30 Jun 2026 21:00:30 GMT"}, text=""), 30),
    ],
)  # fmt: skip
def test_429_waits_as_told(refusal: httpx.Response, waits: float) -> None:
    api, clock = client(in_turn(refusal, OK))
    assert api.get_json("/deals", resource="crm_v1") == {"ok": True}
    assert clock.slept == [waits]


def test_a_wait_beyond_patience_ends_the_run_with_the_time(home: object) -> None:
    body = {
        "error": "'lead_limiter' rate limit exceeded for 86400 second(s) period for key 'x'",
        "remaining_time": 43067,
    }
    api, _ = client(in_turn(httpx.Response(429, json=body)))
    with pytest.raises(QuotaExhausted) as caught:
        api.get_json("/platform/contacts/uuid:1/funnels/default", resource="funnels", key="1")
    assert caught.value.retry_after_seconds == 43067
    assert caught.value.key == "1"  # one contact waits, not the account


def test_failures_of_a_get_are_repeated() -> None:
    page = httpx.Response(502, html="<html>bad gateway</html>")
    api, clock = client(in_turn(page, httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut"), OK))
    assert api.get_json("/deals", resource="crm_v1") == {"ok": True}
    assert len(clock.slept) == 3
    assert all(later >= 0.5 * 2**n for n, later in enumerate(clock.slept))


def test_html_with_200_is_a_clear_error_without_the_token() -> None:
    api, _ = client(lambda request: httpx.Response(200, html="<html>log in</html>"))
    with pytest.raises(ApiError) as caught:
        api.get_json("/deals", {"page": 1}, resource="crm_v1")
    message = str(caught.value)
    assert message.startswith("GET /deals answered 200 with a body that is not JSON")
    assert "base address in bastao.yaml" in message
    assert "s3cret" not in message


def test_no_answer_names_attempts(caplog: pytest.LogCaptureFixture) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(f"refused {request.url}")

    api, _ = client(refuse)
    with (
        caplog.at_level(logging.DEBUG),
        pytest.raises(ApiError, match="no answer after 5 attempts") as caught,
    ):
        api.get_json("/deals", resource="crm_v1")
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in caplog.text
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("failure", "uncertain"),
    [
        (httpx.ReadTimeout("slow"), True),
        (httpx.RemoteProtocolError("cut"), True),
        (httpx.ConnectError("down"), False),
    ],
)
def test_a_post_is_sent_once(failure: Exception, uncertain: bool) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        raise failure

    api, _ = client(answer)
    with pytest.raises(ApiError) as caught:
        api.request("POST", "/platform/events", json={}, resource="events")
    assert len(sent) == 1
    assert caught.value.uncertain is uncertain


@pytest.mark.parametrize("status", [400, 429, 500, 503])
def test_a_posts_answer_is_the_callers_to_judge(status: int) -> None:
    api, clock = client(in_turn(httpx.Response(status, json={"errors": []})))
    assert api.request("POST", "/platform/events", json={"a": 1}, resource="events").status == status
    assert clock.slept == []


def test_personal_keys_in_paths_are_cut_out() -> None:
    api, _ = client(
        lambda request: httpx.Response(404, json={"errors": {"error_type": "RESOURCE_NOT_FOUND"}})
    )
    with pytest.raises(ApiError) as caught:
        api.get_json("/platform/contacts/email:ana@empresa.com.br/funnels/default", resource="funnels")
    assert (
        str(caught.value)
        == "GET /platform/contacts/email:…/funnels/default answered 404 (RESOURCE_NOT_FOUND)."
    )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"errors": {"error_type": "TAKEN", "error_message": "x"}}, "TAKEN"),
        ({"errors": [{"error_type": "INVALID_FIELDS"}]}, "INVALID_FIELDS"),
        ({"errors": {"email": [{"error_type": "INVALID_EMAIL_FORMAT"}]}}, "INVALID_EMAIL_FORMAT"),
        ([{"error_type": "INVALID_OPTION"}], "INVALID_OPTION"),
        ({"error": "invalid_token", "error_description": "ana@empresa.com.br"}, "invalid_token"),
        ({"error": "Permission denied for ana@empresa.com.br"}, "refused"),
        ({"errors": "some text about ana@empresa.com.br"}, "no error code"),
        (None, "no error code"),
    ],
)
def test_every_shape_of_error_gives_its_code_and_never_a_value(body: object, words: str) -> None:
    assert error_words(body) == words


class Tokens:
    """A rolling OAuth server: an access token lives until `expire`, a refresh token dies at its use."""

    def __init__(self) -> None:
        self.access, self.refresh, self.refreshes = "a0", "r0", 0
        self._lock = threading.Lock()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth2/token":
            with self._lock:
                form = dict(pair.split("=") for pair in request.content.decode().split("&"))
                if form["refresh_token"] != self.refresh:
                    return httpx.Response(400, json={"error": "invalid_grant"})
                self.refreshes += 1
                self.access, self.refresh = f"a{self.refreshes}", f"r{self.refreshes}"
                return httpx.Response(
                    200, json={"access_token": self.access, "refresh_token": self.refresh, "expires_in": 7200}
                )
        if request.headers["authorization"] == f"Bearer {self.access}":
            return OK
        return httpx.Response(401, json={"error": "invalid_token"})


def rolling(server: Tokens, store: MemoryTokens) -> ApiClient:
    clock, transport = FakeClock(), httpx.MockTransport(server)
    app = OAuthApp("crm", "https://crm.test/oauth2/token", "id", "secret", "r0", form=True)
    return ApiClient("https://crm.test/crm/v2", OAuth(app, store, clock, transport), CountingLimiter(), "crm:1", clock,
                     transport=transport)  # fmt: skip


def test_many_threads_refresh_once_and_the_pair_is_stored_first() -> None:
    server, store = Tokens(), MemoryTokens()
    api = rolling(server, store)
    threads = [
        threading.Thread(target=api.get_json, args=("/deals",), kwargs={"resource": "crm_v2"})
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.refreshes == 1
    server.access = "revoked"
    api.get_json("/deals", resource="crm_v2")
    assert [token["refresh_token"] for token in store.puts] == ["r1", "r2"]


def test_another_process_refreshed_meanwhile() -> None:
    server, store = Tokens(), MemoryTokens()
    first, second = rolling(server, store), rolling(server, store)
    first.get_json("/deals", resource="crm_v2")
    second.get_json("/deals", resource="crm_v2")
    server.access = "revoked"
    first.get_json("/deals", resource="crm_v2")
    second.get_json("/deals", resource="crm_v2")  # its old token is refused; the store has the new one
    assert server.refreshes == 2


def test_dead_refresh_tokens_say_so() -> None:
    server, store = Tokens(), MemoryTokens()
    server.refresh = "other"
    with pytest.raises(
        AuthError, match=r"refused \(invalid_grant\).*unused for 14 days.*authorise Bastão again"
    ):
        rolling(server, store).get_json("/deals", resource="crm_v2")


def test_a_token_that_expires_again_at_once_is_renewed_again_but_not_for_ever() -> None:
    """Somebody else's renewal ends ours, or a token runs out between two calls: not a refusal of our credentials."""
    store, refused = MemoryTokens(), {"left": 2}

    class Unlucky(Tokens):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            if request.url.path != "/oauth2/token" and refused["left"]:
                refused["left"] -= 1
                return httpx.Response(401, json={"error": "invalid_token"})
            return super().__call__(request)

    server = Unlucky()
    assert rolling(server, store).get_json("/deals", resource="crm_v2") is not None
    refused["left"] = 99
    with pytest.raises(AuthError):
        rolling(server, store).get_json("/deals", resource="crm_v2")
    assert refused["left"] > 90
