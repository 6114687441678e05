"""What the polls saw: the event stream replayed like the servers replay it, photographed at each look.

`look(world, observations)` returns a `Seen`: records by id, each with its last known state, and everything that
was ever seen of it (conversions, stage visits, tasks). Instants are naive UTC, whole seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.company.constants import ERP_GROUP
from sandbox.events import Event
from sandbox.truth.live import Live
from sandbox.truth.observations import Observations, second
from sandbox.world import World

Capture = tuple[str, datetime, frozenset[str]]  # of a conversion: its form, its instant, the keys that were filled


@dataclass
class Glance:
    """One read of a contact's funnel (or a webhook that carried it)."""

    at: datetime
    stage: str | None
    fit: int | None
    interest: int | None
    exact: bool = False  # a CONVERTED webhook: the instant is the conversion's


@dataclass
class DealRead:
    """One read of a deal: who owned it then, its stars, and when it was last changed."""

    at: datetime
    user_id: str | None
    user_changed: bool
    rating: int
    updated_at: datetime


@dataclass
class Seen:
    """Everything known after the last look."""

    rd: dict[str, dict[str, Any]] = field(default_factory=dict)  # uuid -> last state, plus "deleted"
    rd_events: dict[str, set[tuple[Any, ...]]] = field(default_factory=dict)  # (kind, identifier, at, traffic…)
    captures: dict[str, list[Capture]] = field(default_factory=dict)
    glances: dict[str, list[Glance]] = field(default_factory=dict)
    crm: dict[str, dict[str, Any]] = field(default_factory=dict)
    organizations: dict[str, dict[str, Any]] = field(default_factory=dict)
    deals: dict[str, dict[str, Any]] = field(default_factory=dict)  # id -> last state, plus "deleted"
    deal_reads: dict[str, list[DealRead]] = field(default_factory=dict)
    tasks: dict[str, dict[str, Any]] = field(default_factory=dict)
    erp: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)  # live rows at the last look
    first_look: dict[str, int] = field(default_factory=dict)  # node of a person's record -> number of the look


def customer_node(row: Mapping[str, Any]) -> str:
    """`erp:<group>:<filial>:<code>:<store>` of an SA1 row."""
    return ":".join(
        ["erp", ERP_GROUP, row["A1_FILIAL"].strip(), row["A1_COD"].strip(), row["A1_LOJA"].strip()]
    )


def _schedule(observations: Observations) -> list[tuple[datetime, set[str] | None, set[str] | None, bool]]:
    """Instants in order: (at, funnels read or None for all, deals read or None for all, full poll)."""
    looks: dict[datetime, list[Any]] = {}
    for at in observations.polls:
        looks[at] = [
            None if observations.funnels is None else set(), None if observations.deals is None else set(), True
        ]  # fmt: skip
    for position, reads in ((0, observations.funnels), (1, observations.deals)):
        for record, instants in (reads or {}).items():
            for at in instants:
                look = looks.setdefault(at, [set(), set(), False])
                look[position].add(record)
    return [(at, *look) for at, look in sorted(looks.items())]  # type: ignore[misc]


def look(world: World, observations: Observations) -> Seen:
    """Replay the stream (with what the product posted) and photograph it at each look."""
    seen, live = Seen(), Live({s["id"]: s["name"] for p in world.reference["pipelines"] for s in p["stages"]})
    schedule = _schedule(observations)
    stream = _with_posted(world.until(schedule[-1][0]), observations)
    position = 0
    for number, (at, funnels, deals, full) in enumerate(schedule):
        while position < len(stream) and stream[position].at <= at:
            live.apply(stream[position])
            position += 1
        if full:
            _read_registries(seen, live, number)
        _read_funnels(seen, live, second(at), funnels)
        _read_deals(seen, live, second(at), deals, full)
    for hook in observations.webhooks:
        glance = Glance(second(hook.occurred_at), hook.lifecycle_stage, hook.fit, hook.interest,
                        hook.event_type == "WEBHOOK.CONVERTED")  # fmt: skip
        seen.glances.setdefault(hook.contact_uuid, []).append(glance)
    for glances in seen.glances.values():
        glances.sort(key=lambda g: (g.at, not g.exact))
    return seen


def _with_posted(events: list[Event], observations: Observations) -> list[Event]:
    posted = [
        Event(
            p.at,
            0,
            "mkt.conversion",
            {"contact_uuid": p.contact_uuid, "identifier": p.identifier, "payload": {}},
        )
        for p in observations.posted
    ]
    return sorted([*events, *posted], key=lambda e: (e.at, e.seq)) if posted else events


def _read_registries(seen: Seen, live: Live, number: int) -> None:
    """Contacts with their events, CRM contacts, organizations, tasks, and the ERP's live rows."""
    for uuid, contact in live.rd.items():
        seen.rd[uuid] = {**contact, "deleted": False}
        seen.rd_events.setdefault(uuid, set()).update(live.rd_events.get(uuid, ()))
        seen.captures[uuid] = list(live.captures.get(uuid, ()))
    for uuid, known in seen.rd.items():
        known["deleted"] = uuid not in live.rd
    for contact_id, card in live.crm.items():
        seen.crm[contact_id] = {**card, "deleted": False}
    for contact_id, card in seen.crm.items():
        card["deleted"] = contact_id not in live.crm
    seen.organizations.update({key: dict(row) for key, row in live.organizations.items()})
    seen.tasks.update({key: dict(row) for key, row in live.tasks.items()})
    seen.erp = dict(live.erp)
    customers = (row for (table, _), row in live.erp.items() if table.startswith("SA1"))
    for node in (*(f"rd:{u}" for u in seen.rd), *(f"crm:{c}" for c in seen.crm), *map(customer_node, customers)):
        seen.first_look.setdefault(node, number)


def _read_funnels(seen: Seen, live: Live, at: datetime, wanted: set[str] | None) -> None:
    for uuid, funnel in live.funnels.items():
        if uuid in live.rd and (wanted is None or uuid in wanted):
            glance = Glance(at, funnel.get("lifecycle_stage"), funnel.get("fit"), funnel.get("interest"))
            seen.glances.setdefault(uuid, []).append(glance)


def _read_deals(seen: Seen, live: Live, at: datetime, wanted: set[str] | None, full: bool) -> None:
    for deal_id, deal in live.deals.items():
        if wanted is None or deal_id in wanted:
            seen.deals[deal_id] = {**deal, "visits": list(deal["visits"]), "deleted": False}
            read = DealRead(at, deal["user_id"], deal["user_changed"], deal["rating"], deal["updated_at"])
            reads = seen.deal_reads.setdefault(deal_id, [])
            if (
                not reads or reads[-1].updated_at != read.updated_at
            ):  # a deal that did not change is not read again
                reads.append(read)
    if full:
        for deal_id, known in seen.deals.items():
            known["deleted"] = deal_id not in live.deals
