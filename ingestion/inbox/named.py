"""What webhooks named: the objects that a source reads back from its API, whatever the hook said about them.

A reader asks with one more query, and gets a set; it is meant to be called like this:

    rows = session.read(named=named_query("hubspot"))["named"]
    for found in pending(rows, since=session.state.get("named_load", 0)): ...

`since` is a load sequence: the one up to which the reader has read back everything named (its own `load_seq` of then),
or a function of (object_kind, object_id) that gives the load in which that object was last read (0 = never). Events land
with the `load_seq` of the inbox's load, and every load has a greater one than those before it: an object is pending
when it was named in a later load than the one it was read in. Order of arrival and repeats play no role.

`object_kind` is the sender's own word in the singular: `contact`, `deal`, `task`, `organization` (RD Station CRM),
`contact`, `company`, `deal`, `lead` (HubSpot), `deal`, `person`, `organization`, `lead`, `activity` (Pipedrive v2).
A merge gives one `merged` per id that is gone, with `into_id`, and a `changed` for the one that stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

System = Literal["rd_station", "rd_station_crm", "hubspot", "pipedrive"]
ChangeKind = Literal["changed", "deleted", "merged"]


class Named(NamedTuple):
    """One object to read back. `into_id`: where a merged one went."""

    object_kind: str
    object_id: str
    change_kind: ChangeKind
    into_id: str | None = None


def named_query(system: System) -> str:
    """SELECT over the warehouse: object_kind, object_id, change_kind, merged_ids, and the last load that named it so."""
    return f"""
        select object_kind, object_id, change_kind, merged_ids, max(load_seq) from raw_inbox.events
        where system = '{system}' and object_id is not null
        group by object_kind, object_id, change_kind, merged_ids"""


def pending(rows: Iterable[tuple[Any, ...]], since: int | Callable[[str, str], int] = 0) -> set[Named]:
    """The objects of `named_query` that were named after `since`."""
    last = since if callable(since) else lambda _kind, _key: since
    found: set[Named] = set()
    for kind, key, change, merged_ids, load_seq in rows:
        for named in _named(kind, key, change, merged_ids):
            if load_seq > last(named.object_kind, named.object_id):
                found.add(named)
    return found


def _named(kind: str, key: str, change: ChangeKind, merged_ids: str | None) -> Iterable[Named]:
    if change != "merged":
        yield Named(kind, key, change)
        return
    yield Named(kind, key, "changed")
    yield from (Named(kind, gone, "merged", key) for gone in (merged_ids or "").split(",") if gone)
