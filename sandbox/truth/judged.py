"""Everything that can be known as of one instant, worked out once and shared by the truth's tables."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.company.constants import ORDER_FIELD
from sandbox.company.terms import Terms
from sandbox.truth.agreement import Agreement, local_date, local_day, reason_of
from sandbox.truth.calendars import Calendars
from sandbox.truth.identity import nodes, partition
from sandbox.truth.observations import Observations, second
from sandbox.truth.outcomes import (
    Attempt,
    Outcome,
    assigned_at,
    attempts_by_deal,
    attempts_of,
    conversions_of,
    known_at_handover,
    outcome,
    seller_rating,
)
from sandbox.truth.owners import Owner, owners_of, reads_of
from sandbox.truth.passages import Passage, closing, passages
from sandbox.truth.revenue import Movement, company_of_organization, match, movements
from sandbox.truth.revenue_match import Noted, Win
from sandbox.truth.seen import DealRead, Seen, look
from sandbox.truth.signals import signals
from sandbox.world import World


@dataclass
class Judged:
    """One passage with everything about it."""

    passage: Passage
    outcome: Outcome
    attempts: list[Attempt]
    facts: dict[str, Any]  # temperature, scores, channel, campaign, whether it satisfies the MQL criteria
    terms: Terms  # of the version in force at the hand-over
    reads: list[DealRead]  # of the primary deal, up to as_of
    owners: list[Owner]
    assigned_at: datetime | None
    rating: int | None
    company_id: str | None
    next_step: str | None
    reason_code: str | None

    @property
    def record(self) -> str:
        """The opening record: the key of the passage."""
        return self.passage.opening.record


@dataclass
class Knowledge:
    """What the looks show as of one instant."""

    as_of: datetime
    seen: Seen
    people: dict[str, str]  # node -> smallest node of its person
    judged: list[Judged]
    attempts: dict[str, list[Attempt]]
    movements: list[Movement]
    reasons: dict[str, str]
    agreement: Agreement
    calendars: Calendars
    go_live: datetime
    contacts: dict[str, list[str]]  # person -> RD contacts, deleted ones too
    by_person: dict[str, list[Judged]]

    def judged_of(self, person: str) -> list[Judged]:
        """All passages of a person."""
        return self.by_person.get(person, [])

    def deal_records(self) -> dict[str, str]:
        """deal id -> opening record of its own hand-over (a copy has its parent's)."""
        return {
            deal["deal_id"]: one.record
            for one in self.judged
            for deal in (*one.passage.deals, *one.passage.copies)
        }


def know(
    world: World, as_of: datetime, observations: Observations, agreement: Agreement, go_live: datetime
) -> Knowledge:
    """Look, resolve people, build passages, bring the money back."""
    instant, seen = second(as_of), look(world, observations)
    # What was read later than as_of may tell of conversions that had not happened then; owners, ratings and contacts stay as last seen.
    seen.rd_events = {uuid: {event for event in events if event[2] <= instant} for uuid, events in seen.rd_events.items()}
    people = partition(nodes(seen), seen.first_look)
    reasons = {row["id"]: row["name"] for row in world.reference["lost_reasons"]}
    attempts = attempts_by_deal(seen, instant)
    contacts: dict[str, list[str]] = {}
    for uuid in seen.rd:
        contacts.setdefault(people[f"rd:{uuid}"], []).append(uuid)
    judged = []
    for passage in passages(seen, people, signals(seen, people, instant), instant):
        end = outcome(passage, reasons, instant)
        code, step = reason_of(end.reason_label)
        organization = passage.deals[0]["organization_id"] if passage.deals else None
        terms, reads = agreement.version_at(passage.opening.at), reads_of(passage, seen, instant)
        assigned = assigned_at(passage, seen, instant)
        judged.append(Judged(
            passage, end, attempts_of(passage, attempts),
            known_at_handover(seen, contacts.get(passage.person, []), passage.opening.at, terms), terms, reads,
            owners_of(passage, reads, assigned), assigned, seller_rating(passage, seen),
            company_of_organization(seen.organizations.get(organization or "")),
            step, code,
        ))  # fmt: skip
    found = _matched(seen, judged, instant)
    by_person: dict[str, list[Judged]] = {}
    for one in judged:
        by_person.setdefault(one.passage.person, []).append(one)
    calendars = Calendars(agreement, _sellers(world))
    return Knowledge(
        instant, seen, people, judged, attempts, found, reasons, agreement, calendars, second(go_live), contacts, by_person
    )  # fmt: skip


def _sellers(world: World) -> dict[str, tuple[str, str | None]]:
    """CRM user id -> (e-mail in lower case, team name)."""
    teams = {
        user_id: team["name"] for team in world.reference.get("teams", ()) for user_id in team["user_ids"]
    }
    return {u["id"]: (u["email"].lower(), teams.get(u["id"])) for u in world.reference.get("users", ())}


def _matched(seen: Seen, judged: list[Judged], as_of: datetime) -> list[Movement]:
    """Movements with their passages: what the deals say about orders, and when each company was won."""
    owner = {d["deal_id"]: one.record for one in judged for d in (*one.passage.deals, *one.passage.copies)}
    noted = []
    for deal in seen.deals.values():
        if deal["deleted"] or deal["created_at"] > as_of:
            continue
        noted.append(Noted(
            owner.get(deal["deal_id"]), company_of_organization(seen.organizations.get(deal["organization_id"] or "")),
            (deal["custom"].get(ORDER_FIELD) or "").strip() or None,
            local_date(closing(deal, as_of)) if deal["win"] else None, Decimal(str(round(deal["amount_unique"], 2))),
            bool(deal["parent_deal_id"]),
        ))  # fmt: skip
    wins: dict[str, list[Win]] = {}
    for one in judged:
        won_at = one.outcome.won_at
        if one.company_id and won_at:
            wins.setdefault(one.company_id, []).append(Win(one.record, local_day(won_at), won_at))
    today = local_day(as_of)
    return match(seen, movements(seen, today), noted, wins, today)


def form_before(known: Knowledge, one: Judged) -> str | None:
    """The form of the person's last conversion at or before the hand-over; None without one."""
    seen = [
        (at, form)
        for uuid in known.contacts.get(one.passage.person, ())
        for _, form, at, *_ in conversions_of(known.seen, uuid)
        if at <= one.passage.opening.at
    ]
    return max(seen)[1] if seen else None
