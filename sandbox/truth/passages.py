"""Passages: islands of signals and deals of one person, and which deals belong to each (RULES R1 to R9)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sandbox.company.constants import INACTIVITY_DAYS
from sandbox.truth.identity import md5
from sandbox.truth.seen import Seen
from sandbox.truth.signals import Signal, deal_person

FOREVER = datetime.max
DealRow = dict[str, Any]


@dataclass
class Passage:
    """One hand-over. `deals` are the attached non-copy deals, `joined` the deals of colleagues (attempts only)."""

    person: str
    signals: list[Signal]
    end: datetime
    deals: list[DealRow] = field(default_factory=list)
    copies: list[DealRow] = field(default_factory=list)
    joined: list[DealRow] = field(default_factory=list)
    number: int = 0

    @property
    def opening(self) -> Signal:
        """The earliest signal."""
        return min(self.signals, key=lambda signal: signal.order)

    @property
    def handoff_id(self) -> str:
        """md5 of the opening record."""
        return md5(self.opening.record)


def closing(deal: DealRow, as_of: datetime) -> datetime | None:
    """When the deal was closed, if that is known by `as_of`."""
    at: datetime | None = deal["closed_at"]
    return at if at is not None and at <= as_of else None


def deal_end(deal: DealRow, as_of: datetime) -> datetime:
    """The end of a deal's interval."""
    return closing(deal, as_of) or FOREVER


@dataclass
class _Interval:
    start: datetime
    end: datetime
    signal: Signal | None = None
    deal: DealRow | None = None


def _signal_interval(signal: Signal, native: list[DealRow], as_of: datetime) -> _Interval:
    """A signal waits for its deal at most the agreed inactivity; inside a deal's life it adds nothing."""
    if signal.kind != 2 and any(d["created_at"] <= signal.at <= deal_end(d, as_of) for d in native):
        return _Interval(signal.at, signal.at, signal)
    limit = signal.at + timedelta(days=INACTIVITY_DAYS)
    answers = [d["created_at"] for d in native if signal.at <= d["created_at"] <= limit]
    return _Interval(signal.at, min(answers, default=limit), signal)


def _islands(intervals: Iterable[_Interval]) -> list[list[_Interval]]:
    islands: list[list[_Interval]] = []
    reach = datetime.min
    for interval in sorted(intervals, key=lambda i: i.start):
        if not islands or interval.start > reach:
            islands.append([])
            reach = interval.end
        islands[-1].append(interval)
        reach = max(reach, interval.end)
    return islands


def _of_person(person: str, found: list[Signal], own: list[DealRow], as_of: datetime) -> list[Passage]:
    native = [d for d in own if d["from_rdsm"]]
    base = [_signal_interval(s, native, as_of) for s in found]
    base += [_Interval(d["created_at"], deal_end(d, as_of), deal=d) for d in native]
    spans = [(island[0].start, max(i.end for i in island)) for island in _islands(base)]
    for deal in own:
        if not deal["from_rdsm"] and any(start <= deal["created_at"] <= end for start, end in spans):
            base.append(_Interval(deal["created_at"], deal_end(deal, as_of), deal=deal))
    result = []
    for island in _islands(base):
        opened = [i.signal for i in island if i.signal is not None]
        deals = sorted((i.deal for i in island if i.deal is not None), key=lambda d: (d["created_at"], d["deal_id"]))
        if opened:
            result.append(Passage(person, opened, max(i.end for i in island), deals))
    result.sort(key=lambda p: p.opening.order)
    for number, passage in enumerate(result, start=1):
        passage.number = number
    return result


def passages(seen: Seen, people: dict[str, str], found: list[Signal], as_of: datetime) -> list[Passage]:
    """Every passage of everybody, with copies and colleagues' deals attached."""
    by_person: dict[str, list[Signal]] = defaultdict(list)
    deals: dict[str, list[DealRow]] = defaultdict(list)
    for signal in found:
        by_person[signal.person].append(signal)
    known = [d for d in seen.deals.values() if not d["deleted"] and d["created_at"] <= as_of]
    for deal in known:
        person = deal_person(deal, people)
        if person is not None and not deal["parent_deal_id"]:
            deals[person].append(deal)
    result = {person: _of_person(person, own, deals[person], as_of) for person, own in by_person.items()}
    flat = [passage for own in result.values() for passage in own]
    owner = {deal["deal_id"]: passage for passage in flat for deal in passage.deals}
    for deal in known:
        if deal["parent_deal_id"]:
            if deal["parent_deal_id"] in owner:
                owner[deal["parent_deal_id"]].copies.append(deal)
            continue
        first = deal_person(deal, people)
        others = {people.get(f"crm:{contact}") for contact in deal["contact_ids"][1:]} - {first, None}
        for person in others:
            for passage in result.get(person or "", ()):
                if deal["created_at"] <= passage.end and passage.opening.at <= deal_end(deal, as_of):
                    passage.joined.append(deal)
                    break
    return flat
