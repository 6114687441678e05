"""The media cost source: every export of the media folder that is new or changed, file by file.

A load reads whole files and appends their days; staging keeps, of each account, campaign and day, what the latest export
says. The same file again (same bytes, same reading) is not loaded again; a file that was taken away leaves its days.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from contract.problems import Problem, did_you_mean
from contract.yaml_source import Lines
from ingestion.errors import SourceError
from ingestion.media_cost.export import Company, Export, as_problem, read_export
from ingestion.media_cost.links import Seen, link_rows
from ingestion.media_cost.rates import Rates
from ingestion.media_cost.settings import MediaCostError, MediaCostMapping, load_mapping
from ingestion.ports import Ports, Target
from ingestion.rows import Row
from ingestion.runner import LoadReport, Reader, Session, Slice, load

DATASET = "raw_media_cost"
PIPELINE = "media_cost"
SYSTEM = "media_cost"
_SUFFIXES = (".csv", ".tsv", ".txt", ".gz")
_SEEN = "select distinct platform, account_id, campaign_ref, campaign_name from raw_media_cost.daily"


def run(mapping: Path, folder: Path, currency: str, time_zone: str, target: Target, ports: Ports) -> LoadReport:
    """Load the exports of `folder`. Raises MediaCostError or SourceError; files that were loaded before stay.

    `currency` and `time_zone` are the company's. A folder without exports is no error: the company may have none yet.
    """
    if not exports_of(folder):
        load_mapping(mapping)
        note = f"There is no export in {folder} yet: put the CSV exports of the ad accounts there."
        return LoadReport({}, ports.load_seq, 0.0, (note,))
    return load(PIPELINE, DATASET, reader(mapping, folder, currency, time_zone, ports), target, ports)


def exports_of(folder: Path) -> list[Path]:
    """The exports in the media folder, by name."""
    return sorted(p for p in folder.glob("*") if p.suffix in _SUFFIXES) if folder.is_dir() else []


def reader(mapping: Path, folder: Path, currency: str, time_zone: str, ports: Ports | None = None) -> Reader:
    """A reader for the runner. Mapping and file names are checked here, before the warehouse is touched."""
    parsed, lines = load_mapping(mapping)
    rates = mapping.parent / parsed.rates if parsed.rates else None
    company = Company(currency, time_zone, Rates(rates))
    files = _accounts_of(parsed, folder, lines)
    rates_digest = hashlib.sha256(rates.read_bytes()).hexdigest() if rates else ""

    def read(session: Session) -> Iterator[Slice]:
        known: dict[str, str] = session.state.setdefault("files", {})
        seen: set[Seen] = {(row[0], row[1], row[2], row[3]) for row in session.read(seen=_SEEN)["seen"]}
        # Everything is read before the first slice leaves: a wrong file must not load by halves.
        fresh = [(path, index, _digest(path, repr(parsed.accounts[index]), currency, time_zone, rates_digest))
                 for path, index in files]  # fmt: skip
        fresh = [(path, index, digest) for path, index, digest in fresh if known.get(path.name) != digest]
        exports = _read(fresh, parsed, company, lines)
        for done, (export, (path, _, digest)) in enumerate(zip(exports, fresh, strict=True), start=1):
            known[path.name] = digest
            seen |= {(row["platform"], row["account_id"], row["campaign_ref"], row["campaign_name"]) for row in export.rows}
            _note(session, export)
            yield Slice(_tables(export), origin="file")
            if ports is not None:
                ports.progress.step(SYSTEM, done, len(fresh), "files")
        links = link_rows(seen, parsed.campaigns)
        digest = hashlib.sha256(repr(links).encode()).hexdigest()
        if session.state.get("links") != digest:
            session.state["links"] = digest
            yield Slice({"links": links}, origin="file")
        elif not fresh:
            session.note("The media exports did not change since the last load.")

    return read


def _read(
    fresh: list[tuple[Path, int, str]], parsed: MediaCostMapping, company: Company, lines: Lines
) -> list[Export]:
    exports, problems = [], list[Problem]()
    for path, index, _ in fresh:
        try:
            exports.append(read_export(path, parsed.accounts[index], company, (lines, index)))
        except MediaCostError as error:
            problems += error.problems
        except SourceError as error:
            problems.append(as_problem(error, lines, index))
    if problems:
        raise MediaCostError(problems)
    return exports


def _accounts_of(parsed: MediaCostMapping, folder: Path, lines: Lines) -> list[tuple[Path, int]]:
    """(export, index of its account); every export belongs to exactly one account, or money would be lost or doubled."""
    found, problems = [], list[Problem]()
    patterns = [account.file for account in parsed.accounts]
    for path in exports_of(folder):
        owners = [index for index, pattern in enumerate(patterns) if _fits(path, pattern)]
        if len(owners) == 1:
            found.append((path, owners[0]))
            continue
        what = "belongs to no account" if not owners else f"belongs to {len(owners)} accounts"
        remedy = f"{did_you_mean(path.name, patterns)} Or take the file out of {folder}." if not owners else "Narrow `file:`."
        problems.append(lines.problem(("accounts",), f"{path.name} {what}", remedy))
    if problems:
        raise MediaCostError(problems)
    return found


def _fits(path: Path, pattern: str) -> bool:
    return path.match(pattern) or path.match(f"{pattern}.gz")


def _tables(export: Export) -> dict[str, list[Row]]:
    return {"daily": export.rows, "files": [export.summary], "quarantine": export.quarantine}


def _digest(path: Path, *reading: str) -> str:
    digest = hashlib.sha256(path.read_bytes())
    for text in reading:
        digest.update(b"\0" + text.encode())
    return digest.hexdigest()


def _note(session: Session, export: Export) -> None:
    bad, name = export.quarantine, export.summary["file_name"]
    if bad:
        session.note(
            f"media_cost: {len(bad)} lines of {name} in quarantine (raw_media_cost.quarantine), first at line "
            f"{bad[0]['line_no']}: {bad[0]['column_name']} {bad[0]['reason']}."
        )
