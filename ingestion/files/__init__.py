"""CSV and Parquet exports with a mapping file."""

from ingestion.files.mapping import FilesError, load_mapping
from ingestion.files.source import reader, run

__all__ = ["FilesError", "load_mapping", "reader", "run"]
