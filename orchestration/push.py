"""The push-back stage: what the published plan holds, through the outbox, to the outside; and what came back of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration import plan_file
from orchestration.profile import Profile
from orchestration.runtime import Runtime


@dataclass(frozen=True)
class Sync:
    """One destination's sync and the table of the plan file that feeds it."""

    name: str
    table: str


OPEN_STATES = {"pending", "sending", "failed"}  # a push takes these up again by itself
SYNCS = {"rd_station_nurture": Sync("nurture_return", "plan_nurture_return")}


@dataclass(frozen=True)
class Batch:
    """What a push would work on: eligible rows of one snapshot that the outbox does not know, and rows it left open that
    are due again (a quota or a limit of the run stopped them). `key` changes when either side does."""

    snapshot_id: str
    rows: int
    key: str


def deliver_plan(runtime: Runtime, dry_run: bool | None) -> Any:
    """Deliver the sync of every configured destination; returns the DeliveryReport (one destination so far)."""
    from activation.delivery import deliver
    from orchestration import accounts, policies

    profile = runtime.profile
    settings = profile.destinations.rd_station_nurture
    if settings is None:
        return None
    sync = SYNCS["rd_station_nurture"]
    rehearsal = not settings.live if dry_run is None else dry_run
    with accounts.nurture_destination(runtime) as (destination, consent):
        return deliver(
            sync.name,
            plan_file.rows(runtime.paths.published, sync.table),
            runtime.outbox,
            destination,
            runtime.clock,
            policies.nurture_policy(runtime),
            dry_run=rehearsal,
            consent=consent,
            progress=lambda done, total: runtime.display.step("returning leads", done, total, "leads"),
        )


def confirm_deliveries(runtime: Runtime) -> int:
    """Close what ingestion saw arrive; returns how many deliveries were confirmed now."""
    from activation.confirmation import confirm

    return confirm(runtime.outbox, plan_file.rows(runtime.paths.published, "plan_confirmations")).confirmed


def waiting_batch(runtime: Runtime) -> Batch | None:
    """Live destinations' eligible rows that are not in the outbox; None when nothing is published."""
    from activation.plan import delivery_id

    published = runtime.paths.published
    snapshot = plan_file.snapshot_id(published)
    if snapshot is None:
        return None
    waiting, newest = 0, 0
    for sync in live_syncs(runtime.profile):
        known = runtime.outbox.ledger(sync.name) if runtime.outbox.exists() else {}
        for row in plan_file.rows(published, sync.table, "eligible"):
            waiting += delivery_id(sync.name, str(row["subject_id"]), str(row["occurrence"])) not in known
        waiting += _due_again(runtime, known)
        newest = max([newest, *(int(row["updated_seq"]) for row in known.values())])
    return Batch(snapshot, waiting, f"{snapshot}-{waiting}-{newest}")


def _due_again(runtime: Runtime, known: Mapping[str, Any]) -> int:
    """Rows in an open state whose next attempt is due."""
    unfinished = [row for row in known.values() if row["state"] in OPEN_STATES]
    if not unfinished:
        return 0
    now = runtime.now_or_system()
    return sum(row["next_attempt_at"] is None or aware(row["next_attempt_at"]) <= now for row in unfinished)


def live_syncs(profile: Profile) -> list[Sync]:
    """Syncs whose destination the operator has set live."""
    found = ((sync, getattr(profile.destinations, name)) for name, sync in SYNCS.items())
    return [sync for sync, settings in found if settings is not None and settings.live]


def delivery_figures(report: Any) -> dict[str, Any]:
    """The counts of a delivery run for metadata and terminals: plain numbers and texts, nothing personal."""
    if report is None:
        return {}
    figures = report.as_dict()
    figures["plan_size"] = figures.pop("in_plan")
    counted = ("refused", "waiting", "outside_window")
    figures |= {f"{name}_{reason}": number for name in counted for reason, number in figures.pop(name).items()}
    figures["refused"] = sum(report.refused.values())
    return {name: value for name, value in figures.items() if value is not None}


def aware(instant: datetime) -> datetime:
    """An instant of the state database, which keeps naive UTC on SQLite and aware ones on PostgreSQL."""
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant


def stop_file(home: Path) -> Path:
    """The kill switch: while this file exists nothing is pushed."""
    return home / "STOP"
