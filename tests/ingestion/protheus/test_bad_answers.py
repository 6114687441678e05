"""Ten kinds of bad answer by REST, and what of them a database can give: quarantine or a clear error, the rest intact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import psycopg
import pytest

from ingestion.errors import IngestionError
from ingestion.protheus import ProtheusConfig, RestAccess, run
from ingestion.protheus.database import Database
from tests.ingestion.fakes import FakeClock, Home
from tests.ingestion.protheus.conftest import Erp
from tests.ingestion.protheus.test_reader import FEW
from tests.support.postgres import new_database
from tests.support.sandbox import SandboxHandle, running_sandbox, simulated

HTML = b"<html><body>Servi\xe7o indispon\xedvel</body></html>"


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxHandle]:
    world = simulated(seed=5, leads=40, months=3)
    with running_sandbox(world, home=str(tmp_path_factory.mktemp("box"))) as handle:
        yield handle


class Corrupting(httpx.HTTPTransport):
    """Changes pages of one table on their way: the second one, or all."""

    def __init__(self, table: str, change: Callable[[bytes, bytes], bytes], always: bool) -> None:
        super().__init__()
        self._table, self._change, self._always = table, change, always
        self._seen, self._first = 0, b""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = super().handle_request(request)
        asked = request.url.params
        if asked.get("tables") != self._table or int(asked.get("pageSize", 0)) == 1:
            return answer
        content = answer.read()
        self._seen += 1
        if self._seen == 1:
            self._first = content
        if self._seen == 2 or (self._always and self._seen > 1):
            content = self._change(content, self._first)
        return httpx.Response(answer.status_code, content=content, headers={"content-type": "application/json"})


def edit(change: Callable[[dict[str, Any]], None]) -> Callable[[bytes, bytes], bytes]:
    """Change the first item of a page."""

    def changed(page: bytes, first: bytes) -> bytes:
        body = orjson.loads(page)
        if body["items"]:
            change(body["items"][0])
        return orjson.dumps(body)

    return changed


def emptied(page: bytes, first: bytes) -> bytes:
    return b'{"items": [], "hasNext": true}'


def latin(page: bytes, first: bytes) -> bytes:
    return page.replace(b'"UN"', '"Ú"'.encode("cp1252"))


# kind -> (change, every page from the second on, quarantine reasons, words of the error)
KINDS: dict[str, tuple[Any, bool, set[str], str | None]] = {
    "truncated": (lambda page, first: page[: len(page) // 2], False, set(), "answer cut short"),
    "html": (lambda page, first: HTML, False, set(), "an error page"),
    "wrong_type": (edit(lambda item: item.update(d2_total={"value": 1}, d2_emissao=20260101)), False, {"bad_number"}, None),
    "missing_key": (edit(lambda item: item.pop("d2_valipi")), False, {"missing_key"}, None),
    "unknown_enum": (edit(lambda item: item.update(d2_tipo="Q", d_e_l_e_t_="X")), False, {"unknown_code", "unknown_value"}, None),
    "empty_once": (emptied, False, set(), None),
    "empty_always": (emptied, True, set(), "an empty page after record"),
    "repeated_once": (lambda page, first: first, False, set(), None),
    "repeated_always": (lambda page, first: first, True, set(), "rows come again"),
    "future": (edit(lambda item: item.update(s_t_a_m_p_="2099-01-01T00:00:00.000")), False, {"future_stamp"}, None),
    "huge": (edit(lambda item: item.update(d2_cod="x" * 2_000_000)), False, {"too_long"}, None),
    "encoding": (latin, False, set(), None),
}


FAST = ("truncated", "wrong_type", "repeated_once", "future")


@pytest.fixture(autouse=True)
def few_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bad one, what must be there, and one after it."""
    monkeypatch.setattr("ingestion.protheus.reader.ALIASES", ("sa1", "sc5", "sf2", "sd2", "sf4", "se1"))


@pytest.mark.parametrize("kind", [pytest.param(kind, marks=() if kind in FAST else pytest.mark.long) for kind in KINDS])
def test_a_bad_answer_ends_in_quarantine_or_a_clear_error(box: SandboxHandle, home: Home, kind: str) -> None:
    change, always, reasons, message = KINDS[kind]
    home.clock = FakeClock(box.get("/sandbox/clock")["now"])
    given = box.credentials["protheus"]
    access = RestAccess(given["rest_url"], given["username"], given["password"], page_rows=40)
    config, error = ProtheusConfig(mode="rest", rest=access, chunk_rows=40), ""
    try:
        run(config, home.ports(), home.target, Corrupting("SD2", change, always))
    except IngestionError as caught:
        error = str(caught)
    assert bool(message) == bool(error) and (message or "") in error, error
    assert "x" * 100 not in error and "<html>" not in error
    counts = "select (select count(*) from raw_protheus.se1), (select count(*) from raw_protheus.sd2)"
    quarantined = home.query("select distinct source_table, reason from raw_protheus.quarantine where source_table = 'sd2'")
    assert {reason for _, reason in quarantined} == reasons
    rest, own = home.query(counts)[0]
    assert rest > 40  # tables after the bad one are there
    assert (own == 40) if message else (own > 40)
    if kind == "future":
        stamps = run(config, home.ports(), home.target).rows_by_table
        assert stamps == {} or set(stamps) == {"sd2"}  # no watermark moved to 2099
    if message or kind == "encoding":
        run(config, home.ports(), home.target)  # what was missing comes with the next run
    complete = home.query("select count(distinct recno), count(*) from raw_protheus.sd2")[0]
    assert complete[0] == len(box.app.sandbox.protheus._rows["SD2010"])  # type: ignore[union-attr]
    assert complete[1] <= complete[0] + 1


def sql(home: Home, erp: Erp, **options: Any) -> Any:
    return run(ProtheusConfig(erp.url, chunk_rows=3, **options), home.ports(), home.target)


def test_bad_values_of_a_database(home: Home, make_erp: Callable[..., Erp]) -> None:
    erp = make_erp(skip=FEW)
    erp.execute("update SF2010 set F2_EMISSAO = '20260231', F2_VALMERC = 'abc' where R_E_C_N_O_ = 1")
    erp.execute("update SD2010 set D2_COD = ? where R_E_C_N_O_ = 1", b"\x81 sem c\xf3digo")
    erp.execute("update SD2010 set S_T_A_M_P_ = '2099-01-01 00:00:00' where R_E_C_N_O_ = 2")
    sql(home, erp)
    found = set(home.query("select source_table, record_key, column_name, reason from raw_protheus.quarantine"))
    assert found == {
        ("sf2", "01:1", "f2_emissao", "bad_date"), ("sf2", "01:1", "f2_valmerc", "bad_number"),
        ("sd2", "01:1", "d2_cod", "bad_encoding"), ("sd2", "01:2", "s_t_a_m_p_", "future_stamp"),
    }  # fmt: skip
    erp.execute("update SD2010 set D2_TOTAL = 7, S_T_A_M_P_ = '2026-06-30 20:00:00' where R_E_C_N_O_ = 1")
    assert sql(home, erp).rows_by_table["sd2"] == 1


def test_lost_and_retyped_columns_stop_their_table_only(home: Home, make_erp: Callable[..., Erp]) -> None:
    erp = make_erp(skip=FEW)
    sql(home, erp)
    erp.execute("alter table SD2010 add column D2_XPED text")
    notes = sql(home, erp).notes
    assert "protheus: SD2010 has new columns: D2_XPED." in notes
    erp.execute("alter table SD2010 drop column D2_CUSTO1")
    erp.execute("update SC5010 set C5_NOTA = '9', S_T_A_M_P_ = '2026-06-30 10:00:00' where R_E_C_N_O_ = 1")
    erp.execute("update SD2010 set D2_UM = 'CX', S_T_A_M_P_ = '2026-06-30 10:00:00' where R_E_C_N_O_ = 1")
    before = home.query("select count(*) from raw_protheus.sd2")
    with pytest.raises(IngestionError, match=r"SD2010 is not what it was: D2_CUSTO1 is gone.*accepted_changes"):
        sql(home, erp)
    assert home.query("select count(*) from raw_protheus.sd2") == before
    assert home.query("select count(*) from raw_protheus.sc5 where c5_nota = '9'") == [(1,)]
    assert sql(home, erp, accepted_changes=("SD2.D2_CUSTO1",)).rows_by_table == {"sd2": 1}
    erp.execute("drop table SC5010")
    with pytest.raises(IngestionError, match="SC5 of group 01 was there and is gone"):
        sql(home, erp)


def pg_table(url: str, total: str = "double precision") -> None:
    control = "d_e_l_e_t_ char(1) default ' ', r_e_c_n_o_ bigint primary key, s_t_a_m_p_ timestamp"
    tables = {
        "sa1010": "a1_filial char(2), a1_cod char(6), a1_loja char(2), a1_cgc char(14), a1_mun char(60)",
        "sf2010": "f2_filial char(2), f2_doc char(9), f2_serie char(3), f2_cliente char(6), f2_loja char(2), f2_emissao char(8)",
        "sd2010": "d2_filial char(2), d2_doc char(9), d2_serie char(3), d2_cliente char(6), d2_loja char(2), d2_item char(2), "
                  f"d2_total {total}, d2_tes char(3), d2_tipo char(1), d2_emissao char(8), d2_pedido char(6)",
        "sf4010": "f4_filial char(2), f4_codigo char(3), f4_duplic char(1)",
    }  # fmt: skip
    with psycopg.connect(url) as connection:
        for name, columns in tables.items():
            connection.execute(f"create table {name} ({columns}, {control})")  # type: ignore[arg-type]


@pytest.mark.parametrize("encoding", ["LATIN1", "WIN1252", "SQL_ASCII"])
def test_databases_in_the_applications_code_page(home: Home, postgres_url: str, encoding: str) -> None:
    plain = new_database(postgres_url, f"protheus_{encoding.lower()}").replace("+psycopg", "")
    name = plain.rpartition("/")[2]
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"drop database {name}")  # type: ignore[arg-type]
        options = f"template template0 encoding '{encoding}' locale_provider libc locale 'C'"
        connection.execute(f"create database {name} {options}")  # type: ignore[arg-type]
    pg_table(plain)
    with psycopg.connect(plain) as connection:
        town = "chr(231)" if encoding != "SQL_ASCII" else r"convert_from('\xe7'::bytea, 'SQL_ASCII')"
        connection.execute(f"insert into sa1010 values ('', '000010', '01', '', 'A' || {town} || 'O', ' ', 1, null)")  # type: ignore[arg-type]
    run(ProtheusConfig(plain), home.ports(), home.target)
    assert home.query("select a1_mun from raw_protheus.sa1") == [("AçO",)]


def test_a_retyped_column_is_a_gate_on_postgres(home: Home, postgres_url: str) -> None:
    url = new_database(postgres_url, "protheus_retyped").replace("+psycopg", "")
    pg_table(url)
    run(ProtheusConfig(url), home.ports(), home.target)
    with psycopg.connect(url) as connection:
        connection.execute("alter table sd2010 alter column d2_total type text")
        connection.execute("alter table sd2010 alter column d2_pedido type char(9)")  # wider: nobody minds
    with pytest.raises(IngestionError, match="D2_TOTAL was number and is text now"):
        run(ProtheusConfig(url), home.ports(), home.target)


def test_the_database_s_clock_is_utc_whatever_its_zone(postgres_url: str) -> None:
    plain = new_database(postgres_url, "protheus_clock").replace("+psycopg", "")
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute("alter database protheus_clock set timezone to 'America/Sao_Paulo'")
    for url in (plain, "sqlite://"):
        database = Database(ProtheusConfig(url))
        found = database.clock()
        database.close()
        assert found is not None and abs(datetime.now(UTC).replace(tzinfo=None) - found) < timedelta(seconds=30)


def test_missing_drivers_are_named(home: Home, tmp_path: Path) -> None:
    for url, extra in (("mssql+pyodbc://u:s3cret@h/db", "sqlserver"), ("oracle+oracledb://u:s3cret@h/?service_name=x", "oracle")):
        with pytest.raises(IngestionError, match=rf"bastao\[{extra}\]") as caught:
            run(ProtheusConfig(url), home.ports(), home.target)
        assert "s3cret" not in str(caught.value)
