"""Deals (v2) and leads (v1) as rows; a lead's custom fields stand at its top level."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ingestion.pipedrive.records import custom, customs, fingerprint, key, moment, reference
from ingestion.pipedrive.settings import PipedriveConfig
from ingestion.plausible import BadRecordError
from ingestion.rows import Row, integer, money, text
from ingestion.runner import Tables

STATUSES = ("open", "won", "lost", "deleted")


def deal_tables(body: Row, config: PipedriveConfig, observed_at: datetime) -> Tables:
    """The row of a deal; its history is read apart, when `history_key` says that there is news."""
    status, names = text(body.get("status")), config.fields
    if status not in STATUSES:
        raise BadRecordError("status", "unknown status")
    fields = customs(body)
    row: Row = {
        "deal_id": key(body),
        "source_lead_id": text(body.get("source_lead_id")),
        "person_id": reference(body, "person_id"),
        "organization_id": reference(body, "org_id"),
        "user_id": _owner(body, config),
        "pipeline_id": reference(body, "pipeline_id"),
        "stage_id": reference(body, "stage_id"),
        "status": status,
        "lost_reason_name": text(body.get("lost_reason")),
        "amount_total": money(body.get("value")),
        "amount_monthly": money(body.get("mrr")),
        "rating": integer(fields.get(names.rating or "")),
        "erp_order": text(fields.get(names.erp_order or "")),
        "parent_deal_id": text(fields.get(names.parent_deal or "")),
        "campaign_name": text(body.get("channel_id")),
        "source_name": None,
        "from_marketing": _from_marketing(body, config),
        "is_archived": body.get("is_archived") is True,
        "created_at": moment(body, "add_time", needed=True),
        "updated_at": moment(body, "update_time", needed=True),
        "stage_changed_at": moment(body, "stage_change_time"),
        "closed_at": moment(body, "won_time") or moment(body, "lost_time") or moment(body, "close_time"),
        "is_deleted": status == "deleted" or body.get("is_deleted") is True,
    }
    if status not in ("won", "lost"):
        row["closed_at"] = None
    row["history_key"] = history_key(row)
    return {"deals": [{**row, "fingerprint": fingerprint(row), "observed_at": observed_at}]}


def history_key(row: Row) -> str:
    """Changes when the changelog must hold something new that we keep: stage, status, owner or rating."""
    said = "|".join(str(row[name]) for name in ("stage_id", "stage_changed_at", "status", "user_id", "rating"))
    return hashlib.md5(said.encode(), usedforsecurity=False).hexdigest()


def lead_tables(body: Row, config: PipedriveConfig, labels: Mapping[str, str], known: Row | None, observed_at: datetime) -> Tables:
    """The row of a lead. `known`: what we had of it, for the instant of its archiving, which the API does not tell:
    the change that showed it archived first."""
    names, value = config.fields, body.get("value")
    updated_at, archived = moment(body, "update_time", needed=True), body.get("is_archived") is True
    before = known["archived_at"] if known else None
    row: Row = {
        "lead_id": key(body),
        "person_id": reference(body, "person_id"),
        "organization_id": reference(body, "organization_id"),
        "user_id": _owner(body, config),
        "source_deal_id": reference(body, "source_deal_id"),
        "lost_reason_name": text(custom(body.get(names.lead_reason or ""))) if archived else None,
        "temperature": next((name for one in _list(body, "label_ids") if (name := labels.get(str(one)))), None),
        "amount_total": money(value.get("amount")) if isinstance(value, dict) else money(value),
        "rating": integer(custom(body.get(names.rating or ""))),
        "erp_order": text(custom(body.get(names.erp_order or ""))),
        "parent_deal_id": text(custom(body.get(names.parent_deal or ""))),
        "campaign_name": text(body.get("channel_id")),
        "source_name": text(body.get("source_name")),
        "from_marketing": _from_marketing(body, config),
        "is_archived": archived,
        "archived_at": (before or updated_at) if archived else None,
        "created_at": moment(body, "add_time", needed=True),
        "updated_at": updated_at,
        "is_deleted": False,
    }
    return {"leads": [{**row, "fingerprint": fingerprint(row), "observed_at": observed_at}]}


def _owner(body: Row, config: PipedriveConfig) -> str | None:
    owner = reference(body, "owner_id")
    return None if owner in config.nobody else owner


def _from_marketing(body: Row, config: PipedriveConfig) -> bool:
    wanted = {origin.lower() for origin in config.marketing_origins}
    return any(str(body.get(name) or "").strip().lower() in wanted for name in ("origin_id", "origin", "channel_id", "source_name"))


def _list(body: Row, name: str) -> list[Any]:
    value = body.get(name)
    if value is not None and not isinstance(value, list):
        raise BadRecordError(name, "not a list")
    return value or []
