"""Histories of properties (contract 3.5): each value with its instant and source, newest first."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.server.hubspot.records import Record, converted_at, has_lead, number
from sandbox.server.state.crm_entities import Deal
from sandbox.server.times import zulu

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

Values = list[tuple[datetime, str | None]]
CLOSED = {"won": "closedwon", "lost": "closedlost"}
QUALIFIED, UNQUALIFIED = "qualified-stage-id", "unqualified-stage-id"
TRACKED = {
    "hubspot_owner_id": "user_id", "nota_do_vendedor": "rating", "motivo_da_perda": "lost_reason_id",
    "hs_lead_disqualification_reason": "lost_reason_id",
}  # fmt: skip


def stage_values(sandbox: "Sandbox", record: Record) -> Values:
    """Stages of a lead or deal, oldest first. A closed deal is in a closed stage; a reopened one is back in its own."""
    deal: Deal = record.entity
    turned = converted_at(sandbox, deal) if record.kind == "leads" else None
    moves: list[tuple[datetime, int, str]] = [(visit.start, 0, visit.stage_id) for visit in deal.visits]
    moves += [(at, 1, value) for at, name, value in deal.trail if name == "status" and value != "paused"]
    found: Values = []
    stage: str | None = None
    for at, kind, value in sorted(moves, key=lambda move: move[:2]):
        if kind == 0:
            stage = number("stages", value)
        if record.kind == "deals" and at < record.created:
            continue
        if turned is not None and at >= turned:
            found.append((turned, QUALIFIED))
            break
        shown = stage
        if kind == 1 and value in CLOSED:
            shown = UNQUALIFIED if record.kind == "leads" else f"{CLOSED[value]}-{number('pipelines', deal.pipeline_id)}"
        if not found or found[-1][1] != shown:
            found.append((at, shown))
    return found


def values_of(sandbox: "Sandbox", record: Record, name: str) -> Values:
    """The history of one property, oldest first. A lead that became a deal stands still from then on."""
    if name in ("dealstage", "hs_pipeline_stage"):
        return stage_values(sandbox, record)
    field = TRACKED.get(name)
    if field is None or not isinstance(record.entity, Deal):
        return []
    deal = record.entity
    turned = converted_at(sandbox, deal) if record.kind == "leads" else None
    trail = [(at, value) for at, key, value in deal.trail if key == field and (turned is None or at <= turned)]
    found: Values = []
    for at, value in trail:
        shown = None if value is None else number("users", value) if field == "user_id" else str(value)
        if record.kind == "deals" and has_lead(sandbox, deal) and at < record.created:
            found = [(record.created, shown)]  # what the lead had is what the deal starts with
        elif not found or found[-1] != (at, shown):
            found.append((at, shown))
    if found and found[0][1] is None:
        found = found[1:]
    return found


def current(sandbox: "Sandbox", record: Record, name: str) -> str | None:
    """The last value of a property."""
    values = values_of(sandbox, record, name)
    return values[-1][1] if values else None


def printed(sandbox: "Sandbox", record: Record, names: list[str]) -> dict[str, list[dict[str, Any]]]:
    """`propertiesWithHistory`."""
    keep = sandbox.config.hubspot_history_values
    found = {}
    for name in names:
        rows = [
            {"value": value or "", "timestamp": zulu(at), "sourceType": "CRM_UI", "sourceId": "userId:61000001"}
            for at, value in values_of(sandbox, record, name)
        ]
        found[name] = rows[::-1][:keep]
    return found
