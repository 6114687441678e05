"""Who may call Pipedrive, and how often: token or OAuth, the burst window of two seconds, the daily token budget.

Costs are flat per request, whatever `limit` is (crm_hubspot_salesforce_pipedrive.md 5.2). A spent day answers 429 until the
day ends (limit clock, its midnight); who goes on calling gets the edge's 403 page by switch.
"""

from collections import deque
from typing import TYPE_CHECKING, Any

from sandbox.server.config import SandboxConfig
from sandbox.server.http import HTML, Request, Response, reply
from sandbox.server.ids import hex24, number_of
from sandbox.server.limits import DAY
from sandbox.server.routing import Handler, Route, Router

if TYPE_CHECKING:
    from sandbox.server.clock import LimitClock
    from sandbox.server.core import Sandbox

BURST_SECONDS = 2.0
BUDGET = 30_000  # tokens per seat and day, times the plan's factor
FACTORS = {"lite": 1, "growth": 2, "premium": 5, "ultimate": 7}
BURSTS = {"lite": 20, "growth": 40, "premium": 100, "ultimate": 120}
COSTS = {
    "deals": 10, "deals_archived": 20, "persons": 10, "organizations": 10, "activities": 10, "pipelines": 5, "stages": 5,
    "fields": 10, "one": 1, "write": 5, "leads": 20, "leads_archived": 40, "lead": 2, "lead_write": 10, "lead_labels": 10,
    "lead_sources": 2, "convert": 40, "users": 20, "me": 2, "activity_types": 20, "call_logs": 20, "changelog": 20, "flow": 40,
    "delete": 3, "webhooks": 10,
}  # fmt: skip


class Gate:
    """Credentials and counters of one account. Counters run on the limit clock and are forgotten by a restart."""

    def __init__(self, config: SandboxConfig, clock: "LimitClock", seed: int) -> None:
        self._config, self._clock, self._seed = config, clock, seed
        self.token, self.client_id = hex24("pipedrive", seed) + hex24("pd2", seed)[:16], hex24("pipedrive-app", seed)
        self.client_secret, self.refresh_token = hex24("pd-secret", seed), "pd-refresh-" + hex24("pd-refresh", seed)
        self.user_id = number_of("pipedrive-me", seed, low=1000, high=10**6)
        self.access: dict[str, float] = {}
        self._calls: deque[float] = deque()
        self._day, self.spent, self.refusals = -1, 0, 0
        self.passages: dict[str, Any] = {}  # folded deals by id (view.py)

    @property
    def budget(self) -> int:
        """Tokens of a day."""
        wanted = self._config.pipedrive_daily_tokens
        return wanted or BUDGET * FACTORS[self._config.pipedrive_plan] * self._config.pipedrive_seats

    def knows(self, request: Request) -> bool:
        """Whether the call carries the API token or a living access token."""
        header = request.header("authorization")
        if header.lower().startswith("bearer "):
            return self.access.get(header[7:].strip(), 0.0) > self._clock.now()
        return request.header("x-api-token") == self.token

    def issue(self) -> dict[str, Any]:
        """A new access token."""
        access = "pd-access-" + hex24("pd-access", self._seed, len(self.access), self._clock.now())
        self.access[access] = self._clock.now() + 3600
        return {
            "access_token": access, "token_type": "Bearer", "expires_in": 3599, "refresh_token": self.refresh_token,
            "scope": "base,deals:full,leads:full,contacts:full,activities:full",
        }  # fmt: skip

    def expire(self) -> None:
        """Every access token ends now."""
        self.access = dict.fromkeys(self.access, 0.0)

    def reset(self) -> None:
        """Forget all counts."""
        self._calls.clear()
        self._day, self.spent, self.refusals = -1, 0, 0

    def take(self, resource: str) -> Response | None:
        """Count one call; the refusal when it is one too many."""
        if not self._config.limits:
            return None
        now = self._clock.now()
        if int(now // DAY) != self._day:
            self._day, self.spent, self.refusals = int(now // DAY), 0, 0
        while self._calls and self._calls[0] <= now - BURST_SECONDS:
            self._calls.popleft()
        over_day = self.spent + COSTS[resource] > self.budget
        if not over_day and len(self._calls) < BURSTS[self._config.pipedrive_plan]:
            self._calls.append(now)
            self.spent += COSTS[resource]
            return None
        self.refusals += 1
        if 0 < self._config.pipedrive_block_after <= self.refusals:
            return Response(403, b"<html><head><title>Access denied</title></head><body>Error 1015</body></html>", HTML)
        answer = reply({"success": False, "error": "limite de exemplo excedido", "errorCode": 429}, 429)
        if over_day and self._config.pipedrive_daily_headers:
            self.spent = max(self.spent, self.budget)
        return answer

    def mark(self, response: Response) -> Response:
        """The three families of headers; the daily ones are undocumented and by switch absent."""
        left = max(0, BURSTS[self._config.pipedrive_plan] - len(self._calls))
        response.with_header("x-ratelimit-limit", BURSTS[self._config.pipedrive_plan])
        response.with_header("x-ratelimit-remaining", left).with_header("x-ratelimit-reset", 2)
        if self._config.pipedrive_daily_headers:
            response.with_header("x-daily-ratelimit-token-limit", self.budget)
            response.with_header("x-daily-ratelimit-token-remaining", max(0, self.budget - self.spent))
        return response


def refuse(sandbox: "Sandbox", route: Route, request: Request) -> Response | None:
    """The 401, 429 or 403 of a call, or None."""
    gate = sandbox.pipedrive
    if route.open:
        return None
    if not gate.knows(request):
        error = {"success": False, "error": "unauthorized access", "errorCode": 401, "error_info": "Please check developers.pipedrive.com"}
        return reply(error, 401).with_header("x-401-by-gw", "true")
    over = gate.take(route.resource)
    if over:
        sandbox.record.refused["pipedrive"] += 1
        return gate.mark(over)
    return None


def add(router: Router, base: str, method: str, version: str, path: str, handler: Handler, resource: str) -> None:
    """Register one route; every answer carries the headers of the limits."""

    def marked(sandbox: "Sandbox", request: Request) -> Response:
        answer = handler(sandbox, request)
        assert isinstance(answer, Response)
        return sandbox.pipedrive.mark(answer)

    route = Route(marked, "pipedrive", resource)
    router.add(method, f"{base}/api/{version}{path}", route)
    if version == "v1":
        router.add(method, f"{base}/v1{path}", route)


def token_routes(router: Router, base: str) -> None:
    """POST /oauth/token; credentials in the form or as basic authentication."""

    def token(sandbox: "Sandbox", request: Request) -> Response:
        form, gate = request.form_or_json(), sandbox.pipedrive
        basic = request.header("authorization").lower().startswith("basic ")
        known = basic or (form.get("client_id"), form.get("client_secret")) == (gate.client_id, gate.client_secret)
        if not known or form.get("grant_type") != "refresh_token" or form.get("refresh_token") != gate.refresh_token:
            return reply({"success": False, "error": "invalid_grant", "message": "Refresh token is invalid"}, 400)
        return reply({**gate.issue(), "api_domain": f"http://{request.host}{base}"})

    router.add("POST", f"{base}/oauth/token", Route(token, "pipedrive", "oauth", open=True))
