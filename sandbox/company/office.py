"""The running simulation: what every part of the company needs at hand."""

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.company.chance import stream
from sandbox.company.facts import Facts
from sandbox.company.people import Market
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

    def say(self, t: float, kind: str, **data: Any) -> None:
        """Record an event unless it lies beyond the horizon."""
        if t <= self.horizon:
            self.recorder.add_fact(moment(t), kind, data)
