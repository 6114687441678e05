"""What `bastao doctor` says of Protheus: whether it lets us in, and what this installation does not give."""

from __future__ import annotations

from datetime import datetime

from ingestion.ports import Ports
from ingestion.protheus.reader import ALIASES, open_source
from ingestion.protheus.settings import REQUIRED_TABLES, ProtheusConfig


def describe(config: ProtheusConfig, ports: Ports) -> tuple[str, datetime | None]:
    """(one line about the ERP, its own instant in naive UTC if it tells). Raises IngestionError when it cannot be read."""
    source = open_source(config, ports)
    try:
        source.open()
        # By REST every table costs two calls: the four without which there is no revenue tell enough.
        looked = ALIASES if config.mode == "sql" else REQUIRED_TABLES
        tables = {alias: source.table(alias) for alias in looked}
        served_at = source.clock()
    finally:
        source.close()
    missing = [alias.upper() for alias, table in tables.items() if table is None]
    unstamped = [table.name for table in tables.values() if table is not None and not table.has_stamp]
    parts = [f"answers by {config.mode.upper()}; {len(tables) - len(missing)} of {len(tables)} tables of group {config.company_group}"]
    parts += [f"not there: {', '.join(missing)}"] if missing else []
    parts += [f"without S_T_A_M_P_ (changes are seen weekly): {', '.join(unstamped)}"] if unstamped else []
    return "; ".join([*parts, *("no dictionary: standard widths" for _ in source.notes[:1])]), served_at
