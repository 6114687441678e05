"""Clause kind rating_given: a grade above the CRM's default within 5 days; the CRM says only between which looks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt.clauses.company import Company, at
from tests.dbt.clauses.conftest import Verdicts

RATING: dict[str, Any] = {
    "clause_kind": "rating_given", "starts_at": "mql_at", "clock": "elapsed", "limit_seconds": 5 * 86400,
}  # fmt: skip
CLAUSES = [
    {**RATING, "clause_id": "rating", "fallback": "rated"},
    {**RATING, "clause_id": "rating_strict", "fallback": "not_judgeable"},
]
BORN = "2026-03-02 12:00:00"


def tell(company: Company) -> None:
    """Looks at the deal: day, grade, last change; the grade is due on Saturday 7 March at noon."""
    looks: dict[str, list[tuple[str, int, str | None]]] = {
        "rated-at-once": [("2026-03-03 12:00:00", 4, None)],
        "rated-between": [("2026-03-03 12:00:00", 1, None), ("2026-03-09 12:00:00", 4, None)],
        "rated-by-its-change": [
            ("2026-03-03 12:00:00", 1, None),
            ("2026-03-09 12:00:00", 4, "2026-03-07 12:00:00"),
        ],
        "rated-late": [("2026-03-08 12:00:00", 1, None), ("2026-03-09 12:00:00", 4, None)],
        "never-rated": [("2026-03-09 12:00:00", 1, None)],
    }
    for name, seen in looks.items():
        company.person(name)
        for look, grade, changed in seen:
            company.look(name, BORN, look, rating=grade, updated_at=changed, user_id="ana")


@pytest.mark.parametrize(
    ("story", "expected", "strict"),
    [
        ("rated-at-once", "met", "met"),
        ("rated-between", "met", "not_judgeable/imprecise_stop"),
        ("rated-by-its-change", "met", "met"),
        ("rated-late", "breached", "breached"),
        ("never-rated", "breached", "breached"),
    ],
)
def test_verdict(verdicts: Verdicts, story: str, expected: str, strict: str) -> None:
    assert (verdicts.brief(story, "rating"), verdicts.brief(story, "rating_strict")) == (expected, strict)


def test_what_is_shown(verdicts: Verdicts) -> None:
    between, strict = verdicts.of("rated-between", "rating"), verdicts.of("rated-between", "rating_strict")
    assert (between["basis"], between["met_at"], between["elapsed_seconds"]) == (
        "rating_without_instant",
        None,
        None,
    )
    assert (strict["basis"], strict["met_at"]) == ("rating", at("2026-03-09 12:00:00"))
    assert verdicts.of("rated-late", "rating")["evidence"] == "deal:d-rated-late"
    assert verdicts.of("never-rated", "rating")["evidence"] is None
    assert verdicts.of("rated-by-its-change", "rating")["elapsed_seconds"] == 5 * 86400


def test_a_passage_without_a_deal_has_nothing_to_grade(verdicts: Verdicts) -> None:
    assert "rating" not in verdicts.clauses("mark-without-deal")
