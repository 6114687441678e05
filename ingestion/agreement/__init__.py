"""The signed agreement and the mappings, loaded as data."""

from ingestion.agreement.source import reader, run

__all__ = ["reader", "run"]
