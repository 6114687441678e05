"""Runs the line by its plain stages, as Dagster's full run does, and reads the marts."""

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from orchestration import stages
from orchestration.profile import Profile

SOURCES = ("agreement", "rd_station", "rd_station_crm", "protheus", "inbox", "deliveries")


def ingest_all(profile: Profile) -> dict[str, Any]:
    """Load every source; returns the reports."""
    return {source: stages.ingest(profile, source) for source in SOURCES}


def build(profile: Profile) -> None:
    """Transform and publish; a refused publish is an error."""
    stages.transform(profile)
    stages.publish(profile).raise_if_refused()


def frame(path: Path, query: str) -> pd.DataFrame:
    """A query on a DuckDB file, as plain Python objects (None stays None)."""
    with duckdb.connect(str(path), read_only=True) as con:
        cursor = con.execute(query)
        names = [column[0] for column in cursor.description or []]
        return pd.DataFrame(cursor.fetchall(), columns=pd.Index(names), dtype=object)
