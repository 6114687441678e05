"""Parquet files behind the interface of `CsvFile`: named columns, numbered rows, values as text.

What the file stores as a number, a date or an instant becomes text in one exact form (decimal point, ISO 8601), and
`exact` names those columns: the mapping's format and decimal mark speak of texts and do not apply to them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ingestion.errors import SourceError
from ingestion.files.csv_reader import Record

SUFFIXES = (".parquet", ".pq")


class ParquetFile:
    """One Parquet file, opened as often as it is read. Raises SourceError for a file that cannot be used at all."""

    def __init__(self, path: Path) -> None:
        self.path, self.name = path, path.name
        with self._open() as file:
            fields = list(file.schema_arrow)
        # Lists and structures have no one value per row: such a column cannot be mapped.
        flat = [field for field in fields if not pa.types.is_nested(field.type)]
        self.header = [field.name for field in flat]
        self.exact = frozenset(field.name for field in flat if not _is_text(field.type))
        if not self.header:
            raise SourceError(f"{self.name}: holds no plain column. Export it as a table of values.")

    def records(self) -> Iterator[Record]:
        """Every row with its number, from 1."""
        row = 0
        with self._open() as file:
            for batch in file.iter_batches(columns=self.header):
                for values in batch.to_pylist():
                    row += 1
                    yield Record(row, {name: _text(value) for name, value in values.items()})

    def _open(self) -> pq.ParquetFile:
        try:
            return pq.ParquetFile(self.path)
        except (OSError, pa.ArrowException):
            raise SourceError(f"{self.name}: cannot be read as Parquet. Export it again.") from None


def _is_text(kind: pa.DataType) -> bool:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _text(value: Any) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # tools that know no empty integer write 1.0 for 1
    if isinstance(value, (float, Decimal)):
        return format(Decimal(str(value)), "f")
    return str(value)
