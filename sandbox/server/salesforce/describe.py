"""Versions, limits, describe and the list of deleted ids (contract 4.2, 4.6, 4.7)."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response, reply
from sandbox.server.salesforce.answers import refuse, shown
from sandbox.server.salesforce.bulk import JOBS, today
from sandbox.server.salesforce.query import need_object, version_of
from sandbox.server.salesforce.view import records, recycled
from sandbox.server.times import as_utc

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

LABELS = {66: "Spring '26", 67: "Summer '26", 68: "Winter '27"}
REASONS = ("Motivo_Desqualificacao__c", "Motivo_da_Perda__c")


def versions(sandbox: "Sandbox", request: Request) -> Response:
    """GET /services/data: open to all."""
    return reply(
        [{"label": text, "url": f"/services/data/v{n}.0", "version": f"{n}.0"} for n, text in LABELS.items()]
    )


def limits(sandbox: "Sandbox", request: Request) -> Response:
    """GET /limits."""
    version_of(request)
    used, maximum = sandbox.limits.usage("salesforce")
    jobs = {"Max": JOBS, "Remaining": max(0, JOBS - today(sandbox))}
    daily = {"Max": maximum, "Remaining": max(0, maximum - used)}
    return reply({"DailyApiRequests": daily, "DailyBulkV2QueryJobs": jobs})


def describe(sandbox: "Sandbox", request: Request) -> Response:
    """GET /sobjects/{object}/describe: what queries accept, no more and no less."""
    version_of(request)
    name = request.params["object"]
    fields = need_object(sandbox, name)
    reasons = [row["name"] for row in sandbox.engine.reference.list("lost_reasons")]
    rows: list[dict[str, Any]] = []
    for field, kind in fields.items():
        if "." in field:
            continue
        values = reasons if field in REASONS else ["Hot", "Warm", "Cold"] if kind == "picklist" else []
        rows.append(
            {"name": field, "label": field.removesuffix("__c").replace("_", " "), "type": "reference" if kind == "id" and field != "Id" else kind,
             "custom": field.endswith("__c"), "nillable": field != "Id", "compoundFieldName": None, "referenceTo": [],
             "picklistValues": [
                 {"active": True, "defaultValue": False, "label": value, "value": value, "validFor": None} for value in values
             ]}
        )  # fmt: skip
    return reply({"name": name, "label": name, "custom": False, "queryable": True, "fields": rows})


def deleted(sandbox: "Sandbox", request: Request) -> Response:
    """GET /sobjects/{object}/deleted?start&end: ids deleted in a span of the last 15 days."""
    version_of(request)
    name = request.params["object"]
    need_object(sandbox, name)
    now = sandbox.now()
    try:
        start, end = as_utc(request.query("start")), as_utc(request.query("end"))
    except ValueError:
        start = end = None
    if start is None or end is None or end - start <= timedelta(minutes=1):
        raise refuse(400, "INVALID_FIELD", "start and end are instants more than one minute apart")
    if start < now - timedelta(days=15):
        raise refuse(400, "INVALID_REPLICATION_DATE", "startDate before org replication enabled date")
    rows = [
        {"id": row["Id"], "deletedDate": shown(row["SystemModstamp"])}
        for row in records(sandbox)[name]
        if row.get("IsDeleted") and not recycled(row, now) and start <= row["SystemModstamp"] < end
    ]
    first = now - timedelta(days=15)
    return reply(
        {
            "earliestDateAvailable": shown(first),
            "deletedRecords": rows,
            "latestDateCovered": shown(min(end, now)),
        }
    )
