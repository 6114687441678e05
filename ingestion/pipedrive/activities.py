"""Activities (v2) and the results of calls (v1's call logs, where a telephony app writes them)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ingestion.pipedrive.records import fingerprint, key, moment, reference
from ingestion.pipedrive.settings import PipedriveConfig
from ingestion.plausible import BadRecordError
from ingestion.rows import Row, text
from ingestion.runner import Tables

OUTCOMES = {
    "connected": "contact", "replied": "contact", "held": "contact", "no_answer": "no_answer", "busy": "no_answer",
    "left_message": "no_answer", "left_voicemail": "no_answer", "wrong_number": "no_answer",
}  # fmt: skip


def activity_tables(body: Row, config: PipedriveConfig) -> Tables:
    """One activity. Its subject and notes are not read: they hold what people said."""
    kind, done = text(body.get("type")), body.get("done") in (True, 1)
    row: Row = {
        "activity_id": key(body),
        "deal_id": reference(body, "deal_id"),
        "lead_id": text(body.get("lead_id")),
        "type": config.activity_types.get(kind or "", kind),
        "outcome": OUTCOMES.get(str(body.get("outcome") or "").lower()),
        "done": done,
        "done_at": moment(body, "marked_as_done_time") if done else None,
        "due_at": _due(body),
        "created_at": moment(body, "add_time", needed=True),
        "updated_at": moment(body, "update_time", needed=True),
        "user_id": reference(body, "owner_id"),
        "is_deleted": body.get("is_deleted") is True,
    }
    if row["user_id"] in config.nobody:
        row["user_id"] = None
    return {"activities": [{**row, "fingerprint": fingerprint(row)}]}


def call_log_tables(body: Row) -> Tables:
    """The result of one call; an outcome that we do not know says nothing."""
    row = {
        "call_log_id": key(body),
        "activity_id": reference(body, "activity_id"),
        "outcome": OUTCOMES.get(str(body.get("outcome") or "").lower(), "unknown"),
    }
    return {"call_logs": [{**row, "fingerprint": fingerprint(row)}]}


def _due(body: Row) -> datetime | None:
    """A due date without a time is a day, not an instant: it is left out."""
    day, time = body.get("due_date"), body.get("due_time")
    if not day or not time:
        return None
    if isinstance(time, dict):  # some answers wrap it
        time = time.get("value")
    together: dict[str, Any] = {"due": f"{day}T{time}"}
    try:
        return moment(together, "due")
    except BadRecordError:
        raise BadRecordError("due_time", "not an instant") from None
