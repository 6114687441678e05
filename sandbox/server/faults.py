"""Faults by switch: what goes wrong, where, how often. Decisions come from one seeded generator.

A rule applies to the next `count` calls that match, or to each matching call with `probability`. Paths are matched
as shell patterns (`/platform/*`) against the path without query.
"""

from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from random import Random
from typing import Any

KINDS = {
    "429_lead": "429 with the lead_limiter body",
    "429_gateway": "429 of the gateway, with retry-after-quotas",
    "429_excedded": "429 with the service's own spelling",
    "429_v2": "429 of CRM v2, with Retry-After",
    "429_salesforce_concurrent": "403 of Salesforce: too many long requests at once",
    "403_plan": "403: the account's plan lacks the resource",
    "429_slack": "429 of Slack's webhook, with Retry-After",
    "429_teams": "429 of a Teams workflow, with Retry-After",
    "429_hubspot_TEN_SECONDLY_ROLLING": "429 of HubSpot's burst limit",
    "429_hubspot_SECONDLY": "429 of HubSpot's search limit",
    "429_hubspot_DAILY": "429 of HubSpot's daily limit",
    "500_json": "500 with a JSON body, nothing done",
    "500_html": "500 with an HTML page, nothing done",
    "500_after": "500 with a JSON body although the call was carried out",
    "html_200": "an HTML page with status 200 (a proxy's log-in page), nothing done",
    "timeout_before": "no answer for `seconds`, then the connection closes; nothing done",
    "timeout_after": "the call is carried out, then no answer for `seconds` and the connection closes",
    "drop_before": "the connection is closed before anything is done",
    "drop_after": "the call is carried out, then the connection is closed without an answer",
    "expire_token": "the access token of the call expires at once: 401",
    "slow": "the answer comes `seconds` late",
    "webhook_duplicate": "a webhook delivery is sent twice (path: the webhook's event name; hubspot, pipedrive)",
    "webhook_reorder": "a webhook delivery is overtaken by the next one",
    "webhook_drop": "a webhook delivery is lost for good",
}


@dataclass(slots=True)
class Fault:
    """One rule. `count` None means `probability` decides; otherwise the next `count` matching calls are hit."""

    kind: str
    path: str = "*"
    method: str = "*"
    probability: float = 1.0
    count: int | None = None
    seconds: float = 30.0
    after: int = 0  # let this many matching calls pass first

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; known: {', '.join(sorted(KINDS))}")
        if not 0 <= self.probability <= 1:
            raise ValueError(f"probability of fault {self.kind} must lie between 0 and 1, not {self.probability}")

    @classmethod
    def parse(cls, text: str) -> "Fault":
        """From a start option: `kind[@path][:key=value…]`, e.g. `429_gateway@/platform/*:probability=0.1`."""
        head, *options = text.split(":")
        kind, _, path = head.partition("@")
        values: dict[str, Any] = {"kind": kind, "path": path or "*"}
        for option in options:
            key, _, value = option.partition("=")
            if key not in {"probability", "count", "seconds", "method", "after"}:
                raise ValueError(f"fault {text!r}: unknown option {key!r}; known: probability, count, seconds, method, after")
            values[key] = value if key == "method" else int(value) if key in ("count", "after") else float(value)
        return cls(**values)


class Faults:
    """The active rules."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.rules: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Activate a rule."""
        self.rules.append(fault)

    def clear(self) -> None:
        """Deactivate all rules."""
        self.rules.clear()

    def pick(self, method: str, path: str, webhook: bool = False) -> Fault | None:
        """The first rule that strikes this call, or None. Webhook rules strike deliveries only."""
        for rule in self.rules:
            if rule.kind.startswith("webhook_") is not webhook:
                continue
            if rule.method not in ("*", method) or not fnmatchcase(path, rule.path):
                continue
            if rule.after > 0:
                rule.after -= 1
                continue
            if rule.count is not None:
                if rule.count <= 0:
                    continue
                if rule.probability < 1 and self._random.random() >= rule.probability:
                    continue
                rule.count -= 1
                return rule
            if self._random.random() < rule.probability:
                return rule
        return None

    def report(self) -> list[dict[str, Any]]:
        """The rules as JSON-ready data."""
        return [asdict(rule) for rule in self.rules]
