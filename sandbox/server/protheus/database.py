"""Writes the ERP's tables from `erp.*` events into SQLite (default) or PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, make_url
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import DBAPIError

from sandbox.events import Event
from sandbox.server.protheus.schema import (
    RECNO,
    build_tables,
    stored,
    table_specs,
)
from sandbox.world import World


def default_url(home: Path | None) -> str | None:
    """`sqlite:///<home>/protheus.db`; none without a home."""
    return f"sqlite:///{(home / 'protheus.db').resolve()}" if home else None


@dataclass(slots=True)
class _Row:
    """One physical row in memory; `values` as the world wrote them."""

    values: dict[str, Any]
    deleted: bool
    stamp: datetime | None
    inserted: datetime | None


class ProtheusDatabase:
    """The database of one company group. `collect` takes events, `rebuild` and `flush` write."""

    def __init__(self, url: str, world: World, stamps: bool = True) -> None:
        self._url = _driver(make_url(url))
        self._stamps = stamps
        self._specs = table_specs(world)
        self._sharing = {row["alias"]: row["sharing"] for row in world.reference.get("erp_tables") or ()}
        self._postgres = self._url.get_backend_name() == "postgresql"
        self._metadata, self._tables = build_tables(self._specs, self._postgres, stamps)
        self._rows: dict[str, dict[int, _Row]] = {name: {} for name in self._specs}
        self._dirty: dict[tuple[str, int], None] = {}
        self._engine: Engine = create_engine(self._url)
        if not self._postgres:
            event.listen(self._engine, "connect", _sqlite_pragmas)

    @property
    def shown_url(self) -> str:
        """The URL for readers."""
        return self._url.render_as_string(hide_password=False)

    # Events --------------------------------------------------------------------------------------------------
    def collect(self, fact: Event) -> None:
        """Take one `erp.*` event; it reaches the database at the next `flush`."""
        name, recno = fact.data["table"], int(fact.data["recno"])
        rows = self._rows[name]
        at = fact.at.replace(tzinfo=None)
        if fact.kind == "erp.upsert":
            stamp = at if fact.data.get("stamp", True) else None
            row = rows.get(recno)
            if row is None:
                rows[recno] = _Row(fact.data["row"], False, stamp, stamp)
            else:
                row.values, row.stamp = fact.data["row"], stamp
        elif fact.kind == "erp.delete":
            if recno in rows:
                rows[recno].deleted, rows[recno].stamp = True, at
        elif fact.kind == "erp.pack":
            rows.pop(recno, None)
        self._dirty[(name, recno)] = None

    def _record(self, name: str, recno: int) -> tuple[Any, ...]:
        """Values of one physical row in the order of the table's columns."""
        row, spec = self._rows[name][recno], self._specs[name]
        values = [*stored(spec, row.values), "*" if row.deleted else " ", recno]
        if spec.unique:
            values.append(recno if row.deleted else 0)
        if self._stamps:
            values += [self._instant(row.stamp), self._instant(row.inserted)]
        return tuple(values)

    def _instant(self, value: datetime | None) -> Any:
        """A stamp as the driver takes it (SQLite keeps text in SQLAlchemy's form)."""
        return value if self._postgres or value is None else value.isoformat(" ", "microseconds")

    # Writing -------------------------------------------------------------------------------------------------
    def rebuild(self) -> None:
        """Create every table anew and fill it, in one transaction: readers see the old or the new database."""
        if not self._postgres and self._url.database:
            Path(self._url.database).parent.mkdir(parents=True, exist_ok=True)
        with self._engine.begin() as connection:
            self._metadata.drop_all(connection)
            self._metadata.create_all(connection)
            for name, rows in self._rows.items():
                records = [self._record(name, recno) for recno in rows]
                if records:
                    self._insert(connection, name, records)
        self._dirty.clear()

    def _insert(self, connection: Connection, name: str, records: list[tuple[Any, ...]]) -> None:
        """Bulk insert past the ORM layers: tens of thousands of rows at every start."""
        table = self._tables[name]
        marks = ", ".join(["%s" if self._postgres else "?"] * len(table.columns))
        names = ", ".join(column.name for column in table.columns)
        connection.exec_driver_sql(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", records)

    def flush(self) -> None:
        """Write what changed since the last call, in one transaction."""
        if not self._dirty:
            return
        by_table: dict[str, list[int]] = {}
        for name, recno in self._dirty:
            by_table.setdefault(name, []).append(recno)
        with self._engine.begin() as connection:
            for name, recnos in by_table.items():
                table = self._tables[name]
                for start in range(0, len(recnos), 500):
                    connection.execute(table.delete().where(table.c[RECNO].in_(recnos[start : start + 500])))
                records = [self._record(name, recno) for recno in recnos if recno in self._rows[name]]
                if records:
                    self._insert(connection, name, records)
        self._dirty.clear()

    # Reading (the REST server) --------------------------------------------------------------------------------
    def physical(self, alias: str) -> str | None:
        """The physical table of an alias."""
        return next((name for name in self._specs if name[:3] == alias and name != "SYS_COMPANY"), None)

    def kinds(self, aliases: list[str]) -> dict[str, str]:
        """Column -> kind of the dictionary, of some tables."""
        wanted = [self._specs[name] for alias in aliases if (name := self.physical(alias))]
        return {column.name: column.kind for spec in wanted for column in spec.columns}

    def branch_column(self, alias: str) -> str | None:
        """The branch column of a table; the dictionary has none."""
        return next((name for name in self.kinds([alias]) if name.endswith("_FILIAL")), None)

    def branch_text(self, alias: str, branch: str) -> str:
        """What the branch column holds for a branch: blanks in a table that all branches share."""
        shared = self._sharing.get(alias, "E") == "C"
        return ("" if shared else branch.replace("'", "")).ljust(2)

    def read(self, sql: str) -> list[Any]:
        """Rows of a SELECT, on a connection that cannot write. ValueError when the database refuses it."""
        with self._engine.connect() as connection:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY" if self._postgres else "PRAGMA query_only=ON")
            try:
                return list(connection.exec_driver_sql(sql.replace("%", "%%") if self._postgres else sql).fetchall())
            except DBAPIError as error:
                raise ValueError(type(error.orig).__name__) from None
            finally:
                connection.rollback()
                if not self._postgres:
                    connection.exec_driver_sql("PRAGMA query_only=OFF")

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _driver(url: URL) -> URL:
    """PostgreSQL URLs without a driver use psycopg."""
    return url.set(drivername="postgresql+psycopg") if url.drivername in ("postgresql", "postgres") else url


def _sqlite_pragmas(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=OFF")
    cursor.execute("PRAGMA busy_timeout=10000")
    cursor.close()
