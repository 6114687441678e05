"""Landing of Protheus against the contract's example tables and their expected answers."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from ingestion.errors import SourceError
from ingestion.protheus import ProtheusConfig, run
from tests.ingestion.fakes import Home
from tests.ingestion.protheus.conftest import DATA, Erp

EXPECTED = json.loads((DATA / "expected.json").read_text())
Make = Callable[..., Erp]
# Left out where a test is about the way of reading: what remains is needed, and SC5.
FEW = tuple(file.stem for file in DATA.glob("*.csv") if file.stem[:3] not in ("SA1", "SF2", "SD2", "SF4", "SC5"))


def load(home: Home, erp: Erp, **settings: object):
    config = replace(ProtheusConfig(erp.url, chunk_rows=3, overlap_minutes=10), **settings)  # type: ignore[arg-type]
    return run(config, home.ports(), home.target)


def sums(home: Home, sql: str) -> dict[str, float]:
    return {branch: float(total) for branch, total in home.query(sql)}


def test_every_row_lands_deleted_ones_too(home: Home, make_erp: Make) -> None:
    report = load(home, make_erp())
    for table, counts in EXPECTED["row_counts"].items():
        alias = table.lower() if table == "SYS_COMPANY" else table[:3].lower()
        if alias in report.rows_by_table and table != "SA1020":
            rows = home.query(f"select count(*), count(*) filter (not is_deleted) from raw_protheus.{alias}")
            assert rows == [(counts["all"], counts["active"])], table


def test_values_are_typed_and_trimmed(home: Home, make_erp: Make) -> None:
    load(home, make_erp())
    row = home.query("select d2_doc, d2_serie, d2_quant, d2_total, d2_emissao, stamped_at, company_group "
                     "from raw_protheus.sd2 where recno = 1")  # fmt: skip
    stamped = datetime(2026, 4, 2, 18, 20)
    assert row == [
        ("000000501", "1", Decimal("10.0000"), Decimal("1000.00"), date(2026, 3, 15), stamped, "01")
    ]
    assert home.query("select count(*) from raw_protheus.sd2 where d2_doc = '' or d2_pedido = ''") == [(0,)]
    assert home.query("select m0_codfil, company_group from raw_protheus.sys_company order by recno") == [
        ("01", "01"), ("02", "01"), ("01", "02"),
    ]  # fmt: skip


def test_what_landed_gives_the_contracts_answers(home: Home, make_erp: Make) -> None:
    load(home, make_erp())
    invoiced = sums(home, """
        select d2_filial, sum(d2_total) from raw_protheus.sd2
        join raw_protheus.sf4 on f4_codigo = d2_tes and not sf4.is_deleted
        where not sd2.is_deleted and f4_duplic = 'S' and d2_tipo not in ('D', 'B') group by 1""")  # fmt: skip
    assert invoiced == EXPECTED["invoiced_goods_value_by_branch"]
    open_balance = sums(home, """
        select e1_filial, sum(e1_saldo) from raw_protheus.se1
        where not is_deleted and e1_tipo = 'NF' group by 1""")  # fmt: skip
    assert open_balance == EXPECTED["receivables_open_by_branch"]
    matched = home.query("""
        select count(*) from raw_protheus.sd1 join raw_protheus.sd2 on d1_filial = d2_filial and d1_nfori = d2_doc
        and d1_seriori = d2_serie and right(d1_itemori, 2) = d2_item and d1_fornece = d2_cliente
        where d1_tipo = 'D' and not sd1.is_deleted""")  # fmt: skip
    assert matched == [(EXPECTED["returns_matched_to_invoice_items"]["with_trim"],)]


def test_customers_give_identifiers_and_keep_nothing_personal(home: Home, make_erp: Make) -> None:
    load(home, make_erp())
    kinds = home.query("""
        select customer_code || '/' || store, kind, value from raw_protheus.customer_identifiers
        where kind in ('cpf', 'cnpj') and reject_reason is null order by 1, 2""")  # fmt: skip
    assert [row[0] for row in kinds if row[1] == "cpf"] == EXPECTED["customers_with_cpf"]
    assert ("000011/01", "cnpj", "12ABC34501DE35") in kinds
    assert home.query("select a1_cnpj_root from raw_protheus.sa1 where a1_cod = '000011'") == [("12ABC345",)]
    columns = {row[0] for row in home.query(
        "select column_name from information_schema.columns where table_name = 'sa1'")}  # fmt: skip
    assert not columns & {"a1_nome", "a1_nreduz", "a1_tel", "a1_email", "a1_cgc", "a1_cep"}
    # A deleted customer and the retyped one share code and store: only the live one identifies.
    repeated = home.query("""
        select customer_code, store, kind, value, count(*) from raw_protheus.customer_identifiers
        group by all having count(*) > 1""")  # fmt: skip
    assert repeated == []


def test_second_load_brings_what_the_stamps_show(home: Home, make_erp: Make) -> None:
    erp = make_erp()
    load(home, erp)
    assert load(home, erp).rows == 0
    erp.execute(
        "update SF2010 set D_E_L_E_T_ = '*', S_T_A_M_P_ = '2026-06-30 10:00:00.000' where R_E_C_N_O_ = 2"
    )
    erp.execute(
        "update SA1010 set A1_VEND = '000003', S_T_A_M_P_ = '2026-06-30 10:00:00.000' where R_E_C_N_O_ = 1"
    )
    report = load(home, erp)
    assert report.rows_by_table["sf2"] == 1
    assert report.rows_by_table["sa1"] == 1
    assert home.query("select is_deleted from raw_protheus.sf2 where load_seq = 3") == [(True,)]
    assert load(home, erp).rows == 0


def test_the_window_includes_deleted_rows(home: Home, make_erp: Make) -> None:
    erp = make_erp()
    load(home, erp)
    state = home.target.home / "bastao_protheus.json"
    cursors = json.loads(state.read_text())
    home.execute("delete from raw_protheus.sa1")
    home.execute("delete from raw_protheus.sf2")
    for alias in ("sa1", "sf2"):
        cursors[alias]["stamp"] = "2026-04-01T00:10:00"  # ten minutes of overlap
    state.write_text(json.dumps(cursors))
    load(home, erp)
    for alias, table in (("sa1", "SA1010"), ("sf2", "SF2010")):
        rows = home.query(f"select recno::text from raw_protheus.{alias} order by recno")
        assert [row[0] for row in rows] == EXPECTED["incremental_from_2026_04_01_utc"][table]


def test_without_stamps_new_rows_come_at_once_and_changes_with_the_sweep(home: Home, make_erp: Make) -> None:
    erp = make_erp(skip=FEW, without=("S_T_A_M_P_",))
    first = load(home, erp)
    assert any("UseRowStamp" in note for note in first.notes)
    erp.execute("insert into SF4010 select F4_FILIAL, '999', F4_TIPO, F4_DUPLIC, F4_ESTOQUE, F4_CF, F4_TEXTO, ' ', 99, 0, "
                "I_N_S_D_T_ from SF4010 where R_E_C_N_O_ = 1")  # fmt: skip
    erp.execute("update SF4010 set F4_DUPLIC = 'N' where R_E_C_N_O_ = 1")
    assert load(home, erp).rows_by_table == {"sf4": 2}  # the newest rows are looked at again
    assert load(home, erp).rows == 0
    erp.execute("update SF4010 set F4_DUPLIC = 'S' where R_E_C_N_O_ = 1")
    assert load(home, erp, overlap_records=0).rows == 0
    home.clock.sleep(8 * 86400)
    assert load(home, erp, overlap_records=0).rows_by_table["sf4"] == 1


def test_a_packed_row_is_found_by_the_sweep(home: Home, make_erp: Make) -> None:
    erp = make_erp(skip=FEW)
    load(home, erp)
    erp.execute("delete from SC5010 where R_E_C_N_O_ = 1")
    assert load(home, erp).rows == 0
    home.clock.sleep(8 * 86400)
    load(home, erp)
    assert home.query("select recno, is_deleted from raw_protheus.sc5 where load_seq = 3") == [(1, True)]


def test_physical_names_and_decimals_come_from_the_dictionary(home: Home, make_erp: Make) -> None:
    erp = make_erp(skip=("SF4010",))
    erp.load(DATA / "SF4010.csv", "SF4T10")
    erp.execute("create table SX2010 (X2_CHAVE, X2_ARQUIVO, D_E_L_E_T_, R_E_C_N_O_)")
    erp.execute("insert into SX2010 values ('SF4', 'SF4T10  ', ' ', 1)")
    erp.execute("create table SX3010 (X3_ARQUIVO, X3_CAMPO, X3_DECIMAL, D_E_L_E_T_, R_E_C_N_O_)")
    erp.execute("insert into SX3010 values ('SD2', 'D2_PRCVEN ', 1, ' ', 1)")
    erp.execute("update SD2010 set D2_PRCVEN = 99.9499999999 where R_E_C_N_O_ = 1")
    report = load(home, erp)
    assert report.rows_by_table["sf4"] == 3
    assert home.query("select d2_prcven from raw_protheus.sd2 where recno = 1") == [(Decimal("99.90"),)]


def test_code_page_1252_bytes_are_read(home: Home, make_erp: Make) -> None:
    erp = make_erp()
    town = (DATA / "SA1010_cp1252.csv").read_bytes().splitlines()[3].split(b'","')[5]
    erp.execute("update SA1010 set A1_MUN = ? where R_E_C_N_O_ = 3", town.rstrip(b'"'))
    load(home, erp)
    landed = home.query("select a1_mun from raw_protheus.sa1 where recno = 3")
    assert landed == [(EXPECTED["cp1252_file"]["expected_A1_MUN_of_recno_3"],)]


def test_a_broken_date_and_a_bad_cnpj_go_to_quarantine(home: Home, make_erp: Make) -> None:
    erp = make_erp()
    erp.execute("update SF2010 set F2_EMISSAO = '2026ABCD' where R_E_C_N_O_ = 1")
    erp.execute("update SA1010 set A1_CGC = '11222333000199' where R_E_C_N_O_ = 1")
    load(home, erp)
    found = home.query(
        "select source_table, record_key, column_name, reason from raw_protheus.quarantine order by 1"
    )
    assert found == [
        ("sa1", "01:1", "a1_cgc", "bad_check_digits"),
        ("sf2", "01:1", "f2_emissao", "bad_date"),
    ]
    assert home.query("select f2_emissao from raw_protheus.sf2 where recno = 1") == [(None,)]


def test_missing_tables_and_columns(home: Home, make_erp: Make) -> None:
    erp = make_erp(skip=("CN9010", "CNA010", "CNB010"))
    assert "protheus: no table CN9 for group 01; skipped." in load(home, erp).notes
    erp.execute("drop table SF2010")
    with pytest.raises(
        SourceError, match=r"no table SF2 for company group '01'.*company_group in bastao\.yaml"
    ):
        load(home, erp)


def test_a_missing_required_column_is_named(home: Home, make_erp: Make) -> None:
    with pytest.raises(SourceError, match="SD2010 has no column D2_TES"):
        load(home, make_erp(without=("D2_TES",)))


def test_a_wrong_url_hides_the_password(home: Home) -> None:
    config = ProtheusConfig("postgresql://reader:s3cret@127.0.0.1:1/erp")
    with pytest.raises(SourceError) as caught:
        run(config, home.ports(), home.target)
    assert "s3cret" not in str(caught.value)
    assert "user may read the tables" in str(caught.value)
    assert "s3cret" not in repr(config)
