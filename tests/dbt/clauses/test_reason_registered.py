"""Clause kind reason_registered: a lead given back or lost has a reason that the agreement knows."""

from __future__ import annotations

import pytest

from tests.dbt.clauses.company import Company, at
from tests.dbt.clauses.conftest import Verdicts

CLAUSES = [{"clause_id": "reason", "clause_kind": "reason_registered", "starts_at": "closed_at"}]


def tell(company: Company) -> None:
    """Passages that closed on 20 March."""
    for name, label in (("with-reason", "Sem Perfil"), ("unheard-reason", "Outro"), ("no-reason", None)):
        company.story(name, "2026-03-02 12:00:00", "2026-03-20 12:00:00", "lost", lost_reason_name=label)
    company.story("won-no-reason", "2026-03-02 12:00:00", "2026-03-20 12:00:00", "won")


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("with-reason", "met"),
        ("unheard-reason", "not_judgeable/unmapped_reason"),
        ("no-reason", "breached"),
    ],
)
def test_verdict(verdicts: Verdicts, story: str, expected: str) -> None:
    row = verdicts.of(story, "reason")
    assert verdicts.brief(story, "reason") == expected
    assert (row["started_at"], row["due_at"]) == (at("2026-03-20 12:00:00"),) * 2


def test_what_is_shown(verdicts: Verdicts) -> None:
    row = verdicts.of("with-reason", "reason")
    assert (row["evidence"], row["met_at"], row["elapsed_seconds"]) == (
        "reason:sem_perfil",
        row["due_at"],
        None,
    )
    assert "reason" not in verdicts.clauses("won-no-reason") | verdicts.clauses("nobody-called")
