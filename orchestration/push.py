"""The push-back stage: what the published plan holds, through the outbox, to the outside; and what came back of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from orchestration import plan_file, policies, syncs, unsent
from orchestration.limits import rates_of
from orchestration.runtime import Runtime

if TYPE_CHECKING:
    from activation.report import DeliveryReport


@dataclass(frozen=True)
class Batch:
    """What a push of one sync, or of all, would work on: eligible rows of one snapshot that the outbox does not know, and
    rows it left open that are due again (a quota or a limit of the run stopped them). `key` changes when either side does."""

    snapshot_id: str
    rows: int
    key: str
    setting: str = ""


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
    """What waits for all live destinations together; None when nothing is published."""
    batches = waiting_batches(runtime)
    if batches is None:
        return None
    snapshot = plan_file.snapshot_id(runtime.paths.published) or ""
    rows, newest = sum(batch.rows for batch in batches), "+".join(batch.key for batch in batches)
    return Batch(snapshot, rows, newest or snapshot)


def waiting_batches(runtime: Runtime) -> list[Batch] | None:
    """What waits for each live destination that nobody paused; None when nothing is published.

    Costs what is open, not what was ever planned or sent: a snapshot's rows are asked for once, the ledger by index.
    """
    snapshot = unsent.snapshot(runtime.paths.published)
    if snapshot is None:
        return None
    exists, now = runtime.outbox.exists(), runtime.now_or_system()
    if policies.stop_file(runtime.paths.home).exists():
        return []
    batches = []
    for sync in syncs.live(runtime.profile):
        if exists and runtime.outbox.paused(sync.name):
            continue
        oldest = policies.oldest(runtime.profile, sync.setting, now)
        waiting = unsent.count(snapshot, sync, runtime.outbox if exists else None, oldest)
        waiting += runtime.outbox.due(sync.name, now) if exists else 0
        newest = runtime.outbox.newest_seq(sync.name) if exists else 0
        batches.append(Batch(snapshot.id, waiting, f"{snapshot.id}-{waiting}-{newest}", sync.setting))
    return batches


def delivery_figures(report: DeliveryReport) -> dict[str, Any]:
    """The counts of a delivery run for metadata and terminals: plain numbers and texts, nothing personal."""
    figures = report.as_dict()
    figures["plan_size"] = figures.pop("in_plan")
    counted = ("refused", "waiting", "outside_window", "quota_cost")
    figures |= {f"{name}_{reason}": number for name in counted for reason, number in figures.pop(name).items()}
    figures["refused"] = sum(report.refused.values())
    return {name: value for name, value in figures.items() if value is not None}

