"""TOTVS Protheus by SQL or REST, read only: customers, funnel, orders, invoices, receivables and contracts.

`run(config, ports, target)` reads what changed since the last run into `raw_protheus`; `describe(config, ports)` says
whether it could.
"""

from ingestion.protheus.check import describe
from ingestion.protheus.reader import SCHEMA, run
from ingestion.protheus.settings import ProtheusConfig, RestAccess

__all__ = ["SCHEMA", "ProtheusConfig", "RestAccess", "describe", "run"]
