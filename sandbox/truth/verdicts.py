"""Response-clock verdicts, clause by clause (RULES R15)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.truth.agreement import Clause
from sandbox.truth.business_time import Calendar


@dataclass(frozen=True)
class Subject:
    """What a clause judges: a passage with its start (and the lower bound of it), stop and closing."""

    start: datetime
    not_before: datetime
    stop: datetime | None
    closed_at: datetime | None
    evidence: str | None


def due(clause: Clause, calendar: Calendar, start: datetime) -> datetime:
    """When the clock runs out."""
    if clause.clock == "business":
        return calendar.due(start, clause.limit)
    return start + timedelta(seconds=clause.limit)


def _judge(limit: datetime, subject: Subject, as_of: datetime) -> tuple[str, str | None]:
    """The verdict for one start, given its due instant."""
    if subject.stop is not None:
        return ("met" if subject.stop <= limit else "breached"), None
    if subject.closed_at is not None and subject.closed_at < limit:
        return "not_applicable", "closed_before_due"
    return ("breached" if as_of > limit else "running"), None


def verdict(clause: Clause, subject: Subject, calendar: Calendar, as_of: datetime) -> dict[str, Any]:
    """One row: started_at, due_at, met_at, elapsed_seconds, business_seconds, verdict, reason, evidence."""
    limit = due(clause, calendar, subject.start)
    if clause.starts_at == "sql_at" and subject.stop is not None and subject.stop <= subject.start:
        return _row(subject.start, limit, subject.start, 0, 0, "met", None, subject.evidence)
    late = _judge(limit, subject, as_of)
    early = late
    if subject.not_before < subject.start:
        early = _judge(due(clause, calendar, subject.not_before), subject, as_of)
    decided = late if late == early else ("not_judgeable", "imprecise_start")
    if subject.stop is None:
        return _row(subject.start, limit, None, None, None, *decided, None)
    elapsed = int((subject.stop - subject.start).total_seconds())
    worked = calendar.seconds(subject.start, subject.stop)
    return _row(subject.start, limit, subject.stop, elapsed, worked, *decided, subject.evidence)


def _row(
    started: datetime, limit: datetime, met: datetime | None, elapsed: int | None, worked: int | None, decided: str,
    reason: str | None, evidence: str | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "started_at": started, "due_at": limit, "met_at": met, "elapsed_seconds": elapsed, "business_seconds": worked,
        "verdict": decided, "reason": reason, "evidence": evidence,
    }  # fmt: skip
