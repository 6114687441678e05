"""Deals: what v2 lists and v1 details, as one set of rows per deal (rd_station.md B1, B3, C1)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

from ingestion.plausible import BadRecordError
from ingestion.rd_station_crm.client import CrmApi
from ingestion.rd_station_crm.settings import PAGE, WINDOW_ROWS
from ingestion.rows import Row, boolean, instant, integer, money, text
from ingestion.runner import Tables

STATUSES = ("won", "lost", "ongoing", "paused")


def deal_tables(
    listed: Row, detail: Row | None, observed_at: datetime, order_label: str, reasons: Mapping[str, str]
) -> Tables:
    """The rows of one deal, all with the instant `observed_at`.

    v1's detail wins where both speak, it was read last; `updated_at` stays v2's, so that a change between the two
    calls shows as news in the next run. Without a detail (the v1 token's user does not see the deal) the columns
    that only v1 has are null.
    """
    v1: Row = detail or {}
    deal_id = str(listed["id"])
    reason = text(v1.get("deal_lost_reason_id") or listed.get("lost_reason_id"))
    row = {
        "deal_id": deal_id,
        "amount_monthly": money(
            _either(v1, ("amount_montly", "amount_monthly"), listed.get("recurrence_price"))
        ),
        "amount_unique": money(_either(v1, ("amount_unique",), listed.get("one_time_price"))),
        "amount_total": money(_either(v1, ("amount_total",), listed.get("total_price"))),
        "rating": integer(_either(v1, ("rating",), listed.get("rating"))),
        **_status(v1, listed),
        "stage_id": text(_id(v1.get("deal_stage")) or listed.get("stage_id")),
        "pipeline_id": text(_id(v1.get("deal_pipeline")) or listed.get("pipeline_id")),
        "user_id": text(_id(v1["user"]) if "user" in v1 else listed.get("owner_id")),
        "user_changed": boolean(v1.get("user_changed")),
        "organization_id": text(listed.get("organization_id") or _id(v1.get("organization"))),
        "campaign_name": _name(v1.get("campaign")),
        "source_name": _name(v1.get("deal_source")),
        "lost_reason_id": reason,
        "lost_reason_name": reasons.get(reason or "") or _name(v1.get("deal_lost_reason")),
        "from_rdsm_integration": boolean(v1.get("from_rdsm_integration")),
        "parent_deal_id": _parent(v1),
        "erp_order": _custom(v1, order_label),
        "created_at": instant(listed.get("created_at") or v1.get("created_at")),
        "updated_at": instant(listed.get("updated_at") or v1.get("updated_at")),
        "closed_at": instant(v1["closed_at"] if "closed_at" in v1 else listed.get("closed_at")),
        "observed_at": observed_at,
        "is_deleted": False,
    }
    if not isinstance(named := listed.get("contact_ids") or [], list):
        raise BadRecordError("contact_ids", "not a list")
    contacts = [
        {"deal_id": deal_id, "contact_id": str(contact), "position": position}
        for position, contact in enumerate(dict.fromkeys(named))
    ]
    return {"deals": [row], "deal_stage_visits": _visits(deal_id, v1), "deal_contacts": contacts}


def tombstone(deal_id: str, observed_at: datetime) -> Tables:
    """A deal that does not exist any more."""
    return {"deals": [{"deal_id": deal_id, "observed_at": observed_at, "is_deleted": True}]}


def owner_changes(api: CrmApi, created: Mapping[str, datetime]) -> dict[str, bool]:
    """`user_changed` of the deals in `created` (id → creation instant): only v1's list has it, not the detail.

    Pages through windows of creation time; a window is halved while it holds many more deals than are wanted.
    """
    flags: dict[str, bool] = {}
    pending = [sorted(created.items(), key=lambda pair: pair[1])]
    while pending:
        wanted = [pair for pair in pending.pop() if pair[0] not in flags]
        if not wanted:
            continue
        first, last = wanted[0][1], wanted[-1][1]
        rows, total = api.deals_created(first, last, 1)
        _take(rows, created, flags)
        pages = -(-min(total, WINDOW_ROWS) // PAGE)
        if len(wanted) > 1 and pages - 1 > max(1, len(wanted) // 10):
            pending += [wanted[: len(wanted) // 2], wanted[len(wanted) // 2 :]]
            continue
        for page in range(2, pages + 1):
            _take(api.deals_created(first, last, page)[0], created, flags)
    return flags


def _take(rows: list[Row], created: Mapping[str, datetime], flags: dict[str, bool]) -> None:
    for row in rows:
        changed, key = boolean(row.get("user_changed")), str(row.get("id") or row.get("_id"))
        if key in created and changed is not None:
            flags[key] = changed


def _visits(deal_id: str, v1: Row) -> list[Row]:
    """Stage visits in order; a missing end is the next visit's start (B1: two open entries were seen)."""
    rows: list[Row] = []
    for entry in v1.get("deal_stage_histories") or []:
        start = instant(entry.get("start_date"))
        visit: Row = {
            "deal_id": deal_id,
            "visit_id": text(entry.get("id") or entry.get("_id")),
            "stage_id": text(entry.get("deal_stage_id")),
            "start_at": start,
            "end_at": instant(entry.get("end_date")),
        }
        if start is not None:
            rows.append(visit)
    rows.sort(key=lambda row: (row["start_at"], row["visit_id"] or ""))
    for visit, following in pairwise(rows):
        visit["end_at"] = visit["end_at"] or following["start_at"]
    return rows


def _status(v1: Row, listed: Row) -> Row:
    status = text(listed.get("status"))
    if "win" in v1:
        win, hold = boolean(v1.get("win")), boolean(v1.get("hold"))
        if win is None and v1.get("win") is not None:
            raise BadRecordError("win", "neither true nor false")
        status = {True: "won", False: "lost"}.get(win, "paused" if hold else "ongoing")  # type: ignore[arg-type]
        return {"win": win, "hold": hold, "status": status}
    if status not in STATUSES:
        raise BadRecordError("status", "missing or unknown")
    return {
        "win": {"won": True, "lost": False}.get(status or ""),
        "hold": status == "paused",
        "status": status,
    }


def _either(v1: Row, keys: tuple[str, ...], otherwise: Any) -> Any:
    return next((v1[key] for key in keys if v1.get(key) is not None), otherwise)


def _id(value: Any) -> Any:
    return (value.get("id") or value.get("_id")) if isinstance(value, dict) else None


def _name(value: Any) -> str | None:
    return text(value.get("name")) if isinstance(value, dict) else None


def _parent(v1: Row) -> str | None:
    relation = v1.get("deal_pipeline_relation")
    return text(_id(relation.get("parent_deal"))) if isinstance(relation, dict) else None


def _custom(v1: Row, label: str) -> str | None:
    for entry in v1.get("deal_custom_fields") or []:
        field = entry.get("custom_field") or {}
        if str(field.get("label", "")).strip().lower() == label.lower():
            value = entry.get("value")
            return text(value[0] if isinstance(value, list) and value else value)
    return None
