"""Leads with a life made for a test, put into a simulated company: what rarely happens by chance between two looks."""

import hashlib
import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sandbox.events import Event
from sandbox.world import World

CONSENT = [{"category": "communications", "type": "consent", "status": "granted"}]


class Scene:
    """One lead: a contact, its mark and a deal at `start`; then what the test tells (hours after `start`)."""

    def __init__(
        self, world: World, name: str, start: datetime, seller: str, form: str = "checklist-nr-12"
    ) -> None:
        digest = hashlib.md5(name.encode(), usedforsecurity=False)
        self.world, self.start, self.events = world, start, list[Event]()
        self.contact, self.deal = str(uuid.UUID(digest.hexdigest(), version=4)), digest.hexdigest()[:24]
        self._tasks, card, email = 0, digest.hexdigest()[8:], f"{name}@cena.com.br"
        stages = {s["name"]: s["id"] for p in world.reference["pipelines"] for s in p["stages"]}
        self._at(-0.02, "mkt.contact_created", contact_uuid=self.contact, email=email, name=name, fields={},
                 extra_emails=[], tags=[], legal_bases=CONSENT)  # fmt: skip
        self._at(-0.02, "mkt.funnel", contact_uuid=self.contact, lifecycle_stage="Lead", opportunity=False, fit=50, interest=10)
        payload = {"conversion_identifier": form, "email": email, "name": name, "traffic_source": "google", "traffic_medium": "cpc"}
        self._at(-0.02, "mkt.conversion", contact_uuid=self.contact, identifier=form, payload=payload)
        self._at(0, "mkt.opportunity", contact_uuid=self.contact)
        self._at(0, "mkt.funnel", contact_uuid=self.contact, opportunity=True)
        self._at(0.02, "crm.contact_created", contact_id=card, name=name, emails=[email], phones=[], title=None,
                 organization_id=None, integration_id=self.contact, legal_bases=CONSENT)  # fmt: skip
        self._at(0.03, "crm.deal_created", deal_id=self.deal, name=name, organization_id=None, contact_ids=[card],
                 user_id=self.user(seller), stage_id=stages["Novo lead"], pipeline_id=world.reference["pipelines"][0]["id"],
                 amount_unique=0.0, amount_montly=0.0, rating=1, from_rdsm=True, campaign_id=None, source_id=None,
                 parent_deal_id=None, custom={})  # fmt: skip

    def _at(self, hours: float, kind: str, **data: Any) -> None:
        self.events.append(Event(self.start + timedelta(hours=hours), 0, kind, data))

    def user(self, name: str) -> str:
        """The CRM id of a seller."""
        return str(next(user["id"] for user in self.world.reference["users"] if user["name"] == name))

    def given_to(self, hours: float, seller: str) -> "Scene":
        """The manager gives the deal to somebody else."""
        self._at(hours, "crm.deal_updated", deal_id=self.deal, user_id=self.user(seller))
        return self

    def tried(self, hours: float, channel: str = "call", logged: float | None = None) -> "Scene":
        """An attempt, written down at `logged` hours (at once when None)."""
        self._tasks += 1
        when = hours if logged is None else logged
        task = hashlib.md5(f"{self.deal}{self._tasks}".encode(), usedforsecurity=False).hexdigest()[:24]
        done = self.start + timedelta(hours=hours)
        self._at(when, "crm.task_created", task_id=task, deal_id=self.deal, type=channel, subject="Contato", due_at=done,
                 user_id=self.world.reference["users"][0]["id"])  # fmt: skip
        self._at(when, "crm.task_done", task_id=task, done_at=done)
        return self

    def moved(self, hours: float, stage: str) -> "Scene":
        """The deal goes to another stage."""
        stages = {s["name"]: s["id"] for p in self.world.reference["pipelines"] for s in p["stages"]}
        self._at(hours, "crm.deal_stage", deal_id=self.deal, stage_id=stages[stage])
        return self

    def unmarked(self, hours: float) -> "Scene":
        """Somebody takes the opportunity mark off."""
        self._at(hours, "mkt.funnel", contact_uuid=self.contact, opportunity=False)
        return self

    def won(self, hours: float, amount: float) -> "Scene":
        """Sold for `amount`."""
        self._at(hours - 0.01, "crm.deal_updated", deal_id=self.deal, amount_unique=amount)
        self._at(hours, "crm.deal_closed", deal_id=self.deal, win=True, lost_reason_id=None, note=None)
        return self

    def given_back(self, hours: float, reason: str) -> "Scene":
        """Closed without success."""
        reasons = {row["name"]: row["id"] for row in self.world.reference["lost_reasons"]}
        self._at(hours, "crm.deal_closed", deal_id=self.deal, win=False, lost_reason_id=reasons[reason], note=None)
        return self


def with_scenes(world: World, *scenes: Scene) -> World:
    """A world in which these leads live too."""
    events = sorted(
        [*world.events, *(event for scene in scenes for event in scene.events)],
        key=lambda event: (event.at, event.seq),
    )
    return replace(world, events=[replace(event, seq=number) for number, event in enumerate(events, start=1)])
