"""Contacts and Accounts: who became one, since when, and what a Lead shows of those who did not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.server.salesforce.answers import sf_id
from sandbox.server.salesforce.story import Story, second
from sandbox.server.state.crm_entities import Organization, Person

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

Row = dict[str, Any]
BEFORE = timedelta(seconds=60)  # a person who is that much older than the first Lead was typed as a Contact


class Parties:
    """All people and organizations of one state."""

    def __init__(self, sandbox: "Sandbox", stories: list[Story]) -> None:
        crm = self.crm = sandbox.engine.crm
        self.people: dict[str, Person] = {
            **crm.persons,
            **{key: pair[0] for key, pair in crm.gone["persons"].items()},
        }
        self.firms: dict[str, Organization] = {
            **crm.organizations, **{key: pair[0] for key, pair in crm.gone["organizations"].items()},
        }  # fmt: skip
        leads: dict[str, datetime] = {}
        turned: dict[str, datetime] = {}
        for story in stories:
            deal = story.deal
            firm = [deal.organization_id] if deal.organization_id else []
            for key in [*deal.contact_ids[:1], *firm] if story.was_lead else []:
                leads[key] = min(leads.get(key, deal.created_at), deal.created_at)
            for key in [] if story.is_lead else [*deal.contact_ids, *firm]:
                turned[key] = min(turned.get(key, story.born_at), story.born_at)
        self._leads, self._turned = leads, turned

    def since(self, key: str | None) -> datetime | None:
        """From when on a person is a Contact (an organization an Account); None: known from Leads alone."""
        row = self.people.get(key or "") or self.firms.get(key or "")
        if row is None or key is None:
            return None
        if key not in self._leads or row.created_at < self._leads[key] - BEFORE:
            return second(row.created_at)
        return self._turned.get(key)

    def contacts(self) -> Iterator[Row]:
        """Contact rows; of a merged one only what a recycle bin tells."""
        for person in self.people.values():
            since = self.since(person.id)
            if since is None:
                continue
            gone = self.crm.gone["persons"].get(person.id)
            yield {
                "Id": sf_id("Contact", person.id), **person_fields(person), "LeadSource": None,
                "AccountId": self.account_id(person.organization_id), "IsDeleted": gone is not None,
                **stamps(since, second(gone[1]) if gone else max(since, second(person.updated_at))),
            }  # fmt: skip
        for key, into in self.crm.merged.items():
            keeper = self.people.get(into)
            at = second(keeper.updated_at) if keeper else None
            yield {"Id": sf_id("Contact", key), "LastName": "-", "Name": "-", "IsDeleted": True,
                   "MasterRecordId": sf_id("Contact", into), "CreatedDate": at, "LastModifiedDate": at, "SystemModstamp": at}  # fmt: skip

    def accounts(self) -> Iterator[Row]:
        """Account rows."""
        for firm in self.firms.values():
            since = self.since(firm.id)
            if since is None:
                continue
            gone = self.crm.gone["organizations"].get(firm.id)
            yield {
                "Id": sf_id("Account", firm.id), "Name": firm.name, "Website": firm.url, "Industry": firm.segment,
                "BillingCity": firm.city, "BillingState": firm.state, "BillingCountry": "Brasil", "CNPJ__c": firm.cnpj,
                "OwnerId": owner(firm.user_id), "IsDeleted": gone is not None,
                **stamps(since, second(gone[1]) if gone else max(since, second(firm.updated_at))),
            }  # fmt: skip

    def account_id(self, key: str | None) -> str | None:
        """The Account of an organization, None while there is none."""
        return sf_id("Account", key) if key and self.since(key) else None


def person_fields(person: Person) -> Row:
    """The fields that Lead and Contact share."""
    first, _, last = person.name.rpartition(" ")
    phones = [(row.get("phone"), row.get("type")) for row in person.phones]
    mobile = next((number for number, kind in phones if kind in ("mobile", "cellphone")), None)
    other = next((number for number, kind in phones if number != mobile), None)
    return {
        "FirstName": first or None, "LastName": last, "Name": person.name, "Title": person.title,
        "Email": person.emails[0] if person.emails else None, "Phone": other, "MobilePhone": mobile,
        "HasOptedOutOfEmail": False, "DoNotCall": False, "RD_UUID__c": person.integration_id,
    }  # fmt: skip


def owner(user_id: str | None) -> str:
    """The owner as Salesforce has it: nobody is the queue."""
    return sf_id("User", user_id) if user_id else sf_id("Group", "queue")


def stamps(created: datetime, changed: datetime) -> Row:
    """The three instants of a record."""
    return {"CreatedDate": created, "LastModifiedDate": changed, "SystemModstamp": changed}
