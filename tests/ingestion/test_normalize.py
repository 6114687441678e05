"""Phones, CNPJ, CPF and e-mail: all vectors of the contract, and what no refusal may let through."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.br import cnpj as stdnum_cnpj
from stdnum.br import cpf as stdnum_cpf

from ingestion.normalize import (
    Document,
    corporate_domain,
    document_kind,
    join_protheus,
    normalize_cnpj,
    normalize_cpf,
    normalize_email,
    normalize_phone,
    split_phones,
)
from ingestion.normalize.phone import AREA_CODES, _in_plan

DATA = Path(__file__).parent / "data"


def vectors(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.parametrize("row", vectors("phone_vectors.csv"), ids=lambda row: f"{row['input']}|{row['note']}")
def test_phone_vectors(row: dict[str, str]) -> None:
    phone = normalize_phone(row["input"], row["default_ddd"] or None)
    assert (phone.e164 or "", phone.kind or "") == (row["expected_e164"], row["type"])
    assert phone.ninth_digit_added == (row["ninth_digit_added"] == "true")
    assert (phone.confidence or "", phone.reason or "") == (row["confidence"], row["reason"])
    assert (phone.match_key or "") == row["match_key_ddd_plus_last8"]


@given(st.sampled_from(sorted(AREA_CODES)), st.from_regex(r"[0-9]{7,9}", fullmatch=True))
def test_the_plan_of_numbers_is_the_library_s(area: str, number: str) -> None:
    assert _in_plan(area + number) == phonenumbers.is_valid_number(phonenumbers.parse(f"+55{area}{number}", None))


def test_area_codes_are_those_in_use() -> None:
    assert {row["ddd"] for row in vectors("ddd.csv")} == AREA_CODES


@given(
    st.sampled_from(sorted(AREA_CODES)),
    st.integers(0, 99_999_999),
    st.sampled_from(["", "+55", "55", "0", "015", "0055"]),
)
def test_every_way_to_write_a_mobile_gives_one_number(area: str, rest: int, prefix: str) -> None:
    number = f"9{rest:08d}"
    plain = normalize_phone(f"{area}{number}")
    assert normalize_phone(f"{prefix} ({area}) {number[:5]}-{number[5:]}") == plain
    if plain.e164:
        assert phonenumbers.is_valid_number(phonenumbers.parse(plain.e164))
        assert plain.match_key == area + number[-8:]


@given(st.text(max_size=40))
def test_any_text_gives_a_number_or_a_reason(text: str) -> None:
    phone = normalize_phone(text)
    assert (phone.e164 is None) == (phone.kind is None)
    assert phone.e164 or phone.reason
    assert phone.e164 is None or re.fullmatch(r"\+\d{8,15}", phone.e164)


@pytest.mark.parametrize(
    ("ddi", "ddd", "tel", "e164"),
    [
        ("", "047", "3025-1234", "+554730251234"),
        ("55    ", "11 ", "98765-4321     ", "+5511987654321"),
        ("", "11", "(11) 98765-4321", "+5511987654321"),
        ("", "", "1133334444", "+551133334444"),
        ("", "011", "8765-4321", "+5511987654321"),
        ("1", "415", "5552671", "+14155552671"),
        ("", "11", "         ", None),
        ("", "11", "3123-4567 ramal 12", "+551131234567"),
    ],
)
def test_protheus_columns_are_joined(ddi: str, ddd: str, tel: str, e164: str | None) -> None:
    assert normalize_phone(join_protheus(ddi, ddd, tel)).e164 == e164


def test_two_numbers_in_one_field() -> None:
    assert split_phones("11 98888-7777 / 11 3123-4567") == ["11 98888-7777", "11 3123-4567"]
    assert split_phones("(11) 98765-4321 ramal 12") == ["(11) 98765-4321 ramal 12"]
    assert split_phones("  ") == [] and split_phones(None) == []


@pytest.mark.parametrize(
    ("file", "normalize"), [("cnpj_vectors.csv", normalize_cnpj), ("cpf_vectors.csv", normalize_cpf)]
)
def test_document_vectors(file: str, normalize: Callable[[str], Document]) -> None:
    for row in vectors(file):
        found = normalize(row["input"])
        assert (found.value or "", found.reason or "") == (row["normalized"], row["reason_if_invalid"]), row
        if "root8" in row:
            assert (found.root or "") == row["root8"]


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=12, max_size=12))
def test_check_digits_agree_with_stdnum(base: str) -> None:
    if base != "0" * 12:
        whole = base + stdnum_cnpj.calc_check_digits(base)
        assert normalize_cnpj(whole).value == whole
        wrong = whole[:-1] + str((int(whole[-1]) + 1) % 10)
        assert normalize_cnpj(wrong).reason == "bad_check_digits"


@given(st.text("0123456789", min_size=11, max_size=11))
def test_cpf_agrees_with_stdnum_but_for_repeated_digits(text: str) -> None:
    expected = stdnum_cpf.is_valid(text) and len(set(text)) > 1
    assert (normalize_cpf(text).value == text) == expected


@pytest.mark.parametrize(
    ("raw", "person", "kind"),
    [
        ("52998224725   ", "J", "cpf"),
        ("11222333000181", "F", "cnpj"),
        ("ISENTO", "J", "cnpj"),
        ("123", "F", "cpf"),
        ("   ", "F", None),
    ],
)
def test_one_column_for_both_documents(raw: str, person: str, kind: str | None) -> None:
    assert document_kind(raw, person) == kind


@pytest.mark.parametrize(
    ("raw", "value", "reason"),
    [
        ("  Joana.Silva@Empresa.COM.br ", "joana.silva@empresa.com.br", None),
        ("mailto:a.b+c@x-y.com", "a.b+c@x-y.com", None),
        ("<ana@serra.ind.br>;", "ana@serra.ind.br", None),
        ("ana@xn--acar-5na.com.br", "ana@xn--acar-5na.com.br", None),
        ("teste@teste.com", None, "placeholder"),
        ("NAO@TEM.COM", None, "placeholder"),
        ("naotem@qualquer.com.br", None, "placeholder"),
        ("ana@example.com", None, "placeholder"),
        ("ana@empresa", None, "bad_format"),
        ("ana silva@empresa.com", None, "bad_format"),
        ("ana@@empresa.com", None, "bad_format"),
        ("ana..b@empresa.com", None, "bad_format"),
        (".ana@empresa.com", None, "bad_format"),
        ("ana@-empresa.com", None, "bad_format"),
        ("ana@empresa..com", None, "bad_format"),
        ("@empresa.com", None, "bad_format"),
        ("a" * 65 + "@empresa.com", None, "bad_format"),
        ("não tem", None, "bad_format"),
        ("", None, "empty"),
        (None, None, "empty"),
    ],
)
def test_emails(raw: str | None, value: str | None, reason: str | None) -> None:
    found = normalize_email(raw)
    assert (found.value, found.reason) == (value, reason)


def test_free_mail_names_no_company() -> None:
    assert normalize_email("ana@gmail.com").is_free
    assert corporate_domain(normalize_email("ana@gmail.com")) is None
    assert corporate_domain(normalize_email("ana@serra.ind.br")) == "serra.ind.br"
    assert corporate_domain(normalize_email("x")) is None


@given(st.emails())
def test_normalising_twice_changes_nothing(address: str) -> None:
    once = normalize_email(address)
    if once.value:
        assert normalize_email(once.value) == once
