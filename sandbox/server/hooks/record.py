"""What was told to whom: every delivery with the facts it carries, and what became of it."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson

from sandbox.server.state.signals import Signal

Outcome = Literal["accepted", "lost", "given_up"]
KEPT = 50_000


@dataclass(frozen=True, slots=True)
class Fact:
    """`record` (contact, deal, organization, task), its id in our state, and when what is told of it happened.

    `identifier`: of a conversion, as RD Station's webhooks carry it.
    """

    record: str
    key: str
    at: datetime
    identifier: str | None = None

    @classmethod
    def of(cls, signal: Signal) -> "Fact":
        """The fact of a signal."""
        if signal.name.startswith("WEBHOOK."):
            return cls("contact", signal.key, signal.at, signal.identifier)
        return cls(signal.name.removeprefix("crm_").rsplit("_", 1)[0], signal.key, signal.at)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A body on its way to one subscription."""

    body: bytes
    facts: tuple[Fact, ...] = ()


class Told:
    """The deliveries that ended, oldest first; of the many only the last ones are kept."""

    def __init__(self) -> None:
        self._rows: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._facts: dict[str, Fact] = {}

    def name(self, events: Sequence[dict[str, Any]], fact: Fact) -> None:
        """Remember which fact these events of HubSpot or Pipedrive tell; of very many only the last, as of deliveries."""
        for event in events:
            self._facts[_name(event)] = fact
        while len(self._facts) > KEPT:
            del self._facts[next(iter(self._facts))]

    def facts_of(self, body: bytes) -> tuple[Fact, ...]:
        """The facts of a body of theirs, each once; none of an event that was forgotten meanwhile."""
        found = orjson.loads(body)
        facts = (self._facts.get(_name(event)) for event in (found if isinstance(found, list) else [found]))
        return tuple(dict.fromkeys(fact for fact in facts if fact is not None))

    def note(self, service: str, delivery: Delivery, outcome: Outcome, now: datetime) -> None:
        """A delivery was accepted with 2xx, lost on the way, or given up after the last try."""
        for fact in delivery.facts:
            self._rows.append(
                {"service": service, "record": fact.record, "key": fact.key, "at": fact.at, "identifier": fact.identifier,
                 "outcome": outcome, "ended_at": now}
            )  # fmt: skip

    def report(self) -> list[dict[str, Any]]:
        """One row per fact of each delivery."""
        return list(self._rows)


def _name(event: dict[str, Any]) -> str:
    return str(event["eventId"]) if "eventId" in event else str(event["meta"]["id"])
