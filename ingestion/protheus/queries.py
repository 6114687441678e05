"""The very queries that go to the ERP's database, for every engine (contract 0 and 1).

What they never do, and why: no filter on D_E_L_E_T_ when rows are read (a deletion is a change like any other), no
comparison with an empty text (Oracle has none: it is NULL), no trimming in the database (padded text is trimmed by us,
so that an index stays usable), no hint: NOLOCK gives dirty and repeated rows; who wants to lock nobody sets
`isolation: SNAPSHOT` or reads a replica.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ingestion.protheus.settings import DELETED, RECNO, STAMP
from ingestion.protheus.source import PhysicalTable

# The database's clock in UTC, which is what S_T_A_M_P_ is in (1.5). CURRENT_TIMESTAMP alone will not do: SQL Server answers
# in its own zone without naming it, and Oracle in the session's, which its driver leaves out.
CLOCKS = {
    "postgresql": "SELECT clock_timestamp() AT TIME ZONE 'UTC'",
    "mssql": "SELECT SYSUTCDATETIME()",
    "oracle": "SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) FROM DUAL",
    "sqlite": "SELECT CURRENT_TIMESTAMP",
}


def from_table(table: PhysicalTable, columns: Sequence[str], schema: str | None) -> tuple[Any, Any]:
    """(the table, a SELECT of these columns), names as the database shows them."""
    needed = {RECNO, DELETED, *columns} | ({STAMP} if table.has_stamp else set())
    source = sa.table(
        table.name,
        *[sa.column(table.columns[name]) for name in sorted(needed) if name in table.columns],
        schema=schema,
    )
    return source, sa.select(*[source.c[table.columns[name]] for name in columns])


def chunk(
    table: PhysicalTable, columns: Sequence[str], after: int, since: Any, limit: int, schema: str | None = None
) -> Any:
    """The next `limit` rows by R_E_C_N_O_; since: an instant that S_T_A_M_P_ must have reached, None for every row."""
    source, query = from_table(table, columns, schema)
    recno = source.c[table.columns[RECNO]]
    query = query.where(recno > after).order_by(recno).limit(limit)
    return query if since is None else query.where(source.c[table.columns[STAMP]] >= since)


def picked(table: PhysicalTable, columns: Sequence[str], recnos: Iterable[int], schema: str | None = None) -> Any:
    """Some rows by R_E_C_N_O_."""
    source, query = from_table(table, columns, schema)
    recno = source.c[table.columns[RECNO]]
    return query.where(recno.in_(list(recnos))).order_by(recno)


def newest_stamp(table: PhysicalTable, until: Any, schema: str | None = None) -> Any:
    """The greatest S_T_A_M_P_ that is not after an instant."""
    source, _ = from_table(table, [STAMP], schema)
    stamp = source.c[table.columns[STAMP]]
    return sa.select(sa.func.max(stamp)).where(stamp <= until)


def live(table: PhysicalTable, columns: Sequence[str], schema: str | None = None) -> Any:
    """Rows of a dictionary table that are not deleted."""
    source, query = from_table(table, columns, schema)
    return query.where(source.c[table.columns[DELETED]] != "*")


def clock(dialect: str) -> Any:
    """The database's own instant, UTC without zone; None for an engine whose words are not known."""
    return sa.text(CLOCKS[dialect]) if dialect in CLOCKS else None


def bound(moment: datetime, dialect: str) -> Any:
    """A value that compares with S_T_A_M_P_. SQLite has no instants: they are text there."""
    return f"{moment:%Y-%m-%d %H:%M:%S}" if dialect == "sqlite" else moment
