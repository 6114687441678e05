"""query, queryAll and their further batches (contract 4.2)."""

from itertools import count
from typing import TYPE_CHECKING, Any

from sandbox.server.http import Request, Response, reply
from sandbox.server.salesforce import soql
from sandbox.server.salesforce.answers import DIGITS, refuse, shown
from sandbox.server.salesforce.schema import FIELDS
from sandbox.server.salesforce.view import records, recycled

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

Row = dict[str, Any]
BATCH, SMALLEST = 2000, 200
LOCATORS = 50  # so many are kept; older ones end as if their two days were over
VERSIONS = range(52, 69)
_numbers = count(1)


def version_of(request: Request) -> str:
    """`v67.0`; 410 for retired versions, 404 for those that never were."""
    text = request.params["version"]
    try:
        number = float(text.removeprefix("v"))
    except ValueError:
        number = 0.0
    if 20 < number <= 40:
        raise refuse(410, "UNSUPPORTED_API_VERSION", "The requested version is retired")
    if number not in VERSIONS:
        raise refuse(404, "NOT_FOUND", "The requested resource does not exist")
    return text


def query(sandbox: "Sandbox", request: Request) -> Response:
    """GET /query: without what lies in the recycle bin."""
    return _answer(sandbox, request, everything=False)


def query_all(sandbox: "Sandbox", request: Request) -> Response:
    """GET /queryAll: deleted, merged and archived rows too, until the bin is emptied."""
    return _answer(sandbox, request, everything=True)


def _answer(sandbox: "Sandbox", request: Request, everything: bool) -> Response:
    version_of(request)
    wanted, rows = selected(sandbox, request.query("q") or "", everything)
    body = [_body(request, wanted, row) for row in rows]
    size = _batch_size(request)
    if len(body) <= size:
        return reply({"totalSize": len(body), "done": True, "records": body})
    held = sandbox.salesforce_cursors
    key = f"01g5f{next(_numbers):09d}AAA"
    held[key] = body
    while len(held) > LOCATORS:
        del held[next(iter(held))]
    return _batch(request, key, body, 0, size)


def more(sandbox: "Sandbox", request: Request) -> Response:
    """GET /query/{locator}-{offset}: the next batch; a locator that ended is an error."""
    version_of(request)
    key, _, offset = request.params["locator"].rpartition("-")
    body = sandbox.salesforce_cursors.get(key)
    if body is None or not offset.isdigit() or set(key) - set(DIGITS):
        raise refuse(400, "INVALID_QUERY_LOCATOR", "invalid query locator")
    return _batch(request, key, body, int(offset), _batch_size(request))


def _batch(request: Request, key: str, body: list[Row], start: int, size: int) -> Response:
    end = start + size
    answer: Row = {"totalSize": len(body), "done": end >= len(body), "records": body[start:end]}
    if end < len(body):
        answer["nextRecordsUrl"] = f"/services/data/{request.params['version']}/query/{key}-{end}"
    return reply(answer)


def _batch_size(request: Request) -> int:
    for word in request.header("sforce-query-options").split(","):
        name, _, value = word.strip().partition("=")
        if name.lower() == "batchsize" and value.isdigit():
            return min(max(int(value), SMALLEST), BATCH)
    return BATCH


def need_object(sandbox: "Sandbox", name: str) -> dict[str, str]:
    """The fields of an object that this org shows; 400 INVALID_TYPE otherwise."""
    hidden = {"LeadHistory"} if sandbox.config.salesforce_lead_history_hidden else set()
    if name not in FIELDS or name in hidden:
        raise refuse(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return {
        field: kind
        for field, kind in FIELDS[name].items()
        if field not in sandbox.config.salesforce_missing_fields
    }


def selected(sandbox: "Sandbox", text: str, everything: bool) -> tuple[soql.Query, list[Row]]:
    """A query that was read, and its rows with all their fields; 400 when it cannot be read or names what is not there."""
    try:
        wanted = soql.parse(text)
        return wanted, _select(sandbox, wanted, everything)
    except soql.Malformed as problem:
        raise refuse(400, "MALFORMED_QUERY", str(problem)) from None


def _select(sandbox: "Sandbox", wanted: soql.Query, everything: bool) -> list[Row]:
    fields = need_object(sandbox, wanted.source)
    for name in wanted.used:
        if name not in fields:
            raise refuse(400, "INVALID_FIELD", f"No such column '{name}' on entity '{wanted.source}'.")
    now = sandbox.now()
    rows = [row for row in records(sandbox)[wanted.source] if not recycled(row, now)]
    if not everything:
        rows = [row for row in rows if not row.get("IsDeleted")]
    rows = [row for row in rows if all(test(row) for test in wanted.tests)]
    for name, down in reversed(wanted.order):
        rows.sort(key=lambda row: (row[name] is not None, row[name]), reverse=down)
    return rows[: wanted.limit] if wanted.limit is not None else rows


def _body(request: Request, wanted: soql.Query, row: Row) -> Row:
    url = f"/services/data/{request.params['version']}/sobjects/{wanted.source}/{row['Id']}"
    body: Row = {"attributes": {"type": wanted.source, "url": url}}
    for name in wanted.fields:
        relation, _, field = name.rpartition(".")
        if not relation:
            body[name] = shown(row[name])
        elif row[name] is None:
            body[relation] = None
        else:
            body[relation] = {"attributes": {"type": relation}, field: shown(row[name])}
    return body
