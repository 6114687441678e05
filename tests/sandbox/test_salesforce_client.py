"""simple-salesforce, a client that no one here wrote, against the twin: sessions, SOQL in batches, describe, the recycle bin."""

import csv
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from sandbox.server.salesforce.view import records
from tests.support.sandbox import SandboxHandle, running_sandbox

client_library = pytest.importorskip("simple_salesforce", reason="simple-salesforce is not installed: make clients")
pytestmark = pytest.mark.long
VERSION = "67.0"


class OnLoopback(HTTPAdapter):
    """The client knows `https://<host>.salesforce.com` alone; what it sends there goes to the twin."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: requests.PreparedRequest, *arguments: Any, **options: Any) -> requests.Response:
        assert request.url and request.url.startswith("https://")
        request.url = self._url + "/" + request.url.split("/", 3)[3]
        return super().send(request, *arguments, **options)


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxHandle]:
    with running_sandbox({"seed": 5, "leads": 200, "months": 2}, limits=False) as found:
        yield found


@pytest.fixture(scope="module")
def client(box: SandboxHandle) -> Any:
    """Logged in by itself, with the client credentials of an app."""
    given = box.credentials["salesforce"]
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", OnLoopback(box.url))
    return client_library.Salesforce(
        consumer_key=given["client_id"], consumer_secret=given["client_secret"], domain="empresa.my", version=VERSION, session=session
    )


def company(box: SandboxHandle) -> dict[str, list[dict[str, Any]]]:
    """What the twin holds, by object."""
    assert box.app is not None
    return records(box.app.sandbox)


def test_every_object_in_batches(box: SandboxHandle, client: Any) -> None:
    small = {"Sforce-Query-Options": "batchSize=200"}
    for name in ("Lead", "Opportunity", "OpportunityHistory", "LeadHistory", "Task", "Event", "Contact", "Account", "User"):
        held = {row["Id"] for row in company(box)[name] if not row.get("IsDeleted")}
        found = client.query_all(f"SELECT Id FROM {name} ORDER BY Id", headers=small)
        assert {row["Id"] for row in found["records"]} == held and found["totalSize"] == len(found["records"]) == len(held)
    assert len(company(box)["LeadHistory"]) > 200  # more than one batch
    assert [row["Id"] for row in client.query_all_iter("SELECT Id FROM LeadHistory ORDER BY Id", headers=small)] == sorted(
        row["Id"] for row in company(box)["LeadHistory"]
    )


def test_fields_relations_and_conditions(box: SandboxHandle, client: Any) -> None:
    rows = client.query_all("SELECT Id, Name, StageName, Amount, IsWon, Campaign.Name FROM Opportunity WHERE IsWon = true")["records"]
    held = {row["Id"]: row for row in company(box)["Opportunity"] if row["IsWon"] and not row["IsDeleted"]}
    assert {row["Id"] for row in rows} == set(held) and held
    for row in rows:
        assert (row["StageName"], row["Amount"]) == (held[row["Id"]]["StageName"], held[row["Id"]]["Amount"])
        assert row["attributes"]["type"] == "Opportunity"
        assert (row["Campaign"] or {}).get("Name") == held[row["Id"]]["Campaign.Name"]


def test_bulk_queries_page_by_page(box: SandboxHandle, client: Any) -> None:
    pages = list(client.bulk2.Lead.query("SELECT Id, Status, IsConverted FROM Lead", max_records=50, wait=0.01))
    found = {row["Id"]: row for page in pages for row in csv.DictReader(page.splitlines())}
    held = {row["Id"]: row for row in company(box)["Lead"] if not row["IsDeleted"]}
    assert found.keys() == held.keys() and len(pages) == -(-len(held) // 50) > 1
    assert all(row["Status"] == held[key]["Status"] for key, row in found.items())
    assert {row["IsConverted"] for row in found.values()} == {"true", "false"}


def test_describe_limits_and_deleted_rows(box: SandboxHandle, client: Any) -> None:
    described = {field["name"]: field for field in client.Lead.describe()["fields"]}
    assert {"Status", "OwnerId", "IsConverted", "Motivo_Desqualificacao__c"} <= described.keys()
    assert client.limits()["DailyApiRequests"]["Max"] > 0
    assert box.app is not None
    dropped = next(task.id for task in box.app.sandbox.engine.crm.tasks.values() if task.type == "call")
    before = {row["Id"] for row in client.query_all("SELECT Id FROM Task")["records"]}
    box.v2("DELETE", f"/tasks/{dropped}").raise_for_status()
    after = {row["Id"] for row in client.query_all("SELECT Id FROM Task")["records"]}
    gone = {row["Id"] for row in client.query_all("SELECT Id FROM Task WHERE IsDeleted = true", include_deleted=True)["records"]}
    assert len(before - after) == 1 and before - after <= gone


def test_errors_are_the_clients_own(client: Any) -> None:
    with pytest.raises(client_library.SalesforceMalformedRequest) as refused:
        client.query("SELECT Nao_Existe__c FROM Lead")
    assert refused.value.content[0]["errorCode"] == "INVALID_FIELD"
    expired = client_library.Salesforce(session_id="nada", instance="empresa.my.salesforce.com", version=VERSION, session=client.session)
    with pytest.raises(client_library.SalesforceExpiredSession):
        expired.query("SELECT Id FROM Lead")
