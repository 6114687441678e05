"""The whole read of Protheus as slices: every table by R_E_C_N_O_ first, then what the stamps show as changed.

State per table: `recno` (where the first load stands; where tables without stamps end), `stamp` (watermark, UTC),
`swept_at`, `columns`. A soft delete is an update, so deleted rows come along. Rows of the overlap that are stored with
the same stamp are left out. Without stamps: new R_E_C_N_O_ and the newest few again each time, everything when a sweep
is due; of those only what differs from what is stored lands.

A table that cannot be read stops itself: the others are read, and the failure is raised at the end.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from ingestion.errors import ApiError, ConfigError, IngestionError, SourceError
from ingestion.plausible import AHEAD
from ingestion.ports import Ports, Target
from ingestion.protheus import convert, schema_watch
from ingestion.protheus.database import Database
from ingestion.protheus.reconcile import Stored, reconcile
from ingestion.protheus.rest import RestSource
from ingestion.protheus.rows import Landed, columns_to_read, landed, own_columns, sharing_rows
from ingestion.protheus.settings import (
    EXTRA_SOURCES,
    IDENTIFIERS,
    PIPELINE,
    RECNO,
    REQUIRED_TABLES,
    SCHEMA,
    SHARING,
    STAMP,
    SYSTEM,
    ProtheusConfig,
)
from ingestion.protheus.source import Chunk, PhysicalTable, Source
from ingestion.rows import Row, instant
from ingestion.runner import LoadReport, Session, Slice, load
from ingestion.tables import TABLES

ALIASES = tuple(name for name in TABLES[SCHEMA] if name not in (IDENTIFIERS, SHARING, "quarantine"))
PATIENCE = 3  # so many tables in a row that cannot be read, and the ERP is taken to be down


def run(
    config: ProtheusConfig, ports: Ports, target: Target, transport: httpx.BaseTransport | None = None
) -> LoadReport:
    """Load what changed in Protheus since the last run. Raises IngestionError; progress is kept."""
    source = open_source(config, ports, transport)
    try:
        source.open()
        return load(
            PIPELINE, SCHEMA, lambda session: Reader(source, config, ports, session).read(), target, ports
        )
    finally:
        source.close()


def open_source(config: ProtheusConfig, ports: Ports, transport: httpx.BaseTransport | None = None) -> Source:
    """The way to the ERP that the settings name; ConfigError when its address is missing."""
    if config.mode == "sql":
        if not config.url:
            raise ConfigError("Protheus by SQL needs a database URL: sources.protheus.url_env in bastao.yaml names where it is.")
        return Database(config)
    if config.rest is None:
        raise ConfigError("Protheus by REST needs sources.protheus.rest_url in bastao.yaml, a user and a password.")
    return RestSource(config.rest, config.company_group, ports, transport)


@dataclass
class Reader:
    """One run."""

    source: Source
    config: ProtheusConfig
    ports: Ports
    session: Session
    failures: list[IngestionError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = self.ports.clock.now().replace(tzinfo=None)
        self.stored = Stored(self.session)
        self._overlap = self.stored.stamps(
            {alias: self._since(self.session.state[alias]) for alias in ALIASES if self._state(alias).get("stamp")}
        )
        self._unstamped: list[str] = []
        self._due: list[tuple[str, PhysicalTable, list[str], Row]] = []  # tables whose sweep is due

    def read(self) -> Iterator[Slice]:
        """Table by table. Raises at the end what kept tables from being read."""
        for note in self.source.notes:
            self.session.note(note)
        yield from self._sharing()
        answers = yield from self._each(self._tables())
        if self._due and answers:
            yield Slice({}, flush=True)  # what this run read is stored before it is compared: once, each package takes its time
            yield from self._each(self._reconciled(*due) for due in self._due)
        if self._unstamped:
            self.session.note(
                f"protheus: no S_T_A_M_P_ in {', '.join(self._unstamped)}: changes of old rows are seen every "
                f"{self.config.full_sweep_days:g} days only. Ask the DBAccess administrator for UseRowStamp."
            )
        if len(self.failures) == 1:
            raise self.failures[0]
        if self.failures:
            raise SourceError(" ".join(dict.fromkeys(str(failure) for failure in self.failures)))

    def _each(self, tables: Iterable[Iterator[Slice]]) -> Generator[Slice, None, bool]:
        """The slices of tables; what keeps one from being read is kept for later. False: so many failed that the ERP is down."""
        in_a_row = 0
        for table in tables:
            try:
                yield from table
                in_a_row = 0
            except (SourceError, ApiError) as error:
                if isinstance(error, ApiError) and error.status is None:
                    raise
                self.failures.append(error)
                in_a_row += 1
                if in_a_row == PATIENCE:
                    return False
        return True

    def _tables(self) -> Iterator[Iterator[Slice]]:
        for position, alias in enumerate(ALIASES):
            self.ports.progress.step(SYSTEM, position + 1, len(ALIASES), "tables")
            yield self._one(alias)

    def _reconciled(self, alias: str, table: PhysicalTable, columns: list[str], state: Row) -> Iterator[Slice]:
        """A table against what is stored of it; its sweep is done then."""
        yield from reconcile(self, alias, table, columns)
        state["swept_at"] = self.now.isoformat()
        yield Slice({})

    def _one(self, alias: str) -> Iterator[Slice]:
        """One table; missing ones are noted, or refused when there is no revenue without them."""
        table = self.source.table(alias)
        if table is None:
            self._missing(alias)
            return
        if not table.has_stamp:
            self._unstamped.append(table.name)
        state = self.session.state.setdefault(alias, {})
        ours = {RECNO, STAMP, *(column.name for column in own_columns(alias)), *EXTRA_SOURCES.get(alias, ())}
        columns, lacking = columns_to_read(alias, table)
        for note in schema_watch.compare(alias, table, ours, state, self.config.accepted_changes):
            self.session.note(note)
        if lacking:
            self.session.note(f"protheus: {table.name} lacks {', '.join(lacking)}; these columns stay empty.")
        yield from self._table(alias, table, columns, state)

    def _state(self, alias: str) -> Row:
        return self.session.state.get(alias) or {}

    def _missing(self, alias: str) -> None:
        if alias in REQUIRED_TABLES:
            raise SourceError(
                f"The Protheus database has no table {alias.upper()} for company group {self.config.company_group!r}. "
                "Check the URL and company_group in bastao.yaml."
            )
        if self._state(alias).get("columns") and f"{alias}" not in {name.lower() for name in self.config.accepted_changes}:
            raise SourceError(
                f"Protheus table {alias.upper()} of group {self.config.company_group} was there and is gone. If that is meant, "
                f"add {alias.upper()} to sources.protheus.accepted_changes in bastao.yaml."
            )
        self.session.note(
            f"protheus: no table {alias.upper()} for group {self.config.company_group}; skipped."
        )

    def _sharing(self) -> Iterator[Slice]:
        """How tables are shared between branches; lands when it changed."""
        shown = sharing_rows(self.config.company_group, self.source.sharing)
        known = [list(row.values()) for row in shown]
        if shown and self.session.state.get(SHARING) != known:
            self.session.state[SHARING] = known
            yield Slice({SHARING: shown}, origin="state")

    def _table(self, alias: str, table: PhysicalTable, columns: list[str], state: Row) -> Iterator[Slice]:
        swept = instant(state.get("swept_at"))
        due = swept is not None and self.now - swept >= timedelta(days=self.config.full_sweep_days)
        if "swept_at" not in state:
            yield from self._everything(alias, table, columns, state)
        elif table.has_stamp and state.get("stamp") is not None:
            yield from self._stamped(alias, table, columns, state)
        elif table.has_stamp:
            # Nothing had a stamp so far (the column is new): whatever has one now was touched since.
            yield from self._stamped(alias, table, columns, state)
            if not due:
                yield from self._newest(alias, table, columns, state)
        else:
            yield from self._newest(alias, table, columns, state)
        if due:
            self._due.append((alias, table, columns, state))

    def _everything(
        self, alias: str, table: PhysicalTable, columns: list[str], state: Row
    ) -> Iterator[Slice]:
        """The first load; goes on where a killed one stopped."""
        if "start" not in state:
            state.update(start=self.now.isoformat(), recno=0)
            if table.has_stamp:
                # Before the first row is read: what changes meanwhile is behind this watermark.
                newest, _ = convert.stamps([self.source.newest_stamp(table, self.now + AHEAD)])
                state["stamp"] = moment.isoformat() if (moment := newest[0].as_py()) else None
        for chunk in self._chunks(table, columns, state.get("recno") or 0, None):
            part = self.slice_of(alias, table, chunk)
            state["recno"] = chunk.last(state["recno"])
            yield part
        state["swept_at"] = state.pop("start")
        yield Slice({})

    def _stamped(self, alias: str, table: PhysicalTable, columns: list[str], state: Row) -> Iterator[Slice]:
        """What was touched since the watermark. The cursor moves at the end: rows come in the order of their numbers."""
        since, newest = self._since(state), instant(state.get("stamp"))
        stored = self._overlap.get(alias, {})
        for chunk in self._chunks(table, columns, 0, since):
            moments = convert.stamps(chunk.columns[STAMP])[0].to_pylist()
            recnos = [int(value) for value in chunk.columns[RECNO]]
            past = [moment for moment in moments if moment and moment <= self.now + AHEAD]
            newest = max([*past, *([newest] if newest else [])], default=None)
            news = [n for n, moment in enumerate(moments) if moment is None or stored.get(recnos[n]) != moment]
            if news or chunk.refused:
                yield self.slice_of(alias, table, chunk.take(news))
        if newest:
            state["stamp"] = newest.isoformat()
        yield Slice({})

    def _newest(self, alias: str, table: PhysicalTable, columns: list[str], state: Row) -> Iterator[Slice]:
        """Without stamps: new record numbers, and the newest ones again. Customers are not looked at twice: what tells
        who they are is stored elsewhere, so that a change of it could not be seen here."""
        reached = state.get("recno") or 0
        after = reached if alias == "sa1" else max(0, reached - self.config.overlap_records)
        for chunk in self._chunks(table, columns, after, None, self.window_rows):
            part = self.stored.differing(alias, self.landed(alias, table, chunk)).slice_of(alias)
            state["recno"] = reached = chunk.last(reached)
            yield part

    @property
    def window_rows(self) -> int:
        """Rows that are compared with what is stored at a time: each comparison is a visit to the warehouse."""
        return max(self.config.chunk_rows, 20_000)

    def landed(self, alias: str, table: PhysicalTable, chunk: Chunk) -> Landed:
        """A chunk as it lands."""
        return landed(alias, chunk, self.config.company_group, table.decimals, self.now + AHEAD)

    def slice_of(self, alias: str, table: PhysicalTable, chunk: Chunk) -> Slice:
        """A chunk as a slice of the load."""
        return self.landed(alias, table, chunk).slice_of(alias)

    def _chunks(
        self, table: PhysicalTable, columns: list[str], after: int, since: datetime | None, limit: int = 0
    ) -> Iterator[Chunk]:
        """Chunks with rows (or refused ones) in the order of R_E_C_N_O_."""
        more = True
        while more:
            chunk, more = self.source.chunk(table, columns, after, since, limit or self.config.chunk_rows)
            after = chunk.last(after)
            if len(chunk) or chunk.refused:
                yield chunk

    def _since(self, state: Row) -> datetime:
        watermark = instant(state.get("stamp"))
        return (
            watermark - timedelta(minutes=self.config.overlap_minutes) if watermark else datetime(1900, 1, 1)
        )

