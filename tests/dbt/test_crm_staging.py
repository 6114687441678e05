"""Every CRM's staging gives the same tables: what follows staging does not know which CRM a company has."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from orchestration.paths import DBT_PROJECT
from orchestration.source_settings import CRMS

STAGING = DBT_PROJECT / "models" / "staging"
BUILT = [crm for crm in CRMS if (STAGING / crm).is_dir()]


def documented(crm: str) -> dict[str, list[str]]:
    """Table -> columns, of the YAML beside the models; the models must be there too."""
    models = yaml.safe_load((STAGING / crm / "_models.yml").read_text())["models"]
    prefix = f"stg_{crm}__"
    ours = [model for model in models if model["name"].startswith(prefix)]
    assert all((STAGING / crm / f"{model['name']}.sql").is_file() for model in ours)
    return {model["name"].removeprefix(prefix): [column["name"] for column in model["columns"]] for model in ours}


@pytest.mark.parametrize("crm", BUILT)
def test_the_tables_are_those_of_rd_station_crm(crm: str) -> None:
    expected, found = documented("rd_station_crm"), documented(crm)
    assert {table: sorted(columns) for table, columns in expected.items()} == {
        table: sorted(columns) for table, columns in found.items() if table in expected
    }


def test_the_guide_names_every_table_and_column() -> None:
    guide = (Path(DBT_PROJECT).parent / "docs" / "adding-a-crm.md").read_text()
    for table, columns in documented("rd_station_crm").items():
        row = next(line for line in guide.splitlines() if line.startswith(f"| `{table}` |"))
        words = row.replace("`", " ").replace(",", " ").replace("(", " ").replace(")", " ").split()
        assert set(columns) <= set(words), table
