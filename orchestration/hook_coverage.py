"""What the webhooks missed lately, from the published marts: reading the systems finds every event, webhooks should."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

DAYS = 7
_QUERY = """
    select source_system, cast(sum(events) as bigint), cast(sum(missed) as bigint) from marts.rpt_webhook_coverage
    where event_date > (select max(event_date) from marts.rpt_webhook_coverage) - ? group by source_system order by source_system
"""


@dataclass(frozen=True)
class Coverage:
    """Events of one system in the last days that have any, and those of them that no webhook announced."""

    system: str
    events: int
    missed: int

    def __str__(self) -> str:
        announced = self.events - self.missed
        return f"{announced} of {self.events} events of {DAYS} days announced, {self.missed} found by reading alone"


def read(published: Path) -> list[Coverage]:
    """By system; empty when nothing is published yet, or by a release without this mart."""
    if not published.is_file():
        return []
    try:
        with duckdb.connect(str(published), read_only=True) as connection:
            return [Coverage(*row) for row in connection.execute(_QUERY, [DAYS]).fetchall()]
    except duckdb.CatalogException:
        return []
