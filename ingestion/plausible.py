"""What no record says, whoever sent it: a text longer than any name, label or address, an instant that has not come.

A value that lands is believed: a cursor taken from an instant of next year would leave out everything until then.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from ingestion.rows import Row

LONGEST = 4000  # characters of one text
AHEAD = timedelta(days=1)  # a record may be that much ahead of our clock; one further ahead is wrong, and moves no cursor


class BadRecordError(ValueError):
    """A record that cannot be used; `column` is where (None: all of it), the message why, without the value."""

    def __init__(self, column: str | None, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def check(
    tables: dict[str, list[Row]], latest: datetime, stamps: Collection[str], joined: Collection[str] = ()
) -> dict[str, list[Row]]:
    """The same tables. Raises BadRecordError when a text is too long or one of `stamps` lies after `latest` (naive UTC).

    `joined` are columns of many short texts in one: they may be long.
    """
    for rows in tables.values():
        for row in rows:
            for name, value in row.items():
                if isinstance(value, str) and len(value) > LONGEST and name not in joined:
                    raise BadRecordError(name, f"longer than {LONGEST} characters")
                if name in stamps and isinstance(value, datetime) and value > latest:
                    raise BadRecordError(name, "lies in the future")
    return tables
