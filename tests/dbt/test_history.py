"""History that never was in a CRM: the example's files through the readers and the models, against figures by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.agreement import load_agreement
from contract.mappings import load_mappings
from contract.tables import agreement_tables
from ingestion.files import reader
from ingestion.runner import Session
from tests.dbt.raw_fixture import Raw, fetch, fresh_warehouse, run_dbt
from tests.support.history import HISTORY, NOW, VERDICTS, check, key_of


def build(dbt_home: Path, without: str = "") -> Path:
    """The warehouse of the example; `without` leaves out one of its tables, as if the company had no such export."""
    raw = Raw(agreement=False)
    rules = agreement_tables(load_agreement(HISTORY / "agreement"), load_mappings(HISTORY / "mappings"))
    parts = reader(HISTORY / "mappings" / "files.yaml", HISTORY / "data")(Session({}, 1, lambda **_: {}))
    for system, tables in [("agreement", rules), *(("files", part.tables) for part in parts)]:
        for table, rows in tables.items():
            for row in rows if table != without else []:
                raw.add(system, table, **row)
    database = raw.write_duckdb(fresh_warehouse(dbt_home))
    instants = {"as_of": f"{NOW:%Y-%m-%d %H:%M:%S}", "go_live": "2027-01-01 03:00:00"}
    run_dbt(["run", "--select", "+int_clause_verdicts +int_funnel_events"], dbt_home, database, instants)
    return database


def test_every_verdict_of_the_example_is_the_one_worked_out_by_hand(dbt_home: Path) -> None:
    database = build(dbt_home)
    check(database, "intermediate.int_clause_verdicts", "intermediate.int_handoffs")
    stages = fetch(database, "select stage, count(*) as n from intermediate.int_funnel_events group by stage")
    assert {row["stage"]: row["n"] for row in stages} == {"mql": 8, "accepted": 1, "sql": 2, "customer": 1}


@pytest.mark.long
def test_without_a_list_of_attempts_nobody_is_called_untouched(dbt_home: Path) -> None:
    database = build(dbt_home, without="attempts")
    rows = fetch(database, "select * from intermediate.int_clause_verdicts where subject_type = 'handoff'")
    needs_attempts = {"response_time", "attempts_made", "cadence_order", "give_back_allowed"}
    found = {(row["verdict"], row["reason"]) for row in rows if row["clause_kind"] in needs_attempts}
    assert found == {("not_judgeable", "attempts_not_recorded"), ("not_judgeable", "date_only")}
    others = {(key_of(r["subject_id"]), r["clause_id"]): (r["verdict"], r["reason"]) for r in rows
              if r["clause_kind"] not in needs_attempts}  # fmt: skip
    assert others == {key: VERDICTS[key][:2] for key in others}
