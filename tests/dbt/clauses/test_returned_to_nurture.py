"""Clause kind returned_to_nurture: what was given back for `sem_timing` returns to nurture within 2 days."""

from __future__ import annotations

import pytest

from tests.dbt.clauses.company import Company, at
from tests.dbt.clauses.conftest import Verdicts

CLAUSES = [
    {
        "clause_id": "nurture", "clause_kind": "returned_to_nurture", "area": "marketing", "starts_at": "closed_at",
        "clock": "elapsed", "limit_seconds": 2 * 86400,
    }
]  # fmt: skip
BORN, GIVEN_BACK, DUE = "2026-06-02 12:00:00", "2026-06-20 12:00:00", "2026-06-22 12:00:00"
GRANTED = {"legal_category": "communications", "legal_status": "granted"}
BACK = "volta-sem_timing"


def tell(company: Company) -> None:
    """Passages given back on 20 June at noon, the company being live since 1 June."""
    told = (
        "returned-in-time",
        "returned-late",
        "never-returned",
        "asked-not-to",
        "never-asked",
        "came-back",
        "unsuited",
    )
    for name in told:
        legal = {"asked-not-to": {**GRANTED, "legal_status": "declined"}, "never-asked": {}}.get(
            name, GRANTED
        )
        company.person(name, **legal)
        reason = "Sem perfil" if name == "unsuited" else "Sem timing"
        company.story(name, BORN, GIVEN_BACK, "lost", lost_reason_name=reason)
    company.conversion("returned-in-time", BACK, DUE)
    company.conversion("returned-late", BACK, "2026-06-22 12:00:01")
    company.conversion("asked-not-to", BACK, "2026-06-22 12:00:01")
    company.mark("came-back", DUE)
    company.add(
        "rd_station", "contacts", contact_uuid="no-address", created_at="2026-01-10 10:00:00", **GRANTED
    )
    company.crm_contact("c-no-address", "no-address")
    company.story("no-address", BORN, GIVEN_BACK, "lost")
    company.person("before-going-live", **GRANTED)
    company.story("before-going-live", "2026-05-12 12:00:00", "2026-05-30 12:00:00", "lost")
    company.person("return-running", **GRANTED)
    company.story("return-running", BORN, "2026-06-29 12:00:00", "lost")


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("returned-in-time", "met"),
        ("returned-late", "breached"),
        ("never-returned", "breached"),
        ("asked-not-to", "not_applicable/consent_declined"),
        ("never-asked", "not_applicable/consent_unknown"),
        ("came-back", "not_applicable/new_passage"),
        ("no-address", "not_applicable/no_email"),
        ("before-going-live", "not_applicable/before_go_live"),
        ("return-running", "running"),
    ],
)
def test_verdict(verdicts: Verdicts, story: str, expected: str) -> None:
    assert verdicts.brief(story, "nurture") == expected


def test_what_is_shown(verdicts: Verdicts) -> None:
    row = verdicts.of("returned-late", "nurture")
    assert (row["evidence"], row["met_at"]) == (f"conversion:{BACK}", at("2026-06-22 12:00:01"))
    assert (row["started_at"], row["due_at"], row["elapsed_seconds"]) == (
        at(GIVEN_BACK),
        at(DUE),
        2 * 86400 + 1,
    )
    assert (row["area"], row["seller_id"], row["basis"]) == ("marketing", None, "conversion")
    assert "nurture" not in verdicts.clauses("unsuited") | verdicts.clauses("won-no-reason")
