"""What is read of Salesforce: objects, their fields, the stamp that orders them, and where their rows land.

Opportunities come before Leads: an opportunity without its lead would be another deal. The reader then looks once more
for opportunities of leads that were converted in between. Histories follow, so that they cover what was read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ingestion.errors import SourceError
from ingestion.rows import Row
from ingestion.salesforce.columns import Columns
from ingestion.salesforce.convert import Converter, Tables
from ingestion.salesforce.settings import Fields

AUDIT = ("CreatedDate", "SystemModstamp", "IsDeleted")
PERSON = ("Name", "Title", "Email", "Phone", "MobilePhone", "MasterRecordId")


@dataclass(frozen=True)
class Resource:
    """One object. `optional` fields depend on the edition and are left out where there are none; `custom` ones are the
    configuration's and must be there. `table` holds its rows by `key`; `prefix` tells them from others of the table."""

    name: str
    table: str
    key: str
    fields: tuple[str, ...]
    convert: Callable[[Converter, Columns], Tables]
    stamp: str = "SystemModstamp"
    stored: str = "updated_at"  # the stamp's column
    optional: tuple[str, ...] = ()
    custom: tuple[str, ...] = ()
    condition: str | None = None
    prefix: str | None = None
    may_lack: bool = False  # the org may not show the object at all


def resources(names: Fields) -> list[Resource]:
    """All objects, in the order they are read."""
    marketing = (names.marketing,)
    return [
        Resource(
            "Opportunity", "opportunities", "opportunity_id",
            ("StageName", "Amount", "OwnerId", "IsClosed", "IsWon", "LeadSource", "AccountId", "LastStageChangeDate", *AUDIT),
            Converter.opportunity, optional=("ContactId", "RecordTypeId", "Campaign.Name"),
            custom=_given(names.rating, names.lost_reason, names.amount_monthly, names.erp_order, names.parent, *marketing),
        ),
        Resource(
            "Lead", "leads", "lead_id",
            ("Status", "OwnerId", "LeadSource", "Company", "Website", "Industry", "State", "IsConverted", "ConvertedAccountId",
             "ConvertedContactId", "ConvertedOpportunityId", *PERSON, *AUDIT),
            Converter.lead, optional=_given(names.cnpj),
            custom=_given(names.rating, names.lead_reason, names.rd_uuid, names.cpf, *marketing),
        ),
        Resource(
            "OpportunityContactRole", "opportunity_contact_roles", "role_id",
            ("OpportunityId", "ContactId", "IsPrimary", *AUDIT), Converter.role,
        ),
        Resource(
            "OpportunityHistory", "opportunity_history", "history_id", ("OpportunityId", "StageName", "CreatedDate"),
            Converter.stage_change, stamp="CreatedDate", stored="created_at",
        ),
        Resource(
            "OpportunityFieldHistory", "field_history", "history_id",
            ("OpportunityId", "Field", "OldValue", "NewValue", "CreatedDate"), Converter.field_change, stamp="CreatedDate",
            stored="created_at", condition="Field IN ('created', 'opportunityCreatedFromLead', 'Owner')", prefix="006",
            may_lack=True,
        ),
        Resource(
            "LeadHistory", "field_history", "history_id", ("LeadId", "Field", "OldValue", "NewValue", "CreatedDate"),
            Converter.field_change, stamp="CreatedDate", stored="created_at",
            condition="Field IN ('created', 'Status', 'leadConverted', 'leadMerged', 'Owner')", prefix="00Q", may_lack=True,
        ),
        Resource(
            "Account", "organizations", "organization_id",
            ("Name", "Website", "Industry", "BillingState", "MasterRecordId", *AUDIT), Converter.account,
            custom=_given(names.cnpj), prefix="001",
        ),
        Resource(
            "Contact", "contacts", "contact_id", ("AccountId", *PERSON, *AUDIT), Converter.contact,
            custom=_given(names.rd_uuid, names.cpf), prefix="003",
        ),
        Resource(
            "Task", "tasks", "task_id",
            ("CompletedDateTime", "IsClosed", "TaskSubtype", "CallType", "CallDisposition", "WhoId", "WhatId", "OwnerId", *AUDIT),
            Converter.task, optional=("Type",), prefix="00T",
        ),
        Resource(
            "Event", "tasks", "task_id", ("StartDateTime", "IsChild", "WhoId", "WhatId", "OwnerId", *AUDIT),
            Converter.event, optional=("Type",), prefix="00U",
        ),
    ]  # fmt: skip


def selected(resource: Resource, described: dict[str, Row]) -> list[str]:
    """The fields to ask for. SourceError when one that must be there is not (or this user may not see it)."""
    missing = [name for name in resource.fields if name not in described]
    if missing:
        raise SourceError(
            f"Salesforce: {resource.name} lacks {', '.join(missing)} for the user of this app. Give its profile or permission "
            "set read access to these fields."
        )
    if lost := [name for name in resource.custom if name not in described]:
        raise SourceError(
            f"Salesforce: {resource.name} has no field {', '.join(lost)} that this user sees, and sources.salesforce.fields "
            "names it. Create the field, give the user read access to it, or correct the API name (they end in __c)."
        )
    known = [name for name in resource.optional if _base(name) in described]
    return list(dict.fromkeys(["Id", *resource.fields, *resource.custom, *known]))


def _base(name: str) -> str:
    """The field that stands for a relationship: Campaign.Name hangs on CampaignId."""
    relation, dot, _ = name.partition(".")
    return f"{relation}Id" if dot else name


def _given(*names: str | None) -> tuple[str, ...]:
    return tuple(name for name in names if name)


def picklists(described: Iterable[tuple[str | None, dict[str, Row]]]) -> list[Row]:
    """Reasons of the given fields' picklists; a field without a list gives none."""
    found: dict[str, Row] = {}
    for field, fields in described:
        for entry in (fields.get(field) or {}).get("picklistValues") or [] if field else []:
            if isinstance(entry, dict) and isinstance(entry.get("value"), str):
                found.setdefault(
                    entry["value"],
                    {"reason_id": entry["value"], "name": entry.get("label") or entry["value"]},
                )
    return list(found.values())


__all__ = ["Resource", "picklists", "resources", "selected"]
