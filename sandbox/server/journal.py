"""The append-only journal of `--home`: API writes, tokens, webhook subscriptions and the clock's anchor.

JSON lines, one record per accepted request, on disk before the answer leaves; a torn last line (the process was
killed while writing) is cut off at the next start. Without a home everything lives in memory.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson


class JournalError(Exception):
    """The home cannot be used; the message says why and what to do."""


class Journal:
    """Numbered records. `n` of a record is stable across restarts, so ids derived from it are too."""

    def __init__(self, home: Path | None, fsync: bool = True) -> None:
        self.path = home / "journal.jsonl" if home else None
        self._fsync = fsync
        self._file: Any = None
        self.count = 0
        self._past: list[dict[str, Any]] = []
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._past = list(self._load(self.path))
            self._file = self.path.open("ab", buffering=0)

    def _load(self, path: Path) -> Iterator[dict[str, Any]]:
        if not path.exists():
            return
        data = path.read_bytes()
        end = data.rfind(b"\n") + 1
        if end < len(data):
            os.truncate(path, end)
        for number, line in enumerate(data[:end].splitlines(), start=1):
            try:
                record = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise JournalError(f"{path}, line {number}: not a JSON record ({error}); move the file away") from None
            self.count = max(self.count, int(record["n"]))
            yield record

    def past(self) -> list[dict[str, Any]]:
        """Records of earlier runs, in order (read once, then released)."""
        records, self._past = self._past, []
        return records

    def append(self, record: dict[str, Any]) -> int:
        """Write one record durably and return its number."""
        self.count += 1
        if self._file is not None:
            line = orjson.dumps({"n": self.count, "real": time.time(), **record}, option=orjson.OPT_APPEND_NEWLINE, default=str)
            self._file.write(line)
            if self._fsync:
                os.fsync(self._file.fileno())
        return self.count

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None
