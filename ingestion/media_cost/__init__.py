"""Media cost by campaign and day, from the CSV exports of Google Ads, Meta Ads, LinkedIn Ads, or a plain CSV."""

from ingestion.media_cost.settings import MediaCostError, load_mapping
from ingestion.media_cost.source import reader, run

__all__ = ["MediaCostError", "load_mapping", "reader", "run"]
