"""Pipedrive: leads and deals with their history, persons, organizations, activities and users; v1 and v2 together.

`run(config, ports, target)` reads what changed since the last run into `raw_pipedrive`.
"""

from ingestion.pipedrive.client import PipedriveApi
from ingestion.pipedrive.reader import SCHEMA, run
from ingestion.pipedrive.settings import PIPELINE, Fields, PipedriveConfig

__all__ = ["PIPELINE", "SCHEMA", "Fields", "PipedriveApi", "PipedriveConfig", "run"]
