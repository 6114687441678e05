"""Rules that hold between waivers or absences and the versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from contract.calendar import FIRST_DAY, LAST_DAY, build_calendar
from contract.exceptions import EVERY_CLAUSE, Absence, Away, Waiver
from contract.model import Version
from contract.placed import Placed
from contract.problems import Problem, did_you_mean
from contract.signed import SignedVersion


def check_waivers(
    waivers: Sequence[Placed[Waiver]], versions: Sequence[Placed[Version]]
) -> Iterator[Problem]:
    """Every problem of waivers. `versions` is empty when one of them is broken: its clauses are not known then."""
    first: dict[str, Placed[Waiver]] = {}
    clauses = {clause.id: clause for version in versions for clause in version.part.clauses}
    for waiver in waivers:
        part = waiver.part
        if part.id in first:
            message = f"waiver {part.id!r} exists already at {first[part.id].place(('id',))}"
            yield waiver.problem(("id",), message, "Give this one another id.")
        first.setdefault(part.id, waiver)
        if part.clause == EVERY_CLAUSE or not versions:
            continue
        clause = clauses.get(part.clause)
        if clause is None:
            remedy = did_you_mean(part.clause, [*clauses, EVERY_CLAUSE])
            yield waiver.problem(("clause",), f"no version has a clause {part.clause!r}", remedy)
        elif clause.subject_type == "month" and (part.handoff or part.seller):
            key = "handoff" if part.handoff else "seller"
            message = f"clause {part.clause!r} judges whole months, which have no {key}"
            yield waiver.problem((key,), message, "Waive a month by from and until.")


def check_absence_days(
    absences: Sequence[tuple[Placed[Absence], Away]], versions: Sequence[SignedVersion]
) -> Iterator[Problem]:
    """Absences beyond the calendar table, and days that they cut into more stretches than a row holds."""
    calendars = {
        id(calendar): calendar
        for version in versions
        for calendar in (
            version.calendar,
            *version.team_calendars.values(),
            *version.seller_calendars.values(),
        )
    }
    for placed, away in absences:
        first, last = away.from_at.date(), (away.until_at - timedelta(seconds=1)).date()
        if first < FIRST_DAY or last > LAST_DAY:
            remedy = f"Use days from {FIRST_DAY} to {LAST_DAY}."
            yield placed.problem((), "the absence is outside the calendar", remedy)
            continue
        periods = [(other.from_at, other.until_at) for _, other in absences if other.seller == away.seller]
        try:
            for calendar in calendars.values():
                for day in {first, last}:
                    build_calendar(calendar, day, _next(day), periods)
        except ValueError as error:
            message, _, remedy = str(error).partition("; ")
            yield placed.problem((), message, f"{remedy[:1].upper()}{remedy[1:] or 'Shorten it'}.")


def _next(day: date) -> date:
    return min(day + timedelta(days=1), LAST_DAY)
