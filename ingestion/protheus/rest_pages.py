"""One page of `genericQuery` as columns: keys without case, what is missing told apart from what is empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ingestion.protheus.settings import DELETED, RECNO
from ingestion.protheus.source import Chunk


@dataclass(frozen=True)
class Page:
    """Rows in the order they came. `numbers`: every record number of the page, refused rows included."""

    chunk: Chunk
    numbers: tuple[int, ...]
    size: int
    more: bool

    @property
    def last(self) -> int | None:
        """The greatest record number, None without any."""
        return self.numbers[-1] if self.numbers else None

    def grows_from(self, after: int) -> bool:
        """Whether all numbers lie behind `after` and grow."""
        before = (after, *self.numbers)
        return all(low < high for low, high in zip(before, self.numbers, strict=False))

    @staticmethod
    def joined(columns: Sequence[str], pages: Sequence[Page]) -> Chunk:
        """Several pages as one chunk."""
        values: dict[str, list[Any]] = {name: [] for name in columns}
        lacking: dict[str, set[int]] = {}
        refused: list[tuple[int | None, str]] = []
        for page in pages:
            start = len(values[RECNO])
            for name in columns:
                values[name].extend(page.chunk.columns[name])
            for name, positions in page.chunk.lacking.items():
                lacking.setdefault(name, set()).update(start + position for position in positions)
            refused.extend(page.chunk.refused)
        seen = max((page.last or 0 for page in pages), default=0)
        return Chunk(values, {name: frozenset(found) for name, found in lacking.items()}, refused, seen)


def parse(columns: Sequence[str], items: Sequence[Any], more: bool) -> Page:
    """Items as columns. A row without a usable record number or deletion mark is refused as a whole."""
    values: dict[str, list[Any]] = {name: [] for name in columns}
    lacking: dict[str, set[int]] = {}
    refused: list[tuple[int | None, str]] = []
    numbers: list[int] = []
    for item in items:
        if not isinstance(item, dict):
            refused.append((None, "bad_row"))
            continue
        row = {str(key).lower(): value for key, value in item.items()}
        number = _number(row.get(RECNO))
        if number is None:
            refused.append((None, "missing_key" if RECNO not in row else "bad_record_number"))
            continue
        numbers.append(number)
        if DELETED in columns and not isinstance(row.get(DELETED), str):
            refused.append((number, "missing_key" if DELETED not in row else "bad_type"))
            continue
        row[RECNO] = number
        position = len(values[RECNO])
        for name in columns:
            if name not in row:
                lacking.setdefault(name, set()).add(position)
            values[name].append(row.get(name))
    chunk = Chunk(values, {name: frozenset(found) for name, found in lacking.items()}, refused)
    return Page(chunk, tuple(numbers), len(items), more)


def _number(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value)
    return value if isinstance(value, int) and value > 0 else None
