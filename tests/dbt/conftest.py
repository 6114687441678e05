"""One place for all warehouses of this room's tests: dbt parses anew whenever a path in its profile differs."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def dbt_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with dbt's target; `fresh_warehouse(dbt_home)` is where the DuckDB file goes."""
    return tmp_path_factory.mktemp("dbt")
