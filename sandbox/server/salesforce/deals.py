"""Leads, Opportunities, their histories, contact roles and activities."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from sandbox.server.ids import number_of
from sandbox.server.salesforce.answers import sf_id
from sandbox.server.salesforce.parties import Parties, owner, person_fields, stamps
from sandbox.server.salesforce.story import CLOSED, CONVERTED, LOST, UNCONVERTED, Story, second
from sandbox.server.state.crm_entities import Deal, Task

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

Row = dict[str, Any]
HELD = {"meeting": "Meeting", "visit": "Visita"}
SUBTYPES = {"call": ("Call", "Call"), "email": ("Email", "Email"), "whatsapp": ("Task", "WhatsApp")}


def lead(sandbox: "Sandbox", people: Parties, story: Story) -> Row:
    """One Lead; a converted one stays as it was at its conversion and names what came of it."""
    deal, reference = story.deal, sandbox.engine.reference
    person = people.people.get(deal.contact_ids[0]) if deal.contact_ids else None
    firm = people.firms.get(deal.organization_id or "")
    changed = max(second(row.updated_at) for row in (deal, person, firm) if row)
    changed = story.deleted_at if story.is_lead and story.deleted_at else story.converted_at or changed
    contact = sf_id("Contact", person.id) if person else None
    became = {
        "IsConverted": True, "ConvertedDate": story.converted_at.date(), "ConvertedContactId": contact,
        "ConvertedAccountId": people.account_id(deal.organization_id), "ConvertedOpportunityId": story.opportunity_id,
    } if story.converted_at else {"IsConverted": False}  # fmt: skip
    reason = reference.get("lost_reasons", deal.lost_reason_id) if story.is_lead else None
    return {
        "Id": story.lead_id, "LastName": deal.name, "Name": deal.name, **(person_fields(person) if person else {}),
        "Company": firm.name if firm else "[não informado]", "Website": firm.url if firm else None,
        "Industry": firm.segment if firm else None, "City": firm.city if firm else None,
        "State": firm.state if firm else None, "CNPJ__c": firm.cnpj if firm else None, "LeadSource": _source(sandbox, deal),
        "Status": CONVERTED if story.converted_at else _status(story.path[-1][1]), "Rating": None,
        "OwnerId": owner(_owner_at_end(story)), "IsUnreadByOwner": False, **became,
        "Nota_do_Vendedor__c": float(deal.rating) if story.is_lead else None,
        "Motivo_Desqualificacao__c": reason["name"] if reason else None, "Veio_do_RD_Station__c": deal.from_rdsm,
        "IsDeleted": story.is_lead and story.deleted_at is not None, **stamps(second(deal.created_at), changed),
    }  # fmt: skip


def opportunity(sandbox: "Sandbox", people: Parties, story: Story) -> Row:
    """One Opportunity."""
    deal, reference = story.deal, sandbox.engine.reference
    reason = reference.get("lost_reasons", deal.lost_reason_id)
    campaign = reference.get("campaigns", deal.campaign_id)
    at, label = story.path[-1]
    closed, won = CLOSED.get(label, (False, False))
    parent = sandbox.engine.crm.deals.get(deal.parent_deal_id or "")
    return {
        "Id": story.opportunity_id, "AccountId": people.account_id(deal.organization_id), "Name": deal.name,
        "ContactId": sf_id("Contact", deal.contact_ids[0]) if deal.contact_ids else None, "StageName": label,
        "Amount": round(deal.total, 2), "Valor_Mensal__c": round(deal.amount_monthly, 2), "Probability": 100.0 if won else 10.0,
        "CloseDate": (at if closed else second(deal.updated_at) + timedelta(days=30)).date(), "IsClosed": closed, "IsWon": won,
        "LeadSource": _source(sandbox, deal), "LastStageChangeDate": max(at, story.born_at), "OwnerId": owner(deal.user_id),
        "CampaignId": sf_id("Campaign", deal.campaign_id) if campaign else None,
        "Campaign.Name": campaign["name"] if campaign else None, "RecordTypeId": sf_id("RecordType", deal.pipeline_id),
        "Nota_do_Vendedor__c": float(deal.rating), "Motivo_da_Perda__c": reason["name"] if reason else None,
        "Veio_do_RD_Station__c": deal.from_rdsm, "Pedido_ERP__c": deal.custom.get("Pedido ERP"),
        "Oportunidade_Origem__c": sf_id("Opportunity", parent.id) if parent else None,
        "IsDeleted": story.deleted_at is not None,
        **stamps(story.born_at, story.deleted_at or max(story.born_at, second(deal.updated_at))),
    }  # fmt: skip


def stage_history(story: Story) -> Iterator[Row]:
    """OpportunityHistory: the stage at birth and after each change; there is no previous stage."""
    for n, (at, label) in enumerate(story.path):
        following = story.path[n + 1][0] if n + 1 < len(story.path) else None
        if at < story.born_at and (following is None or following <= story.born_at):
            continue
        moment = max(at, story.born_at)
        yield {"Id": sf_id("OpportunityHistory", story.deal.id, n), "OpportunityId": story.opportunity_id, "StageName": label,
               "CreatedById": owner(story.deal.user_id), "CreatedDate": moment, "SystemModstamp": moment, "IsDeleted": False}  # fmt: skip


def opportunity_changes(story: Story) -> Iterator[Row]:
    """OpportunityFieldHistory: the birth, stages and owners."""
    rows: list[tuple[Any, ...]] = [
        (story.born_at, "opportunityCreatedFromLead" if story.was_lead else "created", None, None)
    ]
    for (_, old), (at, new) in pairwise(story.path):
        if at > story.born_at:
            rows.append((at, "StageName", old, new))
    yield from _history(
        "OpportunityFieldHistory", "OpportunityId", story.opportunity_id, rows + _owners(story, True)
    )


def lead_changes(story: Story) -> Iterator[Row]:
    """LeadHistory: the birth, statuses and owners until the conversion, and the conversion."""
    rows: list[tuple[Any, ...]] = [(second(story.deal.created_at), "created", None, None)]
    end = story.converted_at
    for (_, old), (at, new) in pairwise(story.path):
        if end is None or at < end:
            rows.append((at, "Status", _status(old), _status(new)))
    if end is not None:
        before = [label for at, label in story.path if at < end]
        rows += [(end, "Status", _status(before[-1]), CONVERTED), (end, "leadConverted", None, None)]
    yield from _history("LeadHistory", "LeadId", story.lead_id, rows + _owners(story, False))


def _owners(story: Story, later: bool) -> list[tuple[Any, ...]]:
    """Owner changes twice, by name and by id, as Salesforce writes them."""
    rows: list[tuple[Any, ...]] = []
    for (_, old), (at, new) in pairwise(story.owners()):
        on_opportunity = not story.was_lead or (story.converted_at is not None and at > story.converted_at)
        if on_opportunity is later:
            names = [f"Nome {owner(user)[-4:]}" for user in (old, new)]
            rows += [(at, "Owner", *names), (at, "Owner", owner(old), owner(new))]
    return rows


def _history(kind: str, parent: str, key: str, rows: list[tuple[Any, ...]]) -> Iterator[Row]:
    for at, name, old, new in rows:
        yield {"Id": sf_id(kind, key, at, name, old, new), parent: key, "Field": name, "OldValue": old, "NewValue": new,
               "DataType": "EntityId" if name == "Owner" else "Text", "CreatedDate": at, "IsDeleted": False}  # fmt: skip


def roles(sandbox: "Sandbox", story: Story) -> Iterator[Row]:
    """OpportunityContactRole: the contacts now, and those who were taken off."""
    deal, crm = story.deal, sandbox.engine.crm
    former: dict[str, Any] = {}
    for at, name, value in deal.trail:
        if name == "contact_ids":
            former |= {key: second(at) for key in value if key not in deal.contact_ids}
    for key in [*deal.contact_ids, *former]:
        gone = former.get(key) or story.deleted_at
        if gone and gone < story.born_at:
            continue
        changed = gone or max(story.born_at, second(deal.updated_at))
        if key in crm.persons and key in crm.merged.values():  # a merge moves the other one's roles here
            changed = max(changed, second(crm.persons[key].updated_at))
        yield {"Id": sf_id("OpportunityContactRole", deal.id, key), "OpportunityId": story.opportunity_id,
               "ContactId": sf_id("Contact", key), "IsPrimary": key in deal.contact_ids[:1], "IsDeleted": gone is not None,
               **stamps(story.born_at, changed)}  # fmt: skip


def tasks(sandbox: "Sandbox", stories: list[Story]) -> Iterator[Row]:
    """Every activity that is no meeting: with CallDisposition only where a telephone system fills it."""
    for task, story, gone in _activities(sandbox, stories):
        if task.type in HELD:
            continue
        subtype, kind = SUBTYPES.get(task.type, ("Task", "Other"))
        heard = task.type == "call" and task.done and sandbox.config.salesforce_call_results
        answered = number_of(task.id, "answered", low=0, high=2) == 1
        yield {
            "Id": sf_id("Task", task.id), "Subject": task.subject, "Status": "Completed" if task.done else "Not Started",
            "Priority": "Normal", "ActivityDate": task.due_at.date() if task.due_at else None, "IsClosed": task.done,
            "CompletedDateTime": second(task.done_at) if task.done and task.done_at else None, "TaskSubtype": subtype,
            "Type": kind, "CallType": "Outbound" if heard else None, "IsArchived": False,
            "CallDisposition": ("Atendeu" if answered else "Não atendeu") if heard else None, **_links(task, story, gone),
        }  # fmt: skip


def events(sandbox: "Sandbox", stories: list[Story]) -> Iterator[Row]:
    """Meetings and visits, entered when they were held; the second row is an invitee's copy, which is no meeting."""
    for task, story, gone in _activities(sandbox, stories):
        if task.type not in HELD or not task.done or task.done_at is None:
            continue
        start = second(task.done_at)
        row = {
            "Id": sf_id("Event", task.id), "Subject": task.subject, "Type": HELD[task.type], "EventSubtype": "Event",
            "StartDateTime": start, "EndDateTime": start + timedelta(minutes=45), "ActivityDate": start.date(),
            "DurationInMinutes": 45, "IsAllDayEvent": False, "IsChild": False, "IsArchived": False,
            **_links(task, story, gone),
        }  # fmt: skip
        yield row
        yield {**row, "Id": sf_id("Event", task.id, "invitee"), "IsChild": True}


def _activities(sandbox: "Sandbox", stories: list[Story]) -> Iterator[tuple[Task, Story | None, Any]]:
    of = {story.deal.id: story for story in stories}
    crm = sandbox.engine.crm
    for task in crm.tasks.values():
        yield task, of.get(task.deal_id), None
    for task, at in crm.gone["tasks"].values():
        yield task, of.get(task.deal_id), second(at)


def _links(task: Task, story: Story | None, gone: Any) -> Row:
    """Whom an activity is with: the Lead, and after its conversion the Contact and the Opportunity."""
    changed = second(task.updated_at)
    who = what = None
    if story is not None and story.is_lead:
        who = story.lead_id
    elif story is not None:
        changed = max(changed, story.born_at)
        who = sf_id("Contact", story.deal.contact_ids[0]) if story.deal.contact_ids else None
        what = story.opportunity_id
    user = (task.done_by if task.done else None) or next(iter(task.user_ids), None)
    return {"WhoId": who, "WhatId": what, "OwnerId": owner(user), "IsDeleted": gone is not None,
            **stamps(second(task.created_at), gone or changed)}  # fmt: skip


def _status(label: str) -> str:
    return UNCONVERTED if label == LOST else label


def _source(sandbox: "Sandbox", deal: Deal) -> str | None:
    row = sandbox.engine.reference.get("sources", deal.source_id)
    return row["name"] if row else None


def _owner_at_end(story: Story) -> str | None:
    """The owner now, or the one that a converted Lead was left with."""
    end = story.converted_at
    return [user for at, user in story.owners() if end is None or at <= end][-1]
