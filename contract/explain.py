"""Turns what the typed model refuses into problems with line, plain words and a remedy."""

from __future__ import annotations

import types
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

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
            explain(detail, model, data, lines, path) for detail in details if not _echo(detail, details)
        ]


def _echo(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """A list whose items are all wrong is also reported as too short; only the items matter."""
    depth = len(detail["loc"])
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > depth and other["loc"][:depth] == detail["loc"] for other in details
    )


def explain(detail: ErrorDetails, model: type[BaseModel], data: Any, lines: Lines, path: KeyPath) -> Problem:
    """One pydantic error as a problem."""
    local = tuple(key for key in detail["loc"] if key != "[key]")
    where = (*path, *local)
    kind, value = detail["type"], detail.get("input")
    context: dict[str, Any] = detail.get("ctx", {})
    if kind == "extra_forbidden":
        known = fields_at(model, local[:-1])
        return lines.problem(where, "is an unknown key", did_you_mean(str(local[-1]), known))
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
        return lines.problem(where, f"{value!r} is not allowed", did_you_mean(str(value), choices))
    if kind in _EXPECTED:
        what, remedy = _EXPECTED[kind]
        found = (
            "nothing" if value is None else repr(value) if not isinstance(value, dict | list) else "a block"
        )
        return lines.problem(where, f"must be {what}, found {found}", remedy)
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
        remedy = (
            f"It must match {context.get('pattern')}: lower-case letters, digits, point, hyphen, underscore."
        )
        return f"{value!r} is not a valid code", remedy
    return fallback, "Correct the value."


def fields_at(model: Any, path: KeyPath) -> dict[str, str]:
    """Keys (with their meaning) that the model knows at a path: for did-you-mean and for missing keys."""
    current: list[Any] = [model]
    for key in path:
        following: list[Any] = []
        for kind in current:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                if str(key) in kind.model_fields:
                    following += _members(kind.model_fields[str(key)].annotation)
            elif get_origin(kind) is dict:
                following += _members(get_args(kind)[1])
            elif get_origin(kind) in (list, tuple):
                following += _members(get_args(kind)[0])
        current = following
    found: dict[str, str] = {}
    for kind in current:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            found.update({name: field.description or "" for name, field in kind.model_fields.items()})
    return found


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
