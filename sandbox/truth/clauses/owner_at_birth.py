"""Marketing hands over with an owner: how soon the deal had one (rule V7)."""

from collections.abc import Iterator

from sandbox.truth.clauses.finding import Finding, Stop, on_handoff
from sandbox.truth.judged import Knowledge
from sandbox.truth.owners import owner_seen

KIND = "owner_at_birth"


def findings(known: Knowledge) -> Iterator[Finding]:
    """One row per hand-over."""
    for one in known.judged:
        seen = owner_seen(one.passage, one.reads, one.assigned_at)
        stop = None
        if seen is not None:
            start = one.passage.opening.at
            stop = Stop(max(seen[0], start), max(seen[1], start), None)
        clock = known.calendars.clock(one.terms, one.terms.owner_within, "elapsed")
        finding = on_handoff(known, one, KIND, KIND, "marketing", clock, stop)
        finding.basis = "owner"
        finding.evidence = f"deal:{one.passage.deals[0]['deal_id']}" if one.passage.deals else None
        yield finding
