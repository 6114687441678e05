"""Webhooks of HubSpot's app: what changed as batches of events, signed (crm_hubspot_salesforce_pipedrive.md 3.8).

An event is told from the records before and after a fact: both are remembered from the moment somebody is subscribed. Its
subscriptions are set in the app, not by API: here by POST /sandbox/hooks. Deliveries are signed at each try, by the real
clock: receivers compare with theirs, whatever the simulated company's date is.
"""

import base64
import hashlib
import hmac
import re
import time
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

import orjson

from sandbox.server.hubspot.associations import linked
from sandbox.server.hubspot.properties import properties
from sandbox.server.hubspot.records import (
    TYPE_IDS,
    Record,
    created_property,
    modified_property,
    number,
    records,
)
from sandbox.server.ids import number_of
from sandbox.server.state.signals import Signal

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

Event = dict[str, Any]
Seen = dict[tuple[str, str], tuple[dict[str, str | None], list[str]]]
BATCH = 100
KINDS = {"deal": ("deals", "leads"), "contact": ("contacts",), "organization": ("companies",)}
NAMES = {"deals": "deal", "contacts": "contact", "companies": "company", "leads": "object"}
PORTAL, APP = 40000001, 1160001
_ESCAPES = {f"%{ord(sign):02X}": sign for sign in ":/?@!$'()*,;"}


class HubspotEvents:
    """The app of one account. `of_signal` must be called for every fact while somebody is subscribed."""

    seconds = 5.0  # how long an answer is waited for
    retries = 10

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._seen: Seen = {}
        self._number = 0
        self._random = Random(sandbox.world.seed)

    def remember(self) -> None:
        """Take everything as it is: only later changes are events."""
        kinds = [kind for kinds in KINDS.values() for kind in kinds]
        self._seen = {(kind, one.id): self._state(one) for kind in kinds for one in records(self._sandbox, kind).values() if not one.archived}

    def of_signal(self, signal: Signal) -> list[Event]:
        """The events of a fact, in no subscription yet."""
        entity = signal.name.removeprefix("crm_").rsplit("_", 1)[0]
        found: list[Event] = []
        for kind in KINDS.get(entity, ()):
            key = number(kind, signal.key)
            if entity == "contact":
                found += self._merged(key, signal)
            found += self._changed(kind, key, signal.at)
        return found

    def body(self, hook: dict[str, Any], events: list[Event]) -> list[bytes]:
        """The subscribed ones among the events, as bodies of up to a hundred; in another order by switch."""
        wanted = hook.get("subscriptions") or ()
        chosen = [
            {**event, "subscriptionId": number_of("subscription", name, low=2500001, high=2600000)}
            for event, name in ((event, _subscription(event)) for event in events) if not wanted or name in wanted
        ]  # fmt: skip
        if self._sandbox.config.hubspot_events_shuffled:
            self._random.shuffle(chosen)
        return [orjson.dumps(chosen[start : start + BATCH]) for start in range(0, len(chosen), BATCH)]

    def dressed(self, hook: dict[str, Any], body: bytes, attempt: int) -> tuple[bytes, dict[str, str]]:
        """Body and headers of one try: `attemptNumber` counts them, and the signature is that of now."""
        content = orjson.dumps([{**event, "attemptNumber": attempt - 1} for event in orjson.loads(body)])
        secret, now = self._sandbox.tokens.clients["hubspot"].client_secret.encode(), str(int(time.time() * 1000))
        uri = re.sub("%[0-9A-Fa-f]{2}", lambda found: _ESCAPES.get(found[0].upper(), found[0]), hook["url"])
        signed = hmac.digest(secret, b"POST" + uri.encode() + content + now.encode(), "sha256")
        return content, {
            "X-HubSpot-Signature-v3": base64.b64encode(signed).decode(), "X-HubSpot-Request-Timestamp": now,
            "X-HubSpot-Signature": hashlib.sha256(secret + content).hexdigest(), "X-HubSpot-Signature-Version": "v1",
        }  # fmt: skip

    # What changed --------------------------------------------------------------------------------------------
    def _state(self, record: Record) -> tuple[dict[str, str | None], list[str]]:
        dates = (created_property(record.kind), modified_property(record.kind), "hs_object_id")
        values = {name: value for name, value in properties(self._sandbox, record).items() if name not in dates}
        return values, linked(self._sandbox, record, "contacts") if record.kind in ("deals", "leads") else []

    def _changed(self, kind: str, key: str, at: datetime) -> list[Event]:
        record, before = records(self._sandbox, kind).get(key), self._seen.pop((kind, key), None)
        if record is None or record.archived is not None:
            return [self._event(kind, "deletion", key, at, changeFlag="DELETED")] if before else []
        now = self._seen[kind, key] = self._state(record)
        if before is None:
            return [self._event(kind, "creation", key, at, changeFlag="NEW")]
        found = [
            self._event(kind, "propertyChange", key, at, propertyName=name, propertyValue=value or "", sourceId="userId:61000001")
            for name, value in now[0].items() if value != before[0].get(name)
        ]  # fmt: skip
        if kind == "deals":
            for target in dict.fromkeys([*before[1], *now[1]]):
                if (target in before[1]) is not (target in now[1]):
                    found.append(self._association(key, target, at, removed=target not in now[1]))
        return found

    def _merged(self, key: str, signal: Signal) -> list[Event]:
        gone = [number("contacts", old) for old, into in self._sandbox.engine.crm.merged.items() if into == signal.key]
        return [
            self._event("contacts", "merge", key, signal.at, primaryObjectId=int(key), mergedObjectIds=[int(old)],
                        newObjectId=int(key), numberOfPropertiesMoved=0)
            for old in gone if self._seen.pop(("contacts", old), None)
        ]  # fmt: skip

    def _association(self, key: str, target: str, at: datetime, removed: bool) -> Event:
        event = self._event("deals", "associationChange", key, at, associationType="DEAL_TO_CONTACT", fromObjectId=int(key),
                            toObjectId=int(target), associationRemoved=removed, isPrimaryAssociation=False)  # fmt: skip
        del event["objectId"]
        return event

    def _event(self, kind: str, action: str, key: str, at: datetime, **more: Any) -> Event:
        self._number += 1
        generic = {"objectTypeId": next(number for number, name in TYPE_IDS.items() if name == kind)} if kind == "leads" else {}
        return {"eventId": 3810000000 + self._number, "portalId": PORTAL, "appId": APP, "occurredAt": int(at.timestamp() * 1000),
                "subscriptionType": f"{NAMES[kind]}.{action}", "attemptNumber": 0, "objectId": int(key), **generic, **more,
                "changeSource": "CRM_UI"}  # fmt: skip


def _subscription(event: Event) -> str:
    """`deal.creation`, `deal.propertyChange dealstage`, `object.deletion 0-136`: a property change is subscribed by property."""
    return " ".join(str(event[key]) for key in ("subscriptionType", "objectTypeId", "propertyName") if key in event)
