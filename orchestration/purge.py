"""Takes erased values out of the files themselves: a database that updates or deletes leaves the old bytes in free blocks.

The warehouse file is written anew and put in place by one rename; PostgreSQL tables by VACUUM FULL; the state database
by SQLite's secure_delete, VACUUM and a truncated log. All of it may be killed and repeated.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from ingestion.erasure import erase
from ingestion.personal import personal_tables
from orchestration import warehouse
from orchestration.durable import fsync
from orchestration.faults import crash_point
from orchestration.runtime import Runtime

WORK = "purge"  # folder below the home where the new warehouse file grows


def erase_recorded(runtime: Runtime) -> dict[str, int]:
    """Apply all recorded erasures to the raw tables; returns rows changed by table. The caller holds the warehouse lock.

    Readers land nothing of the forgotten; this catches what was read before the erasure and landed after it. Nobody
    forgotten: no table is looked at.
    """
    forgotten = runtime.erasures.forgotten()
    if not forgotten:
        return {}
    with warehouse.opened(runtime) as (connection, engine):
        changed = erase(connection, engine, forgotten)
        if changed:
            runtime.erasures.purge_due = True  # before the commit: a kill between the two must not lose it
            crash_point("forget.erased_uncommitted")
    crash_point("forget.erased")
    return changed


def warehouse_if_due(runtime: Runtime) -> bool:
    """Rewrite the warehouse when erased values may lie in it. After a full build: older models hold them too.

    The caller holds the warehouse lock, and no connection is open.
    """
    if not runtime.erasures.purge_due:
        return False
    if runtime.profile.engine == "postgres":
        _vacuum_postgres(str(runtime.warehouse))
    else:
        rewrite_duckdb(runtime.paths.warehouse, runtime.paths.home / WORK)
    crash_point("forget.purged")
    runtime.erasures.purge_due = False
    return True


def rewrite_duckdb(path: Path, work: Path) -> None:
    """Write everything that is in the file into a new one, and put that in its place by one rename."""
    import duckdb

    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(mode=0o700)
    with duckdb.connect(str(path)) as file:
        file.execute("checkpoint")  # nothing may be left in a log that would be replayed on the new file
    fresh = work / path.name
    with duckdb.connect() as connection:
        # The old name is kept while views are copied: they may name it.
        connection.execute(f"attach {_text(path)} as {path.stem} (read_only)")
        connection.execute(f"attach {_text(fresh)} as fresh")
        connection.execute(f"copy from database {path.stem} to fresh")
        connection.execute("checkpoint fresh")
    fresh.chmod(path.stat().st_mode & 0o777)
    fsync(fresh)
    crash_point("forget.rewritten")
    path.with_name(path.name + ".wal").unlink(missing_ok=True)  # empty after the checkpoint
    fresh.replace(path)
    fsync(path.parent)
    shutil.rmtree(work, ignore_errors=True)


def state(runtime: Runtime) -> None:
    """Leave nothing deleted in the state database's file or its log."""
    if not runtime.state_url.startswith("sqlite"):
        return
    import sqlite3

    connection = sqlite3.connect(runtime.paths.state_db, timeout=30, isolation_level=None)
    try:
        connection.execute("pragma secure_delete = on")
        connection.execute("vacuum")
        connection.execute("pragma wal_checkpoint(truncate)")
    finally:
        connection.close()


def _vacuum_postgres(url: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for schema, table, _personal in personal_tables():
            connection.execute(f'vacuum full "{schema}"."{table}"')  # type: ignore[arg-type]


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
