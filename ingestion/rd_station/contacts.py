"""Phase 2, the calls and rows of one contact: its body, its funnel reading and its events.

Names and identifiers land because identity is resolved by them; free text that no model reads (bio, social
profiles, addresses, birth dates, event payloads) does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ingestion.errors import ApiError
from ingestion.identifiers import identifier_rows
from ingestion.judged import Judge
from ingestion.plausible import BadRecordError
from ingestion.rd_station.client import RdStationApi
from ingestion.rd_station.conversions import conversion_rows, when
from ingestion.rd_station.known import Task, stage_code
from ingestion.rd_station.settings import CLOSED_PRESENTATIONS, EVENT_PAGE, RdStationConfig
from ingestion.rows import Row, boolean, integer, text
from ingestion.runner import Tables

EVENT_TYPES = ("CONVERSION", "OPPORTUNITY")


@dataclass(frozen=True)
class Fetched:
    """The rows of one contact, and the stage segments that its funnel reading implies (None: it is gone)."""

    uuid: str
    tables: Tables
    stage_code: str | None


def fetch_contact(
    api: RdStationApi, config: RdStationConfig, task: Task, fields: frozenset[str], now: datetime, judge: Judge
) -> Fetched:
    """Read one contact. The funnel comes before the conversions: a stage then never lacks its cause.

    A contact that does not exist any more becomes a row with `is_deleted` and nothing personal; one that cannot be read
    goes to quarantine and is asked for again by the next run.
    """
    code: str | None = None

    def read() -> Tables:
        nonlocal code
        tables, code = _read(api, config, task, fields, now, judge)
        return tables

    tables = judge.read("contacts", task.uuid, read)
    return Fetched(task.uuid, tables, code if tables else None)


def _read(
    api: RdStationApi, config: RdStationConfig, task: Task, fields: frozenset[str], now: datetime, judge: Judge
) -> tuple[Tables, str | None]:
    body = api.contact(task.uuid)
    if body is None:
        return {"contacts": [_tombstone(task)]}, None
    funnel, served_at = api.funnel(task.uuid)
    if "lifecycle_stage" not in funnel:
        raise BadRecordError("lifecycle_stage", "missing")
    events = [event for event_type in EVENT_TYPES for event in _events(api, config, task, event_type)]
    tables = {
        "contacts": [contact_row(body, task)],
        "contact_identifiers": _identifiers(body, task.uuid, config),
        "contact_legal_bases": legal_bases(body.get("legal_bases"), task.uuid),
        "contact_fields": _fields(body, task.uuid, fields),
        "funnels": [funnel_row(funnel, task.uuid, served_at or now)],
        "conversions": conversion_rows(task.uuid, events, judge),
    }
    return tables, stage_code(text(funnel.get("lifecycle_stage")), boolean(funnel.get("opportunity")))


def contact_row(body: Row, task: Task) -> Row:
    """A `contacts` row. The creation date comes from the listing: the body has none (A2)."""
    basis = legal_basis(body.get("legal_bases"))
    return {
        "contact_uuid": task.uuid,
        "name": text(body.get("name")),
        "job_title": text(body.get("job_title")),
        "city": text(body.get("city")),
        "state": text(body.get("state")),
        "created_at": task.created_at,
        **{f"legal_{key}": text(basis.get(key)) for key in ("category", "type", "status")},
        "tags": ",".join(sorted(str(tag) for tag in body.get("tags") or [])) or None,
        "is_deleted": False,
    }


def legal_basis(bases: Any) -> Row:
    """The basis that decides about communication: one that was declined beats any that was granted."""
    rows = [
        row
        for row in bases or []
        if isinstance(row, dict) and row.get("category") in (None, "communications")
    ]
    return max(
        rows, key=lambda row: (row.get("status") == "declined", row.get("status") == "granted"), default={}
    )


def legal_bases(bases: Any, uuid: str) -> list[Row]:
    """`contact_legal_bases` rows: all bases as this look found them. The service keeps no dates: looks are the history."""
    rows = [row for row in bases or [] if isinstance(row, dict)]
    return [
        {"contact_uuid": uuid, **{key: text(row.get(key)) for key in ("category", "type", "status")}, "position": position}
        for position, row in enumerate(rows)
    ]


def funnel_row(body: Row, uuid: str, observed_at: datetime) -> Row:
    """A `funnels` row: what the funnel read at `observed_at` (the service's instant)."""
    return {
        "contact_uuid": uuid,
        "lifecycle_stage": text(body.get("lifecycle_stage")),
        "opportunity": boolean(body.get("opportunity")),
        "contact_owner_email": text(body.get("contact_owner_email")),
        "fit": integer(body.get("fit")),
        "interest": integer(body.get("interest")),
        "observed_at": observed_at,
        "record_origin": "snapshot",
    }


def loadable_fields(fields: list[Row], config: RdStationConfig) -> frozenset[str]:
    """The cf_* fields that may land: closed answers, and those that the company named."""
    personal = {config.cpf_field, config.cnpj_field}
    closed = {
        str(row.get("api_identifier"))
        for row in fields
        if row.get("presentation_type") in CLOSED_PRESENTATIONS
    }
    return frozenset(
        name
        for name in closed | set(config.contact_fields)
        if name.startswith("cf_") and name not in personal
    )


def _tombstone(task: Task) -> Row:
    return {"contact_uuid": task.uuid, "created_at": task.created_at, "is_deleted": True}


def _identifiers(body: Row, uuid: str, config: RdStationConfig) -> list[Row]:
    return identifier_rows(
        {"contact_uuid": uuid},
        emails=[body.get("email"), *(body.get("extra_emails") or [])],
        phones=[body.get("phone"), body.get("mobile_phone"), body.get("personal_phone")],
        cpfs=[body.get(config.cpf_field)],
        cnpjs=[body.get(config.cnpj_field)],
    )


def _fields(body: Row, uuid: str, fields: frozenset[str]) -> list[Row]:
    rows = []
    for name in sorted(fields & body.keys()):
        value = body[name]
        joined = ",".join(str(item) for item in value) if isinstance(value, list) else text(value)
        if joined:
            rows.append({"contact_uuid": uuid, "field": name, "value": joined})
    return rows


def _events(api: RdStationApi, config: RdStationConfig, task: Task, event_type: str) -> list[Any]:
    newest = (task.since or {}).get(event_type)
    if newest is None:
        return _all_events(api, task.uuid, event_type)
    cut = newest - timedelta(hours=config.overlap_hours)
    return [event for event in _newest_events(api, task.uuid, event_type, cut) if (when(event) or cut) >= cut]


def _all_events(api: RdStationApi, uuid: str, event_type: str) -> list[Any]:
    """Oldest first: what happens meanwhile is added behind, pages never shift."""
    events: list[Any] = []
    page = 0
    while True:
        page += 1
        rows = api.events(uuid, event_type, page, newest_first=False)
        _refuse_repeats(rows, events)
        events += rows
        if len(rows) < EVENT_PAGE:
            return events


def _newest_events(api: RdStationApi, uuid: str, event_type: str, cut: datetime) -> list[Any]:
    """Newest first until `cut`. When a new event shifts the pages, all is read again: equal rows must count right."""
    while True:
        events: list[Any] = []
        page = 0
        while True:
            page += 1
            rows = api.events(uuid, event_type, page, newest_first=True)
            _refuse_repeats(rows, events)
            events += rows
            dates = [at for row in rows if (at := when(row)) is not None]
            if len(rows) < EVENT_PAGE or (dates and min(dates) < cut):
                break
        if page == 1 or api.events(uuid, event_type, 1, newest_first=True)[:1] == events[:1]:
            return events


def _refuse_repeats(page: list[Any], before: list[Any]) -> None:
    if len(page) == EVENT_PAGE and page == before[-EVENT_PAGE:]:
        raise ApiError("GET /platform/contacts/…/events gives the same page again and again.")
