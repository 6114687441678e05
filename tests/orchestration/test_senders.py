"""HubSpot and Pipedrive deliver: signatures, passwords, rows, statuses. Bodies are the examples of the contracts."""

from __future__ import annotations

import base64
import json
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.profile import Profile
from orchestration.receiver import Receiver
from orchestration.runtime import Runtime
from orchestration.senders import hubspot, hubspot_signature, pipedrive, rd_station
from orchestration.senders.access import Access

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

DATA = Path(__file__).parent / "data"
VECTORS = json.loads((DATA / "hubspot_signature_vectors.json").read_text())
SECRET, NOW_MS = VECTORS["client_secret"], int(VECTORS["timestamp_ms"])
EVENTS = json.loads((DATA / "hubspot_events.json").read_text())
PUBLIC = "https://coletor.example.com.br"


def example(name: str) -> Any:
    return json.loads((DATA / f"pipedrive_{name}.json").read_text())


@pytest.fixture
def runtime(profile: Profile) -> Runtime:
    return Runtime(profile)


@pytest.fixture
def client(runtime: Runtime) -> TestClient:
    access = Access("s3cret", None, None, PUBLIC, SECRET, "bastao", "password")
    return TestClient(Receiver(runtime.state, access, now=lambda: NOW_MS / 1000))


def headers_of(scheme: str) -> dict[str, str]:
    vector = next(vector for vector in VECTORS["vectors"] if vector["scheme"] == scheme)
    extra = {"X-HubSpot-Request-Timestamp": VECTORS["timestamp_ms"]} if scheme == "v3" else vector["version_header"]
    return {vector["header"].lower(): vector["value"], **{key.lower(): value for key, value in extra.items()}}


def judged(headers: dict[str, str], uri: str = VECTORS["uri"], body: str = VECTORS["raw_body"], now: int = NOW_MS) -> str:
    return hubspot_signature.judge(headers, VECTORS["method"], [uri], body.encode(), SECRET, now)


@pytest.mark.parametrize("scheme", ["v1", "v2", "v3"])
def test_published_vectors(scheme: str) -> None:
    headers = headers_of(scheme)
    assert judged(headers) == "good"
    assert judged(headers, body=VECTORS["raw_body"].replace("qualified", "Qualified")) == "wrong"
    assert judged(headers, uri=VECTORS["uri"].replace("https", "http")) == ("good" if scheme == "v1" else "wrong")
    assert judged({}) == "missing"


@pytest.mark.parametrize(("away", "outcome"), [(300_000, "good"), (300_001, "late"), (-300_000, "good"), (-300_001, "late")])
def test_window_of_five_minutes_on_both_sides(away: int, outcome: str) -> None:
    assert judged(headers_of("v3"), now=NOW_MS + away) == outcome


def test_a_wrong_v3_is_not_saved_by_a_good_v1() -> None:
    assert judged({**headers_of("v1"), **headers_of("v3"), "x-hubspot-signature-v3": "AAAA"}) == "wrong"
    assert judged({**headers_of("v3"), "x-hubspot-request-timestamp": "soon"}) == "wrong"


def test_both_spellings_of_escapes_are_good() -> None:
    """HubSpot decodes some escapes before it signs; clients in use sign the address as it is given."""
    sent = "https://h.example.com/hook%2Fx?a=1%3A2%20b&c=%2a"
    assert hubspot_signature.decoded(sent) == "https://h.example.com/hook/x?a=1:2%20b&c=*"
    for signed in (sent, hubspot_signature.decoded(sent)):
        value = hubspot_signature.v3(SECRET, "POST", signed, b"[]", str(NOW_MS))
        headers = {"x-hubspot-signature-v3": value, "x-hubspot-request-timestamp": str(NOW_MS)}
        assert hubspot_signature.judge(headers, "POST", [sent], b"[]", SECRET, NOW_MS) == "good"


def signed(path: str, body: bytes, at: int = NOW_MS, base: str = PUBLIC) -> dict[str, str]:
    value = hubspot_signature.v3(SECRET, "POST", hubspot_signature.decoded(base + path), body, str(at))
    return {"X-HubSpot-Signature-v3": value, "X-HubSpot-Request-Timestamp": str(at)}


def test_hubspot_events_become_one_row_each(client: TestClient, runtime: Runtime) -> None:
    body, path = json.dumps(EVENTS).encode(), "/hooks/s3cret/hubspot?account=a%2Fb"
    for stored in (5, 0):
        answer = client.post(path, content=body, headers=signed(path, body))
        assert (answer.status_code, answer.json()["stored"]) == (200, stored)
    again = [{**event, "attemptNumber": 3} for event in reversed(EVENTS)]  # a repeat, in another order
    repeat = json.dumps(again).encode()
    assert client.post(path, content=repeat, headers=signed(path, repeat)).json()["repeated"] == 5
    rows = list(runtime.state.inbox.after(0))
    found = [(row["event_type"], row["object_kind"], row["object_id"], row["change_kind"]) for row in rows]
    assert found == [
        ("deal.propertyChange", "deal", "600000401", "changed"),
        ("contact.creation", "contact", "900000103", "changed"),
        ("deal.associationChange", "deal", "600000401", "changed"),
        ("contact.merge", "contact", "900000105", "merged"),
        ("deal.deletion", "deal", "600000499", "deleted"),
    ]
    assert rows[3]["merged_ids"] == "900000104,900000101"
    assert rows[0]["event_identifier"] == "dealstage" and str(rows[0]["occurred_at"]) == "2026-10-07 19:03:50"
    assert "qualifiedtobuy" not in str(rows), "values of properties are not kept"


def test_hubspot_leads_come_as_generic_objects(client: TestClient) -> None:
    event = {**EVENTS[0], "subscriptionType": "object.propertyChange", "objectTypeId": "0-136", "objectId": "55"}
    (row,) = hubspot.rows_of([event])
    assert (row["object_kind"], row["object_id"]) == ("lead", "55")


def test_one_bad_event_of_a_batch_costs_no_other(client: TestClient, runtime: Runtime) -> None:
    batch = [EVENTS[0], {"eventId": 1}, 7, EVENTS[1]]
    body, path = json.dumps(batch).encode(), "/hooks/s3cret/hubspot"
    assert client.post(path, content=body, headers=signed(path, body)).json() == {"stored": 4, "repeated": 0, "refused": 2}
    assert sum(row["refusal"] is None for row in runtime.state.inbox.after(0)) == 2


def test_hubspot_statuses_follow_what_it_repeats(client: TestClient, runtime: Runtime) -> None:
    """HubSpot does not repeat after 401, and does after 503: only what stays wrong is answered 401."""
    body, path = json.dumps(EVENTS).encode(), "/hooks/s3cret/hubspot"

    def status(headers: dict[str, str], app: TestClient = client) -> int:
        return app.post(path, content=body, headers=headers).status_code

    assert status({}) == 401
    assert status(signed(path, body + b" ")) == 401
    assert status(signed(path, body, base="http://127.0.0.1:8898")) == 401
    assert status(signed(path, body, at=NOW_MS - 400_000)) == 503, "held up somewhere: signed anew it is good"
    assert runtime.state.inbox.last_seq() == 0
    unset = TestClient(Receiver(runtime.state, Access("s3cret")))
    assert status(signed(path, body), unset) == 503, "our own omission must not lose events"
    assert client.get("/health").json()["webhook_wrong_signature"] == 2


def test_without_a_public_address_the_proxys_host_counts(runtime: Runtime) -> None:
    app = TestClient(Receiver(runtime.state, Access("s3cret", hubspot_secret=SECRET), now=lambda: NOW_MS / 1000))
    body, path = b"[]", "/hooks/s3cret/hubspot"
    forwarded = {**signed(path, body), "X-Forwarded-Host": "coletor.example.com.br"}
    assert app.post(path, content=body, headers=forwarded).status_code == 200


BASIC = {"Authorization": "Basic " + base64.b64encode(b"bastao:password").decode()}


def test_pipedrive_events(client: TestClient, runtime: Runtime) -> None:
    for name in ("deal_create", "deal_change", "deal_delete", "lead_create", "deal_change"):
        assert client.post("/hooks/s3cret/pipedrive", json=example(name), headers=BASIC).status_code == 200
    rows = list(runtime.state.inbox.after(0))
    assert [(row["event_type"], row["object_id"], row["change_kind"], row["merged_ids"]) for row in rows] == [
        ("create.deal", "4001", "changed", None),
        ("change.deal", "4001", "changed", None),
        ("delete.deal", "4001", "merged", "4099"),
        ("create.lead", "3f0c1b7e-0000-4000-8000-000000000101", "changed", None),
    ]
    assert "Metalurgica" not in str(rows)


def test_pipedrive_first_version() -> None:
    meta = {"action": "updated", "object": "deal", "id": 123, "company_id": 5, "timestamp": 1709913600}
    body = {"v": 1, "meta": meta, "event": "updated.deal", "current": {"title": "x"}, "retry": 0}
    (row,) = pipedrive.rows_of(body)
    (again,) = pipedrive.rows_of({**body, "retry": 2})
    assert row == again and "x" not in row.values()
    assert (row["object_kind"], row["object_id"], str(row["occurred_at"])) == ("deal", "123", "2024-03-08 16:00:00")
    (deleted,) = pipedrive.rows_of({**body, "meta": {**meta, "action": "deleted", "timestamp_micro": 1709913600000001}})
    assert deleted["change_kind"] == "deleted" and deleted["event_key"] != row["event_key"]


@pytest.mark.parametrize("wrong", [{}, {"Authorization": "Basic !"}, {"Authorization": "Basic " + base64.b64encode(b"bastao:no").decode()}])
def test_pipedrive_needs_its_password(client: TestClient, runtime: Runtime, wrong: dict[str, str]) -> None:
    answer = client.post("/hooks/s3cret/pipedrive", json=example("deal_change"), headers=wrong)
    assert answer.status_code == 401 and "Basic" in answer.headers["www-authenticate"]
    assert runtime.state.inbox.last_seq() == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
KEYS = ["leads", "event_type", "contact", "event_name", "document", "meta", "entity", "entity_id", "id", "action",
        "timestamp", "subscriptionType", "objectId", "occurredAt", "uuid", "transaction_uuid", "event_timestamp"]  # fmt: skip
SHAPED = st.recursive(JSON, lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=6), max_leaves=10)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([rd_station.rows_of, hubspot.rows_of, pipedrive.rows_of]), SHAPED | st.lists(SHAPED, max_size=3))
def test_no_body_whatever_breaks_a_reader(read: Any, body: Any) -> None:
    import orjson

    try:
        body = orjson.loads(orjson.dumps(body))
    except TypeError:  # integers beyond 64 bit cannot come out of the parser either
        return
    for row in read(body):
        assert row["event_key"] and row["system"] and row["event_type"]
        assert not any(isinstance(value, str) and "\x00" in value for value in row.values())
