"""Runs the SQL of the identity models on an in-memory DuckDB without dbt: thousands of small companies in seconds.

The text is the models' own, Jinja, hooks and macros included; only what dbt gives to a model (ref, var, run_query) is
given here. That dbt runs the same text on both engines is what tests/e2e compares.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2

from contract.identity import IdentityDecisions
from contract.rows.besides import merge_rows, split_rows
from tests.dbt.raw_fixture import PROJECT

MODELS = ("int_identity_links", "int_identity_edges", "int_identity_labels", "int_identity_seeds", "int_person_nodes")
VARIABLES = {"identity_max_records": 5, "identity_shared_mailboxes": [], "identity_agency_domains": []}
_MACROS = "".join((PROJECT / "macros" / name).read_text() for name in ("ids.sql", "identity.sql", "companies.sql", "protheus.sql"))
_OWN = """
{% macro hash_id(expr) %}md5({{ expr }}){% endmacro %}
{% macro crm(name) %}stg_crm{% endmacro %}
{% macro no_text() %}cast(null as varchar){% endmacro %}
{% macro identity_day() %}{{ "" }}{% endmacro %}
{% macro of_today(table, part) %}{{ table }}{% endmacro %}
{% macro only_today(column, work) %}{% endmacro %}
{% macro note_values_of_today() %}{% endmacro %}
{% macro note_scope_of_today() %}{% endmacro %}
{% macro left_by_hooks(name) %}{{ name }}{% endmacro %}
{% macro drop_left_by_hooks(name) %}drop table if exists {{ name }}{% endmacro %}
{% macro identity_work(name) %}{{ name }}{% endmacro %}
"""
Identifier = tuple[str, str]


def person_id(node: str) -> str:
    """The id of the person that is named after a record."""
    return hashlib.md5(f"person:{node}".encode(), usedforsecurity=False).hexdigest()


@dataclass
class Company:
    """Records in the order in which they were loaded, each with its identifiers (kind, value); and what was decided."""

    records: Mapping[str, Iterable[Identifier]]
    decisions: IdentityDecisions = field(default_factory=IdentityDecisions)

    def people(self) -> dict[str, str]:
        """Record -> person_id, as the models decide."""
        with duckdb.connect(config={"threads": 1}) as connection:
            self.build(connection)
            return dict(connection.execute("select node, person_id from int_person_nodes").fetchall())

    def build(self, connection: Any) -> None:
        """Make the models' tables on a connection."""
        nodes = [(node, number, number) for number, node in enumerate(self.records, start=1)]
        found = [
            (node, number, kind, value)
            for number, (node, identifiers) in enumerate(self.records.items(), start=1)
            for kind, value in sorted(set(identifiers))
        ]
        table(connection, "int_identity_nodes", "node varchar, node_no bigint, first_load_seq bigint", nodes)
        table(connection, "int_identity_identifiers", "node varchar, node_no bigint, kind varchar, identifier varchar", found)
        connection.execute("alter table int_identity_identifiers add column refusal_reason varchar")
        connection.execute("alter table int_identity_nodes add column source_system varchar")
        connection.execute("alter table int_identity_nodes add column source_id varchar")
        merges = [(row["node"], row["merge_group"]) for row in merge_rows(self.decisions)]
        splits = [(row["split_no"], row["node"], row["party"]) for row in split_rows(self.decisions)]
        table(connection, "stg_agreement__identity_merges", "node varchar, merge_group varchar", merges)
        table(connection, "stg_agreement__identity_splits", "split_no bigint, node varchar, party varchar", splits)
        for model in MODELS:
            run_model(connection, PROJECT / "models/intermediate/identity" / f"{model}.sql")


def table(connection: Any, name: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """A table of rows; None is null."""
    connection.execute(f"create table {name} ({columns})")
    if rows:
        values = ", ".join("(" + ", ".join("null" if value is None else f"'{value}'" for value in row) + ")" for row in rows)
        connection.execute(f"insert into {name} values {values}")


_ENVIRONMENT = jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.StrictUndefined)


@lru_cache(maxsize=100)
def _template(text: str) -> jinja2.Template:
    return _ENVIRONMENT.from_string(_MACROS + _OWN + text)


def run_model(connection: Any, path: Any, variables: Mapping[str, Any] = VARIABLES) -> None:
    """Create the table of one model, its hooks before and after."""
    hooks: dict[str, Any] = {}

    def run_query(sql: str) -> Any:
        rows = connection.execute(sql).fetchall()  # of the last statement, as dbt does
        return SimpleNamespace(columns=[SimpleNamespace(values=lambda: [row[0] for row in rows])])

    given = {
        "ref": lambda name: name, "var": lambda name: variables[name], "run_query": run_query, "execute": True,
        "flags": SimpleNamespace(WHICH="run"), "this": SimpleNamespace(schema="main"), "none": None,
        "config": lambda **values: hooks.update(values) or "",
    }  # fmt: skip
    _ENVIRONMENT.globals.update(given)

    def render(text: str) -> str:
        return _template(text).render(given)

    sql = render(path.read_text())
    for hook in _listed(hooks.get("pre_hook")):
        render(hook)
    connection.execute(f"create or replace table {path.stem} as ({sql.strip()})")
    for hook in _listed(hooks.get("post_hook")):
        connection.execute(render(hook) or "select 1")


def _listed(hook: str | list[str] | None) -> list[str]:
    return hook if isinstance(hook, list) else [hook] if hook else []
