"""Users, stages and lead labels: small lists, read whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from ingestion.pipedrive.client import PipedriveApi
from ingestion.pipedrive.paging import v2_pages
from ingestion.pipedrive.records import key
from ingestion.pipedrive.settings import LEAD_STAGE, PipedriveConfig
from ingestion.rows import Row, integer, text
from ingestion.runner import Tables


@dataclass(frozen=True)
class Catalogue:
    """The lists of one run; `tables` is what lands of them."""

    tables: Tables
    labels: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """Changes when a list changes: unchanged lists are not landed again."""
        return hashlib.md5(json.dumps(self.tables, sort_keys=True).encode(), usedforsecurity=False).hexdigest()


def read_catalogue(api: PipedriveApi, config: PipedriveConfig) -> Catalogue:
    """Users, stages in order with the one that leads are in, and lead labels."""
    # Who owns what nobody owns is the integration's user, not a seller.
    users = [_user(row) for row in api.rows("/v1/users", resource="users")[0] if key(row) not in config.nobody]
    labels = [{"label_id": key(row), "name": text(row.get("name"))} for row in api.rows("/v1/leadLabels", resource="lead_labels")[0]]
    tables = {"users": users, "stages": _stages(api, config), "lead_labels": labels}
    return Catalogue(tables, {str(row["label_id"]): row["name"] for row in labels if row["name"]})


def _user(row: Row) -> Row:
    return {
        "user_id": key(row),
        "name": text(row.get("name")),
        "email": text(row.get("email")),
        "active": row.get("active_flag") is True,
        "team_name": None,  # teams are not in the API of every plan
    }


def _stages(api: PipedriveApi, config: PipedriveConfig) -> list[Row]:
    """The lead's stage stands before the first pipeline's: a lead has none of its own (5.4)."""
    pipelines = [row for page in v2_pages(api, "/pipelines", "pipelines", None, order=False) for row in page]
    names = {key(row): text(row.get("name")) for row in pipelines}
    first = min(pipelines, key=lambda row: (row.get("order_nr") or 0, row["id"]), default=None)
    home = key(first) if first else None
    rows: list[Row] = [
        {
            "stage_id": LEAD_STAGE, "stage_name": config.lead_stage_name, "stage_order": 0, "pipeline_id": home,
            "pipeline_name": names.get(home or ""),
        }
    ]  # fmt: skip
    for page in v2_pages(api, "/stages", "stages", None, order=False):
        for row in page:
            pipeline = key(row, "pipeline_id")
            rows.append(
                {
                    "stage_id": key(row),
                    "stage_name": text(row.get("name")),
                    "stage_order": integer(row.get("order_nr")),
                    "pipeline_id": pipeline,
                    "pipeline_name": names.get(pipeline),
                }
            )
    return rows
