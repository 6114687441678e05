"""What webhooks announced of what reading found: from the sandbox's own record of what it sent and who took it.

One row per local day, system and kind of event, as `rpt_webhook_coverage` means it: an event is announced when a delivery was
accepted that tells of its record within a minute of the event (of a conversion: with its identifier). What happened before
the first such delivery about a kind of record counts for nothing: nobody was subscribed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from sandbox.company.constants import STAGES
from sandbox.truth.agreement import local_date
from sandbox.truth.figures import over
from sandbox.truth.observations import second
from sandbox.truth.seen import Seen

GRACE = timedelta(seconds=60)
SYSTEMS = {"marketing": "rd_station", "screen": "rd_station", "crm_v1": "rd_station_crm", "crm_v2": "rd_station_crm"}
RECORDS = {"task": "activity"}
_INTAKE = next(iter(STAGES))  # where Pipedrive keeps leads
COLUMNS = ("event_date", "source_system", "event_kind", "events", "announced", "announced_first", "missed", "announced_share",
           "median_announced_seconds", "median_missed_seconds", "longest_missed_seconds")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happened:
    """An event that reading found: of which record, and when."""

    system: str
    record: str
    key: str
    kind: str
    at: datetime
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A fact that a webhook announced: when it happened, and when the receiver took it."""

    at: datetime
    identifier: str | None
    taken_at: datetime


def webhook_coverage(seen: Seen, polls: Sequence[datetime], told: Iterable[Mapping[str, Any]], crm: str) -> pd.DataFrame:
    """`told`: the sandbox's rows (GET /sandbox/told); `polls`: when every system was read (aware). `crm`: the company's.

    Of HubSpot and Pipedrive the stages of a deal are left out: they count other steps than the company's own stages.
    """
    looks = sorted(second(at) for at in polls)
    announced = _announced(told)
    since = _since(seen, announced)
    found: dict[tuple[Any, str, str], list[tuple[bool, int | None, int]]] = {}
    for event in _happened(seen, crm, looks):
        first = since.get((event.system, event.record))
        if first is None or event.at < first or event.at > looks[-1]:
            continue
        taken = _taken(event, announced.get((event.system, event.record, event.key), ()))
        read = next(at for at in looks if at >= event.at)
        after = None if taken is None else _seconds(event.at, taken)
        is_first = taken is not None and taken <= read
        found.setdefault((local_date(event.at), event.system, event.kind), []).append((is_first, after, _seconds(event.at, read)))
    rows = [(*key, *_figures(events)) for key, events in found.items()]
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS), dtype=object)


def _announced(told: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str, str], list[Told]]:
    found: dict[tuple[str, str, str], list[Told]] = {}
    for row in told:
        if row["outcome"] != "accepted":
            continue
        system = SYSTEMS.get(row["service"], row["service"])
        key = (system, RECORDS.get(row["record"], row["record"]), row["key"])
        found.setdefault(key, []).append(Told(_instant(row["at"]), row["identifier"], _instant(row["ended_at"])))
    return found


def _since(seen: Seen, announced: Mapping[tuple[str, str, str], Sequence[Told]]) -> dict[tuple[str, str], datetime]:
    """The first fact told of each kind of record, among records that were ever read."""
    read: dict[str, Mapping[str, Any]] = {"deal": seen.deals, "organization": seen.organizations, "activity": seen.tasks}
    found: dict[tuple[str, str], datetime] = {}
    for (system, record, key), facts in announced.items():
        known = (seen.rd_events if system == "rd_station" else seen.crm) if record == "contact" else read.get(record, {})
        if known.get(key):
            first = min(fact.at for fact in facts)
            found[system, record] = min(first, found.get((system, record), first))
    return found


def _begun(deal: Mapping[str, Any], crm: str, looks: Sequence[datetime]) -> datetime:
    """When a deal began, as reading can know. A lead of Pipedrive is in no list once it is a deal: if no look fell in its days as a
    lead, the deal is all that reading ever shows, and begins when it was made."""
    turned = [at for stage, at in deal["visits"] if stage != _INTAKE] + ([deal["closed_at"]] if deal["win"] else [])
    if crm != "pipedrive" or not turned or any(deal["created_at"] <= look < min(turned) for look in looks):
        return deal["created_at"]
    return min(turned)


def _happened(seen: Seen, crm: str, looks: Sequence[datetime]) -> Iterator[Happened]:
    for uuid, events in seen.rd_events.items():
        for kind, identifier, at, *_ in events:
            named = ("conversion", identifier) if kind == "CONVERSION" else ("opportunity_mark", None)
            yield Happened("rd_station", "contact", uuid, named[0], at, named[1])
    for key, deal in seen.deals.items():
        if deal["deleted"]:
            continue
        yield Happened(crm, "deal", key, "deal_created", _begun(deal, crm, looks))
        if deal["closed_at"]:
            yield Happened(crm, "deal", key, "deal_closed", deal["closed_at"])
        if crm == "rd_station_crm":
            yield from (Happened(crm, "deal", key, "deal_stage", at) for _, at in deal["visits"] if at > deal["created_at"])
    for key, card in seen.crm.items():
        if not card["deleted"]:
            yield Happened(crm, "contact", key, "contact_created", card["created_at"])
    yield from (Happened(crm, "organization", key, "organization_created", row["created_at"]) for key, row in seen.organizations.items())
    yield from (Happened(crm, "activity", key, "activity_logged", row["created_at"]) for key, row in seen.tasks.items())


def _taken(event: Happened, facts: Iterable[Told]) -> datetime | None:
    near = (fact for fact in facts if abs(fact.at - event.at) <= GRACE)
    return min((fact.taken_at for fact in near if event.identifier is None or fact.identifier == event.identifier), default=None)


def _figures(events: Sequence[tuple[bool, int | None, int]]) -> tuple[Any, ...]:
    told = sorted(after for _, after, _ in events if after is not None)
    missed = sorted(read for _, after, read in events if after is None)
    first = sum(is_first for is_first, _, _ in events)
    return (len(events), len(told), first, len(missed), over(len(told), len(events)), _median(told), _median(missed), missed[-1] if missed else None)


def _median(values: Sequence[int]) -> int | None:
    """The nearest-rank median of sorted values."""
    return values[(len(values) + 1) // 2 - 1] if values else None


def _seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())


def _instant(text: str) -> datetime:
    return second(datetime.fromisoformat(text))
