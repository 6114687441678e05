"""The people and companies of the simulated market, as they really are."""

import random
from dataclasses import dataclass, field

from sandbox.company.chance import pick, stream
from sandbox.company.identifiers import new_cnpj, new_cpf, new_fixed, new_mobile
from sandbox.company.names import (
    CITIES,
    FIRST_F,
    FIRST_M,
    FREE_MAIL,
    KINDS,
    LAST,
    MIDDLE,
    PROPER,
    SEGMENTS,
    SIZE_FIT,
    SIZES,
    SUFFIX,
    TITLE_FIT,
    TITLES,
    plain,
)


@dataclass(slots=True)
class Company:
    """A buying company; `key` names it in the actual truth, `lead_index` is the lead it was made for."""

    key: str
    name: str
    cnpj: str
    domain: str
    city: str
    state: str
    area: str
    switchboard: str
    segment: str
    size: str
    contacts: list["Person"] = field(default_factory=list)


@dataclass(slots=True)
class Person:
    """A human being; `company` is None for natural persons who buy for themselves (then `cpf` is set)."""

    key: str
    name: str
    email: str
    mobile: str
    area: str
    city: str
    state: str
    title: str
    company: Company | None
    cpf: str | None
    fit: int
    intent: float
    consent: str  # granted | legitimate | declined | unknown
    shared_mailbox: bool = False


def new_company(rng: random.Random, key: str) -> Company:
    """A company with a name, a CNPJ and a switchboard of its own."""
    city, state, area = pick(rng, CITIES)
    base = f"{rng.choice(KINDS)} {rng.choice(PROPER)}"
    if rng.random() < 0.55:
        base += f" {rng.choice(('do Brasil', 'Paulista', 'Sul', 'Norte', 'Industrial', '& Filhos', 'Irmãos'))}"
    domain = f"{plain(base).replace('-', '')}{rng.randrange(10, 999)}.com.br"
    return Company(
        key, f"{base} {rng.choice(SUFFIX)}", new_cnpj(rng), domain, city, state, area, new_fixed(rng),
        rng.choice(SEGMENTS), pick(rng, SIZES),
    )  # fmt: skip


def person_name(rng: random.Random) -> str:
    """Two or three words."""
    first = rng.choice(FIRST_F if rng.random() < 0.5 else FIRST_M)
    middle = f" {rng.choice(MIDDLE)}" if rng.random() < 0.35 else ""
    return f"{first}{middle} {rng.choice(LAST)}"


def new_person(rng: random.Random, key: str, company: Company | None, channel_fit: float, intent: float) -> Person:
    """A person of `company` (or a natural person), with a profile around the channel's mean."""
    name = person_name(rng)
    words = plain(name).split("-")
    local = f"{words[0]}.{words[-1]}"
    title = pick(rng, TITLES)
    if company is None or rng.random() < 0.24:
        email = f"{local}{rng.randrange(1, 9999)}@{pick(rng, FREE_MAIL)}"
    else:
        email = f"{local}@{company.domain}"
    city, state, area = (company.city, company.state, company.area) if company else pick(rng, CITIES)
    fit = channel_fit + TITLE_FIT[title] + (SIZE_FIT[company.size] if company else -20) + rng.gauss(0, 10)
    consent = pick(rng, {"granted": 60, "legitimate": 8, "declined": 7, "unknown": 25})
    return Person(
        key, name, email, new_mobile(rng), area, city, state, title, company,
        new_cpf(rng) if company is None else None, int(min(100, max(0, fit))),
        min(0.95, max(0.02, intent + rng.gauss(0, 0.14))), consent,
    )  # fmt: skip


class Market:
    """Hands out one person per lead index; some leads work for a company that an earlier lead brought."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._companies: dict[str, Company] = {}
        self.people: dict[str | int, Person] = {}
        self.first_arrival: dict[str, float] = {}  # company key -> arrival of its first lead

    def person(self, index: str | int, channel_fit: float, intent: float) -> Person:
        """The person behind lead `index`; a numeric index may share the company of an earlier lead."""
        known = self.people.get(index)
        if known is not None:
            return known
        rng = stream(self._seed, "person", index)
        company: Company | None = None
        draw = rng.random()
        if draw >= 0.06:
            owner = str(index)
            if draw < 0.17 and isinstance(index, int) and index > 0:
                owner = str(rng.randrange(index))
            company = self._companies.get(owner)
            if company is None:
                company = new_company(stream(self._seed, "company", owner), f"company:{owner}")
                self._companies[owner] = company
        person = new_person(rng, f"person:{index}", company, channel_fit, intent)
        if company is not None:
            if rng.random() < 0.03:
                person.shared_mailbox = True
                person.email = f"{rng.choice(('contato', 'compras', 'vendas'))}@{company.domain}"
            company.contacts.append(person)
        self.people[index] = person
        return person
