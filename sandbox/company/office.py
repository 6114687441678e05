"""The running simulation: what every part of the company needs at hand."""

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.company.chance import stream
from sandbox.company.facts import Facts
from sandbox.company.names import KNOWN_SECTORS
from sandbox.company.people import Market, Person
from sandbox.company.sellers import Seller
from sandbox.company.worktime import WorkTime, moment
from sandbox.events import Recorder

if TYPE_CHECKING:
    from sandbox.company.erp_desk import ErpDesk
    from sandbox.company.mailing import MailingList
    from sandbox.company.reference import Catalogue
    from sandbox.company.rolodex import Rolodex


@dataclass(slots=True)
class Office:
    """Shared state of one run. `start`, `end`, `horizon` are epoch seconds; nothing after `horizon` is recorded."""

    seed: int
    start: float
    end: float
    horizon: float
    dirt: float
    work: WorkTime
    sellers: list[Seller]
    catalogue: "Catalogue"
    market: Market
    sector_pull: float = 0.0  # added to the chance that sales qualifies a company of a known sector, taken from the others'
    works: dict[str, WorkTime] = field(default_factory=dict)  # of sellers with hours or absences of their own, by e-mail
    recorder: Recorder = field(default_factory=Recorder)
    facts: Facts = field(default_factory=Facts)
    mailing: "MailingList" = field(init=False)
    rolodex: "Rolodex" = field(init=False)
    erp: "ErpDesk" = field(init=False)

    def work_of(self, seller: Seller) -> WorkTime:
        """The working time of a seller."""
        return self.works.get(seller.email, self.work)

    def rng(self, *concern: object) -> random.Random:
        """The random stream of one concern."""
        return stream(self.seed, *concern)

    def chance(self, rng: random.Random, share: float) -> bool:
        """A dirty habit or accident: happens with `share`, scaled by the dirt of the world."""
        return rng.random() < share * self.dirt

    def pull(self, person: Person) -> float:
        """What a lead's sector adds to its chance of becoming SQL (share); nothing for a natural person."""
        if person.company is None:
            return 0.0
        return self.sector_pull if person.company.segment in KNOWN_SECTORS else -self.sector_pull

    def say(self, t: float, kind: str, **data: Any) -> None:
        """Record an event unless it lies beyond the horizon."""
        if t <= self.horizon:
            self.recorder.add_fact(moment(t), kind, data)
