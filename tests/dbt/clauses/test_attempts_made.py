"""Clause kind attempts_made: as many attempts of each channel as the steps ask for, in time, in whatever order."""

from __future__ import annotations

import pytest

from tests.dbt.clauses.company import Company, at
from tests.dbt.clauses.conftest import Verdicts

CLAUSES = [
    {
        "clause_id": "attempts", "clause_kind": "attempts_made", "starts_at": "mql_at", "clock": "elapsed",
        "limit_seconds": 5 * 86400,
    }
]  # fmt: skip
STEPS = ["call", "whatsapp", "call"]
ITEMS = {
    "cadence_steps": [
        {"agreement_version": "now", "clause_id": "attempts", "step_no": number, "channel": channel}
        for number, channel in enumerate(STEPS, start=1)
    ]
}
WHOLE = [
    ("2026-03-02 13:00:00", "whatsapp"),
    ("2026-03-03 13:00:00", "call"),
    ("2026-03-04 13:00:00", "email"),
]


def tell(company: Company) -> None:
    """The passages open on Monday 2 March at noon; the cadence is due on Saturday 7 at noon."""
    for name, last in (("cadence-in-time", "2026-03-07 12:00:00"), ("cadence-late", "2026-03-07 12:00:01")):
        company.story(name, "2026-03-02 12:00:00")
        company.calls(name, *WHOLE, (last, "call"))
    company.story("cadence-one-call-short", "2026-03-02 12:00:00")
    company.calls("cadence-one-call-short", *WHOLE, ("2026-03-05 12:00:00", "visit"))
    company.story("cadence-advanced", "2026-03-02 12:00:00")
    company.visit("d-cadence-advanced", "ca1", "s3", "2026-03-07 12:00:00")
    company.story("cadence-advanced-late", "2026-03-02 12:00:00")
    company.visit("d-cadence-advanced-late", "cl1", "s3", "2026-03-07 12:00:01")
    company.story("cadence-closed", "2026-03-02 12:00:00", "2026-03-05 12:00:00", "lost")
    company.story("cadence-won", "2026-03-02 12:00:00", "2026-03-05 12:00:00", "won")
    company.story("cadence-running", "2026-06-28 12:00:00")
    company.imprecise("cadence-imprecise", "2026-03-01 12:00:00", "2026-03-02 12:00:00")
    company.deal("d-cadence-imprecise", ["c-cadence-imprecise"], "2026-03-02 12:00:30", user_id="ana")
    company.calls("cadence-imprecise", *WHOLE, ("2026-03-07 08:00:00", "call"))


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ("cadence-in-time", "met"),
        ("cadence-late", "breached"),
        ("cadence-one-call-short", "breached"),
        ("cadence-advanced", "not_applicable/advanced"),
        ("cadence-advanced-late", "breached"),
        ("cadence-closed", "not_applicable/closed_before_due"),
        ("cadence-won", "not_applicable/advanced"),
        ("cadence-running", "running"),
        ("cadence-imprecise", "not_judgeable/imprecise_start"),
        ("files:handoff:dated", "not_judgeable/date_only"),
    ],
)
def test_verdict(verdicts: Verdicts, story: str, expected: str) -> None:
    assert verdicts.brief(story, "attempts") == expected


def test_the_completing_attempt_is_the_evidence(verdicts: Verdicts) -> None:
    row = verdicts.of("cadence-late", "attempts")
    assert (row["evidence"], row["met_at"]) == ("attempt:cadence-late-4", at("2026-03-07 12:00:01"))
    assert (row["due_at"], row["elapsed_seconds"]) == (at("2026-03-07 12:00:00"), 5 * 86400 + 1)
    short = verdicts.of("cadence-one-call-short", "attempts")
    assert (short["evidence"], short["met_at"]) == (None, None)
