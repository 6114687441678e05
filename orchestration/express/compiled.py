"""The models' SQL as dbt compiles it, for one instant that is filled in later: compiled once, run for each rejection."""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from orchestration import dbt_runner, warehouse
from orchestration.express import MODEL
from orchestration.profile import Profile

DATABASE = "warehouse"  # the name of the database in every compiled relation
_LATER = "1901-02-03 04:05:06"  # stands for as_of in the compiled text; no other text is like it
_ALL_LOADS = 2**63 - 1
# What stands for a model's pre-hook, which is a programme of its own in dbt: here the components of a handful of records.
# Contradictions are not resolved: whom they concern is left to the next whole run (slices.py).
_OF_A_DAY = re.compile(r"\{\{ (begin_identity|note_\w+_of_today)\(\) \}\}")  # what a day touches: here all of a handful is built
_HOOKS = {
    # Whose company a record is decides nothing of what the lane returns; decisions by hand come with the next whole run.
    "int_company_nodes": "create table intermediate.int_company_work_parts (node_no bigint, label bigint)",
    "int_person_nodes": "create table intermediate.int_person_nodes_work_labels (node_no bigint, label bigint)",
    "int_identity_labels": """
    create table intermediate.int_identity_labels_work_labels as
    with recursive reached as (
        select node_no, node_no as other_no from intermediate.int_identity_edges
        union
        select reached.node_no, edges.other_no
        from reached inner join intermediate.int_identity_edges as edges on reached.other_no = edges.node_no
    )
    select node_no, min(other_no) as label from reached group by node_no""",
}


@dataclass(frozen=True)
class Statement:
    """One model: the relation it makes, and of what. Views become tables too: later models read them again and again."""

    relation: str
    sql: str
    before: str | None = None

    def at(self, as_of: datetime) -> str:
        """The statement as of an instant (aware or naive UTC, whole seconds)."""
        return f"create table {self.relation} as ({self.sql.replace(_LATER, as_of.strftime(warehouse.DATABASE_TEXT))})"


@dataclass(frozen=True)
class Compiled:
    """The models of the plan in their order; `schemas` must exist before they run."""

    statements: tuple[Statement, ...]

    @property
    def schemas(self) -> set[str]:
        """Schemas of the models, as the relations name them."""
        return {statement.relation.rsplit(".", 1)[0] for statement in self.statements}


def compile_plan(profile: Profile) -> Compiled:
    """Compile the plan's models. Takes seconds: once per process. Raises DbtError."""
    dbt_runner.prepare_manifest(profile)
    variables = {**warehouse.settled_variables(profile), "as_of": _LATER, "known_at": _ALL_LOADS}
    with tempfile.TemporaryDirectory(dir=profile.paths.dbt) as folder:
        nodes = dbt_runner.compiled(profile, MODEL, variables, Path(folder) / f"{DATABASE}.duckdb")
    # An ephemeral model has no relation: dbt has put its SQL into those that read it.
    return Compiled(tuple(statement_of(node) for node in nodes if node["config"]["materialized"] != "ephemeral"))


def statement_of(node: dict[str, Any]) -> Statement:
    """A compiled model (its node of the manifest) as a statement. NotImplementedError as hook_of says."""
    return Statement(node["relation_name"], node["compiled_code"], hook_of(node))


def hook_of(node: dict[str, Any]) -> str | None:
    """What stands here for the pre-hooks of a model (its node of the manifest). NotImplementedError for one that is unknown."""
    hooks = [hook["sql"] for hook in node["config"].get("pre-hook", []) if not _OF_A_DAY.fullmatch(hook["sql"].strip())]
    if not hooks:
        return None
    if node["name"] not in _HOOKS:
        raise NotImplementedError(f"{node['name']} has a pre-hook that the express lane does not know: see {__name__}")
    return _HOOKS[node["name"]]
