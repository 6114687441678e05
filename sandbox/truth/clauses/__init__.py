"""Every clause kind judged by its own plain code; `judge` puts the findings of all of them together."""

from collections.abc import Iterator

from sandbox.truth.clauses import (
    cadence,
    months,
    owner_at_birth,
    rating_given,
    reason_registered,
    response_time,
    returned_to_nurture,
)
from sandbox.truth.clauses.finding import Finding
from sandbox.truth.clauses.waivers import waived
from sandbox.truth.judged import Knowledge

_KINDS = (
    response_time.findings,
    owner_at_birth.findings,
    cadence.attempts_made,
    cadence.cadence_order,
    cadence.give_back_allowed,
    reason_registered.findings,
    rating_given.findings,
    returned_to_nurture.findings,
    months.findings,
)


def judge(known: Knowledge) -> Iterator[Finding]:
    """One finding per clause and subject that must be judged, waivers applied."""
    for kind in _KINDS:
        for finding in kind(known):
            yield waived(known, finding)


__all__ = ["Finding", "judge"]
