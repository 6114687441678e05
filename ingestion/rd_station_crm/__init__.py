"""RD Station CRM: deals with their stage visits, contacts, organizations, tasks and people; v1 and v2 together.

`run(config, ports, target)` reads what changed since the last run into `raw_rd_station_crm`.
"""

from ingestion.rd_station_crm.client import CrmApi
from ingestion.rd_station_crm.reader import SCHEMA, run
from ingestion.rd_station_crm.settings import RdStationCrmConfig

__all__ = ["SCHEMA", "CrmApi", "RdStationCrmConfig", "run"]
