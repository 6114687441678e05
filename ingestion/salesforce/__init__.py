"""Salesforce: leads and opportunities as one deal's two parts, with histories, people, companies and activities.

`run(config, ports, target)` reads what changed since the last run into `raw_salesforce`.
"""

from ingestion.salesforce.client import SalesforceApi
from ingestion.salesforce.reader import run
from ingestion.salesforce.settings import SCHEMA, Fields, SalesforceConfig

__all__ = ["SCHEMA", "Fields", "SalesforceApi", "SalesforceConfig", "run"]
