"""Confirmation by ingestion, what stays unconfirmed, and what a person may do."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from activation import operate
from activation.confirmation import confirm, overdue
from activation.delivery import deliver
from activation.errors import TransitionError, UnknownDeliveryError
from activation.export import export_outbox
from activation.outbox import Outbox
from activation.policy import ReadBack
from activation.ports import Outcome
from activation.states import State
from tests.activation.support import (
    NOW,
    SYNC,
    FakeClock,
    FakeDestination,
    new_outbox,
    one_row,
    plan_mapping,
    plan_of,
    policy,
    states,
)  # fmt: skip


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    """a, b accepted; c refused; d planned; e held."""
    clock = FakeClock()
    outside, outbox = FakeDestination(clock), new_outbox(tmp_path)
    outside.script = {"e": [(Outcome.UNCERTAIN, True)]}
    plan = [*plan_of("a", "b", "e"), plan_mapping("c", consent_status="declined"), plan_mapping("d", email=None)]
    deliver(SYNC, plan, outbox, outside, clock, policy(read_back=ReadBack.NONE))
    assert states(outbox) == {"a": "accepted", "b": "accepted", "c": "refused", "d": "planned", "e": "held"}
    return outbox


def seen(subject: str, **values: object) -> dict[str, object]:
    return {"sync": SYNC, "delivery_id": one_row(subject).delivery_id, "confirmed_at": NOW.replace(tzinfo=None), **values}


def ident(subject: str) -> str:
    return one_row(subject).delivery_id


def test_confirmations_close_open_rows_once(outbox: Outbox) -> None:
    evidence = [seen("a"), seen("a", confirmed_at=NOW + timedelta(days=1)), seen("e"), seen("c"), seen("unheard of")]
    first = confirm(outbox, [*evidence, {"sync": SYNC, "delivery_id": None, "confirmed_at": None}])
    assert (first.confirmed, first.already, first.not_in_ledger) == (2, 0, 1)
    assert first.refused_but_seen == [ident("c")]
    assert states(outbox) == {"a": "confirmed", "b": "accepted", "c": "refused", "d": "planned", "e": "confirmed"}
    row = operate.show(outbox, ident("a"))
    assert row["confirmed_at"] == NOW and row["delivered_at"]
    last = max(row["updated_seq"] for row in export_outbox(outbox))
    again = confirm(outbox, evidence)
    assert (again.confirmed, again.already) == (0, 2)
    assert list(export_outbox(outbox, last)) == []


def test_unconfirmed_rows_are_reported_after_the_deadline(outbox: Outbox) -> None:
    later = NOW + timedelta(hours=3)
    assert overdue(outbox, SYNC, 4 * 3600, later) == []
    assert sorted(overdue(outbox, SYNC, 2 * 3600, later)) == sorted([ident("a"), ident("b")])
    clock = FakeClock(later)
    rules = policy(confirm_within_seconds=2 * 3600)
    assert deliver(SYNC, [], outbox, FakeDestination(clock), clock, rules).unconfirmed == 2


def test_evidence_during_a_call_wins_over_its_answer(tmp_path: Path) -> None:
    clock = FakeClock()
    outbox = new_outbox(tmp_path)

    class Slow(FakeDestination):
        def send(self, row):
            confirm(outbox, [seen("a")])
            return super().send(row)

    deliver(SYNC, plan_of("a"), outbox, Slow(clock), clock, policy())
    assert states(outbox) == {"a": "confirmed"}


def test_list_count_and_show(outbox: Outbox) -> None:
    assert len(operate.list_deliveries(outbox)) == 5
    assert [row["subject_id"] for row in operate.list_deliveries(outbox, SYNC, State.HELD)] == ["e"]
    assert operate.list_deliveries(outbox, "other") == []
    assert operate.count_by_state(outbox)[(SYNC, "accepted")] == 2
    shown = operate.show(outbox, ident("e"))
    assert shown["may_become"] == ["accepted", "confirmed", "dead", "pending"]
    assert [(t["number"], t["outcome"], t["error_class"]) for t in shown["attempt_log"]] == [(1, "uncertain", "Scripted")]
    with pytest.raises(UnknownDeliveryError, match="deliveries list"):
        operate.show(outbox, "nothing")


def test_retry_respects_the_states(outbox: Outbox) -> None:
    for subject in "abcd":
        with pytest.raises(TransitionError, match="only failed, dead and held"):
            operate.retry(outbox, ident(subject))
    with pytest.raises(TransitionError, match="may have it"):
        operate.retry(outbox, ident("e"))
    operate.retry(outbox, ident("e"), resend_uncertain=True)
    assert states(outbox)["e"] == "pending"


def test_cancel_respects_the_states(outbox: Outbox) -> None:
    for subject in "abc":
        with pytest.raises(TransitionError, match="cannot be cancelled"):
            operate.cancel(outbox, ident(subject))
    operate.cancel(outbox, ident("d"))
    operate.cancel(outbox, ident("e"))
    assert (states(outbox)["d"], states(outbox)["e"]) == ("refused", "dead")
    with pytest.raises(TransitionError, match="only held"):
        operate.mark_received(outbox, ident("e"), NOW)


def test_dead_letters_go_back_into_the_line_but_not_what_a_person_cancelled(tmp_path: Path) -> None:
    clock = FakeClock()
    outbox = Outbox(f"sqlite:///{tmp_path / 'state.db'}")
    outbox.bear(SYNC, NOW - timedelta(days=365))
    destination = FakeDestination(clock)
    destination.script = {"a": [Outcome.REJECTED], "b": [Outcome.REJECTED], "c": [Outcome.REJECTED]}
    deliver(SYNC, plan_of("a", "b", "c"), outbox, destination, clock, policy())
    by_subject = {row["subject_id"]: row["delivery_id"] for row in outbox.ledger(SYNC).values()}
    assert set(states(outbox).values()) == {"dead"}
    operate.retry(outbox, by_subject["c"])
    operate.cancel(outbox, by_subject["c"])
    assert operate.replay(outbox, SYNC, reason="http_999") == 0
    assert operate.replay(outbox, SYNC) == 2
    assert operate.replay(outbox, SYNC) == 0
    assert sorted(states(outbox).values()) == ["dead", "pending", "pending"]
