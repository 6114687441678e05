"""Write, audit, publish: the marts become immutable files that readers can open at any time.

``build_candidate`` copies the schemas ``marts`` and ``plan`` of the warehouse into a candidate folder; the quality
gate reads the candidate; ``swap`` puts it in place by atomic renames. Readers never meet a lock and never see half
a run; the last good snapshot stays where it is until a better one passed the gate. Where rejections are returned at once
(``orchestration/express``), a third file holds the raw rows that this needs.

A kill between the two renames would leave files of two runs. The candidate therefore carries a ``READY`` mark:
``recover`` (called by every swap, and by every reader of the plan) finishes a swap that was begun.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb

from orchestration.durable import fsync
from orchestration.paths import Paths
from orchestration.publish_copy import copy_from_duckdb, copy_from_postgres, copy_tables

BI_FILE = "bastao.duckdb"
PLAN_FILE = "plan.duckdb"
FACTS_FILE = "facts.duckdb"
CANDIDATE = ".candidate"
READY = "READY"


@dataclass(frozen=True)
class Publication:
    """What a snapshot says of itself (table ``marts.publication``, one row).

    ``as_of`` and ``published_at`` are aware UTC instants; ``known_at`` is the last load sequence it knows.
    """

    snapshot_id: str
    as_of: datetime
    known_at: int
    published_at: datetime


@dataclass(frozen=True)
class ColumnFacts:
    """What the dbt manifest knows of the columns of a mart: descriptions, and which are personal data."""

    descriptions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    personal: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """A snapshot that nobody reads yet. ``tables`` maps ``schema.table`` to its row count."""

    bi_path: Path
    plan_path: Path
    tables: Mapping[str, int]
    facts_path: Path | None = None


def column_facts(manifest_path: Path) -> ColumnFacts:
    """Descriptions and ``meta: {pii: true}`` tags of the models in schemas marts and plan, from dbt's manifest."""
    nodes = json.loads(manifest_path.read_text(encoding="utf-8"))["nodes"].values()
    descriptions: dict[str, dict[str, str]] = {}
    personal: dict[str, frozenset[str]] = {}
    for node in nodes:
        if node["resource_type"] != "model" or node["schema"] not in ("marts", "plan"):
            continue
        key = f"{node['schema']}.{node['alias'] or node['name']}"
        columns = node.get("columns", {})
        descriptions[key] = {name: c.get("description", "") for name, c in columns.items()}
        descriptions[key][""] = node.get("description", "")
        personal[key] = frozenset(n for n, c in columns.items() if _is_personal(c))
    return ColumnFacts(descriptions, personal)


def _is_personal(column: Mapping) -> bool:
    meta = {**(column.get("config", {}).get("meta") or {}), **(column.get("meta") or {})}
    return bool(meta.get("pii"))


def build_candidate(
    warehouse: Path | str,
    published_dir: Path,
    publication: Publication,
    facts: ColumnFacts,
    personal_allowed: Iterable[str] = (),
    raw_tables: Sequence[tuple[str, str]] = (),
) -> Candidate:
    """Copy marts and plan into ``published_dir/.candidate`` and return it; an older candidate is thrown away.

    ``warehouse`` is the DuckDB file, or a ``postgresql://`` URL. Columns tagged personal are left out of the BI file
    unless ``personal_allowed`` names them as ``table.column``. The plan file keeps them (mode 0600): the push-back
    needs addresses. ``raw_tables`` (schema, table) go into a facts file, as private; without any there is none.
    The caller holds the warehouse lock while this runs (a DuckDB file has one writer).
    """
    folder = published_dir / CANDIDATE
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    bi, plan = folder / BI_FILE, folder / PLAN_FILE
    hidden = _hidden_columns(facts, personal_allowed)
    tables = _copy(warehouse, bi, "marts", hidden, facts, publication)
    old_mask = os.umask(0o077)  # the plan holds addresses: nobody else may read it, from its first byte on
    try:
        tables |= _copy(warehouse, plan, "plan", {}, facts, publication)
        raw = folder / FACTS_FILE if raw_tables and not isinstance(warehouse, str) else None
        if raw is not None and not isinstance(warehouse, str):
            copy_tables(warehouse, raw, raw_tables, publication)
    finally:
        os.umask(old_mask)
    return Candidate(bi, plan, tables, raw)


def _copy(
    warehouse: Path | str,
    target: Path,
    schema: str,
    hidden: Mapping[str, frozenset[str]],
    facts: ColumnFacts,
    publication: Publication,
) -> dict[str, int]:
    if isinstance(warehouse, str):
        return copy_from_postgres(warehouse, target, schema, hidden, facts.descriptions, publication)
    return copy_from_duckdb(warehouse, target, schema, hidden, facts.descriptions, publication)


def _hidden_columns(facts: ColumnFacts, allowed: Iterable[str]) -> dict[str, frozenset[str]]:
    allowed = set(allowed)
    return {
        table: frozenset(c for c in columns if f"{table.split('.')[1]}.{c}" not in allowed)
        for table, columns in facts.personal.items()
        if table.startswith("marts.")
    }


def swap(candidate: Candidate, published_dir: Path) -> None:
    """Put the candidate in place. Safe to kill at any point: ``recover`` finishes what was begun."""
    folder = candidate.bi_path.parent
    if candidate.facts_path is None:  # an older one may hold what was erased since
        (published_dir / FACTS_FILE).unlink(missing_ok=True)
    for path in (candidate.bi_path, candidate.plan_path, candidate.facts_path):
        if path is not None:
            fsync(path)
    ready = folder / READY
    ready.write_text("the gate passed; finish the swap\n", encoding="utf-8")
    fsync(ready)
    fsync(folder)
    recover(published_dir)


@contextmanager
def opened(paths: Paths) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published marts, read-only, once a swap that a kill interrupted is finished. FileNotFoundError when nothing is published."""
    recover(paths.published)
    if not paths.published_bi.exists():
        raise FileNotFoundError(f"Nothing is published yet ({paths.published_bi}). Run `bastao run` first.")
    with duckdb.connect(str(paths.published_bi), read_only=True) as connection:
        yield connection


def recover(published_dir: Path) -> bool:
    """Finish a swap that a kill interrupted. Returns whether there was anything to do."""
    folder = published_dir / CANDIDATE
    if not (folder / READY).exists():
        return False
    for name in (FACTS_FILE, PLAN_FILE, BI_FILE):
        if (folder / name).exists():
            (folder / name).replace(published_dir / name)
    fsync(published_dir)
    shutil.rmtree(folder)
    return True
