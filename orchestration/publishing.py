"""The publish stage: candidate, gate, ledger, swap (docs/decisions/0004). The files themselves are made by `publish`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from orchestration import express, ledger, publish
from orchestration.errors import StageError
from orchestration.faults import crash_point
from orchestration.lock import WarehouseLock
from orchestration.runtime import Runtime
from orchestration.warehouse import DATABASE_TEXT


class GateRefused(StageError):
    """The quality gate stopped the publish; the last good snapshot stays in place."""


@dataclass(frozen=True)
class PublishOutcome:
    """What a publish did. `failures` and `warnings` are the gate's findings as sentences that name rows by key.

    `judgements` is the number of verdicts that entered the ledger: new ones, and those that changed since.
    """

    published: bool
    snapshot_id: str
    as_of: datetime
    tables: Mapping[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    judgements: int = 0

    @property
    def message(self) -> str:
        """Why nothing was published, and what readers see meanwhile."""
        listed = "\n".join(f"  {failure}" for failure in self.failures)
        return f"The quality gate refused to publish; readers keep the last good snapshot.\n{listed}"

    def raise_if_refused(self) -> PublishOutcome:
        if not self.published:
            raise GateRefused(self.message)
        return self


def publish_snapshot(runtime: Runtime) -> PublishOutcome:
    """Publish what the last transform built. Raises StageError when there was none."""
    published = runtime.paths.published
    with WarehouseLock(runtime.paths.locks / "publish.lock")("publish"):  # one candidate folder: one publisher
        return _publish(runtime, published)


def _publish(runtime: Runtime, published: Path) -> PublishOutcome:
    from quality.gates import gate_candidate  # GX takes seconds to import: only when a gate runs

    with runtime.lock("publish"):
        publish.recover(published)
        publication = _publication(runtime)
        crash_point("publish.begin")
        facts = publish.column_facts(runtime.paths.manifest)
        allowed = runtime.profile.publish.personal_columns
        raw = express.raw_tables(runtime.profile)
        candidate = publish.build_candidate(runtime.warehouse, published, publication, facts, allowed, raw)
        ledger.note_changes(runtime.warehouse, publication.as_of, publication.known_at)
    crash_point("publish.candidate")
    gate = gate_candidate(candidate.bi_path, runtime.paths.published_bi)
    failures = [str(failure) for failure in gate.blocking]
    warnings = [str(failure) for failure in gate.failures if failure not in gate.blocking]
    found = (publication.snapshot_id, publication.as_of, candidate.tables, failures, warnings)
    if not gate.passed:
        return PublishOutcome(False, *found)
    crash_point("publish.gated")
    with runtime.lock("verdict ledger"):
        judgements = ledger.append(runtime.warehouse)
    publish.swap(candidate, published)
    crash_point("publish.end")
    return PublishOutcome(True, *found, judgements=judgements)


def _publication(runtime: Runtime) -> publish.Publication:
    built = runtime.state.last_runs(status="ok").get("transform")
    if built is None:
        raise StageError("Nothing was built yet, so there is nothing to publish. Run `bastao run` first.")
    as_of = datetime.strptime(built["detail"]["as_of"], DATABASE_TEXT).replace(tzinfo=UTC)
    known_at = int(built["detail"]["known_at"])
    snapshot_id = f"{as_of:%Y%m%dT%H%M%SZ}-{known_at}"
    return publish.Publication(snapshot_id, as_of, known_at, datetime.now(UTC).replace(microsecond=0))
