"""Marketing takes back into nurture what sales gave back for later (rule V12)."""

from collections.abc import Iterator
from datetime import datetime

from sandbox.company.constants import CONSENT_UNKNOWN
from sandbox.truth.clauses.finding import BREACHED, MET, RUNNING, Finding, Stop, Verdict, at_handoff, measured
from sandbox.truth.judged import Judged, Knowledge
from sandbox.truth.returns import consent, first_return, main_contact, next_passage

KIND = "returned_to_nurture"


def findings(known: Knowledge) -> Iterator[Finding]:
    """One row per rejected or lost hand-over whose reason leads to nurture."""
    for one in known.judged:
        decided = one.outcome.decided_at
        if decided is None or one.next_step != "nurture":
            continue
        clock = known.calendars.clock(one.terms, one.terms.nurture_within, "elapsed")
        back = first_return(known, one)
        stop = Stop(back[0], back[0], f"conversion:{back[1]}") if back else None
        due = clock.due(decided)
        verdict = _verdict(known, one, decided, stop, due)
        finding = at_handoff(one, KIND, KIND, "marketing", verdict, decided, due)
        finding.seller, finding.basis = None, "conversion"
        yield measured(finding, stop, clock)


def _verdict(known: Knowledge, one: Judged, decided: datetime, stop: Stop | None, due: datetime) -> Verdict:
    person = one.passage.person
    if stop is not None and stop.hi <= due:
        return MET
    if decided < known.go_live:
        return "not_applicable", "before_go_live"
    if main_contact(known, person) is None:
        return "not_applicable", "no_email"
    status = consent(known, person)
    if status == "declined" or (status == "unknown" and CONSENT_UNKNOWN == "refuse"):
        return "not_applicable", f"consent_{status}"
    following = next_passage(known, one)
    if following is not None and following <= due:
        return "not_applicable", "new_passage"
    return BREACHED if stop is not None or known.as_of > due else RUNNING
