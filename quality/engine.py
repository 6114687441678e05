"""Great Expectations on DuckDB and PostgreSQL, by SQL push-down, with an ephemeral context built from code.

Two facts shape this module (read in Great Expectations 1.24): it hands back the connection before it fetches, and
DuckDB then drops the rows, unless the dialect is in the list of those whose connection it keeps; and it reports an
expectation that could not be computed as ``success: false`` with the reason in ``exception_info``, so that a broken
suite would look like bad data. Both are dealt with here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quality.rules import Rule


@dataclass(frozen=True)
class Outcome:
    """What became of one rule. ``error`` is set when it could not be computed (never the same as failing)."""

    rule: Rule
    passed: bool
    error: str | None = None


class _Dialect(str):
    """A text that also answers ``.value``, as Great Expectations' own enumeration does."""

    @property
    def value(self) -> str:
        return str(self)


def connection_string(target: Path | str) -> str:
    """SQLAlchemy URL of a DuckDB file (a path) or of a PostgreSQL database (a URL)."""
    if isinstance(target, Path):
        return f"duckdb:///{target}"
    return target.replace("postgresql://", "postgresql+psycopg://", 1)


@contextmanager
def _data_source(target: Path | str) -> Iterator[Any]:
    import great_expectations as gx
    from great_expectations.execution_engine import sqlalchemy_execution_engine as engine_module

    known = engine_module._PERSISTED_CONNECTION_DIALECTS
    if "duckdb" not in known:
        engine_module._PERSISTED_CONNECTION_DIALECTS = (*known, _Dialect("duckdb"))  # type: ignore[assignment]
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    arguments = {"connect_args": {"read_only": True}} if isinstance(target, Path) else {}
    source: Any = context.data_sources.add_sql(  # `kwargs` goes to SQLAlchemy's create_engine
        "target",
        connection_string=connection_string(target),
        kwargs=arguments,  # type: ignore[call-arg]
    )
    try:
        yield source
    finally:
        engine = source.get_execution_engine()
        if getattr(engine, "_connection", None) is not None:
            engine._connection.close()  # the file lock lives as long as this connection
        engine.engine.dispose()
        source.get_engine().dispose()


def validate(target: Path | str, rules: Sequence[Rule]) -> list[Outcome]:
    """Run the rules on a DuckDB file (read only) or a PostgreSQL URL; one batch per table, in table order."""
    by_table: dict[str, list[Rule]] = {}
    for rule in rules:
        by_table.setdefault(rule.table, []).append(rule)
    outcomes: list[Outcome] = []
    with _data_source(target) as source:
        for table, group in by_table.items():
            outcomes += _validate_table(source, table, group)
    return outcomes


def _validate_table(source: Any, table: str, rules: Sequence[Rule]) -> list[Outcome]:
    import great_expectations as gx
    import great_expectations.expectations as gxe

    schema, name = table.split(".")
    asset = source.add_table_asset(table.replace(".", "_"), table_name=name, schema_name=schema)
    batch = asset.add_batch_definition_whole_table("all").get_batch()
    # One suite per table bundles its rules into few queries; `meta` ties each result back to its rule, and keeps two
    # rules with the same arguments from being merged into one.
    expectations = [
        getattr(gxe, rule.expectation)(**dict(rule.arguments), meta={"rule": number})
        for number, rule in enumerate(rules)
    ]
    suite = gx.ExpectationSuite(name=table, expectations=expectations)
    results = batch.validate(suite, result_format="BOOLEAN_ONLY").results
    by_number = {result.expectation_config.meta["rule"]: result for result in results}
    return [
        Outcome(rule, bool(by_number[n].success), _error(by_number[n].exception_info)) for n, rule in enumerate(rules)
    ]


def _error(info: Any) -> str | None:
    """The first exception message in ``exception_info``, which is flat or keyed by metric."""
    if not info:
        return None
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if isinstance(entry, dict) and entry.get("raised_exception"):
            return str(entry.get("exception_message") or "unknown error").splitlines()[0]
    return None
