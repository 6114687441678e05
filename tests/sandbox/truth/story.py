"""Hand-made worlds for the truth: a few events told in minutes, with a reference that has stages and reasons."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.company.constants import DOMAIN, LOST_REASONS, STAGES
from sandbox.company.facts import Facts
from sandbox.events import Recorder
from sandbox.world import World

MONDAY = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)  # 10:00 in São Paulo, a working day
_STAGE_IDS = {name: f"stage-{n}" for n, name in enumerate([*STAGES, "Kick-off"])}

# The deals' default owner; one of the southern team; one with holidays in the terms (2026-04-06 to 2026-04-17).
SELLERS = {"seller": f"ana.seller@{DOMAIN}", "south": f"sul@{DOMAIN}", "caio": f"caio.menezes@{DOMAIN}"}


class Story:
    """Collects events; times are minutes after `MONDAY` (may be negative)."""

    def __init__(self) -> None:
        self._recorder = Recorder()

    def at(self, minutes: float, kind: str, **data: Any) -> "Story":
        """Any event."""
        self._recorder.add(MONDAY + timedelta(minutes=minutes), kind, **data)
        return self

    def contact(
        self, minutes: float, uuid: str, email: str, consent: str | None = "granted", **fields: Any
    ) -> "Story":
        """An RD contact in stage Lead."""
        bases = [{"category": "communications", "type": "consent", "status": consent}] if consent else []
        self.at(minutes, "mkt.contact_created", contact_uuid=uuid, email=email, name="Ana", fields=fields,
                extra_emails=[], tags=[], legal_bases=bases)  # fmt: skip
        return self.at(minutes, "mkt.funnel", contact_uuid=uuid, lifecycle_stage="Lead", fit=10, interest=0)

    def conversion(
        self, minutes: float, uuid: str, identifier: str = "newsletter", **traffic: str
    ) -> "Story":
        """A conversion, with traffic keys by their short names."""
        payload = {f"traffic_{key}": value for key, value in traffic.items()}
        return self.at(minutes, "mkt.conversion", contact_uuid=uuid, identifier=identifier, payload=payload)

    def mark(self, minutes: float, uuid: str) -> "Story":
        """The opportunity mark."""
        return self.at(minutes, "mkt.opportunity", contact_uuid=uuid)

    def qualified(self, minutes: float, uuid: str) -> "Story":
        """The funnel shows "Qualified Lead" from now on."""
        return self.at(minutes, "mkt.funnel", contact_uuid=uuid, lifecycle_stage="Qualified Lead")

    def card(
        self, minutes: float, contact_id: str, email: str | None, integration: str | None = None
    ) -> "Story":
        """A CRM contact."""
        return self.at(minutes, "crm.contact_created", contact_id=contact_id, name="Ana", emails=[email] if email else [],
                       phones=[], title=None, organization_id=None, integration_id=integration, legal_bases=[])  # fmt: skip

    def deal(
        self, minutes: float, deal_id: str, contacts: list[str], native: bool = True, **over: Any
    ) -> "Story":
        """A deal in "Novo lead", owned by `seller`."""
        data: dict[str, Any] = {
            "deal_id": deal_id, "name": "x", "organization_id": None, "contact_ids": contacts, "user_id": "seller",
            "stage_id": _STAGE_IDS["Novo lead"], "pipeline_id": "p", "amount_unique": 0.0, "amount_montly": 0.0,
            "rating": 1, "from_rdsm": native, "campaign_id": None, "source_id": None, "parent_deal_id": None, "custom": {},
        }  # fmt: skip
        return self.at(minutes, "crm.deal_created", **(data | over))

    def stage(self, minutes: float, deal_id: str, name: str) -> "Story":
        """A stage visit."""
        return self.at(minutes, "crm.deal_stage", deal_id=deal_id, stage_id=_STAGE_IDS[name])

    def close(
        self, minutes: float, deal_id: str, win: bool = False, reason: str | None = "Sem timing"
    ) -> "Story":
        """Win or loss."""
        return self.at(
            minutes,
            "crm.deal_closed",
            deal_id=deal_id,
            win=win,
            lost_reason_id=None if win else reason,
            note=None,
        )

    def owner(self, minutes: float, deal_id: str, user_id: str) -> "Story":
        """The deal is given to somebody."""
        return self.at(minutes, "crm.deal_updated", deal_id=deal_id, user_id=user_id)

    def stars(self, minutes: float, deal_id: str, rating: int) -> "Story":
        """The seller grades the lead."""
        return self.at(minutes, "crm.deal_updated", deal_id=deal_id, rating=rating)

    def attempt(
        self, minutes: float, deal_id: str, task: str, logged: float | None = None, channel: str = "call"
    ) -> "Story":
        """A completed call (or another channel), logged at `logged`."""
        when = minutes if logged is None else logged
        self.at(
            when,
            "crm.task_created",
            task_id=task,
            deal_id=deal_id,
            type=channel,
            subject="",
            due_at=None,
            user_id="seller",
        )
        return self.at(when, "crm.task_done", task_id=task, done_at=MONDAY + timedelta(minutes=minutes))

    def world(self) -> World:
        """The finished story; lost reason ids are their labels."""
        stages = [{"id": key, "name": name} for name, key in _STAGE_IDS.items()]
        reference = {
            "pipelines": [{"id": "p", "name": "Vendas", "stages": stages}],
            "lost_reasons": [{"id": label, "name": label} for label in LOST_REASONS],
            "users": [{"id": key, "email": email} for key, email in SELLERS.items()],
            "teams": [{"id": "t1", "name": "Externo Sul", "user_ids": ["south"]}],
        }
        events = self._recorder.events()
        return World(events, events[0].at, events[-1].at, 0, {}, reference, Facts())


def when(minutes: float) -> datetime:
    """An aware instant of the story."""
    return MONDAY + timedelta(minutes=minutes)


def naive(minutes: float) -> datetime:
    """The same instant as the tables hold it."""
    return when(minutes).replace(tzinfo=None)
