"""A rule: one Great Expectations expectation, and the SQL that names the rows which break it.

Great Expectations gives the verdict; it keeps only a sample of failing values, and values may be personal. The
evidence (keys of failing rows) therefore comes from our own SQL: ``failing`` is a predicate over the table, true
for a row that breaks the rule, and ``keys`` are the columns that name the row to a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["gate", "warning"]


@dataclass(frozen=True)
class Rule:
    """``table`` is ``schema.table``; ``expectation`` the class name in ``great_expectations.expectations``."""

    table: str
    name: str
    expectation: str
    arguments: Mapping[str, Any]
    failing: str
    keys: tuple[str, ...]
    remedy: str
    severity: Severity = "gate"
    needs: tuple[str, ...] = field(default=())


def not_null(table: str, column: str, *, key: str, remedy: str, severity: Severity = "gate") -> Rule:
    """``column`` is filled on every row."""
    return Rule(
        table, f"{column} is filled", "ExpectColumnValuesToNotBeNull", {"column": column},
        f"{column} is null", (key,), remedy, severity, (column, key),
    )  # fmt: skip


def unique(table: str, column: str, *, remedy: str) -> Rule:
    """``column`` is a key: filled once per row."""
    return Rule(
        table, f"{column} is unique", "ExpectColumnValuesToBeUnique", {"column": column},
        f"{column} in (select {column} from {table} group by {column} having count(*) > 1)", (column,), remedy,
        "gate", (column,),
    )  # fmt: skip


def in_set(table: str, column: str, values: Sequence[str], *, key: str, remedy: str) -> Rule:
    """``column`` holds one of ``values`` or null."""
    listed = ", ".join("'" + v.replace("'", "''") + "'" for v in values)
    return Rule(
        table, f"{column} is one of {', '.join(values)}", "ExpectColumnValuesToBeInSet",
        {"column": column, "value_set": list(values)}, f"{column} not in ({listed})", (key,), remedy,
        "gate", (column, key),
    )  # fmt: skip


def none_where(
    table: str, name: str, failing: str, *, keys: Sequence[str], remedy: str,
    severity: Severity = "gate", needs: Sequence[str] = (),
) -> Rule:  # fmt: skip
    """No row satisfies the SQL predicate ``failing``; ``needs`` are the columns it reads."""
    query = f"select {', '.join(keys)} from {{batch}} where {failing}"
    return Rule(
        table, name, "UnexpectedRowsExpectation", {"unexpected_rows_query": query}, failing, tuple(keys), remedy,
        severity, (*needs, *keys),
    )  # fmt: skip


def at_least_rows(table: str, minimum: int, *, remedy: str, severity: Severity = "gate") -> Rule:
    """The table has at least ``minimum`` rows."""
    return Rule(
        table, f"has at least {minimum} rows", "ExpectTableRowCountToBeBetween", {"min_value": minimum},
        "false", (), remedy, severity,
    )  # fmt: skip
