"""Reads `<profile>/agreement/*.yaml` and hands out its versions, each with its hashes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contract.calendar_model import Calendar
from contract.checks import Placed, check_calendar, check_versions
from contract.exception_checks import check_absence_days, check_waivers
from contract.exceptions import Absence, Away, Waiver, resolve
from contract.explain import fields_at, meant, validate
from contract.fields import Strict
from contract.model import AgreementFile, Term, Version
from contract.problems import AgreementError, ConfigurationError, Problem
from contract.signed import Agreement, SignedVersion
from contract.yaml_source import Lines, load_yaml

__all__ = ["Agreement", "SignedVersion", "load_agreement"]

_LISTS: dict[str, type[Strict]] = {
    "versions": Version,
    "glossary": Term,
    "waivers": Waiver,
    "absences": Absence,
}


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
        self.parts: dict[str, list[Placed[Any]]] = {key: [] for key in _LISTS}
        self.calendars: dict[str, Placed[Calendar]] = {}
        self.calendar_names: set[str] = set()
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
        written = {key: key for key in data if key in known}
        for key in data:
            if key not in known:
                remedy = meant(key, known)
                self.problems.append(lines.problem((key,), "is an unknown key", remedy))
                # Read on under the name that was meant: one slip shall not hide the others, nor cause more.
                written.update({name: key for name in known if f'"{name}"' in remedy and name not in written})
        for key, model in _LISTS.items():
            name_there = written.get(key, key)
            for index, item in self._items(data.get(name_there), name_there, list, lines):
                self._written_versions += key == "versions"
                part, problems = validate(model, item, lines, (name_there, index))
                self.problems += problems
                if part is not None:
                    self.parts[key].append(Placed(part, lines, (name_there, index)))
        calendars = written.get("calendars", "calendars")
        for key, item in self._items(data.get(calendars), calendars, dict, lines):
            self._calendar((calendars, str(key)), item, lines)

    def finish(self, folder: Path) -> Agreement:
        """Run the checks between parts; raise when anything was wrong anywhere."""
        if not self._written_versions and not self.problems:
            remedy = "Add `versions:` with at least one version."
            self.problems.append(
                Problem(folder.name, 0, "versions", "no version is written in any file", remedy)
            )
        versions: list[Placed[Version]] = self.parts["versions"]
        self.problems += check_versions(versions, self.calendars, self.calendar_names)
        complete = versions if len(versions) == self._written_versions else []
        self.problems += check_waivers(self.parts["waivers"], complete)
        if self.problems:
            raise AgreementError(self.problems)
        ordered = sorted((placed.part for placed in versions), key=lambda version: version.effective_from)
        signed = tuple(self._signed(version) for version in ordered)
        away = self._away(signed)
        if self.problems:
            raise AgreementError(self.problems)
        glossary, waivers = (tuple(p.part for p in self.parts[key]) for key in ("glossary", "waivers"))
        return Agreement(signed, glossary, waivers, away)

    def _signed(self, version: Version) -> SignedVersion:
        calendars = {name: placed.part for name, placed in self.calendars.items()}
        return SignedVersion(
            version,
            calendars[version.calendar],
            {team: calendars[name] for team, name in version.calendars_by_team.items()},
            {seller: calendars[name] for seller, name in version.calendars_by_seller.items()},
        )

    def _away(self, versions: tuple[SignedVersion, ...]) -> tuple[Away, ...]:
        """The absences as periods: their days are those of the default calendar in force when they begin."""
        found: list[tuple[Placed[Absence], Away]] = []
        for placed in self.parts["absences"]:
            try:
                found.append((placed, resolve(placed.part, _zone_at(versions, placed.part))))
            except ValueError as error:
                message, _, remedy = str(error).partition("; ")
                self.problems.append(placed.problem((), message, f"{remedy[:1].upper()}{remedy[1:]}."))
        self.problems += check_absence_days(found, versions)
        return tuple(sorted(away for _, away in found))

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

    def _calendar(self, path: tuple[str, str], item: Any, lines: Lines) -> None:
        name = path[1]
        if name in self.calendars:
            first = self.calendars[name].place()
            message = f"calendar {name!r} exists already at {first}"
            self.problems.append(lines.problem(path, message, "Rename this one."))
            return
        self.calendar_names.add(name)
        calendar, problems = validate(Calendar, item, lines, path)
        self.problems += problems
        if calendar is not None:
            placed = Placed(calendar, lines, path)
            self.calendars[name] = placed
            self.problems += check_calendar(placed)


def _zone_at(versions: tuple[SignedVersion, ...], absence: Absence) -> str:
    start = absence.from_at
    at = start if isinstance(start, datetime) else datetime(start.year, start.month, start.day, tzinfo=UTC)
    in_force = [version for version in versions if version.effective_from <= at] or [versions[0]]
    return in_force[-1].calendar.zone
