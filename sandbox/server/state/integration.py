"""The native Marketing to CRM connection, for conversions that API clients push (rd_station.md C1)."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.events import Event
from sandbox.server.ids import hex24
from sandbox.server.state.marketing import Contact

if TYPE_CHECKING:
    from sandbox.server.state.engine import Engine


def deal_from_conversion(engine: "Engine", contact: Contact, key: str, at: datetime) -> list[Event]:
    """CRM events that one pass of the integration makes: contact and organization by need, and a new deal.

    Records are matched by e-mail; the deal starts with rating 1 and the owner of the lead when that is a CRM user.
    """
    crm, reference = engine.crm, engine.reference
    pipelines = sorted(reference.list("pipelines"), key=lambda row: row.get("order", 1))
    if not pipelines or not contact.email:
        return []
    made: list[Event] = []
    name = str(contact.fields.get("name") or contact.email)
    organization_id = None
    if contact.company:
        organization_id = crm.organization_by_name.get(contact.company.lower())
        if organization_id is None:
            organization_id = hex24("organization", key)
            row = {"organization_id": organization_id, "name": contact.company}
            made.append(Event(at, 0, "crm.organization_created", row))
    person_id = crm.person_by_email.get(contact.email.lower())
    if person_id is None:
        person_id = hex24("person", key)
        phones = [contact.fields[k] for k in ("mobile_phone", "personal_phone") if contact.fields.get(k)]
        person: dict[str, Any] = {
            "contact_id": person_id,
            "name": name,
            "emails": [contact.email],
            "phones": [{"phone": phone, "type": "work"} for phone in phones],
            "title": contact.fields.get("job_title"),
            "organization_id": organization_id,
            "integration_id": contact.uuid,
            "legal_bases": contact.legal_bases,
        }
        made.append(Event(at, 0, "crm.contact_created", person))
    owner = next((u["id"] for u in reference.list("users") if contact.owner and u.get("email") == contact.owner), None)
    campaign = next((c["id"] for c in reference.list("campaigns") if "RD Station Marketing" in c["name"]), None)
    source = next((s["id"] for s in reference.list("sources") if s["name"] == "Desconhecido"), None)
    deal = {
        "deal_id": hex24("deal", key),
        "name": contact.company or name,
        "organization_id": organization_id,
        "contact_ids": [person_id],
        "user_id": owner,
        "stage_id": pipelines[0]["stages"][0]["id"],
        "pipeline_id": pipelines[0]["id"],
        "rating": 1,
        "from_rdsm": True,
        "campaign_id": campaign,
        "source_id": source,
    }
    return [*made, Event(at, 0, "crm.deal_created", deal)]
