"""One warehouse for the tests of all clause kinds: each of them tells its stories in the same company."""

from __future__ import annotations

import importlib
import shutil
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.clauses.company import Company, Rows, agreement
from tests.dbt.raw_fixture import fetch, fresh_warehouse, run_dbt
from tests.support.once import once


@dataclass(frozen=True)
class Verdicts:
    """The verdicts of the built company; a story is a person's name."""

    database: Path
    rows: Rows

    def of(self, story: str, clause: str, owner: int | None = None, passage: int = 1) -> dict[str, Any]:
        """The one verdict of a story's passage (or of its owner) on a clause."""
        found = [
            row
            for row in self.rows
            if (row["story"], row["clause_id"], row["owner_no"], row["passage_no"])
            == (story, clause, owner, passage)
        ]
        assert len(found) == 1, (story, clause, len(found))
        return found[0]

    def brief(self, story: str, clause: str, owner: int | None = None, passage: int = 1) -> str:
        """`verdict` or `verdict/reason`."""
        row = self.of(story, clause, owner, passage)
        return row["verdict"] + (f"/{row['reason']}" if row["reason"] else "")

    def clauses(self, story: str) -> set[str]:
        """The clauses that speak of a story."""
        return {row["clause_id"] for row in self.rows if row["story"] == story}


def build() -> Company:
    """The company with every story that a test file of this folder tells."""
    company, clauses, items = Company(), [], defaultdict(list)
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        module = importlib.import_module(f"tests.dbt.clauses.{path.stem}")
        clauses += getattr(module, "CLAUSES", [])
        for table, rows in getattr(module, "ITEMS", {}).items():
            items[table] += rows
        module.tell(company)
    agreement(company, clauses, items)
    return company


@pytest.fixture(scope="package")
def verdicts(dbt_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """Built once for this folder, by the worker that comes first."""

    def make(path: Path) -> None:
        built = build().write_duckdb(fresh_warehouse(dbt_home))
        run_dbt(["run", "--select", "+fct_sla_verdicts"], dbt_home, built)
        shutil.copyfile(built, path)

    made = once(tmp_path_factory, "clauses.duckdb", make)
    database = Path(shutil.copyfile(made, tmp_path_factory.mktemp("clauses") / "warehouse.duckdb"))
    rows = fetch(
        database,
        """
        select coalesce(n.source_id, h.opening_record) as story, h.passage_no, v.*
        from marts.fct_sla_verdicts as v
        inner join intermediate.int_handoffs as h on v.handoff_id = h.handoff_id
        left join intermediate.int_person_nodes as n on h.person_id = n.person_id and n.source_system = 'rd_station'
        """,
    )
    return Verdicts(database, rows)
