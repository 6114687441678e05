"""What the warehouse holds of the stretch that is read again: so that its rows are not landed twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from ingestion.runner import Session
from ingestion.salesforce.resources import Resource
from ingestion.salesforce.settings import SCHEMA

EPOCH, MICROSECOND = datetime(1970, 1, 1), timedelta(microseconds=1)


class Known:
    """Stamps (microseconds since 1970) of the records at or behind each resource's starting point; what was refused before."""

    def __init__(
        self, session: Session, wanted: list[Resource], since: Mapping[str, datetime | None]
    ) -> None:
        queries = {resource.name: _query(resource, since[resource.name]) for resource in wanted}
        quarantine = f"select source_table, record_key, column_name, reason from {SCHEMA}.quarantine"
        rows = session.read(**queries, quarantine=quarantine)
        self.stamps: dict[str, dict[str, int]] = {
            resource.name: {key: (at - EPOCH) // MICROSECOND for key, at in rows[resource.name]} for resource in wanted
        }
        self.refused: set[tuple[str, ...]] = {tuple(map(str, row)) for row in rows["quarantine"]}


def _query(resource: Resource, since: datetime | None) -> str:
    """The newest stamp of each record that changed since; nothing was landed before the first cursor."""
    which = f"{resource.stored} >= timestamp '{since:%Y-%m-%d %H:%M:%S}'" if since else "1 = 0"
    if resource.prefix and resource.table == "field_history":
        which += f" and record_id like '{resource.prefix}%'"
    return f"select {resource.key}, max({resource.stored}) from {SCHEMA}.{resource.table} where {which} group by 1"
