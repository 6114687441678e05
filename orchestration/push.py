"""The push-back stage: what the published plan holds, through the outbox, to the outside; and what came back of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from orchestration import plan_file, policies, syncs
from orchestration.limits import rates_of
from orchestration.runtime import Runtime

if TYPE_CHECKING:
    from activation.report import DeliveryReport


OPEN_STATES = {"pending", "sending", "failed"}  # a push takes these up again by itself


@dataclass(frozen=True)
class Batch:
    """What a push would work on: eligible rows of one snapshot that the outbox does not know, and rows it left open that
    are due again (a quota or a limit of the run stopped them). `key` changes when either side does."""

    snapshot_id: str
    rows: int
    key: str


def deliver_plan(
    runtime: Runtime, dry_run: bool | None, only: str | None = None, accept_unusual: bool = False
) -> dict[str, DeliveryReport]:
    """Deliver every configured sync, or the one of the destination `only`; reports by destination.

    Each sync stands alone: when one fails the others are still pushed, then its error is raised.
    """
    reports: dict[str, DeliveryReport] = {}
    failed: list[Exception] = []
    for sync in syncs.configured(runtime.profile):
        if only is not None and sync.setting != only:
            continue
        try:
            reports[sync.setting] = _deliver(runtime, sync, dry_run, accept_unusual)
        except Exception as error:
            failed.append(error)
    if failed:
        raise failed[0]
    return reports


def _deliver(runtime: Runtime, sync: syncs.Sync, dry_run: bool | None, accept_unusual: bool) -> DeliveryReport:
    from activation.delivery import deliver

    rehearsal = not syncs.settings_of(runtime.profile, sync).live if dry_run is None else dry_run
    if not rehearsal:
        runtime.display.say(sync.doing)
    with sync.opens(runtime) as (destination, consent):
        return deliver(
            sync.name,
            plan_file.rows(runtime.paths.published, sync.table),
            runtime.outbox,
            destination,
            runtime.clock,
            replace(sync.policy(runtime), accept_unusual=accept_unusual),
            dry_run=rehearsal,
            consent=consent,
            progress=lambda done, total: runtime.display.step(sync.doing, done, total, "rows"),
            suppressed=runtime.suppressions,
            rates=rates_of(runtime.profile, sync.account) if sync.account else None,
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
    waiting, newest, now = 0, 0, runtime.now_or_system()
    for sync in syncs.live(runtime.profile):
        known = runtime.outbox.ledger(sync.name) if runtime.outbox.exists() else {}
        oldest = policies.oldest(runtime.profile, sync.setting, now)
        for row in plan_file.rows(published, sync.table, "eligible"):
            happened_at = row.get("happened_at") or row.get("closed_at")
            if happened_at is not None and aware(happened_at) < oldest:
                continue  # it never enters the outbox, so it must not look new for ever
            waiting += delivery_id(sync.name, str(row["subject_id"]), str(row["occurrence"])) not in known
        waiting += _due_again(known, now)
        newest = max([newest, *(int(row["updated_seq"]) for row in known.values())])
    return Batch(snapshot, waiting, f"{snapshot}-{waiting}-{newest}")


def _due_again(known: Mapping[str, Any], now: datetime) -> int:
    """Rows in an open state whose next attempt is due."""
    unfinished = [row for row in known.values() if row["state"] in OPEN_STATES]
    return sum(row["next_attempt_at"] is None or aware(row["next_attempt_at"]) <= now for row in unfinished)


def delivery_figures(report: DeliveryReport) -> dict[str, Any]:
    """The counts of a delivery run for metadata and terminals: plain numbers and texts, nothing personal."""
    figures = report.as_dict()
    figures["plan_size"] = figures.pop("in_plan")
    counted = ("refused", "waiting", "outside_window", "quota_cost")
    figures |= {f"{name}_{reason}": number for name in counted for reason, number in figures.pop(name).items()}
    figures["refused"] = sum(report.refused.values())
    return {name: value for name, value in figures.items() if value is not None}


def aware(instant: datetime) -> datetime:
    """An instant of the state database, which keeps naive UTC on SQLite and aware ones on PostgreSQL."""
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
