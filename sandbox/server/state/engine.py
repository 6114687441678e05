"""Replays the event stream up to the world's clock, together with what API clients wrote at run time.

Three sources are merged in time order: the world's events, accepted API events that wait for their settle delay,
and webhook bodies that are to be built some seconds after their fact. `catch_up` is called before every request, so
the state always is that of "now" and never of a later instant.
"""

import heapq
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sandbox.events import Event
from sandbox.server.clock import LimitClock
from sandbox.server.config import SandboxConfig
from sandbox.server.ids import uuid_of
from sandbox.server.state.crm import CrmState
from sandbox.server.state.integration import deal_from_conversion
from sandbox.server.state.marketing import Contact, MarketingState
from sandbox.server.state.reference import Reference
from sandbox.server.state.signals import Signal
from sandbox.world import World

CATALOGUE_EVENTS = {"products": "product", "campaigns": "campaign", "sources": "source", "lost_reasons": "lost_reason"}


class Engine:
    """State of all imitated services at `self.at`, and the means to move it forward."""

    def __init__(self, world: World, config: SandboxConfig, limit_clock: LimitClock) -> None:
        self.world, self.config, self.limit_clock = world, config, limit_clock
        self.reference = Reference(world.reference, world.start, world.account)
        self.marketing = MarketingState(self.reference.list("workflows"), config.workflow_reentry)
        self.crm = CrmState()
        self.at = world.start
        self.live = False  # False while history is rebuilt: no webhook leaves the house
        self._cursor = 0
        self._timers: list[tuple[datetime, int, float, Callable[[datetime], None]]] = []
        self._order = count()
        self.on_erp: Callable[[Event], None] = lambda event: None
        self.on_signal: Callable[[Signal], None] = lambda signal: None
        self.version = 0

    def schedule(self, world_due: datetime, limit_due: float, action: Callable[[datetime], None]) -> None:
        """Run `action(instant)` when the world clock reaches `world_due` or the limit clock `limit_due`."""
        heapq.heappush(self._timers, (world_due, next(self._order), limit_due, action))

    def catch_up(self, now: datetime) -> None:
        """Apply everything that is due at `now`, in time order."""
        events, total = self.world.events, len(self.world.events)
        while True:
            event = events[self._cursor] if self._cursor < total else None
            if event is not None and event.at > now:
                event = None
            timer_due = self._timers[0][0] if self._timers and self._timers[0][0] <= now else None
            if timer_due is not None and (event is None or timer_due < event.at):
                _, _, _, action = heapq.heappop(self._timers)
                self.at = max(self.at, timer_due)
                action(self.at)
            elif event is not None:
                self._cursor += 1
                self.at = event.at
                self.apply(event)
            else:
                break
        self.at = max(self.at, now)
        if self._timers and self.live:
            self._run_limit_timers(now)

    def _run_limit_timers(self, now: datetime) -> None:
        limit_now = self.limit_clock.now()
        ready = sorted(timer for timer in self._timers if timer[2] <= limit_now)
        if ready:
            self._timers = [timer for timer in self._timers if timer[2] > limit_now]
            heapq.heapify(self._timers)
            for _, _, _, action in ready:
                action(now)

    @property
    def waiting(self) -> bool:
        """Whether a timer is pending."""
        return bool(self._timers)

    def next_event_at(self) -> datetime | None:
        """Instant of the next world event, None at the end of the stream."""
        return self.world.events[self._cursor].at if self._cursor < len(self.world.events) else None

    def apply(self, event: Event) -> None:
        """Change the state by one event and tell subscribers."""
        kind = event.kind
        if kind.startswith("erp."):
            self.on_erp(event)
            return
        self.version += 1
        signals: list[Signal] = []
        if kind.startswith("crm."):
            signals = self.crm.apply(event)
            self.crm.version += 1
        else:
            signals = self._marketing(event)
            self.marketing.version += 1
        if self.live:
            for signal in signals:
                self.on_signal(signal)

    def _marketing(self, event: Event) -> list[Signal]:
        state, data = self.marketing, event.data
        match event.kind:
            case "mkt.contact_created":
                state.create(event, self.limit_clock.now() if self.live else float("-inf"))
            case "mkt.contact_updated":
                state.update(event)
            case "mkt.contact_deleted":
                state.delete(event)
            case "mkt.contact_merged":
                state.merge(event)
            case "mkt.conversion":
                return state.convert(event)
            case "mkt.opportunity":
                return state.mark(event)
            case "mkt.sale":
                state.sale(event)
            case "mkt.opportunity_lost":
                state.lose(event)
            case "mkt.funnel":
                state.funnel(event)
            case "mkt.enrolled":
                state.enrol(data["workflow_id"], data["contact_uuid"], event.at, "api")
            case "mkt.pushed":
                return self._pushed(event)
            case "ref.put" | "ref.drop":
                return self._reference(event)
            case _:
                raise ValueError(f"unknown event kind {event.kind!r}")
        return []

    def _reference(self, event: Event) -> list[Signal]:
        """A row of reference data is written or dropped (API writes); some lists have webhooks of their own."""
        name, entity = event.data["list"], CATALOGUE_EVENTS.get(event.data["list"])
        if event.kind == "ref.drop":
            row = self.reference.get(name, event.data["key"]) or {}
            action, key = "deleted", event.data["key"]
            self.reference.drop(name, key)
        else:
            key = str(event.data["row"].get("id"))
            action = "updated" if self.reference.get(name, key) else "created"
            row = self.reference.put(name, event.data["row"], event.at)
        return [Signal(f"crm_{entity}_{action}", key, event.at, label=str(row.get("name")))] if entity else []

    def _pushed(self, event: Event) -> list[Signal]:
        """An event that an API client sent, once its settle delay is over (rd_station.md A5).

        `data`: type, email, uuid (for a contact that must be created), identifier, payload, write (the contact
        changes that the payload brings), accepted_at.
        """
        data, state = event.data, self.marketing
        contact = state.find("uuid", data["contact_uuid"]) if data.get("contact_uuid") else None
        contact = contact or (state.find("email", data["email"]) if data.get("email") else None)
        accepted = data["accepted_at"]
        if data["type"] == "CONVERSION":
            if contact is None:
                created = {"contact_uuid": data["new_uuid"], "email": data["email"], **data["write"]}
                contact = state.create(Event(accepted, 0, "mkt.contact_created", created), self.limit_clock.now())
            else:
                state.update(Event(accepted, 0, "mkt.contact_updated", {"contact_uuid": contact.uuid, **data["write"]}))
            body = {"contact_uuid": contact.uuid, "identifier": data["identifier"], "payload": data["payload"]}
            signals = state.convert(Event(accepted, 0, "mkt.conversion", body))
            if self.config.integration_on_any_conversion and data["identifier"] not in self.config.integration_excludes:
                signals += self._integrated(contact, data["event_uuid"], event.at)
            return signals
        if contact is None:
            return []
        body = {"contact_uuid": contact.uuid, **{key: data["payload"].get(key) for key in ("value", "reason")}}
        if data["type"] == "OPPORTUNITY":
            signals = state.mark(Event(accepted, 0, "mkt.opportunity", body))
            if self.config.integration_on_opportunity:
                signals += self._integrated(contact, data["event_uuid"], event.at)
            return signals
        if data["type"] == "SALE":
            state.sale(Event(accepted, 0, "mkt.sale", body))
        elif data["type"] == "OPPORTUNITY_LOST":
            state.lose(Event(accepted, 0, "mkt.opportunity_lost", body))
        return []

    def _integrated(self, contact: Contact, event_uuid: str, at: datetime) -> list[Signal]:
        """The native connection to the CRM makes a deal of what was pushed."""
        signals: list[Signal] = []
        for made in deal_from_conversion(self, contact, uuid_of("deal", event_uuid), at):
            signals += self.crm.apply(made)
            self.crm.version += 1
        return signals

    def facts(self) -> dict[str, Any]:
        """Counts for the health page."""
        return {
            "contacts": len(self.marketing.contacts),
            "deals": len(self.crm.deals),
            "crm_contacts": len(self.crm.persons),
            "organizations": len(self.crm.organizations),
            "tasks": len(self.crm.tasks),
            "events_applied": self._cursor,
            "events_total": len(self.world.events),
        }

    def settle_due(self, accepted: datetime) -> tuple[datetime, float]:
        """World and limit instants at which something accepted now becomes visible."""
        wait = self.config.settle_seconds
        return accepted + timedelta(seconds=wait), self.limit_clock.now() + wait
