"""What readers ask of the inbox: which objects were named since, whatever the order and however often."""

from datetime import datetime
from typing import Any

from ingestion import inbox
from ingestion.inbox.named import Named, named_query, pending
from tests.ingestion.fakes import Home

NOON = datetime(2026, 6, 30, 12)


def event(seq: int, kind: str, key: str, change: str = "changed", **more: Any) -> dict[str, Any]:
    base = {"inbox_seq": seq, "system": "hubspot", "event_type": f"{kind}.x", "event_key": f"k{seq}"}
    named = {"object_kind": kind, "object_id": key, "change_kind": change}
    return {**base, "occurred_at": NOON, "received_at": NOON, **named, **more}


def test_named_objects_are_read_back_once(home: Home) -> None:
    events = [
        event(1, "deal", "4"),
        event(2, "deal", "4"),
        event(3, "deal", "9", "deleted"),
        event(4, "contact", "7", "merged", merged_ids="5,6"),
        event(5, "deal", "4", system="pipedrive"),
        {"inbox_seq": 6, "system": "hubspot", "event_type": "refused", "event_key": "bad", "refusal": "no id"},
    ]
    first = inbox.run(lambda seq: iter(events[seq:4]), home.ports(), home.target)
    second = inbox.run(lambda seq: iter(events[seq:]), home.ports(), home.target)
    assert second.rows_by_table == {"events": 1, "quarantine": 1}
    assert home.query("select source_table, record_key, reason from raw_inbox.quarantine") == [("events", "bad", "no id")]

    def ask(system: Any, since: Any) -> set[Named]:
        return pending(home.query(named_query(system)), since)

    everything = {
        Named("deal", "4", "changed"),
        Named("deal", "9", "deleted"),
        Named("contact", "7", "changed"),
        Named("contact", "5", "merged", "7"),
        Named("contact", "6", "merged", "7"),
    }
    assert ask("hubspot", 0) == everything
    assert ask("hubspot", first.load_seq) == set()
    assert ask("pipedrive", first.load_seq) == {Named("deal", "4", "changed")}
    read = {("contact", "5"): first.load_seq, ("deal", "4"): first.load_seq}
    assert ask("hubspot", lambda kind, key: read.get((kind, key), 0)) == {
        one for one in everything if (one.object_kind, one.object_id) not in read
    }
