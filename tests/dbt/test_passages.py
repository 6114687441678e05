"""Passages end to end: handcrafted raw rows of one company, one story per person, through dbt to int_handoffs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.raw_fixture import Raw, fetch, fresh_warehouse, run_dbt

Rows = list[dict[str, Any]]
STORIES = [
    "single", "merge", "second", "reentry", "silent", "qualified", "overlap", "manual", "copy", "host", "joined",
    "byhand", "hot", "webhook", "deleted",
]  # fmt: skip


def ts(text: str) -> datetime:
    return datetime.fromisoformat(text)


def stories() -> Raw:
    """One person per story; the contact's name is the story's."""
    raw = Raw()
    raw.stages()
    raw.add("rd_station_crm", "organizations", organization_id="o1", name="Alfa", cnpj_root="11222333")
    for name in STORIES:
        raw.contact(name, "2026-01-10 10:00:00")
        raw.crm_contact(f"c-{name}", name)

    raw.mark("single", "2026-06-01 12:00:00")

    raw.mark("merge", "2026-03-02 12:00:00")
    raw.deal("d-merge", ["c-merge"], "2026-03-02 12:00:05", "2026-03-20 15:00:00", "won", rating=4)
    raw.visit("d-merge", "v1", "s1", "2026-03-02 12:00:05")
    raw.visit("d-merge", "v2", "s2", "2026-03-02 13:00:00")
    raw.visit("d-merge", "v3", "s3", "2026-03-03 13:00:00")
    raw.visit("d-merge", "v4", "s5", "2026-03-10 13:00:00")
    raw.task("t-before", "d-merge", "2026-03-02 11:00:00")
    raw.task("t-merge", "d-merge", "2026-03-02 12:30:00")
    raw.task("t-later", "d-merge", "2026-03-04 12:30:00", "whatsapp")

    raw.deal("d-second", ["c-second"], "2026-03-02 12:00:00", "2026-03-10 12:00:00", "lost", lost_reason_name="Sem timing")
    raw.mark("second", "2026-03-05 12:00:00")

    raw.deal("d-reentry-1", ["c-reentry"], "2026-02-02 12:00:00", "2026-02-10 12:00:00", "lost")
    raw.mark("reentry", "2026-04-01 12:00:00")
    raw.deal("d-reentry-2", ["c-reentry"], "2026-04-01 12:00:03")

    raw.mark("silent", "2026-02-01 12:00:00")

    raw.conversion("qualified", "e-book", "2026-05-02 09:00:00", traffic_source="Google", traffic_medium="CPC")
    raw.conversion("qualified", "bastao-nutricao-sem-timing", "2026-05-03 09:00:00")
    raw.seen("qualified", "Qualified Lead", "2026-05-04 09:00:00", fit=70, interest=10)

    raw.deal("d-overlap-1", ["c-overlap"], "2026-04-01 12:00:00", "2026-04-20 12:00:00", "lost")
    raw.deal("d-overlap-2", ["c-overlap"], "2026-04-10 12:00:00", "2026-05-20 12:00:00", "won")

    raw.deal("d-manual", ["c-manual"], "2026-04-01 12:00:00", from_rdsm_integration=False)
    raw.task("t-manual", "d-manual", "2026-04-02 12:00:00")

    raw.deal("d-copy-1", ["c-copy"], "2026-04-01 12:00:00", "2026-04-20 12:00:00", "lost")
    raw.deal("d-copy-2", ["c-copy"], "2026-04-15 12:00:00", "2026-04-30 12:00:00", "won", parent_deal_id="d-copy-1")

    raw.task("t-joined", "d-joined", "2026-03-04 12:00:00")
    raw.mark("byhand", "2026-03-02 12:00:00")
    raw.deal("d-byhand-0", ["c-byhand"], "2026-02-20 12:00:00", from_rdsm_integration=False)
    raw.deal(
        "d-byhand-1", ["c-byhand"], "2026-03-05 12:00:00", "2026-06-10 12:00:00", "lost", from_rdsm_integration=False
    )

    raw.mark("joined", "2026-03-03 12:00:00")
    raw.deal("d-joined", ["c-host", "c-joined"], "2026-03-02 12:00:05", "2026-03-20 15:00:00", "won")

    raw.conversion("hot", "fale-com-vendas", "2026-05-28 12:00:00", traffic_source="(direct)", traffic_medium="(none)")
    raw.mark("hot", "2026-06-01 12:00:00")

    raw.deal("d-deleted", ["c-deleted"], "2026-04-01 12:00:00")
    raw.add("rd_station_crm", "deals", 2, deal_id="d-deleted", is_deleted=True)

    raw.seen("webhook", "Lead", "2026-05-01 00:00:00")
    raw.add(
        "inbox",
        "events",
        inbox_seq=1,
        system="rd_station",
        event_type="WEBHOOK.CONVERTED",
        event_key="k1",
        occurred_at="2026-05-02 10:00:00.900",
        received_at="2026-05-02 10:00:03",
        contact_uuid="webhook",
        event_identifier="e-book",
        lifecycle_stage="Qualified Lead",
        interest=90,
    )
    raw.seen("webhook", "Qualified Lead", "2026-05-03 00:00:00")
    raw.add("files", "handoffs", handoff_key="f1", mql_on="2018-02-01", channel="unknown")
    raw.add("files", "handoffs", handoff_key="f2", mql_on="2018-02-01", channel=None)
    raw.add("files", "deals", deal_key="x1", handoff_key="f1", won_on="2018-04-01", seller_key="s9", company_key="k9")
    return raw


@pytest.fixture(scope="module")
def warehouse(dbt_home: Path) -> Iterator[Path]:
    database = stories().write_duckdb(fresh_warehouse(dbt_home))
    selected = ["staging", "+int_handoffs", "+int_funnel_events", "int_companies", "int_people", "int_seller_identities"]
    run_dbt(["run", "--select", *selected], dbt_home, database)
    yield database


@pytest.fixture(scope="module")
def passages(warehouse: Path) -> dict[str, Rows]:
    rows = fetch(
        warehouse,
        """
        select coalesce(nodes.source_id, 'files') as story, handoffs.*
        from intermediate.int_handoffs as handoffs
        left join intermediate.int_person_nodes as nodes
            on nodes.person_id = handoffs.person_id and nodes.source_system = 'rd_station'
        order by story, passage_no, opening_record
        """,
    )
    by_story: dict[str, Rows] = {}
    for row in rows:
        by_story.setdefault(row["story"], []).append(row)
    return by_story


def test_single_signal_waits(passages: dict[str, Rows]) -> None:
    (row,) = passages["single"]
    assert (row["status"], row["mql_at_origin"], row["mql_at"]) == ("open", "opportunity_mark", ts("2026-06-01 12:00:00"))
    assert row["opening_record"] == "rd_station:opportunity:single:2026-06-01T12:00:00"
    assert (row["closed_at"], row["seller_id"], row["attempts"], row["channel"]) == (None, None, 0, "unknown")


def test_mark_and_deal_are_one_passage(passages: dict[str, Rows]) -> None:
    (row,) = passages["merge"]
    assert (row["status"], row["mql_at"], row["mql_at_origin"]) == ("won", ts("2026-03-02 12:00:00"), "opportunity_mark")
    assert (row["accepted_at"], row["sql_at"]) == (ts("2026-03-02 13:00:00"), ts("2026-03-03 13:00:00"))
    assert (row["opportunity_at"], row["proposal_at"]) == (None, ts("2026-03-10 13:00:00"))
    assert (row["won_at"], row["closed_at"]) == (ts("2026-03-20 15:00:00"), ts("2026-03-20 15:00:00"))
    assert (row["first_attempt_at"], row["attempts"]) == (ts("2026-03-02 12:30:00"), 2)
    assert row["assigned_at"] == ts("2026-03-02 12:00:05")
    assert (row["seller_rating"], row["agreement_version"]) == (4, "v3")


def test_second_mark_inside_a_deal_prolongs_nothing(passages: dict[str, Rows]) -> None:
    (row,) = passages["second"]
    assert (row["status"], row["rejected_at"]) == ("rejected", ts("2026-03-10 12:00:00"))
    assert (row["closed_at"], row["rejection_reason"], row["next_step"]) == (
        ts("2026-03-10 12:00:00"),
        "sem_timing",
        "nurture",
    )


def test_reentry_after_rejection_is_a_new_passage(passages: dict[str, Rows]) -> None:
    first, second = passages["reentry"]
    assert (first["passage_no"], first["status"], first["rejection_reason"]) == (1, "rejected", None)
    assert (second["passage_no"], second["status"], second["mql_at_origin"]) == (2, "open", "opportunity_mark")


def test_silence_ends_by_inactivity(passages: dict[str, Rows]) -> None:
    (row,) = passages["silent"]
    assert (row["status"], row["closed_at"]) == ("inactive", ts("2026-05-02 12:00:00"))


def test_qualified_at_first_sight_takes_the_conversion(passages: dict[str, Rows]) -> None:
    (row,) = passages["qualified"]
    assert (row["mql_at"], row["mql_at_origin"]) == (ts("2026-05-02 09:00:00"), "conversion")
    assert row["mql_not_before"] == ts("2026-01-10 10:00:00")
    assert (row["channel"], row["interest_score"], row["temperature"]) == ("paid_search", None, "other")


def test_overlapping_deals_are_one_passage(passages: dict[str, Rows]) -> None:
    (row,) = passages["overlap"]
    assert (row["status"], row["won_at"], row["mql_at"]) == ("won", ts("2026-05-20 12:00:00"), ts("2026-04-01 12:00:00"))


def test_sold_outside_the_funnel(passages: dict[str, Rows], warehouse: Path) -> None:
    assert "manual" not in passages
    (attempt,) = fetch(
        warehouse, "select * from intermediate.int_contact_attempts where source_id = 't-manual'"
    )
    assert attempt["handoff_id"] is None and attempt["opportunity_id"] is not None


def test_deal_made_by_hand_joins_the_marks_island(passages: dict[str, Rows], warehouse: Path) -> None:
    (row,) = passages["byhand"]
    assert (row["status"], row["closed_at"]) == ("rejected", ts("2026-06-10 12:00:00"))
    assert links(warehouse, row) == [("d-byhand-1", "own", True)]


def test_copy_follows_its_original_and_decides_nothing(passages: dict[str, Rows], warehouse: Path) -> None:
    (row,) = passages["copy"]
    assert (row["status"], row["won_at"], row["closed_at"]) == ("rejected", None, ts("2026-04-20 12:00:00"))
    assert links(warehouse, row) == [("d-copy-1", "own", True), ("d-copy-2", "copy", False)]


def test_later_contact_of_a_deal_shares_its_attempts_only(passages: dict[str, Rows], warehouse: Path) -> None:
    (row,) = passages["joined"]
    assert (row["status"], row["attempts"], row["won_at"]) == ("inactive", 1, None)
    assert links(warehouse, row) == [("d-joined", "joined", False)]
    (host,) = passages["host"]
    assert (host["status"], host["attempts"]) == ("won", 1)


def links(warehouse: Path, passage: dict[str, Any]) -> list[tuple[str, str, bool]]:
    rows = fetch(
        warehouse,
        f"""
        select opportunities.source_id, links.link, links.is_primary
        from intermediate.int_handoff_opportunities as links
        inner join intermediate.int_opportunities as opportunities using (opportunity_id)
        where links.handoff_id = '{passage["handoff_id"]}' order by 1
        """,
    )
    return [(row["source_id"], row["link"], row["is_primary"]) for row in rows]


def test_deleted_deal_is_ignored(passages: dict[str, Rows]) -> None:
    assert "deleted" not in passages


def test_hot_by_buying_signal(passages: dict[str, Rows]) -> None:
    (row,) = passages["hot"]
    assert (row["temperature"], row["channel"]) == ("hot", "direct")


def test_webhook_is_exact_and_later_snapshot_adds_nothing(passages: dict[str, Rows]) -> None:
    (row,) = passages["webhook"]
    assert (row["mql_at"], row["mql_not_before"]) == (ts("2026-05-02 10:00:00"), ts("2026-05-02 10:00:00"))
    assert (row["mql_at_origin"], row["temperature"]) == ("conversion", "hot")


def test_files_keep_dates_and_literal_channels(passages: dict[str, Rows]) -> None:
    first, second = passages["files"]
    assert {(row["channel"], row["status"]) for row in (first, second)} == {("unknown", "won"), (None, "inactive")}
    assert first["mql_at"] is None and first["mql_date"].isoformat() == "2018-02-01"


def test_unit_and_data_tests_of_the_models(warehouse: Path) -> None:
    """dbt's own tests: the logic of single models, and what must hold on any data."""
    selected = [f"intermediate.{area}" for area in ("identity", "companies", "crm", "funnel", "handoffs")]
    result = run_dbt(["test", "--select", "staging", *selected, "--exclude", "marts"], warehouse.parent, warehouse)
    assert sum(1 for row in result.result if row.node.resource_type == "unit_test") >= 9
