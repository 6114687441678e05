"""Ten kinds of bad answer of RD Station CRM: in quarantine or a clear error, and the rest of the load intact."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ingestion.errors import IngestionError
from ingestion.rd_station_crm import CrmApi, RdStationCrmConfig, run
from tests.ingestion.fakes import Home
from tests.ingestion.spoiling import (
    Spoil,
    Spoiling,
    changed,
    cut_short,
    first,
    other_encoding,
    page_of_html,
    same_again,
)
from tests.support.sandbox import SandboxHandle, running_sandbox

DEALS, CONTACTS, COMPANIES, TASKS = (f"/crm/v2/{name}$" for name in ("deals", "contacts", "organizations", "tasks"))
DETAIL = "/deals/[^/]+$"  # of v1; v2 is asked for lists alone
TABLES = {"deals": "deal_id", "contacts": "contact_id", "organizations": "organization_id", "tasks": "task_id"}
NOT_JSON = "error: not JSON"
MORE = {"next": "https://api.rd.services/crm/v2/next"}
LATER = "2036-01-01T00:00:00.000Z"

# Path, what is done to the first answer (to every answer: True), the table whose record it is, what comes of it.
CASES: dict[str, tuple[str, Spoil, bool, str, str]] = {
    "truncated": (DEALS, cut_short, True, "deals", NOT_JSON),
    "wrong type": (CONTACTS, first("data", lambda row: row.update(emails="x")), False, "contacts", "emails: not a list of objects"),
    "missing key": (DEALS, first("data", lambda row: row.pop("updated_at")), False, "deals", "updated_at: missing"),
    "unknown enum": (DETAIL, changed(lambda body: body.update(win="maybe")), False, "deals", "win: neither true nor false"),
    "html": (DETAIL, page_of_html, False, "deals", "later"),
    "no object": (DETAIL, lambda _body: b"[]", False, "deals", "later"),
    "no record": (DEALS, lambda _body: b'{"data": "x"}', True, "deals", "error: without a list"),
    "no id": (COMPANIES, first("data", lambda row: row.pop("id")), False, "organizations", "id: missing or not an id"),
    "empty page": (CONTACTS, lambda _body: b'{"data": [], "links": {"next": "x"}}', True, "contacts", "error: an empty page"),
    "repeated page": (TASKS, same_again([], links=MORE), True, "tasks", "error: the same page twice"),
    "repeated window": (COMPANIES, same_again([], links=MORE), True, "organizations", "error: the same page 3 times"),
    "future": (DEALS, first("data", lambda row: row.update(updated_at=LATER)), False, "deals", "updated_at: lies in the future"),
    "no instant": (TASKS, first("data", lambda row: row.update(due_date="ontem")), False, "tasks", "None: cannot be read (ValueError)"),
    "huge": (COMPANIES, first("data", lambda row: row.update(name="x" * 100_000)), False, "organizations", "name: longer than 4000 characters"),
    "encoding": (COMPANIES, other_encoding, True, "organizations", NOT_JSON),
}  # fmt: skip
FAST = ("future",)


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxHandle]:
    with running_sandbox({"seed": 6, "leads": 40, "months": 2}, limits=False) as running:
        yield running


def load(box: SandboxHandle, home: Home, transport: Any = None) -> tuple[str, ...]:
    """One run of the reader; its notes."""
    v1, v2 = box.credentials["crm_v1"], box.credentials["crm_v2"]
    config = RdStationCrmConfig(
        v1["token"], v2["client_id"], v2["client_secret"], v2["refresh_token"],
        v1_url=box.crm_v1_url, v2_url=f"{box.url}/crm/v2", workers=4,
    )  # fmt: skip
    home.clock.instant = box.now()
    ports = home.ports()
    api = CrmApi(config, ports, transport)
    try:
        return run(config, ports, home.target, api).notes
    finally:
        api.close()


@pytest.mark.parametrize("case", [pytest.param(case, marks=() if case in FAST else pytest.mark.long) for case in CASES])
def test_a_bad_answer_spoils_nothing_else(box: SandboxHandle, home: Home, case: str) -> None:
    path, spoil, always, table, wanted = CASES[case]
    failed = wanted.startswith("error: ")
    if failed:
        with pytest.raises(IngestionError, match=wanted.removeprefix("error: ")):
            load(box, home, Spoiling(path, spoil, always))
    else:
        notes = load(box, home, Spoiling(path, spoil, always))
        refused = [f"{column}: {reason}" for column, reason in home.query(
            "select column_name, reason from raw_rd_station_crm.quarantine where column_name is distinct from 'cnpj'")]  # fmt: skip
        assert refused == ([] if wanted == "later" else [wanted])
        assert wanted != "later" or any("could not be read and stay on the list" in note for note in notes)
    before = counted(home)
    load(box, home)  # the outside answers well again: what was missing comes, nothing comes twice
    whole = counted(home)
    assert box.app is not None
    crm = box.app.sandbox.engine.crm
    assert whole == {name: (len(records),) * 2 for name, records in zip(
        TABLES, (crm.deals, crm.persons, crm.organizations, crm.tasks), strict=True)}  # fmt: skip
    if not failed:
        assert {name for name in TABLES if before[name] != whole[name]} == {table}
    load(box, home)
    assert counted(home) == whole


def counted(home: Home) -> dict[str, tuple[int, int]]:
    """(rows, records) of each table."""
    return {
        table: home.query(f"select count(*), count(distinct {key}) from raw_rd_station_crm.{table}")[0] for table, key in TABLES.items()
    }  # type: ignore[misc]
