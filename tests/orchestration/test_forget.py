"""Erasing somebody: who is found, what is left in the files, kills at each step, both engines. Models are not built here."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from ingestion.erasure import count, erase
from ingestion.forgotten import Forgotten
from ingestion.personal import personal_tables
from ingestion.tables import all_specs
from orchestration import faults, forget, people, purge, stages
from orchestration.cli import app
from orchestration.people import NotOnePerson
from orchestration.profile import Profile
from orchestration.runtime import Runtime
from tests.dbt.raw_fixture import Raw
from tests.orchestration.conftest import FixedClock
from tests.support.postgres import scratch_database

ANA = "a" * 32
BIA = "b" * 32
WORDS = ("ana.souza@metal.com.br", "ana@casa.com.br", "987654321", "Ana Souza", "52998224725", "Compradora da Metal")
SWITCHBOARD = "+551133334444"
MAILBOX = "compras@metal.com.br"
NODES = [
    *((f"rd:{uuid}", ANA, "rd_station", uuid) for uuid in ("a1", "a2")),
    ("crm:c1", ANA, "rd_station_crm", "c1"),
    ("erp:01::000001:01", ANA, "protheus", "01::000001:01"),
    ("files:person:k", ANA, "files", people.file_keys(["ana@casa.com.br"])[0]),
    ("rd:b1", BIA, "rd_station", "b1"),
    *((f"rd:o{n}", f"{n}" * 32, "rd_station", f"o{n}") for n in range(5)),
]
POINTS = ["suppressed", "recorded", "settled", "erased_uncommitted", "erased", "rewritten", "purged", "published"]


def company() -> Raw:
    """Ana in every system, once with an older address; Bia and five others beside her at the same switchboard."""
    raw = Raw(agreement=False)
    at = "2026-06-01 10:00:00"
    raw.contact("a1", at, "ana@casa.com.br", name="Ana Souza", city="Joinville", job_title="Compradora da Metal", state="SC")
    raw.contact("a2", at, "ana.souza@metal.com.br", 2, name="Ana Souza")
    raw.contact("b1", at, "bia@metal.com.br", name="Bia Reis")
    phone = {"kind": "phone", "value": SWITCHBOARD, "position": 1}
    for uuid in ("a1", "b1", *(f"o{n}" for n in range(5))):
        raw.add("rd_station", "contact_identifiers", 2, contact_uuid=uuid, **phone)
    for uuid in ("a2", "b1"):
        raw.add("rd_station", "contact_identifiers", 2, contact_uuid=uuid, kind="email", value=MAILBOX, position=2)
    raw.crm_contact("c1", "a1", name="Ana Souza")
    for value in ("+5511987654321", "+551187654321"):
        raw.add("rd_station_crm", "contact_identifiers", contact_id="c1", kind="phone", value=value)
    customer = {"company_group": "01", "branch": None, "customer_code": "000001", "store": "01"}
    raw.add("protheus", "customer_identifiers", **customer, kind="cpf", value="52998224725")
    raw.add("protheus", "customer_identifiers", **{**customer, "customer_code": "000009"}, kind="phone", value="+5511987654321")
    raw.add("protheus", "sa1", company_group="01", a1_cod="000001", a1_loja="01", a1_pessoa="F", a1_mun="Joinville")
    raw.add("files", "handoffs", handoff_key="h1", person_key=people.file_keys(["ana@casa.com.br"])[0])
    return raw


def create_nodes(connection: Any, mark: str) -> None:
    connection.execute("create schema if not exists intermediate")
    connection.execute("create table intermediate.int_person_nodes (node text, person_id text, source_system text, source_id text)")
    places = ", ".join([mark] * 4)
    for node in NODES:
        connection.execute(f"insert into intermediate.int_person_nodes values ({places})", node)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's warehouse, made once."""
    path = tmp_path_factory.mktemp("forget") / "warehouse.duckdb"
    company().write_duckdb(path)
    with duckdb.connect(str(path)) as connection:
        create_nodes(connection, "?")
        kept = {f"{schema}.{table}" for schema, table, _ in personal_tables()}
        for spec in all_specs():  # a small warehouse: what an erasure looks at
            if f"{spec.schema}.{spec.name}" not in kept:
                connection.execute(f"drop table {spec.schema}.{spec.name}")
        connection.execute("create schema staging; create view staging.v as select value from warehouse.raw_rd_station.contact_identifiers")
    return path


@pytest.fixture
def made(warehouse: Path, profile: Profile, fixed_clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Profile]:
    """The company's warehouse; building and publishing are left out, what surrounds them is not."""

    def transform(company: Profile, select: str | None = None) -> dict[str, int]:
        with Runtime(company) as runtime, runtime.lock("build"):
            purge.erase_recorded(runtime)
            purge.warehouse_if_due(runtime)
        return {}

    class Published:
        def raise_if_refused(self) -> None: ...

    monkeypatch.setattr(stages, "transform", transform)
    monkeypatch.setattr(stages, "publish", lambda company: Published())
    shutil.copyfile(warehouse, profile.paths.create().warehouse)
    yield profile
    faults.install(None)


def contents(profile: Profile) -> dict[str, list[Any]]:
    tables = ("raw_rd_station.contacts", "raw_rd_station.contact_identifiers", "raw_rd_station_crm.contacts",
              "raw_rd_station_crm.contact_identifiers", "raw_protheus.customer_identifiers", "raw_protheus.sa1", "raw_files.handoffs")  # fmt: skip
    with duckdb.connect(str(profile.paths.warehouse), read_only=True) as connection:
        return {table: connection.execute(f"select * from {table} order by load_seq, row_seq").fetchall() for table in tables}


def traces(home: Path) -> set[str]:
    return {
        f"{path.name}: {word}"
        for path in home.rglob("*")
        if path.is_file()
        for word in (*WORDS, "Joinville")
        if word.encode() in path.read_bytes()
    }


def erase_ana(profile: Profile, who: str = "ana.souza@metal.com.br") -> None:
    forget.forget(profile, forget.look(profile, [who]), "asked")


def test_ana_is_in_no_file_and_everybody_else_stays(made: Profile) -> None:
    before = contents(made)
    assert traces(made.home)
    erase_ana(made)
    assert traces(made.home) == set()
    after = contents(made)
    assert {table: len(rows) for table, rows in after.items()} == {table: len(rows) for table, rows in before.items()}
    with duckdb.connect(str(made.paths.warehouse), read_only=True) as connection:

        def values(table: str, where: str) -> list[str]:
            return [value for (value,) in connection.execute(f"select value from {table} where {where} order by row_seq").fetchall()]

        mine = values("raw_rd_station.contact_identifiers", "contact_uuid in ('a1', 'a2')")
        assert len(mine) == 4 and mine[2] == SWITCHBOARD, "a switchboard is nobody's own: it stays, or it would link strangers"
        assert all(value.startswith("forgotten-") for value in (mine[0], mine[1], mine[3])) and len(set(mine)) == 4
        phones = values("raw_rd_station_crm.contact_identifiers", "true") + values("raw_protheus.customer_identifiers", "kind = 'phone'")
        assert len(set(phones)) == 1 and phones[0].startswith("forgotten-"), "links hold, over systems and spellings"
        assert values("raw_rd_station.contact_identifiers", "contact_uuid = 'b1'") == ["bia@metal.com.br", SWITCHBOARD, MAILBOX]
        assert connection.execute("select name from raw_rd_station.contacts where contact_uuid = 'b1'").fetchall() == [("Bia Reis",)]
        assert connection.execute("select state from raw_rd_station.contacts where contact_uuid = 'a1'").fetchall() == [("SC",)]
        assert connection.execute("select count(*) from staging.v").fetchone() == (len(after["raw_rd_station.contact_identifiers"]),)
    runtime = Runtime(made)
    assert all(runtime.suppressions.has(address) for address in ("ana@casa.com.br", "ana.souza@metal.com.br", MAILBOX))
    assert [(entry["reason"], entry["done_at"] is not None) for entry in runtime.erasures.entries()] == [("asked", True)]


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_each_step_the_next_run_ends_the_same(made: Profile, point: str) -> None:
    def die(name: str) -> None:
        if name == f"forget.{point}":
            raise KeyboardInterrupt

    key = {"name": "key", "value": "11" * 32}  # tokens can be compared only under one key
    erasures = Runtime(made).erasures
    with erasures._engine.begin() as connection:
        from orchestration.erasures import settings

        connection.execute(settings.insert().values(**key))
    faults.install(die)
    with pytest.raises(KeyboardInterrupt):
        erase_ana(made)
    faults.install(None)
    found = forget.look(made, ["ana.souza@metal.com.br"])
    if found.people:
        forget.forget(made, found, "asked")
    else:
        assert found.already == [1] and forget.finish(made)
    assert traces(made.home) == set()
    assert not forget.finish(made)
    assert not (made.home / purge.WORK).exists()
    hashing = Forgotten(bytes.fromhex(key["value"]))
    cpf = next(row for row in contents(made)["raw_protheus.customer_identifiers"] if "cpf" in row)
    assert hashing.token("cpf", "52998224725") in cpf


def test_what_was_read_before_and_landed_after_is_erased_by_the_next_build(made: Profile) -> None:
    erase_ana(made)
    with duckdb.connect(str(made.paths.warehouse)) as connection:
        connection.execute("insert into raw_rd_station.contacts (contact_uuid, name, load_seq) values ('a1', 'Ana Souza', 1)")
    assert traces(made.home)
    stages.transform(made)
    assert traces(made.home) == set()
    assert not Runtime(made).erasures.purge_due


def test_a_shared_mailbox_names_nobody(made: Profile) -> None:
    with pytest.raises(NotOnePerson, match="2 people") as error:
        forget.look(made, [MAILBOX])
    assert MAILBOX not in str(error.value) and ANA in str(error.value)
    with pytest.raises(NotOnePerson, match="Line 2"):
        forget.look(made, [ANA, "Ana"])
    assert len(forget.look(made, [ANA]).people[0].emails) == 3


def test_a_rehearsal_writes_nothing_and_says_where(made: Profile) -> None:
    files = {path: path.read_bytes() for path in made.home.rglob("*") if path.is_file() and path.name != "warehouse.lock"}
    found = forget.look(made, ["ANA@casa.com.br", "nobody@nowhere.com.br"])
    assert found.unknown == [2]
    assert found.as_dict()["records"] == {"rd_station": 2, "rd_station_crm": 1, "protheus": 2}
    assert found.rows == {
        "raw_rd_station.contacts": 2, "raw_rd_station.contact_identifiers": 3, "raw_rd_station_crm.contacts": 1,
        "raw_rd_station_crm.contact_identifiers": 2, "raw_protheus.customer_identifiers": 2, "raw_protheus.sa1": 1,
        "raw_files.handoffs": 1,
    }  # fmt: skip
    assert {path: path.read_bytes() for path in files} == files
    assert not made.paths.state_db.exists()


def test_the_command_asks_first_and_lists_what_was_done(made: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BASTAO_HOME", str(made.home))
    where = ["--profile", str(made.folder)]

    def run(*words: str, given: str = "") -> Any:
        return CliRunner().invoke(app, ["forget", *words, *where], input=given)

    assert run("-", given="ana@casa.com.br\n").exit_code == 2
    assert run(ANA, given="n\n").exit_code == 1
    assert traces(made.home)
    done = run("-", "--yes", given=f"{ANA}\nnobody@nowhere.com.br\n")
    assert done.exit_code == 0 and "Line 2: nobody is known by it" in done.output, done.output
    assert traces(made.home) == set() and not any(word in done.output for word in WORDS)
    assert "asked by the person" in run("--log", "--json").output
    assert "Nothing was left to do" in run().output


def test_postgresql_erases_the_same_rows(made: Profile) -> None:
    import psycopg

    with scratch_database() as url, psycopg.connect(url) as connection:
        company().write_postgres(url)
        create_nodes(connection, "%s")
        ana = people.find(connection, "%s", "ana@casa.com.br")
        hashing = Forgotten(b"k" * 32)
        marks = frozenset(hashing.mark(kind, value) for kind, value in ana.own)
        shared = frozenset(hashing.mark(kind, value) for kind, value in ana.shared)
        everybody = Forgotten(hashing.key, {name: frozenset(ids) for name, ids in ana.records.items()}, marks, shared)
        there = count(connection, "postgres", everybody)
        assert erase(connection, "postgres", everybody) == there
        assert erase(connection, "postgres", everybody) == count(connection, "postgres", everybody) == {}
        connection.commit()
        purge._vacuum_postgres(url)
        left = connection.execute(
            "select string_agg(c::text, '') || (select string_agg(i::text, '') from raw_rd_station.contact_identifiers as i)"
            " from raw_rd_station.contacts as c"
        ).fetchone()
    with duckdb.connect(str(made.paths.warehouse), read_only=True) as file:
        assert people.find(file, "?", "ana@casa.com.br") == ana
        assert count(file, "duckdb", everybody) == there
    assert left is not None and not any(word in left[0] for word in WORDS) and "bia@metal.com.br" in left[0]
