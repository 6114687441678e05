"""The agreement after reading: signed versions with their calendars and hashes, and what is agreed besides them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from contract.calendar import calendar_hash
from contract.calendar_model import Calendar
from contract.exceptions import Away, Waiver
from contract.hashing import content_hash
from contract.model import Term, Version
from contract.problems import did_you_mean

# Dated exceptions stay out of the hash of a version: a holiday that has not begun may be appended without a new
# version. The registry guards those that have begun; the calendar's own hash covers them all.
_DATED = frozenset({"closed_days", "open_days", "special_hours"})
_NAMES = frozenset({"effective_until", "calendar", "calendars_by_team", "calendars_by_seller"})


@dataclass(frozen=True)
class SignedVersion:
    """A version together with the calendars it names: the default, and those of teams and of sellers (e-mail)."""

    terms: Version
    calendar: Calendar
    team_calendars: Mapping[str, Calendar] = field(default_factory=dict)
    seller_calendars: Mapping[str, Calendar] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Name of the version, as `v1`."""
        return self.terms.version

    @property
    def effective_from(self) -> datetime:
        """First instant (aware UTC) at which it is in force."""
        return self.terms.effective_from

    @cached_property
    def content(self) -> dict[str, Any]:
        """What was signed: the terms and the standing rules of their calendars, as plain JSON data.

        `effective_until` is left out: it only repeats the start of the next version. So are the names of the
        calendars: in their place stand their rules. Keys of later releases appear when they are used
        (`fields.Sparse`).
        """
        content = self.terms.model_dump(mode="json", exclude=set(_NAMES))
        content["calendar"] = _standing(self.calendar)
        for key, calendars in self._others():
            if calendars:
                content[key] = {name: _standing(calendar) for name, calendar in calendars.items()}
        return content

    @cached_property
    def agreement_hash(self) -> str:
        """sha256 of the content."""
        return content_hash(self.content)

    @cached_property
    def calendar_hash(self) -> str:
        """sha256 of the default calendar with all its dates."""
        return calendar_hash(self.calendar)

    @cached_property
    def calendar_hashes(self) -> tuple[str, ...]:
        """Hashes of all its calendars: the default's, then those of teams and sellers as written."""
        others = [calendar for _, calendars in self._others() for calendar in calendars.values()]
        return self.calendar_hash, *(calendar_hash(calendar) for calendar in others)

    @cached_property
    def dated_days(self) -> dict[str, str]:
        """Company days by date, as `{"2026-02-18": "special_hours Quarta-feira de Cinzas 13:00-18:00"}`.

        Days of the calendar of a team or a seller follow those of the default, with whose they are.
        """
        days: dict[str, list[str]] = {}
        _add_days(days, self.calendar, "")
        for key, calendars in self._others():
            for name in sorted(calendars):
                _add_days(days, calendars[name], f"{key} {name}: ")
        return {day: " ".join(texts) for day, texts in days.items()}

    def _others(self) -> tuple[tuple[str, Mapping[str, Calendar]], ...]:
        return ("calendars_by_team", self.team_calendars), ("calendars_by_seller", self.seller_calendars)


@dataclass(frozen=True)
class Agreement:
    """All versions, oldest first; the glossary; waivers and absences, which belong to no version."""

    versions: tuple[SignedVersion, ...]
    glossary: tuple[Term, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    absences: tuple[Away, ...] = ()

    def version(self, name: str) -> SignedVersion:
        """The version of that name; KeyError with the known names when there is none."""
        for version in self.versions:
            if version.version == name:
                return version
        known = [version.version for version in self.versions]
        raise KeyError(f"the agreement has no version {name!r}. {did_you_mean(name, known)}")

    def in_force(self, at: datetime) -> SignedVersion | None:
        """The version in force at an aware instant, or None before the first one."""
        started = [version for version in self.versions if version.effective_from <= at]
        return started[-1] if started else None


def _standing(calendar: Calendar) -> dict[str, Any]:
    return calendar.model_dump(mode="json", exclude=set(_DATED))


def _add_days(days: dict[str, list[str]], calendar: Calendar, prefix: str) -> None:
    dumped = calendar.model_dump(mode="json", include=set(_DATED))
    for kind in sorted(dumped):
        for entry in dumped[kind]:
            words = " ".join([kind, entry["name"], *entry.get("intervals", ())])
            days.setdefault(entry["date"], []).append(prefix + words)
