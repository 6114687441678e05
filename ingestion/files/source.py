"""The `files` source: CSV and Parquet exports of any company as hand-overs, attempts, deals and ERP movements.

A load reads whole files and appends their rows; staging keeps the newest row of each key. Files that did not change
since the last load (same bytes, same mapping) are not loaded again. A row that disappears from a file stays: an
export may be partial, and absence in it proves nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from contract.problems import Problem
from ingestion.files.contacts import landed
from ingestion.files.mapping import FilesError, load_mapping
from ingestion.files.table import TableReader
from ingestion.ports import Ports, Target
from ingestion.rows import Row
from ingestion.runner import LoadReport, Reader, Session, Slice, load

DATASET = "raw_files"
PIPELINE = "files"
SLICE_ROWS = 20_000
_CHUNK = 1 << 20


def run(mapping: Path, data: Path, target: Target, ports: Ports) -> LoadReport:
    """Load the files of `data` as the mapping file says. Raises FilesError before anything is written."""
    return load(PIPELINE, DATASET, reader(mapping, data, ports), target, ports)


def reader(mapping: Path, data: Path, ports: Ports | None = None) -> Reader:
    """A reader for the runner. The mapping and all headers are checked here, before the warehouse is touched."""
    tables = open_tables(mapping, data)
    fingerprint = _fingerprint(mapping, tables)

    def read(session: Session) -> Iterator[Slice]:
        if session.state.get("fingerprint") == fingerprint:
            session.note("The files did not change since the last load.")
            return
        # Everything is read before the first slice leaves: a wrong file must not load by halves.
        now = ports.clock.now() if ports else None
        slices = [part for table in tables for part in _slices(table, now)]
        for done, part in enumerate(slices, start=1):
            if done == len(slices):
                session.state["fingerprint"] = fingerprint
            yield part
            if ports is not None:
                ports.progress.step("files", done, len(slices), "slices")
        for table in tables:
            for note in _notes(table):
                session.note(note)

    return read


def open_tables(mapping: Path, data: Path) -> list[TableReader]:
    """One reader per mapped table. Raises FilesError with every problem of mapping and headers."""
    parsed, lines = load_mapping(mapping)
    if not data.is_dir():
        message = f"the data folder {data} does not exist"
        raise FilesError(
            [Problem(str(data), 0, "", message, "Give the folder that holds the files with --data.")]
        )
    tables = [
        TableReader(name, table, data, lines, parsed.time_zone) for name, table in parsed.tables.items()
    ]
    problems = [problem for table in tables for problem in table.problems]
    if problems:
        raise FilesError(problems)
    return tables


def _slices(table: TableReader, now: datetime | None) -> list[Slice]:
    rows: list[Row] = list(table.rows(now))
    parts = [
        Slice(landed(table.name, rows[start : start + SLICE_ROWS], table.files[0].path), origin="file")
        for start in range(0, len(rows), SLICE_ROWS)
    ]
    if table.quarantine:
        parts.append(Slice({"quarantine": table.quarantine}, origin="file"))
    return parts


def _notes(table: TableReader) -> Iterator[str]:
    counts = table.counts
    if counts.left_out:
        listed = ", ".join(f"{count} with {why}" for why, count in counts.left_out.most_common())
        yield f"{table.name}: {sum(counts.left_out.values())} lines left out by the mapping: {listed}."
    if counts.quarantined:
        listed = "; ".join(f"{count} × {why}" for why, count in counts.quarantined.most_common(5))
        total = sum(counts.quarantined.values())
        yield f"{table.name}: {total} lines in quarantine (raw_files.quarantine): {listed}."


def _fingerprint(mapping: Path, tables: list[TableReader]) -> str:
    digest = hashlib.sha256(mapping.read_bytes())
    for path in sorted({path for table in tables for path in table.paths}):
        digest.update(path.name.encode())
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()
