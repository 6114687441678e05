"""How much quota a backlog takes, and how long it lasts at the allowed rates: said before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from activation.limits import DAY, Limits
from activation.policy import Policy
from activation.report import DeliveryReport


def quota_cost(destination: Any, rows: int) -> Counter[str]:
    """Calls by resource that `rows` records take. `destination.cost`: calls by resource of one record; a part of a
    call where several records share one."""
    per_row: Mapping[str, float] = getattr(destination, "cost", {})
    return Counter({resource: ceil(calls * rows) for resource, calls in per_row.items() if calls * rows})


def drain_seconds(cost: Mapping[str, int], limits: Limits, speed: float = 1.0, share: float = 1.0) -> float:
    """Seconds until so many calls have gone out, with the whole account to themselves and full windows at the start.

    With at most `count` calls in any window of `seconds`, call number n goes out in window (n - 1) // count. Resources that
    share a counter add up; the slowest counter decides. Caps of a single lead are not counted: one record asks for few
    calls. `speed`: the quota's clock runs so many times faster; `share`: of each cap that is ours.
    """
    calls: Counter[tuple[str, int, float]] = Counter()
    for resource, number in cost.items():
        for limit in limits.get(resource, limits.get("*", ())):
            if not limit.per_key:
                calls[limit.counter, limit.count, limit.seconds] += number
    waits = [
        (number - 1) // max(1, int(count * share)) * seconds / speed
        for (_, count, seconds), number in calls.items()
        if number
    ]
    return float(max(waits, default=0.0))


@dataclass(frozen=True)
class Rates:
    """The account's published quotas, how much faster than real time their clock runs, and the share that is ours."""

    limits: Limits
    speed: float = 1.0
    share: float = 1.0


def foresee(report: DeliveryReport, destination: Any, policy: Policy, begun_today: int, rates: Rates | None) -> None:
    """Write into the report what its pending rows cost and how long they last."""
    report.quota_cost = quota_cost(destination, report.pending)
    ours = drain_seconds(report.quota_cost, rates.limits, rates.speed, rates.share) if rates else 0.0
    report.drain_seconds = max(ours, days_of_the_cap(report.pending, policy.max_per_day, begun_today))


def days_of_the_cap(rows: int, max_per_day: int, begun_today: int) -> float:
    """Seconds that the policy's own cap of deliveries in 24 hours makes `rows` wait."""
    return float((max(0, begun_today + rows - 1)) // max_per_day * DAY) if rows else 0.0
