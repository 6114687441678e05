"""Clause kind cadence_order: channels in their order, with time between them; the first violation decides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt.clauses.company import Company, at
from tests.dbt.clauses.conftest import Verdicts

ORDER: dict[str, Any] = {
    "clause_kind": "cadence_order", "starts_at": "mql_at", "clock": "elapsed", "limit_seconds": 5 * 86400,
    "spacing_seconds": 7200, "spacing_clock": "elapsed",
}  # fmt: skip
CLAUSES = [
    {**ORDER, "clause_id": "order"},
    {**ORDER, "clause_id": "order_business", "spacing_seconds": 3600, "spacing_clock": "business"},
    {**ORDER, "clause_id": "order_unspaced", "spacing_seconds": None},
]
ITEMS = {
    "cadence_steps": [
        {"agreement_version": "now", "clause_id": clause["clause_id"], "step_no": number, "channel": channel}
        for clause in CLAUSES
        for number, channel in enumerate(["call", "whatsapp", "call"], start=1)
    ]
}
DAY = "2026-03-02 "


def tell(company: Company) -> None:
    """Passages of Monday 2 March at noon; an e-mail is no step of this cadence."""
    call, text = "call", "whatsapp"
    told = {
        "in-order": [
            ("13:00:00", call),
            ("13:30:00", "email"),
            ("15:00:00", text),
            ("18:00:00", call),
            ("18:01:00", text),
        ],
        "wrong-channel": [("13:00:00", call), ("13:01:00", call), ("18:00:00", call)],
        "too-soon": [("13:00:00", call), ("14:59:59", text), ("18:00:00", call)],
        "half-way": [("13:00:00", call), ("15:00:00", text)],
        "advanced-in-order": [("13:00:00", call), ("18:00:00", call)],
        "after-hours": [("20:30:00", call), ("23:30:00", text)],
    }
    for name, attempts in told.items():
        company.story(name, DAY + "12:00:00")
        company.calls(name, *[(DAY + instant, channel) for instant, channel in attempts])
    company.visit("d-advanced-in-order", "ao1", "s3", DAY + "18:00:00")
    company.story("closed-half-way", DAY + "12:00:00", "2026-03-20 12:00:00", "lost")
    company.story("order-running", "2026-06-28 12:00:00")


@pytest.mark.parametrize(
    ("story", "clause", "expected"),
    [
        ("in-order", "order", "met"),
        ("wrong-channel", "order", "breached/out_of_order"),
        ("too-soon", "order", "breached/too_soon"),
        ("too-soon", "order_unspaced", "met"),
        ("half-way", "order", "not_applicable/incomplete"),
        ("advanced-in-order", "order", "not_applicable/advanced"),
        ("closed-half-way", "order", "not_applicable/closed"),
        ("order-running", "order", "running"),
        ("after-hours", "order", "not_applicable/incomplete"),
        ("after-hours", "order_business", "breached/too_soon"),
        ("files:handoff:dated", "order", "not_judgeable/date_only"),
    ],
)
def test_verdict(verdicts: Verdicts, story: str, clause: str, expected: str) -> None:
    assert verdicts.brief(story, clause) == expected


def test_what_is_shown(verdicts: Verdicts) -> None:
    kept, broken = verdicts.of("in-order", "order"), verdicts.of("wrong-channel", "order")
    assert (kept["met_at"], kept["evidence"]) == (at(DAY + "18:00:00"), "attempt:in-order-4")
    assert (kept["elapsed_seconds"], kept["due_at"]) == (None, at("2026-03-07 12:00:00"))
    assert (broken["met_at"], broken["evidence"]) == (None, "attempt:wrong-channel-2")
