"""Who gets each lead by the agreement, and what of that is pushed: one small company, built once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.raw_fixture import fetch, fresh_warehouse, run_dbt
from tests.dbt.routing_company import build, changed, handoff_id, opportunity_id

Rows = dict[str, dict[str, Any]]
NAMED = "left join intermediate.int_handoffs as h using (handoff_id) left join intermediate.int_person_nodes as n on h.person_id = n.person_id and n.source_system = 'rd_station'"


class Built:
    """The built company; rows by the story's name."""

    def __init__(self, database: Path):
        self.database = database
        self.decisions = self.rows("intermediate.int_routing_decisions", "t.seller_email, t.why, t.rule_no, t.is_fallback, t.came_without_owner")
        self.proposals = self.rows("marts.rpt_routing_proposals", "t.*")
        self.crm = self.rows("plan.plan_owner_crm", "t.*")
        self.rd = self.rows("plan.plan_owner_rd", "t.*")

    def rows(self, table: str, columns: str) -> Rows:
        found = fetch(self.database, f"select n.source_id as story, {columns} from {table} as t {NAMED} order by h.passage_no")
        return {row["story"]: row for row in found}

    def seller(self, story: str) -> tuple[str | None, str]:
        """(seller, why) of a story."""
        row = self.decisions[story]
        return (row["seller_email"] or "").split("@")[0] or None, row["why"]


@pytest.fixture(scope="module")
def built(dbt_home: Path) -> Iterator[Built]:
    database = build().write_duckdb(fresh_warehouse(dbt_home))
    wanted = ["+rpt_routing_proposals", "+plan_owner_crm", "+plan_owner_rd", "+plan_confirmations"]
    run_dbt(["run", "--select", *wanted], dbt_home, database)
    yield Built(database)


@pytest.mark.parametrize(
    ("story", "seller", "why"),
    [
        ("old-customer", "ana", "portfolio"),
        ("from-the-fair", "dora", "turn"),
        ("at-home-in-rio", "ana", "no_rule"),  # one condition of three does not hold
        ("company-in-the-south", "caio", "turn"),
        ("dora-away", "ana", "turn"),
        ("only-dora-away", "ana", "all_absent"),
        ("nobody-of-that-name", "ninguem", "turn"),
        ("eva-full", "ana", "all_full"),
        ("eva-free", "eva", "turn"),
        ("holiday", "ana", "turn"),
        ("gil-holds", "ana", "no_rule"),
    ],
)
def test_the_first_rule_that_fits_decides(built: Built, story: str, seller: str, why: str) -> None:
    assert built.seller(story) == (seller, why)


@pytest.mark.parametrize(("prefix", "step"), [("south", 1), ("now", 2)])
def test_turns_are_fair_after_every_lead(built: Built, prefix: str, step: int) -> None:
    """Weights 2 and 1. Of those that Bastão assigns, the ones that came without an owner are shared out by themselves."""
    had: Counter[str | None] = Counter()
    for number, story in enumerate(range(0, 30, step), start=1):
        had[built.seller(f"{prefix}-{story:02}")[0]] += 1
        assert abs(had["bia"] - number * 2 / 3) < 1 and abs(had["caio"] - number / 3) < 1


def test_capacity_counts_what_is_open_and_what_was_just_promised(built: Built) -> None:
    # gil holds two of at most three: his first turn is the last one he can take.
    assert [built.seller(f"limit-{number}") for number in range(5)] == [
        ("gil", "turn"), ("caio", "turn"), ("caio", "next_in_turn"), ("caio", "turn"), ("caio", "next_in_turn"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("story", "refusal"),
    [
        ("now-00", None), ("limit-0", None), ("just-born", "grace"), ("closed", "not_open"), ("ghost", "seller_not_in_crm"),
        ("chosen-late", "owned"), ("ours", "owned"), ("ours-changed", "owned"), ("ours-unseen", None),
    ],
)  # fmt: skip
def test_what_is_assigned_in_the_crm(built: Built, story: str, refusal: str | None) -> None:
    row = built.crm[story]
    assert (row["refusal_reason"], row["eligible"]) == (refusal, refusal is None)
    assert (row["subject_id"], row["occurrence"], row["deal_id"]) == (opportunity_id(story), "1", f"d-{story}")
    if refusal is None:
        assert row["owner_id"] == built.seller(story)[0]


def test_who_had_an_owner_in_time_is_nobodys_business(built: Built) -> None:
    assert not set(built.crm) & {"now-01", "gil-holds", "before-go-live", "no-deal", "old-customer"}


def test_only_people_agree(built: Built) -> None:
    def of(story: str) -> tuple[Any, bool]:
        row = built.proposals[story]
        return row["agrees"], row["bastao_assigned_at"] is not None

    assert of("from-the-fair") == (True, False)
    assert of("old-customer") == (False, False)
    assert of("now-00") == (None, False)  # nobody has it yet
    assert of("ours") == (None, True)  # we gave it: nobody agreed to anything
    assert of("ours-changed") == (False, True)
    assert of("ours-unseen") == (None, True)
    assert built.proposals["ours-changed"]["proposed_seller_id"] == built.proposals["ours"]["actual_seller_id"]


def test_our_assignment_is_one_owner_seen_when_it_was_seen(built: Built) -> None:
    ours, changed_later = (
        fetch(built.database, f"select assigned_at, seller_id from intermediate.int_handoffs where handoff_id = '{handoff_id(story)}'")[0]
        for story in ("ours", "ours-changed")
    )
    assert str(ours["assigned_at"]) == str(changed_later["assigned_at"]) == "2026-06-14 15:00:00"
    owners = fetch(built.database, f"select count(*) as n from intermediate.int_handoff_owners where handoff_id = '{handoff_id('ours')}'")
    assert owners == [{"n": 1}]


@pytest.mark.parametrize(
    ("story", "owner", "refusal"),
    [
        ("rd-empty", "ana", None), ("rd-same", "ana", "already_shown"), ("rd-other", "ana", None),
        ("a-b-a", "ana", None),  # what RD Station showed was looked up before we wrote bia there
        ("a-b-a-seen", "ana", "already_shown"), ("no-deal", "ana", None), ("no-deal-owned", "ana", "owned"),
    ],
)  # fmt: skip
def test_owner_that_rd_station_should_show(built: Built, story: str, owner: str, refusal: str | None) -> None:
    row = built.rd[story]
    assert (row["owner_email"], row["refusal_reason"], row["eligible"]) == (f"{owner}@casa.com.br", refusal, refusal is None)
    assert row["contact_uuid"] == story


def test_the_same_owner_after_another_is_an_occurrence_of_its_own(built: Built) -> None:
    third = changed("ana", "2026-06-22 10:00:00")
    assert built.rd["a-b-a"]["occurrence"] == third != changed("ana", "2026-06-20 10:00:00")
    assert (built.rd["no-deal"]["occurrence"], built.rd["no-deal"]["only_if_free"]) == ("routed", True)


def test_only_the_last_hand_over_of_a_person_names_the_owner(built: Built) -> None:
    rows = fetch(built.database, "select owner_email from plan.plan_owner_rd where contact_uuid = 'twice'")
    assert rows == [{"owner_email": "bia@casa.com.br"}]


def test_owners_are_confirmed_by_what_was_seen_after_the_sending(built: Built) -> None:
    found = {
        row["delivery_id"]: str(row["confirmed_at"])
        for row in fetch(built.database, "select * from plan.plan_confirmations where sync in ('owner_rd', 'owner_crm')")
    }
    first = changed("ana", "2026-06-20 10:00:00")
    assert found == {
        f"owner_crm|{opportunity_id('ours')}|1": "2026-06-14 15:00:00",
        f"owner_crm|{opportunity_id('ours-changed')}|1": "2026-06-14 15:00:00",
        f"owner_rd|{handoff_id('a-b-a')}|{first}": "2026-06-20 12:00:00",
        f"owner_rd|{handoff_id('a-b-a-seen')}|{first}": "2026-06-20 12:00:00",
    }
