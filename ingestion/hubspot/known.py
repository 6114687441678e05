"""What the warehouse already knows of HubSpot's records: what is stored with the same instant of change is not landed again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ingestion.hubspot.settings import SCHEMA
from ingestion.inbox.named import Named, named_query, pending
from ingestion.runner import Tables

KEYS = {"leads": "lead_id", "deals": "deal_id", "contacts": "contact_id", "companies": "company_id"}


def _latest(table: str, key: str) -> str:
    return (
        f"select {key}, updated_at, coalesce(is_deleted, false), merged_into, load_seq from (select *, row_number() over "
        f"(partition by {key} order by load_seq desc, row_seq desc) as n from {SCHEMA}.{table}) as t where n = 1"
    )


QUERIES = {
    **{table: _latest(table, key) for table, key in KEYS.items()},
    "activities": (
        "select activity_id, updated_at, coalesce(is_deleted, false), null, load_seq from (select *, row_number() over "
        f"(partition by activity_id order by load_seq desc, row_seq desc) as n from {SCHEMA}.activities) as t where n = 1"
    ),
    "named": named_query("hubspot"),
}


class Known:
    """(updated_at, is deleted, merged into, load) of each record's last row."""

    def __init__(self, rows: dict[str, list[tuple[Any, ...]]]) -> None:
        self._rows: dict[str, dict[str, tuple[datetime | None, bool, str | None, int]]] = {
            table: {row[0]: row[1:] for row in rows[table]}  # type: ignore[misc]
            for table in (*KEYS, "activities")
        }
        self._named = rows["named"]

    def has(self, table: str, key: str) -> bool:
        """Whether a record is stored and not deleted."""
        return key in self._rows[table] and not self._rows[table][key][1]

    def is_news(self, table: str, key: str, updated_at: datetime | None) -> bool:
        """Whether a record changed since it was stored."""
        stored = self._rows[table].get(key)
        return stored is None or stored[1] or stored[0] != updated_at

    def is_gone(self, table: str, key: str, merged_into: str | None = None) -> bool:
        """Whether it is stored as deleted, into the same survivor."""
        stored = self._rows[table].get(key)
        return stored is not None and stored[1] and stored[2] == merged_into

    def was_read(self, table: str, key: str, load_seq: int) -> bool:
        """Whether this load has read it already."""
        return key in self._rows[table] and self._rows[table][key][3] == load_seq

    def learn(self, tables: Tables, load_seq: int) -> None:
        """Take over what this run lands."""
        for table, key in (*KEYS.items(), ("activities", "activity_id")):
            for row in tables.get(table, []):
                self._rows[table][row[key]] = (
                    row.get("updated_at"), bool(row["is_deleted"]), row.get("merged_into"), load_seq
                )  # fmt: skip

    def named(self) -> dict[str, dict[str, Named]]:
        """What webhooks named since each record was last read: object type → id → what they said."""
        plural = {"company": "companies"} | {name: f"{name}s" for name in ("contact", "deal", "lead")}

        def read_in(kind: str, key: str) -> int:
            stored = self._rows.get(plural.get(kind, ""), {}).get(key)
            return stored[3] if stored else 0

        found: dict[str, dict[str, Named]] = {table: {} for table in KEYS}
        for one in pending(self._named, read_in):
            if one.object_kind in plural:
                found[plural[one.object_kind]][one.object_id] = one
        return found


