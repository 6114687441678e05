"""One asset per raw table; the tables of one source are made together, by one load."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dagster import (
    AssetCheckResult,
    AssetCheckSpec,
    AssetsDefinition,
    AssetSpec,
    Failure,
    MaterializeResult,
    multi_asset,
)

from ingestion.tables import TABLES
from orchestration import stages
from orchestration.assets.guard import guarded
from orchestration.assets.translator import raw_key
from orchestration.profile import Profile
from orchestration.sources import ALWAYS, SCHEMAS

CHECK = "raw_gate"


def raw_assets(profile: Profile) -> list[AssetsDefinition]:
    """The loads of this company's sources, and of what it always has: agreement, inbox, deliveries."""
    return [_source_assets(profile, name) for name in [*profile.source_names, *ALWAYS]]


def missing_specs(profile: Profile) -> list[AssetSpec]:
    """Raw tables of systems that this company does not have: they exist, stay empty, and nobody loads them."""
    present = {SCHEMAS[name] for name in [*profile.source_names, *ALWAYS]}
    absent = [schema for schema in TABLES if schema not in present]
    about = "This company has no such source; only `bastao import` may fill it."
    return [
        AssetSpec(raw_key(schema, table), group_name="not_used", description=about)
        for schema in absent
        for table in TABLES[schema]
    ]


def _source_assets(profile: Profile, source: str) -> AssetsDefinition:
    schema = SCHEMAS[source]
    tables = sorted(TABLES[schema])
    anchor = raw_key(schema, tables[0])
    specs = [AssetSpec(raw_key(schema, table), group_name="ingestion", kinds={"dlt"}) for table in tables]
    check = AssetCheckSpec(CHECK, asset=anchor, description=f"Great Expectations on what {source} landed.")

    @multi_asset(name=f"ingest_{source}", specs=specs, check_specs=[check])
    def ingest() -> Iterator[Any]:
        with guarded():
            report = stages.ingest(profile, source)
            gate = stages.gate_raw(profile, source, report.load_seq)
        for table in tables:
            metadata = {"rows": report.rows_by_table.get(table, 0), "load_seq": report.load_seq}
            yield MaterializeResult(asset_key=raw_key(schema, table), metadata=metadata)
        failures = {str(number): failure for number, failure in enumerate(gate.failures)}
        yield AssetCheckResult(check_name=CHECK, asset_key=anchor, passed=gate.passed, metadata=failures)
        if not gate.passed:
            raise Failure(gate.message, allow_retries=False)

    return ingest
