"""The sales team and its habits: who calls at once, who never calls, who logs late, who forgets the reason."""

import random
from dataclasses import dataclass

from sandbox.company.chance import new_hex, stream
from sandbox.company.constants import DOMAIN
from sandbox.company.names import plain


@dataclass(frozen=True, slots=True)
class Habit:
    """One seller's way of working. `minutes`: median working minutes to the first attempt at a hot lead (others
    wait four times as long); shares are chances per deal or per task; `skill` multiplies every chance to advance."""

    name: str
    team: str
    minutes: float
    skill: float
    never: float  # deals that get no attempt at all
    late_log: float  # tasks that are written down hours later
    skips: float  # stages that are jumped over
    forgets: float  # losses closed without a reason
    rates: float  # deals that get a grade
    unlogged: float  # attempts that never become a task in the CRM
    weight: float = 1.0
    active: bool = True
    disciplined: float = 0.0  # deals on which the agreed cadence is kept


HABITS = (
    Habit("Aline Duarte", "Inside sales", 2.5, 1.22, 0.01, 0.06, 0.05, 0.03, 0.85, 0.01, 1.2, disciplined=0.9),
    Habit("Caio Menezes", "Inside sales", 3.5, 1.12, 0.02, 0.10, 0.08, 0.05, 0.70, 0.02, 1.2, disciplined=0.85),
    Habit("Débora Luz", "Inside sales", 7, 1.05, 0.03, 0.15, 0.12, 0.08, 0.60, 0.03, disciplined=0.7),
    Habit("Everton Pacheco", "Inside sales", 22, 0.96, 0.05, 0.45, 0.15, 0.12, 0.45, 0.08, disciplined=0.45),
    Habit("Flávia Corrêa", "Externo SP", 55, 1.02, 0.06, 0.35, 0.20, 0.15, 0.40, 0.1, disciplined=0.5),
    Habit("Gilberto Ramires", "Externo SP", 190, 0.86, 0.14, 0.55, 0.35, 0.30, 0.20, 0.28, disciplined=0.15),
    Habit("Heloísa Vargas", "Externo Sul", 30, 1.08, 0.04, 0.20, 0.10, 0.06, 0.65, 0.03, disciplined=0.75),
    Habit("Ivo Santoro", "Externo Sul", 420, 0.72, 0.34, 0.50, 0.30, 0.42, 0.10, 0.4, 0.8, disciplined=0.05),
    Habit("Jorge Peixoto", "Externo Sul", 90, 0.90, 0.10, 0.30, 0.45, 0.20, 0.30, 0.2, 0.8, disciplined=0.3),
    Habit("Kelly Brandão", "Inside sales", 60, 0.92, 0.08, 0.25, 0.15, 0.18, 0.35, 0.12, 0.0, active=False),
)


@dataclass(frozen=True, slots=True)
class Seller:
    """A CRM user who sells; `erp_code` is the SA3 code."""

    user_id: str
    email: str
    erp_code: str
    habit: Habit


def hire(seed: int, at: float) -> list[Seller]:
    """The team, in a fixed order; the last one has left (she owns old deals only)."""
    rng = stream(seed, "sellers")
    return [
        Seller(new_hex(rng, at), f"{plain(h.name).replace('-', '.')}@{DOMAIN}", f"{n:06d}", h)
        for n, h in enumerate(HABITS, start=1)
    ]


def assign(rng: random.Random, sellers: list[Seller], state: str, early: bool) -> Seller:
    """Who gets a deal: the south goes to the southern team, the rest by weight; the one who left only `early`."""
    south = state in ("PR", "SC", "RS")
    weights = []
    for seller in sellers:
        weight = seller.habit.weight if seller.habit.active else (0.9 if early else 0.0)
        if (seller.habit.team == "Externo Sul") != south and seller.habit.team != "Inside sales":
            weight *= 0.15
        weights.append(weight)
    return rng.choices(sellers, weights)[0]
