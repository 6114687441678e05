"""The HTTP client of every API source: quotas asked first, waits and retries as the services want them.

Rules: rd_station.md A1 (refresh once on 401), A10 (wait `retry-after-quotas`, else `Retry-After`, else
`remaining_time`, else back-off from 1 s with jitter, capped at 60 s), B1 (a failure may be an HTML page).
A call that may have been acted upon (a POST whose answer was lost) is never repeated here.
Messages carry method and path only: query strings hold tokens, and addresses in paths are cut out.
"""

from __future__ import annotations

import logging
import random
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import httpx
import orjson

from ingestion.errors import ApiError, AuthError, QuotaExhausted
from ingestion.http_wire import Lost, Raw, open_wire
from ingestion.ports import Clock, Limiter

logging.getLogger("httpx").setLevel(logging.WARNING)  # its INFO line prints the whole address, token included

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
RENEWALS = 3  # of the token, for one call
ATTEMPTS = 5
LATER = (423, 477)  # HubSpot: locked, being migrated
PATIENCE_SECONDS = 120.0
_PERSONAL = re.compile(r"\b(email|phone):[^/?]+")


class Auth(Protocol):
    """Puts credentials on a call, and renews them."""

    def apply(self, headers: dict[str, str], params: dict[str, Any]) -> str:
        """Add credentials; returns what was used, for `renew`."""

    def renew(self, used: str) -> bool:
        """The outside refused `used`: get new ones. False when that is not possible (then the call fails)."""


@dataclass(frozen=True)
class Response:
    """An answer; `json` is None when the body was empty or not JSON. `served_at` is its Date header (naive UTC)."""

    status: int
    headers: Mapping[str, str]
    json: Any
    is_json: bool = True

    @property
    def served_at(self) -> datetime | None:
        """The service's own instant of the answer."""
        value = self.headers.get("date")
        try:
            return parsedate_to_datetime(value).astimezone(UTC).replace(tzinfo=None) if value else None
        except ValueError:
            return None


class ApiClient:
    """Calls one service. Safe for several threads at once."""

    def __init__(
        self,
        base_url: str,
        auth: Auth,
        limiter: Limiter,
        owner: str,
        clock: Clock,
        *,
        patience_seconds: float = PATIENCE_SECONDS,
        transport: httpx.BaseTransport | None = None,
        timeout: httpx.Timeout | float = TIMEOUT,
        wait_of: Callable[[Response, int], float | None] = lambda _answer, _attempt: None,
        text_encoding: str | None = None,
    ) -> None:
        """`wait_of`: seconds that a service's own way of saying 429 asks for; None where it says nothing.
        `text_encoding`: of services that say UTF-8 and send something else now and then."""
        self.owner, self._auth, self._limiter, self._clock = owner, auth, limiter, clock
        self._patience, self._wait_of = patience_seconds, wait_of
        self._encoding = text_encoding
        self.requests = 0
        self._count = threading.Lock()
        self._wire = open_wire(base_url.rstrip("/"), httpx.Timeout(timeout), transport)

    def get_json(
        self, path: str, params: Mapping[str, Any] | None = None, *, resource: str, key: str | None = None
    ) -> Any:
        """The JSON body of a GET. ApiError (with `status`) for any other status than 2xx or a body without JSON."""
        return self.get(path, params, resource=resource, key=key).json

    def post(
        self, path: str, json: Any, params: Mapping[str, Any] | None = None, *, resource: str
    ) -> Response:
        """A POST that only reads (a search, a batch read): repeated like a GET, and ApiError like `get`."""
        return _good("POST", path, self.request("POST", path, json=json, params=params, resource=resource, reads=True))

    def get(
        self, path: str, params: Mapping[str, Any] | None = None, *, resource: str, key: str | None = None
    ) -> Response:
        """Like `get_json`, with status and headers."""
        return _good("GET", path, self.request("GET", path, params=params, resource=resource, key=key))

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        resource: str,
        key: str | None = None,
        reads: bool = False,
    ) -> Response:
        """Send one call and return whatever was answered, errors included.

        Asks the quota first and renews credentials after 401, a few times: another process may have renewed meanwhile.
        GET waits after 429 and is repeated after 5xx, time-outs and dropped connections; any other method is sent once,
        its answer is the caller's to judge. `reads`: this POST changes nothing (a search, a batch read) and is repeated
        like a GET.
        Raises QuotaExhausted, AuthError, or ApiError when no answer came (`uncertain` if a POST may have arrived).
        """
        repeatable = reads or method in ("GET", "HEAD")
        waited, renewals, attempt = 0.0, 0, 0
        while True:
            attempt += 1
            self._acquire(resource, key)
            answer, used, lost = self._send(method, path, json, params)
            if answer is None:
                if not repeatable:
                    raise ApiError(_lost_words(method, path, lost), uncertain=lost != "connect")
                if attempt >= ATTEMPTS:
                    raise ApiError(
                        f"{method} {_shown(path)}: no answer after {attempt} attempts ({lost}). "
                        "Check the network and the base address in bastao.yaml, then run again."
                    )
                pause = _backoff(attempt)
            elif answer.status == 401:
                if renewals == RENEWALS or not self._auth.renew(used):
                    raise AuthError(
                        f"{method} {_shown(path)}: {self.owner.split(':')[0]} refuses our credentials "
                        f"({error_words(answer.json)}). Authorise Bastão again and set the new token."
                    )
                renewals += 1
                continue
            elif not repeatable:
                return answer
            elif answer.status == 429:
                asked = self._wait_of(answer, attempt)
                pause = _retry_after(answer, attempt) if asked is None else asked
                lead_key = key if _concerns_one_lead(answer.json) else None
                if waited + pause > self._patience:
                    raise QuotaExhausted(self.owner, resource, pause, lead_key)
                waited += pause
            elif (answer.status >= 500 or answer.status in LATER) and attempt < ATTEMPTS:
                pause = _backoff(attempt)
            else:
                return answer
            self._clock.sleep(pause)

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def _acquire(self, resource: str, key: str | None) -> None:
        try:
            self._limiter.acquire(self.owner, resource, key)
        except Exception as error:
            # The limiter lives in another room and has its own error; what counts is the wait it names.
            wait = getattr(error, "retry_after_seconds", None)
            if wait is None:
                raise
            raise QuotaExhausted(self.owner, resource, float(wait), getattr(error, "key", None)) from None

    def _send(
        self, method: str, path: str, body: Any, params: Mapping[str, Any] | None
    ) -> tuple[Response | None, str, str]:
        headers, query = {"Accept": "application/json", "Accept-Encoding": "gzip"}, dict(params or {})
        used = self._auth.apply(headers, query)
        content = None
        if body is not None:
            content, headers["Content-Type"] = orjson.dumps(body), "application/json"
        with self._count:
            self.requests += 1
        try:
            raw = self._wire.send(method, path, query, headers, content)
        except ValueError:
            raise ApiError(
                f"{method} {_shown(path)}: the address cannot be used; check the base address."
            ) from None
        except Lost as lost:
            return None, used, lost.what
        return _response(raw, self._encoding), used, ""


def _good(method: str, path: str, answer: Response) -> Response:
    """The answer, when it is 2xx with JSON."""
    if not 200 <= answer.status < 300:
        raise ApiError(
            f"{method} {_shown(path)} answered {answer.status} ({error_words(answer.json)}).", status=answer.status
        )
    if not answer.is_json:
        raise ApiError(
            f"{method} {_shown(path)} answered {answer.status} with a body that is not JSON (an error page, or another "
            "server). Check the base address in bastao.yaml; if it is right, the service is failing: run again later.",
            status=answer.status,
        )
    return answer


def _response(raw: Raw, encoding: str | None = None) -> Response:
    """Parse without trusting the content type: gateways send HTML as JSON and JSON as text."""
    data, is_json = None, True
    if raw.content.strip():
        try:
            data = orjson.loads(raw.content)
        except orjson.JSONDecodeError:
            data, is_json = _other_encoding(raw.content, encoding)
    elif raw.status == 200:
        is_json = False
    return Response(raw.status, raw.headers, data, is_json)


def _other_encoding(content: bytes, encoding: str | None) -> tuple[Any, bool]:
    """(JSON of a body that is no UTF-8 but another encoding, whether it is JSON at all)."""
    if encoding is None:
        return None, False
    try:
        content.decode()
    except UnicodeDecodeError:
        try:
            return orjson.loads(content.decode(encoding)), True
        except (UnicodeDecodeError, orjson.JSONDecodeError):
            return None, False
    return None, False


def error_words(body: Any) -> str:
    """The error code of a body, in any of the shapes of rd_station.md A10; never free text, it may quote values."""
    while isinstance(body, dict | list):
        if isinstance(body, list):
            body = body[0] if body else None
            continue
        code = body.get("error_type") or body.get("error") or body.get("category")
        if isinstance(code, str):
            # OAuth codes are one word; gateway and limiter texts are sentences with keys in them.
            return code if re.fullmatch(r"[A-Za-z_]{3,60}", code) else "refused"
        body = body.get("errors") if "errors" in body else next(iter(body.values()), None)
    return "no error code"


def _retry_after(answer: Response, attempt: int) -> float:
    for name in ("retry-after-quotas", "retry-after"):
        value = answer.headers.get(name)
        if value:
            try:
                return max(0.0, float(value))
            except ValueError:
                return _until(value, answer) or _backoff(attempt)
    body = answer.json if isinstance(answer.json, dict) else {}
    remaining = body.get("remaining_time")
    return float(remaining) if isinstance(remaining, int | float) else _backoff(attempt)


def _concerns_one_lead(body: Any) -> bool:
    """The per-lead limiter names itself in its text (A10, first 429 body)."""
    return isinstance(body, dict) and "lead_limiter" in str(body.get("error", ""))


def _until(http_date: str, answer: Response) -> float | None:
    """Seconds from the answer's own Date to the date in Retry-After."""
    try:
        then = parsedate_to_datetime(http_date).astimezone(UTC).replace(tzinfo=None)
    except ValueError:
        return None
    return max(0.0, (then - answer.served_at).total_seconds()) if answer.served_at else None


def _backoff(attempt: int) -> float:
    return min(60.0, 2.0 ** (attempt - 1)) * random.uniform(0.5, 1.0)


def _lost_words(method: str, path: str, lost: str) -> str:
    if lost == "connect":
        return f"{method} {_shown(path)}: no connection; nothing was sent."
    return f"{method} {_shown(path)}: the answer was lost ({lost}); it may have been acted upon all the same."


def _shown(path: str) -> str:
    return _PERSONAL.sub(r"\1:…", path)
