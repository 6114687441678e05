"""Salesforce records as rows of `raw_salesforce`. A Lead's own person and company land beside Contacts and Accounts.

All records of an answer are converted at once, column by column. One that cannot be read makes the whole call fail with
Unreadable: the reader then finds it by halves.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.identifiers import identifier_columns
from ingestion.normalize import STATES, normalize_cnpj, web_domain
from ingestion.rows import Row, integer, typed
from ingestion.salesforce.columns import FLAG, INSTANT, TEXT, Columns, mapped
from ingestion.salesforce.settings import SCHEMA, SalesforceConfig
from ingestion.salesforce.values import text, value
from ingestion.tables import TABLES

SUBTYPES = {"call": "call", "email": "email", "listemail": "email"}
NO_COMPANY = ("[não informado]", "[nao informado]", "[not provided]", "-")
INBOUND = ("inbound", "internal")
Found = dict[str, pa.Array]
Tables = dict[str, pa.Table]


class Converter:
    """Records of one run. `observed_at` is the service's instant of the answer at hand (naive UTC)."""

    def __init__(self, config: SalesforceConfig, observed_at: datetime) -> None:
        self.config, self.fields, self.observed_at = config, config.fields, observed_at
        self._marketing = {word.strip().lower() for word in config.marketing_values}

    def lead(self, records: Columns) -> Tables:
        """The lead; and, in the tables of contacts and organizations, the person and company that only it knows."""
        key = records.record_id()
        turned = {name: records.text(f"Converted{name}Id") for name in ("Account", "Contact", "Opportunity")}
        lead = {
            "lead_id": key,
            "status": records.text("Status"),
            "rating": self._rating(records),
            "owner_id": records.text("OwnerId"),
            "from_marketing": self._from_marketing(records),
            "source_name": records.text("LeadSource"),
            "lost_reason": records.text(self.fields.lead_reason),
            "is_converted": records.flag("IsConverted"),
            "is_lost": records.mapped("Status", lambda status: status in self.config.lost_statuses, FLAG),
            "converted_opportunity_id": turned["Opportunity"],
            "converted_contact_id": turned["Contact"],
            "master_record_id": records.text("MasterRecordId"),
            **self._stamps(records),
        }
        company = mapped(records.text("Company"), _company)
        named = pc.is_valid(company)
        person = {"converted_to": turned["Contact"], **self._person(records, key, pc.if_else(named, key, None))}
        firm = {"organization_id": key, "converted_to": turned["Account"], "name": company}
        firms = self._firms(records, firm, "State", named)
        return {"leads": _table("leads", lead), **self._identified(records, key, person), **firms}

    def contact(self, records: Columns) -> Tables:
        """Contacts; a merged one names the one that stayed."""
        key = records.record_id()
        return self._identified(records, key, self._person(records, key, records.text("AccountId")))

    def account(self, records: Columns) -> Tables:
        """Accounts."""
        firm = {
            "organization_id": records.record_id(),
            "converted_to": records.text("MasterRecordId"),
            "name": records.text("Name"),
        }
        return self._firms(records, firm, "BillingState", None)

    def opportunity(self, records: Columns) -> Tables:
        """Opportunities. `CloseDate` is a date typed by hand and is not read: closings come from the history."""
        rows = {
            "opportunity_id": records.record_id(),
            "organization_id": records.text("AccountId"),
            "contact_id": records.optional("ContactId"),
            "stage_name": records.text("StageName"),
            "record_type_id": records.optional("RecordTypeId"),
            "amount_total": records.amount("Amount"),
            "amount_monthly": records.amount(self.fields.amount_monthly),
            "rating": self._rating(records),
            "owner_id": records.text("OwnerId"),
            "is_closed": records.flag("IsClosed"),
            "is_won": records.flag("IsWon"),
            "from_marketing": self._from_marketing(records),
            "source_name": records.text("LeadSource"),
            "campaign_name": records.optional("Campaign.Name"),
            "lost_reason": records.text(self.fields.lost_reason),
            "parent_id": records.text(self.fields.parent),
            "erp_order": records.text(self.fields.erp_order),
            "last_stage_change_at": records.moment("LastStageChangeDate"),
            **self._stamps(records),
        }
        return {"opportunities": _table("opportunities", rows)}

    def stage_change(self, records: Columns) -> Tables:
        """OpportunityHistory: the stage after a change of amount, stage or close date."""
        rows = {
            "history_id": records.record_id(),
            "opportunity_id": records.record_id("OpportunityId"),
            "stage_name": records.text("StageName"),
            "created_at": records.needed("CreatedDate"),
        }
        return {"opportunity_history": _table("opportunity_history", rows)}

    def field_change(self, records: Columns) -> Tables:
        """LeadHistory and OpportunityFieldHistory. Owner changes come twice, by name and by id: names stay outside."""
        name = records.text("Field")
        owners = pc.fill_null(pc.equal(name, "Owner"), False).to_pylist()
        told = [not owner or _owner_id(value(record, "NewValue")) for owner, record in zip(owners, records.records, strict=True)]
        records = records.taken([number for number, tells in enumerate(told) if tells])
        rows = {
            "history_id": records.record_id(),
            "record_id": records.record_id("LeadId" if records.has("LeadId") else "OpportunityId"),
            "field": records.text("Field"),
            "old_value": records.text("OldValue"),
            "new_value": records.text("NewValue"),
            "created_at": records.needed("CreatedDate"),
        }
        return {"field_history": _table("field_history", rows)}

    def role(self, records: Columns) -> Tables:
        """Contacts of opportunities."""
        rows = {
            "role_id": records.record_id(),
            "opportunity_id": records.record_id("OpportunityId"),
            "contact_id": records.record_id("ContactId"),
            "is_primary": records.flag("IsPrimary"),
            **self._stamps(records, seen=False),
        }
        return {"opportunity_contact_roles": _table("opportunity_contact_roles", rows)}

    def task(self, records: Columns) -> Tables:
        """Tasks. `ActivityDate` is a date: a due instant would be invented."""
        subtype, call = records.text("TaskSubtype"), records.text("CallType")
        type_ = records.optional("Type")
        words = self.config.task_types
        kind = pc.coalesce(
            mapped(subtype, lambda word: SUBTYPES.get(_lower(word))), mapped(type_, lambda word: words.get(_lower(word), "task"))
        )
        inbound = mapped(call, lambda word: _lower(word) if _lower(word) in INBOUND else None)
        done = records.flag("IsClosed")
        finished = pc.coalesce(records.moment("CompletedDateTime"), records.needed("CreatedDate"))
        rows = {
            **self._activity(records),
            "type": pc.coalesce(pc.utf8_lower(pc.binary_join_element_wise(kind, inbound, "_")), kind),
            "done": done,
            "outcome": records.mapped("CallDisposition", lambda word: self.config.call_results.get(_lower(word), "unknown")),
            "done_at": pc.if_else(done, finished, None),
        }
        return {"tasks": _table("tasks", rows)}

    def event(self, records: Columns) -> Tables:
        """Events: held from their start on (there is no field that says otherwise). Invitees' copies are no meetings."""
        copies = records.flag("IsChild").to_pylist()
        records = records.taken([number for number, copy in enumerate(copies) if not copy])
        start = records.moment("StartDateTime")
        rows = {
            **self._activity(records),
            "type": mapped(records.optional("Type"), self._meeting),
            "done": pc.is_valid(start),
            "outcome": pa.repeat("unknown", len(records)),
            "done_at": start,
            "due_at": start,
        }
        return {"tasks": _table("tasks", rows)}

    def _meeting(self, word: str | None) -> str:
        kind = self.config.task_types.get(_lower(word), "meeting")
        return kind if kind in ("meeting", "visit", "call") else "meeting"

    def _activity(self, records: Columns) -> Found:
        return {
            "task_id": records.record_id(),
            "who_id": records.text("WhoId"),
            "what_id": records.text("WhatId"),
            "user_id": records.text("OwnerId"),
            **self._stamps(records, seen=False),
        }

    def _person(self, records: Columns, key: pa.Array, organization: pa.Array) -> Found:
        return {
            "contact_id": key,
            "name": records.text("Name"),
            "job_title": records.text("Title"),
            "organization_id": organization,
            "integration_id": records.text(self.fields.rd_uuid),
            "master_record_id": records.text("MasterRecordId"),
            **self._stamps(records, seen=False),
        }

    def _identified(self, records: Columns, key: pa.Array, person: Found) -> Tables:
        identifiers = identifier_columns(
            "contact_id",
            key.to_pylist(),
            emails=[records.text("Email").to_pylist()],
            phones=[records.text("MobilePhone").to_pylist(), records.text("Phone").to_pylist()],
            cpfs=[records.text(self.fields.cpf).to_pylist()],
        )
        return {"contacts": _table("contacts", person), "contact_identifiers": _table("contact_identifiers", identifiers)}

    def _firms(self, records: Columns, firm: Found, state: str, named: pa.Array | None) -> Tables:
        """Organizations, of the records that name one; a CNPJ that is none goes to quarantine by its reason."""
        field = self.fields.cnpj if self.fields.cnpj and records.has(self.fields.cnpj) else None
        segment, states = records.text("Industry"), records.mapped(state, _state)
        numbers = records.text(field).to_pylist()
        judged = {words: normalize_cnpj(words) for words in set(numbers)}  # many leads, one company
        cnpj = [judged[words] for words in numbers]
        rows = _table("organizations", {
            **firm,
            "cnpj": pa.array([found.value for found in cnpj], TEXT),
            "cnpj_root": pa.array([found.root for found in cnpj], TEXT),
            "domain": records.mapped("Website", web_domain),
            "segment": segment,
            "state": states,
            **self._stamps(records, seen=False),
        })  # fmt: skip
        refused = _table("quarantine", {
            "source_table": pa.repeat("organizations", len(records)),
            "record_key": firm["organization_id"],
            "column_name": pa.repeat("cnpj", len(records)),
            "reason": pa.array([None if found.reason == "empty" else found.reason for found in cnpj], TEXT),
        })  # fmt: skip
        if named is not None:
            rows, refused = rows.filter(named), refused.filter(named)
        return {"organizations": rows, "quarantine": refused.filter(pc.is_valid(refused["reason"]))}

    def _rating(self, records: Columns) -> pa.Array:
        def grade(word: str | None) -> int | None:
            return self.config.rating_values.get(word.lower(), integer(word)) if word else None

        return records.mapped(self.fields.rating, grade, pa.int64())

    def _from_marketing(self, records: Columns) -> pa.Array:
        def told(record: Row) -> bool:
            found = value(record, self.fields.marketing)
            words = str(found) if isinstance(found, bool) else text(record, self.fields.marketing)
            return _lower(words) in self._marketing

        if any(isinstance(record.get(self.fields.marketing), bool) for record in records.records):
            return pa.array([told(record) for record in records.records], FLAG)
        return records.mapped(self.fields.marketing, lambda word: _lower(word) in self._marketing, FLAG)

    def _stamps(self, records: Columns, seen: bool = True) -> Found:
        rows = {
            "created_at": records.needed("CreatedDate"),
            "updated_at": records.needed("SystemModstamp"),
            "is_deleted": records.flag("IsDeleted"),
        }
        return {**rows, "observed_at": pa.repeat(pa.scalar(self.observed_at, INSTANT), len(records))} if seen else rows


def _table(name: str, columns: Any) -> pa.Table:
    return typed(TABLES[SCHEMA][name], columns)


def _lower(word: str | None) -> str:
    return (word or "").lower()


def _company(name: str | None) -> str | None:
    return None if name is None or name.lower() in NO_COMPANY else name


def _state(word: str | None) -> str | None:
    letters = (word or "").upper()
    return letters if letters in STATES else None


def _owner_id(found: Any) -> bool:
    return isinstance(found, str) and len(found) in (15, 18) and found[:3] in ("005", "00G") and found.isalnum()
