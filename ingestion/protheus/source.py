"""What a way of reading Protheus gives: tables as they are, rows in the order of R_E_C_N_O_. By SQL or by REST."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from ingestion.protheus.settings import RECNO, STAMP

NUMBER, TEXT, MOMENT, BYTES = "number", "text", "instant", "bytes"


@dataclass(frozen=True)
class PhysicalTable:
    """One table as it is: real names by their lower-case form, the decimals that the dictionary gives to numbers, and
    the family of each column's type (empty where nothing tells it)."""

    name: str
    columns: Mapping[str, str]
    decimals: Mapping[str, int]
    families: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_stamp(self) -> bool:
        """Whether the database keeps the instant of the last change."""
        return STAMP in self.columns


@dataclass(frozen=True)
class Chunk:
    """Rows by column, values raw; every column has the same length. `lacking` says which values did not come at all.

    `refused`: (record number or None, reason) of rows that could not be read as rows; `seen`: the greatest number of
    those, when they came last.
    """

    columns: Mapping[str, Sequence[Any]]
    lacking: Mapping[str, frozenset[int]] = field(default_factory=dict)
    refused: Sequence[tuple[int | None, str]] = ()
    seen: int = 0

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def last(self, before: int) -> int:
        """The greatest record number, `before` without any."""
        return max(before, self.seen, int(self.columns[RECNO][-1]) if len(self) else 0)

    @classmethod
    def of_rows(cls, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Chunk:
        """From rows of values in the order of `names`."""
        if not rows:
            return cls({name: () for name in names})
        return cls(dict(zip(names, zip(*rows, strict=True), strict=True)))

    def take(self, positions: Sequence[int]) -> Chunk:
        """The rows at some positions."""
        if len(positions) == len(self):
            return self
        kept = {position: new for new, position in enumerate(positions)}
        lacking = {name: frozenset(kept[n] for n in rows if n in kept) for name, rows in self.lacking.items()}
        columns = {name: [values[n] for n in positions] for name, values in self.columns.items()}
        return Chunk(columns, lacking, self.refused, self.seen)


@dataclass(frozen=True)
class Sharing:
    """How a table is shared (contract 1.3): C shared or E exclusive, of company, unit and branch; key as declared."""

    alias: str
    physical: str
    company: str | None
    unit: str | None
    branch: str | None
    unique_key: str | None


class Source(Protocol):
    """One open way to the ERP. Every failure is an IngestionError without addresses' secrets or values of rows."""

    notes: list[str]

    @property
    def sharing(self) -> list[Sharing]:
        """How each table of the dictionary is shared; empty when SX2 cannot be read."""

    def open(self) -> None:
        """Log in and read the dictionary."""

    def table(self, alias: str) -> PhysicalTable | None:
        """The physical table of an alias (lower case); None when it does not exist."""

    def chunk(
        self, table: PhysicalTable, columns: Sequence[str], after: int, since: datetime | None, limit: int
    ) -> tuple[Chunk, bool]:
        """(at most `limit` rows with a greater R_E_C_N_O_, in its order; whether there may be more).

        `since` (naive UTC) leaves out rows that were not touched since; deleted rows are never left out.
        """

    def picked(self, table: PhysicalTable, columns: Sequence[str], recnos: Iterable[int]) -> Chunk:
        """The rows of these record numbers, as far as they exist."""

    def newest_stamp(self, table: PhysicalTable, until: datetime) -> Any:
        """The raw greatest S_T_A_M_P_ not after `until` (naive UTC), None when no row has one."""

    def clock(self) -> datetime | None:
        """The ERP's own instant (naive UTC), None where nothing tells it. By REST that of the last answer."""

    def close(self) -> None:
        """Close the connections."""
