"""Ten kinds of bad answer: in quarantine or a clear error, and the rest of the load intact."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import orjson
import pytest

from ingestion.errors import IngestionError
from ingestion.hubspot import HubspotApi, HubspotConfig, run
from tests.ingestion.fakes import Home
from tests.support.hubspot import MEETING_TYPES, PROPERTIES
from tests.support.sandbox import SandboxHandle, running_sandbox

Spoil = Callable[[dict[str, Any]], bytes]
TABLES = {"contacts": "contact_id", "companies": "company_id", "deals": "deal_id", "leads": "lead_id", "activities": "activity_id"}
EMPTY = orjson.dumps({"total": 99, "results": [], "paging": {"next": {"after": "100"}}})


class Spoiling(httpx.BaseTransport):
    """Passes calls on to the server, and spoils what it answers to the search of one kind of record: the first answer, or all."""

    def __init__(self, kind: str, spoil: Spoil, always: bool) -> None:
        self._path, self._spoil, self._left, self._inner = f"/{kind}/search", spoil, 10**6 if always else 1, httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        if not request.url.path.endswith(self._path) or self._left == 0:
            return answer
        self._left -= 1
        return httpx.Response(answer.status_code, content=self._spoil(orjson.loads(answer.read())))


def first(change: Callable[[dict[str, Any]], Any]) -> Spoil:
    """Changes the first record of an answer."""

    def spoil(body: dict[str, Any]) -> bytes:
        change(body["results"][0])
        return orjson.dumps(body)

    return spoil


def _future(row: dict[str, Any]) -> None:
    row["updatedAt"] = row["properties"]["lastmodifieddate"] = "2036-01-01T00:00:00Z"


NOT_JSON, STUCK = "error: not JSON", "error: shows nothing new"
# Kind of record, what is done to the first answer (to every answer: True), what comes of it.
CASES: dict[str, tuple[str, Spoil, bool, str]] = {
    "truncated": ("contacts", lambda body: orjson.dumps(body)[:-200], True, NOT_JSON),
    "wrong type": ("contacts", first(lambda row: row.update(properties="x")), False, "contacts None: unreadable (ValueError)"),
    "missing key": ("contacts", first(lambda row: row.pop("properties")), False, "contacts None: unreadable (KeyError)"),
    "unknown enum": ("calls", first(lambda row: row["properties"].update(hs_call_disposition="nada")), False, "fine"),
    "html": ("contacts", lambda _body: b"<!DOCTYPE html><html>login</html>", True, NOT_JSON),
    "no id": ("contacts", first(lambda row: row.pop("id")), False, "contacts id: no numeric id"),
    "no numeric id": ("deals", first(lambda row: row.update(id="a-b")), False, "deals id: no numeric id"),
    "no record": ("calls", lambda body: orjson.dumps({**body, "results": [None, *body["results"][1:]]}), False,
                  "activities id: no numeric id"),
    "empty page": ("contacts", lambda _body: EMPTY, True, STUCK),
    "repeated page": ("contacts", lambda body: orjson.dumps({**body, "paging": {"next": {"after": "100"}}}), True, STUCK),
    "future": ("contacts", first(_future), False, "contacts updated_at: lies in the future"),
    "huge": ("contacts", first(lambda row: row["properties"].update(firstname="x" * 100_000)), False,
             "contacts name: longer than 4000 characters"),
    "encoding": ("contacts", lambda body: orjson.dumps(body).decode().replace("a", "ã").encode("latin-1"), True, NOT_JSON),
}  # fmt: skip
ALIKE = ("no numeric id", "no record", "html", "encoding", "huge", "missing key", "unknown enum", "repeated page")  # go the way of others: in the long campaign


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxHandle]:
    with running_sandbox({"seed": 6, "leads": 40, "months": 2}, limits=False) as running:
        running.advance(120)  # what happened is what search shows
        yield running


def load(box: SandboxHandle, home: Home, transport: httpx.BaseTransport | None = None) -> None:
    """One run of the reader."""
    config = HubspotConfig(
        token=box.credentials["hubspot"]["token"], base_url=f"{box.url}/hubspot", properties=PROPERTIES, meeting_types=MEETING_TYPES,
        archived_hours=0, slice_size=40,
    )  # fmt: skip
    home.clock.instant = box.now()
    ports = home.ports()
    api = HubspotApi(config, ports, transport)
    try:
        run(config, ports, home.target, api)
    finally:
        api.close()


@pytest.mark.parametrize("case", [pytest.param(case, marks=pytest.mark.long if case in ALIKE else ()) for case in CASES])
def test_a_bad_answer_spoils_nothing_else(box: SandboxHandle, home: Home, case: str) -> None:
    kind, spoil, always, wanted = CASES[case]
    if wanted.startswith("error: "):
        with pytest.raises(IngestionError, match=wanted.removeprefix("error: ")):
            load(box, home, Spoiling(kind, spoil, always))
    else:
        load(box, home, Spoiling(kind, spoil, always))
        refused = [f"{table} {column}: {reason}" for table, column, reason in home.query(
            "select source_table, column_name, reason from raw_hubspot.quarantine where column_name is distinct from 'cnpj'")]  # fmt: skip
        assert refused == ([] if wanted == "fine" else [wanted])
    if case == "unknown enum":
        assert home.query("select count(*) from raw_hubspot.activities where outcome not in ('contact', 'no_answer', 'unknown')") == [(0,)]
    before = counted(home)
    load(box, home)  # the outside answers well again: what was missing comes, nothing comes twice
    whole = counted(home)
    if not wanted.startswith("error: "):  # all but the bad record had landed
        assert {table for table in TABLES if before[table] != whole[table]} <= {wanted.split()[0]}
    assert all(rows == records > 0 for rows, records in whole.values())


def counted(home: Home) -> dict[str, tuple[int, int]]:
    """(rows, records) of each table."""
    return {
        table: home.query(f"select count(*), count(distinct {key}) from raw_hubspot.{table}")[0] for table, key in TABLES.items()
    }  # type: ignore[misc]
