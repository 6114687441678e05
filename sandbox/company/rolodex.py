"""The CRM's registry: contacts and organizations, made when the first deal needs them."""

import random
from typing import Any

from sandbox.company.chance import new_hex
from sandbox.company.identifiers import mask_cnpj, write_phone
from sandbox.company.mailing import LEGAL, RdContact
from sandbox.company.office import Office
from sandbox.company.people import Company, Person


class Card:
    """One CRM row to be: `first_used` decides when it is created."""

    __slots__ = ("data", "first_used", "id")

    def __init__(self, row_id: str, first_used: float, data: dict[str, Any]) -> None:
        self.id, self.first_used, self.data = row_id, first_used, data


class Rolodex:
    """CRM contacts (by RD contact, or by person when a seller typed them) and organizations (by company)."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self.contacts: dict[str, Card] = {}
        self.organizations: dict[str, Card] = {}

    def organization(self, company: Company, t: float, user_id: str | None) -> str:
        """The organization of the company, needed at `t`."""
        card = self.organizations.get(company.key)
        if card is None:
            rng = self._office.rng("organization", company.key)
            draw = rng.random()
            cnpj = mask_cnpj(company.cnpj) if draw < 0.3 else company.cnpj if draw < 0.5 else None
            if cnpj and self._office.chance(rng, 0.03):
                cnpj = cnpj[:-1] + str((int(cnpj[-1]) + 3) % 10)  # a typing error: the check digit is wrong
            data = {
                "name": company.name, "url": f"https://www.{company.domain}" if rng.random() < 0.6 else None,
                "cnpj": cnpj, "segment": company.segment if rng.random() < 0.7 else None, "state": company.state,
                "city": company.city, "user_id": user_id,
            }  # fmt: skip
            card = Card(new_hex(rng, t), t, data)
            self.organizations[company.key] = card
        card.first_used = min(card.first_used, t)
        return card.id

    def learn_cnpj(self, company: Company, t: float) -> None:
        """Before invoicing, the seller usually types the right CNPJ into the organization."""
        card = self.organizations[company.key]
        rng = self._office.rng("learn cnpj", company.key)
        if rng.random() < 0.85 and card.data["cnpj"] is None:
            self._office.say(t, "crm.organization_updated", organization_id=card.id, cnpj=mask_cnpj(company.cnpj))

    def contact_of(self, rd: RdContact, t: float, organization_id: str | None) -> str:
        """The CRM contact that the native integration makes for a marketing contact (matched by e-mail)."""
        card = self.contacts.get(rd.uuid)
        if card is None:
            rng = self._office.rng("crm contact", rd.uuid)
            phones = [{"phone": rd.phone_text, "type": "mobile"}] if rd.phone_text else []
            data = {
                "name": rd.person.name, "emails": [rd.email], "phones": phones, "title": rd.person.title,
                "organization_id": organization_id, "legal_bases": LEGAL[rd.person.consent],
                # Contacts that were in the CRM before the connection carry no integration id.
                "integration_id": None if self._office.chance(rng, 0.07) else rd.uuid,
            }  # fmt: skip
            card = self._add(rd.uuid, rng, t, data, rd.person)
        card.first_used = min(card.first_used, t)
        return card.id

    def contact_typed(self, person: Person, t: float, organization_id: str | None) -> str:
        """A contact that a seller types by hand: often without e-mail, or with a made-up one."""
        card = self.contacts.get(person.key)
        if card is None:
            rng = self._office.rng("typed contact", person.key)
            draw = rng.random()
            emails = [person.email] if draw < 0.6 else []
            if not emails and self._office.chance(rng, 0.3):
                emails = ["naotem@naotem.com.br"]
            phone = write_phone(rng, person.area, person.mobile, self._office.dirt)
            phones = [{"phone": phone, "type": rng.choice(("mobile", "work"))}] if rng.random() < 0.8 else []
            data = {
                "name": person.name if rng.random() < 0.7 else person.name.split()[0], "emails": emails,
                "phones": phones, "title": person.title if rng.random() < 0.4 else None,
                "organization_id": organization_id, "legal_bases": [], "integration_id": None,
            }  # fmt: skip
            card = self._add(person.key, rng, t, data, person)
        card.first_used = min(card.first_used, t)
        return card.id

    def _add(self, key: str, rng: random.Random, t: float, data: dict[str, Any], person: Person) -> Card:
        card = Card(new_hex(rng, t), t, data)
        self.contacts[key] = card
        self._office.facts.crm_person[card.id] = person.key
        return card

    def write_down(self) -> None:
        """Record the creations, just before the first deal that needs each row."""
        for card in self.organizations.values():
            self._office.say(card.first_used - 0.6, "crm.organization_created", organization_id=card.id, **card.data)
        for card in self.contacts.values():
            self._office.say(card.first_used - 0.3, "crm.contact_created", contact_id=card.id, **card.data)



