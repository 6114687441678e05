"""Each clause kind: what the sections of a version become, row by row."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contract.agreement import Agreement
from contract.clauses import KINDS
from contract.mappings import Mappings
from contract.model import Version
from contract.tables import agreement_tables
from ingestion.rows import to_arrow
from ingestion.tables import TABLES
from tests.contract.full_sample import FULL, SELLER
from tests.contract.samples import GOOD, load

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def agreement(tmp_path_factory: pytest.TempPathFactory) -> Agreement:
    return load(tmp_path_factory.mktemp("full"), a=FULL)


@pytest.fixture(scope="module")
def tables(agreement: Agreement) -> dict[str, Rows]:
    return agreement_tables(agreement, Mappings())


def plain(rows: Rows) -> list[tuple[Any, ...]]:
    """The values of rows, without the version."""
    return [tuple(value for key, value in row.items() if key != "agreement_version") for row in rows]


def test_every_kind_is_made_of_the_sections(agreement: Agreement) -> None:
    made = {clause.kind: type(clause) for clause in agreement.versions[0].terms.clauses}
    assert made == KINDS


def test_clause_rows(tables: dict[str, Rows]) -> None:
    common = ("clause_kind", "area", "title_pt", "title_en")
    ordinary = {"applies_to": "all", "subject_type": "handoff", "starts_at": "mql_at", "earlier_contact": False,
                "pause_owner_absent": False}  # fmt: skip
    month = {**ordinary, "subject_type": "month", "starts_at": "month"}
    clock = {"stops_at": "first_contact", "attempt_instant": "occurred_at", "fallback": "attempt"}
    elapsed = {"clock": "elapsed", "temperature": None}
    cadence = {"clock": "business", "limit_seconds": 9 * 3600, "temperature": None}
    expected: dict[str, dict[str, Any]] = {
        "owner_at_birth": {"clock": "elapsed", "limit_seconds": 900},
        "first_contact_hot": {**clock, "applies_to": "hot", "temperature": "hot", "clock": "business",
                              "limit_seconds": 600, "pause_owner_absent": True},
        "sql_contact": {**clock, "applies_to": "sql", "temperature": "hot", "clock": "elapsed", "limit_seconds": 7200,
                        "pause_owner_absent": True, "starts_at": "sql_at", "earlier_contact": True},
        "proposal_followup": {**clock, **elapsed, "applies_to": "proposal", "limit_seconds": 172800,
                              "starts_at": "proposal_at"},
        "cadence_attempts": cadence,
        "cadence_order": {**cadence, "spacing_seconds": 7200, "spacing_clock": "elapsed"},
        "reason_registered": {"starts_at": "closed_at"},
        "give_back_allowed": {"temperature": None},
        "rating_given": {"clock": "elapsed", "limit_seconds": 5 * 86400, "fallback": "not_judgeable"},
        "returned_to_nurture": {"clock": "elapsed", "limit_seconds": 2 * 86400, "starts_at": "closed_at"},
        "mqls_per_month": {**month, "measure": "mqls_per_month", "minimum": Decimal(50)},
        "acceptance_rate": {**month, "measure": "acceptance_rate", "minimum": Decimal("0.85")},
        "capture_completeness": {**month, "measure": "capture_completeness", "minimum": Decimal("0.9")},
        "wins_per_month": {**month, "measure": "wins_per_month", "minimum": Decimal(10)},
    }  # fmt: skip
    found = {row["clause_id"]: row for row in tables["clauses"]}
    assert list(found) == list(expected)
    for name, values in expected.items():
        row = {key: value for key, value in found[name].items() if key not in common}
        assert row == {"agreement_version": "v1", "clause_id": name, **ordinary, **values}, name
    marketing = {name for name, row in found.items() if row["area"] == "marketing"}
    assert marketing == {"owner_at_birth", "returned_to_nurture", "mqls_per_month", "acceptance_rate",
                         "capture_completeness"}  # fmt: skip


def test_rows_beside_the_clauses(tables: dict[str, Rows]) -> None:
    steps = [(1, "call"), (2, "whatsapp"), (3, "call")]
    assert plain(tables["cadence_steps"]) == [
        (clause, *step)
        for clause in ("cadence_attempts", "cadence_order", "give_back_allowed")
        for step in steps
    ]
    assert plain(tables["clause_reasons"]) == [("give_back_allowed", "sem_perfil")]
    assert plain(tables["clause_fields"]) == [
        ("capture_completeness", "email"),
        ("capture_completeness", "name"),
    ]
    assert plain(tables["clause_forms"]) == [("capture_completeness", "feira")]
    assert plain(tables["mql_criteria"]) == [
        (1, "channel_in", None, "event"),
        (1, "channel_in", None, "email"),
    ]
    assert plain(tables["warning_thresholds"]) == [
        ("untouched_share_above", Decimal("0.2")),
        ("mql_growth_without_revenue_months", Decimal(3)),
    ]
    assert plain(tables["icp"]) == [
        ("sectors", "Indústria"),
        ("regions", "SP"),
        ("behaviour_pt", "Compara"),
        ("behaviour_en", "Compares"),
    ]
    assert plain(tables["glossary"]) == [("Lead", "Lead", "Pessoa", "Person")]


def test_routing_rows(tables: dict[str, Rows]) -> None:
    assert plain(tables["routing_rules"]) == [
        (1, "Sul", "South", "assign", 900, True, True),
        (2, "Todos", "All", "assign", 900, False, False),
    ]
    assert plain(tables["routing_conditions"]) == [
        (1, "state", "PR"),
        (1, "state", "SC"),
        (1, "channel", "event"),
        (1, "form", "feira"),
    ]
    assert plain(tables["routing_sellers"]) == [
        (1, "bia@example.com.br", 3, 40),
        (1, SELLER, 1, None),
        (2, SELLER, 1, None),
        (0, SELLER, 1, None),
    ]


def test_rows_have_the_columns_of_the_raw_tables(tables: dict[str, Rows]) -> None:
    specs = TABLES["raw_agreement"]
    assert tables.keys() == specs.keys() - {"quarantine", "restatements"}
    for name, rows in tables.items():
        assert to_arrow(specs[name], rows).num_rows == len(rows), name


def test_names_may_be_given(tmp_path: Path) -> None:
    text = FULL.replace(
        "      min_spacing: 2 h\n",
        "      min_spacing: 2 h\n      attempts: {id: tentativas, title: {pt: Três toques, en: Three touches}}\n",
    ).replace("owner: {within: 15 min}", "owner: {within: 15 min, id: dono, area: sales}")
    clauses = {clause.id: clause for clause in load(tmp_path, a=text).versions[0].terms.clauses}
    assert clauses["tentativas"].title.pt == "Três toques"
    assert clauses["dono"].area == "sales"
    assert "cadence_order" in clauses and "cadence_attempts" not in clauses


def test_give_back_may_ask_for_a_reason_alone(tmp_path: Path) -> None:
    start, end = FULL.index("    cadence:\n"), FULL.index("    rating:")
    text = FULL[:start] + "    give_back: {only_after_cadence: false}\n" + FULL[end:]
    kinds = {clause.kind for clause in load(tmp_path, a=text).versions[0].terms.clauses}
    assert "reason_registered" in kinds
    assert kinds.isdisjoint({"give_back_allowed", "attempts_made", "cadence_order"})


def test_content_says_what_was_signed(tmp_path: Path) -> None:
    """What is not written is not hashed; what is written comes back from the content (calendars by name)."""
    bare = load(tmp_path, a=GOOD).versions[0].content
    assert bare.keys().isdisjoint(Version.OMITTED)
    assert bare["response_clocks"][0].keys().isdisjoint({"temperature", "pause_when_owner_absent"})
    assert "rule" not in bare["qualification"]["mql"]["criteria"][0]

    signed = load(tmp_path, a=FULL).versions[0]
    content = signed.content
    assert content["owner"] == {"area": "marketing", "clock": "elapsed", "within": "15 min"}
    assert content["calendars_by_team"]["Sul"]["state"] == "PR"
    names = {
        "calendar": "matriz",
        "calendars_by_team": {"Sul": "sul"},
        "calendars_by_seller": {SELLER: "sul"},
    }
    assert Version.model_validate({**content, **names}) == signed.terms


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("within: 15 min", "within: 20 min", True),
        ('"08:30-12:00"', '"08:30-11:00"', True),  # hours of a team's calendar
        ("state: PR", "state: PR\n    closed_days: [{date: 2026-07-01, name: x}]", False),
        ("approved_by: Ana e Rui", "approved_by: Rui", False),  # waivers and absences belong to no version
        ("from: 2026-03-02", "from: 2026-03-01", False),
        ("owner: {within: 15 min}", "owner: {within: 15 min, clock: elapsed, id: owner_at_birth}", False),
    ],
)
def test_what_moves_the_hash(tmp_path: Path, agreement: Agreement, old: str, new: str, changes: bool) -> None:
    assert FULL.count(old) == 1
    other = load(tmp_path, a=FULL.replace(old, new))
    assert (other.versions[0].agreement_hash != agreement.versions[0].agreement_hash) is changes


def test_dated_days_of_all_calendars_are_kept(tmp_path: Path) -> None:
    day = "state: PR\n    closed_days: [{date: 2026-07-01, name: Feriado}]"
    found = load(tmp_path, a=FULL.replace("state: PR", day)).versions[0]
    team = "calendars_by_team Sul: closed_days Feriado"
    assert found.dated_days == {"2026-07-01": f"{team} calendars_by_seller {SELLER}: closed_days Feriado"}
