"""The attempts that every lead deserves: all of them in time (V8), in order and spaced (V9), before giving up (V11)."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sandbox.truth.clauses.finding import (
    BREACHED,
    MET,
    RUNNING,
    Finding,
    Stop,
    Verdict,
    at_both_ends,
    at_handoff,
    measured,
    primary_owner,
)
from sandbox.truth.judged import Judged, Knowledge
from sandbox.truth.outcomes import Attempt


def speaks_of(one: Judged) -> bool:
    """Whether the cadence is meant for this temperature."""
    return one.terms.cadence.applies_to in ("all", one.facts["temperature"])


def last_missing(one: Judged) -> Attempt | None:
    """The attempt that completes the required number of each channel; None while one is missing."""
    completing = []
    for channel, wanted in Counter(one.terms.cadence.steps).items():
        made = [attempt for attempt in one.attempts if attempt.channel == channel]
        if len(made) < wanted:
            return None
        completing.append(made[wanted - 1])
    return max(completing, key=lambda attempt: attempt.order)


def advanced_at(one: Judged) -> datetime | None:
    """When the lead became an SQL or was won: from then on the cadence has served its purpose."""
    return min((at for at in (one.outcome.sql_at, one.outcome.won_at) if at is not None), default=None)


def attempts_made(known: Knowledge) -> Iterator[Finding]:
    """Rule V8."""
    for one in filter(speaks_of, known.judged):
        cadence, last = one.terms.cadence, last_missing(one)
        clock = known.calendars.clock(one.terms, cadence.within, cadence.clock, primary_owner(one))
        stop = Stop(last.occurred_at, last.occurred_at, f"attempt:{last.task_id}") if last else None
        start = one.passage.opening.at

        def judge(due: datetime, one: Judged = one, stop: Stop | None = stop) -> Verdict:
            advanced, closed = advanced_at(one), one.outcome.closed_at
            if stop is not None and stop.hi <= due:
                return MET
            if advanced is not None and advanced <= due:
                return "not_applicable", "advanced"
            if closed is not None and closed < due:
                return "not_applicable", "closed_before_due"
            return BREACHED if stop is not None or known.as_of > due else RUNNING

        verdict = at_both_ends(clock, one.passage.opening.not_before, start, judge)
        finding = at_handoff(
            one, "cadence_attempts", "attempts_made", "sales", verdict, start, clock.due(start)
        )
        finding.basis = "attempt"
        yield measured(finding, stop, clock)


def cadence_order(known: Knowledge) -> Iterator[Finding]:
    """Rule V9."""
    for one in filter(speaks_of, known.judged):
        cadence = one.terms.cadence
        clock = known.calendars.clock(one.terms, cadence.within, cadence.clock, primary_owner(one))
        start = one.passage.opening.at
        due = clock.due(start)
        verdict, decisive = _in_order(known, one, due)
        finding = at_handoff(one, "cadence_order", "cadence_order", "sales", verdict, start, due)
        finding.basis = "attempt"
        if decisive is not None:
            finding.evidence = f"attempt:{decisive.task_id}"
            finding.met_at = decisive.occurred_at if verdict == MET else None
        yield finding


def _in_order(known: Knowledge, one: Judged, due: datetime) -> tuple[Verdict, Attempt | None]:
    """The verdict and the attempt that decides it: the first violation, or the last step."""
    cadence, advanced = one.terms.cadence, advanced_at(one)
    calendar = known.calendars.of(one.terms, primary_owner(one))
    made = [attempt for attempt in one.attempts if attempt.channel in cadence.steps]
    made = [attempt for attempt in made if advanced is None or attempt.occurred_at < advanced]
    made = made[: len(cadence.steps)]
    for number, attempt in enumerate(made):
        if attempt.channel != cadence.steps[number]:
            return ("breached", "out_of_order"), attempt
        if number:
            before = made[number - 1].occurred_at
            gap = (attempt.occurred_at - before).total_seconds()
            if cadence.spacing_clock == "business":
                gap = calendar.seconds(before, attempt.occurred_at)
            if gap < cadence.min_spacing:
                return ("breached", "too_soon"), attempt
    if len(made) == len(cadence.steps):
        return MET, made[-1]
    if advanced is not None:
        return ("not_applicable", "advanced"), None
    if one.outcome.closed_at is not None:
        return ("not_applicable", "closed"), None
    return (("not_applicable", "incomplete") if known.as_of > due else RUNNING), None


def give_back_allowed(known: Knowledge) -> Iterator[Finding]:
    """Rule V11."""
    for one in known.judged:
        given_back = one.outcome.rejected_at
        if given_back is None:
            continue
        last = last_missing(one)
        verdict: Verdict = ("breached", "cadence_incomplete")
        if one.reason_code in one.terms.give_back_exempt:
            verdict = "not_applicable", "exempt_reason"
        elif last is not None and last.occurred_at <= given_back:
            verdict = MET
        finding = at_handoff(
            one,
            "give_back_allowed",
            "give_back_allowed",
            "sales",
            verdict,
            one.passage.opening.at,
            given_back,
        )
        finding.basis, finding.evidence = "attempt", f"deal:{one.outcome.closing_deal}"
        finding.met_at = given_back if verdict == MET else None
        yield finding
