"""TOTVS Protheus by SQL, read only: customers, orders, invoices, receivables, contracts and proposals.

`run(config, ports, target)` reads what changed since the last run into `raw_protheus`.
"""

from ingestion.protheus.reader import SCHEMA, run
from ingestion.protheus.settings import ProtheusConfig

__all__ = ["SCHEMA", "ProtheusConfig", "run"]
