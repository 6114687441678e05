"""The client that ingestion lends us: a POST goes out once, and each way it can fail is read rightly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from activation.destinations.rd_station_contact import RdConsent
from activation.destinations.rd_station_nurture import RdStationNurture
from activation.limits import Limit
from activation.ports import Outcome, Presence, Scope
from activation.quota import SqlLimiter
from ingestion.http import ApiClient
from ingestion.ports import NoLimits
from tests.activation.loopback import Loopback, RealClock
from tests.activation.support import NOW, one_row


class Token:
    """Credentials that cannot be renewed."""

    def apply(self, headers: dict[str, str], params: dict[str, Any]) -> str:
        headers["Authorization"] = "Bearer t"
        return "t"

    def renew(self, used: str) -> bool:
        return False


def client(base: str, limiter: Any = None) -> ApiClient:
    return ApiClient(
        base, Token(), limiter or NoLimits(), "rd_station:x", RealClock(), patience_seconds=0.1, timeout=httpx.Timeout(0.3)
    )


@pytest.fixture
def nurture(loopback: Loopback) -> Iterator[RdStationNurture]:
    api = client(loopback.base)
    yield RdStationNurture(api)
    api.close()


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        ("ok", Outcome.ACCEPTED),
        ("drop_before", Outcome.UNCERTAIN),
        ("drop_after", Outcome.UNCERTAIN),
        ("slow_after", Outcome.UNCERTAIN),
        ("500_after", Outcome.UNCERTAIN),
        ("html", Outcome.UNCERTAIN),
        ("html_200", Outcome.UNCERTAIN),
        ("400", Outcome.REJECTED),
        ("401", Outcome.BLOCKED),
        ("429_account", Outcome.THROTTLED),
        ("429_lead", Outcome.THROTTLED),
    ],
)
def test_a_post_goes_out_once(nurture: RdStationNurture, loopback: Loopback, fault: str, outcome: Outcome) -> None:
    loopback.control(faults=[fault])
    result = nurture.send(one_row("a"))
    assert result.outcome is outcome
    assert loopback.requests() == ["POST /platform/events"]
    if fault == "429_lead":
        assert result.scope is Scope.RECORD


def test_find_and_consent(nurture: RdStationNurture, loopback: Loopback) -> None:
    loopback.control(missing=["b@example.com.br"])
    nurture.send(one_row("a"))
    assert nurture.find(one_row("a"), NOW).presence is Presence.FOUND
    api = client(loopback.base)
    assert RdConsent(api).current(one_row("a")).status == "granted"
    assert RdConsent(api).current(one_row("b")).status == "missing"


def test_our_limiter_speaks_through_it(loopback: Loopback, tmp_path: Path) -> None:
    rules = {"rd_station": {"events": (Limit("lead", 1, 86400, per_key=True),), "*": ()}}
    limiter = SqlLimiter(f"sqlite:///{tmp_path / 's.db'}", rules, max_wait_seconds=0)
    nurture = RdStationNurture(client(loopback.base, limiter))
    assert nurture.send(one_row("a")).outcome is Outcome.ACCEPTED
    again = nurture.send(one_row("a"))
    assert (again.outcome, again.scope) == (Outcome.THROTTLED, Scope.RECORD)
    assert again.retry_after_seconds and again.retry_after_seconds > 80_000
    assert nurture.send(one_row("b")).outcome is Outcome.ACCEPTED


def test_a_refused_connection_never_left() -> None:
    result = RdStationNurture(client("http://127.0.0.1:9")).send(one_row("a"))
    assert result.outcome is Outcome.NOT_SENT
