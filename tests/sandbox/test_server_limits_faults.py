"""Quotas with their three 429 bodies, and every kind of fault."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.server.faults import KINDS, Fault, Faults
from sandbox.server.limits import RULES
from tests.sandbox import small_world as small
from tests.support.sandbox import SandboxHandle, running_sandbox

EXAMPLES = Path(__file__).parent / "rd_station_examples"
EVENTS = "/platform/events"


def example(name: str) -> Any:
    """A body of the contract."""
    return json.loads((EXAMPLES / name).read_text())


@pytest.fixture
def box() -> Iterator[SandboxHandle]:
    with running_sandbox(small.small_world(), settle_seconds=0.0) as handle:
        yield handle


def conversion(email: str = "caio.prado@example.com.br") -> dict[str, Any]:
    payload = {"conversion_identifier": "x", "email": email}
    return {"event_type": "CONVERSION", "event_family": "CDP", "payload": payload}


def test_a_lead_takes_24_updates_a_day_and_the_clock_gives_them_back(box: SandboxHandle) -> None:
    path = f"/platform/contacts/uuid:{small.ANA}"
    for number in range(24):
        assert box.marketing("PATCH", path, json={"city": f"C{number}"}).status_code == 200
    answer = box.marketing("PATCH", "/platform/contacts/email:ana.moura@example.com.br", json={"city": "X"})
    assert answer.status_code == 429 and answer.json()["max"] == 24 and answer.json()["usage"] == 25
    assert set(answer.json()) == set(example("marketing/errors/429_lead_limiter.json"))
    assert 86_000 < answer.json()["remaining_time"] <= 86_400
    assert box.marketing("PATCH", f"/platform/contacts/uuid:{small.BRUNO}", json={"city": "X"}).status_code == 200
    box.advance_limits(86_400)
    assert box.marketing("PATCH", path, json={"city": "X"}).status_code == 200
    assert box.record()["limited"] == {"contact_patch_lead": 1}


def test_account_limits_follow_the_plan_and_answer_by_switch(box: SandboxHandle) -> None:
    box.switch(limits_override={"contacts": 2})
    path = f"/platform/contacts/{small.ANA}"
    codes = [box.marketing("GET", path).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    answer = box.marketing("GET", path)
    assert answer.json() == example("marketing/errors/429_gateway.json")
    assert answer.headers["ratelimit-limit-quotas"] == "2" and 0 < int(answer.headers["retry-after-quotas"]) <= 60
    box.switch(account_429_body="excedded")
    assert box.marketing("GET", path).json() == example("marketing/errors/429_rate_limit_excedded.json")
    box.advance_limits(60)
    assert box.marketing("GET", path).status_code == 200
    limits = box.app.sandbox.limits
    box.switch(limits_override={})
    for plan, maximum in (("light", 120), ("pro", 120), ("advanced", 500)):
        box.switch(plan=plan)
        assert limits.maximum(RULES["contacts"]) == maximum


def test_crm_versions_have_their_own_minute(box: SandboxHandle) -> None:
    box.switch(limits_override={"crm_v1": 1, "crm_v2": 1})
    assert box.v1("GET", "/users").status_code == 200 and box.v2("GET", "/users").status_code == 200
    old, new = box.v1("GET", "/users"), box.v2("GET", "/users")
    assert (old.status_code, old.json()) == (429, example("crm_v1/errors/429_rate_limit.json"))
    assert (new.status_code, new.json()) == (429, example("crm_v2/errors/429_rate_limit.json"))
    assert int(new.headers["retry-after"]) > 0 and int(old.headers["retry-after"]) > 0
    box.switch(v1_retry_after=False)
    assert "retry-after" not in box.v1("GET", "/users").headers


def test_events_count_per_lead_and_workflows_per_hour(box: SandboxHandle) -> None:
    box.switch(limits_override={"events_lead": 2, "workflow": 1})
    assert [box.marketing("POST", EVENTS, json=conversion()).status_code for _ in range(3)] == [200, 200, 429]
    assert box.marketing("POST", EVENTS, json=conversion("a@example.com")).status_code == 200
    flow = f"/platform/workflows/{small.FLOW}"
    assert [box.marketing("GET", flow).status_code for _ in range(2)] == [200, 429]
    box.advance_limits(3600)
    assert box.marketing("GET", flow).status_code == 200
    box.reset_limits()
    assert box.marketing("POST", EVENTS, json=conversion()).status_code == 200


def test_faults_before_the_call_leave_nothing_behind(box: SandboxHandle) -> None:
    bodies = {
        "429_lead": (429, "error"), "429_gateway": (429, "message"), "429_excedded": (429, "errors"),
        "429_v2": (429, "errors"), "500_json": (500, "errors"),
    }  # fmt: skip
    for kind, (status, key) in bodies.items():
        box.faults({"kind": kind, "path": EVENTS, "count": 1})
        answer = box.marketing("POST", EVENTS, json=conversion())
        assert answer.status_code == status and key in answer.json(), kind
    for kind, status in (("500_html", 500), ("html_200", 200)):
        box.faults({"kind": kind, "path": EVENTS, "count": 1})
        answer = box.marketing("POST", EVENTS, json=conversion())
        assert answer.status_code == status and answer.headers["content-type"].startswith("text/html")
    box.faults({"kind": "drop_before", "path": EVENTS, "count": 1})
    with pytest.raises(httpx.TransportError):
        box.marketing("POST", EVENTS, json=conversion())
    assert box.ledger() == []
    assert box.marketing("POST", EVENTS, json=conversion()).status_code == 200  # each struck once
    assert set(box.record()["faults"]) == {*bodies, "500_html", "html_200", "drop_before"}


@pytest.mark.parametrize("kind", ["drop_after", "timeout_after", "500_after"])
def test_faults_after_the_call_have_acted(box: SandboxHandle, kind: str) -> None:
    box.faults({"kind": kind, "path": EVENTS, "count": 1, "seconds": 0.1})
    if kind == "500_after":
        assert box.marketing("POST", EVENTS, json=conversion()).status_code == 500
    else:
        with pytest.raises(httpx.TransportError):
            box.marketing("POST", EVENTS, json=conversion())
    assert len(box.ledger("events")) == 1


def test_timeouts_slow_answers_and_expired_tokens(box: SandboxHandle) -> None:
    path = "/marketing/account_info"
    header = box.marketing_headers()
    box.faults({"kind": "timeout_before", "path": path, "count": 1, "seconds": 30})
    with pytest.raises(httpx.ReadTimeout):
        box.client.get(path, headers=header, timeout=0.2)
    box.faults({"kind": "slow", "path": path, "count": 1, "seconds": 0.2})
    before = time.monotonic()
    assert box.client.get(path, headers=header).status_code == 200
    assert time.monotonic() - before >= 0.2
    box.faults({"kind": "expire_token", "path": path, "count": 1})
    assert box.client.get(path, headers=header).status_code == 401
    assert box.client.get(path, headers=header).status_code == 401  # it stays expired


def test_fault_rules_are_seeded_counted_and_checked(box: SandboxHandle) -> None:
    def strikes(seed: int) -> list[bool]:
        faults = Faults(seed)
        faults.add(Fault("500_json", "/platform/*", probability=0.3))
        return [faults.pick("GET", "/platform/x") is not None for _ in range(50)]

    assert strikes(1) == strikes(1) != strikes(2)
    assert 5 < sum(strikes(1)) < 30
    later = Faults(1)
    later.add(Fault.parse("drop_after@/platform/*:count=1:after=2:method=POST"))
    calls = [later.pick(method, "/platform/x") for method in ("GET", "POST", "POST", "POST", "POST")]
    assert [call is not None for call in calls] == [False, False, False, True, False]
    for wrong in ("nothing", "slow:speed=1"):
        with pytest.raises(ValueError, match="known"):
            Fault.parse(wrong)
    assert box.client.post("/sandbox/faults", json={"kind": "nothing"}).status_code == 400
    assert set(box.get("/sandbox/faults")["kinds"]) == set(KINDS)
    box.faults({"kind": "500_json"})
    box.clear_faults()
    assert box.get("/sandbox/faults")["faults"] == []
    with pytest.raises(ValueError, match="unknown"):
        box.switch(no_such_switch=1)


def test_urls_and_bodies_that_no_service_takes(box: SandboxHandle) -> None:
    assert box.marketing("GET", "/platform/segmentations?search=" + "x" * 8200).status_code == 414
    broken = box.marketing("PATCH", f"/platform/contacts/{small.ANA}", content=b"{", )
    assert broken.status_code == 415
    assert box.v1("POST", "/deals", content=b"{").headers["content-type"].startswith("text/html")
    assert box.v2("POST", "/deals", content=b"{").status_code == 400
    assert box.marketing("GET", "/platform/nothing").status_code == 404
