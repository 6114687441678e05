"""The agreement lands once, as one load, and again only when something in it changes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from contract import agreement_tables, load_agreement, load_mappings
from ingestion.agreement import run
from tests.contract.full_sample import FULL
from tests.contract.samples import write
from tests.ingestion.fakes import Home

DEMO = Path(__file__).parents[3] / "profiles" / "demo"


def test_rules_land_as_rows_through_dlt(dlt_home: Home) -> None:
    agreement, mappings = load_agreement(DEMO / "agreement"), load_mappings(DEMO / "mappings")
    report = run(agreement, mappings, dlt_home.target, dlt_home.ports())
    expected = agreement_tables(agreement, mappings)
    assert report.rows_by_table == {name: len(rows) for name, rows in expected.items() if rows}
    assert report.rows_by_table["versions"] == 5 and "restatements" not in report.rows_by_table
    assert run(agreement, mappings, dlt_home.target, dlt_home.ports()).rows == 0
    found = dlt_home.query(
        "select v.agreement_version, c.limit_seconds, d.working_seconds, v.load_seq "
        "from raw_agreement.versions v "
        "join raw_agreement.clauses c on c.agreement_version = v.agreement_version and c.applies_to = 'hot' "
        "join raw_agreement.calendar_days d on d.calendar_hash = v.calendar_hash and d.utc_date = '2026-06-01' "
        "order by v.effective_from"
    )
    assert found == [(f"v{n}", 600 if n == 1 else 300, 32400, 1) for n in range(1, 6)]


def test_what_belongs_to_no_version_loads_again_too(home: Home, tmp_path: Path) -> None:
    mappings = load_mappings(tmp_path)
    folder = write(tmp_path, a=FULL)
    run(load_agreement(folder), mappings, home.target, home.ports())
    assert run(load_agreement(folder), mappings, home.target, home.ports()).rows == 0
    write(tmp_path, a=FULL.replace("reason: CRM fora do ar", "reason: CRM parado"))
    assert run(load_agreement(folder), mappings, home.target, home.ports()).rows_by_table["waivers"] == 1
    write(tmp_path, a=FULL.replace("from: 2026-03-02", "from: 2026-03-03"))
    run(load_agreement(folder), mappings, home.target, home.ports())
    assert home.query("select from_at from raw_agreement.absences where reason = 'férias' order by load_seq") == [
        (datetime(2026, 3, 2, 3),), (datetime(2026, 3, 2, 3),), (datetime(2026, 3, 3, 3),),
    ]  # fmt: skip


def test_a_changed_mapping_loads_everything_again(home: Home, tmp_path: Path) -> None:
    agreement, mappings = load_agreement(write(tmp_path, a=FULL)), load_mappings(DEMO / "mappings")
    run(agreement, mappings, home.target, home.ports())
    fewer = type(mappings)(mappings.stages, mappings.channels[:-1])
    report = run(agreement, fewer, home.target, home.ports())
    assert report.rows_by_table["versions"] == 1 and report.rows_by_table["channel_map"] == 12
    assert home.query("select distinct load_seq from raw_agreement.clauses order by 1") == [(1,), (2,)]
