"""Calls, messages, e-mails, meetings and tasks: what a seller did, and how it ended (contract 3.4, 9.10).

The text of an activity never lands. What came in from the lead is no attempt of sales: its type says so.
"""

from __future__ import annotations

from ingestion.hubspot.settings import HubspotConfig
from ingestion.rows import Row, instant, text

PROPERTIES: dict[str, tuple[str, ...]] = {
    "calls": ("hs_call_direction", "hs_call_disposition", "hs_call_status"),
    "communications": ("hs_communication_channel_type",),
    "emails": ("hs_email_direction", "hs_email_status"),
    "meetings": ("hs_meeting_start_time", "hs_meeting_outcome", "hs_activity_type"),
    "tasks": ("hs_task_status", "hs_task_type", "hs_task_completion_date"),
}
SHARED = ("hs_timestamp", "hs_createdate", "hubspot_owner_id")
CHANNELS = {"WHATS_APP": "whatsapp", "SMS": "sms", "LINKEDIN_MESSAGE": "linkedin"}
NOT_YET = ("SCHEDULED", "SENDING", "QUEUED", "CONNECTING", "RINGING", "IN_PROGRESS", "RESCHEDULED", "CANCELED", "CANCELLED")


def activity_properties(kind: str) -> list[str]:
    """The properties asked for."""
    return [*SHARED, *PROPERTIES[kind]]


def activity_row(kind: str, body: Row, leads: list[str], deals: list[str], config: HubspotConfig) -> Row:
    """An `activities` row. ValueError, TypeError or KeyError: it cannot be read."""
    values = dict(body["properties"])
    type_, is_done, outcome = _KINDS[kind](values, config)
    at = instant(values.get("hs_meeting_start_time") or values.get("hs_timestamp"))
    if kind == "tasks":
        done_at, due_at = instant(values.get("hs_task_completion_date")) or instant(body.get("updatedAt")), at
    else:
        done_at, due_at = at, at if not is_done else None
    return {
        "activity_id": f"{kind.removesuffix('s')}:{body['id']}",
        "object_kind": kind,
        "lead_id": leads[0] if leads else None,
        "deal_id": deals[0] if deals else None,
        "type": type_,
        "is_done": is_done,
        "outcome": outcome,
        "done_at": done_at if is_done else None,
        "due_at": due_at,
        "created_at": instant(values.get("hs_createdate") or body.get("createdAt")),
        "updated_at": instant(body.get("updatedAt")),
        "owner_id": text(values.get("hubspot_owner_id")),
        "is_deleted": False,
    }


Judged = tuple[str, bool, str]


def _call(values: Row, config: HubspotConfig) -> Judged:
    status = text(values.get("hs_call_status")) or "COMPLETED"
    outcome = config.outcome_of(text(values.get("hs_call_disposition")))
    if outcome == "unknown" and status in ("NO_ANSWER", "BUSY", "FAILED"):
        outcome = "no_answer"
    return "call_inbound" if values.get("hs_call_direction") == "INBOUND" else "call", status not in NOT_YET, outcome


def _communication(values: Row, config: HubspotConfig) -> Judged:
    """A log of a message: without direction (3.4), so it counts as the seller's; without result."""
    return CHANNELS.get(text(values.get("hs_communication_channel_type")) or "", "message"), True, "unknown"


def _email(values: Row, config: HubspotConfig) -> Judged:
    status = text(values.get("hs_email_status")) or "SENT"
    outcome = "no_answer" if status in ("BOUNCED", "FAILED") else "unknown"
    return "email" if values.get("hs_email_direction") in (None, "EMAIL") else "email_inbound", status not in NOT_YET, outcome


def _meeting(values: Row, config: HubspotConfig) -> Judged:
    result = text(values.get("hs_meeting_outcome"))
    outcome = {"COMPLETED": "contact", "NO_SHOW": "no_answer"}.get(result or "", "unknown")
    named = (text(values.get("hs_activity_type")) or "").lower()
    return config.meeting_types.get(named, "meeting"), result not in NOT_YET, outcome


def _task(values: Row, config: HubspotConfig) -> Judged:
    kind = {"CALL": "call", "EMAIL": "email"}.get(text(values.get("hs_task_type")) or "", "task")
    return kind, values.get("hs_task_status") == "COMPLETED", "unknown"


_KINDS = {"calls": _call, "communications": _communication, "emails": _email, "meetings": _meeting, "tasks": _task}
