"""An ordinary day touches only whom it changes, and what comes out equals a build of everything, row by row."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dbt.identity.days import Builder, Days, tables
from tests.dbt.raw_fixture import Raw
from tests.support.postgres import dbt_env, scratch_database

CODE = "as it is"


@pytest.fixture(scope="module")
def builder(dbt_home: Path) -> Builder:
    return Builder(dbt_home)


def _fresh(home: Path, name: str) -> Path:
    database = home / name / "warehouse.duckdb"
    database.parent.mkdir(exist_ok=True)
    database.unlink(missing_ok=True)
    return database


def _read(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return tables(connection)


def _looked_at(database: Path) -> list[str]:
    with duckdb.connect(str(database), read_only=True) as connection:
        left = connection.execute("select table_name from information_schema.tables where table_name like '%\\_work\\_%' escape '\\'").fetchall()
        assert not left, "nothing of a build stays behind"
        return sorted(node for (node,) in connection.execute("select node from intermediate.int_identity_changes").fetchall())


@pytest.mark.long  # in `make test` the second build of tests/e2e/test_truth.py is such a day, held against the truth
def test_a_day_looks_at_the_records_of_new_rows_alone_and_equals_a_build_of_all(builder: Builder, dbt_home: Path) -> None:
    days, whole = _fresh(dbt_home, "days"), _fresh(dbt_home, "whole")
    first, second = Raw(), Raw(agreement=False)
    for number in range(1, 31):
        first.contact(f"u{number}", "2026-01-01 00:00:00", f"p{number // 2}@um.com.br")
    second.count = first.count
    second.contact("u1", "2026-01-01 00:00:00", "p7@um.com.br", 2)  # leaves nobody, joins u14 and u15: three records
    second.contact("a new one", "2026-02-01 00:00:00", "p9@um.com.br", 2)  # a third record with the address: too many
    variables = {"as_of": "2026-03-01 21:00:00", "identity_max_records": 2}
    first.write_duckdb(days)
    builder.build(variables, CODE, days)
    assert _looked_at(days) == [], "the first build looks at all"
    second.write_duckdb(days)
    builder.build({**variables, "as_of": "2026-03-02 21:00:00"}, CODE, days)
    assert _looked_at(days) == ["rd:a new one", "rd:u1"]
    for raw in (first, second):
        raw.write_duckdb(whole)
    builder.build({**variables, "as_of": "2026-03-02 21:00:00"}, "", whole)
    assert _read(days) == _read(whole)
    told = {(row[4], row[3]) for row in _read(days)["links told"]}
    assert ("rd:u19", "too_many_records") in told, "whom the new one's address joined is told apart"


@pytest.mark.long
@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10**6), st.data())
def test_days_equal_builds_of_all_whatever_changes_and_whenever_one_is_killed(
    builder: Builder, dbt_home: Path, seed: int, data: st.DataObject
) -> None:
    """Records, identifiers, deals, deletions, lists, decisions, late loads; settings now and then; kills between models."""
    going_on, whole, company = _fresh(dbt_home, "going-on"), _fresh(dbt_home, "anew"), Days(random.Random(seed))
    for number in range(5):
        raw = company.next(60 if number == 0 else company.random.randint(1, 4))
        for database in (going_on, whole):
            raw.write_duckdb(database)
        variables = {**company.variables, **({"identity_agency_domains": ["dois.com.br"]} if data.draw(st.booleans()) and number > 2 else {})}
        killed = data.draw(st.sampled_from([None, None, "+int_identity_nodes", "+int_identity_links", "+int_identity_labels", "+int_person_nodes"]))
        if killed:
            builder.build(variables, CODE, going_on, models=(killed,))
        builder.build(variables, CODE, going_on)
        assert not (killed and _looked_at(going_on)), "after a kill everything is built"
        builder.build(variables, "", whole)
        assert _read(going_on) == _read(whole)


@pytest.mark.long
@pytest.mark.parametrize("crm", ["hubspot", "salesforce", "pipedrive"])
def test_days_equal_builds_of_all_whatever_the_crm(dbt_home: Path, crm: str) -> None:
    builder = Builder(dbt_home / crm, BASTAO_DBT_CRM=crm)
    going_on, whole, company = _fresh(dbt_home, "going-on"), _fresh(dbt_home, "anew"), Days(random.Random(7), crm)
    looked_at = []
    for number in range(8):
        raw = company.next(60 if number == 0 else 6)
        for database, code in ((going_on, CODE), (whole, "")):
            raw.write_duckdb(database)
            builder.build(company.variables, code, database)
        assert _read(going_on) == _read(whole)
        looked_at.append(len(_looked_at(going_on)))
    assert looked_at[0] == 0 and all(looked_at[1:]), "each but the first was an ordinary day"


@pytest.mark.long
def test_days_equal_builds_of_all_on_postgres(dbt_home: Path) -> None:
    company = Days(random.Random(5))
    with scratch_database() as going_on, scratch_database() as whole:
        # A relation holds the name of its database, so that each of the two is parsed for itself.
        builders = {url: Builder(dbt_home / f"days-{number}", "postgres", **dbt_env(url)) for number, url in enumerate((going_on, whole))}
        looked_at = 0
        for number in range(4):
            raw = company.next(60 if number == 0 else 4)
            found = []
            for url, code in ((going_on, CODE), (whole, "")):
                raw.write_postgres(url)
                builders[url].build(company.variables, code)
                with psycopg.connect(url) as connection:
                    found.append(tables(connection))
                    counted = connection.execute("select count(*) from intermediate.int_identity_changes").fetchone()
                    looked_at += counted[0] if counted else 0
            assert found[0] == found[1]
        assert looked_at, "there were ordinary days among them"
