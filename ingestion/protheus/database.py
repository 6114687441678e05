"""Protheus by SQL through SQLAlchemy: PostgreSQL, SQL Server, Oracle; SQLite in tests and demonstrations.

Names are taken as the database shows them (upper case on SQL Server, lower on PostgreSQL and, for SQLAlchemy, Oracle)
and compared without case. Physical tables come from SX2 when it is in the database, else alias + group + "0".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from ingestion.errors import SourceError
from ingestion.protheus import queries
from ingestion.protheus.dictionary import SX2, SX3, Dictionary
from ingestion.protheus.settings import DELETED, RECNO, ProtheusConfig
from ingestion.protheus.source import BYTES, MOMENT, NUMBER, TEXT, Chunk, PhysicalTable, Sharing

IN_LIST = 500  # Oracle takes a thousand values at most
DRIVERS = {"mssql": "sqlserver", "oracle": "oracle"}


class Database:
    """A read-only connection. Every failure is a SourceError without the URL."""

    def __init__(self, config: ProtheusConfig) -> None:
        self.notes: list[str] = []
        self._schema = config.db_schema
        self._dictionary = Dictionary(config.company_group)
        self._engine = make_engine(config.url, config.isolation)
        self._names: dict[str, str] = {}

    @property
    def sharing(self) -> list[Sharing]:
        """How each table of the dictionary is shared between branches."""
        return self._dictionary.sharing

    def open(self) -> None:
        """List the tables and read the dictionary."""
        try:
            tables = sa.inspect(self._engine).get_table_names(schema=self._schema)
        except sa.exc.SQLAlchemyError as error:
            raise self._failure("cannot be opened", error) from None
        self._names = {name.lower(): name for name in tables}
        self._dictionary.add_tables(self._live("sx2", SX2))
        self._dictionary.add_columns(self._live("sx3", SX3))
        self.notes += self._dictionary.gaps()

    def table(self, alias: str) -> PhysicalTable | None:
        """See `Source`. SourceError when it was not made by DBAccess."""
        wanted, default = self._dictionary.physical_name(alias), self._dictionary.default_name(alias)
        name = self._names.get(wanted) or self._names.get(default)
        if name is None:
            return None
        try:
            described = sa.inspect(self._engine).get_columns(name, schema=self._schema)
        except sa.exc.SQLAlchemyError as error:
            raise self._failure(f"cannot describe {name}", error) from None
        columns = {str(column["name"]).lower(): str(column["name"]) for column in described}
        for needed in (RECNO, DELETED):
            if needed not in columns:
                raise SourceError(
                    f"Protheus table {name} has no column {needed.upper()}: it was not made by DBAccess."
                )
        families = {str(column["name"]).lower(): _family(column["type"]) for column in described}
        return PhysicalTable(name, columns, self._dictionary.decimals.get(alias, {}), families)

    def chunk(
        self, table: PhysicalTable, columns: Sequence[str], after: int, since: datetime | None, limit: int
    ) -> tuple[Chunk, bool]:
        """See `Source`."""
        moment = None if since is None else queries.bound(since, self._engine.dialect.name)
        rows = self._rows(table.name, queries.chunk(table, columns, after, moment, limit, self._schema))
        return Chunk.of_rows(columns, rows), len(rows) == limit

    def picked(self, table: PhysicalTable, columns: Sequence[str], recnos: Iterable[int]) -> Chunk:
        """See `Source`."""
        wanted, rows = sorted(recnos), list[Any]()
        for start in range(0, len(wanted), IN_LIST):
            query = queries.picked(table, columns, wanted[start : start + IN_LIST], self._schema)
            rows.extend(self._rows(table.name, query))
        return Chunk.of_rows(columns, rows)

    def newest_stamp(self, table: PhysicalTable, until: datetime) -> Any:
        """See `Source`."""
        limit = queries.bound(until, self._engine.dialect.name)
        return self._rows(table.name, queries.newest_stamp(table, limit, self._schema))[0][0]

    def clock(self) -> datetime | None:
        """See `Source`."""
        query = queries.clock(self._engine.dialect.name)
        if query is None:
            return None
        found = self._rows("its clock", query)[0][0]
        return datetime.fromisoformat(found) if isinstance(found, str) else found  # SQLite has no instants

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def _live(self, alias: str, columns: tuple[str, ...]) -> list[dict[str, Any]]:
        """Live rows of SX2 or SX3; empty when the dictionary is not in the database (section 1.2)."""
        table = self.table(alias)
        if table is None or any(name not in table.columns for name in columns[:2]):
            return []
        there = [name for name in columns if name in table.columns]
        rows = self._rows(table.name, queries.live(table, there, self._schema))
        return [dict(zip(there, row, strict=True)) for row in rows]

    def _rows(self, name: str, query: Any) -> Sequence[Any]:
        try:
            with self._engine.connect() as connection:
                # The driver's own tuples: no column has a type of SQLAlchemy's, so there is nothing to convert, and its
                # row objects cost as much as the query.
                cursor = connection.execute(query).cursor
                return cursor.fetchall() if cursor is not None else []
        except sa.exc.SQLAlchemyError as error:
            raise self._failure(f"cannot read {name}", error) from None
        except UnicodeDecodeError:
            raise SourceError(
                f"The Protheus database gives text of {name} that is not in the encoding it declares. Set the client's "
                "encoding in the URL (PostgreSQL: ?client_encoding=LATIN1; SQL Server and Oracle: the driver's charset)."
            ) from None

    def _failure(self, what: str, error: Exception) -> SourceError:
        cause = getattr(error, "orig", None) or error
        return SourceError(
            f"The Protheus database {what} ({type(cause).__name__}). Check that the address is right, that the server "
            "answers, and that the user may read the tables."
        )


def make_engine(url: str, isolation: str | None = None) -> sa.Engine:
    """An engine for a URL; SourceError names the driver that is missing, and never the URL."""
    try:
        # PostgreSQL URLs without a driver use psycopg, which comes with Bastão; the others are extras.
        parts = sa.make_url(url)
        if parts.drivername in ("postgresql", "postgres"):
            parts = parts.set(drivername="postgresql+psycopg")
        options: dict[str, Any] = {"isolation_level": isolation} if isolation else {}
        engine = sa.create_engine(parts, pool_pre_ping=True, **options)
        if engine.dialect.name == "postgresql":
            # Before SQLAlchemy's own first look at the connection, which stumbles over bytes.
            sa.event.listen(engine, "connect", _speak, insert=True)
        return engine
    except (ModuleNotFoundError, ImportError) as error:
        extra = DRIVERS.get(sa.make_url(url).get_backend_name())
        remedy = f"pip install 'bastao[{extra}]'" if extra else f"install the package {error.name}"
        raise SourceError(f"The driver that the Protheus URL names is not installed ({error.name}): {remedy}.") from None
    except (sa.exc.ArgumentError, sa.exc.NoSuchModuleError) as error:
        raise SourceError(
            f"The Protheus URL cannot be used ({type(error).__name__}). Write it like postgresql://user:password@host/database, "
            "mssql+pyodbc://user:password@host/database?driver=ODBC+Driver+18+for+SQL+Server or "
            "oracle+oracledb://user:password@host/?service_name=name."
        ) from None


def _speak(connection: Any, _: Any) -> None:
    """A PostgreSQL database without an encoding gives bytes as they are: those of the application's code page."""
    if connection.info.parameter_status("server_encoding") == "SQL_ASCII":
        connection.execute("set client_encoding to 'WIN1252'")
        connection.commit()


def _family(kind: Any) -> str:
    """The family of a column's type: widths and precisions may change, families may not."""
    families: tuple[tuple[Any, str], ...] = (
        (sa.types.NullType, ""),
        ((sa.types.LargeBinary, sa.types.BINARY, sa.types.VARBINARY), BYTES),
        (sa.types.String, TEXT),
        (sa.types.Numeric, NUMBER),
        (sa.types.Integer, NUMBER),
        (sa.types.DateTime, MOMENT),
        (sa.types.Date, MOMENT),
    )
    return next((family for known, family in families if isinstance(kind, known)), "")
