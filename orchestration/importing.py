"""`bastao import`: an exported list, first looked at, then loaded into raw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingestion.files import imports
from orchestration import accounts, sources, warehouse
from orchestration.lock import WarehouseLock
from orchestration.profile import Profile
from orchestration.runtime import Runtime


def look(profile: Profile, file: Path, mapping: Path | None) -> list[imports.TablePreview]:
    """What an import would do. Writes nothing. Raises FilesError or SourceError for a list that cannot be read."""
    found = imports.open_import(file, mapping, profile.time_zone)
    with Runtime(profile) as runtime, runtime.lock("import: look"):
        return imports.preview(found, _known(runtime), runtime.clock.now())


def run(profile: Profile, file: Path, mapping: Path | None) -> Any:
    """Load the list; returns ingestion's LoadReport. The models show it after the next run."""
    found = imports.open_import(file, mapping, profile.time_zone)
    with (
        Runtime(profile) as runtime,
        WarehouseLock(runtime.paths.locks / "import.lock")("import"),
        runtime.state.logged("import") as detail,
    ):
        ports = accounts.ports(runtime, "files", runtime.state.next_load_seq())
        report = imports.run(found, sources.target(runtime), ports)
        detail.update(load_seq=report.load_seq, rows=report.rows_by_table)
    return report


def _known(runtime: Runtime) -> imports.Known:
    try:
        with warehouse.opened(runtime, read_only=True) as (connection, _engine):
            tables = connection.execute("select table_schema || '.' || table_name from information_schema.tables").fetchall()
            present = {name for (name,) in tables}
            answers = {
                name: connection.execute(query).fetchall()
                for name, (_, _, query) in imports.known_queries().items()
                if _table_of(query) in present
            }
    except FileNotFoundError:
        answers = {}
    return imports.known_of(answers)


def _table_of(query: str) -> str:
    return query.split(" from ")[1].split()[0]
