"""The subset of RDQL that the contract knows (rd_station.md B2).

`f:v`, `-f:v`, `f:>v`, `f:<v`, `f:>=v`, `f:<=v`, `f:(a,b)`, `-f:(a,b)`, `f:~text`, blank or `and`, `or`, parentheses,
`@slug:v` for custom fields; values with blanks stand in double quotes. A query becomes a test of one entity.
"""

import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

Test = Callable[[Any], bool]
Getter = Callable[[Any, str], Any]
TOKEN = re.compile(
    r"""\s*(?:(?P<open>\()|(?P<close>\))|(?P<word>and|or)(?=[\s()]|$)|
    (?P<neg>-)?(?P<field>@?[\w.-]+):(?P<op>>=|<=|>|<|~)?(?P<value>"(?:[^"\\]|\\.)*"|\([^)]*\)|[^\s()]+))""",
    re.VERBOSE | re.IGNORECASE,
)


class RdqlError(ValueError):
    """The filter cannot be read; the message names the place."""


def compile_filter(text: str, getter: Getter, fields: set[str], zone: tzinfo) -> Test:
    """A test for entities; `getter(entity, field)` gives a field's value, `fields` are the allowed names."""
    tokens = _tokens(text)
    position = 0

    def expression() -> Test:
        nonlocal position
        alternatives = [conjunction()]
        while position < len(tokens) and tokens[position]["word"] == "or":
            position += 1
            alternatives.append(conjunction())
        if len(alternatives) == 1:
            return alternatives[0]
        return lambda entity: any(test(entity) for test in alternatives)

    def conjunction() -> Test:
        nonlocal position
        tests = [term()]
        while position < len(tokens) and tokens[position]["word"] != "or" and not tokens[position]["close"]:
            if tokens[position]["word"] == "and":
                position += 1
            tests.append(term())
        if len(tests) == 1:
            return tests[0]
        return lambda entity: all(test(entity) for test in tests)

    def term() -> Test:
        nonlocal position
        if position >= len(tokens):
            raise RdqlError("the filter ends where a condition is expected")
        token = tokens[position]
        position += 1
        if token["open"]:
            inner = expression()
            if position >= len(tokens) or not tokens[position]["close"]:
                raise RdqlError("a closing parenthesis is missing")
            position += 1
            return inner
        if not token["field"]:
            raise RdqlError("a condition is expected")
        return _condition(token, getter, fields, zone)

    test = expression()
    if position < len(tokens):
        raise RdqlError("there is something after the end of the filter")
    return test


def _tokens(text: str) -> list[dict[str, str | None]]:
    tokens, position = [], 0
    while position < len(text.rstrip()):
        match = TOKEN.match(text, position)
        if match is None:
            raise RdqlError(f"cannot read the filter at {text[position : position + 20]!r}")
        found = match.groupdict()
        found["word"] = found["word"].lower() if found["word"] else None
        tokens.append(found)
        position = match.end()
    return tokens


def _condition(token: dict[str, str | None], getter: Getter, fields: set[str], zone: tzinfo) -> Test:
    field, operator, value = token["field"] or "", token["op"] or "", token["value"] or ""
    if not field.startswith("@") and field not in fields:
        raise RdqlError(f"the field {field} cannot be filtered")
    if value.startswith("(") and not operator:
        wanted = [_plain(part) for part in value[1:-1].split(",")]
        test = _any_of(field, wanted, getter, zone)
    else:
        test = _compare(field, operator, _plain(value), getter, zone)
    if token["neg"]:
        return lambda entity: not test(entity)
    return test


def _plain(text: str) -> str:
    text = text.strip()
    return text[1:-1].replace('\\"', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text


def _any_of(field: str, wanted: list[str], getter: Getter, zone: tzinfo) -> Test:
    tests = [_compare(field, "", value, getter, zone) for value in wanted]
    return lambda entity: any(test(entity) for test in tests)


def _compare(field: str, operator: str, text: str, getter: Getter, zone: tzinfo) -> Test:
    def test(entity: Any) -> bool:
        value = getter(entity, field)
        if operator == "~":
            values = value if isinstance(value, list) else [value]
            return any(text.lower() in str(item).lower() for item in values if item is not None)
        if isinstance(value, list):
            return any(_holds(item, operator, text, zone) for item in value)
        return _holds(value, operator, text, zone)

    return test


def _holds(value: Any, operator: str, text: str, zone: tzinfo) -> bool:
    if value is None:
        return operator == "" and text.lower() in ("null", "nil")
    left: Any = value
    right: Any = text
    if isinstance(value, datetime):
        try:
            right = datetime.fromisoformat(text)
        except ValueError:
            raise RdqlError(f"{text!r} is not a date-time") from None
        right = right if right.tzinfo else right.replace(tzinfo=zone)
        if operator == "" and len(text) == 10:
            return value.astimezone(zone).date().isoformat() == text
    elif isinstance(value, bool):
        left, right = str(value).lower(), text.lower()
    elif isinstance(value, int | float):
        try:
            right = float(text)
        except ValueError:
            raise RdqlError(f"{text!r} is not a number") from None
    else:
        left, right = str(value).lower(), text.lower()
    match operator:
        case ">":
            return bool(left > right)
        case "<":
            return bool(left < right)
        case ">=":
            return bool(left >= right)
        case "<=":
            return bool(left <= right)
    return bool(left == right)
