"""Runs the line by its plain stages, as Dagster's full run does, and reads the marts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import psycopg
import pytest

from orchestration import stages
from orchestration.profile import Profile
from sandbox.truth import Observations, Posted

SOURCES = ("agreement", "rd_station", "rd_station_crm", "protheus", "media_cost", "inbox", "deliveries")


def ingest_all(profile: Profile) -> dict[str, Any]:
    """Load every source, the company's own CRM among them; returns the reports."""
    sources = [profile.crm if source == "rd_station_crm" else source for source in SOURCES]
    return {source: stages.ingest(profile, source) for source in sources}


def build(profile: Profile) -> None:
    """Transform and publish; a refused publish is an error."""
    stages.transform(profile)
    stages.publish(profile).raise_if_refused()


def build_models(profile: Profile) -> None:
    """Transform without the data tests: for rows that passed them already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_INDIRECT_SELECTION", "empty")  # `dbt build` adds the data tests of what is selected
        stages.transform(profile, "resource_type:model")


def frame(path: Path, query: str) -> pd.DataFrame:
    """A query on a DuckDB file, as plain Python objects (None stays None)."""
    with duckdb.connect(str(path), read_only=True) as con:
        cursor = con.execute(query)
        names = [column[0] for column in cursor.description or []]
        return pd.DataFrame(cursor.fetchall(), columns=pd.Index(names), dtype=object)


def postgres_frame(url: str, query: str) -> pd.DataFrame:
    """The same for a PostgreSQL warehouse."""
    with psycopg.connect(url) as con:
        cursor = con.execute(query)  # type: ignore[call-overload]
        names = [column.name for column in cursor.description or []]
        return pd.DataFrame(cursor.fetchall(), columns=pd.Index(names), dtype=object)


def observations(path: Path, polls: Sequence[datetime], posted: Sequence[Posted] = ()) -> Observations:
    """When the line looked: its polls, and of funnels and deals, which are read only when they changed, each read."""

    def reads(query: str) -> dict[str, list[datetime]]:
        found: dict[str, list[datetime]] = {}
        for record, at in frame(path, query).itertuples(index=False):
            found.setdefault(record, []).append(at.replace(tzinfo=UTC))
        return found

    return Observations(
        polls,
        reads("select distinct contact_uuid, observed_at from raw_rd_station.funnels"),
        reads("select distinct deal_id, observed_at from raw_rd_station_crm.deals where not coalesce(is_deleted, false)"),
        posted=posted,
    )
