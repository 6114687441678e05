"""What no record of HubSpot says: a text longer than any property that is read, an instant that has not come."""

from __future__ import annotations

from datetime import datetime, timedelta

from ingestion.runner import Tables

LONGEST = 4000  # characters; names, titles, labels and addresses are shorter
AHEAD = timedelta(days=1)  # a record may be that much ahead of our clock
STAMPS = ("created_at", "updated_at")


class Implausible(ValueError):
    """A value that cannot be true; `column` is where it would land."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def plausible(tables: Tables, now: datetime) -> Tables:
    """The same tables (`now` is naive UTC); raises Implausible, whose text names no value."""
    for rows in tables.values():
        for row in rows:
            for name, value in row.items():
                if isinstance(value, str) and len(value) > LONGEST:
                    raise Implausible(name, f"longer than {LONGEST} characters")
                if name in STAMPS and isinstance(value, datetime) and value > now + AHEAD:
                    raise Implausible(name, "lies in the future")
    return tables
