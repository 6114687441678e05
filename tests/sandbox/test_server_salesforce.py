"""The Salesforce twin: sessions, SOQL, batches, describe, the recycle bin, ids."""

import csv
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.server.salesforce.answers import checked
from tests.sandbox.small_world import small_world
from tests.support.sandbox import SandboxHandle, running_sandbox


class Org:
    """An authenticated client of the twin."""

    def __init__(self, box: SandboxHandle) -> None:
        given = box.credentials["salesforce"]
        form = {"grant_type": "client_credentials", "client_id": given["client_id"], "client_secret": given["client_secret"]}
        token = box.client.post("/services/oauth2/token", data=form).json()
        assert "expires_in" not in token and token["issued_at"].isdigit()
        self.box, self.headers = box, {"Authorization": f"Bearer {token['access_token']}"}

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self.box.client.get(f"/services/data/v67.0{path}", params=params, headers=self.headers)

    def post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        return self.box.client.post(f"/services/data/v67.0{path}", json=body, headers=self.headers)

    def rows(self, soql: str, resource: str = "queryAll") -> list[dict[str, Any]]:
        return self.get(f"/{resource}", q=soql).raise_for_status().json()["records"]


@pytest.fixture(scope="module")
def org() -> Iterator[Org]:
    with running_sandbox(small_world(), limits=False, salesforce_conversion_stage="Proposta enviada") as box:
        yield Org(box)


def test_ids_have_the_checksum_of_their_letters() -> None:
    assert checked("001A0000006Vm9r") == "001A0000006Vm9rIAC"  # the case of a published example


def test_what_cannot_be_read_is_an_array_of_errors(org: Org) -> None:
    for soql, code in (
        ("SELECT Id, Nao_Existe__c FROM Lead", "INVALID_FIELD"),
        ("SELECT Id FROM Nada", "INVALID_TYPE"),
        ("SELECT COUNT(Id) FROM Lead", "MALFORMED_QUERY"),
        ("SELECT Id FROM Lead WHERE SystemModstamp >= '2026-01-01T00:00:00Z'", "MALFORMED_QUERY"),
    ):
        answer = org.get("/query", q=soql)
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, code)
    nobody = org.box.client.get("/services/data/v67.0/limits")
    assert (nobody.status_code, nobody.json()[0]["errorCode"]) == (401, "INVALID_SESSION_ID")
    old = org.box.client.get("/services/data/v40.0/limits", headers=org.headers)
    assert old.status_code == 410
    assert org.box.client.get("/services/data").json()[0].keys() == {"label", "url", "version"}


def test_a_deal_is_a_lead_until_its_conversion(org: Org) -> None:
    leads = org.rows("SELECT Id, Status, IsConverted, OwnerId FROM Lead ORDER BY CreatedDate, Id")
    assert {row["Status"] for row in leads} == {"Closed - Not Converted", "Sem contato"}
    born = org.rows("SELECT Id, StageName, RecordTypeId FROM Opportunity")
    assert [row["StageName"] for row in born] == ["Qualificado"]  # its pipeline has no stage of conversion
    lost = next(row["Id"] for row in leads if row["Status"] == "Closed - Not Converted")
    history = org.rows(f"SELECT Field, OldValue, NewValue FROM LeadHistory WHERE LeadId = '{lost}' ORDER BY CreatedDate")
    assert [row["NewValue"] for row in history if row["Field"] == "Status"] == ["Diagnóstico", "Closed - Not Converted"]
    described = {row["name"] for row in org.get("/sobjects/Lead/describe").json()["fields"]}
    assert {"Status", "Motivo_Desqualificacao__c"} <= described


def test_a_bulk_job_gives_the_same_rows_as_csv_by_locator(org: Org) -> None:
    soql = "SELECT Id, Status, IsConverted, CreatedDate, OwnerId FROM Lead"
    made = org.post("/jobs/query", {"operation": "queryAll", "query": soql})
    assert (made.status_code, made.json()["state"], made.json()["object"]) == (200, "UploadComplete", "Lead")
    path = f"/jobs/query/{made.json()['id']}"
    done, wanted = org.get(path).json(), org.rows(f"{soql} ORDER BY Id")
    assert (done["state"], done["numberRecordsProcessed"]) == ("JobComplete", len(wanted)) and len(wanted) > 1
    found, locator = list[dict[str, str]](), ""
    while locator != "null":
        page = org.get(f"{path}/results", maxRecords=1, **({"locator": locator} if locator else {}))
        assert page.headers["sforce-numberofrecords"] == "1" and page.headers["content-type"] == "text/csv"
        found, locator = found + list(csv.DictReader(page.text.splitlines())), page.headers["sforce-locator"]
    assert [row["Id"] for row in found] == [row["Id"] for row in wanted]
    assert found[0]["CreatedDate"] == wanted[0]["CreatedDate"].replace("+0000", "Z") and found[0]["IsConverted"] == "false"
    other = org.box.client.get(f"/services/data/v66.0{path}/results", headers=org.headers)
    assert (other.status_code, org.post("/jobs/query", {"operation": "delete", "query": soql}).status_code) == (409, 400)
    assert org.post("/jobs/query", {"operation": "query", "query": "SELECT COUNT(Id) FROM Lead"}).status_code == 400
    assert org.get("/limits").json()["DailyBulkV2QueryJobs"]["Remaining"] == 9_999


def test_deleted_rows_are_in_the_bin_for_fifteen_days(org: Org) -> None:
    before = {row["Id"] for row in org.rows("SELECT Id FROM Task", "query")}
    org.box.v2("DELETE", "/tasks/66f0a1b2c3d4e5f600001e02").raise_for_status()
    live = {row["Id"] for row in org.rows("SELECT Id FROM Task", "query")}
    gone = org.rows("SELECT Id, IsDeleted, SystemModstamp FROM Task WHERE IsDeleted = true")
    assert before - live == {gone[0]["Id"]}
    assert gone[0]["SystemModstamp"].endswith(".000+0000")
    org.box.advance(16 * 86400)
    org.headers = Org(org.box).headers
    assert org.rows("SELECT Id FROM Task WHERE IsDeleted = true") == []
