"""Records of one answer as Arrow columns: a whole column at a time, by the rules of `values`.

What all values of a column satisfy is checked on the column. Where one does not, the column is read again value by value: the
rules stand in `values` alone, and they say whether it can be read after all (a number in a text field) or is `Unreadable`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.rows import Row
from ingestion.salesforce import values
from ingestion.salesforce.settings import TEXT_LIMIT

TEXT, FLAG, INSTANT, MONEY = pa.string(), pa.bool_(), pa.timestamp("us"), pa.decimal128(18, 2)
STAMP_LENGTH = len("2026-01-31T12:00:00.000+0000")


class Columns:
    """`records` of one object. Every method raises Unreadable when a record has no such field, or another kind of value."""

    def __init__(self, records: Sequence[Row]) -> None:
        self.records = records
        self._texts: dict[str, pa.Array] = {}
        self._moments: dict[str, pa.Array] = {}
        self._ids: dict[str, pa.Array] = {}

    def __len__(self) -> int:
        return len(self.records)

    def taken(self, numbers: list[int]) -> Columns:
        """Some of the records."""
        if len(numbers) == len(self.records):
            return self
        return Columns([self.records[number] for number in numbers])

    def has(self, field: str) -> bool:
        """Whether a field that not every edition has was asked for."""
        return any(field in record for record in self.records)

    def nothing(self, kind: pa.DataType = TEXT) -> pa.Array:
        """A column of nulls."""
        return pa.nulls(len(self.records), kind)

    def text(self, field: str | None) -> pa.Array:
        """See `values.text`; all null for no field."""
        if field is None:
            return self.nothing()
        if field not in self._texts:
            self._texts[field] = self._read(field)
        return self._texts[field]

    def optional(self, field: str) -> pa.Array:
        """A text that is null in records without the field, or without the relationship that it stands behind."""
        base = field.partition(".")[0]
        if all(base in record for record in self.records):
            return self.text(field)
        return pa.array([values.text(record, field) if base in record else None for record in self.records], TEXT)

    def record_id(self, field: str = "Id") -> pa.Array:
        """See `values.record_id`."""
        if field not in self._ids:
            self._ids[field] = self._record_ids(field)
        return self._ids[field]

    def _record_ids(self, field: str) -> pa.Array:
        found = self.text(field)
        plain = found.null_count == 0 and pc.all(pc.ascii_is_alnum(found)).as_py() is not False
        lengths = pc.unique(pc.binary_length(found)).to_pylist()
        return found if plain and set(lengths) <= {15, 18} else self._each(field, values.record_id, TEXT)

    def flag(self, field: str) -> pa.Array:
        """See `values.flag`."""
        try:
            found = pa.array([record[field] for record in self.records], FLAG)
        except (KeyError, pa.ArrowException):
            return self._each(field, values.flag, FLAG)
        return found if found.null_count == 0 else self._each(field, values.flag, FLAG)

    def moment(self, field: str) -> pa.Array:
        """See `values.moment`."""
        if field not in self._moments:
            self._moments[field] = self._instants(field)
        return self._moments[field]

    def _instants(self, field: str) -> pa.Array:
        found = self.text(field)
        if found.null_count == len(found):
            return self.nothing(INSTANT)
        lengths = pc.min_max(pc.binary_length(found)).as_py()
        looks = set(lengths.values()) == {STAMP_LENGTH} and pc.all(
            pc.and_(pc.ends_with(found, "+0000"), pc.equal(pc.utf8_slice_codeunits(found, 10, 11), "T"))
        ).as_py()  # fmt: skip
        try:
            return pc.cast(found, pa.timestamp("us", "UTC")).cast(INSTANT) if looks else self._each(field, values.moment, INSTANT)
        except pa.ArrowException:
            return self._each(field, values.moment, INSTANT)

    def needed(self, field: str) -> pa.Array:
        """An instant that no record is without."""
        found = self.moment(field)
        if found.null_count:
            raise values.Unreadable(field, "missing_field")
        return found

    def amount(self, field: str | None) -> pa.Array:
        """See `values.amount`."""
        return self.nothing(MONEY) if field is None else self._each(field, values.amount, MONEY)

    def mapped(self, field: str | None, meaning: Callable[[str | None], Any], kind: pa.DataType = TEXT) -> pa.Array:
        """What the words of a text field mean; asked once for each of them."""
        return mapped(self.text(field), meaning, kind)

    def _each(self, field: str, read: Callable[[Row, str], Any], kind: pa.DataType) -> pa.Array:
        return pa.array([read(record, field) for record in self.records], kind)

    def _read(self, field: str) -> pa.Array:
        try:
            found = pa.array([record[field] for record in self.records], TEXT)
        except (KeyError, pa.ArrowException):
            return self._each(field, values.text, TEXT)
        if found.null_count == len(found):
            return found
        trimmed = pc.utf8_trim_whitespace(found)
        lengths = pc.min_max(pc.binary_length(trimmed)).as_py()
        if lengths["max"] > TEXT_LIMIT:  # in bytes, which are no fewer than the characters
            return self._each(field, values.text, TEXT)
        return trimmed if lengths["min"] else pc.if_else(pc.equal(trimmed, ""), None, trimmed)


def mapped(words: pa.Array, meaning: Callable[[str | None], Any], kind: pa.DataType = TEXT) -> pa.Array:
    """What each of some words means; asked once for each of them, null too."""
    known = words.dictionary_encode(null_encoding="encode")
    return pa.array([meaning(word) for word in known.dictionary.to_pylist()], kind).take(known.indices)
