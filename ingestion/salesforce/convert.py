"""Salesforce records as rows of `raw_salesforce`. A Lead's own person and company land beside Contacts and Accounts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ingestion.identifiers import identifier_rows
from ingestion.normalize import STATES, normalize_cnpj, web_domain
from ingestion.rows import Row, integer
from ingestion.runner import Tables
from ingestion.salesforce.settings import SalesforceConfig
from ingestion.salesforce.values import Unreadable, amount, flag, moment, record_id, text, value

SUBTYPES = {"call": "call", "email": "email", "listemail": "email"}
NO_COMPANY = ("[não informado]", "[nao informado]", "[not provided]", "-")


class Converter:
    """Records of one run. `observed_at` is the service's instant of the answer at hand."""

    def __init__(self, config: SalesforceConfig, observed_at: datetime) -> None:
        self.config, self.fields, self.observed_at = config, config.fields, observed_at
        self._marketing = {word.strip().lower() for word in config.marketing_values}

    def lead(self, record: Row) -> Tables:
        """The lead; and, in the tables of contacts and organizations, the person and company that only it knows."""
        key = record_id(record)
        turned = {name: text(record, f"Converted{name}Id") for name in ("Account", "Contact", "Opportunity")}
        lead = {
            "lead_id": key,
            "status": text(record, "Status"),
            "rating": self._rating(record),
            "owner_id": text(record, "OwnerId"),
            "from_marketing": self._from_marketing(record),
            "source_name": text(record, "LeadSource"),
            "lost_reason": text(record, self.fields.lead_reason),
            "is_converted": flag(record, "IsConverted"),
            "is_lost": text(record, "Status") in self.config.lost_statuses,
            "converted_opportunity_id": turned["Opportunity"],
            "converted_contact_id": turned["Contact"],
            "master_record_id": text(record, "MasterRecordId"),
            **self._stamps(record),
        }
        person = {
            "converted_to": turned["Contact"],
            **self._person(record, key, key if self._company(record) else None),
        }
        tables = {"leads": [lead], **self._identified(record, key, person)}
        if company := self._company(record):
            firm = {"organization_id": key, "converted_to": turned["Account"], "name": company}
            state = text(record, "State")
            self._add_firm(tables, record, firm, text(record, "Industry"), state)
        return tables

    def contact(self, record: Row) -> Tables:
        """A Contact; a merged one names the one that stayed."""
        key = record_id(record)
        return self._identified(record, key, self._person(record, key, text(record, "AccountId")))

    def account(self, record: Row) -> Tables:
        """An Account."""
        tables: Tables = {}
        firm = {
            "organization_id": record_id(record),
            "converted_to": text(record, "MasterRecordId"),
            "name": text(record, "Name"),
        }
        self._add_firm(tables, record, firm, text(record, "Industry"), text(record, "BillingState"))
        return tables

    def opportunity(self, record: Row) -> Tables:
        """An Opportunity. Its `CloseDate` is a date typed by hand and is not read: closings come from the history."""
        row = {
            "opportunity_id": record_id(record),
            "organization_id": text(record, "AccountId"),
            "contact_id": text(record, "ContactId") if "ContactId" in record else None,
            "stage_name": text(record, "StageName"),
            "record_type_id": text(record, "RecordTypeId") if "RecordTypeId" in record else None,
            "amount_total": amount(record, "Amount"),
            "amount_monthly": amount(record, self.fields.amount_monthly),
            "rating": self._rating(record),
            "owner_id": text(record, "OwnerId"),
            "is_closed": flag(record, "IsClosed"),
            "is_won": flag(record, "IsWon"),
            "from_marketing": self._from_marketing(record),
            "source_name": text(record, "LeadSource"),
            "campaign_name": text(record, "Campaign.Name") if "Campaign" in record else None,
            "lost_reason": text(record, self.fields.lost_reason),
            "parent_id": text(record, self.fields.parent),
            "erp_order": text(record, self.fields.erp_order),
            "last_stage_change_at": moment(record, "LastStageChangeDate"),
            **self._stamps(record),
        }
        return {"opportunities": [row]}

    def stage_change(self, record: Row) -> Tables:
        """OpportunityHistory: the stage after a change of amount, stage or close date."""
        row = {"history_id": record_id(record), "opportunity_id": record_id(record, "OpportunityId"),
               "stage_name": text(record, "StageName"), "created_at": _need(record, "CreatedDate")}  # fmt: skip
        return {"opportunity_history": [row]}

    def field_change(self, record: Row) -> Tables:
        """LeadHistory and OpportunityFieldHistory. Owner changes come twice, by name and by id: names stay outside."""
        name, old, new = text(record, "Field"), value(record, "OldValue"), value(record, "NewValue")
        if name == "Owner" and not _owner_id(new):
            return {}
        parent = "LeadId" if "LeadId" in record else "OpportunityId"
        row = {"history_id": record_id(record), "record_id": record_id(record, parent), "field": name,
               "old_value": _words(old), "new_value": _words(new), "created_at": _need(record, "CreatedDate")}  # fmt: skip
        return {"field_history": [row]}

    def role(self, record: Row) -> Tables:
        """A contact of an opportunity."""
        row = {"role_id": record_id(record), "opportunity_id": record_id(record, "OpportunityId"),
               "contact_id": record_id(record, "ContactId"), "is_primary": flag(record, "IsPrimary"),
               **self._stamps(record, seen=False)}  # fmt: skip
        return {"opportunity_contact_roles": [row]}

    def task(self, record: Row) -> Tables:
        """A Task. `ActivityDate` is a date: a due instant would be invented."""
        subtype, named = text(record, "TaskSubtype"), text(record, "Type") if "Type" in record else None
        kind = SUBTYPES.get((subtype or "").lower()) or self.config.task_types.get(
            (named or "").lower(), "task"
        )
        done, heard = flag(record, "IsClosed"), text(record, "CallDisposition")
        inbound = (text(record, "CallType") or "").lower() in ("inbound", "internal")
        finished = moment(record, "CompletedDateTime") or _need(record, "CreatedDate")
        row = {
            **self._activity(record),
            "type": f"{kind}_{text(record, 'CallType')}".lower() if inbound else kind,
            "done": done,
            "outcome": self.config.call_results.get((heard or "").lower(), "unknown"),
            "done_at": finished if done else None,
        }
        return {"tasks": [row]}

    def event(self, record: Row) -> Tables:
        """An Event: held from its start on (there is no field that says otherwise). Invitees' copies are no meetings."""
        if flag(record, "IsChild"):
            return {}
        start = moment(record, "StartDateTime")
        kind = (
            self.config.task_types.get((text(record, "Type") or "").lower(), "meeting")
            if "Type" in record
            else "meeting"
        )
        kind = kind if kind in ("meeting", "visit", "call") else "meeting"
        done = {
            "type": kind,
            "done": start is not None,
            "outcome": "unknown",
            "done_at": start,
            "due_at": start,
        }
        return {"tasks": [{**self._activity(record), **done}]}

    def _activity(self, record: Row) -> Row:
        return {"task_id": record_id(record), "who_id": text(record, "WhoId"), "what_id": text(record, "WhatId"),
                "user_id": text(record, "OwnerId"), **self._stamps(record, seen=False)}  # fmt: skip

    def _person(self, record: Row, key: str, organization: str | None) -> Row:
        return {
            "contact_id": key,
            "name": text(record, "Name"),
            "job_title": text(record, "Title"),
            "organization_id": organization,
            "integration_id": text(record, self.fields.rd_uuid),
            "master_record_id": text(record, "MasterRecordId"),
            **self._stamps(record, seen=False),
        }

    def _identified(self, record: Row, key: str, person: Row) -> Tables:
        rows = identifier_rows(
            {"contact_id": key},
            emails=[text(record, "Email")],
            phones=[text(record, "MobilePhone"), text(record, "Phone")],
            cpfs=[text(record, self.fields.cpf)],
        )
        return {"contacts": [person], "contact_identifiers": rows}

    def _add_firm(
        self, tables: Tables, record: Row, firm: Row, segment: str | None, state: str | None
    ) -> None:
        field = self.fields.cnpj if self.fields.cnpj in record else None
        cnpj = normalize_cnpj(text(record, field))
        letters = (state or "").upper()
        row = {
            **firm, "cnpj": cnpj.value, "cnpj_root": cnpj.root, "domain": web_domain(text(record, "Website")),
            "segment": segment, "state": letters if letters in STATES else None, **self._stamps(record, seen=False),
        }  # fmt: skip
        tables["organizations"] = [row]
        if cnpj.reason not in (None, "empty"):
            refused = {
                "source_table": "organizations",
                "record_key": row["organization_id"],
                "column_name": "cnpj",
            }
            tables["quarantine"] = [{**refused, "reason": cnpj.reason}]

    def _company(self, record: Row) -> str | None:
        name = text(record, "Company")
        return None if name is None or name.lower() in NO_COMPANY else name

    def _rating(self, record: Row) -> int | None:
        found = text(record, self.fields.rating)
        return self.config.rating_values.get(found.lower(), integer(found)) if found else None

    def _from_marketing(self, record: Row) -> bool:
        found = value(record, self.fields.marketing)
        words = (
            str(found).strip().lower()
            if isinstance(found, bool)
            else (text(record, self.fields.marketing) or "").lower()
        )
        return words in self._marketing

    def _stamps(self, record: Row, seen: bool = True) -> Row:
        row = {"created_at": _need(record, "CreatedDate"), "updated_at": _need(record, "SystemModstamp"),
               "is_deleted": flag(record, "IsDeleted")}  # fmt: skip
        return {**row, "observed_at": self.observed_at} if seen else row


def _need(record: Row, field: str) -> datetime:
    found = moment(record, field)
    if found is None:
        raise Unreadable(field, "missing_field")
    return found


def _owner_id(found: Any) -> bool:
    return (
        isinstance(found, str) and len(found) in (15, 18) and found[:3] in ("005", "00G") and found.isalnum()
    )


def _words(found: Any) -> str | None:
    if isinstance(found, dict | list):
        raise Unreadable("NewValue", "wrong_type")
    return text({"NewValue": found}, "NewValue")
