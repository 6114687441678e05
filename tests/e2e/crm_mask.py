"""Compares every mart of one company read through two CRMs, under the committed mask of what may differ (crm_mask.yaml)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import yaml

from tests.e2e.compare import _same

MASK: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("crm_mask.yaml").read_text(encoding="utf-8"))
RD = "rd_station_crm"
ROWS = "(rows)"  # in the place of a column: rows that one side has and the other has not
IDS = re.compile("[0-9a-f]{32}")
Row = dict[str, Any]
Pairs = list[tuple[Any, Any, Any]]  # key, value through RD Station CRM, value through the other CRM


def aids(table: str) -> dict[str, str]:
    """Columns that the mart has not, for keys, `where` and `on`: name → SQL. They are not compared."""
    named = MASK["marts"].get(table)
    return dict(named.get("aids", {})) if isinstance(named, dict) else {}


class Read:
    """The marts of one company as read through one CRM, in the names of RD Station CRM."""

    def __init__(self, crm: str, warehouse: Path, renamed: dict[str, str]) -> None:
        self.crm, self._warehouse = crm, warehouse
        self.names = {**renamed, crm: RD}

    def query(self, sql: str) -> list[Row]:
        """Rows as plain Python objects, the ids renamed."""
        cursor = self._con.execute(sql)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, map(self._name, values), strict=True)) for values in cursor.fetchall()]

    @cached_property
    def _con(self) -> duckdb.DuckDBPyConnection:
        """One for all marts: opening the file takes longer than reading one."""
        return duckdb.connect(str(self._warehouse), read_only=True)

    def close(self) -> None:
        """Let the file go."""
        self._con.close()

    def _name(self, value: Any) -> Any:
        if not isinstance(value, str) or value in self.names:
            return self.names.get(value, value)
        return IDS.sub(lambda found: self.names.get(found[0], found[0]), value)  # a list of ids

    def tables(self) -> set[str]:
        """Every mart there is."""
        found = self.query("select table_name from information_schema.tables where table_schema = 'marts'")
        return {row["table_name"] for row in found}

    def people(self) -> dict[frozenset[str], str]:
        """The records that are one person → the person's id."""
        nodes: dict[str, set[str]] = defaultdict(set)
        for row in self.query("select node, person_id from intermediate.int_person_nodes"):
            nodes[row["person_id"]].add(row["node"])
        return {frozenset(records): person for person, records in nodes.items()}

    def handoffs(self) -> dict[str, str]:
        """The record that opened a hand-over → the hand-over's id."""
        rows = self.query("select opening_record, handoff_id from intermediate.int_handoffs")
        return {row["opening_record"]: row["handoff_id"] for row in rows}

    def mart(self, table: str) -> dict[tuple[Any, ...], Row]:
        """Rows by natural key; further rows of an equal key are numbered in their order. Without a key: by all they say."""
        named = MASK["marts"].get(table)
        key, order = (named.get("key"), named.get("order")) if isinstance(named, dict) else (named, None)
        more = "".join(f", {sql} as {name}" for name, sql in aids(table).items())
        seen: Counter[tuple[Any, ...]] = Counter()
        found = {}
        for row in self.query(f"select *{more} from marts.{table} order by {order or 'all'}"):
            values = tuple(row[column] for column in key or row)
            seen[values] += 1
            found[(*values, seen[values]) if seen[values] > 1 else values] = row
        return found


@dataclass
class Comparison:
    """All marts of both readings. `problems` are sentences: what differs and the mask does not name."""

    rd: Read
    other: Read
    used: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        """People and hand-overs are named by what they are made of: the same records are the same person."""
        for mine, theirs in ((self.rd.people(), self.other.people()), (self.rd.handoffs(), self.other.handoffs())):
            self.other.names |= {theirs[made_of]: mine[made_of] for made_of in theirs.keys() & mine.keys()}

    @cached_property
    def marts(self) -> dict[str, tuple[dict[tuple[Any, ...], Row], dict[tuple[Any, ...], Row]]]:
        """Both sides of each mart."""
        return {table: (self.rd.mart(table), self.other.mart(table)) for table in sorted(self.rd.tables() | self.other.tables())}

    @cached_property
    def moved(self) -> dict[str, list[tuple[Any, Row]]]:
        """`table.column` → key and both sides' rows where it differs; `table.(rows)` → rows of one side alone."""
        found: dict[str, list[tuple[Any, Row]]] = {}
        for table, (one, two) in self.marts.items():
            found[f"{table}.{ROWS}"] = [(key, (one.get(key) or two[key])) for key in one.keys() ^ two.keys()]
            for column in next(iter([*one.values(), *two.values()]), {}).keys() - aids(table).keys():
                keys = [key for key in one.keys() & two.keys() if not _same(one[key][column], two[key][column])]
                found[f"{table}.{column}"] = [(key, row) for key in keys for row in (one[key], two[key])]
        return found

    def problems(self) -> list[str]:
        """What differs beyond the mask."""
        said = []
        if gone := MASK["marts"].keys() - self.marts.keys():
            said.append(f"crm_mask.yaml names marts that there are not: {sorted(gone)}")
        for name in self.moved:
            rows = self._pairs(name)
            wrong = [row for row in rows if not any(self._excused(n, rule, name, row) for n, rule in self._rules(name))]
            if wrong := wrong + self._renamed_twice(name):
                examples = "; ".join(f"{key}: {mine} | {theirs}" for key, mine, theirs in wrong[:4])
                said.append(f"{name} through {self.other.crm} differs in {len(wrong)}: {examples}")
        return said

    def _pairs(self, name: str) -> Pairs:
        table, _, column = name.partition(".")
        one, two = self.marts[table]
        keys = dict.fromkeys(key for key, _ in self.moved[name])
        if column == ROWS:
            return [(key, "there" if key in one else "missing", "there" if key in two else "missing") for key in keys]
        return [(key, one[key][column], two[key][column]) for key in keys]

    def _rules(self, name: str) -> list[tuple[int, dict[str, Any]]]:
        column = name.rpartition(".")[2]
        return [
            (n, rule) for n, rule in enumerate(MASK["mask"])
            if self.other.crm in rule["crms"] and ({column, name} & set(rule["columns"]))
        ]  # fmt: skip

    def _excused(self, n: int, rule: dict[str, Any], name: str, pair: tuple[Any, Any, Any]) -> bool:
        table = name.partition(".")[0]
        one, two = self.marts[table]
        row = one.get(pair[0]) or two[pair[0]]
        if any(self._value(row, column) not in values for column, values in rule.get("where", {}).items()):
            return False
        fine = self._follows(rule, table, pair[0], row) if rule["rule"] == "follows" else _JUDGES[rule["rule"]](pair, rule)
        if fine:
            self.used.add(n)
        return fine

    def _follows(self, rule: dict[str, Any], table: str, key: Any, row: Row) -> bool:
        for name in rule["of"]:
            full = name if "." in name else f"{table}.{name}"
            base, on = full.partition(".")[0], rule.get("on")
            if base == table and on is None:
                hit = any(key == other for other, _ in self.moved[full])
            else:
                hit = any(all(_same(self._value(row, c), self._value(there, c)) for c in on or ()) for _, there in self.moved[full])
            if hit:
                return True
        return False

    def _value(self, row: Row, column: str) -> Any:
        """A column of the row, or of its hand-over; the Monday of a day where that is asked for."""
        if column in row:
            return row[column]
        if column == "week_start" and row.get("started_date"):
            return row["started_date"] - timedelta(days=row["started_date"].weekday())
        one, two = self.marts["fct_handoffs"]
        of = (row.get("handoff_id"),)
        return (one.get(of) or two.get(of) or {}).get(column)

    def _renamed_twice(self, name: str) -> Pairs:
        """Ids that the mask lets differ are renamed one to one: equal here is equal there."""
        if not any(rule["rule"] == "ids" for _, rule in self._rules(name)):
            return []
        table, _, column = name.partition(".")
        one, two = self.marts[table]
        there: dict[Any, Any] = {}
        back: dict[Any, Any] = {}
        pairs = [(key, one[key][column], two[key][column]) for key in one.keys() & two.keys()]
        return [p for p in pairs if there.setdefault(p[1], p[2]) != p[2] or back.setdefault(p[2], p[1]) != p[1]]


def _unknown(pair: tuple[Any, Any, Any], rule: dict[str, Any]) -> bool:
    """The side that cannot tell says nothing, or the word for it; the other side says what it likes, or one of `for`."""
    mute, other = (pair[1], pair[2]) if rule["side"] == RD else (pair[2], pair[1])
    told = rule.get("for")
    return _among(mute, [None, *rule.get("as", [])]) and (told is None or _among(other, told))


def _among(value: Any, words: Collection[Any]) -> bool:
    return any(_same(value, word) for word in words)


def _later(pair: tuple[Any, Any, Any], rule: dict[str, Any]) -> bool:
    """`side` shows it later than the other, or (with `or_never`) not at all."""
    late, early = (pair[1], pair[2]) if rule["side"] == RD else (pair[2], pair[1])
    return early is not None and (bool(rule.get("or_never")) if late is None else late > early)


def _more(pair: tuple[Any, Any, Any], rule: dict[str, Any]) -> bool:
    """`side` counts more."""
    many, few = (pair[1], pair[2]) if rule["side"] == RD else (pair[2], pair[1])
    return many is not None and few is not None and many > few


_JUDGES: dict[str, Callable[[tuple[Any, Any, Any], dict[str, Any]], bool]] = {
    "ids": lambda pair, _rule: pair[1] is not None and pair[2] is not None, "unknown": _unknown, "later": _later, "more": _more,
}  # fmt: skip
