"""How long a backlog lasts: by the published quotas, and as the limiter really lets it go."""

import pytest

from activation.drain import days_of_the_cap, drain_seconds, quota_cost
from activation.limits import DAY, Limit, rd_station_limits
from activation.quota import SqlLimiter
from tests.activation.support import FakeClock, FakeDestination


def test_the_cost_of_a_backlog_is_calls_by_resource() -> None:
    destination = FakeDestination(FakeClock())
    assert quota_cost(destination, 10) == {}
    destination.cost = {"events": 1, "contacts": 2}  # type: ignore[attr-defined]
    assert quota_cost(destination, 10) == {"events": 10, "contacts": 20}


@pytest.mark.parametrize(
    ("events", "plan", "seconds"),
    [(0, "pro", 0), (120, "pro", 0), (121, "pro", 60), (1200, "pro", 9 * 60), (1200, "advanced", 2 * 60)],
)
def test_the_slowest_counter_decides(events: int, plan: str, seconds: float) -> None:
    assert drain_seconds({"events": events, "contacts": 1}, rd_station_limits(plan)) == seconds


def test_resources_that_share_a_counter_add_up() -> None:
    assert drain_seconds({"contacts": 100, "contact_events": 100}, rd_station_limits("pro")) == 60


def test_the_cap_of_a_day_counts_too() -> None:
    assert days_of_the_cap(0, 1000, 900) == 0
    assert days_of_the_cap(100, 1000, 900) == 0
    assert days_of_the_cap(101, 1000, 900) == DAY
    assert days_of_the_cap(2500, 1000, 0) == 2 * DAY


def test_the_limiter_takes_about_as_long_as_foretold(tmp_path: object) -> None:
    limits = {"events": (Limit("events", 120, 60.0),)}
    clock = FakeClock()
    limiter = SqlLimiter(f"sqlite:///{tmp_path}/quota.db", {"rd": limits}, clock=clock, max_wait_seconds=1e6)
    started = clock.now()
    for _ in range(1200):
        limiter.acquire("rd", "events")
    took = (clock.now() - started).total_seconds()
    foretold = drain_seconds({"events": 1200}, limits)
    assert foretold <= took <= foretold * 1.06, (foretold, took)
