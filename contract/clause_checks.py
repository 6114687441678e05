"""Rules that hold between the clauses of a version, and for one clause over all versions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contract.exceptions import EVERY_CLAUSE
from contract.model import Version
from contract.placed import Placed
from contract.problems import KeyPath, Problem, did_you_mean


def check_clauses(versions: Sequence[Placed[Version]]) -> Iterator[Problem]:
    """Every problem of clauses and of the sections that make them."""
    for version in versions:
        yield from _give_back(version)
        yield from _ids(version)
    yield from _kinds(versions)


def _give_back(version: Placed[Version]) -> Iterator[Problem]:
    part, section = version.part, version.part.give_back
    if section is None:
        return
    if section.only_after_cadence and part.cadence is None:
        message = "asks for the attempts of the cadence, and the version has no cadence"
        remedy = "Add `cadence:`, or set only_after_cadence: false."
        yield version.problem(("give_back", "only_after_cadence"), message, remedy)
    codes = [reason.code for reason in part.reasons]
    for index, code in enumerate(section.except_reasons):
        if code not in codes:
            path: KeyPath = ("give_back", "except_reasons", index)
            yield version.problem(path, f"reason {code!r} is not under reasons", did_you_mean(code, codes))


def _ids(version: Placed[Version]) -> Iterator[Problem]:
    seen: dict[str, KeyPath] = {}
    for place, clause in version.part.placed_clauses():
        path = (*place, "id")
        if clause.id == EVERY_CLAUSE:
            yield version.problem(path, "'all' means every clause in a waiver", "Give the clause another id.")
        elif clause.id in seen:
            message = f"clause {clause.id!r} exists already at {version.place(seen[clause.id])}"
            yield version.problem(path, message, "Give this one another `id:`.")
        seen.setdefault(clause.id, path)


def _kinds(versions: Sequence[Placed[Version]]) -> Iterator[Problem]:
    # A verdict is known by its clause id over all versions: one id must not change what it judges.
    seen: dict[str, tuple[str, str]] = {}
    for version in sorted(versions, key=lambda placed: placed.part.effective_from):
        for place, clause in version.part.placed_clauses():
            path = (*place, "id")
            kind, where = seen.setdefault(clause.id, (clause.kind, version.place(path)))
            if kind != clause.kind:
                message = f"clause {clause.id!r} is of kind {clause.kind} here and of kind {kind} at {where}"
                yield version.problem(path, message, "Give this one another `id:`.")
