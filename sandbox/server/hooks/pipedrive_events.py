"""Webhooks v2 of Pipedrive: one event per edit, with what the object was before (crm_hubspot_salesforce_pipedrive.md 5.8).

A lead that is converted is deleted as a lead and created as a deal; a merge is the deletion of the loser, whose `meta` names
the winner, and a change of the winner. No signature: what was set as user and password comes as basic authentication.
"""

import base64
from typing import TYPE_CHECKING, Any

import orjson

from sandbox.server.ids import uuid_of
from sandbox.server.pipedrive.activities import activity_body
from sandbox.server.pipedrive.deals import deal_body
from sandbox.server.pipedrive.leads import lead_body
from sandbox.server.pipedrive.people import organization_body, person_body
from sandbox.server.pipedrive.view import Passage, lead_key, number, passages
from sandbox.server.state.signals import Signal

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

Body = dict[str, Any]
KINDS = {"deal": ("lead", "deal"), "contact": ("person",), "organization": ("organization",), "task": ("activity",)}


class PipedriveEvents:
    """The webhooks of one account. `of_signal` must be called for every fact while somebody is subscribed."""

    seconds = 10.0  # how long an answer is waited for
    failures, ban = 10, 1800.0  # so many first tries that fail, and nothing is sent for so many seconds (limit clock)

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._seen: dict[tuple[str, str], Body] = {}
        self._number = 0
        self._failed: dict[str, int] = {}
        self._banned: dict[str, float] = {}

    def remember(self) -> None:
        """Take everything as it is: only later changes are events."""
        crm = self._sandbox.engine.crm
        of = {"deal": [one.deal.id for one in passages(self._sandbox)], "contact": crm.persons, "organization": crm.organizations,
              "task": crm.tasks}  # fmt: skip
        known = {one.deal.id: one for one in passages(self._sandbox)}
        self._seen = {}
        for entity, keys in of.items():
            for key in keys:
                for kind in KINDS[entity]:
                    if (body := self._body(kind, key, known)) is not None:
                        self._seen[kind, _id(kind, key)] = body

    def of_signal(self, signal: Signal) -> list[Body]:
        """The events of a fact: `data`, `previous`, `meta`."""
        entity = signal.name.removeprefix("crm_").rsplit("_", 1)[0]
        known = {one.deal.id: one for one in passages(self._sandbox)} if entity in ("deal", "task") else {}
        found = self._merged(signal) if entity == "contact" else []
        for kind in KINDS.get(entity, ()):
            name = _id(kind, signal.key)
            before, now = self._seen.pop((kind, name), None), self._body(kind, signal.key, known)
            if now is None:
                found += [self._event("delete", kind, name, signal, None, before)] if before else []
                continue
            self._seen[kind, name] = now
            if before is None:
                found.append(self._event("create", kind, name, signal, now, None))
            elif changed := {key: value for key, value in before.items() if now.get(key) != value}:
                found.append(self._event("change", kind, name, signal, now, changed))
        return found

    def body(self, hook: Body, events: list[Body]) -> list[bytes]:
        """The subscribed ones among the events, one delivery each."""
        action, _, kind = hook["event_type"].partition(".")
        meta = {"webhook_id": str(hook["number"]), "webhook_owner_id": str(self._sandbox.pipedrive.user_id)}
        return [
            orjson.dumps({**event, "meta": {**event["meta"], **meta}}) for event in events
            if action in ("*", event["meta"]["action"]) and kind in ("*", event["meta"]["entity"])
        ]  # fmt: skip

    def dressed(self, hook: Body, body: bytes, attempt: int) -> tuple[bytes, dict[str, str]]:
        """Body and headers of one try."""
        event = orjson.loads(body)
        event["meta"]["attempt"] = attempt
        plain = f"{hook['auth_header'] or ''}:{hook['auth_key'] or ''}"
        headers = {"authorization": f"Basic {base64.b64encode(plain.encode()).decode()}"} if hook["auth_header"] else {}
        return orjson.dumps(event), headers

    def is_banned(self, key: str, now: float) -> bool:
        """Whether a subscription is banned: what happens meanwhile is lost."""
        return now < self._banned.get(key, 0.0)

    def failed(self, key: str, now: float) -> None:
        """A first try failed; nothing is told of successes in between, so they do not count."""
        self._failed[key] = self._failed.get(key, 0) + 1
        if self._failed[key] >= self.failures:
            self._failed[key], self._banned[key] = 0, now + self.ban

    # What changed --------------------------------------------------------------------------------------------
    def _body(self, kind: str, key: str, known: dict[str, Passage]) -> Body | None:
        """An object as webhooks print it, None when there is none of that kind (any more)."""
        sandbox, crm = self._sandbox, self._sandbox.engine.crm
        if kind in ("lead", "deal"):
            passage = known.get(key)
            if passage is None or passage.deleted_at is not None or passage.is_lead is not (kind == "lead"):
                return None
            body = lead_body(sandbox, passage) if passage.is_lead else deal_body(sandbox, passage)
        elif kind == "activity":
            if (task := crm.tasks.get(key)) is None:
                return None
            owner = known.get(task.deal_id)
            body = activity_body(sandbox, task, owner is not None and owner.is_lead)
        elif kind == "person":
            if (person := crm.persons.get(key)) is None:
                return None
            body = person_body(sandbox, person)
        else:
            if (row := crm.organizations.get(key)) is None:
                return None
            body = organization_body(sandbox, row)
        return _printed(body)

    def _merged(self, signal: Signal) -> list[Body]:
        found = []
        for old, into in self._sandbox.engine.crm.merged.items():
            if into == signal.key and (before := self._seen.pop(("person", _id("person", old)), None)):
                found.append(self._event("delete", "person", _id("person", old), signal, None, before, merged_to_id=_id("person", into)))
        return found

    def _event(self, action: str, kind: str, key: str, signal: Signal, data: Body | None, previous: Body | None, **more: str) -> Body:
        self._number += 1
        name = (self._sandbox.world.seed, signal.at, kind, key, self._number)
        meta = {
            "action": action, "attempt": 1, "change_source": "app", "company_id": "5000001",
            "correlation_id": uuid_of("correlation", *name), "entity": kind, "entity_id": key, "host": "exemplo.pipedrive.example.com.br",
            "id": uuid_of("delivery", *name), "is_bulk_edit": False, "permitted_user_ids": [str(self._sandbox.pipedrive.user_id)],
            "timestamp": f"{signal.at:%Y-%m-%dT%H:%M:%S}.{signal.at.microsecond // 1000:03d}Z", "type": "general",
            "user_id": str(self._sandbox.pipedrive.user_id), "version": "2.0", **more,
        }  # fmt: skip
        return {"data": data, "previous": previous, "meta": meta}


def _id(kind: str, key: str) -> str:
    return lead_key(key) if kind == "lead" else str(number(kind, key))


def _printed(body: Body) -> Body:
    """`visible_to` is text and custom fields name their type here (5.8 and its example)."""
    fields = {key: None if value is None else {"type": _type(value), "value": value} for key, value in (body.get("custom_fields") or {}).items()}
    shown = {**body, **({"visible_to": str(body["visible_to"])} if "visible_to" in body else {})}
    return {**shown, "custom_fields": fields} if "custom_fields" in body else shown


def _type(value: Any) -> str:
    return "double" if isinstance(value, int | float) and not isinstance(value, bool) else "varchar"
