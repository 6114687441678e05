"""Reads the published plan: the only way from the marts to the push-back. Holds personal data; nothing is logged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from orchestration import publish


def rows(published: Path, table: str, where: str = "true") -> list[dict[str, Any]]:
    """Rows of one plan table; empty when nothing is published yet or the plan has no such table."""
    publish.recover(published)
    path = published / publish.PLAN_FILE
    if not path.exists():
        return []
    with duckdb.connect(str(path), read_only=True) as connection:
        if table not in {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}:
            return []
        result = connection.execute(f"select * from {table} where {where}")
        names = [column[0] for column in result.description]
        return [dict(zip(names, values, strict=True)) for values in result.fetchall()]


def snapshot_id(published: Path) -> str | None:
    """Which snapshot is published; None before the first."""
    found = rows(published, "publication")
    return str(found[0]["snapshot_id"]) if found else None
