"""What the warehouse already knows of the CRM's records: the worklists are derived from it, never stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ingestion.rd_station_crm.settings import SCHEMA
from ingestion.runner import Tables


def _latest(table: str, key: str, columns: str) -> str:
    return (
        f"select {key}, {columns} from (select *, row_number() over "
        f"(partition by {key} order by load_seq desc, row_seq desc) as n from {SCHEMA}.{table}) as t where n = 1"
    )


QUERIES = {
    "deals": _latest("deals", "deal_id", "load_seq, updated_at, is_deleted"),
    "contacts": _latest("contacts", "contact_id", "updated_at, is_deleted, organization_id, integration_id"),
    "organizations": _latest("organizations", "organization_id", "updated_at"),
    "tasks": _latest("tasks", "task_id", "deal_id, type, done, done_at, due_at, created_at, user_id"),
    "named": """
        select deal_id, max(load_seq) from raw_inbox.events
        where system = 'rd_station_crm' and deal_id is not null and event_type like 'crm_deal%' group by deal_id""",
}


class Known:
    """Latest state per record, as tuples of the queries above."""

    def __init__(self, rows: dict[str, list[tuple[Any, ...]]]) -> None:
        self.deals: dict[str, tuple[int, datetime | None, bool]] = {row[0]: row[1:] for row in rows["deals"]}  # type: ignore[misc]
        self.contacts: dict[str, tuple[datetime | None, bool, str | None, str | None]] = {
            row[0]: row[1:]
            for row in rows["contacts"]  # type: ignore[misc]
        }
        self.organizations: dict[str, datetime | None] = dict(rows["organizations"])
        self.tasks: dict[str, tuple[Any, ...]] = {row[0]: row[1:] for row in rows["tasks"]}
        self._named: dict[str, int] = dict(rows["named"])

    def learn(self, tables: Tables, load_seq: int) -> None:
        """Take over what this run lands."""
        for row in tables.get("deals", []):
            self.deals[row["deal_id"]] = (load_seq, row.get("updated_at"), row["is_deleted"])
        for row in tables.get("contacts", []):
            self.contacts[row["contact_id"]] = (
                row.get("updated_at"), row["is_deleted"], row.get("organization_id"), row.get("integration_id")
            )  # fmt: skip

    def named_deals(self) -> list[str]:
        """Deals that a webhook named after their last reading."""
        return [
            deal_id for deal_id, load_seq in self._named.items()
            if load_seq > (self.deals[deal_id][0] if deal_id in self.deals else 0)
        ]  # fmt: skip

    @property
    def live_deals(self) -> set[str]:
        """Deals that were there when last read."""
        return {key for key, (_, _, is_deleted) in self.deals.items() if not is_deleted}

    @property
    def live_contacts(self) -> set[str]:
        """Contacts that were there when last read."""
        return {key for key, (_, is_deleted, _, _) in self.contacts.items() if not is_deleted}
