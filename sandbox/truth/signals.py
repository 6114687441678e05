"""MQL signals of persons: marks, deals of the native integration, and "Qualified Lead" seen in a funnel."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.truth.agreement import is_return
from sandbox.truth.seen import Glance, Seen

QUALIFIED = "Qualified Lead"


@dataclass(frozen=True)
class Signal:
    """One reason to open (or to attach to) a passage; `kind` orders ties: 1 mark, 2 deal, 3 qualified."""

    person: str
    at: datetime
    kind: int
    record: str  # opening_record
    origin: str
    not_before: datetime
    contact_uuid: str | None = None

    @property
    def order(self) -> tuple[datetime, int, str]:
        """Which of two signals opens."""
        return self.at, self.kind, self.record


def deal_person(deal: dict, people: dict[str, str]) -> str | None:  # type: ignore[type-arg]
    """The person of a deal: its first contact."""
    return people.get(f"crm:{deal['contact_ids'][0]}") if deal["contact_ids"] else None


def signals(seen: Seen, people: dict[str, str], as_of: datetime) -> list[Signal]:
    """Every signal up to `as_of`."""
    found = [*_marks(seen, people, as_of), *_deals(seen, people, as_of)]
    earliest: dict[str, datetime] = {}
    for signal in found:
        earliest[signal.person] = min(signal.at, earliest.get(signal.person, signal.at))
    for uuid, glances in seen.glances.items():
        person = people.get(f"rd:{uuid}")
        if person is not None:
            found.extend(_qualified(seen, uuid, person, [g for g in glances if g.at <= as_of], earliest.get(person)))
    return found


def _marks(seen: Seen, people: dict[str, str], as_of: datetime) -> list[Signal]:
    return [
        Signal(people[f"rd:{uuid}"], at, 1, f"rd_station:opportunity:{uuid}:{at:%Y-%m-%dT%H:%M:%S}", "opportunity_mark",
               at, uuid)
        for uuid, events in seen.rd_events.items()
        for kind, _, at, *_ in events
        if kind == "OPPORTUNITY" and at <= as_of and f"rd:{uuid}" in people
    ]  # fmt: skip


def _deals(seen: Seen, people: dict[str, str], as_of: datetime) -> list[Signal]:
    found = []
    for deal_id, deal in seen.deals.items():
        person = deal_person(deal, people)
        if deal["from_rdsm"] and not deal["parent_deal_id"] and not deal["deleted"] and person is not None:
            at = deal["created_at"]
            if at <= as_of:
                found.append(Signal(person, at, 2, f"rd_station_crm:deal:{deal_id}", "crm_deal", at))
    return found


def _qualified(seen: Seen, uuid: str, person: str, glances: list[Glance], earliest: datetime | None) -> list[Signal]:
    """Transitions into "Qualified Lead"; the first glance counts only when nothing better was known by then."""
    conversions = sorted(
        at for kind, identifier, at, *_ in seen.rd_events.get(uuid, ()) if kind == "CONVERSION" and not is_return(identifier)
    )
    found, before = [], None
    for glance in glances:
        if glance.stage is None:
            continue
        entered = glance.stage == QUALIFIED and (before is None or before.stage != QUALIFIED)
        if entered and before is None and earliest is not None and earliest <= glance.at:
            entered = False
        if entered:
            found.append(_dated(seen, uuid, person, glance, before, conversions))
        before = glance
    return found


def _dated(
    seen: Seen, uuid: str, person: str, glance: Glance, before: Glance | None, conversions: list[datetime]
) -> Signal:
    """When the stage was really reached: the last conversion since the previous glance, else the glance itself."""
    since = before.at if before else None
    if glance.exact:
        at, origin, lower = glance.at, "conversion", glance.at
    else:
        inside = [c for c in conversions if c <= glance.at and (since is None or c > since)]
        at, origin = (inside[-1], "conversion") if inside else (glance.at, "snapshot")
        lower = since or seen.rd.get(uuid, {}).get("created_at") or at
    record = f"rd_station:qualified:{uuid}:{at:%Y-%m-%dT%H:%M:%S}"
    return Signal(person, at, 3, record, origin, min(lower, at), uuid)
