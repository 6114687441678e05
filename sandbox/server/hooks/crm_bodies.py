"""Documents of CRM deliveries: no contact and no organization in the deal (rd_station.md B4)."""

from typing import TYPE_CHECKING, Any

from sandbox.server.crm_v2.contacts import contact_body
from sandbox.server.crm_v2.organizations import organization_body
from sandbox.server.crm_v2.tasks import task_body
from sandbox.server.state.crm_entities import Deal
from sandbox.server.state.signals import Signal
from sandbox.server.times import as_utc, brasilia, zulu

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox


def _named(row: dict[str, Any] | None) -> dict[str, Any]:
    return {"id": row["id"], "name": row["name"]} if row else {}


def deal_document(sandbox: "Sandbox", deal: Deal) -> dict[str, Any]:
    """The deal: `amount_monthly` is spelt right here; empty relations are `{}`."""
    reference = sandbox.engine.reference
    user, stage = reference.user(deal.user_id), reference.stages.get(deal.stage_id)
    fields = [
        {
            "value": deal.custom.get(field["label"]),
            "custom_field": {
                "id": field["id"], "label": field["label"], "required": False, "unique": False,
                "opts": field.get("options") or [], "type": field.get("type", "text"),
            },
        }
        for field in reference.custom_fields("deal")
    ]  # fmt: skip
    return {
        "id": deal.id,
        "name": deal.name,
        "amount_monthly": float(deal.amount_monthly),
        "amount_unique": float(deal.amount_unique),
        "amount_total": float(deal.total),
        "prediction_date": deal.prediction_date,
        "created_at": brasilia(deal.created_at),
        "updated_at": brasilia(deal.updated_at),
        "rating": deal.rating,
        "status": deal.status,
        "closed_at": brasilia(deal.closed_at),
        "user": {"id": user["id"], "name": user["name"], "email": user.get("email"), "avatar_url": None} if user else {},
        "deal_stage": {
            "id": stage["id"], "name": stage["name"], "nickname": stage["nickname"],
            "created_at": brasilia(stage["created_at"]), "updated_at": brasilia(stage["updated_at"]),
            "order": stage["order"],
        } if stage else {},
        "deal_pipeline": _named(reference.get("pipelines", deal.pipeline_id)),
        "deal_source": _named(reference.get("sources", deal.source_id)),
        "campaign": _named(reference.get("campaigns", deal.campaign_id)),
        "deal_lost_reason": _named(reference.get("lost_reasons", deal.lost_reason_id)),
        "deal_custom_fields": fields,
        "deal_products": deal.products,
    }  # fmt: skip


def _local_dates(body: dict[str, Any]) -> dict[str, Any]:
    """A v2 body with instants printed as CRM webhooks print them (-03:00)."""
    for key in ("created_at", "updated_at", "due_date", "completed_at"):
        if body.get(key):
            body[key] = brasilia(as_utc(body[key]))
    return body


def _catalogue_document(sandbox: "Sandbox", entity: str, key: str) -> dict[str, Any] | None:
    lists = {"product": "products", "campaign": "campaigns", "source": "sources", "lost_reason": "lost_reasons"}
    row = sandbox.engine.reference.get(lists[entity], key)
    if row is None:
        return None
    body: dict[str, Any] = {"id": row["id"], "name": row["name"]}
    if entity in ("product", "campaign"):
        body["description"] = row.get("description")
    if entity == "product":
        body |= {"visible": bool(row.get("visible", True)), "price": row.get("price"), "custom_fields": {}}
    return {**body, "created_at": brasilia(row["created_at"]), "updated_at": brasilia(row["updated_at"])}


def document(sandbox: "Sandbox", signal: Signal) -> dict[str, Any] | None:
    """The document of a signal; None when the entity is gone meanwhile."""
    entity, action = signal.name.removeprefix("crm_").rsplit("_", 1)
    crm = sandbox.engine.crm
    if action == "deleted":
        return {"id": signal.key, "name": signal.label}
    if entity == "deal":
        deal = crm.deals.get(signal.key)
        return deal_document(sandbox, deal) if deal else None
    if entity == "contact":
        person = crm.persons.get(signal.key)
        return _local_dates(contact_body(sandbox, person)) if person else None
    if entity == "organization":
        row = crm.organizations.get(signal.key)
        return _local_dates(organization_body(sandbox, row)) if row else None
    if entity == "task":
        task = crm.tasks.get(signal.key)
        return _local_dates(task_body(task)) if task else None
    return _catalogue_document(sandbox, entity, signal.key)


def envelope(name: str, body: dict[str, Any], signal: Signal, transaction: str) -> dict[str, Any]:
    """The delivered body of CRM webhooks."""
    return {
        "event_name": name,
        "document": body,
        "event_timestamp": zulu(signal.at),
        "transaction_uuid": transaction,
    }
