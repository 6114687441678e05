"""The calls to Pipedrive that Bastão makes: v1 and v2 in one client, counted against the token budget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from ingestion.errors import ApiError, ConfigError, QuotaExhausted, SourceError
from ingestion.http import ApiClient, Auth, Response
from ingestion.oauth import HeaderToken, OAuth, OAuthApp
from ingestion.pipedrive.settings import COSTS, OTHER_COST, SYSTEM, PipedriveConfig
from ingestion.ports import Limiter, Ports
from ingestion.rows import Row

DAY_WAIT = 3600.0  # the day of the budget ends at the server's midnight, whose zone nobody tells: look again in an hour
BLOCK_WAIT = 900.0
BURST_WAIT = 2.0
_REPEATS = 4  # a 429 that comes again after so many windows is the day's, whatever the headers say (5.6)


class TokenBudget:
    """A `Limiter` in front of the shared one: a call is one of the burst window and as many tokens as it costs.

    The changelog draws on `history` instead of `tokens`, which leaves room for the lists.
    """

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    def acquire(self, owner: str, resource: str, key: str | None = None, cost: int = 1) -> None:
        """See `Limiter`."""
        purse = "history" if resource == "changelog" else "tokens"
        self._limiter.acquire(owner, purse, None, COSTS.get(resource, OTHER_COST))
        self._limiter.acquire(owner, "burst", None, cost)


class PipedriveApi:
    """Pipedrive of one account. Safe for several threads."""

    def __init__(self, config: PipedriveConfig, ports: Ports, transport: httpx.BaseTransport | None = None) -> None:
        self._owner = config.owner
        self._http = ApiClient(
            config.base_url, _auth(config, ports, transport), TokenBudget(ports.limiter), config.owner, ports.clock,
            patience_seconds=config.patience_seconds, transport=transport, wait_of=_wait,
        )  # fmt: skip

    @property
    def requests(self) -> int:
        """Calls made so far, repeats included."""
        return self._http.requests

    def get(self, path: str, params: Mapping[str, Any] | None = None, *, resource: str) -> Response:
        """One GET below /api. QuotaExhausted for the edge's block, ApiError for any other refusal or a page."""
        try:
            answer = self._http.get(f"/api{path}", params, resource=resource)
        except ApiError as error:
            if error.status == 403 and "no error code" in str(error):
                # Who goes on after 429 gets a page from the edge (5.6): going on would only prolong it.
                raise QuotaExhausted(self._owner, resource, BLOCK_WAIT) from None
            raise
        if not isinstance(answer.json, dict) or answer.json.get("success") is False:
            raise SourceError(f"Pipedrive: GET {path} answered without the key 'data'.")
        return answer

    def rows(self, path: str, params: Mapping[str, Any] | None = None, *, resource: str) -> tuple[list[Any], Row, Response]:
        """One page: its rows as they came, `additional_data`, and the answer. SourceError without a list of rows."""
        answer = self.get(path, params, resource=resource)
        rows = answer.json.get("data", ...)
        if rows is None:
            rows = []  # an empty list is null in places
        if not isinstance(rows, list):
            raise SourceError(f"Pipedrive: GET {path} answered without a list under 'data'.")
        more = answer.json.get("additional_data")
        return rows, more if isinstance(more, dict) else {}, answer

    def one(self, path: str, *, resource: str = "one") -> Row | None:
        """One object; None when it does not exist (any more), deleted ones included."""
        try:
            data = self.get(path, resource=resource).json.get("data")
        except ApiError as error:
            if error.status in (404, 410):
                return None
            raise
        return data if isinstance(data, dict) and data.get("is_deleted") is not True else None

    def request(self, method: str, path: str, *, json: Any = None, resource: str = "one") -> Response:
        """Any call, whatever it answers; see `ApiClient.request`."""
        return self._http.request(method, path, json=json, resource=resource)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


def _auth(config: PipedriveConfig, ports: Ports, transport: httpx.BaseTransport | None) -> Auth:
    if config.token:
        return HeaderToken("x-api-token", config.token)  # in the address it would stand in logs
    if not (config.client_id and config.client_secret):
        raise ConfigError("Pipedrive: there is neither an API token nor an OAuth application; see sources.pipedrive in bastao.yaml.")
    app = OAuthApp(SYSTEM, config.token_url, config.client_id, config.client_secret, config.refresh_token, form=True)
    return OAuth(app, ports.tokens, ports.clock, transport)


def _wait(answer: Response, attempt: int) -> float | None:
    """Seconds after a 429: the burst's window, or far beyond anybody's patience when the day is spent."""
    headers = answer.headers
    if headers.get("retry-after"):
        return None
    if headers.get("x-daily-ratelimit-token-remaining") == "0":
        return DAY_WAIT
    if headers.get("x-ratelimit-remaining") == "0" and attempt <= _REPEATS:
        return _seconds(headers.get("x-ratelimit-reset")) or BURST_WAIT
    # Nothing tells a spent day from a spent burst: it is the day's when it comes again after the window.
    return DAY_WAIT if attempt > _REPEATS else BURST_WAIT * attempt


def _seconds(value: str | None) -> float | None:
    try:
        return max(0.1, min(60.0, float(value))) if value else None
    except ValueError:
        return None
