"""What a property's history says: stays in stages, when a record was closed, who owned it and how it was rated when.

HubSpot lists values newest first and keeps only the last ones of each property: what was landed before stays, so each stay and
each change has an id of its own (`stage_visits.visit_id`, `record_changes.changed_at`).
"""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime, timedelta
from typing import Any

from ingestion.rows import Row, instant, integer, text

Entries = list[tuple[datetime, str | None]]
AT_BIRTH = timedelta(seconds=5)  # an owner who is set this soon was there at birth


def entries(record: Row, name: str | None) -> Entries:
    """Values of a property with their instants, oldest first, repetitions left out. ValueError for a bad instant."""
    found: Entries = []
    rows = (record.get("propertiesWithHistory") or {}).get(name) or [] if name else []
    dated = [(at, text(row.get("value"))) for row in rows[::-1] if (at := instant(row.get("timestamp"))) is not None]
    for at, value in sorted(dated, key=lambda pair: pair[0]):
        if not found or found[-1][1] != value:
            found.append((at, value))
    return found


def visits(kind: str, key: str, stages: Entries, ends: Set[str]) -> list[Row]:
    """Stays in stages; the closed ones are no stays: a record that is reopened where it was goes on with its stay."""
    found: list[Row] = []
    for at, stage in stages:
        if stage is None or stage in ends or (found and found[-1]["stage_id"] == stage):
            continue
        if found:
            found[-1]["end_at"] = at
        visit_id = f"{kind}:{key}:{at:%Y%m%d%H%M%S%f}"
        found.append({"record_kind": kind, "record_id": key, "visit_id": visit_id, "stage_id": stage, "start_at": at, "end_at": None})
    return found


def closed_since(stages: Entries, ends: Set[str]) -> datetime | None:
    """Since when a record is in the closed stage that it is in; None when it is open."""
    if not stages or stages[-1][1] not in ends:
        return None
    return stages[-1][0]


def owner_changed(owners: Entries, created: datetime | None) -> bool:
    """Whether the owner at creation was another one, or nobody."""
    if not owners:
        return False
    return len(owners) > 1 or (created is not None and owners[0][0] - created > AT_BIRTH)


def changes(kind: str, key: str, owners: Entries, ratings: Entries) -> list[Row]:
    """One row per change of owner or rating, with both as they were from then on."""
    found: list[Row] = []
    state: dict[str, Any] = {"owner_id": None, "rating": None}
    events = [(at, "owner_id", value) for at, value in owners] + [(at, "rating", value) for at, value in ratings]
    for at, name, value in sorted(events, key=lambda event: event[0]):
        state[name] = integer(value) if name == "rating" else value
        if found and found[-1]["changed_at"] == at:
            found.pop()
        found.append({"record_kind": kind, "record_id": key, **state, "changed_at": at})
    return found
