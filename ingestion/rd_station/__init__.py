"""RD Station Marketing: contacts, their funnel state and conversions, and the assets that capture them.

`run(config, ports, target)` reads what changed since the last run into `raw_rd_station`.
"""

from ingestion.rd_station.client import RdStationApi
from ingestion.rd_station.reader import SCHEMA, run
from ingestion.rd_station.settings import RdStationConfig

__all__ = ["SCHEMA", "RdStationApi", "RdStationConfig", "run"]
