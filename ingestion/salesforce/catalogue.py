"""Small lists, read whole each time: users and queues, stages and lead statuses, reasons."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson

from ingestion.rows import Row, boolean, integer, text
from ingestion.runner import Session, Tables
from ingestion.salesforce.client import Refused, SalesforceApi

LEADS = "lead"
DEFAULT = "opportunity"  # the pipeline where an org has no record types


def read_catalogue(api: SalesforceApi, session: Session, reasons: list[Row], lost: tuple[str, ...]) -> Tables:
    """`users`, `stages` and `lost_reasons`."""
    users = [
        {
            "user_id": text(row.get("Id")),
            "name": text(row.get("Name")),
            "email": text(row.get("Email")),
            "active": boolean(row.get("IsActive")),
            "team_name": text(row["UserRole"].get("Name")) if isinstance(row.get("UserRole"), dict) else None,
        }
        for row in _all(api, "SELECT Id, Name, Email, IsActive, UserRole.Name FROM User")
    ]
    queues = [
        {"user_id": text(row.get("Id")), "name": text(row.get("Name")), "is_queue": True}
        for row in _all(api, "SELECT Id, Name FROM Group WHERE Type = 'Queue'")
    ]
    return {"users": users + queues, "stages": _stages(api, session, lost), "lost_reasons": reasons}


def _stages(api: SalesforceApi, session: Session, lost: tuple[str, ...]) -> list[Row]:
    """Lead statuses as one pipeline, and every stage in the pipeline of every record type: which of them a record type
    offers is not told by the API, and a stage that is never used does no harm."""
    statuses = list(_all(api, "SELECT ApiName, MasterLabel, IsConverted, SortOrder FROM LeadStatus"))
    rows: list[Row] = [
        {"stage_id": f"{LEADS}:{row.get('ApiName')}", "pipeline_id": LEADS, "pipeline_name": "Leads",
         "is_closed": row.get("IsConverted") is True or row.get("ApiName") in lost, **_named(row)}
        for row in statuses
    ]  # fmt: skip
    stages = list(_all(api, "SELECT ApiName, MasterLabel, IsClosed, IsWon, SortOrder FROM OpportunityStage"))
    try:
        types = list(_all(api, "SELECT Id, Name FROM RecordType WHERE SobjectType = 'Opportunity'"))
    except Refused as refused:
        session.note(
            f"salesforce: record types cannot be read ({refused.code}); all opportunities are one pipeline."
        )
        types = []
    for pipeline_id, pipeline in [
        *((str(row["Id"]), text(row.get("Name"))) for row in types),
        (DEFAULT, "Oportunidades"),
    ]:
        rows += [
            {"stage_id": f"{pipeline_id}:{row.get('ApiName')}", "pipeline_id": pipeline_id, "pipeline_name": pipeline,
             "is_closed": row.get("IsClosed") is True, **_named(row)}
            for row in stages
        ]  # fmt: skip
    return rows


def _named(row: Row) -> Row:
    return {"stage_name": text(row.get("MasterLabel")), "stage_order": integer(row.get("SortOrder"))}


def _all(api: SalesforceApi, soql: str) -> Iterator[Row]:
    return (
        row
        for batch in api.query(soql)
        for row in batch.records
        if isinstance(row, dict) and "attributes" in row
    )


def fingerprint(tables: Any) -> str:
    """Changes when a list changes: unchanged lists are not landed again."""
    data = orjson.dumps(tables, option=orjson.OPT_SORT_KEYS)
    return hashlib.md5(data, usedforsecurity=False).hexdigest()
