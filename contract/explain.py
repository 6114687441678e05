"""Turns what the typed model refuses into problems with line, plain words and a remedy."""

from __future__ import annotations

import re
import types
import unicodedata
from collections.abc import Iterable
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from contract.fields import CODE_PATTERN
from contract.portuguese import english_for
from contract.problems import KeyPath, Problem, did_you_mean
from contract.yaml_source import Lines

_EXPECTED = {
    "string_type": ("a text", "Write it in quotes."),
    "int_type": ("a whole number", "Write digits only, without quotes."),
    "int_parsing": ("a whole number", "Write digits only, without quotes."),
    "int_from_float": ("a whole number", "Write it without decimals."),
    "float_type": ("a number", "Write it with a point as decimal mark, without quotes."),
    "float_parsing": ("a number", "Write it with a point as decimal mark, without quotes."),
    "bool_type": ("true or false", "Write true or false."),
    "bool_parsing": ("true or false", "Write true or false."),
    "tuple_type": ("a list", "Write one item per line, each starting with a hyphen."),
    "list_type": ("a list", "Write one item per line, each starting with a hyphen."),
    "dict_type": ("a block of keys", "Write `key: value` lines, indented."),
    "model_type": ("a block of keys", "Write `key: value` lines, indented."),
    "model_attributes_type": ("a block of keys", "Write `key: value` lines, indented."),
}
_NUMBER = re.compile(r"([-+]?\d+(?:[.,]\d+)?)\s*(%|[^\W\d]*)")
_GLUED = re.compile(r"(\w+):(\S.*)")
# What a pattern of the model asks for, in words; a pattern without words is shown as it is.
_PATTERNS = {
    CODE_PATTERN: "Use lower-case letters, digits, point, hyphen and underscore, without blanks or accents: {example}.",
    r"^[A-Z]{2}$": "Write two capital letters, as BR.",
    r"^[0-9]{4}-(0[1-9]|1[0-2])$": "Write year and month, as 2026-05.",
}


def validate(
    model: type[BaseModel], data: Any, lines: Lines, path: KeyPath
) -> tuple[Any | None, list[Problem]]:
    """The typed object, or None and everything that is wrong with it; `path` is where `data` stands in the file."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        details = error.errors(include_url=False)
        return None, [
            explain(detail, model, data, lines, path)
            for detail in details
            if not _echo(detail, details)
            and not _misspelt(detail, details, model)
            and not _first_half(detail, details, data)
        ]


def _echo(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """A list whose items are all wrong is also reported as too short; only the items matter."""
    depth = len(detail["loc"])
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > depth and other["loc"][:depth] == detail["loc"] for other in details
    )


def _misspelt(detail: ErrorDetails, details: list[ErrorDetails], model: type[BaseModel]) -> bool:
    """A key that is missing because it is written otherwise beside: the unknown key's remedy names it already."""
    if detail["type"] != "missing":
        return False
    parent, key = detail["loc"][:-1], str(detail["loc"][-1])
    return any(
        f'"{key}"' in meant(str(other["loc"][-1]), fields_at(model, parent))
        for other in details
        if other["type"] == "extra_forbidden" and other["loc"][:-1] == parent
    )


def _halves(detail: ErrorDetails, data: Any) -> tuple[str, Any] | None:
    """Key and value before a key that is the rest of a number: `{at_least: 0,85}` reads as `at_least: 0` and `85`."""
    *parent, key = detail["loc"]
    if not str(key).isdigit() or detail.get("input") is not None:
        return None
    block = data
    for step in parent:
        block = block[step]
    written = list(block)
    before = written[written.index(key) - 1] if written.index(key) else ""
    value = block.get(before)
    return (before, value) if isinstance(value, int) and not isinstance(value, bool) else None


def _first_half(detail: ErrorDetails, details: list[ErrorDetails], data: Any) -> bool:
    """What is wrong with the number before such a comma is said with the comma."""
    return any(
        (halves := _halves(other, data)) is not None and detail["loc"] == (*other["loc"][:-1], halves[0])
        for other in details
        if other["type"] == "extra_forbidden"
    )


def meant(word: str, known: Iterable[str]) -> str:
    """Which of the known words was meant, Portuguese ones included; else the list of what is known."""
    names = list(known)
    english = english_for(word, names)
    return f'Did you mean "{english}"?' if english else did_you_mean(word, names)


def explain(detail: ErrorDetails, model: type[BaseModel], data: Any, lines: Lines, path: KeyPath) -> Problem:
    """One pydantic error as a problem."""
    local = tuple(key for key in detail["loc"] if key != "[key]")
    where = (*path, *local)
    kind, value = detail["type"], detail.get("input")
    context: dict[str, Any] = detail.get("ctx", {})
    if kind == "extra_forbidden" and (halves := _halves(detail, data)):
        message = f"a comma divides {halves[1]},{local[-1]} in two"
        return lines.problem(where, message, f"Write {halves[1]}.{local[-1]}, with a point as decimal mark.")
    if kind == "extra_forbidden":
        known = fields_at(model, local[:-1])
        return lines.problem(where, "is an unknown key", meant(str(local[-1]), known))
    if kind == "missing":
        key = local[-1]
        meaning = fields_at(model, local[:-1]).get(str(key), "")
        return lines.problem(where, "is missing", f"Add `{key}:`{f' ({meaning})' if meaning else ''}.")
    if kind == "value_error":
        message, _, remedy = str(context.get("error", detail["msg"])).partition("; ")
        if not remedy:
            message, _, remedy = message.partition(". ")
        return lines.problem(where, message, _sentence(remedy or "correct it"))
    if kind == "literal_error":
        choices = _choices(str(context.get("expected", "")))
        return lines.problem(where, f"{value!r} is not allowed", meant(str(value), choices))
    if kind in _EXPECTED:
        what, remedy = _EXPECTED[kind]
        return lines.problem(
            where, f"must be {what}, found {_found(value)}", _rewritten(kind, value) or remedy
        )
    return lines.problem(where, *_limits(kind, value, context, detail["msg"]))


def _limits(kind: str, value: Any, context: dict[str, Any], fallback: str) -> tuple[str, str]:
    if kind in ("greater_than", "greater_than_equal"):
        bound = context.get("gt", context.get("ge"))
        word = "greater than" if kind == "greater_than" else "at least"
        return f"{value!r} is too small", f"Write a number {word} {bound:g}."
    if kind in ("less_than", "less_than_equal"):
        return (
            f"{value!r} is too large",
            f"Write a number of at most {context.get('le', context.get('lt')):g}.",
        )
    if kind in ("too_short", "string_too_short"):
        return "is empty", "Write at least one entry." if kind == "too_short" else "Write a text."
    if kind == "too_long":
        return (
            f"has {context.get('actual_length')} entries",
            f"At most {context.get('max_length')} are possible.",
        )
    if kind == "string_pattern_mismatch":
        pattern = str(context.get("pattern"))
        remedy = _PATTERNS.get(pattern, f"It must match {pattern}.")
        return f"{value!r} is not a valid code", remedy.format(example=_as_code(str(value)))
    return fallback, "Correct the value."


def _as_code(text: str) -> str:
    """The nearest valid code: `Não Respondeu` → `nao_respondeu`."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9.-]+", "_", plain).strip("_.-") or "sem_timing"


def _found(value: Any) -> str:
    """A value as a person wrote it."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "nothing"}[value]
    return "a list" if isinstance(value, list) else "a block" if isinstance(value, dict) else repr(value)


def _rewritten(kind: str, value: Any) -> str:
    """The remedy with the very number, when a text shows which one was meant: `0,70`, `70 %`, `90 dias`."""
    if _EXPECTED[kind][0] == "a block of keys" and (glued := _GLUED.fullmatch(str(value))):
        return f"Write `{glued.group(1)}: {glued.group(2)}`, with a blank after the colon."
    match = _NUMBER.fullmatch(str(value).strip())
    if not kind.startswith(("int", "float")) or match is None:
        return ""
    number, rest = match.group(1).replace(",", "."), match.group(2)
    if rest == "%":
        return f"Write {float(number) / 100:g}: a share from 0 to 1, without the sign."
    if kind.startswith("float"):
        return f"Write {number}, with a point as decimal mark and nothing after it."
    return f"Write {float(number):g}: digits only, nothing after them." if float(number).is_integer() else ""


def fields_at(model: Any, path: KeyPath) -> dict[str, str]:
    """Keys (with their meaning) that the model knows at a path: for did-you-mean and for missing keys."""
    current: list[Any] = [model]
    for key in path:
        following: list[Any] = []
        for kind in current:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
                if str(key) in found:
                    following += _members(found[str(key)])
            elif get_origin(kind) is dict:
                following += _members(get_args(kind)[1])
            elif get_origin(kind) in (list, tuple):
                following += _members(get_args(kind)[0])
        current = following
    meanings: dict[str, str] = {}
    for kind in current:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            meanings.update(
                {field.alias or name: field.description or "" for name, field in kind.model_fields.items()}
            )
    return meanings


def _members(annotation: Any) -> list[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _members(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return [kind for member in get_args(annotation) for kind in _members(member)]
    return [annotation]


def _choices(expected: str) -> list[str]:
    return [part.strip().strip("'") for part in expected.replace(" or ", ", ").split(",") if part.strip()]


def _sentence(text: str) -> str:
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?")) else text + "."
