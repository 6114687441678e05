"""Ten kinds of bad answer: each ends in quarantine or a clear error, and the rest of the load is intact."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import orjson
import pytest

from ingestion.errors import IngestionError
from tests.ingestion.fakes import Home
from tests.ingestion.salesforce.org import WORLD, Org
from tests.support.sandbox import running_sandbox

Change = Callable[[dict[str, Any]], Any]


class Bent(httpx.BaseTransport):
    """The real answers of the twin, one of them (the first of leads) changed; what follows `nextRecordsUrl` goes `more`."""

    def __init__(self, change: Change, more: dict[str, Any] | None = None) -> None:
        self._real, self._change, self._more = httpx.HTTPTransport(), change, more

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if "/query/BENT" in request.url.path:
            return httpx.Response(200, json=self._more)
        answer = self._real.handle_request(request)
        answer.read()
        if "FROM Lead " not in request.url.params.get("q", ""):
            return answer
        content = self._change(orjson.loads(answer.content))
        body = content if isinstance(content, bytes) else orjson.dumps(content)
        headers = {name: value for name, value in answer.headers.items() if name in ("date", "content-type")}
        return httpx.Response(200, headers=headers, content=body)


def _with(record: dict[str, Any], **values: Any) -> None:
    record |= values


def _split(body: dict[str, Any]) -> dict[str, Any]:
    return {**body, "done": False, "nextRecordsUrl": "https://elsewhere.example.com/services/data/v67.0/query/BENT-200"}


REST: dict[str, Any] = {"totalSize": 0, "done": True, "records": []}
QUARANTINED: list[tuple[str, Callable[[dict[str, Any]], Any], str, str]] = [
    ("wrong type", lambda row: _with(row, IsConverted="sim"), "IsConverted", "wrong_type"),
    ("missing key", lambda row: row.pop("Status"), "Status", "missing_field"),
    ("huge field", lambda row: _with(row, Company="x" * 1_000_000), "Company", "too_long"),
    ("no instant", lambda row: _with(row, CreatedDate="ontem"), "CreatedDate", "wrong_type"),
    (
        "clock in the future", lambda row: _with(row, SystemModstamp="2999-01-01T00:00:00.000+0000"), "SystemModstamp",
        "instant_in_the_future",
    ),
]  # fmt: skip
REFUSED = {
    "truncated JSON": (lambda body: orjson.dumps(body)[:-40], "not JSON"),
    "HTML": (lambda body: b"<!DOCTYPE html><html>", "not JSON"),
    "wrong encoding": (lambda body: orjson.dumps(body).decode().encode("latin-1", "replace"), "not JSON"),
    "no records": (lambda body: {"totalSize": 3, "done": True}, "without a list of records"),
}


@pytest.fixture(scope="module")
def box() -> Iterator[Any]:
    with running_sandbox(WORLD, limits=False) as running:
        yield running


def test_bad_records_go_to_quarantine_once_and_the_rest_lands(box: Any, home: Home) -> None:
    org = Org(box, home)
    keys: list[str] = []

    def bend(body: dict[str, Any]) -> dict[str, Any]:
        keys[:] = [row["Id"] for row in body["records"][: len(QUARANTINED)]]
        for row, (_, change, _, _) in zip(body["records"], QUARANTINED, strict=False):
            change(row)
        _with(body["records"][len(QUARANTINED)], Status="Inventado")  # an unknown status lands: it is no known stage
        return body

    org.load(Bent(bend))
    found = home.query("select record_key, column_name, reason from raw_salesforce.quarantine where source_table = 'leads'")
    assert sorted(found) == sorted((key, column, reason) for key, (_, _, column, reason) in zip(keys, QUARANTINED, strict=True))
    landed = {row[0] for row in home.query("select lead_id from raw_salesforce.leads")}
    assert landed == {row["Id"] for row in org.records("Lead")} - set(keys)
    assert home.query("select count(*) from raw_salesforce.leads where status = 'Inventado'") == [(1,)]
    assert home.query("select count(*) from raw_salesforce.stages where stage_name = 'Inventado'") == [(0,)]
    newest = max(row["SystemModstamp"] for row in org.records("Lead")).replace(tzinfo=None).isoformat()
    assert f'"Lead": "{newest}"' in (home.target.home / "bastao_salesforce.json").read_text()  # not the year 2999


def test_a_bad_answer_is_a_clear_error_and_what_came_before_stays(box: Any, home: Home) -> None:
    org = Org(box, home)
    for change, words in REFUSED.values():
        with pytest.raises(IngestionError, match=words):
            org.load(Bent(change))
        assert len(home.query("select * from raw_salesforce.opportunities")) == len(org.records("Opportunity"))
    org.load()
    assert len(home.query("select * from raw_salesforce.leads")) == len(org.records("Lead"))


def test_empty_and_repeated_pages_change_nothing_and_foreign_addresses_are_not_asked(box: Any, home: Home) -> None:
    """The second batch, asked of the configured host, is empty; then it repeats the first one's records."""
    org = Org(box, home)
    kept: list[Any] = []

    def split(body: dict[str, Any]) -> dict[str, Any]:
        kept[:] = body["records"]
        return _split(body)

    repeated = {**REST, "records": kept}
    org.load(Bent(split, repeated))
    assert len(home.query("select * from raw_salesforce.leads")) == len(org.records("Lead"))
    with pytest.raises(IngestionError, match="one that was read before"):
        org.load(Bent(_split, {**REST, "done": False, "nextRecordsUrl": "/services/data/v67.0/query/BENT-200"}))
