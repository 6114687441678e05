"""The identity models as dbt runs them, on both engines: contradictions cut, decisions kept, every link told, no value shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from tests.dbt.raw_fixture import Raw, fresh_warehouse, run_dbt
from tests.support.postgres import dbt_env, scratch_database

MODELS = ["+fct_identity_links", "dim_person_ids", "+fct_company_links", "int_person_nodes"]
TABLES = ("marts.fct_identity_links", "marts.dim_person_ids", "marts.fct_company_links", "intermediate.int_person_nodes",
          "intermediate.int_company_nodes")  # fmt: skip
EMAIL, LINE, MOBILE, CPFS = "ana@um.com.br", "+551133334444", "+5511987654321", ("52998224725", "11144477735")


def company() -> Raw:
    """Two people with a shared address and a CPF each, two told apart by hand, two merged, a switchboard, two organizations."""
    raw = Raw()
    for number, (uuid, email) in enumerate({"a": EMAIL, "b": EMAIL, "c": EMAIL, "d": "d@um.com.br", "e": "d@um.com.br", "f": "f@um.com.br",
                                            "g": "g@um.com.br", "h": "contato@um.com.br", "i": "contato@um.com.br"}.items(), start=1):  # fmt: skip
        raw.contact(uuid, "2026-01-01 00:00:00", email, number)
    identifiers = [("a", 1, "cpf", CPFS[0]), ("b", 2, "cpf", CPFS[1]), ("c", 3, "phone", MOBILE), ("f", 6, "phone", LINE), ("g", 7, "phone", LINE)]
    for uuid, load_seq, kind, value in identifiers:
        raw.add("rd_station", "contact_identifiers", load_seq, contact_uuid=uuid, kind=kind, value=value, position=1)
    raw.crm_contact("k", "c")
    for node in ("rd:f", "rd:h", "rd:gone"):
        raw.add("agreement", "identity_merges", node=node, merge_group="rd:f")
    for node in ("rd:d", "rd:e"):
        raw.add("agreement", "identity_splits", split_no=1, node=node, party=node)
    for organization, root in (("o1", "12ABC345"), ("o2", None), ("o3", "12ABC345"), ("o4", "11222333"), ("o5", "44555666")):
        domain = "um.com.br" if organization in ("o1", "o2") else None
        raw.add("rd_station_crm", "organizations", organization_id=organization, cnpj_root=root, domain=domain)
    for node in ("org:o4", "org:o5", "org:gone"):
        raw.add("agreement", "company_merges", node=node, merge_group="org:gone")
    for node in ("org:o1", "org:o3"):
        raw.add("agreement", "company_splits", split_no=1, node=node, party=node)
    return raw


def _read(connection: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {table: sorted(connection.execute(f"select * from {table}").fetchall(), key=repr) for table in TABLES}


@pytest.mark.long
def test_both_engines_cut_and_tell_the_same(dbt_home: Path) -> None:
    raw = company()
    database = raw.write_duckdb(fresh_warehouse(dbt_home))
    run_dbt(["run", "--select", *MODELS], dbt_home, database)
    run_dbt(["test", "--select", "assert_identity_is_closed"], dbt_home, database)
    with duckdb.connect(str(database), read_only=True) as connection:
        found = _read(connection)
    with scratch_database() as url:
        raw.write_postgres(url)
        run_dbt(["run", "--select", *MODELS, "--target", "postgres"], dbt_home / "postgres", **dbt_env(url))
        with psycopg.connect(url) as other:
            assert _read(other) == found
    people = {node: person for node, person, *_ in found["intermediate.int_person_nodes"]}
    assert people["rd:a"] == people["rd:c"] == people["crm:k"] != people["rd:b"], "two CPFs: who comes later goes to the first"
    assert people["rd:d"] != people["rd:e"], "told apart by hand, although they share an address"
    assert people["rd:f"] == people["rd:h"] != people["rd:g"], "merged by hand; a switchboard joins nobody"
    assert people["rd:i"] != people["rd:h"], "a shared mailbox joins nobody"
    reasons = {row[3] for row in found["marts.fct_identity_links"]}
    assert reasons == {None, "different_cpf", "manual_split", "switchboard", "shared_mailbox", "unknown_record"}
    assert not any(value in repr(found["marts.fct_identity_links"]) for value in (EMAIL, LINE[3:], MOBILE[5:], *CPFS))
    assert {row[1:6] for row in found["marts.fct_company_links"]} == {
        ("corporate_domain", "kept", None, "org:o2", "org:o1"), ("cnpj_root", "refused", "manual_split", "org:o3", "org:o1"),
        ("manual_split", "refused", "manual_split", "org:o1", "org:o3"), ("manual_merge", "kept", None, "org:o5", "org:o4"),
        ("manual_merge", "refused", "unknown_record", "org:gone", "org:gone"),
    }  # fmt: skip
    companies = dict(found["intermediate.int_company_nodes"])
    assert companies["org:o1"] == companies["org:o2"] != companies["org:o3"] and companies["org:o4"] == companies["org:o5"]
