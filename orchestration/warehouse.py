"""What dbt needs before it starts: every raw table in place, and the variables that replace the clock in SQL."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from orchestration.runtime import Runtime

DATABASE_TEXT = "%Y-%m-%d %H:%M:%S"


@contextlib.contextmanager
def opened(runtime: Runtime, read_only: bool = False) -> Iterator[tuple[Any, Any]]:
    """(connection, engine) on the warehouse, in one transaction: an error or a kill leaves nothing of it.

    The caller holds the warehouse lock. Nothing is made by looking: FileNotFoundError when there is no warehouse yet.
    """
    if runtime.profile.engine == "duckdb":
        import duckdb

        if not runtime.paths.warehouse.exists():
            raise FileNotFoundError(runtime.paths.warehouse)
        with duckdb.connect(str(runtime.warehouse), read_only=read_only) as file:
            file.begin()
            yield file, "duckdb"
            file.commit()
        return
    import psycopg

    with psycopg.connect(str(runtime.warehouse)) as connection:
        yield connection, "postgres"


def create_missing(runtime: Runtime) -> None:
    """Create the raw tables that no source has made yet. The caller holds the warehouse lock."""
    from ingestion.tables import create_missing as create

    if runtime.profile.engine == "duckdb":
        import duckdb

        with duckdb.connect(str(runtime.warehouse)) as connection:
            create(connection, "duckdb")
        return
    import psycopg

    with psycopg.connect(str(runtime.warehouse)) as connection:
        create(connection, "postgres")


def variables(runtime: Runtime) -> dict[str, Any]:
    """dbt's variables for a build of what is known now: instants are UTC text, `known_at` a load sequence."""
    profile = runtime.profile
    nurture = profile.destinations.rd_station_nurture
    return {
        "as_of": runtime.now().strftime(DATABASE_TEXT),
        "known_at": runtime.state.current_value("load_seq"),
        "time_zone": profile.time_zone,
        "go_live": profile.go_live.strftime(DATABASE_TEXT),
        "return_max_age_days": nurture.max_age_days if nurture else 0,
        "currency": profile.currency,
    }
