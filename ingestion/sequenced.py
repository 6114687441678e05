"""Sources that number their own changes: read what is above the highest number landed, in slices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ingestion.errors import SourceError
from ingestion.rows import Row
from ingestion.runner import Session, Slice
from ingestion.tables import TABLES

SLICE_ROWS = 5000
Changes = Callable[[int], Iterable[Row]]


def read_sequence(
    changes: Changes,
    schema: str,
    table: str,
    number: str,
    origin: str,
    session: Session,
    refused: Callable[[Row], Row | None] = lambda _change: None,
) -> Iterator[Slice]:
    """Slices of `changes(last)` in the order of column `number`; the cursor moves with the rows it stands for.

    Only the columns of `ingestion.tables` are taken. A change for which `refused` gives a row goes to quarantine as that
    row. SourceError when a row lacks its number or goes backwards.
    """
    columns = TABLES[schema][table].column_names
    last: int = session.state.get(number, 0)
    rows: list[Row] = []
    bad: list[Row] = []
    for change in changes(last):
        value: Any = change.get(number)
        if not isinstance(value, int) or value <= last:
            raise SourceError(f"{schema}.{table}: {number} must rise from row to row, above {last}.")
        last = value
        if (reason := refused(change)) is not None:
            bad.append(reason)
        else:
            rows.append({name: change.get(name) for name in columns})
        if len(rows) + len(bad) >= SLICE_ROWS:
            session.state[number] = last
            yield Slice({table: rows, "quarantine": bad}, origin, flush=True)
            rows, bad = [], []
    session.state[number] = last
    yield Slice({table: rows, "quarantine": bad}, origin)
