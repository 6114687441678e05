"""Sales grades every lead that it gets (rule V13)."""

from collections.abc import Iterator

from sandbox.truth.clauses.finding import Finding, Stop, on_handoff, primary_owner
from sandbox.truth.judged import Knowledge
from sandbox.truth.owners import rating_seen

KIND = "rating_given"


def findings(known: Knowledge) -> Iterator[Finding]:
    """One row per hand-over with a deal."""
    for one in known.judged:
        if not one.passage.deals:
            continue
        seen = rating_seen(one.passage, one.reads)
        stop = Stop(*seen, f"deal:{one.passage.deals[0]['deal_id']}") if seen else None
        clock = known.calendars.clock(one.terms, one.terms.rating_within, "elapsed", primary_owner(one))
        finding = on_handoff(known, one, KIND, KIND, "sales", clock, stop)
        finding.basis = "rating"
        if stop is not None and finding.verdict == "not_judgeable":
            # It was graded, nobody can say when: the agreement's fallback counts it.
            finding.verdict, finding.reason, finding.basis = "met", None, "rating_without_instant"
            finding.met_at = finding.elapsed_seconds = finding.business_seconds = None
        yield finding
