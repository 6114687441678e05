"""What no single value can show: rules that hold between the parts of an agreement."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from zoneinfo import ZoneInfo

from contract.calendar import FIRST_DAY, LAST_DAY, build_calendar
from contract.calendar_model import Calendar
from contract.clause_checks import check_clauses
from contract.model import Version
from contract.placed import Placed
from contract.problems import KeyPath, Problem, did_you_mean

PlacedVersion = Placed[Version]


def check_versions(
    versions: Sequence[PlacedVersion], calendars: Mapping[str, Placed[Calendar]], calendar_names: set[str]
) -> Iterator[Problem]:
    """Every problem between versions, and between a version and its calendar.

    `calendar_names` also holds calendars that are broken: their name is not reported as unknown a second time.
    """
    yield from _names(versions)
    yield from _periods(versions)
    yield from _labels(versions)
    yield from check_clauses(versions)
    for version in versions:
        yield from _inside(version)
        for path, name in _named_calendars(version.part):
            if name not in calendar_names:
                remedy = (
                    did_you_mean(name, calendar_names) if calendar_names else "Add it under `calendars:`."
                )
                yield version.problem(path, f"calendar {name!r} is not defined", remedy)
        if version.part.calendar in calendars:
            yield from _signed_in_time(version, ZoneInfo(calendars[version.part.calendar].part.zone))


def check_calendar(calendar: Placed[Calendar]) -> Iterator[Problem]:
    """Problems that show only when the days are laid out."""
    part = calendar.part
    for name in ("closed_days", "open_days", "special_hours"):
        for index, entry in enumerate(getattr(part, name)):
            if not FIRST_DAY <= entry.date <= LAST_DAY:
                remedy = f"Use a date from {FIRST_DAY} to {LAST_DAY}."
                yield calendar.problem((name, index, "date"), f"{entry.date} is outside the calendar", remedy)
    if found := _layout_problem(part):
        yield calendar.problem(("hours",), found, "Use fewer stretches a day.")


@lru_cache(maxsize=64)
def _layout_problem(calendar: Calendar) -> str:
    """What is wrong when the days are laid out; empty when nothing is. Kept: a process reads one agreement often."""
    try:
        build_calendar(calendar)
    except ValueError as error:
        return str(error)
    return ""


def _named_calendars(version: Version) -> Iterator[tuple[KeyPath, str]]:
    yield ("calendar",), version.calendar
    for team, name in version.calendars_by_team.items():
        yield ("calendars_by_team", team), name
    for seller, name in version.calendars_by_seller.items():
        yield ("calendars_by_seller", seller), name


def _names(versions: Sequence[PlacedVersion]) -> Iterator[Problem]:
    seen: dict[str, PlacedVersion] = {}
    for version in versions:
        name = version.part.version
        if name in seen:
            message = f"version {name!r} exists already at {seen[name].place(('version',))}"
            yield version.problem(("version",), message, "Give the new text a name of its own.")
        seen.setdefault(name, version)


def _periods(versions: Sequence[PlacedVersion]) -> Iterator[Problem]:
    ordered = sorted(versions, key=lambda placed: placed.part.effective_from)
    for before, after in itertools.pairwise(ordered):
        start, until = after.part.effective_from, before.part.effective_until
        other = f"version {before.part.version!r} ({before.place(('effective_from',))})"
        if start == before.part.effective_from:
            message = f"starts at the same instant as {other}: the two overlap"
            yield after.problem(("effective_from",), message, "Give each version a start of its own.")
        elif until is not None and until > start:
            remedy = f"Remove effective_until of {before.part.version!r}, or set it to {_utc(start)}."
            yield after.problem(("effective_from",), f"starts before {other} ends: the two overlap", remedy)
        elif until is not None and until < start:
            remedy = f"Remove effective_until of {before.part.version!r}, or set it to {_utc(start)}."
            message = f"leaves a gap after {other}, which ends at {_utc(until)}"
            yield after.problem(("effective_from",), message, remedy)
    if ordered and ordered[-1].part.effective_until is not None:
        message = "the last version has an end, after which no agreement would be in force"
        yield ordered[-1].problem(("effective_until",), message, "Remove it; the next version ends this one.")


def _labels(versions: Sequence[PlacedVersion]) -> Iterator[Problem]:
    # The warehouse maps a label to one code whatever the version: what people chose in the CRM has no version.
    seen: dict[tuple[str, str], tuple[str, PlacedVersion, KeyPath]] = {}
    for version in versions:
        for index, reason in enumerate(version.part.reasons):
            for system, labels in reason.labels.items():
                for position, label in enumerate(labels):
                    path: KeyPath = ("reasons", index, "labels", system, position)
                    code, first, there = seen.setdefault(
                        (system, label.casefold()), (reason.code, version, path)
                    )
                    if code != reason.code:
                        message = (
                            f"label {label!r} of {system} means {code!r} already at {first.place(there)}"
                        )
                        yield version.problem(
                            path, message, "Map each label to one reason, the same in all versions."
                        )
                    elif first is version and there != path:
                        yield version.problem(path, f"label {label!r} is listed twice", "Keep one.")


def _inside(version: PlacedVersion) -> Iterator[Problem]:
    part = version.part
    yield from _once(version, "reasons", [reason.code for reason in part.reasons], "code")
    yield from _once(version, "targets", [target.metric for target in part.targets], "metric")
    owners: dict[str, str] = {}
    for index, reason in enumerate(part.reasons):
        identifier = reason.return_identifier
        if identifier is None:
            continue
        path: KeyPath = ("reasons", index, "return_identifier")
        if identifier in owners:
            message = f"{identifier!r} is the return identifier of {owners[identifier]!r} too"
            yield version.problem(path, message, "Give each reason an identifier of its own.")
        owners.setdefault(identifier, reason.code)
        if identifier in part.hot_when.conversions:
            message = f"{identifier!r} is also a buying signal under hot_when"
            yield version.problem(
                path, message, "A return is our own act, never a signal: use another identifier."
            )


def _once(version: PlacedVersion, section: str, values: list[str], key: str) -> Iterator[Problem]:
    for index, value in enumerate(values):
        if value in values[:index]:
            path: KeyPath = (section, index, key)
            yield version.problem(
                path, f"{value!r} appears twice under {section}", "Keep one, or rename this one."
            )


def _signed_in_time(version: PlacedVersion, zone: ZoneInfo) -> Iterator[Problem]:
    starts_on = version.part.effective_from.astimezone(zone).date()
    for area in ("marketing", "sales"):
        signed_on = getattr(version.part.signatures, area).signed_on
        if signed_on > starts_on:
            message = f"was signed on {signed_on}, after the version took effect on {starts_on}"
            remedy = "A version judges nothing that happened before it was signed: move effective_from."
            yield version.problem(("signatures", area, "signed_on"), message, remedy)


def _utc(instant: object) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
