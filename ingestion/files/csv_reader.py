"""CSV files as people export them: plain or gzip, any encoding and delimiter, BOM, CRLF, broken lines."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from ingestion.errors import SourceError

_DELIMITERS = ",;\t|"
_FALLBACK_ENCODING = "cp1252"  # what Brazilian Windows programs write when it is not UTF-8
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Record:
    """One line of a file. `values` is None when the line cannot be read; `fault` then says why."""

    line: int
    values: dict[str, str] | None
    fault: str | None = None


class CsvFile:
    """One CSV file, opened as often as it is read. Raises SourceError for a file that cannot be used at all."""

    exact: frozenset[str] = frozenset()  # columns whose text does not depend on how people write: none in a CSV

    def __init__(self, path: Path, encoding: str | None = None, delimiter: str | None = None) -> None:
        self.path = path
        self.name = path.name
        self.encoding = self._find_encoding(encoding)
        self.delimiter = delimiter or self._find_delimiter()
        self.header = self._read_header()

    def records(self) -> Iterator[Record]:
        """Every data line with the number of the line it starts on; blank lines are skipped."""
        with self._open_text() as text:
            reader = csv.reader(text, delimiter=self.delimiter, strict=True)
            next(reader)
            while True:
                start = reader.line_num + 1
                try:
                    fields = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    if "unexpected end of data" in str(error):
                        raise SourceError(
                            f"{self.name}:{start}: a quote that opens here never closes. Close it, or double it "
                            'inside the text ("").'
                        ) from None
                    yield Record(start, None, "line is not valid CSV (a quote inside a quoted text?)")
                    continue
                if not any(field.strip() for field in fields):
                    continue
                if len(fields) != len(self.header):
                    fault = f"line has {len(fields)} fields, the header has {len(self.header)}"
                    yield Record(start, None, fault)
                    continue
                yield Record(start, dict(zip(self.header, fields, strict=True)))

    def _find_delimiter(self) -> str:
        with self._open_text() as text:
            return max(_DELIMITERS, key=text.readline().count)

    def _read_header(self) -> list[str]:
        with self._open_text() as text:
            header = next(csv.reader(text, delimiter=self.delimiter), [])
        names = [name.strip() for name in header]
        if not any(names):
            raise SourceError(f"{self.name}: is empty: it has no header line. Export it again.")
        doubled = sorted({name for name in names if names.count(name) > 1})
        if doubled:
            raise SourceError(
                f"{self.name}:1: column {', '.join(map(repr, doubled))} appears twice. Rename one."
            )
        return names

    def _find_encoding(self, declared: str | None) -> str:
        encoding = declared or "utf-8-sig"
        if codecs.lookup(encoding).name == "utf-8":
            encoding = "utf-8-sig"  # takes a byte order mark away, and changes nothing without one
        line = self._first_bad_line(encoding)
        if line is None:
            return encoding
        if declared is None:
            return _FALLBACK_ENCODING
        raise SourceError(
            f"{self.name}:{line}: is not {declared} text. Correct `encoding` in the mapping "
            f"({_FALLBACK_ENCODING} is usual for files from Windows)."
        )

    def _first_bad_line(self, encoding: str) -> int | None:
        decoder = codecs.getincrementaldecoder(encoding)()
        line = 1
        with self._open_bytes() as stream:
            while True:
                chunk = self._read(stream)
                try:
                    decoder.decode(chunk, final=not chunk)
                except UnicodeDecodeError as error:
                    return line + error.object[: error.start].count(b"\n")
                if not chunk:
                    return None
                line += chunk.count(b"\n")

    def _read(self, stream: BinaryIO) -> bytes:
        """The next bytes; every file is read to its end here first, so a compressed one that is cut off shows here."""
        try:
            return stream.read(_CHUNK)
        except (OSError, EOFError, zlib.error):
            raise SourceError(f"{self.name}: is cut off or damaged. Copy or export it again.") from None

    def _open_bytes(self) -> BinaryIO:
        try:
            if self.path.suffix == ".gz":
                stream = gzip.open(self.path, "rb")  # noqa: SIM115 - the caller closes it
                stream.peek(1)  # a file that is not gzip fails here, not in the middle
                return cast(BinaryIO, stream)
            return self.path.open("rb")
        except (OSError, EOFError, zlib.error) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise SourceError(
                f"{self.name}: cannot be read ({reason}). Check the file and its permissions."
            ) from None

    def _open_text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self._open_bytes(), encoding=self.encoding, newline="")
