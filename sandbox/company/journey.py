"""One lead's life in marketing: arrival, conversions, qualification, and the return after a rejection."""

import random
from typing import Any

from sandbox.company.chance import spread
from sandbox.company.channels import CHANNELS, Channel, visit
from sandbox.company.constants import LOST_REASONS
from sandbox.company.facts import PassageFact
from sandbox.company.forms import Form, choose_form
from sandbox.company.handover import hand_over
from sandbox.company.identifiers import USELESS_PHONES, mistype_email, write_phone
from sandbox.company.mailing import LEGAL, RdContact
from sandbox.company.names import FREE_MAIL, plain
from sandbox.company.office import Office
from sandbox.company.people import Person

DAY = 86400.0


def _typed_name(office: Office, rng: random.Random, name: str) -> str:
    """How the person types the name into this form: in full, the first word, in capitals."""
    draw = rng.random()
    if draw < 0.10 * office.dirt:
        return name.split()[0]
    if draw < 0.17 * office.dirt:
        return name.upper()
    return name.lower() if draw < 0.22 * office.dirt else name


def _phone(office: Office, rng: random.Random, person: Person) -> str:
    """The phone as typed: mostly the mobile, sometimes the switchboard, sometimes nonsense."""
    if office.chance(rng, 0.035):
        return rng.choice(USELESS_PHONES)
    if person.company is not None and rng.random() < 0.13:
        return write_phone(rng, person.company.area, person.company.switchboard, office.dirt)
    return write_phone(rng, person.area, person.mobile, office.dirt)


def _fill(office: Office, rng: random.Random, person: Person, form: Form) -> dict[str, Any]:
    """The marketing fields that the form captured."""
    asks, fields = form.asks, {"name": _typed_name(office, rng, person.name)}
    company = person.company
    if rng.random() < asks.get("phone", 0):
        fields["mobile_phone" if rng.random() < 0.7 else "personal_phone"] = _phone(office, rng, person)
    if rng.random() < asks.get("job_title", 0):
        fields["job_title"] = person.title
    if rng.random() < asks.get("city", 0):
        fields.update(city=person.city, state=person.state)
    if company is not None and rng.random() < asks.get("company", 0):
        fields["company"] = company.name
    if company is not None and rng.random() < asks.get("size", 0):
        fields["cf_porte_empresa"] = company.size
        fields["cf_segmento"] = company.segment
    if rng.random() < asks.get("cnpj", 0):
        if company is not None:
            fields["cf_cnpj"] = company.cnpj
        elif person.cpf is not None and rng.random() < 0.6:
            fields["cf_cpf"] = person.cpf
    return fields


def convert(office: Office, rng: random.Random, rd: RdContact, t: float, form: Form, channel: Channel) -> None:
    """One conversion of the contact at `t`."""
    fields = _fill(office, rng, rd.person, form)
    phone = fields.get("mobile_phone") or fields.get("personal_phone")
    if phone:
        rd.phone_text = phone
    payload: dict[str, Any] = {"conversion_identifier": form.identifier, "email": rd.email}
    payload.update({"company_name" if k == "company" else k: v for k, v in fields.items()})
    payload.update(visit(rng, channel, office.dirt))
    if LEGAL[rd.person.consent] and rd.person.consent != "legitimate":
        payload["legal_bases"] = LEGAL[rd.person.consent]
    rd.note(t, "conversion", identifier=form.identifier, payload=payload, fields=fields, points=form.points)


def _other_contact(office: Office, rng: random.Random, person: Person, key: str) -> RdContact | None:
    """A duplicate of the person: an e-mail with a typing error, or another address with the same phone."""
    if rng.random() < 0.55:
        email = mistype_email(rng, person.email)
    else:
        local = plain(person.name).replace("-", "")
        email = f"{local}{rng.randrange(10, 9999)}@{rng.choice(list(FREE_MAIL))}"
    if email in office.mailing.by_email or email == person.email:
        return None
    return office.mailing.contact(email, person)


def _qualifies(rng: random.Random, person: Person, form: Form, interest: int) -> bool:
    """Marketing's scoring: a buying signal of a fitting profile, or a lot of interest."""
    if form.hot:
        return rng.random() < (0.90 if person.fit >= 40 else 0.66)
    if form.points >= 30:
        return rng.random() < (0.50 if person.fit >= 45 else 0.18)
    return interest >= 45 and person.fit >= 50 and rng.random() < 0.5


class Journey:
    """One person's way through marketing; `run` simulates it up to the horizon."""

    def __init__(self, office: Office, key: str | int, person: Person, channel: Channel) -> None:
        self.office, self.key, self.person, self.channel = office, key, person, channel
        self.rng = office.rng("journey", key)
        self.rd = office.mailing.contact(person.email, person)
        self.first_rd = self.rd
        self.interest = 0
        self.passages = 0

    def run(self, arrival: float) -> None:
        """First visit, more visits, perhaps an MQL, perhaps again after months."""
        t = arrival
        pages = 1 + min(5, int(self.rng.expovariate(1 / (self.channel.pages + 0.35))))
        fact = self._visits(t, pages, self.channel)
        while fact is not None and self.passages < 4:
            again = self._comes_back(fact)
            if again is None:
                break
            fact = self._visits(again, 2, CHANNELS["email"], returning=True)
        self._tidy_up()

    def _visits(self, t: float, pages: int, channel: Channel, returning: bool = False) -> PassageFact | None:
        """Up to `pages` conversions from `t` on; the passage when one of them qualifies."""
        rng, person, office = self.rng, self.person, self.office
        for number in range(pages):
            if t > office.horizon:
                return None
            hot_chance = person.intent * (0.9 if returning else 0.45 if number else 0.50)
            form = choose_form(rng, channel.name, number == 0 and not returning, hot_chance)
            if (number or returning) and office.chance(rng, 0.035):
                self.rd = _other_contact(office, rng, person, f"{self.key}") or self.rd
            convert(office, rng, self.rd, t, form, channel)
            self.interest += form.points
            if _qualifies(rng, person, form, self.interest):
                key = f"{self.key}:{self.passages}"
                self.passages += 1
                fact = hand_over(office, key, person, self.rd, t, form.hot or self.interest >= 80, channel.name)
                if rng.random() < 0.25:  # goes on reading while sales is at work
                    later = t + rng.uniform(1, 20) * DAY
                    convert(office, rng, self.rd, later, choose_form(rng, "email", False, 0.1), CHANNELS["email"])
                return fact
            t += spread(rng, 6 * DAY, 1.1) if rng.random() < 0.75 else rng.uniform(120, 3600)
        return None

    def _comes_back(self, fact: PassageFact) -> float | None:
        """When a rejected, lost or won lead shows interest again, months later."""
        rng = self.rng
        if fact.closed_at is None:
            return None
        if fact.outcome == "won":
            return fact.closed_at + rng.uniform(60, 170) * DAY if rng.random() < 0.07 else None
        nurture = fact.reason is not None and LOST_REASONS[fact.reason][1] == "nurture"
        if rng.random() < (0.34 if nurture else 0.10):
            return fact.closed_at + 18 * DAY + spread(rng, 55 * DAY, 0.6)
        return None

    def _tidy_up(self) -> None:
        """Consent withdrawn, deletion on request, duplicates merged by marketing."""
        office, rng, rd = self.office, self.office.rng("tidy", self.key), self.first_rd
        if not rd.log:
            return
        last = max(t for t, _, _ in rd.log)
        if rd.person.consent in ("granted", "legitimate") and office.chance(rng, 0.055):
            when = min(t for t, _, _ in rd.log) + rng.uniform(3, 120) * DAY
            rd.note(when, "change", legal_bases=LEGAL["declined"])
        elif rd.person.consent == "unknown" and rng.random() < 0.06:
            rd.note(last + rng.uniform(1, 30) * DAY, "change", legal_bases=LEGAL["granted"])
        if office.chance(rng, 0.007):
            rd.deleted_at = last + rng.uniform(1, 40) * DAY
        elif self.rd is not rd and self.rd.log and office.chance(rng, 0.25):
            when = max(t for t, _, _ in self.rd.log) + rng.uniform(2, 30) * DAY
            # Marketing merges the newer record away; only then the survivor's last conversion moves.
            if self.rd.last_conversion(when) > rd.last_conversion(when):
                self.rd.deleted_at, self.rd.merged_into = when, rd
