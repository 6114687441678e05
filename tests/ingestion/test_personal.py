"""Every text column of the raw tables is known to be personal or not, and new rows of the forgotten land clean."""

from __future__ import annotations

import pytest

from activation import suppression
from ingestion.forgotten import FORGOTTEN_DOMAIN, Forgotten, is_token, match_key
from ingestion.impersonal import IMPERSONAL
from ingestion.personal import PERSONAL, STAFF
from ingestion.tables import all_specs

KEY = b"k" * 32


@pytest.mark.parametrize("spec", all_specs(), ids=lambda spec: f"{spec.schema}.{spec.name}")
def test_each_text_column_is_classified_once(spec) -> None:  # type: ignore[no-untyped-def]
    name = "*.quarantine" if spec.name == "quarantine" else f"{spec.schema}.{spec.name}"
    personal = PERSONAL.get(spec.schema, {}).get(spec.name)
    known = [*(personal.columns if personal else ()), *STAFF.get(name, "").split(), *IMPERSONAL.get(name, "").split()]
    there = {column.name for column in spec.columns if column.type == "text"}
    assert sorted(known) == sorted(there), f"say of each text column of {name} in ingestion/personal.py whether it is personal"
    if personal and personal.record and personal.system != "files":
        assert set(personal.record) <= there


def test_nothing_is_classified_that_does_not_exist() -> None:
    tables = {f"{spec.schema}.{spec.name}" for spec in all_specs()} | {"*.quarantine"}
    assert {*STAFF, *IMPERSONAL, *(f"{schema}.{table}" for schema in PERSONAL for table in PERSONAL[schema])} <= tables


def test_tokens_keep_links_and_tell_nothing() -> None:
    forgotten = Forgotten(KEY)
    token = forgotten.token("email", "Ana@Example.com.br")
    assert token == forgotten.token("email", "ana@example.com.br") == forgotten.token("email", token)
    assert token.endswith(f"@{FORGOTTEN_DOMAIN}") and is_token(token) and "ana" not in token
    assert forgotten.token("phone", "+5511987654321") == forgotten.token("phone", "+551187654321")
    assert forgotten.token("phone", "+5511987654321") != Forgotten(b"x" * 32).token("phone", "+5511987654321")
    assert match_key("phone", "+351912345678") == "+351912345678"
    assert suppression.FORGOTTEN_DOMAIN == FORGOTTEN_DOMAIN


def rows() -> dict[str, list[dict[str, object]]]:
    return {
        "contacts": [
            {"contact_uuid": "a", "name": "Ana", "city": "Curitiba", "state": "PR", "tags": "vip", "legal_status": "granted"},
            {"contact_uuid": "b", "name": "Bia", "city": "Recife", "state": "PE", "tags": None, "legal_status": None},
            {"contact_uuid": "c", "name": "Caio", "city": None, "state": None, "tags": None, "legal_status": None},
        ],
        "contact_identifiers": [
            {"contact_uuid": "a", "kind": "email", "value": "ana@x.com.br"},
            {"contact_uuid": "a", "kind": "cnpj", "value": "11222333000181"},
            {"contact_uuid": "a", "kind": "cpf", "value": None},
            {"contact_uuid": "b", "kind": "email", "value": "ANA@x.com.br"},
            {"contact_uuid": "b", "kind": "phone", "value": "+5511987654321"},
            {"contact_uuid": "c", "kind": "phone", "value": "+5511987654321"},
        ],
        "conversions": [
            {"contact_uuid": "a", "traffic_source": "google", "traffic_value": "ana silva"},
            {"contact_uuid": "a", "traffic_source": "bastao", "traffic_value": "8f0f2f5e-5d0c-5e57-9a55-0b2c6f3c7b11"},
        ],
    }


def test_a_load_lands_the_forgotten_and_their_new_records_clean() -> None:
    mark = Forgotten(KEY).mark("email", "ana@x.com.br")
    forgotten = Forgotten(KEY, {"rd_station": frozenset({"a"})}, frozenset({mark}))
    tables = rows()
    forgotten.scrub("raw_rd_station", tables)  # type: ignore[arg-type]
    a, b, c = tables["contacts"]
    assert a == {"contact_uuid": "a", "name": None, "city": None, "state": "PR", "tags": None, "legal_status": "granted"}
    assert b["name"] is None, "a new record with a forgotten address"
    assert c["name"] == "Caio"
    values = [row["value"] for row in tables["contact_identifiers"]]
    assert values[0] == values[3] == forgotten.token("email", "ana@x.com.br")
    assert values[1] == "11222333000181" and values[2] is None
    assert is_token(str(values[4])) and values[5] == "+5511987654321"
    assert [row["traffic_value"] for row in tables["conversions"]] == [None, "8f0f2f5e-5d0c-5e57-9a55-0b2c6f3c7b11"]


def test_nobody_forgotten_costs_and_changes_nothing() -> None:
    tables = rows()
    Forgotten().scrub("raw_rd_station", tables)  # type: ignore[arg-type]
    assert tables == rows()


def test_a_customer_of_the_erp_is_cleaned_by_code_and_a_company_keeps_its_city() -> None:
    forgotten = Forgotten(KEY, {"protheus": frozenset({"01:02:000001:01"})})
    owner = {"company_group": "01", "a1_filial": "02", "a1_cod": "000001", "a1_loja": "01", "a1_mun": "Curitiba"}
    tables = {
        "sa1": [{**owner, "a1_pessoa": "F"}, {**owner, "a1_pessoa": "J"}, {**owner, "a1_cod": "000002", "a1_pessoa": "F"}],
        "ad1": [{"company_group": "01", "ad1_codcli": "000001", "ad1_lojcli": "01", "ad1_descri": "Prensa da Ana"}],
    }
    forgotten.scrub("raw_protheus", tables)
    assert [row["a1_mun"] for row in tables["sa1"]] == [None, "Curitiba", "Curitiba"]
    assert tables["ad1"][0]["ad1_descri"] is None
