"""Contacts of RD Station Marketing: entities, indexes, and how each marketing event changes them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.events import Event
from sandbox.server.state.signals import Signal

# Standard text attributes of a contact body, in printed order (rd_station.md A2, Fields).
TEXT_FIELDS = (
    "name", "job_title", "birthdate", "bio", "website", "personal_phone", "mobile_phone",
    "city", "state", "country", "twitter", "facebook", "linkedin",
)  # fmt: skip


@dataclass(slots=True)
class Interaction:
    """A conversion or an opportunity mark that the contact-events resource can show."""

    type: str
    identifier: str
    at: datetime
    payload: dict[str, Any]


@dataclass(slots=True)
class Contact:
    """One contact. `fields` holds the standard text attributes and `cf_*`; empty values are absent."""

    uuid: str
    email: str | None
    created_at: datetime
    known_at: float = field(compare=False)  # limit clock: since when it is known (delay for qualification events)
    fields: dict[str, Any] = field(default_factory=dict)
    company: str | None = None
    extra_emails: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    legal_bases: list[dict[str, Any]] = field(default_factory=list)
    lifecycle_stage: str = "Lead"
    opportunity: bool = False
    owner: str | None = None
    fit: int = 0
    interest: int = 0
    interactions: list[Interaction] = field(default_factory=list)
    conversions: int = 0
    first_conversion: Interaction | None = None
    last_conversion: Interaction | None = None

    @property
    def last_conversion_at(self) -> datetime | None:
        """Instant of the last conversion, None without any."""
        return self.last_conversion.at if self.last_conversion else None


@dataclass(slots=True)
class Enrolment:
    """A lead inside a flow: when, which, and by what (`api`, `conversion`)."""

    at: datetime
    contact_uuid: str
    via: str


class MarketingState:
    """All contacts with their indexes, flow enrolments and the small logs that analytics are computed from."""

    def __init__(self, workflows: list[dict[str, Any]], reentry: str) -> None:
        self.contacts: dict[str, Contact] = {}
        self.by_email: dict[str, str] = {}
        self.enrolments: dict[str, list[Enrolment]] = {str(flow["id"]): [] for flow in workflows}
        self.entries: dict[str, list[str]] = {}
        for flow in workflows:
            names = flow.get("entry_identifiers") or flow.get("entry_identifier") or flow.get("entry") or []
            for name in [names] if isinstance(names, str) else names:
                if flow.get("status", "enabled") in {"enabled", "active"}:
                    self.entries.setdefault(name, []).append(str(flow["id"]))
        self.reentry = reentry
        self.stage_log: list[tuple[datetime, str]] = []  # (instant, "Qualified Lead" | "Client" | "opportunity")
        self.conversion_log: list[tuple[datetime, str]] = []
        self.version = 0

    # Finding -------------------------------------------------------------------------------------------------
    def find(self, kind: str, value: str) -> Contact | None:
        """The contact by `uuid`, `email` or `phone` (digits compared), or None."""
        if kind == "uuid":
            return self.contacts.get(value)
        if kind == "email":
            return self.contacts.get(self.by_email.get(value.strip().lower(), ""))
        digits = "".join(c for c in value if c.isdigit())
        if kind != "phone" or not digits:
            return None
        for contact in self.contacts.values():
            for key in ("mobile_phone", "personal_phone"):
                if "".join(c for c in str(contact.fields.get(key) or "") if c.isdigit()) == digits:
                    return contact
        return None

    # Changing ------------------------------------------------------------------------------------------------
    def create(self, event: Event, limit_now: float) -> Contact:
        """Apply `mkt.contact_created`."""
        data = event.data
        contact = Contact(data["contact_uuid"], None, event.at, limit_now)
        self.contacts[contact.uuid] = contact
        self._write(contact, data)
        return contact

    def update(self, event: Event) -> None:
        """Apply `mkt.contact_updated`; unknown contacts are ignored (the contact may have been deleted)."""
        contact = self.contacts.get(event.data["contact_uuid"])
        if contact:
            self._write(contact, event.data)

    def _write(self, contact: Contact, data: dict[str, Any]) -> None:
        if "email" in data:
            self._rename(contact, data["email"])
        if data.get("name") is not None:
            contact.fields["name"] = data["name"]
        for key, value in (data.get("fields") or {}).items():
            if key in ("company", "company_name"):
                contact.company = value
            elif value is None or value == "":
                contact.fields.pop(key, None)
            else:
                contact.fields[key] = value
        if data.get("extra_emails") is not None:
            contact.extra_emails = list(data["extra_emails"])
        if data.get("tags") is not None:
            contact.tags = list(data["tags"])
        for tag in data.get("add_tags") or ():
            if tag not in contact.tags:
                contact.tags.append(tag)
        if data.get("legal_bases") is not None:
            contact.legal_bases = merged_bases(contact.legal_bases, data["legal_bases"])

    def _rename(self, contact: Contact, email: str | None) -> None:
        if contact.email and self.by_email.get(contact.email.lower()) == contact.uuid:
            del self.by_email[contact.email.lower()]
        contact.email = email or None
        if contact.email:
            self.by_email[contact.email.strip().lower()] = contact.uuid

    def delete(self, event: Event) -> None:
        """Apply `mkt.contact_deleted`: the contact and its events are gone from the API."""
        contact = self.contacts.pop(event.data["contact_uuid"], None)
        if contact:
            self._rename(contact, None)

    def merge(self, event: Event) -> None:
        """Apply `mkt.contact_merged`: the survivor takes over the events, tags and addresses of the other one."""
        gone = self.contacts.pop(event.data["contact_uuid"], None)
        into = self.contacts.get(event.data["into_uuid"])
        if gone is None:
            return
        address = gone.email
        self._rename(gone, None)
        if into is None:
            return
        for address_text in [address, *gone.extra_emails]:
            if address_text and address_text != into.email and address_text not in into.extra_emails:
                into.extra_emails.append(address_text)
        into.tags += [tag for tag in gone.tags if tag not in into.tags]
        if address:
            self.by_email.setdefault(address.lower(), into.uuid)
        into.interactions = sorted(into.interactions + gone.interactions, key=lambda item: item.at)
        conversions = [item for item in into.interactions if item.type == "CONVERSION"]
        into.conversions = len(conversions)
        into.first_conversion = conversions[0] if conversions else None
        into.last_conversion = conversions[-1] if conversions else None

    def convert(self, event: Event) -> list[Signal]:
        """Apply `mkt.conversion` of an existing contact: history, flow entry, CONVERTED."""
        contact = self.contacts.get(event.data["contact_uuid"])
        if contact is None:
            return []
        name = event.data["identifier"]
        item = Interaction("CONVERSION", name, event.at, event.data.get("payload") or {})
        contact.interactions.append(item)
        contact.conversions += 1
        contact.first_conversion = contact.first_conversion or item
        if contact.last_conversion is None or item.at >= contact.last_conversion.at:
            contact.last_conversion = item
        self.conversion_log.append((event.at, name))
        for flow in self.entries.get(name, ()):
            self.enrol(flow, contact.uuid, event.at, "conversion")
        return [Signal("WEBHOOK.CONVERTED", contact.uuid, event.at, name)]

    def mark(self, event: Event) -> list[Signal]:
        """Apply `mkt.opportunity`: the mark is set and MARKED_OPPORTUNITY fires."""
        contact = self.contacts.get(event.data["contact_uuid"])
        if contact is None:
            return []
        payload = {"email": contact.email, "funnel_name": "default"}
        contact.interactions.append(Interaction("OPPORTUNITY", "default", event.at, payload))
        contact.opportunity = True
        self.stage_log.append((event.at, "opportunity"))
        return [Signal("WEBHOOK.MARKED_OPPORTUNITY", contact.uuid, event.at)]

    def sale(self, event: Event) -> None:
        """Apply `mkt.sale`: the lead becomes a client; the opportunity mark stays as it was."""
        contact = self.contacts.get(event.data["contact_uuid"])
        if contact:
            contact.lifecycle_stage = "Client"
            self.stage_log.append((event.at, "Client"))

    def lose(self, event: Event) -> None:
        """Apply `mkt.opportunity_lost`: it removes the opportunity mark (rd_station.md A5)."""
        contact = self.contacts.get(event.data["contact_uuid"])
        if contact:
            contact.opportunity = False

    def funnel(self, event: Event) -> None:
        """Apply `mkt.funnel`: only the given keys change."""
        data, contact = event.data, self.contacts.get(event.data["contact_uuid"])
        if contact is None:
            return
        if "lifecycle_stage" in data:
            contact.lifecycle_stage = data["lifecycle_stage"]
            self.stage_log.append((event.at, contact.lifecycle_stage))
        if "opportunity" in data:
            contact.opportunity = bool(data["opportunity"])
        if "contact_owner_email" in data:
            contact.owner = data["contact_owner_email"]
        if "fit" in data:
            contact.fit = int(data["fit"])
        if "interest" in data:
            contact.interest = int(data["interest"])

    def enrol(self, flow: str, contact_uuid: str, at: datetime, via: str) -> bool:
        """Put a lead into a flow; False when it was there before and the flow lets leads in once only."""
        inside = self.enrolments.setdefault(flow, [])
        if self.reentry == "once" and any(item.contact_uuid == contact_uuid for item in inside):
            return False
        inside.append(Enrolment(at, contact_uuid, via))
        return True


def merged_bases(stored: list[dict[str, Any]], sent: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Legal bases after a write: one row per (category, type), the sent status wins."""
    rows = {(base["category"], base["type"]): dict(base) for base in stored}
    rows.update({(base["category"], base["type"]): dict(base) for base in sent})
    return list(rows.values())
