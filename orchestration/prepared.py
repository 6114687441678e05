"""Parsed dbt projects, shared by all homes of one checkout: a first parse takes ten seconds, a later one two.

Kept beside the project under `target/` (never committed), one folder per engine and CRM, with a mark that says of which files it was
made. Only DuckDB's: on PostgreSQL the name of the database is part of what dbt parses.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from orchestration.paths import DBT_PROJECT

MARK = "manifest.inputs"
SHARED = DBT_PROJECT / "target" / "prepared"
_PARTS = ("parse/partial_parse.msgpack", "parse/manifest.json", "manifest.json")


def fetch(home: Path, engine: str, crm: str, inputs: str) -> bool:
    """Copy a prepared parse into a home's dbt folder, if one was made of the same `inputs`; says whether it did."""
    source = SHARED / f"{engine}-{crm}" / inputs
    if engine != "duckdb" or not (source / MARK).is_file():
        return False
    for part in _PARTS:
        target = home / part
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / part, target)
    return True


def offer(home: Path, engine: str, crm: str, inputs: str) -> None:
    """Keep a home's parse for other homes: whole or not at all, and only the newest."""
    folder = SHARED / f"{engine}-{crm}"
    if engine != "duckdb" or (folder / inputs).exists() or not os.access(DBT_PROJECT, os.W_OK):
        return
    folder.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
    for part in _PARTS:
        (new / part).parent.mkdir(exist_ok=True)
        shutil.copyfile(home / part, new / part)
    (new / MARK).write_text(inputs)
    try:
        new.rename(folder / inputs)
    except OSError:  # another process was first
        shutil.rmtree(new, ignore_errors=True)
    for old in folder.iterdir():
        if old.name not in (inputs, new.name) and not old.name.startswith(".new-"):
            shutil.rmtree(old, ignore_errors=True)


def main() -> None:
    """Parse the project once, so that the first run of a company does not have to: `python -m orchestration.prepared`."""
    from orchestration import dbt_runner, settings
    from orchestration.paths import PROJECT_ROOT

    with tempfile.TemporaryDirectory() as home:
        demo = PROJECT_ROOT / "profiles" / "demo"
        dbt_runner.prepare_manifest(settings.load_profile(demo, {"BASTAO_HOME": home}))


if __name__ == "__main__":
    main()
