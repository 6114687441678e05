"""The stream of events: deterministic, in order, and never about a record that does not exist."""

from bisect import bisect_left, bisect_right
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from sandbox.company import simulate
from sandbox.company.constants import RETURN_IDENTIFIERS
from sandbox.company.simulate import months_before
from sandbox.events import KINDS, ONLY_BY_REQUEST, Event
from sandbox.world import World


def test_same_arguments_give_the_same_stream(small: World) -> None:
    again = simulate(seed=5, leads=260, months=8)
    assert again.events == small.events
    assert again.reference == small.reference


def test_another_seed_gives_another_stream(small: World) -> None:
    other = simulate(seed=6, leads=260, months=8)
    emails = [{e.data["email"] for e in w.events if e.kind == "mkt.contact_created"} for w in (small, other)]
    assert len(emails[0] & emails[1]) < 5


def test_more_leads_do_not_reshuffle_the_others(small: World) -> None:
    bigger = simulate(seed=5, leads=300, months=8)

    def conversions(world: World) -> dict[str, list[tuple[datetime, str]]]:
        found: dict[str, list[tuple[datetime, str]]] = {}
        for event in world.until(world.end):
            if event.kind == "mkt.conversion":
                found.setdefault(event.data["contact_uuid"], []).append((event.at, event.data["identifier"]))
        return found

    before, after = conversions(small), conversions(bigger)
    born = {e.data["contact_uuid"]: e.data["email"] for e in small.events if e.kind == "mkt.contact_created"}
    # A shared mailbox may get the conversions of a colleague who is new; everybody else lives the same life.
    own = [uuid for uuid in before if not born[uuid].startswith(("contato@", "compras@", "vendas@"))]
    assert len(own) > 200
    assert all(after.get(uuid) == before[uuid] for uuid in own)


def test_events_are_in_order_and_well_formed(world: World) -> None:
    events = world.events
    assert all((a.at, a.seq) < (b.at, b.seq) for a, b in pairwise(events))
    assert [e.seq for e in events] == list(range(1, len(events) + 1))
    assert {e.kind for e in events} == KINDS - ONLY_BY_REQUEST
    assert all(e.at.tzinfo is UTC for e in events)
    assert events[-1].at > world.end + timedelta(days=25), "the company must go on living after `end`"
    assert events[-1].at <= world.end + timedelta(days=30)


def _mentioned(event: Event) -> list[str]:
    data, kind = event.data, event.kind
    keys = {"mkt": ["contact_uuid", "into_uuid"], "erp": []}.get(
        kind[:3],
        ["deal_id", "contact_id", "organization_id", "task_id", "parent_deal_id"],
    )
    return [data[key] for key in keys if data.get(key)] + list(data.get("contact_ids", []))


def test_nothing_is_said_of_records_that_do_not_exist(world: World) -> None:
    born: set[str] = set()
    gone: set[str] = set()
    own_key = {
        "contact": "contact_id",
        "organization": "organization_id",
        "deal": "deal_id",
        "task": "task_id",
    }
    for event in world.events:
        if event.kind.startswith("erp."):
            continue
        entity = event.kind.split(".")[1].rsplit("_", 1)[0]
        own = event.data["contact_uuid" if event.kind.startswith("mkt.") else own_key[entity]]
        if event.kind.endswith("_created"):
            assert own not in born, f"{event.kind} twice for the same id"
            born.add(own)
        unknown = [i for i in _mentioned(event) if i not in born or i in gone]
        assert not unknown, f"{event.kind} at {event.at} mentions {unknown}"
        if event.kind.endswith(("_deleted", "_merged")):
            gone.add(own)


def test_a_rd_email_belongs_to_one_contact(world: World) -> None:
    emails = Counter(e.data["email"] for e in world.events if e.kind == "mkt.contact_created")
    assert max(emails.values()) == 1


def test_history_knows_none_of_our_returns(world: World) -> None:
    assert not [
        e for e in world.events if e.kind == "mkt.conversion" and e.data["identifier"] in RETURN_IDENTIFIERS
    ]


def test_the_integration_needs_one_to_three_minutes(world: World) -> None:
    marks = [e.at for e in world.events if e.kind == "mkt.opportunity"]
    deals = [
        e.at
        for e in world.events
        if e.kind == "crm.deal_created" and e.data["from_rdsm"] and e.data["parent_deal_id"] is None
    ]
    for deal in deals:  # some mark lies one to three minutes before it
        near = marks[bisect_left(marks, deal - timedelta(seconds=181)) : bisect_right(marks, deal)]
        assert any(deal - mark >= timedelta(seconds=59) for mark in near)


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        simulate(end=datetime(2026, 6, 30))
    with pytest.raises(ValueError, match="leads"):
        simulate(leads=0)


def test_months_before_keeps_to_the_calendar() -> None:
    assert months_before(datetime(2026, 6, 30, 21, tzinfo=UTC), 12) == datetime(2025, 6, 30, 21, tzinfo=UTC)
    assert months_before(datetime(2026, 3, 31, tzinfo=UTC), 1) == datetime(2026, 2, 28, tzinfo=UTC)


def test_a_tidy_company_has_no_accidents() -> None:
    tidy = simulate(seed=5, leads=200, months=6, dirt=0)
    kinds = Counter(e.kind for e in tidy.events)
    assert (
        not kinds["mkt.contact_deleted"] and not kinds["mkt.contact_merged"] and not kinds["crm.deal_deleted"]
    )
    late = [
        e
        for e in tidy.events
        if e.kind == "crm.task_done" and e.at - e.data["done_at"] > timedelta(minutes=2)
    ]
    assert not late
