"""The stages of the line as plain functions: Dagster's assets, the command line and the tests call the same ones.

Each may be killed at any moment and run again: what is done is found done, what is half done is finished or redone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestration import dbt_runner, purge, sources, warehouse
from orchestration.faults import crash_point
from orchestration.profile import Profile
from orchestration.publishing import PublishOutcome, publish_snapshot
from orchestration.push import confirm_deliveries, deliver_plan, delivery_figures
from orchestration.runtime import Runtime

__all__ = [
    "confirm",
    "deliver",
    "delivery_figures",
    "gate_raw",
    "ingest",
    "publish",
    "transform",
    "transform_stream",
]


def ingest(profile: Profile, source: str) -> Any:
    """Load what is new at one source into raw; returns ingestion's LoadReport. Raises IngestionError."""
    with Runtime(profile) as runtime, runtime.state.logged(f"ingest {source}") as detail:
        runtime.display.say(f"reading {source.replace('_', ' ')}")
        crash_point(f"ingest.{source}.begin")
        report = sources.load(runtime, source)
        crash_point(f"ingest.{source}.end")
        detail.update(load_seq=report.load_seq, rows=report.rows_by_table)
    return report


def gate_raw(profile: Profile, source: str, load_seq: int) -> Any:
    """Great Expectations on the rows of one load; returns quality's GateResult."""
    from quality.gates import gate_raw as check  # GX takes seconds to import: only when a gate runs

    with Runtime(profile) as runtime, runtime.lock(f"quality gate on raw {source}"):
        warehouse.create_missing(runtime)
        return check(runtime.warehouse, sources.SCHEMAS[source], load_seq)


def transform(profile: Profile, select: str | None = None) -> dict[str, int]:
    """Build and test the models; returns how many nodes ended in which status. Raises DbtError."""
    statuses: dict[str, int] = {}
    for event in transform_stream(profile, select):
        status = str(event["data"]["node_info"].get("node_status"))
        statuses[status] = statuses.get(status, 0) + 1
    return statuses


def transform_stream(profile: Profile, select: str | None = None) -> Iterator[dict[str, Any]]:
    """Like `transform`, yielding dbt's result events on the way. `select` is dbt's selection text."""
    dbt_runner.prepare_manifest(profile)
    with Runtime(profile) as runtime, runtime.state.logged("transform") as detail, runtime.lock("dbt build"):
        warehouse.create_missing(runtime)
        purge.erase_recorded(runtime)
        variables = warehouse.variables(runtime)
        runtime.display.say("building and testing the models")
        total = None if select else dbt_runner.node_count(profile)
        crash_point("transform.begin")
        for done, event in enumerate(dbt_runner.stream(profile, variables, select), start=1):
            crash_point("transform.node")
            runtime.display.step("dbt", done, total, "models and tests")
            yield event
        if select is None:
            purge.warehouse_if_due(runtime)
        crash_point("transform.end")
        detail.update(as_of=variables["as_of"], known_at=variables["known_at"], select=select)


def publish(profile: Profile) -> PublishOutcome:
    """Write the candidate files, let the gate read them, and swap them in if it passes."""
    with Runtime(profile) as runtime, runtime.state.logged("publish") as detail:
        runtime.display.say("checking the marts and publishing them")
        outcome = publish_snapshot(runtime)
        detail.update(snapshot_id=outcome.snapshot_id, published=outcome.published, judgements=outcome.judgements)
    return outcome


def confirm(profile: Profile) -> int:
    """Note the deliveries that the outside recorded, as the published plan shows them; returns how many are new."""
    with Runtime(profile) as runtime, runtime.state.logged("confirm") as detail:
        detail["confirmed"] = confirmed = confirm_deliveries(runtime)
    return confirmed


def deliver(
    profile: Profile, dry_run: bool | None = None, only: str | None = None, accept_unusual: bool = False
) -> dict[str, Any]:
    """Push the plans' rows that were not pushed; returns activation's DeliveryReports by destination.

    `dry_run` None means what bastao.yaml says (`live`) of each destination. A dry run writes nothing, here or outside.
    `accept_unusual`: a person looked at a plan that is much larger than usual.
    """
    with Runtime(profile) as runtime:
        if dry_run:
            return deliver_plan(runtime, True, only, accept_unusual)
        with runtime.state.logged("deliver") as detail:
            reports = deliver_plan(runtime, dry_run, only, accept_unusual)
            detail.update({name: delivery_figures(report) for name, report in reports.items()})
    return reports
