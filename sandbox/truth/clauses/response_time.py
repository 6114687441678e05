"""Response clocks: how soon somebody spoke to the lead (rules R15 and V5), and each owner's share of the wait (V6)."""

from collections.abc import Iterator
from datetime import datetime

from sandbox.company.terms import ResponseClock
from sandbox.truth.clauses.finding import (
    BREACHED,
    Finding,
    Stop,
    Verdict,
    against,
    at_both_ends,
    at_handoff,
    measured,
    primary_owner,
)
from sandbox.truth.judged import Judged, Knowledge
from sandbox.truth.owners import Owner

KIND = "response_time"
_TEMPERATURES = ("hot", "other")
_EARLIER_CONTACT = ("accepted", "sql")  # a contact before these stages counts for them


def findings(known: Knowledge) -> Iterator[Finding]:
    """One row per hand-over and clock that speaks of it, and one per owner where there was more than one."""
    for one in known.judged:
        for clause in one.terms.clocks:
            start = _start(one, clause)
            if start is None:
                continue
            yield whole(known, one, clause, *start)
            if _is_first(clause) and len(one.owners) >= 2:
                for owner in one.owners:
                    yield _share(known, one, clause, owner)


def _is_first(clause: ResponseClock) -> bool:
    """Whether the clock starts at the hand-over, not at a later stage."""
    return clause.applies_to in ("all", *_TEMPERATURES)


def _start(one: Judged, clause: ResponseClock) -> tuple[datetime, datetime] | None:
    """(start, earliest possible start) when the clause speaks of the hand-over."""
    wanted = clause.applies_to if clause.applies_to in _TEMPERATURES else clause.temperature
    if wanted not in (None, one.facts["temperature"]):
        return None
    if _is_first(clause):
        return one.passage.opening.at, one.passage.opening.not_before
    at: datetime | None = getattr(one.outcome, f"{clause.applies_to}_at")
    return None if at is None else (at, at)


def _stop(one: Judged, since: datetime, until: datetime | None = None) -> Stop | None:
    """The first attempt in [since, until)."""
    for attempt in one.attempts:
        if attempt.occurred_at >= since and (until is None or attempt.occurred_at < until):
            return Stop(attempt.occurred_at, attempt.occurred_at, f"attempt:{attempt.task_id}")
    return None


def whole(
    known: Knowledge, one: Judged, clause: ResponseClock, start: datetime, not_before: datetime
) -> Finding:
    """The customer's wait, whoever had the lead."""
    clock = known.calendars.clock(
        one.terms, clause.limit, clause.clock, primary_owner(one), clause.pause_when_owner_absent
    )
    counts_from = one.passage.opening.at if clause.applies_to in _EARLIER_CONTACT else start
    stop = _stop(one, counts_from)
    if stop is not None and stop.hi < start:
        stop = Stop(start, start, stop.evidence)  # spoken to before: met at once
    verdict = at_both_ends(
        clock, not_before, start, lambda due: against(stop, due, one.outcome.closed_at, known.as_of)
    )
    finding = at_handoff(one, clause.id, KIND, "sales", verdict, start, clock.due(start))
    finding.basis = "attempt"
    return measured(finding, stop, clock)


def _share(known: Knowledge, one: Judged, clause: ResponseClock, owner: Owner) -> Finding:
    """One owner's part of the wait."""
    opened = one.passage.opening.at
    if owner.number == 1:
        start, not_before = opened, one.passage.opening.not_before
    else:
        start, not_before = max(owner.since, opened), max(owner.not_before, opened)
    clock = known.calendars.clock(
        one.terms, clause.limit, clause.clock, owner.user_id, clause.pause_when_owner_absent
    )
    done_before = _stop(one, opened, start)
    stop = None if done_before else _stop(one, start, owner.until)

    def judge(due: datetime) -> Verdict:
        if stop is None and owner.until is not None:
            return ("not_applicable", "reassigned") if owner.until <= due else BREACHED
        return against(stop, due, one.outcome.closed_at, known.as_of)

    verdict: Verdict = ("not_applicable", "already_contacted")
    if done_before is None:
        verdict = at_both_ends(clock, not_before, start, judge)
    finding = at_handoff(one, clause.id, KIND, "sales", verdict, start, clock.due(start))
    finding.subject_type, finding.subject_id = "ownership", f"{one.passage.handoff_id}:{owner.number}"
    finding.seller, finding.basis = owner.user_id, "attempt"
    return measured(finding, stop, clock)
