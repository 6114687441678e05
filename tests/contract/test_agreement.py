"""Versions, hashes, immutability, and the rows that go to the warehouse."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from contract import agreement_tables, load_agreement, load_mappings
from contract.agreement import Agreement
from contract.registry import AgreementChangedError, Record, check_unchanged, records
from tests.contract.samples import GOOD, load, second_version

DEMO = Path(__file__).parents[2] / "profiles" / "demo"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def test_version_in_force(tmp_path: Path) -> None:
    agreement = load(tmp_path, b=second_version(), a=GOOD)
    assert [version.version for version in agreement.versions] == ["v1", "v2"]
    assert agreement.in_force(datetime(2026, 1, 1, 2, 59, 59, tzinfo=UTC)) is None
    first = agreement.in_force(datetime(2026, 1, 1, 3, tzinfo=UTC))
    last = agreement.in_force(datetime(2026, 7, 1, 3, tzinfo=UTC))
    assert first is not None and first.version == "v1"
    assert last is not None and last.version == "v2"
    with pytest.raises(KeyError, match='Did you mean "v2"'):
        agreement.version("v22")


def test_hash_follows_meaning_not_layout(tmp_path: Path) -> None:
    def fingerprint(text: str) -> str:
        return load(tmp_path, a=text).versions[0].agreement_hash

    base = fingerprint(GOOD)
    assert fingerprint("# nota\n" + GOOD.replace("10 min", "600 s")) == base
    assert fingerprint(GOOD.replace("2026-01-01T00:00:00-03:00", "2026-01-01T03:00:00Z")) == base
    assert (
        fingerprint(
            GOOD.replace("calendars:\n  matriz", "calendars:\n  sede").replace("r: matriz", "r: sede")
        )
        == base
    )
    assert fingerprint(GOOD.replace("10 min", "9 min")) != base
    assert fingerprint(GOOD.replace('"13:00-18:00"', '"13:00-17:00"')) != base
    assert fingerprint(GOOD.replace("name: Ana", "name: Bia")) != base


def with_day(day: str) -> str:
    return GOOD.replace("    hours:\n", f"    closed_days: [{{date: {day}, name: Feriado}}]\n    hours:\n")


def test_holidays_to_come_are_appended_without_a_new_version(tmp_path: Path) -> None:
    recorded = records(load(tmp_path, a=GOOD), NOW)
    assert [record.version for record in recorded] == ["v1"]
    later = load(tmp_path, a=with_day("2026-12-24"))
    assert later.versions[0].agreement_hash == recorded[0].agreement_hash
    assert later.versions[0].calendar_hash != load(tmp_path, a=GOOD).versions[0].calendar_hash
    check_unchanged(load(tmp_path, a=with_day("2026-12-24")), recorded, NOW)


def test_days_that_have_begun_stay(tmp_path: Path) -> None:
    recorded = records(load(tmp_path, a=GOOD), NOW)
    with pytest.raises(AgreementChangedError, match="2026-02-16, which has begun"):
        check_unchanged(load(tmp_path, a=with_day("2026-02-16")), recorded, NOW)
    recorded = records(load(tmp_path, a=with_day("2026-02-16")), NOW)
    with pytest.raises(AgreementChangedError, match="2026-02-16, which has begun"):
        check_unchanged(load(tmp_path, a=GOOD), recorded, NOW)


def test_changed_text_of_a_version_in_force_is_refused(tmp_path: Path) -> None:
    agreement = load(tmp_path, a=GOOD, b=second_version())
    recorded = records(agreement, NOW)
    check_unchanged(agreement, recorded, NOW)
    with pytest.raises(AgreementChangedError) as caught:
        check_unchanged(load(tmp_path, a=GOOD.replace("10 min", "30 min")), recorded, NOW)
    assert "version 'v1'" in str(caught.value) and "new version with its own effective_from" in str(
        caught.value
    )


def test_removed_version_is_refused_and_a_future_one_is_free(tmp_path: Path) -> None:
    agreement = load(tmp_path, a=GOOD, b=second_version())
    with pytest.raises(AgreementChangedError, match="no longer in the agreement"):
        check_unchanged(agreement, [("v0", "abc")], NOW)
    plain = [(agreement.versions[0].version, agreement.versions[0].agreement_hash)]
    check_unchanged(load(tmp_path, a=GOOD, b=second_version({"10 min": "8 min"})), plain, NOW)
    assert [record.version for record in records(agreement, datetime(2027, 1, 1, tzinfo=UTC))] == ["v1", "v2"]
    assert isinstance(records(agreement, NOW)[0], Record)


def test_new_version_may_not_start_in_the_past(tmp_path: Path) -> None:
    recorded = records(load(tmp_path, a=GOOD), NOW)
    with pytest.raises(AgreementChangedError, match="starts in the past"):
        check_unchanged(load(tmp_path, a=GOOD, b=second_version(since="2026-02-01")), recorded, NOW)
    check_unchanged(load(tmp_path, a=GOOD, b=second_version(since="2026-03-02")), recorded, NOW)


@pytest.fixture(scope="module")
def demo() -> Agreement:
    return load_agreement(DEMO / "agreement")


def test_demo_versions_and_clauses(demo: Agreement) -> None:
    tables = agreement_tables(demo, load_mappings(DEMO / "mappings"))
    assert [(row["agreement_version"], row["effective_from"]) for row in tables["versions"]] == [
        ("v1", datetime(2025, 1, 1, 3)),
        ("v2", datetime(2026, 1, 1, 3)),
        ("v3", datetime(2026, 3, 1, 3)),
        ("v4", datetime(2026, 4, 1, 3)),
        ("v5", datetime(2026, 5, 1, 3)),
    ]
    clocks = {
        (row["agreement_version"], row["clause_id"]): (row["clock"], row["limit_seconds"], row["starts_at"])
        for row in tables["clauses"]
        if row["clause_kind"] == "response_time" and row["agreement_version"] in ("v1", "v2", "v4")
    }
    assert clocks == {
        ("v1", "first_contact_hot"): ("business", 600, "mql_at"),
        ("v1", "first_contact_other"): ("elapsed", 86400, "mql_at"),
        ("v1", "sql_contact"): ("business", 14400, "sql_at"),
        ("v2", "first_contact_hot"): ("business", 300, "mql_at"),
        ("v2", "first_contact_other"): ("elapsed", 86400, "mql_at"),
        ("v2", "sql_contact"): ("business", 7200, "sql_at"),
        ("v4", "first_contact_hot"): ("business", 300, "mql_at"),
        ("v4", "first_contact_other"): ("elapsed", 86400, "mql_at"),
        ("v4", "sql_contact"): ("business", 7200, "sql_at"),
        ("v4", "proposal_followup"): ("business", 57600, "proposal_at"),
        ("v4", "opportunity_next_step"): ("elapsed", 259200, "opportunity_at"),
    }
    returns = {row["reason_code"]: (row["next_step"], row["return_identifier"]) for row in tables["reasons"]}
    assert returns == {
        "sem_timing": ("nurture", "bastao-nutricao-sem-timing"),
        "sem_orcamento": ("nurture", "bastao-nutricao-sem-orcamento"),
        "nao_respondeu": ("nurture", "bastao-nutricao-nao-respondeu"),
        "sem_perfil": ("suppress", None),
        "concorrente": ("recycle", None),
        "duplicado": ("merge", None),
        "contato_invalido": ("suppress", None),
    }
    assert {row["label"] for row in tables["reason_labels"]} == {
        "Sem timing", "Sem orçamento", "Não respondeu", "Sem perfil", "Comprou do concorrente", "Duplicado",
        "Contato inválido",
    }  # fmt: skip


def test_demo_mappings_targets_and_calendar(demo: Agreement) -> None:
    tables = agreement_tables(demo, load_mappings(DEMO / "mappings"))
    assert {(row["stage"], row["funnel_stage"]) for row in tables["stage_map"]} == {
        ("Novo lead", "mql"),
        ("Aceito por vendas", "accepted"),
        ("Qualificado", "sql"),
        ("Oportunidade", "opportunity"),
        ("Proposta enviada", "proposal"),
    }
    channels = {
        (row["traffic_source"], row["traffic_medium"]): row["channel"] for row in tables["channel_map"]
    }
    costs = {row["month"]: row for row in tables["monthly_costs"]}
    assert costs["2026-05"]["sales_cost"] == Decimal("109275.25") and costs["2025-07"]["gross_margin"] is None
    assert channels["google", "cpc"] == "paid_search" and channels["(direct)", "(none)"] == "direct"
    targets = {row["metric"]: row["target"] for row in tables["targets"] if row["agreement_version"] == "v2"}
    assert targets["mql_to_sql"] == Decimal("0.7") and targets["sqls_delivered"] == 50
    default = {row["agreement_version"]: row["calendar_hash"] for row in tables["versions"]}
    assert default["v1"] == default["v2"] != default["v3"] == default["v4"] == default["v5"]
    days, new = (
        {
            row["utc_date"].isoformat(): row
            for row in tables["calendar_days"]
            if row["calendar_hash"] == default[name]
        }
        for name in ("v1", "v3")
    )
    monday = days["2026-06-01"]
    assert (monday["i1_start"], monday["i1_end"], monday["i2_start"], monday["i2_end"]) == (
        39600,
        54000,
        57600,
        75600,
    )
    assert days["2025-12-24"]["working_seconds"] == 0 and days["2025-11-20"]["working_seconds"] == 0
    assert days["2026-02-17"]["working_seconds"] == 9 * 3600  # carnival is optional, and this company works
    assert new["2026-02-17"]["working_seconds"] == 0 and new["2026-05-09"]["working_seconds"] == 3 * 3600
    absent = {row["seller_email"].split(".")[0] for row in tables["calendar_absences"]}
    assert absent == {"flavia", "everton", "heloisa", "caio", "debora"}
    assert len({row["calendar_hash"] for row in tables["calendar_days"]}) == 3 + len(
        tables["calendar_absences"]
    )


def test_all_profiles_are_in_order() -> None:
    for folder in sorted(DEMO.parent.iterdir()):
        assert load_agreement(folder / "agreement").versions
        load_mappings(folder / "mappings")


def test_an_empty_file_is_no_fault(tmp_path: Path) -> None:
    assert len(load(tmp_path, a=GOOD, b="# ainda nada\n").versions) == 1
