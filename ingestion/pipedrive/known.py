"""What the warehouse already knows: what is news, and which histories are wanted, are derived from it, never stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingestion.inbox import named_query
from ingestion.pipedrive.settings import SCHEMA
from ingestion.rows import Row
from ingestion.runner import Tables

# table -> its key, and the columns that are needed of the last row
KEPT = {
    "deals": ("deal_id", "fingerprint is_deleted history_key source_lead_id created_at updated_at stage_changed_at stage_id user_id rating"),
    "leads": ("lead_id", "fingerprint is_deleted archived_at is_archived"),
    "contacts": ("contact_id", "fingerprint is_deleted"),
    "organizations": ("organization_id", "fingerprint"),
    "activities": ("activity_id", "fingerprint is_deleted"),
    "call_logs": ("call_log_id", "fingerprint"),
    "deal_histories": ("deal_id", "history_key"),
}


def _latest(table: str, key: str, columns: str) -> str:
    return (
        f"select {key}, {', '.join(columns.split())} from (select *, row_number() over "
        f"(partition by {key} order by load_seq desc, row_seq desc) as n from {SCHEMA}.{table}) as t where n = 1"
    )


QUERIES = {
    **{table: _latest(table, key, columns) for table, (key, columns) in KEPT.items()},
    "quarantine": f"select distinct source_table, record_key, column_name, reason from {SCHEMA}.quarantine",
    "named": named_query("pipedrive"),
}


class Known:
    """The last row per record, of the columns in `KEPT`."""

    def __init__(self, found: dict[str, list[tuple[Any, ...]]]) -> None:
        self.rows: dict[str, dict[str, Row]] = {}
        for table, (key, columns) in KEPT.items():
            names = [key, *columns.split()]
            self.rows[table] = {row[0]: dict(zip(names, row, strict=True)) for row in found[table]}
        self.refused = {tuple(row) for row in found["quarantine"]}
        self.named = found["named"]

    def news(self, tables: Tables) -> Tables:
        """What of a record's tables is new: nothing of it when its own row has the fingerprint that is stored."""
        refused = [row for row in tables.get("quarantine", []) if self._first(row)]
        for table, rows in tables.items():
            if table in KEPT and table != "deal_histories":
                key = KEPT[table][0]
                if all(self.rows[table].get(row[key], {}).get("fingerprint") == row["fingerprint"] for row in rows):
                    return {"quarantine": refused} if refused else {}
        return {**{name: rows for name, rows in tables.items() if name != "quarantine"}, "quarantine": refused}

    def learn(self, tables: Tables) -> None:
        """Take over what this run lands."""
        for table, (key, columns) in KEPT.items():
            for row in tables.get(table, []):
                self.rows[table][row[key]] = {name: row.get(name) for name in (key, *columns.split())}

    def _first(self, row: Row) -> bool:
        said = (row["source_table"], row["record_key"], row["column_name"], row["reason"])
        if said in self.refused:
            return False
        self.refused.add(said)
        return True

    def without_history(self) -> list[Row]:
        """Live deals whose history was not read since it changed, the last changed first."""
        read = self.rows["deal_histories"]
        wanted = [
            row for key, row in self.rows["deals"].items()
            if not row["is_deleted"] and read.get(key, {}).get("history_key") != row["history_key"]
        ]  # fmt: skip
        return sorted(wanted, key=lambda row: (row["updated_at"], row["deal_id"]), reverse=True)

    def live(self, table: str) -> Iterator[str]:
        """Records that were there when last read."""
        return (key for key, row in self.rows[table].items() if not row["is_deleted"])

    @property
    def converted(self) -> set[str]:
        """Leads that became deals."""
        return {row["source_lead_id"] for row in self.rows["deals"].values() if row["source_lead_id"]}
