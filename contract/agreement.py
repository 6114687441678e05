"""Reads `<profile>/agreement/*.yaml` and hands out its versions, each with its hashes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from contract.calendar import calendar_hash
from contract.calendar_model import Calendar
from contract.checks import Placed, check_calendar, check_versions
from contract.explain import fields_at, validate
from contract.hashing import content_hash
from contract.model import AgreementFile, Term, Version
from contract.problems import AgreementError, ConfigurationError, Problem, did_you_mean
from contract.yaml_source import Lines, load_yaml

# Dated exceptions stay out of the hash of a version: a holiday that has not begun may be appended without a new
# version. The registry guards those that have begun; the calendar's own hash covers them all.
_DATED = frozenset({"closed_days", "open_days", "special_hours"})


@dataclass(frozen=True)
class SignedVersion:
    """A version together with the calendar it names."""

    terms: Version
    calendar: Calendar

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
        """What was signed: the terms and the standing rules of the calendar, as plain JSON data.

        `effective_until` is left out: it only repeats the start of the next version.
        """
        terms = self.terms.model_dump(mode="json", exclude={"effective_until", "calendar"})
        return {**terms, "calendar": self.calendar.model_dump(mode="json", exclude=set(_DATED))}

    @cached_property
    def agreement_hash(self) -> str:
        """sha256 of the content."""
        return content_hash(self.content)

    @cached_property
    def calendar_hash(self) -> str:
        """sha256 of the calendar with all its dates."""
        return calendar_hash(self.calendar)

    @cached_property
    def dated_days(self) -> dict[str, str]:
        """Company days by date, as `{"2026-02-18": "special_hours Quarta-feira de Cinzas 13:00-18:00"}`."""
        dumped = self.calendar.model_dump(mode="json", include=set(_DATED))
        days: dict[str, str] = {}
        for kind in sorted(dumped):
            for entry in dumped[kind]:
                words = [kind, entry["name"], *entry.get("intervals", ())]
                days[entry["date"]] = " ".join([*filter(None, [days.get(entry["date"])]), *words])
        return days


@dataclass(frozen=True)
class Agreement:
    """All versions, oldest first, and the glossary."""

    versions: tuple[SignedVersion, ...]
    glossary: tuple[Term, ...] = ()

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


def load_agreement(folder: Path) -> Agreement:
    """Read every `*.yaml` of the folder. Raises `AgreementError` with all problems of all files at once."""
    files = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    if not files:
        remedy = "Create one: `bastao init` writes an example."
        raise AgreementError([Problem(str(folder), 0, "", "holds no agreement (no .yaml file)", remedy)])
    reader = _Reader()
    for path in files:
        reader.read(path, f"{folder.name}/{path.name}")
    return reader.finish(folder)


class _Reader:
    """Collects parts and problems over all files."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.versions: list[Placed[Version]] = []
        self.calendars: dict[str, Placed[Calendar]] = {}
        self.calendar_names: set[str] = set()
        self.glossary: list[Term] = []
        self._written_versions = 0

    def read(self, path: Path, name: str) -> None:
        """Validate each part of a file on its own, so that one fault does not hide the others."""
        try:
            data, lines = load_yaml(path, name)
        except ConfigurationError as error:
            self.problems += error.problems
            return
        if data is None:
            return
        known = fields_at(AgreementFile, ())
        if not isinstance(data, dict):
            remedy = f"Start it with one of: {', '.join(known)}."
            self.problems.append(lines.problem((), "must be a block of keys", remedy))
            return
        for key in data:
            if key not in known:
                self.problems.append(lines.problem((key,), "is an unknown key", did_you_mean(key, known)))
        for index, item in self._items(data.get("versions"), "versions", list, lines):
            self._written_versions += 1
            self._version(item, lines, index)
        for index, item in self._items(data.get("glossary"), "glossary", list, lines):
            term, problems = validate(Term, item, lines, ("glossary", index))
            self.problems += problems
            self.glossary += [term] if term else []
        for key, item in self._items(data.get("calendars"), "calendars", dict, lines):
            self._calendar(str(key), item, lines)

    def finish(self, folder: Path) -> Agreement:
        """Run the checks between parts; raise when anything was wrong anywhere."""
        if not self._written_versions and not self.problems:
            remedy = "Add `versions:` with at least one version."
            self.problems.append(
                Problem(folder.name, 0, "versions", "no version is written in any file", remedy)
            )
        self.problems += check_versions(self.versions, self.calendars, self.calendar_names)
        if self.problems:
            raise AgreementError(self.problems)
        ordered = sorted(
            (placed.part for placed in self.versions), key=lambda version: version.effective_from
        )
        signed = tuple(SignedVersion(version, self.calendars[version.calendar].part) for version in ordered)
        return Agreement(signed, tuple(self.glossary))

    def _items(
        self, value: Any, key: str, kind: type[list[Any]] | type[dict[str, Any]], lines: Lines
    ) -> Iterable[tuple[Any, Any]]:
        if value is None:
            return ()
        if not isinstance(value, kind):
            shape = "a list" if kind is list else "a block of names"
            how = (
                "Start each item with a hyphen."
                if kind is list
                else "Write `name:` and its keys indented below."
            )
            self.problems.append(lines.problem((key,), f"must be {shape}", how))
            return ()
        return list(value.items() if isinstance(value, dict) else enumerate(value))

    def _version(self, item: Any, lines: Lines, index: int) -> None:
        version, problems = validate(Version, item, lines, ("versions", index))
        self.problems += problems
        if version is not None:
            self.versions.append(Placed(version, lines, ("versions", index)))

    def _calendar(self, name: str, item: Any, lines: Lines) -> None:
        if name in self.calendars:
            first = self.calendars[name].place()
            message = f"calendar {name!r} exists already at {first}"
            self.problems.append(lines.problem(("calendars", name), message, "Rename this one."))
            return
        self.calendar_names.add(name)
        calendar, problems = validate(Calendar, item, lines, ("calendars", name))
        self.problems += problems
        if calendar is not None:
            placed = Placed(calendar, lines, ("calendars", name))
            self.calendars[name] = placed
            self.problems += check_calendar(placed)
