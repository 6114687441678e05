"""Small fakes of the ports, and a home folder for dlt pipelines. No network, no waiting."""

import contextlib
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from ingestion.ports import Ports, Target
from ingestion.tables import create_missing


class FakeClock:
    """Stands still; sleeping moves it."""

    def __init__(self, now: str = "2026-06-30T21:00:00+00:00") -> None:
        self.instant = datetime.fromisoformat(now).astimezone(UTC)
        self.slept: list[float] = []

    def now(self) -> datetime:
        return self.instant

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.instant += timedelta(seconds=seconds)


class MemoryTokens:
    """A token store in memory that remembers every `put`."""

    def __init__(self, tokens: dict[str, dict[str, Any]] | None = None) -> None:
        self.tokens = dict(tokens or {})
        self.puts: list[dict[str, Any]] = []
        self._lock = threading.Lock()

    def get(self, system: str) -> dict[str, Any] | None:
        return self.tokens.get(system)

    def put(self, system: str, token: dict[str, Any]) -> None:
        self.tokens[system] = token
        self.puts.append(token)

    @contextlib.contextmanager
    def lock(self, system: str) -> Iterator[None]:
        with self._lock:
            yield


@contextlib.contextmanager
def no_lock(holder: str) -> Iterator[None]:
    """A warehouse that nobody else uses."""
    yield


class CountingLimiter:
    """Lets everything pass until `budget` calls of a resource are spent."""

    def __init__(self, budget: dict[str, int] | None = None) -> None:
        self.budget, self.calls = dict(budget or {}), list[tuple[str, str, str | None]]()
        self._lock = threading.Lock()

    def acquire(self, owner: str, resource: str, key: str | None = None, cost: int = 1) -> None:
        with self._lock:
            self.calls.append((owner, resource, key))
            if resource in self.budget:
                self.budget[resource] -= cost
                if self.budget[resource] < 0:
                    raise OutOfQuota


class OutOfQuota(Exception):
    """What another room's limiter may raise: only the attribute is agreed."""

    retry_after_seconds = 1800.0


class RecordingProgress:
    """Keeps the steps."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, int, int | None, str]] = []

    def step(self, source: str, done: int, total: int | None, unit: str) -> None:
        self.steps.append((source, done, total, unit))


class Home:
    """One company's warehouse in a temporary folder; `ports()` numbers the loads."""

    def __init__(self, folder: Path) -> None:
        self.warehouse = folder / "warehouse.duckdb"
        self.clock, self.tokens, self.limiter = FakeClock(), MemoryTokens(), CountingLimiter()
        self.load_seq = 0
        self.holders: list[str] = []
        self._held = False
        self.target = Target(self.warehouse, folder, self.lock)

    @contextlib.contextmanager
    def lock(self, holder: str) -> Iterator[None]:
        assert not self._held, "the warehouse lock is not re-entrant"
        self._held = True
        self.holders.append(holder)
        try:
            yield
        finally:
            self._held = False

    def ports(self) -> Ports:
        self.load_seq += 1
        return Ports(self.limiter, self.tokens, self.clock, self.load_seq, RecordingProgress())

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def execute(self, sql: str) -> None:
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute(sql)


class DirectLanding:
    """Stands in for dlt in tests of readers: same types, same cursors with the rows, a hundred times faster."""

    def __init__(self, pipeline_name: str, dataset: str, target: Target) -> None:
        self._name, self._dataset, self._target = pipeline_name, dataset, target
        self._cursors = target.home / f"{pipeline_name}.json"

    def settle(self) -> None:
        with self._target.lock("open"), duckdb.connect(str(self._target.destination)) as connection:
            create_missing(connection, "duckdb", [self._dataset, "raw_inbox"])

    @property
    def state(self) -> dict[str, Any]:
        return json.loads(self._cursors.read_text()) if self._cursors.exists() else {}

    def load(self, tables: dict[str, pa.Table], state: dict[str, Any]) -> None:
        with self._target.lock("load"), duckdb.connect(str(self._target.destination)) as connection:
            for name, rows in tables.items():
                connection.register("arrived", rows)
                connection.execute(f"insert into {self._dataset}.{name} by name select * from arrived")
        self._cursors.write_text(json.dumps(state))

    def read(self, **queries: str) -> dict[str, list[tuple[Any, ...]]]:
        with (
            self._target.lock("read"),
            duckdb.connect(str(self._target.destination), read_only=True) as connection,
        ):
            return {name: connection.execute(query).fetchall() for name, query in queries.items()}
