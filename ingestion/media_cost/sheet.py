"""The text of an export: encodings, delimiters, what stands before the header, lines with their numbers.

What the platforms' own pages write (BEHAVIOR.md): UTF-8 with and without byte order mark, UTF-16 with tabs, Windows-1252
after somebody saved it from a spreadsheet; comma, semicolon or tab; title and period above the header.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ingestion.errors import SourceError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS = "\t;,"
_HEADER_WITHIN = 40  # lines


@dataclass(frozen=True)
class Line:
    """One line below the header; `number` counts from 1 in the file."""

    number: int
    cells: list[str]


class Sheet:
    """One export in memory (a year of days is some megabytes). Raises SourceError for a file that is no table."""

    def __init__(self, path: Path, is_header: Callable[[list[str]], bool]) -> None:
        self.name = path.name
        text = _decode(_bytes(path), self.name)
        for delimiter in _DELIMITERS:
            rows = list(_rows(text, delimiter))
            at = next((n for n, (_, cells) in enumerate(rows[:_HEADER_WITHIN]) if is_header(cells)), None)
            if at is not None:
                self.preamble = [" ".join(cells).strip() for _, cells in rows[:at]]
                self.header = [cell.strip() for cell in rows[at][1]]
                self.lines = [Line(number, cells) for number, cells in rows[at + 1 :] if any(c.strip() for c in cells)]
                return
        raise SourceError(
            f"{self.name}: no line has the columns of a cost report (a day, a campaign and a cost). Export the campaigns "
            "by day, as docs/media-cost.md shows for each platform."
        )


def _bytes(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if path.suffix == ".gz" else data
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"{path.name}: cannot be read ({reason}). Check the file and its permissions.") from None


def _decode(data: bytes, name: str) -> str:
    encoding = next((encoding for mark, encoding in _BOMS if data.startswith(mark)), None)
    if encoding is None and data[:200].count(0) > 20:
        encoding = "utf-16-le" if data[1:2] == b"\0" else "utf-16-be"  # UTF-16 whose mark got lost
    try:
        return data.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        if encoding is None:
            return data.decode("cp1252", "replace")
        line = data[: error.start].count(b"\n") + 1
        raise SourceError(f"{name}:{line}: is cut off or damaged ({encoding} text). Export it again.") from None


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    while True:
        start = reader.line_num + 1
        try:
            yield start, next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield start, ["\0"]  # a line that is no CSV: the export refuses it by its number
