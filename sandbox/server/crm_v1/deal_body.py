"""Printed deals: the list row and the detail, with the service's spelling `amount_montly` (rd_station.md B1)."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.server.crm_v1.base import user_of
from sandbox.server.ids import hex24, number_of
from sandbox.server.state.crm_entities import Deal, Organization, Person
from sandbox.server.times import brasilia

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

STOP_DAYS = 7  # the stage configuration "deal_stopped" of every pipeline here


def amount(value: float) -> float | int:
    """Whole amounts print without decimals, as in the samples."""
    return int(value) if value == int(value) else round(value, 2)


def days_text(since: datetime | None, now: datetime) -> str | None:
    """Display text such as "8 days"."""
    return None if since is None else f"{max(0, (now - since).days)} days"


def stop_limit(deal: Deal, now: datetime) -> dict[str, Any]:
    """`stop_time_limit`; empty for a deal that never moved."""
    if len(deal.visits) < 2:
        return {}
    expires = deal.visits[-1].start + timedelta(days=STOP_DAYS)
    late = deal.closed_at is None and now > expires
    return {"expiration_date_time": brasilia(expires), "expired": late, "expired_days": (now - expires).days if late else 0}


def birthday(person: Person) -> dict[str, Any] | None:
    """`birthday` from the stored YYYY-MM-DD."""
    if not person.birthday:
        return None
    year, month, day = (int(part) for part in person.birthday.split("-"))
    key = hex24(person.id, "birthday")
    return {"_id": key, "created_at": None, "day": day, "month": month, "updated_at": None, "year": year}


def short_person(person: Person) -> dict[str, Any]:
    """A contact inside lists of deals and organizations: no id."""
    return {
        "birthday": birthday(person),
        "emails": [{"email": email} for email in person.emails],
        "facebook": person.social.get("facebook"),
        "linkedin": person.social.get("linkedin"),
        "name": person.name,
        "notes": person.notes,
        "phones": [{"phone": row["phone"], "type": row.get("type") or "work"} for row in person.phones],
        "skype": person.social.get("skype"),
        "title": person.title,
    }


def custom_values(sandbox: "Sandbox", deal: Deal, detail: bool) -> list[dict[str, Any]]:
    """`deal_custom_fields`: filled ones on the list, every field of the account on the detail."""
    rows = []
    for field in sandbox.engine.reference.custom_fields("deal"):
        value = deal.custom.get(field["label"])
        if value is None and not detail:
            continue
        row = {
            "created_at": brasilia(deal.created_at),
            "custom_field_id": field["id"],
            "updated_at": brasilia(deal.created_at),
            "value": value,
        }
        if detail:
            row["custom_field"] = field_body(sandbox, field)
        rows.append(row)
    return rows


def field_body(sandbox: "Sandbox", field: dict[str, Any]) -> dict[str, Any]:
    """The custom field inside a deal detail."""
    return {
        "_id": field["id"],
        "allow_new": False,
        "created_at": brasilia(field["created_at"]),
        "for": field.get("entity", "deal"),
        "instance_id": sandbox.engine.reference.instance_id,
        "label": field["label"],
        "opts": field.get("options") or [],
        "order": field.get("order", 1),
        "required": False,
        "required_rules": [],
        "type": field.get("type", "text"),
        "unique": False,
        "updated_at": brasilia(field["updated_at"]),
        "visible": True,
    }


def list_row(sandbox: "Sandbox", deal: Deal) -> dict[str, Any]:
    """One row of GET /deals: neither pipeline, source, campaign nor organization (by switch they come)."""
    reference, now = sandbox.engine.reference, sandbox.engine.at
    stage = reference.stages.get(deal.stage_id) or {}
    persons = sandbox.engine.crm.persons
    row: dict[str, Any] = {
        "_id": deal.id,
        "amount_montly": amount(deal.amount_monthly),
        "amount_total": amount(deal.total),
        "amount_unique": amount(deal.amount_unique),
        "closed_at": brasilia(deal.closed_at),
        "contacts": [short_person(persons[key]) for key in deal.contact_ids if key in persons],
        "created_at": brasilia(deal.created_at),
        "deal_custom_fields": custom_values(sandbox, deal, detail=False),
        "deal_products": deal.products,
        "deal_stage": {
            "_id": deal.stage_id,
            "created_at": brasilia(stage.get("created_at")),
            "id": deal.stage_id,
            "name": stage.get("name"),
            "nickname": stage.get("nickname"),
            "updated_at": brasilia(stage.get("updated_at")),
        },
        "hold": deal.hold,
        "id": deal.id,
        "interactions": deal.interactions,
        "last_activity_at": brasilia(deal.last_activity_at),
        "last_activity_content": deal.last_note,
        "markup": "past" if deal.last_activity_at else "future",
        "markup_created": days_text(deal.created_at, now),
        "markup_last_activities": days_text(deal.last_activity_at, now),
        "name": deal.name,
        "prediction_date": deal.prediction_date,
        "rating": deal.rating,
        "stop_time_limit": stop_limit(deal, now),
        "updated_at": brasilia(deal.updated_at),
        "user": user_of(sandbox, deal.user_id, "email", "nickname"),
        "user_changed": deal.user_changed,
        "win": deal.win,
    }
    if sandbox.config.v1_list_extras:
        row |= _links(sandbox, deal)
        reason = reference.get("lost_reasons", deal.lost_reason_id)
        row["deal_lost_reason"] = {"_id": reason["id"], "name": reason["name"]} if reason else None
        row["organization"] = organization_body(sandbox, deal)
    return row


def _named(row: dict[str, Any] | None) -> dict[str, Any] | None:
    return {"_id": row["id"], "id": row["id"], "name": row["name"]} if row else None


def _links(sandbox: "Sandbox", deal: Deal) -> dict[str, Any]:
    reference = sandbox.engine.reference
    pipeline = reference.get("pipelines", deal.pipeline_id)
    return {
        "campaign": _named(reference.get("campaigns", deal.campaign_id)),
        "deal_pipeline": {"id": deal.pipeline_id, "name": pipeline["name"] if pipeline else None},
        "deal_source": _named(reference.get("sources", deal.source_id)),
    }


def organization_body(sandbox: "Sandbox", deal: Deal) -> dict[str, Any] | None:
    """`organization` of a deal (printed with create and update; on the detail by switch)."""
    row = sandbox.engine.crm.organizations.get(deal.organization_id or "")
    if row is None:
        return None
    return {
        "_id": row.id,
        "address": row.address,
        "address_latitude": None,
        "address_longitude": None,
        "id": row.id,
        "name": row.name,
        "organization_custom_fields": organization_fields(sandbox, row),
        "organization_segments": segments_of(sandbox, row),
        "resume": row.resume,
        "url": row.url,
        "visible": True,
    }


def organization_fields(sandbox: "Sandbox", row: Organization) -> list[dict[str, Any]]:
    """Filled custom fields of an organization; CNPJ lives here."""
    values = {"CNPJ": row.cnpj, **row.custom}
    return [
        {"_id": hex24(row.id, field["id"]), "custom_field_id": field["id"], "value": values[field["label"]]}
        for field in sandbox.engine.reference.custom_fields("organization")
        if values.get(field["label"]) not in (None, "")
    ]


def segments_of(sandbox: "Sandbox", row: Organization) -> list[dict[str, Any]]:
    """`organization_segments` of an organization."""
    for segment in sandbox.engine.reference.list("segments"):
        if row.segment in (segment["id"], segment["name"]):
            return [{"_id": segment["id"], "id": segment["id"], "name": segment["name"]}]
    return []


def _parent(sandbox: "Sandbox", deal: Deal) -> dict[str, Any] | None:
    parent = sandbox.engine.crm.deals.get(deal.parent_deal_id or "")
    if parent is None:
        return None
    reference = sandbox.engine.reference
    pipeline, stage = reference.get("pipelines", parent.pipeline_id), reference.stages.get(parent.stage_id)
    user = reference.user(parent.user_id)
    return {
        "parent_deal": {
            "amount_montly": amount(parent.amount_monthly),
            "amount_unique": amount(parent.amount_unique),
            "closed_at": brasilia(parent.closed_at),
            "created_at": brasilia(parent.created_at),
            "deal_pipeline": {"id": parent.pipeline_id, "name": pipeline["name"] if pipeline else None},
            "deal_stage": {"id": parent.stage_id, "name": stage["name"] if stage else None},
            "id": parent.id,
            "name": parent.name,
            "prediction_date": parent.prediction_date,
            "user": {"id": user["id"], "name": user["name"]} if user else None,
        }
    }


def histories(sandbox: "Sandbox", deal: Deal) -> list[dict[str, Any]]:
    """`deal_stage_histories`. By switch some deals keep their first entry open: two entries without an end."""
    rows = [
        {
            "_id": visit.id,
            "deal_stage_id": visit.stage_id,
            "end_date": brasilia(visit.end),
            "id": visit.id,
            "start_date": brasilia(visit.start),
        }
        for visit in deal.visits
    ]
    if sandbox.config.open_twin_histories and len(rows) > 1 and number_of(deal.id, high=6) == 1:
        rows[0]["end_date"] = None
    return rows


def detail(sandbox: "Sandbox", deal: Deal, written: bool = False) -> dict[str, Any]:
    """GET /deals/{id}: no contacts. `written`: the answer of create and update, always with note and organization."""
    reference = sandbox.engine.reference
    stage = reference.stages.get(deal.stage_id) or {}
    body: dict[str, Any] = {
        "_id": deal.id,
        "amount_montly": amount(deal.amount_monthly),
        "amount_total": amount(deal.total),
        "amount_unique": amount(deal.amount_unique),
        "best_moment_to_touch": False,
        "c_cf_errors": {},
        **_links(sandbox, deal),
        "campaign_id": deal.campaign_id,
        "closed_at": brasilia(deal.closed_at),
        "contact_errors": {},
        "created_at": brasilia(deal.created_at),
        "deal_custom_fields": custom_values(sandbox, deal, detail=True),
        "deal_lost_reason_id": deal.lost_reason_id,
        "deal_pipeline_relation": _parent(sandbox, deal),
        "deal_products": deal.products,
        "deal_source_id": deal.source_id,
        "deal_stage": {
            "_id": deal.stage_id,
            "deal_pipeline_id": deal.pipeline_id,
            "id": deal.stage_id,
            "name": stage.get("name"),
            "nickname": stage.get("nickname"),
        },
        "deal_stage_histories": histories(sandbox, deal),
        "errors": {},
        "from_rdsm_integration": deal.from_rdsm,
        "hold": deal.hold,
        "id": deal.id,
        "interactions": deal.interactions,
        "last_note_content": deal.last_note,
        "name": deal.name,
        "prediction_date": deal.prediction_date,
        "rating": deal.rating,
        "stop_time_limit": stop_limit(deal, sandbox.engine.at),
        "updated_at": brasilia(deal.updated_at),
        "user": user_of(sandbox, deal.user_id),
        "win": deal.win,
    }
    if written or sandbox.config.v1_detail_lost_note:
        body["deal_lost_note"] = deal.lost_note
    if written or sandbox.config.v1_detail_organization:
        body["organization"] = organization_body(sandbox, deal)
    return body
