"""Webhooks: validation, both body generations, CRM envelopes, retries, suspension, duplicates, order."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import small_world as small
from tests.sandbox.receivers import Receiver, receiving
from tests.sandbox.test_server_shapes import differences
from tests.support.sandbox import SandboxHandle, running_sandbox

EXAMPLES = Path(__file__).parent / "rd_station_examples"
PATH = "/integrations/webhooks"


@pytest.fixture
def box() -> Iterator[SandboxHandle]:
    world = small.small_world(
        [
            (small.END + timedelta(minutes=1), "crm.deal_updated", {"deal_id": small.DEAL_2, "rating": 4}),
            (small.END + timedelta(minutes=2), "crm.contact_updated", {"contact_id": small.PERSON_1, "title": "CEO"}),
            (small.END + timedelta(minutes=3), "crm.organization_updated", {"organization_id": small.ORG, "city": "X"}),
            (small.END + timedelta(minutes=4), "crm.deal_deleted", {"deal_id": small.DEAL_1}),
            (small.END + timedelta(days=1), "mkt.conversion", {"contact_uuid": small.ANA, "identifier": "a", "payload": {}}),
            (small.END + timedelta(days=1, seconds=0.9), "mkt.funnel", {"contact_uuid": small.ANA, "interest": 150}),
            (small.END + timedelta(days=2), "mkt.opportunity", {"contact_uuid": small.ANA}),
        ]
    )  # fmt: skip
    with running_sandbox(world, limits=False, webhook_retry_seconds=0.05) as handle:
        yield handle


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def subscription(url: str, event: str = "WEBHOOK.CONVERTED", *identifiers: str) -> dict[str, Any]:
    return {
        "event_type": event, "entity_type": "CONTACT", "event_identifiers": list(identifiers), "url": url,
        "http_method": "POST", "include_relations": ["COMPANY", "CONTACT_FUNNEL"],
    }  # fmt: skip


def test_subscriptions_are_validated_listed_changed_and_removed(box: SandboxHandle, receiver: Receiver) -> None:
    body = subscription(receiver.url + "/a")
    made = box.marketing("POST", PATH + "/", json=body)
    assert made.status_code == 201 and receiver.received[0][2] == {}
    assert box.marketing("POST", PATH, json=body).status_code == 400  # same url, same event
    receiver.answers = [500]
    refused = box.marketing("POST", PATH, json=subscription(receiver.url + "/b"))
    assert refused.status_code == 401
    assert box.marketing("POST", PATH, json=subscription("http://203.0.113.1/x")).status_code == 401  # off this machine
    assert len(box.marketing("GET", PATH).json()["webhooks"]) == 1
    one = f"{PATH}/{made.json()['uuid']}"
    changed = box.marketing("PUT", one, json=subscription(receiver.url + "/a", "WEBHOOK.MARKED_OPPORTUNITY", "x")).json()
    assert changed["event_type"] == "WEBHOOK.MARKED_OPPORTUNITY" and changed["event_identifiers"] == []
    assert box.marketing("DELETE", one).status_code == 204
    assert box.marketing("GET", one).status_code == 404
    assert box.marketing("POST", PATH, json={**body, "event_type": "X"}).status_code == 400


def test_converted_carries_the_state_some_seconds_after_the_conversion(box: SandboxHandle, receiver: Receiver) -> None:
    box.marketing("POST", PATH, json=subscription(receiver.url))
    box.marketing("POST", PATH, json=subscription(receiver.url + "/other", "WEBHOOK.CONVERTED", "another"))
    box.marketing("POST", PATH, json=subscription(receiver.url, "WEBHOOK.MARKED_OPPORTUNITY"))
    box.marketing("PATCH", f"/platform/contacts/{small.ANA}", json={"city": "X"})  # edits do not fire
    box.advance(3 * 86_400)  # the conversion and, a day later, the mark: each with the state of its own instant
    converted, marked = sorted(receiver.bodies(2), key=lambda body: body["event_type"])  # two queues
    for body, name in ((converted, "webhook_converted_delivery"), (marked, "webhook_marked_opportunity_delivery")):
        want = json.loads((EXAMPLES / "marketing" / f"{name}.json").read_text())
        assert list(differences(want, body, "$")) == []
    assert converted["event_identifier"] == "a" and marked["event_identifier"] == "default"
    assert converted["contact"]["funnel"]["interest"] == 150
    assert converted["contact"]["funnel"]["origin"] == "Busca Paga | Google"
    assert converted["event_timestamp"] == "2026-01-26T09:00:00.000-03:00"
    assert converted["timestamp"] == "2026-01-26T09:00:02.000-03:00"


def test_a_pushed_conversion_fires_after_it_settled(box: SandboxHandle, receiver: Receiver) -> None:
    box.marketing("POST", PATH, json=subscription(receiver.url))
    payload = {"conversion_identifier": "bastao-nutricao-sem-orcamento", "email": "caio.prado@example.com.br"}
    event = {"event_type": "CONVERSION", "event_family": "CDP", "payload": payload}
    box.marketing("POST", "/platform/events", json=event)
    box.advance(10)
    assert receiver.bodies(1)[0]["event_identifier"] == "bastao-nutricao-sem-orcamento"


def test_screen_hooks_send_the_legacy_body_and_stay_invisible(box: SandboxHandle, receiver: Receiver) -> None:
    assert box.client.post("/sandbox/hooks", json={"url": receiver.url}).status_code == 201
    assert box.marketing("GET", PATH).json() == {"webhooks": []}
    box.advance(86_400 + 60)
    body = receiver.bodies(1)[0]
    want = json.loads((EXAMPLES / "marketing/webhook_legacy_delivery.json").read_text())
    assert set(want["leads"][0]) == set(body["leads"][0])
    assert body["leads"][0]["number_conversions"] == "3" and body["leads"][0]["fit_score"] == "b"
    assert body["leads"][0]["custom_fields"]["Porte da empresa"] == "51 a 200"


def test_crm_deliveries_have_the_documented_bodies(box: SandboxHandle, receiver: Receiver) -> None:
    for name in ("crm_deal_updated", "crm_contact_updated", "crm_organization_updated", "crm_deal_deleted"):
        box.v1("POST", "/webhooks", json={"event_type": name, "url": f"{receiver.url}/{name}", "http_method": "POST"})
    v2 = {"name": "n", "event_name": "crm_deal_updated", "url": receiver.url + "/v2", "http_method": "POST",
          "auth_header": "X-Webhook-Key", "auth_key": "chave"}  # fmt: skip
    assert box.v2("POST", "/webhooks", json={"data": v2}).status_code == 201
    assert box.v2("POST", "/webhooks", json={"data": {**v2, "auth_key": ""}}).status_code == 422
    box.advance(600)
    receiver.bodies(5)
    by_path = {path.strip("/"): (headers, body) for path, headers, body in receiver.received}
    assert by_path["v2"][0]["x-webhook-key"] == "chave"
    files = {
        "crm_deal_updated": "deal_updated_lost", "crm_contact_updated": "contact_updated",
        "crm_organization_updated": "organization_updated", "crm_deal_deleted": "deal_deleted",
    }  # fmt: skip
    for name, file in files.items():
        want = json.loads((EXAMPLES / f"crm_webhooks/{file}.json").read_text())
        if name == "crm_deal_updated":
            want["document"]["deal_lost_reason"] = {}
        assert list(differences(want, by_path[name][1], "$")) == [], name
    assert by_path["crm_deal_updated"][1]["document"]["rating"] == 4
    one, two = by_path["crm_deal_updated"][1], by_path["v2"][1]
    assert one["transaction_uuid"] == two["transaction_uuid"]


def test_failures_are_retried_and_then_given_up(box: SandboxHandle, receiver: Receiver) -> None:
    box.marketing("POST", PATH, json=subscription(receiver.url))
    receiver.answers = [500, 500]
    box.advance(86_400 + 60)
    assert len(receiver.bodies(3)) == 3
    wait_for(lambda: box.record()["webhooks"].get("delivered") == 1)
    receiver.answers = [500] * 9
    event = {"event_type": "CONVERSION", "event_family": "CDP",
             "payload": {"conversion_identifier": "z", "email": "caio.prado@example.com.br"}}  # fmt: skip
    box.marketing("POST", "/platform/events", json=event)
    box.advance(60)
    assert len(receiver.bodies(7)) == 7  # once and three more times
    wait_for(lambda: box.record()["webhooks"].get("given_up") == 1)


def test_a_failing_crm_receiver_is_suspended_and_can_be_woken(box: SandboxHandle, receiver: Receiver) -> None:
    box.switch(crm_retries=1, crm_suspend_after=1)
    hook = {"event_type": "crm_deal_updated", "url": receiver.url, "http_method": "POST"}
    key = box.v1("POST", "/webhooks", json=hook).json()["uuid"]
    receiver.answers = [500, 500]
    box.v1("PUT", f"/deals/{small.DEAL_2}", json={"deal": {"rating": 2}})
    box.advance(10)
    wait_for(lambda: box.v1("GET", f"/webhooks/{key}").json()["status"] == "suspended")
    box.v1("PUT", f"/deals/{small.DEAL_2}", json={"deal": {"rating": 3}})
    box.advance(10)
    assert box.v1("PUT", f"/webhooks/{key}", json={}).json()["status"] == "active"
    box.v1("PUT", f"/deals/{small.DEAL_2}", json={"deal": {"rating": 5}})
    box.advance(10)
    assert [body["document"]["rating"] for body in receiver.bodies(3)] == [2, 2, 5]


def test_duplicates_reordering_and_losses_by_fault(box: SandboxHandle, receiver: Receiver) -> None:
    hook = {"event_type": "crm_deal_updated", "url": receiver.url, "http_method": "POST"}
    box.v1("POST", "/webhooks", json=hook)

    def rate(value: int) -> None:
        box.v1("PUT", f"/deals/{small.DEAL_2}", json={"deal": {"rating": value}})
        box.advance(5)

    box.faults({"kind": "webhook_duplicate", "path": "crm_deal_updated", "count": 1})
    rate(1 + 1)
    first, second = receiver.bodies(2)
    assert first == second
    box.faults({"kind": "webhook_reorder", "path": "crm_*", "count": 1})
    rate(3)
    rate(4)
    assert [body["document"]["rating"] for body in receiver.bodies(4)[2:]] == [4, 3]
    box.faults({"kind": "webhook_drop", "path": "crm_*", "count": 1})
    rate(5)
    rate(1)
    assert [body["document"]["rating"] for body in receiver.bodies(5)[4:]] == [1]
    assert box.record()["faults"] == {"webhook_duplicate": 1, "webhook_reorder": 1, "webhook_drop": 1}


def test_catalogue_writes_and_the_update_after_creation(box: SandboxHandle, receiver: Receiver) -> None:
    box.switch(crm_update_after_create=True)
    for name in ("crm_lost_reason_created", "crm_product_updated", "crm_source_deleted", "crm_deal_updated", "crm_task_deleted"):
        hook = {"name": name, "event_name": name, "url": receiver.url, "http_method": "POST"}
        assert box.v2("POST", "/webhooks", json={"data": hook}).status_code == 201
    box.v2("POST", "/lost_reasons", json={"data": {"name": "Sem timing"}})
    box.v2("PUT", f"/products/{small.PRODUCT}", json={"data": {"price": 5}})
    box.v2("DELETE", f"/sources/{small.SOURCE}")
    box.v2("POST", "/deals", json={"data": {"name": "Novo negócio"}})
    box.v2("DELETE", f"/tasks/{small.TASK_2}")
    box.advance(10)
    found = {body["event_name"]: body["document"] for body in receiver.bodies(5)}
    assert found["crm_lost_reason_created"]["name"] == "Sem timing" and found["crm_product_updated"]["price"] == 5
    assert found["crm_source_deleted"] == {"id": small.SOURCE, "name": "Desconhecido"}
    assert found["crm_deal_updated"]["name"] == "Novo negócio" and found["crm_task_deleted"]["name"] == "Mensagem"
    for file, name in (("lost_reason_created", "crm_lost_reason_created"), ("product_created", "crm_product_updated")):
        want = json.loads((EXAMPLES / f"crm_webhooks/{file}.json").read_text())
        assert list(differences(want["document"], found[name], "$")) == []


def test_slow_receivers_time_out(box: SandboxHandle, receiver: Receiver) -> None:
    with running_sandbox(small.small_world(), limits=False, webhook_timeout_seconds=0.1) as quick:
        receiver.delay = 0.3
        assert quick.marketing("POST", PATH, json=subscription(receiver.url)).status_code == 401


def wait_for(condition: Any, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
