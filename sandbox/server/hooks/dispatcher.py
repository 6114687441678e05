"""Subscriptions and deliveries: order, time-outs, retries, suspension, and faults (rd_station.md A6, B4; CRMs 3.8, 5.8).

A fact becomes a delivery some seconds of world time later, with the state as of then. Deliveries of one subscription
go out one after the other; a failed one is retried beside the queue, so retries may overtake or be overtaken. What HubSpot
and Pipedrive send is made by `hubspot_events` and `pipedrive_events` from the state right after the fact.
"""

import asyncio
import logging
from collections import Counter, deque
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import orjson

from sandbox.server.hooks.crm_bodies import document, envelope
from sandbox.server.hooks.hubspot_events import HubspotEvents
from sandbox.server.hooks.marketing_bodies import api_body, legacy_body
from sandbox.server.hooks.pipedrive_events import PipedriveEvents
from sandbox.server.hooks.record import Delivery, Fact, Told
from sandbox.server.ids import uuid_of
from sandbox.server.state.signals import Signal
from sandbox.server.times import need_utc

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

log = logging.getLogger("sandbox.webhooks")
REORDER_SECONDS = 2.0  # how long a delivery waits for another one to overtake it


class Dispatcher:
    """All subscriptions, of the services `marketing`, `screen`, `crm_v1`, `crm_v2`, `hubspot` and `pipedrive`."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self.hooks: dict[str, dict[str, Any]] = {}
        self.counts: Counter[str] = Counter()
        self.told = Told()
        self.last: deque[dict[str, Any]] = deque(maxlen=500)
        self._ordinals: Counter[tuple[str, str, datetime]] = Counter()
        self._client: httpx.AsyncClient | None = None
        self._queues: dict[str, asyncio.Queue[Delivery]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: dict[str, Delivery] = {}
        self._pending = 0
        self._twins: dict[str, HubspotEvents | PipedriveEvents] = {
            "hubspot": HubspotEvents(sandbox), "pipedrive": PipedriveEvents(sandbox),
        }  # fmt: skip
        self._events: dict[str, list[dict[str, Any]]] = {}  # by subscription: what its next delivery will hold

    # Subscriptions -------------------------------------------------------------------------------------------
    def of(self, service: str) -> list[dict[str, Any]]:
        """Subscriptions of a service."""
        return [hook for hook in self.hooks.values() if hook["service"] == service]

    def get(self, service: str, key: str) -> dict[str, Any] | None:
        """One subscription of a service."""
        hook = self.hooks.get(key)
        return hook if hook and hook["service"] == service else None

    def add(self, service: str, row: dict[str, Any]) -> dict[str, Any]:
        """Create a subscription (journalled)."""
        now = self._sandbox.now()
        key = uuid_of("hook", self._sandbox.world.seed, self._sandbox.next_number())
        base: dict[str, Any] = {"event_identifiers": [], "include_relations": [], "name": None, "auth_header": None, "auth_key": None}
        hook = {**base, "status": "active", **row, "id": key, "service": service, "created_at": now, "updated_at": now}
        self._write(hook)
        return self.hooks[key]

    def change(self, key: str, row: dict[str, Any]) -> dict[str, Any]:
        """Change a subscription (journalled)."""
        self._write({**self.hooks[key], **row, "updated_at": self._sandbox.now()})
        return self.hooks[key]

    def remove(self, key: str) -> None:
        """Delete a subscription (journalled)."""
        self._write({"id": key, "gone": True})

    def _write(self, hook: dict[str, Any]) -> None:
        self._sandbox.journal.append({"type": "hook", "hook": hook})
        self.restore(hook)

    def restore(self, hook: dict[str, Any]) -> None:
        """Apply one journalled change."""
        if hook.get("gone"):
            self.hooks.pop(hook["id"], None)
            return
        dates = {key: need_utc(hook[key]) for key in ("created_at", "updated_at")}
        self.hooks[hook["id"]] = {**hook, **dates, "failures": 0}
        if self._sandbox.engine.live:
            self.remember(hook["service"])

    def remember(self, *services: str) -> None:
        """From here on changes are told to whoever is subscribed at a service that tells what was before."""
        for service in services or self._twins:
            if service in self._twins and self.of(service):
                self._twins[service].remember()

    # From facts to deliveries --------------------------------------------------------------------------------
    def signal(self, signal: Signal) -> None:
        """A fact happened: plan a delivery for each subscriber."""
        if not self.hooks:
            return
        self._signal_twins(signal)
        if signal.name == "crm_deal_created" and self._sandbox.config.crm_update_after_create:
            self.signal(replace(signal, name="crm_deal_updated"))
        spot = (signal.name, signal.key, signal.at)
        self._ordinals[spot] += 1
        transaction = uuid_of("transaction", *spot, self._ordinals[spot])
        for hook in self.hooks.values():
            if hook["status"] != "active" or hook["event_type"] != signal.name:
                continue
            if hook["event_identifiers"] and signal.identifier not in hook["event_identifiers"]:
                continue
            wait = self._sandbox.config.webhook_delay_seconds
            limit_due = self._sandbox.limit_clock.now() + wait

            def action(at: datetime, hook: dict[str, Any] = hook, name: str = transaction) -> None:
                self._build(hook["id"], signal, name, at)

            self._sandbox.engine.schedule(signal.at + timedelta(seconds=wait), limit_due, action)

    def _signal_twins(self, signal: Signal) -> None:
        wait = self._sandbox.config.webhook_delay_seconds
        for service, twin in self._twins.items():
            hooks = self.of(service)
            events = twin.of_signal(signal) if hooks and signal.name.startswith("crm_") else []
            self.told.name(events, Fact.of(signal))
            for hook in hooks if events else ():
                waiting = self._events.setdefault(hook["id"], [])
                waiting += events
                if len(waiting) > len(events):
                    continue  # they go with those that wait

                def action(_at: datetime, hook: dict[str, Any] = hook, twin: HubspotEvents | PipedriveEvents = twin) -> None:
                    for body in twin.body(hook, self._events.pop(hook["id"])):
                        self._enqueue(hook, Delivery(body, self.told.facts_of(body)), hook["service"])

                due = self._sandbox.limit_clock.now() + wait
                self._sandbox.engine.schedule(signal.at + timedelta(seconds=wait), due, action)

    def _build(self, key: str, signal: Signal, transaction: str, at: datetime) -> None:
        hook = self.hooks.get(key)
        if hook is None or hook["status"] != "active":
            return
        body: dict[str, Any] | None
        if signal.name.startswith("crm_"):
            found = document(self._sandbox, signal)
            body = envelope(signal.name, found, signal, transaction) if found else None
        else:
            contact = self._sandbox.engine.marketing.contacts.get(signal.key)
            if contact is None:
                body = None
            elif hook["service"] == "screen":
                body = legacy_body(self._sandbox, contact)
            else:
                body = api_body(hook, signal, contact, at)
        if body is not None:
            self._enqueue(hook, Delivery(orjson.dumps(body), (Fact.of(signal),)))

    def _enqueue(self, hook: dict[str, Any], delivery: Delivery, name: str | None = None) -> None:
        fault = self._sandbox.faults.pick("POST", name or hook["event_type"], webhook=True)
        kind = fault.kind if fault else ""
        if kind:
            self._sandbox.record.faults[kind] += 1
        if kind == "webhook_drop":
            self._lost(hook, delivery)
            return
        held = self._held.pop(hook["id"], None)
        if kind == "webhook_reorder" and held is None:
            self._held[hook["id"]] = delivery
            self._later(REORDER_SECONDS, hook["id"])
            return
        copies = [delivery, delivery] if kind == "webhook_duplicate" else [delivery]
        for item in [*copies, *([held] if held else [])]:
            self._put(hook["id"], item)

    def _lost(self, hook: dict[str, Any], delivery: Delivery) -> None:
        self.counts["lost"] += 1
        self.told.note(hook["service"], delivery, "lost", self._sandbox.now())

    def _later(self, seconds: float, key: str) -> None:
        async def release() -> None:
            await asyncio.sleep(seconds)
            held = self._held.pop(key, None)
            if held:
                self._put(key, held)

        self._spawn(release())

    def _put(self, key: str, delivery: Delivery) -> None:
        if key not in self._queues:
            self._queues[key] = asyncio.Queue()
            if self._client is not None:
                self._spawn(self._work(key))
        self._pending += 1
        self._queues[key].put_nowait(delivery)

    # Sending -------------------------------------------------------------------------------------------------
    def _spawn(self, coroutine: Any) -> None:
        try:
            task: asyncio.Task[None] = asyncio.get_running_loop().create_task(coroutine)
        except RuntimeError:  # no server around this state (a unit test): nothing is sent
            coroutine.close()
            return
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def start(self) -> None:
        """Begin to deliver."""
        config = self._sandbox.config  # certificates cost a tenth of a second and matter off loopback only
        self._client = httpx.AsyncClient(
            timeout=config.webhook_timeout_seconds, trust_env=False, verify=config.webhooks_any_host
        )
        for key in self._queues:
            self._spawn(self._work(key))

    async def stop(self) -> None:
        """Stop delivering; what waits is lost, as memory is."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._client:
            await self._client.aclose()
            self._client = None

    async def _work(self, key: str) -> None:
        while True:
            delivery = await self._queues[key].get()
            hook = self.hooks.get(key)
            if hook is None or hook["status"] != "active":
                self._pending -= 1
                continue
            if (banning := self._banning(hook)) and banning.is_banned(key, self._sandbox.limit_clock.now()):
                self._pending -= 1
                self._lost(hook, delivery)
            elif await self._attempt(hook, delivery.body, 1):
                self._done(hook, delivery, ok=True)
            else:
                if banning:
                    banning.failed(key, self._sandbox.limit_clock.now())
                self._spawn(self._retry(key, delivery))

    def _banning(self, hook: dict[str, Any]) -> PipedriveEvents | None:
        twin = self._twins.get(hook["service"])
        return twin if isinstance(twin, PipedriveEvents) else None

    async def _retry(self, key: str, delivery: Delivery) -> None:
        hook = self.hooks.get(key)
        for number, pause in enumerate(self._pauses(hook["service"] if hook else "")):
            await asyncio.sleep(self._sandbox.limit_clock.real_seconds(pause))
            hook = self.hooks.get(key)
            if hook is None:
                break
            if await self._attempt(hook, delivery.body, number + 2):
                self._done(hook, delivery, ok=True)
                return
        if hook is None:
            self._pending -= 1
            return
        self._done(hook, delivery, ok=False)

    def _pauses(self, service: str) -> list[float]:
        """Seconds (limit clock) before each further try. Pipedrive's 3, 30 and 150 are for the default of the switch."""
        config = self._sandbox.config
        first = config.webhook_retry_seconds
        if service == "pipedrive":
            return [first * share for share in (0.1, 1.0, 5.0)]
        retries = {"marketing": config.marketing_retries, "screen": config.marketing_retries, "hubspot": HubspotEvents.retries}
        return [first * 2**number for number in range(retries.get(service, config.crm_retries))]

    async def _attempt(self, hook: dict[str, Any], body: bytes, number: int) -> bool:
        headers = {"content-type": "application/json", "user-agent": "RD Station webhooks (sandbox)"}
        seconds = self._sandbox.config.webhook_timeout_seconds
        if twin := self._twins.get(hook["service"]):
            body, more = twin.dressed(hook, body, number)
            headers, seconds = {**headers, "user-agent": "webhooks (sandbox)", **more}, twin.seconds
        elif hook["auth_header"]:
            headers[hook["auth_header"]] = hook["auth_key"]
        status = 0
        if self._allowed(hook["url"]) and self._client is not None:
            try:
                answer = await self._client.post(hook["url"], content=body, headers=headers, timeout=seconds)
                status = answer.status_code
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                log.info("delivery to a receiver failed: %s", type(error).__name__)
        self.counts["attempts"] += 1
        self.last.append({"event": hook["event_type"], "attempt": number, "status": status})
        return 200 <= status < 300

    def _done(self, hook: dict[str, Any], delivery: Delivery, ok: bool) -> None:
        self._pending -= 1
        self.told.note(hook["service"], delivery, "accepted" if ok else "given_up", self._sandbox.now())
        self.counts["delivered" if ok else "given_up"] += 1
        hook["failures"] = 0 if ok else hook["failures"] + 1
        crm = hook["service"] in ("crm_v1", "crm_v2")
        if crm and hook["failures"] >= self._sandbox.config.crm_suspend_after and hook["status"] == "active":
            self.change(hook["id"], {"status": "suspended"})
            self.counts["suspended"] += 1

    async def validate(self, url: str) -> bool:
        """The validation call on creation: an empty object; the receiver must answer 2xx in time."""
        if not self._allowed(url) or self._client is None:
            return False
        try:
            answer = await self._client.post(url, json={})
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        return answer.is_success

    def _allowed(self, url: str) -> bool:
        """Receivers on this machine only, unless the switch allows any: the sandbox must not call the world."""
        if self._sandbox.config.webhooks_any_host:
            return True
        host = urlsplit(url).hostname or ""
        if host == "localhost":
            return True
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return False

    # Reports -------------------------------------------------------------------------------------------------
    def describe(self) -> list[dict[str, Any]]:
        """Subscriptions without the header's secret."""
        return [{**hook, "auth_key": "***" if hook["auth_key"] else None} for hook in self.hooks.values()]

    def report(self) -> dict[str, Any]:
        """Deliveries so far: attempts, delivered, given up, lost by fault, and waiting."""
        return {**self.counts, "pending": self._pending + len(self._held), "last": list(self.last)}
