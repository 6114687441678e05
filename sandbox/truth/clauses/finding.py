"""What a clause says of one subject, and the judgement that most clauses share (rules V1 and V3)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sandbox.truth.calendars import Clock
from sandbox.truth.identity import md5
from sandbox.truth.judged import Judged, Knowledge

Verdict = tuple[str, str | None]  # verdict, reason
MET: Verdict = ("met", None)
BREACHED: Verdict = ("breached", None)
RUNNING: Verdict = ("running", None)


@dataclass(frozen=True)
class Stop:
    """What ends a clock, known to lie in [lo, hi] (exact: lo = hi)."""

    lo: datetime
    hi: datetime
    evidence: str | None


@dataclass
class Finding:
    """One verdict. `seller` is a CRM user id; instants are naive UTC."""

    clause_id: str
    kind: str
    area: str
    version: str
    subject_type: str  # handoff | ownership | month
    subject_id: str
    one: Judged | None
    seller: str | None
    verdict: str
    reason: str | None
    started_at: datetime | None
    due_at: datetime | None
    met_at: datetime | None = None
    elapsed_seconds: int | None = None
    business_seconds: int | None = None
    basis: str | None = None
    evidence: str | None = None
    unwaived_verdict: str | None = None
    waiver_id: str | None = None

    @property
    def verdict_id(self) -> str:
        """The key of the row."""
        return md5(f"{self.clause_id}|{self.subject_id}")


def primary_owner(one: Judged) -> str | None:
    """The seller of a hand-over: the last known owner of its primary deal."""
    owner: str | None = one.passage.deals[0]["user_id"] if one.passage.deals else None
    return owner


def at_handoff(
    one: Judged, clause_id: str, kind: str, area: str, verdict: Verdict, started: datetime, due: datetime,
) -> Finding:  # fmt: skip
    """A finding about a hand-over; nothing measured yet."""
    return Finding(
        clause_id, kind, area, one.terms.name, "handoff", one.passage.handoff_id, one, primary_owner(one), *verdict,
        started, due,
    )  # fmt: skip


def measured(finding: Finding, stop: Stop | None, clock: Clock) -> Finding:
    """Fill met_at, the seconds until then and the evidence; without a stop they stay empty."""
    if stop is not None and finding.started_at is not None:
        finding.met_at = max(stop.hi, finding.started_at)
        finding.elapsed_seconds = int((finding.met_at - finding.started_at).total_seconds())
        finding.business_seconds = clock.works.seconds(finding.started_at, finding.met_at)
        finding.evidence = stop.evidence
    return finding


def against(stop: Stop | None, due: datetime, closed: datetime | None, as_of: datetime) -> Verdict:
    """The verdict for one due instant (rule V3)."""
    if stop is not None:
        if stop.hi <= due:
            return MET
        return BREACHED if stop.lo > due else ("not_judgeable", "imprecise_stop")
    if closed is not None and closed < due:
        return "not_applicable", "closed_before_due"
    return BREACHED if as_of > due else RUNNING


def at_both_ends(
    clock: Clock, not_before: datetime, start: datetime, judge: Callable[[datetime], Verdict]
) -> Verdict:
    """The verdict when the start is only known to lie in [not_before, start]: both ends must agree."""
    late = judge(clock.due(start))
    early = judge(clock.due(not_before)) if not_before < start else late
    return late if early[0] == late[0] else ("not_judgeable", "imprecise_start")


def on_handoff(
    known: Knowledge, one: Judged, clause_id: str, kind: str, area: str, clock: Clock, stop: Stop | None
) -> Finding:
    """The plain case: a clock that starts at the hand-over and is ended by one stop."""
    start, lower = one.passage.opening.at, one.passage.opening.not_before
    verdict = at_both_ends(
        clock, lower, start, lambda due: against(stop, due, one.outcome.closed_at, known.as_of)
    )
    return measured(at_handoff(one, clause_id, kind, area, verdict, start, clock.due(start)), stop, clock)
