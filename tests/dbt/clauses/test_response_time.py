"""Clause kind response_time: starts, stops, calendars, pauses; an owner's own clock once the lead changed hands."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt.clauses.company import Company, at
from tests.dbt.clauses.conftest import Verdicts

CLOCK: dict[str, Any] = {
    "clause_kind": "response_time", "starts_at": "mql_at", "stops_at": "first_contact", "earlier_contact": False,
    "clock": "business", "limit_seconds": 600, "attempt_instant": "occurred_at", "fallback": "attempt",
}  # fmt: skip
CLAUSES = [
    {**CLOCK, "clause_id": "ten_minutes"},
    {**CLOCK, "clause_id": "one_day", "clock": "elapsed", "limit_seconds": 86400},
    {**CLOCK, "clause_id": "hot_only", "temperature": "hot", "applies_to": "hot"},
    {
        **CLOCK,
        "clause_id": "sql",
        "starts_at": "sql_at",
        "applies_to": "sql",
        "limit_seconds": 7200,
        "earlier_contact": True,
    },
    {
        **CLOCK,
        "clause_id": "proposal",
        "starts_at": "proposal_at",
        "applies_to": "proposal",
        "limit_seconds": 7200,
    },
    {**CLOCK, "clause_id": "paused", "limit_seconds": 3600, "pause_owner_absent": True},
    {
        **CLOCK,
        "clause_id": "paused_day",
        "clock": "elapsed",
        "limit_seconds": 86400,
        "pause_owner_absent": True,
    },
    {**CLOCK, "clause_id": "strict", "fallback": "not_judgeable"},
]


def tell(company: Company) -> None:
    """Passages of Monday 2 March; who answers and when is in the name."""
    for name, seller, first_call in (
        ("ana-in-time", "ana", "2026-03-02 12:10:00"),
        ("ana-late", "ana", "2026-03-02 12:10:01"),
        ("bia-in-time", "bia", "2026-03-02 11:10:00"),
        ("caio-in-time", "caio", "2026-03-02 15:10:00"),
        ("dora-in-time", "dora", "2026-03-04 13:00:00"),
    ):
        company.story(name, "2026-03-02 10:00:00", user_id=seller)
        company.calls(name, (first_call, "call"))
    company.story("nobody-called", "2026-03-02 12:00:00")
    company.story("still-time", "2026-06-30 20:50:00")  # due as we look
    company.story("beyond", "2026-06-30 20:59:00", user_id="caio")
    company.story("given-back-at-once", "2026-03-02 12:00:00", "2026-03-02 12:05:00", "lost")

    company.story("known-before", "2026-03-02 12:00:00")
    company.calls("known-before", ("2026-03-02 12:05:00", "call"), ("2026-03-09 16:00:00", "email"))
    company.visit("d-known-before", "kb1", "s3", "2026-03-05 12:00:00")
    company.visit("d-known-before", "kb2", "s5", "2026-03-09 12:00:00")

    company.imprecise("imprecise", "2026-03-02 12:00:00", "2026-03-02 13:00:00")
    company.deal("d-imprecise", ["c-imprecise"], "2026-03-02 13:00:30", user_id="ana")
    company.calls("imprecise", ("2026-03-02 13:05:00", "call"))
    company.imprecise("imprecise-but-late", "2026-03-02 12:00:00", "2026-03-02 13:00:00")
    company.deal("d-imprecise-but-late", ["c-imprecise-but-late"], "2026-03-02 13:00:30", user_id="ana")
    company.calls("imprecise-but-late", ("2026-03-02 13:20:00", "call"))

    # Looks at the deals that changed hands: day and hour, and the owner they showed.
    changed = {
        "changed-hands": [
            ("02 13", "ana"),
            ("03 13", "ana"),
            ("05 13", "bia"),
            ("09 12", "bia"),
            ("09 13", "caio"),
        ],
        "changed-unseen": [("02 13", "ana"), ("03 13", "ana"), ("05 13", "bia")],
        "passed-on": [("02 13", "ana"), ("02 14", "bia")],
        "called-by-the-first": [("02 13", "ana"), ("03 13", None), ("05 13", "bia")],
    }
    for name, looks in changed.items():
        company.person(name)
        for look, seller in looks:
            seen = f"2026-03-{look}:00:00"
            company.look(name, "2026-03-02 12:00:00", seen, user_id=seller, user_changed=True)
    company.calls("changed-hands", ("2026-03-09 16:30:00", "call"))
    company.calls("changed-unseen", ("2026-03-05 15:00:00", "call"))
    company.calls("called-by-the-first", ("2026-03-02 13:30:00", "call"))

    company.add("files", "handoffs", handoff_key="dated", mql_on="2026-03-02")
    company.story("of-the-old-version", "2025-12-30 12:00:00")


@pytest.mark.parametrize(
    ("story", "clause", "expected"),
    [
        ("ana-in-time", "ten_minutes", "met"),
        ("ana-late", "ten_minutes", "breached"),
        ("bia-in-time", "ten_minutes", "met"),
        ("caio-in-time", "ten_minutes", "met"),
        ("nobody-called", "ten_minutes", "breached"),
        ("still-time", "ten_minutes", "running"),
        ("still-time", "one_day", "running"),
        ("beyond", "ten_minutes", "not_judgeable/outside_calendar"),
        ("given-back-at-once", "ten_minutes", "not_applicable/closed_before_due"),
        ("imprecise", "ten_minutes", "not_judgeable/imprecise_start"),
        ("imprecise", "one_day", "met"),
        ("imprecise-but-late", "ten_minutes", "breached"),
        ("ana-in-time", "strict", "not_judgeable/no_call_result"),
        ("nobody-called", "strict", "breached"),
        ("files:handoff:dated", "ten_minutes", "not_judgeable/date_only"),
        ("of-the-old-version", "old_clock", "breached"),
    ],
)
def test_verdict(verdicts: Verdicts, story: str, clause: str, expected: str) -> None:
    assert verdicts.brief(story, clause) == expected


def test_each_seller_works_by_their_own_calendar(verdicts: Verdicts) -> None:
    due = {name: verdicts.of(f"{name}-in-time", "ten_minutes")["due_at"] for name in ("ana", "bia", "caio")}
    assert due == {
        "ana": at("2026-03-02 12:10:00"), "bia": at("2026-03-02 11:10:00"), "caio": at("2026-03-02 15:10:00")
    }  # fmt: skip
    row = verdicts.of("bia-in-time", "one_day")
    assert (row["elapsed_seconds"], row["business_seconds"]) == (4200, 600)


def test_a_clause_that_pauses_counts_no_time_of_an_absence(verdicts: Verdicts) -> None:
    paused, day = verdicts.of("dora-in-time", "paused"), verdicts.of("dora-in-time", "paused_day")
    assert (paused["verdict"], paused["due_at"]) == ("met", at("2026-03-04 13:00:00"))
    assert (paused["elapsed_seconds"], paused["business_seconds"]) == (183600, 3600)
    assert (day["verdict"], day["due_at"]) == ("met", at("2026-03-05 00:00:00"))
    assert day["business_seconds"] == 3600
    plain = verdicts.of("dora-in-time", "one_day")
    assert (plain["verdict"], plain["business_seconds"]) == ("breached", 2 * 9 * 3600 + 3600)
    assert verdicts.of("ana-late", "paused_day")["due_at"] == at("2026-03-03 10:00:00")


def test_stage_clocks(verdicts: Verdicts) -> None:
    sql, proposal = verdicts.of("known-before", "sql"), verdicts.of("known-before", "proposal")
    assert (sql["verdict"], sql["met_at"], sql["elapsed_seconds"]) == ("met", sql["started_at"], 0)
    assert (sql["evidence"], sql["started_at"]) == ("attempt:known-before-1", at("2026-03-05 12:00:00"))
    assert (proposal["verdict"], proposal["met_at"], proposal["evidence"]) == (
        "breached", at("2026-03-09 16:00:00"), "attempt:known-before-2"
    )  # fmt: skip
    assert "sql" not in verdicts.clauses("ana-in-time")


def test_only_the_temperature_and_the_version_that_a_clause_names(verdicts: Verdicts) -> None:
    assert "hot_only" not in verdicts.clauses("ana-in-time")
    assert verdicts.clauses("of-the-old-version") == {"old_clock"}


def test_each_owner_has_a_clock_and_the_customer_keeps_theirs(verdicts: Verdicts) -> None:
    whole = verdicts.of("changed-hands", "one_day")
    assert (whole["verdict"], whole["started_at"]) == ("breached", at("2026-03-02 12:00:00"))
    first, second, third = (verdicts.of("changed-hands", "one_day", owner) for owner in (1, 2, 3))
    assert (
        len({row["seller_id"] for row in (first, second, third)}) == 3
        and whole["seller_id"] == third["seller_id"]
    )
    # ana kept it beyond a day; so did bia, wherever between the looks it became hers; caio called before he must.
    assert [row["verdict"] for row in (first, second, third)] == ["breached", "breached", "met"]
    assert (second["not_before"], second["started_at"]) == (
        at("2026-03-03 13:00:00"),
        at("2026-03-05 13:00:00"),
    )
    assert (third["subject_type"], third["subject_id"]) == ("ownership", f"{third['handoff_id']}:3")
    assert (third["started_at"], third["elapsed_seconds"]) == (at("2026-03-09 13:00:00"), 12600)
    assert verdicts.brief("changed-unseen", "one_day", 2) == "not_judgeable/imprecise_start"


def test_an_owner_who_passed_it_on_in_time_broke_nothing(verdicts: Verdicts) -> None:
    assert verdicts.brief("passed-on", "one_day", 1) == "not_applicable/reassigned"
    assert verdicts.brief("passed-on", "ten_minutes", 1) == "breached"
    assert verdicts.brief("passed-on", "one_day", 2) == "breached"


def test_owners_after_the_first_contact_owe_none(verdicts: Verdicts) -> None:
    assert verdicts.brief("called-by-the-first", "one_day", 1) == "met"
    second = verdicts.of("called-by-the-first", "one_day", 2)
    assert (second["verdict"], second["reason"], second["met_at"]) == (
        "not_applicable",
        "already_contacted",
        None,
    )
    assert second["not_before"] == at("2026-03-03 13:00:00")
    assert not [row for row in verdicts.rows if row["story"] == "ana-in-time" and row["owner_no"]]
