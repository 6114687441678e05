"""Properties of each object type: every value is text or null (contract 3.4). Own properties have Portuguese names."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.server.hubspot.history import CLOSED, current
from sandbox.server.hubspot.records import Record, converted_at, created_property, modified_property, number
from sandbox.server.ids import number_of, uuid_of
from sandbox.server.state.crm_entities import Deal, Organization, Person, Task
from sandbox.server.times import zulu

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

Properties = dict[str, str | None]
DISPOSITIONS = (
    "f240bbac-87c9-4f6e-bf70-924b57d47db7",  # connected
    "73a0d17f-1163-4015-bdd5-ec830791da20",  # no answer
    "9d9162e7-6cf3-4944-bf63-4dff82258764",  # busy
    "b2cf5968-551e-4856-9783-52b3da59a7d0",  # left voicemail
)
MEETINGS = {"meeting": None, "visit": "Visita", "lunch": "Almoço"}


def properties(sandbox: "Sandbox", record: Record) -> Properties:
    """All properties of a record, but for those that somebody deleted."""
    own, deleted = _BY_KIND[record.kind](sandbox, record), sandbox.config.hubspot_missing_properties
    return {
        **{name: value for name, value in own.items() if name not in deleted},
        "hs_object_id": record.id,
        created_property(record.kind): _at(record.created),
        modified_property(record.kind): _at(record.updated),
    }


def _contact(sandbox: "Sandbox", record: Record) -> Properties:
    person: Person = record.entity
    first, _, last = person.name.partition(" ")
    phones = [str(row["phone"]) for row in person.phones]
    absorbed = [number("contacts", old) for old, into in sandbox.engine.crm.merged.items() if into == person.id]
    return {
        "email": person.emails[0] if person.emails else None,
        "hs_additional_emails": ";".join(person.emails[1:]) or None,
        "firstname": first or None,
        "lastname": last or None,
        "phone": phones[0] if phones else None,
        "mobilephone": phones[1] if len(phones) > 1 else None,
        "jobtitle": person.title,
        "lifecyclestage": "lead",
        "uuid_rd_station": person.integration_id,
        "cpf": _text(person.custom.get("CPF")),
        "hs_merged_object_ids": ";".join(absorbed) or None,
    }


def _company(sandbox: "Sandbox", record: Record) -> Properties:
    row: Organization = record.entity
    return {
        "name": row.name,
        "domain": row.url,
        "cnpj": _text(row.cnpj or row.custom.get("CNPJ")),
        "industry": _segment(sandbox, row.segment),
        "city": row.city,
        "state": row.state or _text(row.custom.get("UF")),
        "hubspot_owner_id": _owner(row.user_id),
    }


def _segment(sandbox: "Sandbox", segment: str | None) -> str | None:
    row = sandbox.engine.reference.get("segments", segment)
    return row["name"] if row else segment


def _marketing(sandbox: "Sandbox", deal: Deal) -> Properties:
    named = {key: sandbox.engine.reference.get(name, value) for key, name, value in (
        ("campanha", "campaigns", deal.campaign_id), ("fonte", "sources", deal.source_id))}  # fmt: skip
    return {
        "origem_do_lead": "RD Station Marketing" if deal.from_rdsm else None,
        **{key: row["name"] if row else None for key, row in named.items()},
    }


def _lead(sandbox: "Sandbox", record: Record) -> Properties:
    deal: Deal = record.entity
    stage = current(sandbox, record, "hs_pipeline_stage")
    return {
        "hs_lead_name": deal.name,
        "hs_lead_type": "NEW_BUSINESS",
        "hs_pipeline": "lead-pipeline-id",
        "hs_pipeline_stage": stage,
        "hs_lead_disqualification_reason": current(sandbox, record, "hs_lead_disqualification_reason"),
        "hs_primary_contact_id": number("contacts", deal.contact_ids[0]) if deal.contact_ids else None,
        "hubspot_owner_id": current(sandbox, record, "hubspot_owner_id"),
        "nota_do_vendedor": current(sandbox, record, "nota_do_vendedor"),
        **_marketing(sandbox, deal),
    }


def _deal(sandbox: "Sandbox", record: Record) -> Properties:
    deal: Deal = record.entity
    reason = current(sandbox, record, "motivo_da_perda")
    known = sandbox.engine.reference.get("lost_reasons", reason)
    parent = sandbox.engine.crm.deals.get(deal.parent_deal_id or "")
    return {
        "dealname": deal.name,
        "amount": f"{deal.total:.2f}",
        "hs_mrr": f"{deal.amount_monthly:.2f}",
        "deal_currency_code": "BRL",
        "pipeline": number("pipelines", deal.pipeline_id),
        "dealstage": current(sandbox, record, "dealstage"),
        "closedate": _at(deal.closed_at) or deal.prediction_date,
        "hubspot_owner_id": _owner(deal.user_id),
        "hs_is_closed": str(deal.status in CLOSED).lower(),
        "hs_is_closed_won": str(deal.status == "won").lower(),
        "hs_is_closed_lost": str(deal.status == "lost").lower(),
        "closed_lost_reason": known["name"] if known else None,
        "motivo_da_perda": reason,
        "nota_do_vendedor": current(sandbox, record, "nota_do_vendedor"),
        "pedido_erp": _text(deal.custom.get("Pedido ERP")),
        "negocio_de_origem": number("deals", parent.id) if parent and converted_at(sandbox, parent) else None,
        **_marketing(sandbox, deal),
    }


def _activity(sandbox: "Sandbox", record: Record) -> Properties:
    task: Task = record.entity
    owner = task.done_by if task.done and task.done_by else task.user_ids[0] if task.user_ids else None
    own: Properties = {"hubspot_owner_id": _owner(owner), "hs_timestamp": _at(task.done_at if task.done else task.due_at)}
    if record.kind == "calls":
        given = number_of("disposition", task.id, high=7) if sandbox.config.hubspot_dispositions else 7
        own["hs_call_disposition"] = DISPOSITIONS[given] if given < 4 else uuid_of("own") if given == 4 else None
        own |= {"hs_call_direction": "OUTBOUND", "hs_call_status": "COMPLETED", "hs_call_duration": "60000"}
    elif record.kind == "communications":
        own |= {"hs_communication_channel_type": "WHATS_APP", "hs_communication_logged_from": "CRM"}
    elif record.kind == "emails":
        own |= {"hs_email_direction": "EMAIL", "hs_email_status": "SENT"}
    elif record.kind == "meetings":
        own |= {"hs_meeting_outcome": "COMPLETED", "hs_activity_type": MEETINGS.get(task.type)}
        own["hs_meeting_start_time"] = own["hs_timestamp"]
    else:
        kind = {"call": "CALL", "email": "EMAIL"}.get(task.type, "TODO")
        status = "DEFERRED" if task.canceled else "COMPLETED" if task.done else "NOT_STARTED"
        own |= {"hs_task_type": kind, "hs_task_status": status, "hs_task_subject": task.subject}
        own["hs_timestamp"], own["hs_task_completion_date"] = _at(task.due_at), _at(task.done_at)
    return own


_BY_KIND: dict[str, Any] = {
    "contacts": _contact, "companies": _company, "leads": _lead, "deals": _deal, "calls": _activity, "emails": _activity,
    "meetings": _activity, "communications": _activity, "tasks": _activity,
}  # fmt: skip


def _owner(user_id: str | None) -> str | None:
    return number("users", user_id) if user_id else None


def _at(value: datetime | None) -> str | None:
    return zulu(value)


def _text(value: Any) -> str | None:
    return None if value in (None, "") else str(value)


