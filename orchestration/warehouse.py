"""What dbt needs before it starts: every raw table in place, and the variables that replace the clock in SQL."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration import dbt_runner, policies
from orchestration.destination_settings import RdStationSale
from orchestration.profile import Profile
from orchestration.runtime import Runtime

if TYPE_CHECKING:
    from ingestion.tables import Engine

DATABASE_TEXT = "%Y-%m-%d %H:%M:%S"


@contextlib.contextmanager
def opened(runtime: Runtime, read_only: bool = False) -> Iterator[tuple[Any, Any]]:
    """(connection, engine) on the warehouse, in one transaction: an error or a kill leaves nothing of it.

    The caller holds the warehouse lock. Nothing is made by looking: FileNotFoundError when there is no warehouse yet.
    """
    if isinstance(runtime.warehouse, Path) and not runtime.warehouse.exists():
        raise FileNotFoundError(runtime.warehouse)
    with transaction(runtime.warehouse, read_only) as found:
        yield found


@contextlib.contextmanager
def transaction(warehouse: Path | str, read_only: bool = False) -> Iterator[tuple[Any, Engine]]:
    """(connection, engine): one transaction on a DuckDB file or the PostgreSQL database of a URL."""
    if isinstance(warehouse, str):
        import psycopg

        with psycopg.connect(warehouse) as connection:
            yield connection, "postgres"
        return
    import duckdb

    with duckdb.connect(str(warehouse), read_only=read_only) as file:
        file.begin()
        yield file, "duckdb"
        file.commit()


def create_missing(runtime: Runtime) -> None:
    """Create the raw tables that no source has made yet. The caller holds the warehouse lock."""
    from ingestion.tables import create_missing as create

    with transaction(runtime.warehouse) as (connection, engine):
        create(connection, engine)


def variables(runtime: Runtime) -> dict[str, Any]:
    """dbt's variables for a build of what is known now: instants are UTC text, `known_at` a load sequence."""
    now, known = runtime.now().strftime(DATABASE_TEXT), runtime.state.current_value("load_seq")
    settled = settled_variables(runtime.profile)
    # What was erased must leave every table: while it may lie in one, nothing is kept of the build before.
    code = "" if runtime.erasures.purge_due else dbt_runner.made_of(json.dumps([runtime.profile.crm, settled], sort_keys=True))
    return {"as_of": now, "known_at": known, "identity_code": code, **settled}


def settled_variables(profile: Profile) -> dict[str, Any]:
    """The variables that bastao.yaml alone decides."""
    returns = [one.max_age_days for one in (profile.destinations.rd_station_nurture, profile.destinations.rd_station_flow) if one]
    sale = profile.destinations.rd_station_sale or RdStationSale.model_validate({})
    health = profile.delivery_health
    return {
        "time_zone": profile.time_zone,
        "go_live": profile.go_live.strftime(DATABASE_TEXT),
        "return_max_age_days": max(returns, default=0),
        "sale_invoice_wait_days": sale.invoice_wait_days,
        "sale_without_invoice": sale.without_invoice,
        "currency": profile.currency,
        "revenue_match_days": profile.revenue_match.days,
        "revenue_match_tolerance_bp": round(profile.revenue_match.tolerance * 10_000),
        "attribution": profile.attribution.model_dump(),
        "economics": profile.economics.model_dump(),
        "delivery_confirm_seconds": policies.confirm_seconds(profile),
        "delivery_waiting_seconds": int(health.waiting_hours * 3600),
        "delivery_stopped_seconds": int(health.stopped_hours * 3600),
        "delivery_health_days": health.days,
        **profile.identity.variables(),
    }
