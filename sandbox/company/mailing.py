"""RD Station Marketing's side: contacts, what they convert on, and what the funnel shows of them.

A contact's life is collected first and written down at the end in time order, because leads are simulated one after
the other and two of them may share a mailbox (then they are one contact for RD Station).
"""

from typing import Any

from sandbox.company.chance import new_uuid
from sandbox.company.office import Office
from sandbox.company.people import Person

Fact = tuple[float, str, dict[str, Any]]


class RdContact:
    """One marketing contact. `log` holds (instant, kind, data) in any order."""

    __slots__ = ("deleted_at", "email", "fit", "log", "merged_into", "person", "phone_text", "uuid")

    def __init__(self, uuid: str, email: str, person: Person) -> None:
        self.uuid, self.email, self.person = uuid, email, person
        self.fit = person.fit
        self.log: list[Fact] = []
        self.phone_text: str | None = None
        self.deleted_at: float | None = None
        self.merged_into: RdContact | None = None

    def note(self, t: float, kind: str, **data: Any) -> None:
        """Something that happens to the contact at `t` (kinds: conversion, funnel, opportunity, sale, lost, change)."""
        self.log.append((t, kind, data))

    def last_conversion(self, until: float) -> float:
        """The instant of the last conversion up to `until` (0.0 when there is none)."""
        return max((t for t, kind, _ in self.log if kind == "conversion" and t <= until), default=0.0)


LEGAL = {
    "granted": [{"category": "communications", "type": "consent", "status": "granted"}],
    "legitimate": [{"category": "communications", "type": "legitimate_interest", "status": "granted"}],
    "declined": [{"category": "communications", "type": "consent", "status": "declined"}],
    "unknown": [],
}


class MailingList:
    """All marketing contacts, by e-mail."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.by_email: dict[str, RdContact] = {}

    def contact(self, email: str, person: Person) -> RdContact:
        """The contact with this e-mail; made on first use (the e-mail is RD Station's key)."""
        found = self.by_email.get(email)
        if found is None:
            found = RdContact(new_uuid(self._office.rng("rd", email)), email, person)
            self.by_email[email] = found
            self._office.facts.rd_person[found.uuid] = person.key
        return found

    def free_email(self, email: str, person: Person) -> str:
        """`email`, or a variant of it when another person already has it."""
        taken = self.by_email.get(email)
        if taken is None or taken.person is person or person.shared_mailbox:
            return email
        local, domain = email.split("@")
        number = 2
        while f"{local}{number}@{domain}" in self.by_email:
            number += 1
        return f"{local}{number}@{domain}"

    def write_down(self) -> None:
        """Record every contact's life as events, in time order."""
        for contact in self.by_email.values():
            if contact.log:
                _write(self._office, contact)


def _write(office: Office, contact: RdContact) -> None:
    """One contact: creation with the first conversion, then the rest up to deletion or merge."""
    contact.log.sort(key=lambda fact: fact[0])
    first = contact.log[0]
    fields: dict[str, Any] = {k: v for k, v in first[2].get("fields", {}).items() if k != "name"}
    name = first[2].get("fields", {}).get("name", contact.person.name)
    office.say(
        first[0], "mkt.contact_created", contact_uuid=contact.uuid, email=contact.email, name=name,
        fields=dict(fields), extra_emails=[], tags=["inbound"], legal_bases=LEGAL[contact.person.consent],
    )  # fmt: skip
    interest, uuid, bases = 0, contact.uuid, LEGAL[contact.person.consent]
    office.say(first[0], "mkt.funnel", contact_uuid=uuid, lifecycle_stage="Lead", opportunity=False, fit=contact.fit,
               interest=0)  # fmt: skip
    for t, kind, data in contact.log:
        if contact.deleted_at is not None and t >= contact.deleted_at:
            break
        if kind == "conversion":
            typed = data["fields"]
            changed = {k: v for k, v in typed.items() if k != "name" and fields.get(k) != v}
            fields.update(changed)
            payload = data["payload"]
            if payload.get("legal_bases", bases) != bases:  # a form does not undo what the person asked for
                payload = {key: value for key, value in payload.items() if key != "legal_bases"}
            office.say(t, "mkt.conversion", contact_uuid=uuid, identifier=data["identifier"], payload=payload)
            if changed and t > first[0]:
                office.say(t, "mkt.contact_updated", contact_uuid=uuid, fields=changed)
            if typed.get("name", name) != name:
                name = typed["name"]
                office.say(t, "mkt.contact_updated", contact_uuid=uuid, name=name)
            interest = min(200, interest + data["points"])
            office.say(t + 0.9, "mkt.funnel", contact_uuid=uuid, interest=interest)
        elif kind == "opportunity":
            office.say(t, "mkt.opportunity", contact_uuid=uuid)
            office.say(t, "mkt.funnel", contact_uuid=uuid, opportunity=True)
        elif kind == "change":
            bases = data.get("legal_bases", bases)
            office.say(t, "mkt.contact_updated", contact_uuid=uuid, **data)
        else:
            office.say(t, f"mkt.{kind}", contact_uuid=uuid, **data)
    if contact.deleted_at is not None and contact.deleted_at <= office.horizon:
        _end(office, contact, contact.deleted_at)


def _end(office: Office, contact: RdContact, t: float) -> None:
    """The contact disappears: deleted on request, or merged into the person's other contact."""
    into = contact.merged_into
    if into is None:
        office.say(t, "mkt.contact_deleted", contact_uuid=contact.uuid)
        return
    office.say(t, "mkt.contact_merged", contact_uuid=contact.uuid, into_uuid=into.uuid)
    office.say(t + 0.5, "mkt.contact_updated", contact_uuid=into.uuid, extra_emails=[contact.email])


