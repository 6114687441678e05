"""Opens the state database: SQLite with durable commits and short waits for other writers, or PostgreSQL."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from activation.errors import ActivationError

BUSY_MILLISECONDS = 30_000
_LOCK_KEY = 0x6261_7374  # advisory lock under which tables are made on PostgreSQL


def open_database(url: str, durable: bool = True, read_only: bool = False) -> sa.Engine:
    """An engine for `url` (`sqlite:///…` or `postgresql://…`).

    `durable`: each commit reaches the disk (synchronous FULL). `read_only`: nothing of the file may change.
    Write transactions on SQLite begin IMMEDIATE, so that read-then-write inside one is atomic between processes.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        return sa.create_engine(parsed, pool_pre_ping=True)
    path = sqlite_path(url)

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={_mode(path, read_only)}", uri=True, check_same_thread=False,
            timeout=BUSY_MILLISECONDS / 1000, isolation_level=None,
        )  # fmt: skip
        if read_only:
            connection.execute("pragma query_only=on")
            return connection
        # Switching to WAL takes an exclusive lock that ignores the busy timeout: only switch when needed.
        if connection.execute("pragma journal_mode").fetchone()[0] != "wal":
            connection.execute("pragma journal_mode=wal")
        connection.execute(f"pragma synchronous={'full' if durable else 'normal'}")
        return connection

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.pool.QueuePool)

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        reading = read_only or connection.get_execution_options().get("reading")
        connection.exec_driver_sql("begin" if reading else "begin immediate")

    return engine


def _mode(path: Path, read_only: bool) -> str:
    if not read_only:
        return "rwc"
    # A reader of a WAL database makes two side files. Mode rw removes them on closing, but would also write a crashed
    # process's WAL into the file; mode ro leaves everything as it finds it, the side files that it made included.
    return "ro" if path.with_name(path.name + "-wal").exists() else "rw"


def sqlite_path(url: str) -> Path:
    """The file of a SQLite URL. A database in memory is refused: a ledger must outlive its process."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database or parsed.database == ":memory:":
        raise ActivationError("the state database must be sqlite:///<file> or postgresql://…")
    return Path(parsed.database)


def is_sqlite(url: str) -> bool:
    """Whether `url` names a SQLite file."""
    return make_url(url).get_backend_name() == "sqlite"


def has_table(url: str, table: sa.Table) -> bool:
    """Whether the database at `url` holds `table`, found out without making a file or a table: rehearsals write nothing."""
    if is_sqlite(url) and not sqlite_path(url).exists():
        return False
    engine = open_database(url, read_only=True)
    try:
        return sa.inspect(engine).has_table(table.name)
    finally:
        engine.dispose()


def create_tables(engine: sa.Engine, metadata: sa.MetaData) -> None:
    """Create what is missing, columns that a later release added included; safe when several processes start at once."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("select pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        metadata.create_all(connection)
        present = sa.inspect(connection)
        for table in metadata.sorted_tables:
            for index in table.indexes:
                index.create(connection, checkfirst=True)
            known = {column["name"] for column in present.get_columns(table.name)}
            for column in table.columns:
                if column.name not in known:  # only nullable ones are ever added: earlier rows do not have them
                    kind = column.type.compile(engine.dialect)
                    connection.exec_driver_sql(f'alter table "{table.name}" add column "{column.name}" {kind}')


def upsert(engine: sa.Engine, table: sa.Table) -> Any:
    """An INSERT that can say `on_conflict_…` on both engines."""
    if engine.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgres_insert

        return postgres_insert(table)
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert(table)
