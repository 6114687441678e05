"""The pure engine: single rules, and a state machine that tries every order of crashes, answers and repairs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from activation import engine
from activation.engine import Change, Row, Step
from activation.errors import TransitionError
from activation.policy import ReadBack
from activation.ports import Finding, Outcome, Presence, SendResult
from activation.states import ALLOWED, FINAL, State, check_path
from tests.activation.support import NOW, one_row, policy


def test_refused_and_confirmed_are_final() -> None:
    for state in FINAL:
        assert not ALLOWED[state]
        for after in State:
            with pytest.raises(TransitionError, match=f"from {state} to {after}"):
                check_path(state, after)


def test_every_state_can_be_reached_and_sending_comes_from_pending_alone() -> None:
    reached = {State.PLANNED}
    while more := {after for state in reached for after in ALLOWED[state]} - reached:
        reached |= more
    assert reached == set(State)
    assert [state for state in State if State.SENDING in ALLOWED[state]] == [State.PENDING]


@pytest.mark.parametrize(
    ("status", "unknown", "refusal"),
    [
        ("granted", "refuse", None),
        ("declined", "allow", "consent_declined"),
        ("suppressed", "allow", "suppressed"),
        ("missing", "allow", "contact_missing"),
        ("unknown", "refuse", "consent_unknown"),
        ("unknown", "allow", None),
        ("anything else", "refuse", "consent_unknown"),
    ],
)
def test_consent(status: str, unknown: str, refusal: str | None) -> None:
    assert engine.consent_refusal(status, policy(consent_unknown=unknown)) == refusal


def test_window() -> None:
    rules = policy(max_age_seconds=10 * 86400.0)
    assert engine.outside_window(one_row(closed_at=NOW - timedelta(days=31)), rules, NOW) == "before_go_live"
    assert engine.outside_window(one_row(closed_at=NOW - timedelta(days=11)), rules, NOW) == "too_old"
    assert engine.outside_window(one_row(closed_at=NOW - timedelta(days=9)), rules, NOW) is None


def test_admission() -> None:
    def admit(state: State = State.PLANNED, problem: str | None = None, **values: object) -> State:
        change = engine.admit(one_row(**values), state, problem, policy())
        return change.to if change else state

    assert admit() is State.PENDING
    assert admit(consent_status="declined") is State.REFUSED
    assert admit(State.PENDING, consent_status="declined") is State.REFUSED
    assert admit(eligible=False, refusal_reason="suppressed") is State.REFUSED
    assert admit(eligible=False, refusal_reason="open_passage") is State.PLANNED
    assert admit(problem="no_email") is State.PLANNED


def test_a_refusal_by_the_outside_is_dead_and_a_429_costs_no_try() -> None:
    row = Row("d", State.SENDING, attempts=1)
    dead = engine.after_send(row, SendResult(Outcome.REJECTED, 400, "INVALID_FIELDS"), policy(), NOW)
    assert dead == Change((State.FAILED, State.DEAD), reason="http_400:INVALID_FIELDS", failed=True)
    throttled = engine.after_send(row, SendResult(Outcome.THROTTLED, 429, retry_after_seconds=30), policy(), NOW)
    assert throttled and throttled.to is State.PENDING and not throttled.failed
    assert throttled.next_attempt_at == NOW + timedelta(seconds=30)
    assert engine.after_send(row, SendResult(Outcome.UNCERTAIN, 500), policy(), NOW) is None


def test_absence_counts_only_after_settling() -> None:
    row = Row("d", State.SENDING, attempts=1, sent_at=NOW)
    absent, rules, dead_by = Finding(Presence.ABSENT), policy(), NOW + timedelta(seconds=5)
    early = engine.after_read_back(row, absent, rules, NOW + timedelta(seconds=64), dead_by)
    assert early == Step("wait", until=NOW + timedelta(seconds=65))
    late = engine.after_read_back(row, absent, rules, NOW + timedelta(seconds=65), dead_by)
    assert late.change and late.change.to is State.PENDING
    # Found counts at once.
    found = engine.after_read_back(row, Finding(Presence.FOUND, NOW), rules, NOW, NOW)
    assert found.change and found.change.to is State.ACCEPTED
    # A crash long ago needs no waiting for its process to have been found dead.
    old = engine.after_read_back(row, absent, rules, NOW + timedelta(hours=1), NOW + timedelta(hours=1))
    assert old.change and old.change.to is State.PENDING


@pytest.mark.parametrize("read_back", [ReadBack.WEAK, ReadBack.NONE])
def test_without_exact_read_back_an_uncertain_row_is_held(read_back: ReadBack) -> None:
    step = engine.repair(Row("d", State.SENDING, sent_at=NOW), policy(read_back=read_back), NOW, in_plan=True)
    assert step.change and (step.change.to, step.change.reason) == (State.HELD, "no_read_back")


def test_uncertain_rows_that_left_the_plan_are_held_and_looked_at_when_they_come_back() -> None:
    step = engine.repair(Row("d", State.SENDING, sent_at=NOW), policy(), NOW, in_plan=False)
    assert step.change and (step.change.to, step.change.reason) == (State.HELD, "not_in_plan")
    held = Row("d", State.HELD, sent_at=NOW, reason="not_in_plan")
    assert engine.repair(held, policy(), NOW, in_plan=False).kind == "leave"
    assert engine.repair(held, policy(), NOW, in_plan=True).kind == "read_back"
    assert engine.repair(replace(held, reason="no_read_back"), policy(), NOW, in_plan=True).kind == "leave"


def test_backoff_grows_is_capped_and_differs_between_rows() -> None:
    rules = policy(backoff_seconds=10, backoff_limit_seconds=100)
    waits = [(engine.backoff(Row("d", State.SENDING, attempts=n), rules, NOW) - NOW).total_seconds() for n in range(1, 9)]
    assert all(5 <= wait <= 100 for wait in waits) and waits[-1] >= 50
    others = {engine.backoff(Row(str(n), State.SENDING, attempts=1), rules, NOW) for n in range(20)}
    assert len(others) > 10


class OneRow(RuleBasedStateMachine):
    """One delivery against an outside with a memory. Attempts may act or not, answer or not, die or not.

    The outside shows what it recorded up to `settle_seconds` later, never later than that.
    """

    agreed = policy(settle_seconds=60, call_seconds=30, max_failures=1000)

    @initialize(delay=st.integers(0, 60))
    def start(self, delay: int) -> None:
        self.row = Row("d", State.PENDING)
        self.now = NOW
        self.delay = timedelta(seconds=delay)
        self.acted: list[object] = []
        self.in_call: str | None = None  # "before": may still act; "after": acted, answer under way
        self.dead_by: object = None
        self.was_refused = False
        self.acted_after_refusal = False

    def carry_out(self, change: Change) -> None:
        end = check_path(self.row.state, *change.path)
        failures = self.row.failures + change.failed
        self.row = replace(self.row, state=end, reason=change.reason, next_attempt_at=change.next_attempt_at,
                           failures=failures)  # fmt: skip
        self.was_refused |= end is State.REFUSED

    @rule(seconds=st.integers(1, 200))
    def time_passes(self, seconds: int) -> None:
        # A live call does not outlast its limit.
        self.now += timedelta(seconds=min(seconds, 5) if self.in_call else seconds)

    @precondition(lambda self: self.row.state is State.PENDING and self.in_call is None)
    @rule()
    def claim(self) -> None:
        if engine.before_send(self.row, self.agreed, self.now).kind == "leave":
            self.row = replace(self.row, state=State.SENDING, attempts=self.row.attempts + 1, sent_at=self.now,
                               returned_at=None, next_attempt_at=None)  # fmt: skip
            self.in_call, self.dead_by = "before", None

    @precondition(lambda self: self.in_call == "before")
    @rule()
    def the_outside_acts(self) -> None:
        self.acted.append(self.now)
        self.acted_after_refusal |= self.was_refused
        self.in_call = "after"

    @precondition(lambda self: self.in_call is not None)
    @rule()
    def the_process_dies(self) -> None:
        self.in_call = None

    @precondition(lambda self: self.in_call is not None)
    @rule(data=st.data())
    def the_call_ends(self, data: st.DataObject) -> None:
        if self.in_call == "after":
            outcomes = [Outcome.ACCEPTED, Outcome.UNCERTAIN]
        else:
            outcomes = [Outcome.UNCERTAIN, Outcome.NOT_SENT, Outcome.THROTTLED, Outcome.REJECTED, Outcome.BLOCKED]
        change = engine.after_send(self.row, SendResult(data.draw(st.sampled_from(outcomes))), self.agreed, self.now)
        self.row = replace(self.row, returned_at=self.now)
        self.in_call = None
        if change and self.row.state is State.SENDING:
            self.carry_out(change)

    @precondition(lambda self: self.in_call is None and self.row.state in (State.SENDING, State.FAILED, State.HELD))
    @rule(readable=st.booleans(), in_plan=st.booleans())
    def repair(self, readable: bool, in_plan: bool) -> None:
        if self.row.state is State.SENDING and self.dead_by is None:
            self.dead_by = self.now
        step = engine.repair(self.row, self.agreed, self.now, in_plan)
        if step.kind == "read_back":
            seen = [at for at in self.acted if at + self.delay <= self.now]
            presence = Presence.FOUND if seen else Presence.ABSENT
            finding = Finding(presence if readable else Presence.UNKNOWN)
            step = engine.after_read_back(self.row, finding, self.agreed, self.now, self.dead_by or self.now)
        if step.change:
            self.carry_out(step.change)

    @precondition(lambda self: self.in_call is None and self.row.state in (State.PLANNED, State.PENDING))
    @rule(status=st.sampled_from(["granted", "granted", "granted", "declined", "unknown"]))
    def the_plan_is_read(self, status: str) -> None:
        change = engine.admit(one_row(consent_status=status), self.row.state, None, self.agreed)
        if change:
            self.carry_out(change)

    @precondition(lambda self: any(at + self.delay <= self.now for at in self.acted))
    @rule()
    def ingestion_confirms(self) -> None:
        if State.CONFIRMED in ALLOWED[self.row.state]:
            self.carry_out(Change((State.CONFIRMED,)))

    @precondition(lambda self: self.row.state is State.DEAD)
    @rule()
    def a_person_retries_what_was_refused(self) -> None:
        self.carry_out(Change((State.PENDING,)))

    @invariant()
    def never_twice(self) -> None:
        assert len(getattr(self, "acted", [])) <= 1

    @invariant()
    def never_out_of_refused(self) -> None:
        assert not getattr(self, "acted_after_refusal", False)

    def teardown(self) -> None:
        """Nothing stays `sending`: two looks, the second after settling, decide every uncertain row."""
        if not hasattr(self, "row") or self.in_call:
            return
        for wait in (0, 60, 60):
            self.now += timedelta(seconds=wait)
            if self.row.state in (State.SENDING, State.HELD):
                self.repair(readable=True, in_plan=True)
        assert self.row.state is not State.SENDING
        if self.acted:
            assert self.row.state in (State.ACCEPTED, State.CONFIRMED)


OneRow.TestCase.settings = settings(max_examples=120, stateful_step_count=25, deadline=None)
TestOneRow = OneRow.TestCase
