"""What the areas promise per month: volumes (V14), acceptance (V15) and well-filled forms (V16)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from sandbox.company.terms import Commitment
from sandbox.truth.agreement import is_return, local_date, local_midnight, naive
from sandbox.truth.clauses.finding import BREACHED, MET, RUNNING, Finding, Verdict
from sandbox.truth.judged import Judged, Knowledge

_INSTANT = {
    "mqls_per_month": lambda one: one.passage.opening.at,
    "sqls_per_month": lambda one: one.outcome.sql_at,
    "wins_per_month": lambda one: one.outcome.won_at,
}


@dataclass(frozen=True)
class Month:
    """One local month; [starts, ends) in naive UTC."""

    first: date

    @property
    def name(self) -> str:
        """For example 2026-03."""
        return f"{self.first:%Y-%m}"

    @property
    def next(self) -> "Month":
        """The month after it."""
        return Month((self.first + timedelta(days=32)).replace(day=1))

    @property
    def starts(self) -> datetime:
        """Local midnight of the first day."""
        return local_midnight(self.first)

    @property
    def ends(self) -> datetime:
        """Local midnight after the last day."""
        return self.next.starts

    def holds(self, day: date | None) -> bool:
        """Whether a local date lies in the month."""
        return day is not None and (day.year, day.month) == (self.first.year, self.first.month)


def findings(known: Knowledge) -> Iterator[Finding]:
    """One row per commitment and month, from the month of the first hand-over to that of as_of. A month that began
    before there was any agreement owes nothing."""
    days = [local_date(one.passage.opening.at) for one in known.judged]
    born = min((day for day in days if day is not None), default=None)
    today = local_date(known.as_of)
    if born is None or today is None:
        return
    month = Month(born.replace(day=1))
    while month.first <= today:
        terms = known.agreement.version_at(month.starts)
        signed = naive(terms.effective_from) <= month.starts
        for promise in terms.commitments if signed else ():
            finding = _judge(known, promise, month, born)
            finding.version = terms.name
            yield finding
        month = month.next


def _judge(known: Knowledge, promise: Commitment, month: Month, born: date) -> Finding:
    if promise.measure == "acceptance_rate":
        return _acceptance(known, promise, month)
    if promise.measure == "capture_completeness":
        return _capture(known, promise, month)
    return _volume(known, promise, month, born)


def _row(
    promise: Commitment, kind: str, month: Month, verdict: Verdict, basis: str, evidence: str
) -> Finding:
    return Finding(
        promise.id, kind, promise.area, "", "month", month.name, None, None, *verdict, month.starts, month.ends,
        basis=basis, evidence=evidence,
    )  # fmt: skip


def _volume(known: Knowledge, promise: Commitment, month: Month, born: date) -> Finding:
    instant = _INSTANT[promise.measure]
    when = sorted(
        at for one in known.judged if (at := instant(one)) is not None and month.holds(local_date(at))
    )
    wanted = int(promise.at_least)
    verdict = BREACHED
    if len(when) >= wanted:
        verdict = MET
    elif known.as_of < month.ends:
        verdict = RUNNING
    elif month.holds(born) and month.first < born:
        verdict = "not_judgeable", "partial_month"
    found = _row(promise, "volume", month, verdict, "count", f"count={len(when)};minimum={wanted}")
    found.met_at = when[wanted - 1] if verdict == MET else None
    return found


def _exact(promise: Commitment) -> Fraction:
    """The promised share as the agreement writes it: 0.85 is 17/20, not the nearest binary number."""
    return Fraction(str(promise.at_least))


def _is_accepted(one: Judged) -> bool:
    end = one.outcome
    return any((end.accepted_at, end.sql_at, end.opportunity_at, end.proposal_at, end.won_at))


def _acceptance(known: Knowledge, promise: Commitment, month: Month) -> Finding:
    cohort = [one for one in known.judged if month.holds(local_date(one.passage.opening.at))]
    accepted = sum(map(_is_accepted, cohort))
    declined = sum(
        one.outcome.status in ("rejected", "lost", "inactive") and not _is_accepted(one) for one in cohort
    )
    undecided, total = len(cohort) - accepted - declined, len(cohort)
    verdict: Verdict = RUNNING
    if known.as_of >= month.ends:
        if total == 0:
            verdict = "not_applicable", "no_handovers"
        elif Fraction(accepted, total) >= _exact(promise):
            verdict = MET
        elif Fraction(accepted + undecided, total) < _exact(promise):
            verdict = BREACHED
    text = f"accepted={accepted};handed_over={total};undecided={undecided}"
    return _row(promise, "acceptance_rate", month, verdict, "share", text)


def _capture(known: Knowledge, promise: Commitment, month: Month) -> Finding:
    # Of contacts that were merged both tell of the conversion: it is one.
    forms = {
        (known.people.get(f"rd:{uuid}", uuid), identifier, at): filled
        for uuid, events in known.seen.captures.items()
        for identifier, at, filled in events
        if at <= known.as_of and month.holds(local_date(at)) and not is_return(identifier) and filled
        if not promise.forms or identifier in promise.forms
    }.values()
    complete = sum(set(promise.fields) <= set(filled) for filled in forms)
    verdict: Verdict = RUNNING
    if known.as_of >= month.ends:
        verdict = "not_applicable", "no_conversions"
        if forms:
            verdict = MET if Fraction(complete, len(forms)) >= _exact(promise) else BREACHED
    text = f"complete={complete};conversions={len(forms)}"
    return _row(promise, "capture_completeness", month, verdict, "share", text)
