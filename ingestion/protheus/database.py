"""Access to the ERP's database through SQLAlchemy: SQL Server, Oracle, PostgreSQL; SQLite in tests.

Names are taken as the database shows them (upper case on SQL Server, lower on PostgreSQL), and compared without
case. Physical tables come from the dictionary SX2 when it is in the database, else alias + group + "0".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ingestion.errors import SourceError
from ingestion.protheus.settings import COMPANIES, DELETED, RECNO, STAMP


@dataclass(frozen=True)
class PhysicalTable:
    """One table as it is: real names by their lower-case form, and the decimals the dictionary gives to numbers."""

    name: str
    columns: Mapping[str, str]
    decimals: Mapping[str, int]

    @property
    def has_stamp(self) -> bool:
        """Whether the database keeps the instant of the last change."""
        return STAMP in self.columns


class Database:
    """A read-only connection. Every failure is a SourceError without the URL."""

    def __init__(self, url: str, group: str) -> None:
        self.group = group
        try:
            self._engine = sa.create_engine(url, pool_pre_ping=True)
        except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
            raise SourceError(
                f"The Protheus URL cannot be used ({type(error).__name__}). Write it like "
                "postgresql://user:password@host/database, and install the driver it names."
            ) from None
        self._names: dict[str, str] = {}
        self._physical: dict[str, str] = {}
        self._decimals: dict[str, dict[str, int]] = {}

    def open(self) -> None:
        """List the tables and read the dictionary."""
        try:
            self._names = {name.lower(): name for name in sa.inspect(self._engine).get_table_names()}
        except sa.exc.SQLAlchemyError as error:
            raise self._failure("cannot be opened", error) from None
        for row in self._dictionary("sx2", ("x2_chave", "x2_arquivo")):
            self._physical[row["x2_chave"].lower()] = row["x2_arquivo"].lower()
        for row in self._dictionary("sx3", ("x3_arquivo", "x3_campo", "x3_decimal")):
            fields = self._decimals.setdefault(row["x3_arquivo"].lower(), {})
            fields[row["x3_campo"].lower()] = int(float(row["x3_decimal"] or 0))

    def table(self, alias: str) -> PhysicalTable | None:
        """The physical table of an alias (lower case); None when it does not exist."""
        default = alias if alias == COMPANIES else f"{alias}{self.group.lower()}0"
        wanted = self._physical.get(alias, default)
        name = self._names.get(wanted) or self._names.get(default)
        if name is None:
            return None
        try:
            columns = {
                str(column["name"]).lower(): str(column["name"])
                for column in sa.inspect(self._engine).get_columns(name)
            }
        except sa.exc.SQLAlchemyError as error:
            raise self._failure(f"cannot describe {name}", error) from None
        for needed in (RECNO, DELETED):
            if needed not in columns:
                raise SourceError(
                    f"Protheus table {name} has no column {needed.upper()}: it was not made by DBAccess."
                )
        return PhysicalTable(name, columns, self._decimals.get(alias, {}))

    def chunk(
        self,
        table: PhysicalTable,
        columns: Sequence[str],
        after_recno: int,
        stamped_since: datetime | None,
        limit: int,
    ) -> list[dict[str, Any]]:
        """At most `limit` rows with a greater R_E_C_N_O_, in its order; keys are lower-case names, values raw.

        `stamped_since` (naive UTC) leaves out rows that were not touched since; deleted rows are never left out.
        """
        present = [name for name in columns if name in table.columns]
        source, chosen = self._select(table, present)
        recno = source.c[table.columns[RECNO]]
        query = chosen.where(recno > after_recno).order_by(recno).limit(limit)
        if stamped_since is not None:
            query = query.where(source.c[table.columns[STAMP]] >= self._bound(stamped_since))
        return [dict(zip(present, row, strict=True)) for row in self._rows(table.name, query)]

    def newest_stamp(self, table: PhysicalTable) -> Any:
        """The raw greatest S_T_A_M_P_, None when no row has one."""
        source, _ = self._select(table, [STAMP])
        return self._rows(table.name, sa.select(sa.func.max(source.c[table.columns[STAMP]])))[0][0]

    def recnos(self, table: PhysicalTable) -> set[int]:
        """Every R_E_C_N_O_ that is there."""
        return {int(row[0]) for row in self._rows(table.name, self._select(table, [RECNO])[1])}

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def _dictionary(self, alias: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
        """Live rows of SX2 or SX3, trimmed; empty when the dictionary is not in the database (section 1.2)."""
        name = self._names.get(f"{alias}{self.group.lower()}0")
        if name is None:
            return []
        table = self.table(alias)
        if table is None or any(column not in table.columns for column in columns):
            return []
        query = self._select(table, [*columns, DELETED])[1]
        rows = [[_trim(value) for value in row] for row in self._rows(name, query)]
        return [dict(zip(columns, row, strict=False)) for row in rows if row[-1] != "*" and row[0] and row[1]]

    def _select(self, table: PhysicalTable, columns: Sequence[str]) -> tuple[Any, Any]:
        needed = {RECNO, *columns} | ({STAMP} if table.has_stamp else set())
        source = sa.table(table.name, *[sa.column(table.columns[name]) for name in sorted(needed)])
        return source, sa.select(*[source.c[table.columns[name]] for name in columns])

    def _rows(self, name: str, query: Any) -> Sequence[Any]:
        try:
            with self._engine.connect() as connection:
                return connection.execute(query).fetchall()
        except sa.exc.SQLAlchemyError as error:
            raise self._failure(f"cannot read {name}", error) from None

    def _bound(self, moment: datetime) -> Any:
        """SQLite has no instants: they are text there, and text is what compares with it."""
        return f"{moment:%Y-%m-%d %H:%M:%S}" if self._engine.dialect.name == "sqlite" else moment

    def _failure(self, what: str, error: Exception) -> SourceError:
        cause = getattr(error, "orig", None) or error
        return SourceError(
            f"The Protheus database {what} ({type(cause).__name__}). Check that the address is right, that the server "
            "answers, and that the user may read the tables."
        )


def _trim(value: Any) -> str:
    return "" if value is None else str(value).strip()
