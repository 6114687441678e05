"""Inbox and deliveries: read once in order, and go on behind the last number."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from ingestion import deliveries, inbox
from ingestion.errors import SourceError
from tests.ingestion.fakes import Home

NOON = datetime(2026, 6, 30, 12)


def outbox(*rows: dict[str, Any]):
    def changed_after(seq: int) -> Iterator[dict[str, Any]]:
        return iter(
            sorted((row for row in rows if row["updated_seq"] > seq), key=lambda row: row["updated_seq"])
        )

    return changed_after


def delivery(delivery_id: str, state: str, seq: int) -> dict[str, Any]:
    return {
        "delivery_id": delivery_id, "sync": "nurture_return", "destination": "rd_station_nurture", "subject_id": "s",
        "occurrence": "1", "state": state, "attempts": 1, "planned_at": NOON, "updated_seq": seq,
        "payload": {"email": "ana@empresa.com.br"},
    }  # fmt: skip


def test_every_change_of_a_delivery_lands_without_its_payload(home: Home) -> None:
    deliveries.run(
        outbox(delivery("a", "sending", 1), delivery("b", "refused", 2)), home.ports(), home.target
    )
    report = deliveries.run(
        outbox(delivery("b", "refused", 2), delivery("a", "accepted", 3)), home.ports(), home.target
    )
    assert report.rows_by_table == {"outbox": 1}
    rows = home.query(
        "select delivery_id, state, updated_seq, record_origin from raw_deliveries.outbox order by row_seq, load_seq"
    )
    assert sorted(rows) == [
        ("a", "accepted", 3, "state"),
        ("a", "sending", 1, "state"),
        ("b", "refused", 2, "state"),
    ]
    assert deliveries.run(outbox(), home.ports(), home.target).rows == 0


def test_webhooks_land_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.sequenced.SLICE_ROWS", 2)
    events = [
        {"inbox_seq": n, "system": "rd_station", "event_type": "WEBHOOK.CONVERTED", "event_key": f"k{n}",
         "occurred_at": NOON, "received_at": NOON, "contact_uuid": f"u{n}", "lifecycle_stage": "Qualified Lead",
         "opportunity": False, "fit": 60, "interest": 90, "deal_id": None}
        for n in range(1, 6)
    ]  # fmt: skip

    def after(seq: int) -> Iterator[dict[str, Any]]:
        return (event for event in events if event["inbox_seq"] > seq)

    assert inbox.run(after, home.ports(), home.target).rows == 5
    assert inbox.run(after, home.ports(), home.target).rows == 0
    origins = home.query("select distinct record_origin, system, load_seq from raw_inbox.events")
    assert origins == [("webhook", "rd_station", 1)]


def test_numbers_that_do_not_rise_are_refused(home: Home) -> None:
    with pytest.raises(SourceError, match=r"raw_deliveries.outbox: updated_seq must rise"):
        deliveries.run(lambda seq: [delivery("a", "planned", 0)], home.ports(), home.target)
