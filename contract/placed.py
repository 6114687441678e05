"""A part of the agreement and the place where it is written: what checks between parts work on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from contract.problems import KeyPath, Problem
from contract.yaml_source import Lines

Part = TypeVar("Part")


@dataclass(frozen=True)
class Placed(Generic[Part]):
    """A part of the agreement and the place where it is written."""

    part: Part
    lines: Lines
    path: KeyPath

    def problem(self, path: KeyPath, message: str, remedy: str) -> Problem:
        """A problem at a path below this part."""
        return self.lines.problem((*self.path, *path), message, remedy)

    def place(self, path: KeyPath = ()) -> str:
        """`file:line`, for messages that point at a second place."""
        return f"{self.lines.file}:{self.lines.line((*self.path, *path))}"
