"""Which eligible rows of the published plan the outbox does not know. A snapshot never changes: each is read once per process.

What the outbox knows it goes on knowing, so a later look asks for the rows alone that were unknown before.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import plan_file, publish
from orchestration.syncs import Sync

if TYPE_CHECKING:
    from activation.outbox import Outbox

_SNAPSHOTS = 4  # companies of one process, and a change of snapshot


@dataclass
class Snapshot:
    """One published plan file. `unknown`: by setting, the delivery ids that were unknown when last asked for, and when
    what they tell of happened."""

    id: str
    published: Path
    unknown: dict[str, dict[str, datetime | None]]


_seen: OrderedDict[tuple[str, int, int], Snapshot] = OrderedDict()


def snapshot(published: Path) -> Snapshot | None:
    """The published snapshot; None before the first."""
    publish.recover(published)
    path = published / publish.PLAN_FILE
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    key = (str(path), found.st_ino, found.st_mtime_ns)
    if key not in _seen:
        _seen[key] = Snapshot(plan_file.snapshot_id(published) or "", published, {})
        while len(_seen) > _SNAPSHOTS:
            _seen.popitem(last=False)
    return _seen[key]


def count(found: Snapshot, sync: Sync, outbox: Outbox | None, oldest: datetime) -> int:
    """Eligible rows of the sync's plan, not older than `oldest` (aware UTC), that `outbox` (None: there is none) lacks.

    What is older never enters the outbox, so it must not look new for ever.
    """
    unknown = found.unknown[sync.setting] if sync.setting in found.unknown else _read(found, sync)
    fresh = [key for key, at in unknown.items() if at is None or at >= oldest]
    if outbox is not None:
        for key in outbox.known(sync.name, fresh):
            del unknown[key]
    return sum(key in unknown for key in fresh)


def _read(found: Snapshot, sync: Sync) -> dict[str, datetime | None]:
    from activation.plan import delivery_id

    rows = plan_file.rows(found.published, sync.table, "eligible")
    found.unknown[sync.setting] = {
        delivery_id(sync.name, str(row["subject_id"]), str(row["occurrence"])): _happened(row) for row in rows
    }
    return found.unknown[sync.setting]


def _happened(row: dict[str, datetime | None]) -> datetime | None:
    """Plan files keep naive UTC."""
    at = row.get("happened_at") or row.get("closed_at")
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at
