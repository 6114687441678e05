"""Request quotas and the bodies of their 429 answers (rd_station.md A10, B1, B2).

Windows are fixed and start with the first request in them; all run on the limit clock. Values in headers and
`remaining_time` are seconds of that clock: a client that shares its speed divides by it.
"""

from dataclasses import dataclass

from sandbox.server.clock import LimitClock
from sandbox.server.config import SandboxConfig
from sandbox.server.http import Response, reply

MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Rule:
    """`maxima` by plan (light, basic, pro, advanced); `per_lead` rules count each contact by itself."""

    name: str
    period: int
    maxima: tuple[int, int, int, int]
    body: str  # lead | account | v1 | v2 | slack | teams
    per_lead: bool = False


def _rule(name: str, period: int, *maxima: int, body: str = "account", per_lead: bool = False) -> Rule:
    full = maxima if len(maxima) == 4 else (maxima[0],) * 3 + (maxima[-1],)
    return Rule(name, period, full, body, per_lead)  # type: ignore[arg-type]


RULES = {
    rule.name: rule
    for rule in (
        _rule("contact_patch_lead", DAY, 24, body="lead", per_lead=True),
        _rule("contacts", MINUTE, 120, 500),
        _rule("tag_lead", DAY, 24, body="lead", per_lead=True),
        _rule("tag_account", DAY, 15_000),
        _rule("segmentations", MINUTE, 120, 240),
        _rule("funnel_lead", DAY, 24, body="lead", per_lead=True),
        _rule("funnel_account", DAY, 1_000_000),
        _rule("fields", DAY, 1_000_000),
        _rule("webhooks", DAY, 1_000_000),
        _rule("events_lead", DAY, 120, body="lead", per_lead=True),
        _rule("events_account", MINUTE, 120, 500),
        _rule("analytics_emails", HOUR, 60),
        _rule("analytics_workflow_emails", HOUR, 60),
        _rule("analytics_funnel", HOUR, 60),
        _rule("analytics_conversions", HOUR, 60),
        _rule("workflows", HOUR, 40),
        _rule("workflow", HOUR, 1, 1, 5, 15),
        _rule("workflow_leads_add", HOUR, 1, 1, 10, 100),
        _rule("workflow_leads_started", HOUR, 1, 1, 3, 12),
        _rule("workflow_leads_left", HOUR, 1, 1, 3, 12),
        _rule("workflow_leads_action", HOUR, 1, 1, 3, 12),
        _rule("emails", HOUR, 60),
        _rule("landing_pages", HOUR, 60),
        _rule("popups", HOUR, 60),
        _rule("embeddables", HOUR, 60),
        _rule("crm_v1", MINUTE, 120, body="v1"),
        _rule("crm_v2", MINUTE, 120, body="v2"),
        _rule("salesforce", DAY, 115_000, body="salesforce"),
        _rule("slack", 1, 1, body="slack"),
        _rule("teams", 1, 4, body="teams"),
        _rule("hubspot", 10, 100, 100, 190, 190, body="hubspot_TEN_SECONDLY_ROLLING"),
        _rule("hubspot_search", 1, 5, body="hubspot_SECONDLY"),
        _rule("hubspot_daily", DAY, 250_000, 250_000, 625_000, 1_000_000, body="hubspot_DAILY"),
    )
}
# Resource of a route -> rules that its requests count against. Events count per lead inside their handler.
BY_RESOURCE: dict[str, tuple[str, ...]] = {
    "contacts": ("contacts",),
    "contact_patch": ("contact_patch_lead", "contacts"),
    "contact_events": ("contacts",),
    "tag": ("tag_lead", "tag_account"),
    "segmentations": ("segmentations",),
    "segmentation_contacts": ("segmentations",),
    "funnel": ("funnel_lead", "funnel_account"),
    "events": ("events_account",),
    "events_batch": ("events_account",),
    "conversions": ("events_account",),
    "salesforce": ("salesforce",),
    "hubspot": ("hubspot", "hubspot_daily"),
    "hubspot_search": ("hubspot_search", "hubspot_daily"),
}
CORRELATION = "11111111-2222-4333-8444-555555555500"
PLANS = ("light", "basic", "pro", "advanced")


class Limits:
    """Counters of all quotas. `take` counts one request and returns the 429 answer when it is one too many."""

    def __init__(self, config: SandboxConfig, clock: LimitClock) -> None:
        self._config, self._clock = config, clock
        self._windows: dict[tuple[str, str], list[float]] = {}
        unknown = sorted(set(config.limits_override) - set(RULES))
        if unknown:
            raise ValueError(f"unknown limit {', '.join(unknown)}; known: {', '.join(sorted(RULES))}")

    def maximum(self, rule: Rule) -> int:
        """The rule's maximum for the account's plan."""
        return self._config.limits_override.get(rule.name, rule.maxima[PLANS.index(self._config.plan)])

    def take(self, name: str, key: str = "") -> tuple[str, Response] | None:
        """Count one request against rule `name` for `key` (a lead's address or id); (rule, answer) when over."""
        if not self._config.limits:
            return None
        rule = RULES[name]
        now = self._clock.now()
        window = self._windows.get((name, key))
        if window is None or now >= window[0] + rule.period:
            window = self._windows[(name, key)] = [now, 0]
        window[1] += 1
        if window[1] <= self.maximum(rule):
            return None
        remaining = max(1, int(window[0] + rule.period - now + 0.999))
        return name, self.answer(rule.body, remaining, self.maximum(rule), int(window[1]), rule.period, key)

    def usage(self, name: str) -> tuple[int, int]:
        """(requests counted in the running window, maximum) of a rule of the account."""
        rule, window = RULES[name], self._windows.get((name, ""))
        running = window is not None and self._clock.now() < window[0] + rule.period
        return int(window[1]) if window and running else 0, self.maximum(rule)

    def left(self, name: str) -> tuple[int, int]:
        """(maximum, requests left in the running window) of a rule, for headers."""
        rule, window = RULES[name], self._windows.get((name, ""))
        maximum = self.maximum(rule)
        used = int(window[1]) if window and self._clock.now() < window[0] + rule.period else 0
        return maximum, max(0, maximum - used)

    def _hubspot(self, policy: str) -> Response:
        """HubSpot tells its policies apart by `policyName` alone, and says no Retry-After (contract 3.6)."""
        kind = {"category": "RATE_LIMITS"} if self._config.hubspot_category_only else {"errorType": "RATE_LIMIT"}
        words = f"You have reached your {policy.lower()} limit."
        return reply({"status": "error", "message": words, **kind, "policyName": policy, "correlationId": CORRELATION}, 429)

    def reset(self) -> None:
        """Forget all counts."""
        self._windows.clear()

    def answer(
        self, body: str, remaining: int = 30, maximum: int = 24, usage: int = 25, period: int = DAY, key: str = ""
    ) -> Response:
        """One of the 429 bodies: `lead`, `account` (by switch), `gateway`, `excedded`, `v1`, `v2`, `slack`, `teams`."""
        if body == "account":
            body = self._config.account_429_body
        if body == "lead":
            text = f"'lead_limiter' rate limit exceeded for {period} second(s) period for key '{key}'"
            return reply({"error": text, "max": maximum, "usage": usage, "remaining_time": remaining}, 429)
        if body == "gateway":
            answer = reply({"message": "API rate limit exceeded"}, 429)
            return answer.with_header("ratelimit-limit-quotas", maximum).with_header("retry-after-quotas", remaining)
        if body.startswith("salesforce"):  # no Retry-After; one code for the day's end and for too many at once (contract 4.6)
            words = "ConcurrentRequests (Concurrent API Requests) Limit exceeded." if body.endswith("concurrent") else "TotalRequests Limit exceeded."
            return reply([{"message": words, "errorCode": "REQUEST_LIMIT_EXCEEDED"}], 403)
        if body == "slack":
            return Response(429, b"rate_limited", b"text/html").with_header("Retry-After", remaining)
        if body == "teams":
            error = {"code": "TooManyRequests", "message": "Rate limit is exceeded."}
            return reply({"error": error}, 429).with_header("Retry-After", remaining)
        if body.startswith("hubspot_"):
            return self._hubspot(body.removeprefix("hubspot_"))
        if body == "v2":
            detail = {"code": "too_many_requests", "detail": "Rate limit exceeded."}
            return reply({"errors": [detail]}, 429).with_header("Retry-After", remaining)
        quota = {"error_type": "RATE_LIMIT_EXCEDDED", "error_message": "API usage limit exceeded"}
        answer = reply({"errors": quota}, 429)
        if body == "v1" and self._config.v1_retry_after:
            answer.with_header("Retry-After", remaining)
        return answer
