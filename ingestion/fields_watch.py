"""Fields that an account's people may rename, delete or turn into another kind: told when new, a gate when one we read is lost.

Kept in the source's state: the fields as they were last seen. A field of ours that is gone would land as empty values, and
figures made from it would be wrong without a sound. A field that never was there is a matter of the settings: a note.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ingestion.errors import SourceError
from ingestion.own_fields import STATE, Fields
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


def watch(session: Session, system: str, fields: Fields) -> None:
    """Compare `fields` with what the last run saw, and remember them.

    Raises SourceError when one that is read was there and is gone or of another type.
    """
    seen: dict[str, dict[str, str]] = session.state.setdefault(STATE, {})
    before = seen.get(fields.record)
    if wrong := fields.changed(before or {}):
        raise SourceError(
            f"{system}: fields of {fields.record} are not what they were: {'; '.join(wrong)}. Nothing was read. {fields.remedy}"
        )
    if before is None:
        if missing := fields.missing({}):
            session.note(f"{system}: {fields.record} have no field {_shown(missing)} ({fields.setting}); what it would tell stays empty.")
    elif new := sorted(set(fields.now) - set(before)):
        session.note(f"{system}: {fields.record} have new fields: {_shown(new)}.")
    seen[fields.record] = dict(fields.now)


def _shown(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")
