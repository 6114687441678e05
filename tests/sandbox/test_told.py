"""The sandbox's record of what it told forgets the oldest, however long it runs."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest

from sandbox.server.hooks import record
from sandbox.server.hooks.record import Delivery, Fact, Told

AT = datetime(2026, 6, 30, 12, tzinfo=UTC)


def test_only_the_last_events_and_deliveries_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "KEPT", 2)
    told = Told()
    facts = [Fact("deal", str(number), AT) for number in range(3)]
    for number, fact in enumerate(facts):
        told.name([{"eventId": number}], fact)
    assert told.facts_of(orjson.dumps([{"eventId": 2}, {"eventId": 1}, {"eventId": 2}])) == (facts[2], facts[1])
    assert told.facts_of(orjson.dumps({"eventId": 0})) == (), "a delivery that comes after so many others tells of nothing"
    told.note("hubspot", Delivery(b"{}", (facts[2],)), "accepted", AT)
    assert [(row["key"], row["outcome"]) for row in told.report()] == [("2", "accepted")]
