"""What the warehouse already knows of the contacts, and the worklist that follows from it.

No list of pending work is stored anywhere: what must be fetched is derived from raw itself, so that a killed run
leaves nothing behind that could disagree with the data. A contact is fetched when it never was, when a listing
after its last fetch shows a newer conversion, when a stage segmentation disagrees with its last funnel reading,
when the inbox named it since, when a complete listing misses it, or when a full sweep is due.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ingestion.rd_station.settings import ALL_CONTACTS, OPPORTUNITY_SEGMENT, SCHEMA, SEGMENT_OF_STAGE


def _latest(table: str, columns: str) -> str:
    return (
        f"select contact_uuid, {columns} from (select *, row_number() over "
        f"(partition by contact_uuid order by load_seq desc, row_seq desc) as n from {SCHEMA}.{table}) as t where n = 1"
    )


QUERIES = {
    "listed": f"""
        select contact_uuid, load_seq, created_at, last_conversion_at from {SCHEMA}.segmentation_contacts
        where segment_id = '{ALL_CONTACTS}' order by load_seq, row_seq""",
    "members": f"""
        select distinct segment_id, contact_uuid from {SCHEMA}.segmentation_contacts
        where segment_id <> '{ALL_CONTACTS}'""",
    "fetched": _latest("contacts", "load_seq, is_deleted"),
    "funnels": _latest("funnels", "lifecycle_stage, opportunity"),
    "events": f"""
        select contact_uuid, event_type, max(occurred_at) from {SCHEMA}.conversions group by contact_uuid, event_type""",
    "named": """
        select contact_uuid, max(load_seq) from raw_inbox.events
        where system = 'rd_station' and contact_uuid is not null group by contact_uuid""",
}


@dataclass(slots=True)
class Known:
    """One contact as the warehouse knows it. `*_load` are load sequences, 0 = never."""

    created_at: datetime | None = None
    converted_at: datetime | None = None  # as the last listing says
    converted_at_fetch: datetime | None = None  # as listings up to the last fetch said
    listed: bool = False
    fetched_load: int = 0
    named_load: int = 0
    is_deleted: bool = False
    stage_code: str | None = None  # segments that follow from the last funnel reading, None = never read
    newest: dict[str, datetime] = field(default_factory=dict)  # event type -> newest stored event


@dataclass(frozen=True, slots=True)
class Task:
    """One contact to fetch. `since` None: read all events."""

    uuid: str
    created_at: datetime | None
    since: dict[str, datetime] | None
    reason: str


def stage_code(stage: str | None, opportunity: bool | None) -> str:
    """The stage segmentations a contact should be in: "3", "4", "5", "35", "45" or ""."""
    return SEGMENT_OF_STAGE.get(stage or "", "") + (OPPORTUNITY_SEGMENT if opportunity else "")


class Knowledge:
    """All contacts, and which segment memberships are stored."""

    def __init__(self, rows: dict[str, list[tuple[Any, ...]]]) -> None:
        self.contacts: dict[str, Known] = {}
        self.members: set[tuple[str, str]] = {(segment, uuid) for segment, uuid in rows["members"]}
        for uuid, load_seq, is_deleted in rows["fetched"]:
            known = self.of(uuid)
            known.fetched_load, known.is_deleted = load_seq, bool(is_deleted)
        for uuid, load_seq, created_at, converted_at in rows["listed"]:
            known = self.of(uuid)
            known.listed, known.created_at, known.converted_at = True, created_at, converted_at
            if load_seq <= known.fetched_load:
                known.converted_at_fetch = converted_at
        for uuid, stage, opportunity in rows["funnels"]:
            self.of(uuid).stage_code = stage_code(stage, opportunity)
        for uuid, event_type, newest in rows["events"]:
            self.of(uuid).newest[event_type] = newest
        for uuid, load_seq in rows["named"]:
            self.of(uuid).named_load = load_seq

    def of(self, uuid: str) -> Known:
        """The contact's entry, made when new."""
        return self.contacts.setdefault(uuid, Known())

    @property
    def live(self) -> int:
        """Contacts that a complete listing should show."""
        return sum(known.listed and not known.is_deleted for known in self.contacts.values())

    def worklist(
        self,
        membership: dict[str, str] | None,
        explained: dict[str, str],
        absent: set[str],
        sweep_load: int | None,
    ) -> list[Task]:
        """What to fetch, the most urgent first: named, converted, changed stage, new, absent, sweep.

        `membership`: contact → segments it is in now (None: not read); `explained`: memberships that a fetch has
        already found to disagree with the funnel (the segmentations lag), so that they are not fetched again.
        """
        tasks: list[list[Task]] = [[] for _ in _REASONS]
        for uuid, known in self.contacts.items():
            reason = self._reason(uuid, known, membership, explained, absent, sweep_load)
            if reason is not None:
                whole = known.fetched_load == 0 or reason in ("sweep", "absent")
                tasks[_REASONS.index(reason)].append(
                    Task(uuid, known.created_at, None if whole else dict(known.newest), reason)
                )
        return [task for group in tasks for task in group]

    @staticmethod
    def _reason(
        uuid: str,
        known: Known,
        membership: dict[str, str] | None,
        explained: dict[str, str],
        absent: set[str],
        sweep_load: int | None,
    ) -> str | None:
        if known.named_load > known.fetched_load:
            return "named"
        if known.fetched_load == 0:
            return "new"
        if known.converted_at and (
            known.converted_at_fetch is None or known.converted_at > known.converted_at_fetch
        ):
            return "converted"
        if known.is_deleted:
            return None
        if membership is not None and known.stage_code is not None:
            now = membership.get(uuid, "")
            if now not in (known.stage_code, explained.get(uuid)):
                return "stage"
        if uuid in absent:
            return "absent"
        return "sweep" if sweep_load is not None and known.fetched_load < sweep_load else None


_REASONS = ("named", "converted", "stage", "new", "absent", "sweep")
