"""Fields that an account's people may rename, delete or turn into another kind: told when new, a gate when one we read is lost.

Kept in the source's state: the fields as they were last seen. A field of ours that is gone would land as empty values, and
figures made from it would be wrong without a sound. A field that never was there is a matter of the settings: a note.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ingestion.errors import SourceError
from ingestion.rows import instant
from ingestion.runner import Session

SHOWN = 10
EVERY = timedelta(hours=1)  # runs that hooks start come by the minute
STATE = "fields_seen"


@dataclass(frozen=True)
class Fields:
    """The fields of one kind of record of an account (name -> type), and the names of those that are read."""

    record: str
    now: Mapping[str, str]
    used: frozenset[str]

    def changed(self, before: Mapping[str, str]) -> list[str]:
        """What became of those that are read since they were seen as `before`; empty when all are as they were."""
        wrong = []
        for name in sorted(self.used & set(before)):
            if name not in self.now:
                wrong.append(f"{name} is gone")
            elif before[name] != self.now[name]:
                wrong.append(f"{name} was {before[name]} and is {self.now[name]} now")
        return wrong

    def missing(self, before: Mapping[str, str]) -> list[str]:
        """Those that the settings name and that never were there."""
        return sorted(self.used - set(self.now) - set(before))


def is_due(session: Session, now: datetime) -> bool:
    """Whether the fields should be looked at in this run (`now` is naive UTC); the next question is answered in an hour."""
    last = instant(session.state.get("fields_at"))
    if last is not None and timedelta(0) <= now - last < EVERY:
        return False
    session.state["fields_at"] = now.isoformat()
    return True


def watch(session: Session, system: str, record: str, now: Mapping[str, str], used: Collection[str], setting: str) -> None:
    """Compare the fields of one kind of record (name -> type) with those last seen; `used`: the names that are read.

    `setting`: where bastao.yaml names them. Raises SourceError when one that was there is gone or of another type.
    """
    fields = Fields(record, now, frozenset(used))
    seen: dict[str, dict[str, str]] = session.state.setdefault(STATE, {})
    before = seen.get(record)
    if wrong := fields.changed(before or {}):
        raise SourceError(
            f"{system}: fields of {record} are not what they were: {'; '.join(wrong)}. Nothing was read. Put them back, or name "
            f"others (or none) under {setting} in bastao.yaml."
        )
    if before is None:
        if missing := fields.missing({}):
            session.note(f"{system}: {record} have no field {_shown(missing)} ({setting}); what it would tell stays empty.")
    elif new := sorted(set(now) - set(before)):
        session.note(f"{system}: {record} have new fields: {_shown(new)}.")
    seen[record] = dict(now)


def last_seen(pipelines: Path, pipeline: str, system: str) -> dict[str, dict[str, str]]:
    """The fields by kind of record as the last load saw them, for who only looks: from dlt's own copy of the cursors.

    The warehouse's copy is what counts at a load, but whoever holds the warehouse would have to be waited for. Empty before
    the first load.
    """
    path = pipelines / pipeline / "state.json"
    if not path.exists():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    return dict(stored.get("sources", {}).get(system, {}).get(STATE, {}))


def _shown(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
