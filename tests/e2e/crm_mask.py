"""Compares the marts of one company read through two CRMs, under the committed mask of what may differ (crm_mask.yaml)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from tests.e2e.compare import _same

MASK = Path(__file__).with_name("crm_mask.yaml")
Pairs = list[tuple[Any, Any, Any]]  # key, value through RD Station CRM, value through the other CRM


def rules_of(crm: str, table: str) -> dict[str, dict[str, Any]]:
    """Column → rule of a mart. A column stands as `column`, or as `table.column` for one mart alone."""
    found: dict[str, dict[str, Any]] = {}
    for rule in yaml.safe_load(MASK.read_text(encoding="utf-8"))[crm]:
        assert rule["rule"] in (*_JUDGES, "follows") and rule["capability"], rule
        for name in rule["columns"]:
            of, _, column = name.rpartition(".")
            if of in ("", table):
                found[column] = rule
    return found


def unequal(crm: str, table: str, expected: pd.DataFrame, found: pd.DataFrame, key: str = "key") -> list[str]:
    """What differs beyond the mask, as sentences. Both frames have the natural key of RD Station CRM in column `key`."""
    said = []
    for name, frame in (("RD Station CRM", expected), (crm, found)):
        if twice := frame[key][frame[key].duplicated()].tolist():
            said.append(f"{table} of {name} holds {len(twice)} keys twice, e.g. {twice[:3]}")
    one, other = (frame.drop_duplicates(key).set_index(key) for frame in (expected, found))
    for title, extra in (("missing", one.index.difference(other.index)), ("too many", other.index.difference(one.index))):
        if len(extra):
            said.append(f"{table}: {title} {len(extra)}, e.g. {extra[:3].tolist()}")
    rules = rules_of(crm, table)
    both = one.index.intersection(other.index)
    pairs = {
        column: list(zip(both, one.loc[both, column], other.loc[both, column], strict=True)) for column in one.columns
    }
    moved = {column: {key for key, mine, theirs in rows if not _same(mine, theirs)} for column, rows in pairs.items()}
    for column, rows in pairs.items():
        rule = rules.get(column)
        if rule is None:
            wrong = [row for row in rows if row[0] in moved[column]]
        elif rule["rule"] == "follows":
            excused = set[Any]().union(*(moved[name] for name in rule["of"]))
            wrong = [row for row in rows if row[0] in moved[column] - excused]
        else:
            wrong = _JUDGES[rule["rule"]](rows, rule)
        if wrong:
            said.append(f"{table}.{column} differs in {len(wrong)} of {len(rows)}: {wrong[:4]}")
    return said


def _ids(pairs: Pairs, rule: dict[str, Any]) -> Pairs:
    """Ids are renamed one to one: equal here is equal there."""
    there: dict[Any, Any] = {}
    back: dict[Any, Any] = {}
    return [
        pair for pair in pairs
        if (pair[1] is None) is not (pair[2] is None)
        or there.setdefault(pair[1], pair[2]) != pair[2]
        or back.setdefault(pair[2], pair[1]) != pair[1]
    ]  # fmt: skip


def _unknown(pairs: Pairs, rule: dict[str, Any]) -> Pairs:
    """The side that cannot tell says nothing, or the word for it; the other side says what it likes, or one of `for`."""
    mute, other = (1, 2) if rule["side"] == "rd_station_crm" else (2, 1)
    words, told = [None, *rule.get("as", [])], rule.get("for")
    return [
        p for p in pairs
        if not _same(p[1], p[2])
        and not (any(_same(p[mute], word) for word in words) and (told is None or any(_same(p[other], word) for word in told)))
    ]  # fmt: skip


def _interval(pairs: Pairs, rule: dict[str, Any]) -> Pairs:
    """RD Station CRM showed it at a reading: at the other's instant or later."""
    return [p for p in pairs if not _same(p[1], p[2]) and (p[1] is None or p[2] is None or p[1] < p[2])]


def _later(pairs: Pairs, rule: dict[str, Any]) -> Pairs:
    return [p for p in pairs if not _same(p[1], p[2]) and (p[1] is None or (p[2] is not None and p[1] > p[2]))]


def _more(pairs: Pairs, rule: dict[str, Any]) -> Pairs:
    return [p for p in pairs if p[1] is None or p[2] is None or p[1] > p[2]]


_JUDGES: dict[str, Callable[[Pairs, dict[str, Any]], Pairs]] = {
    "ids": _ids, "unknown": _unknown, "interval": _interval, "later": _later, "more": _more,
}  # fmt: skip
