"""One record at a time: what can be read becomes rows, what cannot goes to quarantine with its reason, once.

A list row without an id, or with an instant that is none or has not come, is no row: a cursor taken from it would lie
ahead of everything that follows. Which records were refused is known to the caller (`refused_ids`), who asks for them
again. Safe for several threads.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from ingestion.plausible import AHEAD, BadRecordError, check
from ingestion.rows import Row, instant
from ingestion.runner import Tables

JOINED = ("tags", "filled_fields")  # many short texts in one
NOT_AHEAD = ("created_at", "updated_at", "occurred_at", "last_conversion_at")


class Judge:
    """Looks at the records of one run. `now` is naive UTC; `known` the quarantine so far, as `QUARANTINED` reads it."""

    def __init__(self, now: datetime, known: Iterable[tuple[Any, ...]] = ()) -> None:
        self._latest = now + AHEAD
        self._known = {tuple(row) for row in known}
        self._lock = threading.Lock()
        self.refused_ids: dict[str, set[str]] = defaultdict(set)
        self.nameless: set[str] = set()  # tables with a row that has no id: nothing can ask for it again
        self._rows: list[Row] = []

    def listed(
        self, found: Iterable[Any], table: str, stamps: Iterable[str], key: str = "id", needed: str | None = None
    ) -> list[Row]:
        """The rows of a list that have an id, and whose `stamps` are instants that have come; `needed` may not be empty."""
        good = []
        for row in found:
            name = row.get(key) if isinstance(row, dict) else None
            if isinstance(name, bool) or not isinstance(name, str | int) or not str(name).strip() or len(str(name)) > 200:
                self._refuse(table, None, key, "missing or not an id")
                continue
            try:
                for stamp in stamps:
                    self._come(row, stamp, stamp == needed)
            except BadRecordError as bad:
                self._refuse(table, str(name), bad.column, str(bad))
                continue
            good.append(row)
        return good

    def read(self, table: str, key: str, make: Callable[[], Tables]) -> Tables:
        """The rows that `make` gives for one record; none when it cannot be read: then it is in quarantine."""
        try:
            tables = check(make(), self._latest, NOT_AHEAD, JOINED)
        except BadRecordError as bad:
            self._refuse(table, key, bad.column, str(bad))
        except (ValueError, TypeError, AttributeError, LookupError, ArithmeticError) as error:
            self._refuse(table, key, None, f"cannot be read ({type(error).__name__})")
        else:
            return tables
        return {}

    def is_ahead(self, at: datetime) -> bool:
        """Whether a naive UTC instant has not come by any clock."""
        return at > self._latest

    def refuse(self, table: str, key: str | None, column: str | None, reason: str) -> None:
        """Part of a record into quarantine, once; the record itself lands."""
        with self._lock:
            if (table, key, column, reason) not in self._known:
                self._known.add((table, key, column, reason))
                self._rows.append({"source_table": table, "record_key": key, "column_name": column, "reason": reason})

    def taken(self) -> Tables:
        """The quarantine rows since the last call, to land with the next slice."""
        with self._lock:
            rows, self._rows = self._rows, []
        return {"quarantine": rows} if rows else {}

    def _come(self, row: Row, stamp: str, needed: bool) -> None:
        try:
            at = instant(row.get(stamp))
        except ValueError:
            raise BadRecordError(stamp, "not an instant") from None
        if at is None and needed:
            raise BadRecordError(stamp, "missing")
        if at is not None and at > self._latest:
            raise BadRecordError(stamp, "lies in the future")

    def _refuse(self, table: str, key: str | None, column: str | None, reason: str) -> None:
        with self._lock:
            self.refused_ids[table].add(key) if key else self.nameless.add(table)
        self.refuse(table, key, column, reason)


def quarantined(schema: str) -> str:
    """The query of what a schema's quarantine holds, for `Judge`."""
    return f"select distinct source_table, record_key, column_name, reason from {schema}.quarantine"
