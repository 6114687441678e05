"""Leads put straight into flows, against the sandbox: who entered which flow, how often, and in how many calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activation.delivery import deliver
from activation.destinations.rd_station_contact import RdConsent
from activation.destinations.rd_station_flow import RdStationFlow
from activation.drain import Rates
from activation.limits import rd_station_limits
from activation.outbox import Outbox
from activation.policy import Policy, ReadBack
from activation.quota import SqlLimiter
from activation.report import DeliveryReport
from tests.activation.support import NOW, FakeClock, policy
from tests.activation.test_owners import Service
from tests.activation.test_statuses import lead
from tests.support.sandbox import SandboxHandle, running_sandbox

SYNC, FIELD = "flow_enrolment", "cf_motivo_da_devolucao"
RULES: Policy = policy(read_back=ReadBack.NONE, on_uncertain="hold", batch_max=50, backoff_seconds=0.0, wait_budget_seconds=0.0)


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxHandle]:
    with running_sandbox({"seed": 5, "leads": 30}, limits=False, plan="light") as handle:
        field = {
            "name": {"default": FIELD, "pt-BR": FIELD}, "label": {"default": FIELD, "pt-BR": FIELD}, "api_identifier": FIELD,
            "data_type": "STRING", "presentation_type": "TEXT_INPUT", "validation_rules": {},
        }  # fmt: skip
        handle.marketing("POST", "/platform/contacts/fields", json=field).raise_for_status()
        yield handle


@pytest.fixture(autouse=True)
def well_behaved(box: SandboxHandle) -> Iterator[None]:
    yield
    box.clear_faults()


def flows(box: SandboxHandle) -> list[str]:
    return [str(flow["id"]) for flow in box.marketing("GET", "/platform/workflows").json()["workflows"]]


def inside(box: SandboxHandle, flow: str) -> Counter[str]:
    """How often each lead entered the flow."""
    assert box.app is not None
    state = box.app.sandbox.engine.marketing
    return Counter(str(state.contacts[one.contact_uuid].email) for one in state.enrolments[flow])


def rows(flow: str, *emails: str, **values: Any) -> list[dict[str, Any]]:
    return [
        {
            "sync": SYNC, "subject_id": f"{flow}-{email}", "occurrence": "1", "handoff_id": f"h-{email}", "email": email,
            "flow_id": flow, "reason_code": "sem_timing", "reason_title": "Sem timing", "closed_on": "2026-06-28",
            "closed_at": (NOW - timedelta(days=2)).replace(tzinfo=None), "consent_status": "granted", "eligible": True, **values,
        }
        for email in emails
    ]  # fmt: skip


def run(box: SandboxHandle, plan: list[dict[str, Any]], outbox: Outbox, api: Any = None, **more: Any) -> DeliveryReport:
    api = api or Service(box)
    destination = RdStationFlow(api, "light", {FIELD: "reason_title"})
    return deliver(SYNC, plan, outbox, destination, FakeClock(), RULES, consent=RdConsent(api), **more)


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    found = Outbox(f"sqlite:///{tmp_path / 'state.db'}")
    found.bear(SYNC, NOW - timedelta(days=365))
    return found


def calls(box: SandboxHandle, since: int) -> Counter[str]:
    return Counter(entry["resource"] for entry in box.ledger(since=since))


def last(box: SandboxHandle) -> int:
    return max((entry["n"] for entry in box.ledger()), default=0)


def states(outbox: Outbox) -> Counter[tuple[str, str | None]]:
    return Counter((known["state"], known["reason"]) for known in outbox.ledger(SYNC).values())


def test_tags_and_fields_first_then_one_call_for_each_flow(box: SandboxHandle, outbox: Outbox) -> None:
    one, other = flows(box)[:2]
    emails = [lead(box)[1] for _ in range(5)]
    box.marketing("POST", f"/platform/contacts/email:{emails[0]}/tag", json={"tags": ["cliente-vip"]}).raise_for_status()
    before = last(box)
    plan = [*rows(one, *emails[:3]), *rows(other, *emails[3:])]
    assert run(box, plan, outbox).accepted == 5
    assert run(box, plan, outbox).accepted == 0
    assert [inside(box, one)[email] for email in emails[:3]] == [inside(box, other)[email] for email in emails[3:]] + [1]
    entries = [entry["resource"] for entry in box.ledger(since=before)]
    assert entries.count("workflow_leads") == 2 and entries.index("workflow_leads") >= 10  # after every tag and field
    contact = box.marketing("GET", f"/platform/contacts/email:{emails[0]}").json()
    assert contact["tags"] == ["cliente-vip", "bastao-retorno", "motivo-sem-timing"]
    assert contact[FIELD] == "Sem timing"
    (reference,) = {show["reference"] for show in _attempts(outbox) if show["delivery_id"] in _ids(outbox, one)}
    assert reference == one


def _ids(outbox: Outbox, flow: str) -> set[str]:
    return {key for key, known in outbox.ledger(SYNC).items() if known["subject_id"].startswith(flow)}


def _attempts(outbox: Outbox) -> list[dict[str, Any]]:
    from activation.operate import show

    return [attempt for key in outbox.ledger(SYNC) for attempt in show(outbox, key)["attempt_log"]]


def test_a_lead_that_is_gone_keeps_nobody_else_out(box: SandboxHandle, outbox: Outbox) -> None:
    flow, (_, email) = flows(box)[0], lead(box)
    run(box, rows(flow, email, "nobody@example.com.br"), outbox)
    assert inside(box, flow)[email] == 1
    assert states(outbox) == {("accepted", None): 1, ("refused", "contact_missing"): 1}


def test_a_flow_that_is_off_is_nobodys_fault(box: SandboxHandle, outbox: Outbox) -> None:
    report = run(box, rows("11111111-1111-4111-8111-111111111111", *(lead(box)[1] for _ in range(3))), outbox)
    assert report.stopped == "blocked:http_400"
    assert states(outbox) == {("pending", "http_400:flow_is_off"): 3}  # none is dead: it goes when the flow is on


@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_an_enrolment_without_an_answer_is_held(box: SandboxHandle, outbox: Outbox, fault: str) -> None:
    flow, (_, email) = flows(box)[0], lead(box)
    box.faults({"kind": fault, "path": f"/platform/workflows/{flow}/leads", "method": "POST", "count": 1})
    run(box, rows(flow, email), outbox)
    box.clear_faults()
    run(box, rows(flow, email), outbox)
    assert states(outbox) == {("held", "no_read_back"): 1}
    assert inside(box, flow)[email] == (fault == "drop_after")


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_after"])
def test_a_tag_without_an_answer_is_written_again(box: SandboxHandle, outbox: Outbox, fault: str) -> None:
    """Nothing was enrolled yet, and a tag that is there already changes nothing."""
    flow, (_, email) = flows(box)[0], lead(box)
    box.faults({"kind": fault, "path": f"/platform/contacts/email:{email}/tag", "method": "POST", "count": 1})
    run(box, rows(flow, email), outbox)
    box.clear_faults()
    run(box, rows(flow, email), outbox)
    assert (states(outbox), inside(box, flow)[email]) == ({("accepted", None): 1}, 1)


def test_a_nested_answer_is_read(box: SandboxHandle, outbox: Outbox) -> None:
    flow, (_, email) = flows(box)[0], lead(box)
    box.switch(workflow_answer="nested")
    try:
        assert run(box, rows(flow, email), outbox).accepted == 1
    finally:
        box.switch(workflow_answer="flat")


class Limited(Service):
    """The service behind the shared limiter, as ingestion's client is."""

    def __init__(self, box: SandboxHandle, limiter: SqlLimiter):
        super().__init__(box)
        self.limiter = limiter

    def request(self, method: str, path: str, *, json: Any = None, params: Any = None, resource: str, key: str | None = None) -> Any:
        self.limiter.acquire("rd_station", resource, key)
        return super().request(method, path, json=json, params=params, resource=resource, key=key)


def test_the_hourly_cap_is_kept_and_the_time_to_drain_said(box: SandboxHandle, outbox: Outbox, tmp_path: Path) -> None:
    """Plan light: one call an hour, ten leads in it."""
    flow, emails = flows(box)[1], [lead(box)[1] for _ in range(25)]
    limits = rd_station_limits("light")
    limiter = SqlLimiter(f"sqlite:///{tmp_path / 'quota.db'}", {"rd_station": limits}, max_wait_seconds=0.1)
    before = last(box)
    plan, api = rows(flow, *emails), Limited(box, limiter)
    rates = Rates(limits)
    rehearsal = deliver(SYNC, plan, outbox, RdStationFlow(api, "light"), FakeClock(), RULES, dry_run=True, rates=rates)
    assert rehearsal.quota_cost == {"contacts": 25, "tag": 25, "workflow_leads_add": 3}
    assert rehearsal.drain_seconds == 7200.0
    report = run(box, plan, outbox, api, rates=rates)
    assert (report.accepted, report.pending, report.stopped) == (10, 15, "quota")
    assert calls(box, before)["workflow_leads"] == 1
    assert run(box, plan, outbox, api).accepted == 0  # the hour is not over
    limiter.close()
