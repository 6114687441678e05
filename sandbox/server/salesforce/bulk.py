"""Bulk API 2.0 query jobs (contract 4.3): create, look until JobComplete, results as CSV by locator.

What the contract leaves open is a switch: how long a job takes, and how its CSV writes instants. Every field stands in
quotes, as in the example; an empty field is null.
"""

import csv
import io
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson

from sandbox.server.http import Request, Response, reply
from sandbox.server.salesforce.answers import checked, refuse, shown
from sandbox.server.salesforce.query import selected, version_of

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

JOBS = 10_000  # in 24 hours
KEPT = timedelta(days=7)
OPERATIONS = {"query": False, "queryAll": True}
SEPARATORS = {"COMMA": ",", "SEMICOLON": ";", "TAB": "\t", "PIPE": "|", "CARET": "^", "BACKQUOTE": "`"}
ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


@dataclass(frozen=True)
class Job:
    """One query job; its rows are those of its first instant."""

    id: str
    version: str
    asked: dict[str, Any]
    source: str
    fields: list[str]
    rows: list[list[str]]
    created: datetime


def today(sandbox: "Sandbox") -> int:
    """Jobs created in the last 24 hours."""
    return sum(job.created > sandbox.now() - timedelta(days=1) for job in sandbox.salesforce_jobs.values())


def create(sandbox: "Sandbox", request: Request) -> Response:
    """POST /jobs/query."""
    version = version_of(request)
    try:
        asked = request.json()
    except orjson.JSONDecodeError:
        asked = None
    if not isinstance(asked, dict):
        raise refuse(400, "INVALIDJOB", "The body is no JSON object")
    asked = {"contentType": "CSV", "columnDelimiter": "COMMA", "lineEnding": "LF", **asked}
    if asked.get("operation") not in OPERATIONS or asked["contentType"] != "CSV":
        raise refuse(400, "INVALIDJOB", "operation is query or queryAll, contentType CSV")
    if asked["columnDelimiter"] not in SEPARATORS or asked["lineEnding"] not in ENDINGS:
        raise refuse(400, "INVALIDJOB", "unknown columnDelimiter or lineEnding")
    if today(sandbox) >= JOBS:
        raise refuse(403, "REQUEST_LIMIT_EXCEEDED", "DailyBulkV2QueryJobs exceeded")
    wanted, rows = selected(sandbox, str(asked.get("query") or ""), OPERATIONS[asked["operation"]])
    if not wanted.order:
        rows = sorted(rows, key=lambda row: str(row["Id"]))  # chunks of the primary key, not of time
    key = checked(f"7505f{len(sandbox.salesforce_jobs) + 1:010d}")
    lines = [[_written(sandbox, row[name]) for name in wanted.fields] for row in rows]
    job = Job(key, version, asked, wanted.source, wanted.fields, lines, sandbox.now())
    sandbox.salesforce_jobs[key] = job
    return reply(_body(job, "UploadComplete"))


def look(sandbox: "Sandbox", request: Request) -> Response:
    """GET /jobs/query/{job}."""
    version_of(request)
    job = _job(sandbox, request)
    if not _done(sandbox, job):
        return reply(_body(job, "InProgress"))
    ended = {"jobType": "V2Query", "numberRecordsProcessed": len(job.rows), "retries": 0, "totalProcessingTime": 812}
    return reply({**_body(job, "JobComplete"), **ended})


def results(sandbox: "Sandbox", request: Request) -> Response:
    """GET /jobs/query/{job}/results?maxRecords=&locator=: repeatable; the locator of the last page is the word null."""
    version, job = version_of(request), _job(sandbox, request)
    if version != job.version:
        raise refuse(409, "INVALIDJOBSTATE", "Results are fetched with the version that created the job")
    if not _done(sandbox, job):
        raise refuse(400, "INVALIDJOBSTATE", "The job is not complete")
    most, start = request.query("maxRecords") or str(len(job.rows) or 1), _start(request.query("locator"))
    if not most.isdigit() or int(most) < 1 or start is None:
        raise refuse(400, "INVALID_LOCATOR", "maxRecords or locator cannot be read")
    end = start + int(most)
    text = io.StringIO()
    writer = csv.writer(
        text, delimiter=SEPARATORS[job.asked["columnDelimiter"]], lineterminator=ENDINGS[job.asked["lineEnding"]],
        quoting=csv.QUOTE_ALL,
    )  # fmt: skip
    writer.writerow(job.fields)
    writer.writerows(job.rows[start:end])
    answer = Response(200, text.getvalue().encode(), b"text/csv")
    answer.with_header("Sforce-Locator", _locator(end) if end < len(job.rows) else "null")
    return answer.with_header("Sforce-NumberOfRecords", len(job.rows[start:end]))


def _locator(start: int) -> str:
    return urlsafe_b64encode(str(start).encode()).decode().rstrip("=")


def _start(locator: str | None) -> int | None:
    try:
        return int(urlsafe_b64decode(locator + "=" * (-len(locator) % 4))) if locator else 0
    except ValueError:
        return None


def _job(sandbox: "Sandbox", request: Request) -> Job:
    job = sandbox.salesforce_jobs.get(request.params["job"])
    if job is None or job.created < sandbox.now() - KEPT:
        raise refuse(404, "NOT_FOUND", "The requested resource does not exist")
    return job  # type: ignore[no-any-return]


def _done(sandbox: "Sandbox", job: Job) -> bool:
    return sandbox.now() >= job.created + timedelta(seconds=sandbox.config.salesforce_bulk_seconds)


def _written(sandbox: "Sandbox", value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "" if value is None else str(shown(value))
    return text.removesuffix("+0000") + sandbox.config.salesforce_bulk_instants if isinstance(value, datetime) else text


def _body(job: Job, state: str) -> dict[str, Any]:
    return {
        "id": job.id, "operation": job.asked["operation"], "object": job.source, "createdDate": shown(job.created),
        "systemModstamp": shown(job.created), "state": state, "concurrencyMode": "Parallel", "contentType": "CSV",
        "apiVersion": float(job.version.removeprefix("v")), "lineEnding": job.asked["lineEnding"],
        "columnDelimiter": job.asked["columnDelimiter"],
    }  # fmt: skip
