"""The part of SOQL that readers use: SELECT fields FROM object WHERE … AND … ORDER BY … LIMIT n.

Conditions: =, !=, <, <=, >, >=, LIKE, IN (…), NOT IN (…). Date-times are unquoted, texts in single quotes. Everything else
(functions, sub-queries, OR, GROUP BY) is refused as MALFORMED_QUERY, as is what cannot be read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

TOKEN = re.compile(r"\s*('(?:[^'\\]|\\.)*'|<=|>=|!=|[=<>(),]|[^\s=<>!(),']+)")
ORDER = {
    "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
}  # fmt: skip
Test = Callable[[dict[str, Any]], bool]


class Malformed(ValueError):
    """The query cannot be read."""


@dataclass
class Query:
    """A query that was read. `used` are all fields it names; `order` holds (field, descending)."""

    fields: list[str]
    source: str
    tests: list[Test]
    used: list[str]
    order: list[tuple[str, bool]]
    limit: int | None


class _Words:
    def __init__(self, text: str) -> None:
        self.words, position, text = list[str](), 0, text.strip()
        while position < len(text):
            found = TOKEN.match(text, position)
            if found is None:
                raise Malformed(f"unexpected token at {position}")
            self.words.append(found[1])
            position = found.end()
        self.at = 0

    def peek(self) -> str:
        return self.words[self.at].upper() if self.at < len(self.words) else ""

    def take(self, *wanted: str) -> str:
        if self.at >= len(self.words) or (wanted and self.peek() not in wanted):
            raise Malformed(f"expecting {' or '.join(wanted) or 'more'}, found {self.peek() or 'the end'}")
        self.at += 1
        return self.words[self.at - 1]

    def maybe(self, word: str) -> bool:
        if self.peek() == word:
            self.at += 1
            return True
        return False


def parse(text: str) -> Query:
    """Read a query; Malformed when that is not possible."""
    words = _Words(text)
    words.take("SELECT")
    fields = [_name(words)]
    while words.maybe(","):
        fields.append(_name(words))
    words.take("FROM")
    query = Query(fields, _name(words), [], list(fields), [], None)
    if words.maybe("WHERE"):
        _condition(words, query)
        while words.maybe("AND"):
            _condition(words, query)
    if words.maybe("ORDER"):
        words.take("BY")
        while True:
            name, down = _name(words), words.maybe("DESC")
            if not down:
                words.maybe("ASC")
            query.order.append((name, down))
            query.used.append(name)
            if not words.maybe(","):
                break
    if words.maybe("LIMIT"):
        query.limit = int(_number(words.take()))
    if words.peek():
        raise Malformed(f"unexpected token: {words.peek()}")
    return query


def _name(words: _Words) -> str:
    word = words.take()
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)*", word):
        raise Malformed(f"unexpected token: {word}")
    return word


def _condition(words: _Words, query: Query) -> None:
    field = _name(words)
    query.used.append(field)
    negated = words.maybe("NOT")
    operator = words.take("IN") if negated else words.take("=", "!=", "<", "<=", ">", ">=", "IN", "LIKE")
    operator = operator.upper()
    if operator == "IN":
        words.take("(")
        values = [_literal(words.take())]
        while words.maybe(","):
            values.append(_literal(words.take()))
        words.take(")")
        query.tests.append(lambda row: (row[field] in values) is not negated)
        return
    value = _literal(words.take())
    if operator == "LIKE":
        pattern = re.compile(
            "".join(".*" if c == "%" else "." if c == "_" else re.escape(c) for c in str(value)), re.I | re.S
        )
        query.tests.append(
            lambda row: row[field] is not None and pattern.fullmatch(str(row[field])) is not None
        )
        return
    compare = ORDER[operator]

    def test(row: dict[str, Any]) -> bool:
        left = row[field]
        if left is None or value is None:
            return (left is value) is (operator == "=") if operator in ("=", "!=") else False
        if isinstance(left, str) and isinstance(value, str):
            return bool(compare(left.lower(), value.lower()))
        try:
            return bool(compare(left, value))
        except TypeError:
            raise Malformed(f"value of filter criterion for field '{field}' is of the wrong type") from None

    query.tests.append(test)


def _literal(word: str) -> Any:
    if word.startswith("'"):
        return re.sub(r"\\(.)", r"\1", word[1:-1])
    known = {"TRUE": True, "FALSE": False, "NULL": None}
    if word.upper() in known:
        return known[word.upper()]
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)", word):
        return datetime.fromisoformat(word)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", word):
        return date.fromisoformat(word)
    return _number(word)


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise Malformed(f"unexpected token: {word}") from None
