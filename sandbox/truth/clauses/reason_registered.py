"""Nobody gives a lead back or loses it without a reason from the list (rule V10)."""

from collections.abc import Iterator

from sandbox.truth.clauses.finding import BREACHED, MET, Finding, Verdict, at_handoff
from sandbox.truth.judged import Knowledge

KIND = "reason_registered"


def findings(known: Knowledge) -> Iterator[Finding]:
    """One row per rejected or lost hand-over."""
    for one in known.judged:
        decided = one.outcome.decided_at
        if decided is None:
            continue
        verdict: Verdict = BREACHED
        if one.reason_code is not None:
            verdict = MET
        elif one.outcome.reason_label is not None:
            verdict = "not_judgeable", "unmapped_reason"
        finding = at_handoff(one, KIND, KIND, "sales", verdict, decided, decided)
        finding.basis = "reason"
        if one.reason_code is not None:
            finding.met_at, finding.evidence = decided, f"reason:{one.reason_code}"
        yield finding
