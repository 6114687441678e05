"""The ERP's engine: transactions in time order on padded Protheus rows.

Everything that the ERP does is scheduled on a heap and run in time order at the end of the simulation, so that record
numbers, order numbers and document numbers grow with time as they do in a real database.
"""

import heapq
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox.company import erp_base, erp_sales
from sandbox.company.constants import ERP_GROUP
from sandbox.company.deals import Deal
from sandbox.company.erp_columns import ErpTable, tables
from sandbox.company.erp_values import Row
from sandbox.company.facts import PassageFact
from sandbox.company.office import Office
from sandbox.company.people import Person
from sandbox.company.worktime import DAY


class ErpDesk:
    """Tables, counters and the schedule. Times are epoch seconds, money is cents until it enters a row."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.tables: dict[str, ErpTable] = tables(ERP_GROUP)
        # Width of a text column; 0 for numbers and memos, which are kept as they are.
        self._widths = {
            a: {c.name: 0 if c.type in "NM" else c.width for c in t.columns} for a, t in self.tables.items()
        }
        self._blank = {a: {c.name: self._empty(c.type, c.width) for c in t.columns} for a, t in self.tables.items()}
        self._recno: dict[str, int] = dict.fromkeys(self.tables, 0)
        self._numbers: dict[str, int] = {}
        self._heap: list[tuple[float, int, Callable[..., object], tuple[Any, ...]]] = []
        self._count = 0
        # The administrator turned the stamp column on two months into the history; older rows stay NULL.
        self._stamp_from = office.start + 60 * DAY
        self.book = erp_sales.SalesBook(self)

    @staticmethod
    def _empty(kind: str, width: int) -> Any:
        return Decimal(0) if kind == "N" else None if kind == "M" else " " * width

    def at(self, t: float, action: Callable[..., object], *args: Any) -> None:
        """Run `action(t, *args)` when the clock reaches `t` (never beyond the horizon)."""
        if t <= self.office.horizon:
            self._count += 1
            heapq.heappush(self._heap, (t, self._count, action, args))

    def next_number(self, counter: str, width: int, first: int = 1) -> str:
        """The next value of a named counter, zero padded."""
        value = self._numbers.get(counter, first - 1) + 1
        self._numbers[counter] = value
        return f"{value:0{width}d}"

    def _fit(self, alias: str, values: dict[str, Any]) -> dict[str, Any]:
        widths = self._widths[alias]
        fitted = {}
        for name, value in values.items():
            width = widths[name]
            fitted[name] = value[:width].ljust(width) if width else value
        return fitted

    def insert(self, t: float, alias: str, **values: Any) -> Row:
        """A new row; columns that are not named stay blank or zero."""
        self._recno[alias] += 1
        row = Row(alias, self._recno[alias], self._blank[alias] | self._fit(alias, values))
        self._record(t, row)
        return row

    def update(self, t: float, row: Row, **values: Any) -> None:
        """Change columns of a live row."""
        row.values = row.values | self._fit(row.alias, values)
        self._record(t, row)

    def _record(self, t: float, row: Row) -> None:
        data: dict[str, Any] = {"table": self.tables[row.alias].physical, "recno": row.recno, "row": row.values}
        if t < self._stamp_from:
            data["stamp"] = False
        self.office.say(t, "erp.upsert", **data)

    def delete(self, t: float, row: Row) -> None:
        """Soft delete; some of the deleted rows are packed away months later."""
        row.deleted = True
        physical = self.tables[row.alias].physical
        self.office.say(t, "erp.delete", table=physical, recno=row.recno)
        if row.recno % 4 == 0:
            self.office.say(t + 75 * DAY, "erp.pack", table=physical, recno=row.recno)

    def sell(self, key: str, person: Person, deal: Deal, fact: PassageFact, copied: bool) -> None:
        """A won deal becomes an order some working hours later."""
        if fact.closed_at is not None:
            self.at(fact.closed_at, self.book.won, key, person, deal, fact, copied)

    def propose(self, key: str, person: Person, deal: Deal, fact: PassageFact) -> None:
        """A deal that reached its proposal has one in the ERP too."""
        if fact.proposal_at is not None:
            self.at(fact.proposal_at + 240, self.book.proposal, key, person, deal, fact)

    def run(self) -> None:
        """Set the ERP up and play the schedule in time order."""
        erp_base.set_up(self)
        while self._heap:
            t, _, action, args = heapq.heappop(self._heap)
            action(t, *args)

    def dictionary(self) -> dict[str, Any]:
        """`erp_columns` and `erp_tables` of the world's reference."""
        return {
            "erp_columns": {
                a: [{"column": c.name, "type": c.type, "width": c.width, "decimals": c.decimals} for c in t.columns]
                for a, t in self.tables.items()
            },
            "erp_tables": [
                {"alias": a, "physical": t.physical, "name": t.name, "sharing": "E" if t.exclusive else "C",
                 "unique_key": t.unique_key, "has_recdel": bool(t.unique_key) and not a.startswith("SX")}
                for a, t in self.tables.items()
            ],
        }  # fmt: skip
