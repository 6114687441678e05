"""Clause kind owner_at_birth: an owner within 15 minutes; when a later owner came, the first is known as an interval."""

from __future__ import annotations

import pytest

from tests.dbt.clauses.company import Company, at
from tests.dbt.clauses.conftest import Verdicts

CLAUSES = [
    {
        "clause_id": "owner", "clause_kind": "owner_at_birth", "area": "marketing", "starts_at": "mql_at",
        "clock": "elapsed", "limit_seconds": 900,
    }
]  # fmt: skip


def tell(company: Company) -> None:
    """What each look at the deal showed."""
    company.story("born-with-owner", "2026-03-02 12:00:00")
    company.story("born-orphan", "2026-03-02 12:00:00", user_id=None)
    company.story("orphan-given-back", "2026-03-02 12:00:00", "2026-03-02 12:10:00", "lost", user_id=None)
    company.person("owner-between-looks")
    company.person("owner-at-the-first-look")
    company.person("owner-by-the-second-look")
    looks = {
        "owner-between-looks": [("12:05", None), ("13:00", "ana")],
        "owner-by-the-second-look": [("12:05", None), ("12:15", "ana")],
        "owner-at-the-first-look": [("12:20", "ana"), ("13:00", "bia")],
    }
    for name, seen in looks.items():
        for look, seller in seen:
            company.look(
                name, "2026-03-02 12:00:00", f"2026-03-02 {look}:00", user_id=seller, user_changed=True
            )
    company.mark("mark-without-deal", "2026-03-02 12:00:00")
    company.person("mark-without-deal")


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("born-with-owner", "met"),
        ("born-orphan", "breached"),
        ("orphan-given-back", "not_applicable/closed_before_due"),
        ("owner-between-looks", "not_judgeable/imprecise_stop"),
        ("owner-by-the-second-look", "met"),
        ("owner-at-the-first-look", "not_judgeable/imprecise_stop"),
        ("mark-without-deal", "breached"),
        ("files:handoff:dated", "not_judgeable/date_only"),
    ],
)
def test_verdict(verdicts: Verdicts, story: str, expected: str) -> None:
    assert verdicts.brief(story, "owner") == expected


def test_what_is_shown(verdicts: Verdicts) -> None:
    row = verdicts.of("born-with-owner", "owner")
    assert (row["basis"], row["evidence"], row["met_at"], row["elapsed_seconds"]) == (
        "owner", "deal:d-born-with-owner", at("2026-03-02 12:00:00"), 0
    )  # fmt: skip
    seen = verdicts.of("owner-between-looks", "owner")
    assert (seen["met_at"], seen["elapsed_seconds"]) == (at("2026-03-02 13:00:00"), 3600)
