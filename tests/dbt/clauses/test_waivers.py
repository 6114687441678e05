"""Waivers: what they name must match; they excuse what is broken, running or not judgeable, and hide nothing."""

from __future__ import annotations

import pytest

from tests.dbt.clauses.company import Company, handoff_id
from tests.dbt.clauses.conftest import Verdicts
from tests.dbt.raw_fixture import fetch

ITEMS = {
    "waivers": [
        {"waiver_id": "outage", "from_at": "2026-04-06 12:00:00", "until_at": "2026-04-06 15:00:00"},
        {"waiver_id": "a-later-letter", "clause_id": "one_day", "from_at": "2026-04-06 14:00:00", "until_at": "2026-04-06 16:00:00"},
        {"waiver_id": "training", "clause_id": "ten_minutes", "seller_email": "eva@casa.com.br"},
        {"waiver_id": "this-one", "clause_id": "ten_minutes", "handoff_id": handoff_id("waived-by-name")},
        {"waiver_id": "old-lists", "from_at": "2026-05-04 00:00:00", "until_at": "2026-05-04 00:00:01"},
    ]
}  # fmt: skip


def tell(company: Company) -> None:
    """Nobody calls any of them but one."""
    for name, hour in (
        ("outage-begins", "12:00:00"),
        ("outage-over", "15:00:00"),
        ("two-waivers", "14:00:00"),
    ):
        company.story(name, f"2026-04-06 {hour}")
    company.story("called-in-the-outage", "2026-04-06 12:00:00")
    company.calls("called-in-the-outage", ("2026-04-06 12:01:00", "call"))
    company.story("of-eva", "2026-04-07 12:00:00", user_id="eva")
    company.story("waived-by-name", "2026-04-07 12:00:00")
    company.add("files", "handoffs", handoff_key="waived-day", mql_on="2026-05-04")


@pytest.mark.parametrize(
    ("story", "clause", "expected"),
    [
        ("outage-begins", "ten_minutes", "waived/waiver:outage"),
        ("outage-over", "ten_minutes", "breached"),
        ("outage-over", "one_day", "waived/waiver:a-later-letter"),
        ("two-waivers", "one_day", "waived/waiver:a-later-letter"),
        ("called-in-the-outage", "ten_minutes", "met"),
        ("called-in-the-outage", "strict", "waived/waiver:outage"),
        ("of-eva", "ten_minutes", "waived/waiver:training"),
        ("of-eva", "one_day", "breached"),
        ("waived-by-name", "ten_minutes", "waived/waiver:this-one"),
        ("waived-by-name", "one_day", "breached"),
        ("files:handoff:waived-day", "ten_minutes", "waived/waiver:old-lists"),
    ],
)
def test_verdict(verdicts: Verdicts, story: str, clause: str, expected: str) -> None:
    assert verdicts.brief(story, clause) == expected


def test_what_was_waived_stays_visible(verdicts: Verdicts) -> None:
    row = verdicts.of("called-in-the-outage", "strict")
    assert (row["unwaived_verdict"], row["unwaived_reason"], row["waiver_id"]) == (
        "not_judgeable", "no_call_result", "outage"
    )  # fmt: skip


def test_every_row_of_the_index_has_one_verdict(verdicts: Verdicts) -> None:
    index = fetch(verdicts.database, "select verdict_id from intermediate.int_clause_index")
    judged = fetch(verdicts.database, "select verdict_id from marts.fct_sla_verdicts")
    assert sorted(row["verdict_id"] for row in index) == sorted(row["verdict_id"] for row in judged)
    assert len(index) > 500
