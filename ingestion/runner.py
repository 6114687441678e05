"""Runs one source load: a reader yields slices, one or several of them become one dlt package in the raw schema.

Rows and cursors of a package arrive together or not at all, so a kill costs at most the package in the making.
Readers get a `Session`: the cursors of the last slice (`state`, theirs to change), `read` for questions to the warehouse,
and `notes` for what the operator should know.
"""

from __future__ import annotations

import contextlib
import itertools
import pickle
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol, TypeVar

import numpy as np
import pyarrow as pa

from ingestion.errors import IngestionError, QuotaExhausted
from ingestion.garbage import rare_collections
from ingestion.landing import Landing
from ingestion.personal import PERSONAL
from ingestion.ports import Clock, Lock, NoProgress, Ports, Progress, Target
from ingestion.rows import Row, compact, to_arrow
from ingestion.tables import TABLES, TableSpec


class Closable(Protocol):
    """Something with connections to close."""

    def close(self) -> None:
        """Close them."""


Api = TypeVar("Api", bound=Closable)
Tables = dict[str, list[Row]]
PACKAGE_ROWS = 200_000  # waiting as typed columns, which take a tenth of the memory of dicts
PACKAGE_SECONDS = 30.0


@dataclass(frozen=True)
class Slice:
    """Rows by table; `origin` is their record_origin (poll, webhook, snapshot, file, state) unless a row says other.

    `flush` lands it at once, with what came before it; other slices wait for company, a package costs a second.
    `arrow`: rows that are typed already, with all columns of their raw table except provenance; for large tables.
    """

    tables: Tables
    origin: str = "poll"
    flush: bool = False
    arrow: Mapping[str, pa.Table] = field(default_factory=dict)


@dataclass
class Session:
    """What a reader may see and change while it runs."""

    state: dict[str, Any]
    load_seq: int
    read: Callable[..., dict[str, list[tuple[Any, ...]]]]
    notes: list[str] = field(default_factory=list)

    def note(self, message: str) -> None:
        """Tell the operator once."""
        if message not in self.notes:
            self.notes.append(message)


@dataclass(frozen=True)
class LoadReport:
    """What one load did. `retry_after_seconds` is set when a quota ended it early; what was read is kept."""

    rows_by_table: dict[str, int]
    load_seq: int
    seconds: float
    notes: tuple[str, ...] = ()
    retry_after_seconds: float | None = None

    @property
    def rows(self) -> int:
        """All rows of this load."""
        return sum(self.rows_by_table.values())


Reader = Callable[[Session], Iterable[Slice]]


@rare_collections()
def load(
    pipeline_name: str,
    dataset: str,
    reader: Reader,
    target: Target,
    ports: Ports,
) -> LoadReport:
    """Run `reader` and land its slices in `dataset`. Raises IngestionError; whatever was landed before stays.

    A quota that is used up is no error: the report says when to go on.
    """
    started = time.monotonic()
    landing = Landing(pipeline_name, dataset, target)
    landing.settle()
    session = Session(landing.state, ports.load_seq, landing.read)
    personal = frozenset(PERSONAL.get(dataset, ())) if target.forgotten else frozenset()
    stamp = Stamp(ports.load_seq, ports.clock.now())
    package = _Package(landing, TABLES[dataset], stamp, partial(target.forgotten.scrub, dataset), personal)
    retry_after = None
    try:
        for part in reader(session):
            package.add(part, session.state)
    except QuotaExhausted as stop:
        session.note(str(stop))
        retry_after = stop.retry_after_seconds
    except IngestionError:
        package.flush()  # what was read before the failure was paid for: it need not be read again
        raise
    package.flush()
    return LoadReport(
        package.counts, ports.load_seq, time.monotonic() - started, tuple(session.notes), retry_after
    )


@contextlib.contextmanager
def given_or_own(api: Api | None, make: Callable[[], Api]) -> Iterator[Api]:
    """The client that the caller gave, which stays open, or one of our own, closed at the end."""
    if api is not None:
        yield api
        return
    with contextlib.closing(make()) as own:
        yield own


class _Package:
    """Gathers slices until one asks to be landed, or enough rows or seconds have come together."""

    def __init__(
        self,
        landing: Landing,
        specs: Mapping[str, TableSpec],
        stamp: Stamp,
        scrub: Callable[[Tables], None],
        personal: frozenset[str],
    ) -> None:
        self._landing, self._specs, self._stamp, self._scrub, self._personal = landing, specs, stamp, scrub, personal
        self.counts: dict[str, int] = {}
        self._waiting: dict[str, list[pa.Table]] = {}
        self._stored = landing.state
        self._state = pickle.dumps(self._stored)  # the reader changes its own with every slice
        self._since = time.monotonic()

    def add(self, part: Slice, state: dict[str, Any]) -> None:
        """Take a slice and the cursors that belong to it. LandingError when a row is not what its table holds."""
        tables = {**part.tables}
        for name, table in part.arrow.items():
            if name in self._personal:  # somebody asked to be forgotten: these rows are looked at one by one
                tables[name] = [*tables.get(name, ()), *table.to_pylist()]
            else:
                self._wait(name, self._stamp.arrow(table, part.origin))
        self._scrub(tables)
        for name, rows in compact(tables).items():
            self._stamp(rows, part.origin)
            self._wait(name, to_arrow(self._specs[name], rows))
        self._state = pickle.dumps(state)
        many = sum(len(table) for waiting in self._waiting.values() for table in waiting) >= PACKAGE_ROWS
        if part.flush or many or time.monotonic() - self._since >= PACKAGE_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Land what was gathered; nothing happens when neither rows nor cursors are new."""
        state = pickle.loads(self._state)
        if self._waiting or state != self._stored:
            self._landing.load({name: pa.concat_tables(waiting) for name, waiting in self._waiting.items()}, state)
        self._waiting = {}
        self._stored, self._since = state, time.monotonic()

    def _wait(self, name: str, table: pa.Table) -> None:
        if len(table):
            in_order = table.select([column.name for column in self._specs[name].all_columns])
            self._waiting.setdefault(name, []).append(in_order)
            self.counts[name] = self.counts.get(name, 0) + len(table)


class Stamp:
    """Provenance of every raw row: which load, which row of it, when extracted (UTC), and where from."""

    def __init__(self, load_seq: int, now: datetime) -> None:
        self._load_seq, self._now = load_seq, now
        self._row_seq = itertools.count(1)

    def __call__(self, rows: list[Row], origin: str) -> None:
        """Add the provenance columns to `rows`, in place."""
        for row in rows:
            row["load_seq"], row["row_seq"] = self._load_seq, next(self._row_seq)
            row["extracted_at"] = self._now
            row.setdefault("record_origin", origin)

    def arrow(self, table: pa.Table, origin: str) -> pa.Table:
        """The same for typed rows: a table with the provenance columns added."""
        first, count = next(self._row_seq), len(table)
        self._row_seq = itertools.count(first + count)
        for name, values in (
            ("load_seq", pa.repeat(pa.scalar(self._load_seq, pa.int64()), count)),
            ("row_seq", pa.array(np.arange(first, first + count))),
            ("extracted_at", pa.repeat(pa.scalar(self._naive, pa.timestamp("us")), count)),
            ("record_origin", pa.repeat(pa.scalar(origin), count)),
        ):
            table = table.append_column(name, values)
        return table

    @property
    def _naive(self) -> datetime:
        return self._now if self._now.tzinfo is None else self._now.astimezone(UTC).replace(tzinfo=None)


def load_rows(
    pipeline_name: str,
    dataset: str,
    tables: Tables,
    *,
    origin: str,
    target: Target,
    clock: Clock,
    load_seq: int,
    progress: Progress | None = None,
) -> LoadReport:
    """Land rows that are already there (agreement, files) as one slice of one load."""
    nothing: Any = None  # rows at hand ask for neither quota nor token
    ports = Ports(nothing, nothing, clock, load_seq, progress or NoProgress())
    return load(pipeline_name, dataset, lambda _session: [Slice(tables, origin)], target, ports)


__all__ = ["LoadReport", "Lock", "Reader", "Session", "Slice", "Stamp", "given_or_own", "load", "load_rows"]
