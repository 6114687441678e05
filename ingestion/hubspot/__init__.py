"""HubSpot: leads and deals with their histories, contacts, companies, activities and owners.

`run(config, ports, target)` reads what changed since the last run into `raw_hubspot`.
"""

from ingestion.hubspot.client import HubspotApi
from ingestion.hubspot.reader import run
from ingestion.hubspot.settings import PIPELINE, SCHEMA, HubspotConfig, Properties

__all__ = ["PIPELINE", "SCHEMA", "HubspotApi", "HubspotConfig", "Properties", "run"]
