"""Fields that an account's people may rename, delete or turn into another kind: told when new, a gate when one we read is lost.

Kept in the source's state: the fields as they were last seen. A field of ours that is gone would land as empty values, and
figures made from it would be wrong without a sound. A field that never was there is a matter of the settings: a note.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from ingestion.errors import SourceError
from ingestion.rows import instant
from ingestion.runner import Session

SHOWN = 10
EVERY = timedelta(hours=1)  # runs that hooks start come by the minute


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
    seen: dict[str, dict[str, str]] = session.state.setdefault("fields_seen", {})
    before = seen.get(record)
    wrong = []
    for name in sorted(set(used) & set(before or {})):
        was = (before or {})[name]
        if name not in now:
            wrong.append(f"{name} is gone")
        elif was != now[name]:
            wrong.append(f"{name} was {was} and is {now[name]} now")
    if wrong:
        raise SourceError(
            f"{system}: fields of {record} are not what they were: {'; '.join(wrong)}. Nothing was read. Put them back, or name "
            f"others (or none) under {setting} in bastao.yaml."
        )
    if before is None:
        if missing := sorted(set(used) - set(now)):
            session.note(f"{system}: {record} have no field {_shown(missing)} ({setting}); what it would tell stays empty.")
    elif new := sorted(set(now) - set(before)):
        session.note(f"{system}: {record} have new fields: {_shown(new)}.")
    seen[record] = dict(now)


def _shown(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
