"""Reads the rows of a plan model into `PlanRow`s, and makes delivery ids."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from activation.errors import PlanError
from activation.ports import PlanRow

_NAMESPACE = uuid.UUID("8f0f2f5e-5d0c-5e57-9a55-0b2c6f3c7b11")
_KEYS = ("sync", "subject_id", "occurrence")
# When the fact happened, by the name its plan model gives it.
_INSTANTS = ("happened_at", "closed_at")
_FIELDS = {*_KEYS, *_INSTANTS, "delivery_id", "eligible", "refusal_reason", "consent_status", "handoff_id",
           "reason_code", "priority", "deadline_at", "value"}  # fmt: skip


def delivery_id(sync: str, subject_id: str, occurrence: str) -> str:
    """The id of a delivery: a hash of its key, never of its content.

    The same key gives the same id for ever, so a marker that the outside recorded is recognised even after the
    ledger was lost.
    """
    return str(uuid.uuid5(_NAMESPACE, json.dumps([sync, subject_id, occurrence])))


def read_plan(sync: str, rows: Iterable[PlanRow | Mapping[str, Any]]) -> dict[str, PlanRow]:
    """Plan rows of `sync` by delivery id. PlanError when a row is unreadable or a key comes twice."""
    plan: dict[str, PlanRow] = {}
    for number, raw in enumerate(rows, start=1):
        row = raw if isinstance(raw, PlanRow) else _read(sync, number, raw)
        if row.sync != sync:
            raise PlanError(
                f"plan of {sync}, row {number}: belongs to sync {row.sync}; filter the plan by sync"
            )
        if row.delivery_id in plan:
            raise PlanError(
                f"plan of {sync}: key (subject_id {row.subject_id}, occurrence {row.occurrence}) comes twice; "
                "the plan model must be unique on (sync, subject_id, occurrence)"
            )
        plan[row.delivery_id] = row
    return plan


def _read(sync: str, number: int, raw: Mapping[str, Any]) -> PlanRow:
    where = f"plan of {sync}, row {number}"
    keys = []
    for name in _KEYS:
        value = raw.get(name, sync if name == "sync" else None)
        if value is None or str(value).strip() == "":
            raise PlanError(f"{where}: column {name} is missing or empty")
        keys.append(str(value))
    instant = next((raw[name] for name in _INSTANTS if raw.get(name) is not None), None)
    return PlanRow(
        sync=keys[0],
        subject_id=keys[1],
        occurrence=keys[2],
        delivery_id=delivery_id(keys[0], keys[1], keys[2]),
        happened_at=_instant(instant, where, " or ".join(_INSTANTS)),
        eligible=_flag(raw.get("eligible", True), where),
        refusal_reason=_text(raw.get("refusal_reason")),
        consent_status=_text(raw.get("consent_status")) or "unknown",
        handoff_id=_text(raw.get("handoff_id")),
        reason_code=_text(raw.get("reason_code")),
        priority=int(raw.get("priority") or 0),
        deadline_at=None if _text(raw.get("deadline_at")) is None else _instant(raw["deadline_at"], where, "deadline_at"),
        value=None if _text(raw.get("value")) is None else Decimal(str(raw["value"])),
        payload={name: value for name, value in raw.items() if name not in _FIELDS},
    )


def _instant(value: Any, where: str, name: str) -> datetime:
    if hasattr(value, "to_pydatetime"):
        value = value.to_pydatetime()
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            value = None
    # A date alone would turn into an instant silently, which design section 3 forbids.
    if not isinstance(value, datetime) or (isinstance(value, date) and value != value):
        raise PlanError(f"{where}: {name} must be an instant (UTC)")
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _flag(value: Any, where: str) -> bool:
    if value is None:
        return False
    if value in (True, False):
        return bool(value)
    raise PlanError(f"{where}: eligible must be true or false")


def _text(value: Any) -> str | None:
    # NaN is how a data frame spells null.
    if value is None or value != value or str(value).strip() == "":
        return None
    return str(value)
