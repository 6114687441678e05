"""Ten kinds of bad answer: in quarantine or a clear error, and the rest of the load intact."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import orjson
import pytest

from ingestion.errors import IngestionError
from tests.ingestion.fakes import Home
from tests.ingestion.pipedrive.account import Account
from tests.support.sandbox import SandboxHandle, running_sandbox

PERSONS = "/api/v2/persons"
Spoil = Callable[[httpx.Request, dict[str, Any]], bytes]


class Spoiling(httpx.BaseTransport):
    """Passes calls on to the server and spoils what it answers on one path."""

    def __init__(self, path: str, spoil: Spoil) -> None:
        self._path, self._spoil, self._inner = path, spoil, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith(self._path) or request.url.params.get("status"):
            return self._inner.handle_request(request)
        plain = httpx.Request("GET", request.url.copy_remove_param("cursor"), headers=request.headers)
        answer = self._inner.handle_request(plain)
        body = self._spoil(request, orjson.loads(answer.read()))
        return httpx.Response(answer.status_code, content=body)


def first(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    def spoil(_request: httpx.Request, body: dict[str, Any]) -> bytes:
        change(body["data"][0])
        return orjson.dumps(body)

    return spoil


def _empty_first(request: httpx.Request, body: dict[str, Any]) -> bytes:
    if "cursor" in request.url.params:
        return orjson.dumps(body)
    return orjson.dumps({"success": True, "data": [], "additional_data": {"next_cursor": "later"}})


def _again(_request: httpx.Request, body: dict[str, Any]) -> bytes:
    return orjson.dumps({**body, "additional_data": {"next_cursor": "again"}})


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxHandle]:
    with running_sandbox({"seed": 6, "leads": 40, "months": 2}, limits=False) as running:
        yield running


CASES: dict[str, tuple[str, Spoil, str]] = {
    "truncated": (PERSONS, lambda _request, body: orjson.dumps(body)[:-200], "error: a body that is not JSON"),
    "wrong type": (PERSONS, first(lambda row: row.update(emails="x")), "contacts emails: not a list"),
    "missing key": ("/api/v2/deals", first(lambda row: row.pop("update_time")), "deals update_time: missing"),
    "unknown enum": ("/api/v2/deals", first(lambda row: row.update(status="abandoned")), "deals status: unknown status"),
    "html": ("/api/v2/organizations", lambda _request, _body: b"<html>login</html>", "error: a body that is not JSON"),
    "empty page": (PERSONS, _empty_first, "fine"),
    "repeated page": (PERSONS, _again, "error: gave the same page twice"),
    "future": (PERSONS, first(lambda row: row.update(update_time="2036-01-01T00:00:00Z")), "contacts updated_at: lies in the future"),
    "huge": (PERSONS, first(lambda row: row.update(name="x" * 100_000)), "contacts name: longer than 4000 characters"),
    "encoding": (PERSONS, lambda _request, body: orjson.dumps(body).decode().replace("a", "ã").encode("latin-1"), "error: a body that is not JSON"),
}


ALIKE = ("html", "encoding", "huge", "future", "unknown enum")  # go the way of others: in the long campaign


@pytest.mark.parametrize("case", [pytest.param(case, marks=pytest.mark.long if case in ALIKE else ()) for case in CASES])
def test_a_bad_answer_spoils_nothing_else(box: SandboxHandle, home: Home, case: str) -> None:
    path, spoil, wanted = CASES[case]
    account = Account(box, home)
    if wanted.startswith("error: "):
        with pytest.raises(IngestionError, match=wanted.removeprefix("error: ")):
            account.load(Spoiling(path, spoil))
    else:
        account.load(Spoiling(path, spoil))
        refused = [f"{table} {column}: {reason}" for table, column, reason in home.query(
            "select source_table, column_name, reason from raw_pipedrive.quarantine where column_name <> 'cnpj'")]  # fmt: skip
        assert refused == ([] if wanted == "fine" else [wanted])
    lacking = {"contacts": "contact_id", "deals": "deal_id", "organizations": "organization_id", "activities": "activity_id"}
    before = {table: counted(home, table, key) for table, key in lacking.items()}
    account.load()  # the outside answers well again: what was missing comes, nothing comes twice
    whole = {table: counted(home, table, key) for table, key in lacking.items()}
    spoilt = {"/api/v2/persons": "contacts", "/api/v2/deals": "deals", "/api/v2/organizations": "organizations"}[path]
    assert {table for table in lacking if before[table] != whole[table]} <= {spoilt}
    assert all(rows == records for rows, records in whole.values()) and all(records for _, records in whole.values())


def counted(home: Home, table: str, key: str) -> tuple[int, int]:
    """(rows, records)."""
    return home.query(f"select count(*), count(distinct {key}) from raw_pipedrive.{table}")[0]  # type: ignore[return-value]
