"""House rules of the SQL, read from the files: one text for all engines, no clock, raw read by staging alone.

The constructs are those that mean different things, or nothing, on one of the engines (docs/decisions).
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.dbt.raw_fixture import PROJECT

MODELS = sorted((PROJECT / "models").rglob("*.sql"))
FORBIDDEN = {
    r"\bqualify\b": "QUALIFY is not PostgreSQL",
    r"::": "write cast(x as type)",
    r"\bgroup by all\b": "not PostgreSQL",
    r"\bconcat\s*\(": "null handling differs: write ||",
    r"\b(max_by|min_by|arg_max|arg_min|try_cast|safe_cast|count_if|median|string_agg|listagg)\s*\(": "not portable",
    r"\b(now|current_timestamp|current_date|localtimestamp|getdate)\b": "no clock in SQL: use as_of()",
    r"\bfilter\s*\(\s*where\b": "write a case inside the aggregate",
    r"\bilike\b": "not portable: lower() like",
    r"\bdistinct on\b": "only PostgreSQL and DuckDB: row_number()",
    r"\b(double precision|float|real)\b": "decimals or bigint instead of floats",
    r'"': "quoted names are strings on other engines",
    r"\bat time zone\b": "use local_ts or local_date",
}


def sql_of(path: Path) -> str:
    """The SQL alone: Jinja and comments are cut out."""
    text = re.sub(r"\{\{ config\(.*?\n\) \}\}", "", path.read_text(), flags=re.S)  # hooks hold Jinja of their own
    text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", " x ", text, flags=re.S)
    return re.sub(r"--[^\n]*", "", text).lower()


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_model_keeps_to_the_portable_subset(path: Path) -> None:
    sql = sql_of(path)
    found = [f"{pattern}: {why}" for pattern, why in FORBIDDEN.items() if re.search(pattern, sql)]
    assert not found
    for line in re.findall(r"[^\n]*\bdesc\b[^\n]*", sql):
        ordered = len(re.findall(r"\bdesc\b", line))
        assert len(re.findall(r"\bdesc nulls (?:first|last)\b", line)) == ordered, f"say where nulls go: {line.strip()}"


def test_only_staging_reads_raw() -> None:
    """Identity's day asks raw which records changed, by macros (docs/decisions/0014): its first model names what it depends on."""
    sql = {path: re.sub(r"-- depends_on:[^\n]*", "", path.read_text()) for path in MODELS if "staging" not in path.parts}
    assert not [path.name for path, text in sql.items() if "source(" in text]
    named = [path.name for path in sql if "-- depends_on: {{ source(" in path.read_text()]
    assert named == ["int_identity_changes.sql"]


def test_every_model_is_described() -> None:
    described = {
        model["name"]
        for path in (PROJECT / "models").rglob("*.yml")
        for model in (yaml.safe_load(path.read_text()) or {}).get("models", [])
        if model.get("description")
    }
    assert not {path.stem for path in MODELS} - described
