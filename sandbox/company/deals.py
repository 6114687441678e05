"""One CRM deal as an object that collects its events: a deletion cuts everything after it."""

import random
from dataclasses import dataclass, field
from typing import Any

from sandbox.company.chance import new_hex
from sandbox.company.office import Office
from sandbox.company.sellers import Seller
from sandbox.company.worktime import LOCAL_OFFSET, WorkTime, moment

TASK_SUBJECT = {
    "call": "Ligação", "whatsapp": "WhatsApp", "email": "E-mail", "meeting": "Reunião", "visit": "Visita técnica",
    "task": "Pendência", "lunch": "Almoço",
}  # fmt: skip


@dataclass(slots=True)
class Deal:
    """A deal under way. `events` holds (instant, kind, data); `flush` records them."""

    office: Office
    rng: random.Random
    id: str
    created: float
    seller: Seller
    stage: str = "Novo lead"
    events: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)
    deleted_at: float | None = None

    @property
    def work(self) -> WorkTime:
        """The working time of whoever has the deal now."""
        return self.office.work_of(self.seller)

    def give_to(self, t: float, seller: Seller) -> None:
        """The manager gives the deal to somebody else."""
        self.seller = seller
        self.emit(t, "deal_updated", deal_id=self.id, user_id=seller.user_id)

    def emit(self, t: float, kind: str, **data: Any) -> None:
        """Something happens to this deal."""
        self.events.append((t, f"crm.{kind}", data))

    def move(self, t: float, stage: str) -> None:
        """The deal enters a stage (also one it has been in before)."""
        self.stage = stage
        self.emit(t, "deal_stage", deal_id=self.id, stage_id=self.office.catalogue.stage_ids[stage])

    def attempt(self, t: float, kind: str, luck: random.Random | None = None) -> None:
        """A completed task. Late loggers write it down hours later with the real time as `done_at`; some never do.
        `luck`: a stream of its own, for what must not shift the deal's other draws."""
        rng, office, late_share = luck or self.rng, self.office, self.seller.habit.late_log
        if office.chance(rng, self.seller.habit.unlogged):
            return
        done_at = moment(t)
        if office.chance(rng, late_share):
            logged = self.work.add(t, rng.uniform(1.5, 11) * 3600) + rng.uniform(5, 90)
            created = logged
        else:
            logged = t + rng.uniform(2, 45)
            created = max(self.created + 1, t - rng.uniform(1, 900))
        task = new_hex(rng, created)
        self.emit(
            created, "task_created", task_id=task, deal_id=self.id, type=kind, subject=TASK_SUBJECT[kind],
            due_at=done_at, user_id=self.seller.user_id,
        )  # fmt: skip
        self.emit(logged + 0.4, "task_done", task_id=task, done_at=done_at)
        if office.chance(rng, 0.004):
            self.emit(logged + rng.uniform(1, 60) * 86400, "task_deleted", task_id=task)

    def plan(self, t: float, kind: str, due: float) -> None:
        """A task that nobody ever completes."""
        self.emit(
            t, "task_created", task_id=new_hex(self.rng, t), deal_id=self.id, type=kind, subject=TASK_SUBJECT[kind],
            due_at=moment(due), user_id=self.seller.user_id,
        )  # fmt: skip

    def flush(self) -> None:
        """Record the events up to the deletion."""
        cut = self.deleted_at
        for t, kind, data in self.events:
            if cut is None or t < cut:
                self.office.say(t, kind, **data)
        if cut is not None:
            self.office.say(cut, "crm.deal_deleted", deal_id=self.id)


def attempt_type(rng: random.Random, t: float, number: int) -> str:
    """Calls first, messages later and in the evening; meetings and visits once the lead is qualified."""
    hour = int((t + LOCAL_OFFSET) % 86400 // 3600)
    if hour >= 18 or hour < 8:
        return "whatsapp" if rng.random() < 0.8 else "email"
    return rng.choices(("call", "whatsapp", "email"), (6, 3, 1) if number == 0 else (4, 4, 2))[0]
