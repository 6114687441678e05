"""One canonical table from its files: header checks, join, filter, conversion, quarantine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from contract.problems import Problem, did_you_mean
from contract.yaml_source import Lines
from ingestion.errors import SourceError
from ingestion.files import contacts
from ingestion.files.convert import BadValue, convert, has_time, is_local_midnight, local_date
from ingestion.files.csv_reader import CsvFile
from ingestion.files.mapping import CANONICAL, DERIVED, REQUIRED, VOCABULARY, ColumnMap, FileTable, Join
from ingestion.files.parquet_reader import SUFFIXES, ParquetFile
from ingestion.normalize import normalize_cpf
from ingestion.plausible import AHEAD
from ingestion.rows import Row

# More bad lines than good ones is not a bad record here and there: it is a wrong mapping or a wrong file.
_TOLERATED_SHARE = 0.5
KEYS = {
    "handoffs": "handoff_key", "attempts": "attempt_key", "deals": "deal_key", "movements": "movement_key", **contacts.KEYS,
}  # fmt: skip
_RATINGS = range(1, 6)
DataFile = CsvFile | ParquetFile


@dataclass
class Counts:
    """What became of the lines of one table."""

    loaded: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)


def find_files(pattern: str, folder: Path) -> list[Path]:
    """Files of the data folder that match a name or pattern, plain or .gz, sorted by name."""
    return sorted({*folder.glob(pattern), *folder.glob(f"{pattern}.gz")})


class TableReader:
    """Reads one canonical table. `problems` (mapping against headers) must be empty before `rows` is used."""

    def __init__(self, name: str, table: FileTable, folder: Path, lines: Lines, time_zone: str) -> None:
        self.name, self.table, self._lines = name, table, lines
        self.spec = CANONICAL[name]
        self._types = {column.name: column.type for column in self.spec.columns}
        self._zone = ZoneInfo(time_zone)
        self.counts, self.problems, self.quarantine = Counts(), list[Problem](), list[Row]()
        self._seen: dict[str, str] = {}
        self._latest: datetime | None = None
        self.files = self._open(table.file, folder, ("file",))
        self._joined = [
            self._open(join.file, folder, ("join", at, "file")) for at, join in enumerate(table.join)
        ]
        if not self.problems:
            self._check_headers()

    @property
    def paths(self) -> list[Path]:
        """Every file that takes part."""
        return [file.path for file in (*self.files, *(file for group in self._joined for file in group))]

    def rows(self, now: datetime | None = None) -> Iterator[Row]:
        """Canonical rows; bad lines go to `quarantine`. Raises SourceError when most lines are bad.

        `now` (aware): a line that tells of a later day is bad; without it none is too late.
        """
        self._latest = now + AHEAD if now else None
        joined = [self._index(join, files) for join, files in zip(self.table.join, self._joined, strict=True)]
        for file in self.files:
            self._how = self._read_as(file)
            for record in file.records():
                values = record.values
                if values is None:
                    self._refuse(file.name, record.line, None, None, record.fault or "line cannot be read")
                    continue
                row = self._row(file.name, record.line, values, joined)
                if row is not None:
                    self.counts.loaded += 1
                    yield row
        self._judge_share()

    def _read_as(self, file: DataFile) -> dict[str, ColumnMap]:
        """The mapped columns; format and decimal mark are left out where the file stores values, not texts."""
        exact = file.exact.union(*(other.exact for group in self._joined for other in group))
        plain = {"format": None, "decimal": "."}
        return {
            column: how.model_copy(update=plain) if exact.issuperset(how.sources) else how
            for column, how in self.table.columns.items()
        }

    def _row(
        self, file: str, line: int, values: dict[str, str], joined: list[dict[str, dict[str, str]]]
    ) -> Row | None:
        for join, index in zip(self.table.join, joined, strict=True):
            other = index.get(values[join.on].strip())
            if other is None:
                self._refuse(file, line, None, join.on, f"has no line in {join.file}")
                return None
            values = {**other, **values}
        for column, wanted in self.table.where.items():
            if values[column].strip() not in wanted:
                self.counts.left_out[f"{column} = {values[column].strip() or '(empty)'}"] += 1
                return None
        try:
            row = self._convert(values)
        except _Refused as refused:
            self._refuse(file, line, self._key(values), refused.column, refused.reason)
            return None
        key = str(row[KEYS[self.name]])
        first = self._seen.setdefault(key, f"{file}:{line}")
        if first != f"{file}:{line}":
            self._refuse(file, line, key, KEYS[self.name], f"key appears already at {first}")
            return None
        return row

    def _convert(self, values: dict[str, str]) -> Row:
        row: Row = {**self.table.constants}
        for column, how in self._how.items():
            sources = how.sources
            text = values[sources[0]].strip() if len(sources) == 1 else how.separator.join(values[s].strip() for s in sources)
            if not text:
                row[column] = None
                continue
            try:
                row[column] = self._value(column, how, text)
                if column == DERIVED.get(self.name, ("", ""))[0]:
                    self._derive_date(how, text, row)
            except BadValue as bad:
                raise _Refused(", ".join(how.sources), str(bad)) from None
        if fault := contacts.complete(self.name, row):
            raise _Refused(self._source_of("email"), fault)
        for choice in REQUIRED[self.name]:
            if all(row.get(column) is None for column in choice):
                raise _Refused(self._source_of(choice[0]), f"{' or '.join(choice)} is empty")
        return row

    def _value(self, column: str, how: ColumnMap, text: str) -> Any:
        """One canonical value; an instant that is only a date in disguise is None where the mapping allows it."""
        kind = self._types[column]
        if kind == "timestamp" and text.strip():
            may_be_date = how.midnight_is_date or column == DERIVED.get(self.name, ("", ""))[0]
            if may_be_date and not has_time(text, how):
                convert(text, "date", how)  # a text that is no date either is still refused
                return None
            if how.midnight_is_date and is_local_midnight(text, how, self._zone):
                return None
        value = self._not_ahead(convert(text, kind, how))
        if value is None:
            return None
        if words := VOCABULARY.get((self.name, column)):
            value = {word.casefold(): word for word in words}.get(str(value).casefold())
            if value is None:
                raise BadValue(f"is none of {', '.join(words)}; translate it under `values:` of the mapping")
        if column == "rating" and value not in _RATINGS:
            raise BadValue(f"is no rating from {_RATINGS.start} to {_RATINGS.stop - 1}")
        # Whoever names people by e-mail or CPF gets them kept apart all the same, without either in the warehouse.
        return _safe(value) if column == "person_key" else value

    def _derive_date(self, how: ColumnMap, text: str, row: Row) -> None:
        day = DERIVED[self.name][1]
        if day not in self.table.columns:
            row[day] = self._not_ahead(local_date(text, how, self._zone))

    def _not_ahead(self, value: Any) -> Any:
        """The same value. What a list tells has happened: a later day would stay unseen until it comes."""
        if self._latest and isinstance(value, date):
            latest = self._latest.astimezone(UTC).replace(tzinfo=None)
            if value > (latest if isinstance(value, datetime) else self._latest.astimezone(self._zone).date()):
                raise BadValue("lies in the future: look at the year, and at the order of day and month")
        return value

    def _index(self, join: Join, files: list[DataFile]) -> dict[str, dict[str, str]]:
        index: dict[str, dict[str, str]] = {}
        for file in files:
            for record in file.records():
                if record.values is None:
                    self._refuse(file.name, record.line, None, None, record.fault or "line cannot be read")
                    continue
                key = record.values[join.on].strip()
                if key in index:
                    self._refuse(file.name, record.line, key, join.on, "key appears twice in a joined file")
                    continue
                index[key] = record.values
        return index

    def _refuse(self, file: str, line: int, key: str | None, column: str | None, reason: str) -> None:
        self.counts.quarantined[f"{column}: {reason}" if column else reason] += 1
        self.quarantine.append(
            {
                "source_table": self.name,
                "record_key": _safe(key),
                "column_name": column,
                "reason": reason,
                "file_name": file,
                "line_no": line,
            }
        )

    def _judge_share(self) -> None:
        bad = sum(self.counts.quarantined.values())
        if bad > _TOLERATED_SHARE * (bad + self.counts.loaded):
            reason, count = self.counts.quarantined.most_common(1)[0]
            first = self.quarantine[0]
            raise SourceError(
                f"{self.name}: {bad} of {bad + self.counts.loaded} lines are bad, so nothing was loaded. Most often "
                f"({count} times): {reason}; first at {first['file_name']}:{first['line_no']}. Check the mapping at "
                f"{self._lines.file}:{self._lines.line(('tables', self.name))}."
            )

    def _key(self, values: dict[str, str]) -> str | None:
        how = self.table.columns.get(KEYS[self.name])
        return how.separator.join(values[source].strip() for source in how.sources) if how else None

    def _source_of(self, column: str) -> str:
        how = self.table.columns.get(column)
        return ", ".join(how.sources) if how else column

    def _open(self, pattern: str, folder: Path, where: tuple[str | int, ...]) -> list[DataFile]:
        found = find_files(pattern, folder)
        if not found:
            shown = (".csv", ".gz", *SUFFIXES)
            names = [path.name for path in folder.iterdir() if path.suffix in shown] if folder.is_dir() else []
            remedy = (
                did_you_mean(pattern, names)
                if names
                else "The folder holds no CSV or Parquet file; give it with --data."
            )
            message = f"{pattern!r} is not in the data folder {folder}"
            self.problems.append(self._lines.problem(("tables", self.name, *where), message, remedy))
        try:
            return [
                ParquetFile(path)
                if path.suffix in SUFFIXES
                else CsvFile(path, self.table.encoding, self.table.delimiter)
                for path in found
            ]
        except SourceError as error:
            where_text, _, remedy = str(error).partition(". ")
            self.problems.append(self._lines.problem(("tables", self.name, *where), where_text, remedy))
            return []

    def _check_headers(self) -> None:
        for at, (join, group) in enumerate(zip(self.table.join, self._joined, strict=True)):
            for file in (*self.files, *group):
                self._known(join.on, file.header, file.name, ("join", at, "on"))
        extra = {name for group in self._joined for file in group for name in file.header}
        for file in self.files:
            header = {*file.header, *extra}
            for column, how in self.table.columns.items():
                for source in how.sources:
                    self._known(source, header, file.name, ("columns", column))
            for column in self.table.where:
                self._known(column, header, file.name, ("where", column))

    def _known(self, column: str, header: Any, file: str, where: tuple[str | int, ...]) -> None:
        if column not in header:
            message = f"{file} has no column {column!r}"
            problem = self._lines.problem(
                ("tables", self.name, *where), message, did_you_mean(column, header)
            )
            self.problems.append(problem)


class _Refused(Exception):
    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(reason)


def _safe(key: str | None) -> str | None:
    """Keys go to logs and reports: one that is an e-mail or a CPF is shown as a hash."""
    if key and ("@" in key or normalize_cpf(key).value):
        return f"sha256:{sha256(key.encode()).hexdigest()[:16]}"
    return key
