"""One exported list, looked at first and then loaded: RD Station's lead base, or any list with a mapping file.

The rows go where the `files` source puts them, by the same mapping engine. A list of contacts meets the API on the same
keys (`contacts.py`); what the API has read of a contact always counts more than a list. Loading is resumable: rows land in
slices, each with the note how far it got, and the same list again adds nothing.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from contract.problems import Problem
from contract.yaml_source import Lines
from ingestion.files.contacts import IDENTIFIERS, KEYS, landed
from ingestion.files.lead_base import mapping_of
from ingestion.files.mapping import FilesError, FilesMapping, load_mapping
from ingestion.files.source import DATASET, PIPELINE, SLICE_ROWS
from ingestion.files.table import KEYS as TABLE_KEYS
from ingestion.files.table import TableReader
from ingestion.normalize import normalize_email
from ingestion.ports import Ports, Target
from ingestion.rows import Row
from ingestion.runner import LoadReport, Session, Slice, load

SYSTEM = "import"


@dataclass(frozen=True)
class Known:
    """What the warehouse has already: keys by canonical table, and e-mails of contacts by the same."""

    keys: dict[str, frozenset[str]] = field(default_factory=dict)
    emails: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass
class TablePreview:
    """What would become of one canonical table. `mapped`: ours ← theirs. Holds no value of any row."""

    table: str
    files: list[str]
    mapped: dict[str, str]
    unused: list[str]
    rows: int = 0
    new: int = 0
    known: int = 0
    left_out: int = 0
    quarantined: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    first_lines: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Import:
    """A list that can be read: its tables, and the hash that says which list and which reading of it this is."""

    tables: list[TableReader]
    digest: str


def open_import(file: Path, mapping: Path | None, time_zone: str) -> Import:
    """Recognise the list, or take it as the mapping says. Raises FilesError or SourceError; nothing is written.

    `file`: the list, or with a mapping also the folder of several. `time_zone`: zone of a lead base's instants.
    """
    if not file.exists():
        raise FilesError([Problem(str(file), 0, "", "does not exist", "Check the path.")])
    if mapping is None:
        parsed, lines = mapping_of(file, time_zone)
        digest = hashlib.sha256(repr(parsed).encode())
    else:
        parsed, lines = load_mapping(mapping)
        digest = hashlib.sha256(mapping.read_bytes())
    tables = _tables(parsed, lines, file if file.is_dir() else file.parent)
    problems = [problem for table in tables for problem in table.problems]
    if problems:
        raise FilesError(problems)
    for path in sorted({path for table in tables for path in table.paths}):
        digest.update(path.name.encode() + path.read_bytes())
    return Import(tables, digest.hexdigest())


def preview(found: Import, known: Known, now: datetime) -> list[TablePreview]:
    """Read everything and say what loading it would do. Writes nothing. SourceError when most lines are bad.

    `now` (aware): lines that tell of a later day are bad.
    """
    return [_preview(table, known, now) for table in found.tables]


def run(found: Import, target: Target, ports: Ports) -> LoadReport:
    """Load the list; what an interrupted run loaded of it is not loaded again."""

    def read(session: Session) -> Iterator[Slice]:
        done: dict[str, int] = session.state.setdefault("imports", {})
        before = done.get(found.digest, 0)
        # One instant for a list, however often it is begun: the slices of an import that goes on must be those that it began with.
        began: dict[str, str] = session.state.setdefault("imports_began", {})
        now = datetime.fromisoformat(began.setdefault(found.digest, ports.clock.now().isoformat()))
        parts = [part for table in found.tables for part in _slices(table, now)]
        if before >= len(parts):
            session.note("This list is loaded already; nothing was added.")
            return
        if before:
            session.note(f"An earlier import of this list stopped after {before} of {len(parts)} slices; it goes on there.")
        for number, part in enumerate(parts, start=1):
            if number > before:
                done[found.digest] = number
                yield part
            ports.progress.step(SYSTEM, number, len(parts), "slices")

    return load(PIPELINE, DATASET, read, target, ports)


def _tables(parsed: FilesMapping, lines: Lines, folder: Path) -> list[TableReader]:
    return [TableReader(name, table, folder, lines, parsed.time_zone) for name, table in parsed.tables.items()]


def _slices(table: TableReader, now: datetime) -> Iterator[Slice]:
    """Rows in slices that land one by one, the refused lines with the last."""
    rows = list(table.rows(now))
    for start in range(0, len(rows), SLICE_ROWS):
        yield Slice(landed(table.name, rows[start : start + SLICE_ROWS], table.files[0].path), origin="file", flush=True)
    if table.quarantine:
        yield Slice({"quarantine": list(table.quarantine)}, origin="file", flush=True)


def _preview(table: TableReader, known: Known, now: datetime) -> TablePreview:
    used = {source for how in table.table.columns.values() for source in how.sources} | set(table.table.where)
    header = list(dict.fromkeys(name for file in table.files for name in file.header))
    shown = TablePreview(
        table.name,
        [path.name for path in table.paths],
        {ours: ", ".join(how.sources) for ours, how in table.table.columns.items()},
        [name for name in header if name not in used],
    )
    keys, emails = known.keys.get(table.name, frozenset()), known.emails.get(table.name, frozenset())
    for row in table.rows(now):
        shown.rows += 1
        is_known = str(row[TABLE_KEYS[table.name]]) in keys or _email(table.name, row) in emails
        shown.known, shown.new = shown.known + is_known, shown.new + (not is_known)
    shown.left_out = sum(table.counts.left_out.values())
    shown.quarantined = len(table.quarantine)
    shown.reasons = dict(Counter(table.counts.quarantined).most_common(10))
    shown.first_lines = [f"{row['file_name']}:{row['line_no']}" for row in table.quarantine[:5]]
    return shown


def _email(name: str, row: Row) -> str | None:
    return normalize_email(row.get("email")).value if name in KEYS else None


def known_queries() -> dict[str, tuple[str, str, str]]:
    """(what, canonical table, SELECT of one column) by name: what `Known` is made of."""
    api = {"rd_station_contacts": "raw_rd_station", "crm_contacts": "raw_rd_station_crm"}
    found: dict[str, tuple[str, str, str]] = {}
    for table, column in TABLE_KEYS.items():
        found[f"{table}.files"] = ("keys", table, f"select distinct {column} from {DATASET}.{table}")
    for table, schema in api.items():
        found[f"{table}.api"] = ("keys", table, f"select distinct {KEYS[table]} from {schema}.contacts")
        for name, source in (("api", f"{schema}.contact_identifiers"), ("files", f"{DATASET}.{IDENTIFIERS[table]}")):
            query = f"select distinct value from {source} where kind = 'email' and value is not null"
            found[f"{table}.{name}.emails"] = ("emails", table, query)
    return found


def known_of(answers: dict[str, list[tuple[Any, ...]]]) -> Known:
    """`Known` from the answers to `known_queries`; a query without an answer (no such table yet) knows nothing."""
    keys: dict[str, set[str]] = {}
    emails: dict[str, set[str]] = {}
    for name, (what, table, _) in known_queries().items():
        side = keys if what == "keys" else emails
        side.setdefault(table, set()).update(row[0] for row in answers.get(name, ()))
    return Known(
        {table: frozenset(found) for table, found in keys.items()}, {table: frozenset(found) for table, found in emails.items()}
    )


__all__ = ["Import", "Known", "TablePreview", "known_of", "known_queries", "open_import", "preview", "run"]
