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
_THOUSANDS = re.compile(r"[-+]?[1-9][0-9]{0,2}\.000")  # a thousand in Brazil, one in YAML
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
        line = bytes(error.object).count(b"\n", 0, error.start) + 1
        remedy = "Save it again with UTF-8 encoding (editors offer it under “Save with encoding”)."
        raise ConfigurationError([Problem(name, line, "", "is not UTF-8 text", remedy)]) from error
    return parse_yaml(text, name)


def parse_yaml(text: str, name: str) -> tuple[Any, Lines]:
    """Same as `load_yaml` for text that is already in memory."""
    try:
        node = yaml.compose(text, Loader=_PlainLoader)
    except yaml.MarkedYAMLError as error:
        raise ConfigurationError([_broken(error, text, name)]) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        code = error.character if isinstance(error.character, int) else ord(error.character)
        message = f"holds the invisible character U+{code:04X}"
        raise ConfigurationError([Problem(name, line, "", message, "Delete it and type it anew.")]) from error
    reader = _Reader(Lines(name))
    data = None if node is None else reader.value(node, ())
    if reader.problems:
        raise ConfigurationError(reader.problems)
    return data, reader.lines


def _broken(error: yaml.MarkedYAMLError, text: str, name: str) -> Problem:
    """What PyYAML says, in words for who wrote the file: the commonest slips have a message of their own."""
    mark = error.problem_mark or error.context_mark
    number = mark.line + 1 if mark else 0
    lines = text.splitlines()
    problem = str(error.problem)
    opened = error.context_mark.line + 1 if error.context_mark else number
    if "mapping values" in problem or "could not find expected ':'" in problem:
        for at in (opened, number - 1):
            if 0 < at <= len(lines) and _GLUED.match(lines[at - 1]):
                message = "is not valid YAML: a blank is missing after the colon"
                return Problem(name, at, "", message, "Write `key: value`, with a blank.")
    for found, message, remedy in _SLIPS:
        if found in problem:
            return Problem(name, number, "", f"is not valid YAML: {message}", remedy)
    if "quoted scalar" in str(error.context):
        return Problem(name, opened, "", "is not valid YAML: a quote is opened and not closed", "Close it.")
    if "flow" in str(error.context):
        message = "a bracket or brace is opened and not closed, or a comma is missing"
        return Problem(name, opened, "", f"is not valid YAML: {message}", "Close it, or put the comma in.")
    aligned = "expected <block end>" in problem or "<document start>" in problem
    what = "the line does not start where the block above it does" if aligned else problem
    remedy = "Let the items of one block start at the same column; indent with two spaces."
    return Problem(name, number, "", f"is not valid YAML: {what}", remedy)


_REFERENCE = ("a text begins with * or &, which YAML reads as a reference", "Put the text in quotes.")
_GLUED = re.compile(r"\s*(- )?[\w-]+:[^\s/]")
# Part of PyYAML's message, what it means, what to do.
_SLIPS = (
    ("'\\t'", "the line is indented with a tab", "Replace tabs by spaces; most editors do it by themselves."),
    (
        "found a tab",
        "the line is indented with a tab",
        "Replace tabs by spaces; most editors do it by themselves.",
    ),
    (
        "mapping values are not allowed here",
        "the line has a second colon, or the line before it holds a text",
        "Put the text in quotes, or correct the indentation.",
    ),
    (
        "but found '<scalar>'",
        "a text goes on after its closing quote",
        "Put the whole text in double quotes, with single ones inside it.",
    ),
    ("could not find expected ':'", "the line has no colon after its key", "Write `key: value`."),
    (
        "that cannot start any token",
        "a text begins with a character that YAML keeps for itself (@, `, %)",
        "Put the text in quotes.",
    ),
    ("found undefined alias", *_REFERENCE),
    ("expected alphabetic or numeric character", *_REFERENCE),
    (
        "but found another document",
        "`---` begins a second document",
        "Keep one document in a file: remove the line `---`, or move the part to a file of its own.",
    ),
)


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
        if _THOUSANDS.fullmatch(text):
            thousand = text.replace(".", "")
            message = f"{text} may be read as {thousand} or as {text.rstrip('0').rstrip('.')}"
            self.problems.append(self.lines.problem(path, message, f"Write {thousand}, without the point."))
            return None
        return float(text) if _FLOAT.fullmatch(text) else text

    def _tagged(self, node: yaml.Node, path: KeyPath) -> Problem:
        return self.lines.problem(
            path, f"has the type tag {node.tag}", "Remove the tag; write the plain value."
        )
