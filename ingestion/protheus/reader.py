"""The whole read of Protheus as slices: every table by R_E_C_N_O_ first, then what the stamps show as changed.

State per table: `recno` (where the first load stands; null when it is done), `stamp` (watermark, UTC), `swept_at`.
A soft delete is an update, so deleted rows come along. Rows of the overlap that are stored with the same stamp are
left out. Tables without stamps: new R_E_C_N_O_ each time, everything again when a sweep is due.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ingestion.errors import SourceError
from ingestion.ports import Ports, Target
from ingestion.protheus.database import Database, PhysicalTable
from ingestion.protheus.rows import columns_to_read, landed, vanished
from ingestion.protheus.settings import (
    IDENTIFIERS,
    PIPELINE,
    RECNO,
    REQUIRED_TABLES,
    SCHEMA,
    STAMP,
    SYSTEM,
    ProtheusConfig,
)
from ingestion.protheus.values import stamp
from ingestion.rows import Row, instant, merge
from ingestion.runner import LoadReport, Session, Slice, load
from ingestion.tables import TABLES

ALIASES = tuple(name for name in TABLES[SCHEMA] if name not in (IDENTIFIERS, "quarantine"))


def run(config: ProtheusConfig, ports: Ports, target: Target) -> LoadReport:
    """Load what changed in Protheus since the last run. Raises IngestionError; progress is kept."""
    database = Database(config.url, config.company_group)
    try:
        database.open()
        return load(
            PIPELINE, SCHEMA, lambda session: Reader(database, config, ports, session).read(), target, ports
        )
    finally:
        database.close()


@dataclass
class Reader:
    """One run."""

    database: Database
    config: ProtheusConfig
    ports: Ports
    session: Session

    def __post_init__(self) -> None:
        self.now = self.ports.clock.now().replace(tzinfo=None)
        self._stored = self._read_stored()

    def read(self) -> Iterator[Slice]:
        """Table by table; missing ones are noted, or refused when there is no revenue without them."""
        unstamped = []
        for position, alias in enumerate(ALIASES):
            table = self.database.table(alias)
            self.ports.progress.step(SYSTEM, position + 1, len(ALIASES), "tables")
            if table is None:
                self._missing(alias)
                continue
            if not table.has_stamp:
                unstamped.append(table.name)
            columns, lacking = columns_to_read(alias, table)
            if lacking:
                self.session.note(
                    f"protheus: {table.name} lacks {', '.join(lacking)}; these columns stay empty."
                )
            yield from self._table(alias, table, columns)
        if unstamped:
            self.session.note(
                f"protheus: no S_T_A_M_P_ in {', '.join(unstamped)}: changes of old rows are seen every "
                f"{self.config.full_sweep_days:g} days only. Ask the DBAccess administrator for UseRowStamp."
            )

    def _missing(self, alias: str) -> None:
        if alias in REQUIRED_TABLES:
            raise SourceError(
                f"The Protheus database has no table {alias.upper()} for company group {self.config.company_group!r}. "
                "Check the URL and company_group in bastao.yaml."
            )
        self.session.note(
            f"protheus: no table {alias.upper()} for group {self.config.company_group}; skipped."
        )

    def _table(self, alias: str, table: PhysicalTable, columns: list[str]) -> Iterator[Slice]:
        state = self.session.state.setdefault(alias, {})
        swept = instant(state.get("swept_at"))
        due = swept is not None and self.now - swept >= timedelta(days=self.config.full_sweep_days)
        if "swept_at" not in state or (due and not table.has_stamp):
            yield from self._everything(alias, table, columns, state)
        elif table.has_stamp:
            yield from self._stamped(alias, table, columns, state)
        else:
            yield from self._chunks(alias, table, columns, state, None, {})
        if due:
            yield self._vanished(alias, table)
            state["swept_at"] = self.now.isoformat()
            yield Slice({})

    def _everything(
        self, alias: str, table: PhysicalTable, columns: list[str], state: Row
    ) -> Iterator[Slice]:
        """The first load, or a whole table again; goes on where a killed one stopped."""
        if "start" not in state:
            state.update(start=self.now.isoformat(), recno=0)
            if table.has_stamp:
                # Before the first row is read: what changes meanwhile is behind this watermark.
                newest = stamp(self.database.newest_stamp(table))
                state["stamp"] = newest.isoformat() if newest else None
        yield from self._chunks(alias, table, columns, state, None, {})
        state["swept_at"] = state.pop("start")
        yield Slice({})

    def _stamped(self, alias: str, table: PhysicalTable, columns: list[str], state: Row) -> Iterator[Slice]:
        since = self._since(state)
        # The newest row of this load may not be the one with the newest stamp: the cursor moves at the end.
        progress: Row = {"recno": 0, "stamp": state.get("stamp")}
        yield from self._chunks(alias, table, columns, progress, since, self._stored.get(alias, {}))
        state["stamp"] = progress["stamp"]
        yield Slice({})

    def _chunks(
        self,
        alias: str,
        table: PhysicalTable,
        columns: list[str],
        state: Row,
        since: datetime | None,
        stored: dict[int, datetime],
    ) -> Iterator[Slice]:
        while True:
            rows = self.database.chunk(table, columns, state.get("recno") or 0, since, self.config.chunk_rows)
            if not rows:
                return
            state["recno"] = int(rows[-1][RECNO])
            news = [row for row in rows if STAMP not in row or self._is_news(row, state, stored, since)]
            yield Slice(merge(landed(alias, row, self.config.company_group, table.decimals) for row in news))
            if len(rows) < self.config.chunk_rows:
                return

    @staticmethod
    def _is_news(
        row: dict[str, Any], state: Row, stored: dict[int, datetime], since: datetime | None
    ) -> bool:
        moment = stamp(row[STAMP])
        if since is not None and moment is not None:
            state["stamp"] = max(moment.isoformat(), state["stamp"] or "")
        return moment is None or stored.get(int(row[RECNO])) != moment

    def _since(self, state: Row) -> datetime:
        watermark = instant(state.get("stamp"))
        return (
            watermark - timedelta(minutes=self.config.overlap_minutes) if watermark else datetime(1900, 1, 1)
        )

    def _read_stored(self) -> dict[str, dict[int, datetime]]:
        """Stamps that are stored of the overlap, per table: one visit to the warehouse for all of them."""
        queries = {
            alias: f"select recno, max(stamped_at) from {SCHEMA}.{alias} "
            f"where stamped_at >= timestamp '{self._since(state):%Y-%m-%d %H:%M:%S}' group by recno"
            for alias, state in self.session.state.items()
            if state.get("stamp") and alias in ALIASES
        }
        return {alias: dict(rows) for alias, rows in self.session.read(**queries).items()} if queries else {}

    def _vanished(self, alias: str, table: PhysicalTable) -> Slice:
        """Rows that are gone without a trace: a pack removes what was soft-deleted (rule 8)."""
        query = (
            f"select recno from (select recno, is_deleted, row_number() over "
            f"(partition by recno order by load_seq desc, row_seq desc) as n from {SCHEMA}.{alias}) as t "
            "where n = 1 and not is_deleted"
        )
        live = {row[0] for row in self.session.read(live=query)["live"]}
        gone = sorted(live - self.database.recnos(table))
        return Slice(merge(vanished(alias, recno, self.config.company_group) for recno in gone))
