"""The text of the queries on each engine, by the contract's rules; and both ways to convert a column agree."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import mssql, oracle, postgresql

from ingestion.protheus import convert, queries, values
from ingestion.protheus.source import PhysicalTable
from ingestion.tables import Column

DIALECTS = {"postgresql": postgresql.dialect(), "mssql": mssql.dialect(), "oracle": oracle.dialect()}
UPPER = {name: name.upper() for name in ("r_e_c_n_o_", "d_e_l_e_t_", "s_t_a_m_p_", "d2_doc", "d2_emissao")}
COLUMNS = ["r_e_c_n_o_", "d_e_l_e_t_", "s_t_a_m_p_", "d2_doc", "d2_emissao"]


def table(dialect: str) -> PhysicalTable:
    """As the inspector names it: SQL Server shows upper case, the others (Oracle by SQLAlchemy's habit) lower."""
    lower = dialect != "mssql"
    return PhysicalTable("sd2010" if lower else "SD2010", {k: k if lower else v for k, v in UPPER.items()}, {})


def text(query: object, dialect: str) -> str:
    compiled = query.compile(dialect=DIALECTS[dialect], compile_kwargs={"literal_binds": True})  # type: ignore[attr-defined]
    return " ".join(str(compiled).split())


EXPECTED = {
    "postgresql": "SELECT sd2010.r_e_c_n_o_, sd2010.d_e_l_e_t_, sd2010.s_t_a_m_p_, sd2010.d2_doc, sd2010.d2_emissao FROM sd2010 "
                  "WHERE sd2010.r_e_c_n_o_ > 7 AND sd2010.s_t_a_m_p_ >= '2026-04-01 00:10:00' ORDER BY sd2010.r_e_c_n_o_ LIMIT 100",
    "mssql": "SELECT TOP 100 [SD2010].[R_E_C_N_O_], [SD2010].[D_E_L_E_T_], [SD2010].[S_T_A_M_P_], [SD2010].[D2_DOC], "
             "[SD2010].[D2_EMISSAO] FROM [SD2010] WHERE [SD2010].[R_E_C_N_O_] > 7 AND [SD2010].[S_T_A_M_P_] >= "
             "'2026-04-01 00:10:00' ORDER BY [SD2010].[R_E_C_N_O_]",
    "oracle": "SELECT sd2010.r_e_c_n_o_, sd2010.d_e_l_e_t_, sd2010.s_t_a_m_p_, sd2010.d2_doc, sd2010.d2_emissao FROM sd2010 "
              "WHERE sd2010.r_e_c_n_o_ > 7 AND sd2010.s_t_a_m_p_ >= TO_DATE('2026-04-01 00:10:00', 'YYYY-MM-DD HH24:MI:SS') "
              "ORDER BY sd2010.r_e_c_n_o_ FETCH FIRST 100 ROWS ONLY",
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_rows_are_paged_by_record_number_and_deleted_ones_come_along(dialect: str) -> None:
    since = queries.bound(datetime(2026, 4, 1, 0, 10), dialect)
    shown = text(queries.chunk(table(dialect), COLUMNS, 7, since, 100), dialect)
    assert shown.replace("TIMESTAMP ", "").replace("CAST(", "").replace(" AS DATETIME)", "").replace("T00:10", " 00:10") == EXPECTED[dialect]
    everything = text(queries.chunk(table(dialect), COLUMNS, 0, None, 100), dialect).upper()
    where = everything.partition(" WHERE ")[2]
    assert "D_E_L_E_T_" not in where and "S_T_A_M_P_" not in where  # a null stamp and a deletion are rows too
    for never in ("TRIM", "NOLOCK", "''", "OFFSET"):
        assert never not in everything, never


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_dictionary_leaves_deleted_rows_out_by_the_star(dialect: str) -> None:
    shown = text(queries.live(table(dialect), ["d2_doc"], "dbo"), dialect).upper()
    assert shown.endswith("!= '*'") and "= ''" not in shown
    assert "DBO" in shown  # the owner's name goes before the table's


@pytest.mark.parametrize("dialect", DIALECTS)
def test_other_questions(dialect: str) -> None:
    shown = text(queries.newest_stamp(table(dialect), datetime(2026, 7, 1), None), dialect).upper()
    assert "MAX(" in shown and "<=" in shown
    assert "IN (3, 9)" in text(queries.picked(table(dialect), COLUMNS, [3, 9]), dialect)


@pytest.mark.parametrize(("dialect", "words"), [("mssql", "SYSUTCDATETIME()"), ("oracle", "SYS_EXTRACT_UTC(SYSTIMESTAMP) FROM DUAL"), ("postgresql", "'UTC'")])
def test_the_clock_is_asked_for_in_utc(dialect: str, words: str) -> None:
    assert text(queries.clock(dialect), dialect).endswith(words)


RAW_TEXT = st.one_of(st.none(), st.text(max_size=12).map(lambda value: value + "   "), st.sampled_from(["        ", "AÇO  ", "a\x00b"]))
RAW_DAY = st.one_of(st.none(), st.sampled_from(["20260101", "20260231", "        ", "2026-03-04", "x", b"20260102"]))
RAW_NUMBER = st.one_of(
    st.none(), st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9), st.integers(-(10**9), 10**9).map(lambda cents: cents / 100),
    st.sampled_from([0.125, 1.005, 2.675, "12.5 ", "abc", True, float("nan"), float("inf"), 1e17, -0.0]),
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.lists(RAW_TEXT, max_size=6), st.lists(RAW_DAY, max_size=6), st.lists(RAW_NUMBER, max_size=6))
def test_columns_convert_as_single_values_do(texts: list[object], days: list[object], numbers: list[object]) -> None:
    cases = ((Column("a", "text"), texts, values.text), (Column("a", "date"), days, values.day),
             (Column("a", "decimal"), numbers, lambda value: values.number(value, 2)))  # fmt: skip
    for kind, raw, read in cases:
        expected, refused = [], []
        for position, value in enumerate(raw):
            try:
                expected.append(read(value))
            except values.BadValue as error:
                expected.append(None)
                refused.append((position, error.reason))
        array, found = convert.column(kind, raw, None)
        assert array.to_pylist() == expected and found == refused


def test_rounding_is_half_up_of_the_shortest_form() -> None:
    array, _ = convert.numbers([0.1 + 0.2, 1.005, 2.675, 0.125, -1.5, 99.9499999999], 2, 2)
    assert [str(value) for value in array.to_pylist()] == ["0.30", "1.01", "2.68", "0.13", "-1.50", "99.95"]
    assert convert.days(["20260229", "20240229"]) [0].to_pylist() == [None, date(2024, 2, 29)]
    assert values.number(99.95, 1) == Decimal("100.0")
