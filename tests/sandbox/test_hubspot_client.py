"""HubSpot's own Python client against the twin."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.server.hubspot.records import converted_at, number
from tests.support.sandbox import SandboxHandle, running_sandbox

hubspot = pytest.importorskip("hubspot", reason="hubspot-api-client is not installed: make clients")
pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxHandle]:
    with running_sandbox({"seed": 5, "leads": 70, "months": 2}, limits=False) as found:
        found.advance(60)
        yield found


@pytest.fixture
def client(box: SandboxHandle) -> Any:
    given = box.credentials["hubspot"]
    return hubspot.HubSpot(access_token=given["token"], host=given["base_url"])


def _company(box: SandboxHandle) -> Any:
    assert box.app is not None
    return box.app.sandbox


def test_contacts_are_listed_and_searched(box: SandboxHandle, client: Any) -> None:
    people = _company(box).engine.crm.persons
    listed = client.crm.contacts.get_all(properties=["email"])
    assert {one.id for one in listed} == {number("contacts", key) for key in people}
    from hubspot.crm.contacts import PublicObjectSearchRequest

    email = next(person.emails[0] for person in people.values() if person.emails)
    rule = {"propertyName": "email", "operator": "EQ", "value": email}
    found = client.crm.contacts.search_api.do_search(
        public_object_search_request=PublicObjectSearchRequest(filter_groups=[{"filters": [rule]}], properties=["email"], limit=5)
    )
    assert found.total >= 1 and all(one.properties["email"] == email for one in found.results)
    assert found.results[0].created_at is not None


def test_deals_with_history_owners_and_pipelines(box: SandboxHandle, client: Any) -> None:
    from hubspot.crm.deals import BatchReadInputSimplePublicObjectId

    sandbox = _company(box)
    deals = [number("deals", d.id) for d in sandbox.engine.crm.deals.values() if converted_at(sandbox, d)][:5]
    body = BatchReadInputSimplePublicObjectId(
        inputs=[{"id": key} for key in deals], properties=["dealstage"], properties_with_history=["dealstage"]
    )
    answer = client.crm.deals.batch_api.read(batch_read_input_simple_public_object_id=body)
    assert {one.id for one in answer.results} == set(deals)
    for one in answer.results:
        history = one.properties_with_history["dealstage"]
        assert history[0].value == one.properties["dealstage"]
        assert [entry.timestamp for entry in history] == sorted((e.timestamp for e in history), reverse=True)
    assert len(client.crm.owners.owners_api.get_page(limit=100).results) > 2
    assert client.crm.pipelines.pipelines_api.get_all("deals").results[0].stages


def test_associations_in_batches(box: SandboxHandle, client: Any) -> None:
    from hubspot.crm.associations.v4 import BatchInputPublicFetchAssociationsBatchRequest

    sandbox = _company(box)
    deal = next(d for d in sandbox.engine.crm.deals.values() if converted_at(sandbox, d) and d.contact_ids)
    body = BatchInputPublicFetchAssociationsBatchRequest(inputs=[{"id": number("deals", deal.id)}])
    answer = client.crm.associations.v4.batch_api.get_page(
        from_object_type="deals", to_object_type="contacts", batch_input_public_fetch_associations_batch_request=body
    )
    assert [str(to.to_object_id) for to in answer.results[0].to] == [number("contacts", key) for key in deal.contact_ids]
