"""Clause kind give_back_allowed: no lead is given back before the whole cadence, but for the exempt reasons."""

from __future__ import annotations

import pytest

from tests.dbt.clauses.company import Company, at
from tests.dbt.clauses.conftest import Verdicts

CLAUSES = [{"clause_id": "give_back", "clause_kind": "give_back_allowed", "starts_at": "mql_at"}]
ITEMS = {
    "cadence_steps": [
        {"agreement_version": "now", "clause_id": "give_back", "step_no": number, "channel": channel}
        for number, channel in enumerate(["call", "email", "call"], start=1)
    ],
    "clause_reasons": [{"agreement_version": "now", "clause_id": "give_back", "reason_code": "sem_perfil"}],
}
GIVEN_BACK = "2026-03-20 12:00:00"


def tell(company: Company) -> None:
    """Passages given back on 20 March at noon."""
    attempts = [
        ("2026-03-03 12:00:00", "call"),
        ("2026-03-04 12:00:00", "email"),
        ("2026-03-05 12:00:00", "visit"),
    ]
    for name, reason, last in (
        ("whole-cadence", "Sem timing", GIVEN_BACK),
        ("one-call-after", "Sem timing", "2026-03-20 12:00:01"),
        ("exempt", "Sem perfil", "2026-03-20 12:00:01"),
    ):
        company.story(name, "2026-03-02 12:00:00", GIVEN_BACK, "lost", lost_reason_name=reason)
        company.calls(name, *attempts, (last, "call"))
    company.story("lost-later", "2026-03-02 12:00:00", GIVEN_BACK, "lost")
    company.visit("d-lost-later", "ll1", "s3", "2026-03-10 12:00:00")


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("whole-cadence", "met"),
        ("one-call-after", "breached/cadence_incomplete"),
        ("exempt", "not_applicable/exempt_reason"),
    ],
)
def test_verdict(verdicts: Verdicts, story: str, expected: str) -> None:
    row = verdicts.of(story, "give_back")
    assert verdicts.brief(story, "give_back") == expected
    assert (row["due_at"], row["evidence"]) == (at(GIVEN_BACK), f"deal:d-{story}")
    assert row["met_at"] == (at(GIVEN_BACK) if expected == "met" else None)


def test_a_lead_lost_after_the_sql_was_not_given_back(verdicts: Verdicts) -> None:
    assert "give_back" not in verdicts.clauses("lost-later")
