"""The staging of HubSpot, Salesforce, Pipedrive and Protheus is the same on PostgreSQL as on DuckDB.

What follows staging does not know which CRM a company has, and is compared on both engines with RD Station CRM's (engines.py).
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration import stages
from orchestration.settings import load_profile
from tests.e2e import line
from tests.e2e.crm_companies import Companies, companies
from tests.e2e.raw_copy import copy_raw
from tests.support.company import secrets
from tests.support.postgres import ON_POSTGRES, scratch_database

pytestmark = pytest.mark.long
SELECT = "path:models/staging,resource_type:model path:tests/staging"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Companies]:
    with companies(tmp_path_factory.mktemp("engines"), SELECT, seed=12, leads=60, months=3) as found:
        yield found


@pytest.mark.parametrize("crm", ["hubspot", "salesforce", "pipedrive"])
def test_staging_is_the_same_on_both_engines(company: Companies, crm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one = company.having(crm)
    with scratch_database() as url:
        copy_raw(one.paths.warehouse, url)
        for name, value in {**secrets(company.box.credentials), **company.secrets, "BASTAO_TEST_WAREHOUSE_URL": url}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("BASTAO_HOME", str(company.base / f"{crm}-postgres"))
        monkeypatch.setenv("DBT_INDIRECT_SELECTION", "empty")
        other = load_profile(_on_postgres(one.folder, company.base / f"{crm}-postgres-company"))
        # The load sequence belongs to the raw rows: without it nothing would count as known.
        for file in filter(Path.is_file, one.home.glob("state.db*")):
            shutil.copy(file, other.paths.create().home / file.name)
        stages.transform(other, SELECT)
        tables = [
            f"{row.table_schema}.{row.table_name}"
            for row in line.postgres_frame(url, RELATIONS).itertuples()
            if row.table_name.startswith((f"stg_{crm}__", "stg_protheus__"))
        ]
        assert {f"staging.stg_{crm}__deals", "staging.stg_protheus__sd2"} <= set(tables) and len(tables) > 30
        wrong = [said for table in tables if (said := _unequal(table, one.paths.warehouse, url))]
    assert not wrong, "\n".join(wrong)


RELATIONS = """
    select table_schema, table_name from information_schema.tables where table_schema = 'staging' order by 1, 2
"""


def _on_postgres(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target)
    config = target / "bastao.yaml"
    text = config.read_text(encoding="utf-8")
    for old, new in ON_POSTGRES.items():
        assert old in text
        text = text.replace(old, new)
    config.write_text(text, encoding="utf-8")
    return target


def _unequal(table: str, warehouse: Path, url: str) -> str | None:
    """What of a relation is on one engine alone; None when nothing is."""
    one, other = line.frame(warehouse, f"select * from {table}"), line.postgres_frame(url, f"select * from {table}")
    if list(one.columns) != list(other.columns):
        return f"{table} has other columns: {sorted(set(one.columns) ^ set(other.columns))}"
    mine, theirs = (Counter(tuple(map(_plain, row)) for row in frame.itertuples(index=False, name=None)) for frame in (one, other))
    if mine == theirs:
        return None
    return f"{table}: DuckDB alone {list(mine - theirs)[:2]}, PostgreSQL alone {list(theirs - mine)[:2]}"


def _plain(value: Any) -> Any:
    """Numbers of equal value are equal, whatever their type and scale."""
    return Decimal(str(value)) if isinstance(value, int | float | Decimal) and not isinstance(value, bool) else value
