"""The same landing on PostgreSQL, from an ERP that is PostgreSQL too: types, cursors and blanks as on DuckDB."""

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg

from ingestion.ports import NoLimits, Ports, Target
from ingestion.protheus import ProtheusConfig, run
from ingestion.runner import Session, Slice, load
from tests.ingestion.fakes import FakeClock, MemoryTokens, no_lock
from tests.support.postgres import scratch_database


def ports(load_seq: int) -> Ports:
    return Ports(NoLimits(), MemoryTokens(), FakeClock(), load_seq)


def make_erp(url: str) -> None:
    """Four tables as DBAccess makes them: names without case, CHAR padded, TIMESTAMP stamps, BYTEA memo."""
    control = "d_e_l_e_t_ char(1) default ' ', r_e_c_n_o_ bigint primary key, s_t_a_m_p_ timestamp"
    tables = {
        "sa1010": "a1_filial char(2), a1_cod char(6), a1_loja char(2), a1_pessoa char(1), a1_cgc char(14), "
                  "a1_email char(30), a1_ddd char(3), a1_tel char(15)",
        "sf2010": "f2_filial char(2), f2_doc char(9), f2_serie char(3), f2_cliente char(6), f2_loja char(2), "
                  "f2_emissao char(8)",
        "sd2010": "d2_filial char(2), d2_doc char(9), d2_serie char(3), d2_cliente char(6), d2_loja char(2), "
                  "d2_item char(2), d2_total double precision, d2_tes char(3), d2_tipo char(1), d2_emissao char(8), "
                  "d2_pedido char(6)",
        "sf4010": "f4_filial char(2), f4_codigo char(3), f4_duplic char(1)",
    }  # fmt: skip
    with psycopg.connect(url) as connection:
        for name, columns in tables.items():
            connection.execute(f"create table {name} ({columns}, {control})")  # type: ignore[arg-type]
        connection.execute("insert into sa1010 values ('', '000010', '01', 'J', '11222333000181', 'x@empresa.com.br', "
                           "'047', '4730251234', ' ', 1, null)")  # fmt: skip
        connection.execute("insert into sd2010 values ('01', '000000501', '1', '000010', '01', '01', 0.1 + 0.2, '501', 'N', "
                           "'20260315', '', ' ', 1, '2026-04-02 18:20:00.123')")  # fmt: skip
        connection.execute("insert into sf4010 values ('', '501', 'S', ' ', 1, null)")
        connection.execute("insert into sf2010 values ('01', '000000501', '1', '000010', '01', '20260315', '*', 1, null)")


def test_from_postgres_into_postgres(tmp_path: Path) -> None:
    with scratch_database() as erp, scratch_database() as warehouse:
        make_erp(erp)
        target, config = Target(warehouse, tmp_path, no_lock), ProtheusConfig(erp)
        run(config, ports(1), target)
        with psycopg.connect(erp) as connection:
            connection.execute("update sd2010 set d_e_l_e_t_ = '*', s_t_a_m_p_ = '2026-04-02 18:25:00'")
        assert run(config, ports(2), target).rows_by_table == {"sd2": 1}
        assert run(config, ports(3), target).rows == 0
        with psycopg.connect(warehouse) as connection:
            rows = connection.execute(
                "select load_seq, d2_total, d2_emissao, d2_pedido, is_deleted, stamped_at from raw_protheus.sd2 order by 1"
            ).fetchall()
            assert rows == [
                (1, Decimal("0.30"), date(2026, 3, 15), None, False, datetime(2026, 4, 2, 18, 20, 0, 123000)),
                (2, Decimal("0.30"), date(2026, 3, 15), None, True, datetime(2026, 4, 2, 18, 25)),
            ]
            found = connection.execute("select kind, value from raw_protheus.customer_identifiers order by position").fetchall()
            assert found == [("email", "x@empresa.com.br"), ("phone", "+554730251234"), ("cnpj", "11222333000181")]


def test_awkward_text_survives_the_csv_loader(tmp_path: Path) -> None:
    names = ['Aço "Bom", S/A', "linha\nquebrada", "\\N", "null", "ção; fim", "  ", "'"]

    def reader(session: Session) -> list[Slice]:
        session.state["n"] = 1
        rows = [{"contact_uuid": f"c{n}", "name": name, "is_deleted": n % 2 == 0} for n, name in enumerate(names)]
        return [Slice({"contacts": rows})]

    with scratch_database() as warehouse:
        load("bastao_rd_station", "raw_rd_station", reader, Target(warehouse, tmp_path, no_lock), ports(1))
        with psycopg.connect(warehouse) as connection:
            rows = connection.execute("select name, is_deleted from raw_rd_station.contacts order by contact_uuid").fetchall()
    assert rows == [(name, n % 2 == 0) for n, name in enumerate(names)]
