"""YAML with line numbers, read by the rules of YAML 1.2.

PyYAML resolves plain words by YAML 1.1, where `13:00` is the number 780, `no` is false and a date is an object
without its zone. Here only null, true/false and plain numbers are converted; everything else (times, dates,
codes with leading zeros) stays text, and the typed model decides. A key written twice is an error, not an override.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from contract.problems import ConfigurationError, KeyPath, Problem, dotted

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(0|[1-9][0-9]*)\.[0-9]+")
_STR = "tag:yaml.org,2002:str"
_COLLECTIONS = frozenset({"tag:yaml.org,2002:seq", "tag:yaml.org,2002:map", "!"})


class _PlainLoader(yaml.SafeLoader):
    """Composes nodes without guessing types; only `<<` keeps its meaning."""

    yaml_implicit_resolvers = {"<": [("tag:yaml.org,2002:merge", re.compile(r"^<<$"))]}  # noqa: RUF012


@dataclass
class Lines:
    """Line of every key path of one file (lines from 1)."""

    file: str
    by_path: dict[KeyPath, int] = field(default_factory=dict)

    def line(self, path: KeyPath) -> int:
        """Line of the path, or of its nearest parent that is written in the file."""
        for length in range(len(path), -1, -1):
            if (line := self.by_path.get(tuple(path[:length]))) is not None:
                return line
        return 1

    def problem(self, path: KeyPath, message: str, remedy: str) -> Problem:
        """A problem at this place of the file."""
        return Problem(self.file, self.line(path), dotted(path), message, remedy)


def load_yaml(path: Path, shown_as: str | None = None) -> tuple[Any, Lines]:
    """Data and line numbers of one file; `shown_as` is the name that messages use (default: the path).

    Raises `ConfigurationError` when the file cannot be read, is not UTF-8 or is not YAML.
    """
    name = shown_as or str(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ConfigurationError(
            [
                Problem(
                    name,
                    0,
                    "",
                    f"cannot be read ({reason})",
                    "Check that the file exists and its permissions.",
                )
            ]
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            [Problem(name, 0, "", "is not UTF-8 text", "Save it again with UTF-8 encoding.")]
        ) from error
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> tuple[Any, Lines]:
    """Same as `load_yaml` for text that is already in memory."""
    try:
        node = yaml.compose(text, Loader=_PlainLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = " ".join(part for part in (error.context, error.problem) if part)
        remedy = "Check indentation, colons and quotes on this line and the one above (tabs are not allowed)."
        raise ConfigurationError(
            [Problem(name, mark.line + 1 if mark else 0, "", f"is not valid YAML: {what}", remedy)]
        ) from error
    except yaml.YAMLError as error:
        raise ConfigurationError(
            [Problem(name, 0, "", f"is not valid YAML: {error}", "Correct it.")]
        ) from error
    reader = _Reader(Lines(name))
    data = None if node is None else reader.value(node, ())
    if reader.problems:
        raise ConfigurationError(reader.problems)
    return data, reader.lines


class _Reader:
    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.problems: list[Problem] = []
        self._open: list[int] = []

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        self.lines.by_path.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if node.tag not in _COLLECTIONS:
            self.problems.append(self._tagged(node, path))
            return None
        if id(node) in self._open:
            self.problems.append(self.lines.problem(path, "refers to itself", "Remove the alias."))
            return None
        self._open.append(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
            assert isinstance(node, yaml.MappingNode)
            return self._mapping(node, path)
        finally:
            self._open.pop()

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.append(
                    self.lines.problem(path, "has a key that is not a word", "Use a plain key.")
                )
                continue
            key = str(key_node.value)
            if key_node.tag.endswith(":merge"):
                merged = self._merge(value_node, path)
                continue
            here = (*path, key)
            if key in result:
                first = self.lines.line(here)
                line = key_node.start_mark.line + 1
                self.problems.append(
                    Problem(
                        self.lines.file,
                        line,
                        dotted(here),
                        f"is written twice (first on line {first})",
                        "Keep one.",
                    )
                )
                continue
            self.lines.by_path[here] = key_node.start_mark.line + 1
            result[key] = self.value(value_node, here)
        return {**merged, **result}

    def _merge(self, node: yaml.Node, path: KeyPath) -> dict[str, Any]:
        parts = node.value if isinstance(node, yaml.SequenceNode) else [node]
        merged: dict[str, Any] = {}
        for part in reversed(parts):
            value = self.value(part, path)
            if isinstance(value, dict):
                merged.update(value)
            else:
                self.problems.append(
                    self.lines.problem(path, "`<<` needs a mapping", "Point it at a mapping.")
                )
        return merged

    def _scalar(self, node: yaml.ScalarNode, path: KeyPath) -> Any:
        text = str(node.value)
        if node.tag not in (_STR, "!"):
            self.problems.append(self._tagged(node, path))
            return None
        if node.style is not None:
            return text
        if text in _NULL:
            return None
        if text in _BOOL:
            return _BOOL[text]
        if _INT.fullmatch(text):
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text

    def _tagged(self, node: yaml.Node, path: KeyPath) -> Problem:
        return self.lines.problem(
            path, f"has the type tag {node.tag}", "Remove the tag; write the plain value."
        )
