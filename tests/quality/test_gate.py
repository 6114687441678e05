"""The gate on real DuckDB files: good data passes, each kind of bad data is named by its keys, broken rules are errors."""

from pathlib import Path

import duckdb
import pytest

from ingestion.tables import create_missing
from quality.gate import GateError, check
from quality.gates import gate_raw
from quality.rules import Rule, at_least_rows, in_set, none_where, not_null, unique
from quality.suites.marts import privacy_rules, reconciliation_rules, volume_rules

T = "marts.fct_handoffs"


@pytest.fixture
def candidate(tmp_path: Path) -> Path:
    path = tmp_path / "bi.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts")
        con.execute(f"create table {T} (handoff_id varchar, status varchar, note varchar, n integer)")
        con.execute(
            f"insert into {T} values ('a', 'won', 'x', 1), ('b', 'open', null, 2), ('b', 'gone', 'y', -1), (null, 'won', 'z', 0)"
        )
    return path


def _one(path: Path, rule: Rule):
    result = check(path, [rule])
    assert result.checked == 1
    return result.failures[0] if result.failures else None


def test_each_kind_of_failure_names_its_rows(candidate: Path) -> None:
    repeated = _one(candidate, unique(T, "handoff_id", remedy="r"))
    assert repeated is not None and repeated.rows == 2 and repeated.keys == ("b",)
    unknown = _one(candidate, in_set(T, "status", ("won", "open"), key="handoff_id", remedy="r"))
    assert unknown is not None and unknown.rows == 1 and unknown.keys == ("b",)
    negative = _one(candidate, none_where(T, "n", "n < 0", keys=["handoff_id"], remedy="r"))
    assert negative is not None and negative.keys == ("b",)
    empty = _one(candidate, not_null(T, "note", key="handoff_id", remedy="r"))
    assert empty is not None and empty.keys == ("b",)
    few = _one(candidate, at_least_rows(T, 5, remedy="r"))
    assert few is not None and "5 rows" in few.rule


def test_what_holds_passes_and_the_file_is_free_again(candidate: Path) -> None:
    assert check(candidate, [none_where(T, "n", "n > 100", keys=["n"], remedy="r")]).passed
    with duckdb.connect(str(candidate)) as con:  # read-write: fails if the gate kept a lock
        con.execute("create table marts.free (i integer)")


def test_a_warning_does_not_stop(candidate: Path) -> None:
    result = check(candidate, [not_null(T, "note", key="handoff_id", remedy="r", severity="warning")])
    assert result.passed and len(result.failures) == 1


def test_a_lost_column_or_table_stops(candidate: Path) -> None:
    result = check(
        candidate,
        [not_null(T, "sql_at", key="handoff_id", remedy="r"), unique("marts.gone", "x", remedy="r")],
    )
    assert not result.passed
    assert {f.table for f in result.blocking} == {T, "marts.gone"}


def test_a_rule_that_cannot_be_computed_is_an_error_not_a_verdict(candidate: Path) -> None:
    with pytest.raises(GateError, match="could not be computed"):
        check(candidate, [none_where(T, "broken", "no_such_function(n)", keys=["n"], remedy="r")])


@pytest.mark.parametrize(
    "value",
    ["fale com ana@empresa.com.br", "529.982.247-25", "(11) 98765-4321", "+55 11 98765-4321"],
)
def test_personal_text_stops(tmp_path: Path, value: str) -> None:
    path = tmp_path / "bi.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts")
        con.execute("create table marts.t as select ? as note", [value])
    result = check(path, privacy_rules({"marts.t": ["note"]}))
    assert not result.passed
    assert all(value not in str(f) for f in result.failures)


def test_ids_and_amounts_are_not_taken_for_personal(tmp_path: Path) -> None:
    path = tmp_path / "bi.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts")
        con.execute(
            "create table marts.t as select md5(i::varchar) as id, '66f0a1b2c3d4e5f600000' || i as deal,"
            " '2026-06-01T10:00:00' as at_text, (i * 1234567)::varchar as n from range(5000) r(i)"
        )
    assert check(path, privacy_rules({"marts.t": ["id", "deal", "at_text", "n"]})).passed


def test_revenue_that_differs_from_the_erp_stops_and_names_branch_and_month(tmp_path: Path) -> None:
    path = tmp_path / "bi.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts")
        con.execute(
            "create table marts.fct_revenue as select '01' as company_group, b as branch_id, d::date as occurred_on, true as"
            " is_revenue, 'protheus' as source_system, a::decimal(18, 2) as signed_amount from (values ('01', '2026-05-03', 10),"
            " ('01', '2026-05-31', -2.5), ('02', '2026-05-03', 4)) t(b, d, a)"
        )
        con.execute(
            "create table marts.rpt_revenue_reconciliation as select '01' as company_group, b as branch_id, date '2026-05-01'"
            " as month, a::decimal(18, 2) as erp_revenue, 0::decimal(18, 2) as difference from (values ('01', 7.5), ('02', 4))"
            " t(b, a)"
        )
    assert check(path, reconciliation_rules()).passed
    with duckdb.connect(str(path)) as con:
        con.execute("update marts.rpt_revenue_reconciliation set difference = 0.01 where branch_id = '01'")
        con.execute("delete from marts.fct_revenue where branch_id = '02'")
    models, rows = check(path, reconciliation_rules()).blocking
    assert models.keys == ("01 2026-05-01",) and rows.keys == ("02 2026-05-01",)


def test_shrinking_facts_stop_and_may_be_accepted() -> None:
    rules = volume_rules({T: 100, "marts.fct_revenue": 3})
    assert [r.arguments["min_value"] for r in rules] == [85]


def test_raw_gate_looks_at_one_load_only(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute("create schema raw_files")
        con.execute("create table raw_files.handoffs (handoff_key varchar, load_seq bigint, row_seq bigint)")
        con.execute(
            "create table raw_files.deals (deal_key varchar, handoff_key varchar, load_seq bigint, row_seq bigint)"
        )
        con.execute(
            "create table raw_files.movements (movement_key varchar, kind varchar, amount decimal(18,2), occurred_on date,"
            " load_seq bigint, row_seq bigint)"
        )
        con.execute("insert into raw_files.handoffs values (null, 1, 1), ('a', 2, 1)")
        con.execute("insert into raw_files.movements values ('m', 'gift', 1, '2026-01-01', 3, 7)")
    assert not gate_raw(path, "raw_files", 1).passed
    assert gate_raw(path, "raw_files", 2).passed
    assert gate_raw(path, "raw_files", 3).blocking[0].keys == ("3 7",)


def test_an_export_whose_total_is_not_its_lines_stops(tmp_path: Path) -> None:
    path = tmp_path / "raw.duckdb"
    columns = "load_seq, row_seq, lines, quarantined, total_amount, stated_total"
    with duckdb.connect(str(path)) as con:
        create_missing(con, "duckdb", schemas=["raw_media_cost"])
        for row in (
            "1, 1, 100, 0, 500.40, 500.00",  # platforms round each line
            "1, 2, 3, 0, 10.00, null",  # states no total
            "2, 1, 100, 0, 500.40, 900.00",  # cut off
            "3, 1, 100, 2, 500.40, 900.00",  # two lines in quarantine: known to be missing
        ):
            con.execute(f"insert into raw_media_cost.files ({columns}) values ({row})")
    assert gate_raw(path, "raw_media_cost", 1).passed
    assert gate_raw(path, "raw_media_cost", 2).blocking[0].keys == ("2 1",)
    assert gate_raw(path, "raw_media_cost", 3).passed
