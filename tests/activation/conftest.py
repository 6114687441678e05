"""Fixtures: the same tests on SQLite and on a PostgreSQL of the test's own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from activation import faults
from tests.activation.loopback import Loopback, serve
from tests.support.postgres import new_database, postgres_url  # noqa: F401


@pytest.fixture(autouse=True)
def no_crash_points() -> Iterator[None]:
    yield
    faults.install(None)


@pytest.fixture(params=["sqlite", "postgres"])
def state_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh state database on each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'state.db'}"
    return new_database(request.getfixturevalue("postgres_url"), f"state_{uuid.uuid4().hex}")


@pytest.fixture(scope="session")
def loopback_server() -> Iterator[Loopback]:
    with serve() as server:
        yield server


@pytest.fixture
def loopback(loopback_server: Loopback) -> Loopback:
    """The imitation of RD Station, empty and well behaved."""
    loopback_server.control()
    return loopback_server


@pytest.fixture(scope="module")
def kills() -> Iterator[list[int]]:
    """How many runs of each round were killed; a campaign without kills proves nothing."""
    counted: list[int] = []
    yield counted
    assert sum(counted) >= len(counted), f"{sum(counted)} kills in {len(counted)} rounds"
