"""Editing a version in force is refused in words; restating it is an act with a name and a reason, and is logged."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import duckdb
import pytest
from typer.testing import CliRunner, Result

from contract.mappings import load_mappings
from contract.problems import AgreementError
from ingestion.agreement.source import reader
from ingestion.runner import Session
from orchestration import agreements, stages
from orchestration.cli import app
from orchestration.profile import Profile
from orchestration.runtime import Runtime
from tests.orchestration.conftest import FixedClock

WHY = ("--reason", "typing error found by both areas", "--by", "Ana, sales operations")


@pytest.fixture
def company(profile: Profile, fixed_clock: FixedClock) -> Profile:
    """A company whose agreement (one version, one calendar) was pinned by a run."""
    for path in (profile.folder / "agreement").iterdir():
        path.unlink()
    (profile.folder / "agreement" / "acordo.yaml").write_text(TEXT, encoding="utf-8")
    with Runtime(profile) as runtime:
        agreements.pin(runtime, agreements.read(profile))
    return profile


TEXT = """\
versions:
  - version: v1
    effective_from: 2026-01-01T00:00:00-03:00
    signatures:
      marketing: {name: A, role: Marketing, signed_on: 2025-12-15}
      sales: {name: B, role: Vendas, signed_on: 2025-12-15}
    qualification:
      mql: {criteria: [{title: {pt: a, en: a}, measured_by: {pt: a, en: a}}]}
      sql: {criteria: [{title: {pt: b, en: b}, measured_by: {pt: b, en: b}}]}
    response_clocks:
      - {id: first_contact, title: {pt: Primeiro contato, en: First contact}, applies_to: other, clock: elapsed, limit: 5 min}
    reasons: [{code: outro, title: {pt: Outro, en: Other}, next_step: none}]
    passage: {inactivity_days: 90}
    calendar: matriz
calendars:
  matriz:
    zone: America/Sao_Paulo
    hours: [{days: [monday, friday], intervals: ["08:00-18:00"]}]
    closed_days: [{date: 2026-03-02, name: Aniversário}]
"""


def edit(company: Profile, old: str, new: str) -> None:
    path = company.folder / "agreement" / "acordo.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def bastao(company: Profile, *words: object) -> Result:
    arguments = [*map(str, words), "--profile", str(company.folder)]
    return CliRunner(env={"BASTAO_HOME": str(company.home)}).invoke(app, arguments)


def rows_of_the_next_load(company: Profile) -> list[dict[str, object]]:
    """Rows of raw_agreement.restatements, as the reader of the agreement hands them to the load."""
    mappings = load_mappings(company.folder / "mappings")
    with Runtime(company) as runtime:
        read = reader(agreements.read(company), mappings, runtime.state.agreement_restatements())
    (part,) = read(Session({}, 1, lambda **_: {}))
    return part.tables["restatements"]


def test_an_edit_is_refused_until_it_is_restated(company: Profile) -> None:
    edit(company, "limit: 5 min", "limit: 50 min")
    with pytest.raises(AgreementError, match="was in force with another text"):
        stages.ingest(company, "agreement")
    refused = bastao(company, "agreement", "check")
    assert refused.exit_code == 2
    assert "bastao agreement restate v1 --reason TEXT --by NAME" in " ".join(refused.output.split())

    looked = bastao(company, "agreement", "restate", "v1", *WHY, "--dry-run")
    assert "Primeiro contato: prazo 5 minutos → 50 minutos" in looked.output
    assert bastao(company, "agreement", "check").exit_code == 2

    done = bastao(company, "agreement", "restate", "v1", *WHY, "--json")
    assert done.exit_code == 0, done.output
    act = json.loads(done.output)
    assert act["changes"] == ["Primeiro contato: prazo 5 minutos → 50 minutos"] and act["verdicts"] == 0
    assert bastao(company, "agreement", "check").exit_code == 0
    assert rows_of_the_next_load(company) == [
        {
            "agreement_version": "v1", "old_hash": act["old_hash"], "new_hash": act["new_hash"], "reason": WHY[1],
            "restated_by": WHY[3], "restated_at": datetime(2026, 6, 30, 21),
        },
    ]  # fmt: skip
    again = bastao(company, "agreement", "restate", "v1", *WHY)
    assert again.exit_code == 2 and "nothing to restate" in again.output


@pytest.mark.parametrize("missing", ["--reason", "--by"])
def test_an_act_without_reason_or_name_changes_nothing(company: Profile, missing: str) -> None:
    edit(company, "limit: 5 min", "limit: 50 min")
    told = {"--reason": "because", "--by": "Ana"} | {missing: "  "}
    result = bastao(company, "agreement", "restate", "v1", *(word for pair in told.items() for word in pair))
    assert result.exit_code == 2 and missing in result.output
    assert bastao(company, "agreement", "check").exit_code == 2
    assert bastao(company, "agreement", "restate", "v1", "--by", "Ana").exit_code == 2


def test_a_day_that_has_begun_and_a_version_in_the_past_can_be_restated(company: Profile) -> None:
    edit(company, "date: 2026-03-02", "date: 2026-03-09")
    result = bastao(company, "agreement", "restate", "v1", *WHY)
    assert "2026-03-02: closed_days Aniversário → –" in result.output
    text = TEXT.replace("2026-03-02", "2026-03-09")
    added = text.split("calendars:")[0].split("versions:\n")[1].replace("v1", "v2").replace("2026-01-01", "2026-05-01")
    (company.folder / "agreement" / "v2.yaml").write_text("versions:\n" + added, encoding="utf-8")
    refused = bastao(company, "agreement", "check")
    assert refused.exit_code == 2 and "restate v2" in " ".join(refused.output.split())
    assert bastao(company, "agreement", "restate", "v2", *WHY).exit_code == 0
    assert bastao(company, "agreement", "check").exit_code == 0
    with Runtime(company) as runtime:
        assert [row["old_hash"] is None for row in runtime.state.agreement_restatements()] == [False, True]


def test_unknown_future_and_removed_versions(company: Profile) -> None:
    assert "no version 'v9'" in bastao(company, "agreement", "restate", "v9", *WHY).output
    text = TEXT.replace("version: v1", "version: v3")
    (company.folder / "agreement" / "acordo.yaml").write_text(text, encoding="utf-8")
    assert "no longer in the agreement" in bastao(company, "agreement", "restate", "v1", *WHY).output
    (company.folder / "agreement" / "acordo.yaml").write_text(TEXT, encoding="utf-8")
    added = TEXT.split("calendars:")[0].replace("v1", "v2").replace("2026-01-01", "2027-01-01")
    (company.folder / "agreement" / "v2.yaml").write_text(added, encoding="utf-8")
    assert "not in force yet" in bastao(company, "agreement", "restate", "v2", *WHY).output


def test_how_many_verdicts_are_touched(company: Profile) -> None:
    company.paths.published.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(company.paths.published_bi)) as published:
        published.execute("create schema marts")
        published.execute(
            "create table marts.fct_handoffs as select * from (values ('a', timestamp '2026-02-01'),"
            " ('b', timestamp '2026-05-05'), ('c', null)) h(handoff_id, mql_at), (select date '2026-02-02' as mql_date)"
        )
        published.execute(
            "create table marts.fct_sla_verdicts as select * from (values ('a', 'v1', timestamp '2026-06-01'),"
            " ('b:2', 'v1', null), ('c', 'v0', null), ('2026-06', 'v1', timestamp '2026-06-01'), ('2025-06', 'v0',"
            " timestamp '2025-06-01')) v(subject_id, agreement_version, started_at)"
        )
    edit(company, "limit: 5 min", "limit: 50 min")
    done = bastao(company, "agreement", "restate", "v1", *WHY, "--dry-run")
    assert "judged again: 4." in done.output  # c, by its date, would be v1's as well


def test_an_old_state_without_texts_still_says_what_it_can(company: Profile) -> None:
    import sqlalchemy as sa

    from orchestration.state import agreement_texts

    with Runtime(company) as runtime, runtime.state.engine.begin() as connection:
        connection.execute(sa.delete(agreement_texts))
    edit(company, "limit: 5 min", "limit: 50 min")
    assert "was not kept" in bastao(company, "agreement", "restate", "v1", *WHY).output


def test_changes_that_the_words_do_not_know_are_named_by_their_place(company: Profile) -> None:
    from contract.agreement import load_agreement
    from contract.registry import Record, records
    from contract.restatement import restatement

    now = datetime(2026, 6, 30, tzinfo=UTC)
    agreement = load_agreement(company.folder / "agreement")
    kept = records(agreement, now)[0]
    other = {**kept.content, "renamed": True, "reasons": [{**kept.content["reasons"][0], "code": "x"}]}
    found = restatement(agreement, [Record("v1", "other", kept.days, kept.until, other)], "v1", now)
    assert any(line.startswith("reasons[") for line in found.changes)
    assert "renamed: True → –" in found.changes
