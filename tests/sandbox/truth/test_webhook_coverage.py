"""What webhooks announced, told in minutes: taken, lost, taken after reading had found it, and from before the first of its kind."""

from typing import Any

from sandbox import truth
from tests.sandbox.truth.story import MONDAY, Story, when

COLUMNS = ["events", "announced", "announced_first", "missed", "announced_share", "median_announced_seconds", "median_missed_seconds",
           "longest_missed_seconds"]  # fmt: skip


def _told(service: str, key: str, at: float, outcome: str, ended: float, identifier: str | None = None) -> dict[str, Any]:
    record = "contact" if service == "marketing" else "deal"
    return {"service": service, "record": record, "key": key, "at": when(at).isoformat(), "identifier": identifier,
            "outcome": outcome, "ended_at": when(ended).isoformat()}  # fmt: skip


def test_what_was_lost_is_missed_and_found_by_the_next_reading() -> None:
    story = (
        Story()
        .contact(-10, "u1", "ana@firma.com.br")
        .conversion(0, "u1", "newsletter")
        .conversion(30, "u1", "form")
        .mark(31, "u1")
        .card(40, "c1", "ana@firma.com.br", "u1")
        .deal(45, "d1", ["c1"])
        .stage(60, "d1", "Qualificado")
        .close(100, "d1")
    )
    told = [
        _told("marketing", "u1", 0, "accepted", 1, "newsletter"),
        _told("marketing", "u1", 30, "lost", 30, "form"),
        _told("marketing", "u1", 31, "accepted", 200, "default"),
        _told("crm_v2", "d1", 45, "lost", 45),
        _told("crm_v2", "d1", 60, "accepted", 61),
        _told("crm_v2", "d1", 100, "given_up", 130),
    ]
    polls = [when(150), when(210)]
    seen = truth.knowledge(story.world(), polls[-1], polls).seen
    found = truth.webhook_coverage(seen, polls, told, "rd_station_crm")
    assert set(found["event_date"]) == {MONDAY.date()}
    rows = {(row["source_system"], row["event_kind"]): [row[name] for name in COLUMNS] for row in found.to_dict("records")}
    assert rows == {
        ("rd_station", "conversion"): [2, 1, 1, 1, 0.5, 60, 7200, 7200],
        ("rd_station", "opportunity_mark"): [1, 1, 0, 0, 1, 10140, None, None],
        ("rd_station_crm", "deal_stage"): [1, 1, 1, 0, 1, 60, None, None],
        ("rd_station_crm", "deal_closed"): [1, 0, 0, 1, 0, None, 3000, 3000],
    }  # the deal was made before the first webhook of a deal came: nobody was subscribed; nor to contacts of the CRM
