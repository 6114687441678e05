"""The limiter: no window of the server ever sees too many requests, with several processes and threads at once."""

from __future__ import annotations

import multiprocessing
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activation.errors import QuotaExhausted
from activation.limits import Limit, rd_station_crm_limits, rd_station_limits
from activation.quota import SqlLimiter
from tests.activation.support import NOW

CONTEXT = multiprocessing.get_context("fork")


class TickClock:
    """Moves when slept on, and by a fixed time with each request of the test."""

    def __init__(self) -> None:
        self.instant = NOW

    def now(self) -> datetime:
        return self.instant

    def sleep(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)


def limits(count: int, seconds: float, **values: Any) -> dict[str, Any]:
    return {"rd": {"x": (Limit("x", count, seconds, **values),)}}


def worst_window(times: list[float], seconds: float) -> int:
    """The most requests in any half-open window of that length."""
    times, start, worst = sorted(times), 0, 0
    for end in range(len(times)):
        while times[end] - times[start] >= seconds:
            start += 1
        worst = max(worst, end - start + 1)
    return worst


@settings(max_examples=25, deadline=None)
@given(
    count=st.integers(1, 60), gaps=st.lists(st.sampled_from([0.0, 0.01, 0.3, 2.0, 20.0]), min_size=20, max_size=150),
    delays=st.lists(st.floats(0, 0.99), min_size=1, max_size=20),
)  # fmt: skip
def test_no_sliding_window_is_ever_exceeded(
    tmp_path_factory: pytest.TempPathFactory, count: int, gaps: list[float], delays: list[float]
) -> None:
    """Requests come at any rhythm, and arrive up to `latency` after they were granted."""
    url, clock = f"sqlite:///{tmp_path_factory.mktemp('q') / 's.db'}", TickClock()
    limiter = SqlLimiter(url, limits(count, 60), clock=clock, max_wait_seconds=1e9, latency_seconds=1.0)
    arrivals = []
    for number, gap in enumerate(gaps):
        clock.sleep(gap)
        limiter.acquire("rd", "x")
        arrivals.append(clock.now().timestamp() + delays[number % len(delays)])
    assert worst_window(arrivals, 60) <= count


def _spend(url: str, speed: float, seconds: float, pause: float, ready: Any, out: Any) -> None:
    limiter = SqlLimiter(url, limits(60, 60), speed=speed, latency_seconds=0.25)
    ready.wait(60)  # a loaded machine starts processes seconds apart
    times, until = [], time.time() + seconds
    while True:
        try:
            limiter.acquire("rd", "x")
        except QuotaExhausted:
            break
        now = time.time()
        if now > until:
            break
        # A test machine under load may suspend us here for longer than the margin promises: not the limiter's doing.
        lease = limiter._leases[("rd", "x")]
        times.append(min(now, lease.taken_at + lease.hold + 0.25))
        time.sleep(pause)
    out.put(times)


def test_several_processes_share_one_quota_on_a_sped_up_server(state_url: str) -> None:
    speed, seconds, out = 60.0, 2.5, CONTEXT.Queue()  # a window of a minute passes in one second
    SqlLimiter(state_url, limits(60, 60)).acquire("rd", "warm up the tables")  # an unlisted resource: no limit
    ready = CONTEXT.Barrier(4)
    workers = [CONTEXT.Process(target=_spend, args=(state_url, speed, seconds, 0.001 * n, ready, out)) for n in range(4)]
    for worker in workers:
        worker.start()
    spent = [out.get(timeout=90) for _ in workers]
    for worker in workers:
        worker.join()
    times = [t for each in spent for t in each]
    assert worst_window(times, 60 / speed) <= 60
    # How much of the rate is used is tested without real time below; here a loaded machine wakes up late.
    assert sum(bool(each) for each in spent) >= 2


def test_the_rate_is_used_while_there_is_work(tmp_path: Path) -> None:
    clock = TickClock()
    limiter = SqlLimiter(f"sqlite:///{tmp_path / 's.db'}", limits(120, 60), clock=clock, max_wait_seconds=1e9)
    done, times, start = 0, [], clock.now()
    while clock.now() - start < timedelta(minutes=30):
        limiter.acquire("rd", "x")
        done += 1
        times.append(clock.now().timestamp())
        clock.sleep(0.05)
    assert worst_window(times, 60) <= 120
    assert done >= 0.95 * 120 * 30


def test_a_cap_per_lead_is_shared_and_exact(state_url: str) -> None:
    rules = {"rd": {"x": (Limit("all", 1000, 60), Limit("lead", 3, 86400, per_key=True))}}
    first, second = SqlLimiter(state_url, rules), SqlLimiter(state_url, rules)
    for limiter in (first, second, first):
        limiter.acquire("rd", "x", "lead-1")
    with pytest.raises(QuotaExhausted) as error:
        second.acquire("rd", "x", "lead-1")
    assert error.value.key == "lead-1" and "lead-1" not in str(error.value)
    assert 86000 < error.value.retry_after_seconds < 90000
    second.acquire("rd", "x", "lead-2")
    second.acquire("rd", "x")


def test_waits_within_the_budget_and_raises_beyond_it(tmp_path: Path) -> None:
    url, clock = f"sqlite:///{tmp_path / 's.db'}", TickClock()
    patient = SqlLimiter(url, limits(2, 60), clock=clock, max_wait_seconds=120)
    for _ in range(3):
        patient.acquire("rd", "x")
    assert 60 <= (clock.now() - NOW).total_seconds() <= 65
    hasty = SqlLimiter(url, limits(2, 60), clock=clock, max_wait_seconds=5)
    hasty.acquire("rd", "x")
    with pytest.raises(QuotaExhausted) as error:
        hasty.acquire("rd", "x")
    assert 30 < error.value.retry_after_seconds <= 65


def test_speed_shortens_the_wait(tmp_path: Path) -> None:
    clock = TickClock()
    limiter = SqlLimiter(f"sqlite:///{tmp_path / 's.db'}", limits(1, 86400), speed=3600, clock=clock)
    limiter.acquire("rd", "x")
    limiter.acquire("rd", "x")
    assert 24 <= (clock.now() - NOW).total_seconds() <= 26


def test_what_was_not_used_is_given_back(tmp_path: Path) -> None:
    url, clock = f"sqlite:///{tmp_path / 's.db'}", TickClock()
    greedy = SqlLimiter(url, limits(100, 60), clock=clock)
    for _ in range(20):  # chunks have grown to 5
        greedy.acquire("rd", "x")
    greedy.close()
    other = SqlLimiter(url, limits(100, 60), clock=clock, max_wait_seconds=0)
    for _ in range(80):
        other.acquire("rd", "x")
    with pytest.raises(QuotaExhausted):
        other.acquire("rd", "x")


def test_a_share_leaves_room_for_others(tmp_path: Path) -> None:
    url, clock = f"sqlite:///{tmp_path / 's.db'}", TickClock()
    sweep = SqlLimiter(url, limits(10, 60), clock=clock, max_wait_seconds=0, share=0.8)
    for _ in range(8):
        sweep.acquire("rd", "x")
    with pytest.raises(QuotaExhausted):
        sweep.acquire("rd", "x")
    SqlLimiter(url, limits(10, 60), clock=clock, max_wait_seconds=0).acquire("rd", "x")


def test_a_clock_that_jumps_back_does_not_free_anything(tmp_path: Path) -> None:
    url, clock = f"sqlite:///{tmp_path / 's.db'}", TickClock()
    limiter = SqlLimiter(url, limits(5, 60), clock=clock, max_wait_seconds=300)
    for _ in range(5):
        limiter.acquire("rd", "x")
    clock.instant -= timedelta(seconds=40)
    before = clock.now()
    limiter.acquire("rd", "x")
    assert clock.now() - before >= timedelta(seconds=60)


def test_one_request_costs_little(tmp_path: Path) -> None:
    limiter = SqlLimiter(f"sqlite:///{tmp_path / 's.db'}", limits(1_000_000, 60))
    limiter.acquire("rd", "x")
    best = min(_milliseconds(limiter, None) for _ in range(3))
    assert best < 0.2, f"{best:.3f} ms per request"


def _milliseconds(limiter: SqlLimiter, key: str | None) -> float:
    start = time.perf_counter()
    for _ in range(3000):
        limiter.acquire("rd", "x", key)
    return (time.perf_counter() - start) / 3


def test_published_limits() -> None:
    pro, advanced = rd_station_limits("pro"), rd_station_limits("advanced")
    assert [(limit.count, limit.seconds) for limit in pro["contacts"]] == [(120, 60)]
    assert advanced["contacts"][0].count == 500
    assert pro["contact_events"][0].counter == pro["contact_patch"][0].counter == "contacts"
    assert [limit.count for limit in pro["events"] if limit.per_key] == [120]
    assert [rd_station_limits(plan)["workflow_leads_add"][0].count for plan in ("light", "basic", "pro", "advanced")] == [1, 1, 10, 100]
    assert rd_station_crm_limits()["*"][0].count == 120
    with pytest.raises(ValueError, match="unknown RD Station plan 'gold'"):
        rd_station_limits("gold")  # fmt: skip


def test_an_owner_without_limits_is_an_error_and_a_client_id_is_not_needed(tmp_path: Path) -> None:
    limiter = SqlLimiter(f"sqlite:///{tmp_path / 's.db'}", limits(5, 60))
    limiter.acquire("rd:client-1", "x")
    with pytest.raises(KeyError, match="no limits for quota owner 'crm'"):
        limiter.acquire("crm", "x")
    with pytest.raises(ValueError, match="can never fit"):
        limiter.acquire("rd", "x", cost=6)


