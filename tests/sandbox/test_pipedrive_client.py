"""pipedrive-python-lib, a client that no one here wrote, against the twin: OAuth, v1 and v2 lists, changelog, errors."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.server.pipedrive import view
from tests.support.sandbox import SandboxHandle, running_sandbox

pipedrive = pytest.importorskip("pipedrive.client", reason="pipedrive-python-lib is not installed: make clients")
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxHandle]:
    with running_sandbox({"seed": 6, "leads": 90, "months": 2}, limits=False) as found:
        yield found


@pytest.fixture(scope="module")
def token(box: SandboxHandle) -> str:
    """An access token by the client's own OAuth flow."""
    given = box.credentials["pipedrive"]
    client = pipedrive.Client(given["client_id"], given["client_secret"])
    client.OAUTH_BASE_URL = f"{given['base_url']}/oauth/"
    return str(client.refresh_token(given["refresh_token"])["access_token"])


def client_of(box: SandboxHandle, token: str, version: str) -> Any:
    """The client is written for one version at a time: the host setting says which."""
    client = pipedrive.Client()
    client.BASE_URL = f"{box.credentials['pipedrive']['base_url']}/api/{version}/"
    client.set_access_token(token)
    return client


def passages(box: SandboxHandle) -> list[view.Passage]:
    """What the account holds, deleted ones left out."""
    assert box.app is not None
    return [passage for passage in view.passages(box.app.sandbox) if passage.deleted_at is None]


def test_deals_page_by_page(box: SandboxHandle, token: str) -> None:
    client = client_of(box, token, "v2")
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 7, "include_fields": "source_lead_id"}
    while True:
        answer = client.deals.get_all_deals(params=query)
        assert answer["success"] is True
        found += answer["data"]
        if not (cursor := answer["additional_data"]["next_cursor"]):
            break
        query["cursor"] = cursor
    held = {view.number("deal", p.deal.id): p for p in passages(box) if not p.is_lead}
    assert {row["id"] for row in found} == set(held) and len(found) == len(held) > 7
    for row in found:
        passage = held[row["id"]]
        assert row["status"] == {None: "open", True: "won", False: "lost"}[passage.deal.win]
        assert row["source_lead_id"] == (view.lead_key(passage.deal.id) if passage.converted_at else None)
    one = client.deals.get_deal(found[0]["id"])["data"]
    assert one["title"] == found[0]["title"] and one["add_time"] == found[0]["add_time"]


def test_leads_and_the_changelog_of_v1(box: SandboxHandle, token: str) -> None:
    client = client_of(box, token, "v1")
    held = {view.lead_key(p.deal.id): p for p in passages(box) if p.is_lead and not p.archived}
    leads = client.leads.get_all_leads(params={"limit": 100})["data"]
    assert {row["id"] for row in leads} == set(held)
    assert len(client.users.get_all_users()["data"]) > 2
    assert client.users.get_me()["data"]["id"] == box.credentials["pipedrive"]["user_id"]
    changed = next(p for p in passages(box) if any(change.key == "stage_id" for change in p.changes))
    flow = client.deals.get_deal_updates(view.number("deal", changed.deal.id))["data"]
    stages = [row["data"] for row in flow if row["data"].get("field_key") == "stage_id"]
    assert len(stages) == sum(change.key == "stage_id" for change in changed.changes)


def test_people_activities_and_stages(box: SandboxHandle, token: str) -> None:
    client = client_of(box, token, "v2")
    assert box.app is not None
    crm = box.app.sandbox.engine.crm
    everything = {"limit": 500}
    people = client.persons.get_all_persons(params=everything)["data"]
    assert {row["id"] for row in people} == {view.number("person", key) for key in crm.persons}
    activities = client.activities.get_all_activities(params=everything)["data"]
    assert {row["id"]: row["done"] for row in activities} == {view.number("activity", t.id): t.done for t in crm.tasks.values()}
    assert len(client.stages.get_all_stages(params=everything)["data"]) == len(box.app.sandbox.engine.reference.stages)


def test_errors_are_the_clients_own(box: SandboxHandle, token: str) -> None:
    from pipedrive import exceptions

    with pytest.raises(exceptions.NotFoundError):
        client_of(box, token, "v2").deals.get_deal(1)
    with pytest.raises(exceptions.UnauthorizedError):
        client_of(box, "wrong", "v1").users.get_me()
    with pytest.raises(exceptions.BadRequestError):
        client_of(box, token, "v2").deals.get_all_deals(params={"updated_since": "2026-01-01T00:00:00.123Z"})
