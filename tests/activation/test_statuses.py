"""Opportunity, sale and loss, against the sandbox: its own record says what it was told, and how often."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from activation.delivery import deliver
from activation.destinations.rd_station_loss import RdStationLoss
from activation.destinations.rd_station_opportunity import RdStationOpportunity
from activation.destinations.rd_station_sale import RdStationSale
from activation.destinations.rd_station_status import StatusEvent
from activation.export import export_outbox
from activation.operate import mark_received, retry
from activation.outbox import Outbox
from activation.plan import read_plan
from activation.policy import Policy, ReadBack
from activation.ports import PlanRow, Presence
from activation.report import DeliveryReport
from tests.activation.support import NOW, FakeClock, policy
from tests.activation.test_owners import Service
from tests.support.sandbox import SandboxHandle, running_sandbox

KINDS: dict[str, type[StatusEvent]] = {"opportunity": RdStationOpportunity, "sale": RdStationSale, "loss": RdStationLoss}
# What each is told, and what the contact's funnel must show for it to be worth telling.
FACTS = {"opportunity": {}, "sale": {"value": 1234.56}, "loss": {"reason": "Sem timing"}}
BEFORE = {"opportunity": {}, "sale": {}, "loss": {"opportunity": True}}
AFTER = {"opportunity": ("opportunity", True), "sale": ("lifecycle_stage", "Client"), "loss": ("opportunity", False)}
GRANTED = [{"category": "communications", "type": "consent", "status": "granted"}]
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxHandle]:
    with running_sandbox({"seed": 5, "leads": 30}, limits=False, settle_seconds=0.0, new_contact_delay_seconds=0.0) as handle:
        yield handle


@pytest.fixture(autouse=True)
def well_behaved(box: SandboxHandle) -> Iterator[None]:
    yield
    box.clear_faults()


def rules(sync: str, **values: Any) -> Policy:
    read_back = KINDS[sync].read_back
    return policy(
        read_back=read_back, settle_seconds=1.0, backoff_seconds=0.0, for_a_person=frozenset({"sale_to_correct"}),
        on_uncertain="resend" if read_back is ReadBack.EXACT else "hold", final_refusals=frozenset({"already_shown"}), **values,
    )  # fmt: skip


def lead(box: SandboxHandle, bases: Any = GRANTED, **funnel: Any) -> tuple[str, str]:
    """A contact of its own: (uuid, e-mail)."""
    email = f"lead{next(_NUMBERS)}@example.com.br"
    body = {"name": "Lead", "email": email, **({"legal_bases": bases} if bases else {})}
    uuid = box.marketing("POST", "/platform/contacts", json=body).raise_for_status().json()["uuid"]
    if funnel:
        box.marketing("PUT", f"/platform/contacts/uuid:{uuid}/funnels/default", json=funnel).raise_for_status()
    return str(uuid), email


def funnel_of(box: SandboxHandle, uuid: str) -> dict[str, Any]:
    return dict(box.marketing("GET", f"/platform/contacts/uuid:{uuid}/funnels/default").json())


def row(sync: str, contact: tuple[str, str], **values: Any) -> dict[str, Any]:
    uuid, email = contact
    return {
        "sync": sync, "subject_id": f"o-{uuid}", "occurrence": "1", "handoff_id": f"h-{uuid}", "email": email,
        "contact_uuid": uuid, "client_before": False, "reason_label": "Sem timing", "value": Decimal("1234.56"),
        "reason_code": "invoiced" if sync == "sale" else None, "happened_at": (NOW - timedelta(hours=1)).replace(tzinfo=None),
        "consent_status": "granted", "eligible": True, **values,
    }  # fmt: skip


def plan_row(raw: dict[str, Any]) -> PlanRow:
    return next(iter(read_plan(raw["sync"], [raw]).values()))


def new_outbox(folder: Path, born: timedelta = timedelta(days=365)) -> Outbox:
    outbox = Outbox(f"sqlite:///{folder / 'state.db'}")
    for sync in KINDS:
        outbox.bear(sync, NOW - born)
    return outbox


def run(box: SandboxHandle, raw: dict[str, Any], outbox: Outbox, **values: Any) -> DeliveryReport:
    destination = KINDS[raw["sync"]](Service(box))
    return deliver(raw["sync"], [raw], outbox, destination, FakeClock(), rules(raw["sync"], **values), consent=destination)


def state(outbox: Outbox, sync: str) -> tuple[str, str | None]:
    (known,) = outbox.ledger(sync).values()
    return known["state"], known["reason"]


def told(box: SandboxHandle, email: str) -> list[dict[str, Any]]:
    """Events that the sandbox took about a contact."""
    return [entry["body"] for entry in box.ledger("events") if entry["body"]["payload"]["email"] == email]


@pytest.mark.parametrize("sync", KINDS)
def test_each_is_told_once_as_the_contract_says(box: SandboxHandle, tmp_path: Path, sync: str) -> None:
    contact, outbox = lead(box, **BEFORE[sync]), new_outbox(tmp_path)
    assert run(box, row(sync, contact), outbox).accepted == 1
    assert run(box, row(sync, contact), outbox).accepted == 0
    key, value = AFTER[sync]
    assert funnel_of(box, contact[0])[key] == value
    payload = {"email": contact[1], "funnel_name": "default", **FACTS[sync]}
    assert told(box, contact[1]) == [
        {"event_type": KINDS[sync].event_type, "event_family": "CDP", "payload": payload}
    ]


@pytest.mark.parametrize(
    ("sync", "funnel", "values", "goes"),
    [
        ("opportunity", {"opportunity": True}, {}, False),
        ("loss", {"opportunity": False}, {}, False),
        ("sale", {"lifecycle_stage": "Client"}, {}, False),
        ("sale", {"lifecycle_stage": "Client"}, {"client_before": True}, True),
    ],
)  # fmt: skip
def test_what_rd_station_shows_by_itself_is_not_told(
    box: SandboxHandle, tmp_path: Path, sync: str, funnel: dict[str, Any], values: dict[str, Any], goes: bool
) -> None:
    contact, outbox = lead(box, **funnel), new_outbox(tmp_path)
    run(box, row(sync, contact, **values), outbox)
    assert len(told(box, contact[1])) == goes
    assert state(outbox, sync) == (("accepted", None) if goes else ("refused", "already_shown"))


@pytest.mark.parametrize("sync", KINDS)
def test_consent_counts_as_for_a_return(box: SandboxHandle, tmp_path: Path, sync: str) -> None:
    declined = [{**GRANTED[0], "status": "declined"}]
    for number, (bases, expected) in enumerate([(declined, "consent_declined"), (None, "consent_unknown")]):
        folder = tmp_path / str(number)
        folder.mkdir()
        contact, outbox = lead(box, bases, **BEFORE[sync]), new_outbox(folder)
        run(box, row(sync, contact), outbox)
        assert (state(outbox, sync), told(box, contact[1])) == (("refused", expected), [])
    gone = new_outbox(tmp_path)
    run(box, row(sync, ("no-such-contact", "nobody@example.com.br")), gone)
    assert state(gone, sync) == ("refused", "contact_missing")


@pytest.mark.parametrize("sync", KINDS)
@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_after"])
def test_a_lost_answer_never_makes_two(box: SandboxHandle, tmp_path: Path, sync: str, fault: str) -> None:
    contact, outbox = lead(box, **BEFORE[sync]), new_outbox(tmp_path)
    box.faults({"kind": fault, "path": "/platform/events", "method": "POST", "count": 1})
    run(box, row(sync, contact), outbox)
    box.clear_faults()
    run(box, row(sync, contact), outbox)
    if sync == "opportunity":  # read back: seen, or proved absent and told again
        assert (state(outbox, sync)[0], len(told(box, contact[1]))) == ("accepted", 1)
    else:
        assert state(outbox, sync) == ("held", "no_read_back")
        assert len(told(box, contact[1])) == (fault != "drop_before")


def test_a_mark_is_found_by_its_event_even_when_it_was_taken_off_again(box: SandboxHandle) -> None:
    contact = lead(box)
    destination, wanted = RdStationOpportunity(Service(box)), plan_row(row("opportunity", contact))
    since = box.now() - timedelta(minutes=5)
    assert destination.find(wanted, since).presence is Presence.ABSENT
    destination.send(wanted)
    box.advance(1)
    box.marketing("PUT", f"/platform/contacts/uuid:{contact[0]}/funnels/default", json={"opportunity": False})
    found = destination.find(wanted, since)
    assert found.presence is Presence.FOUND and found.recorded_at


def test_a_correction_is_for_a_person(box: SandboxHandle, tmp_path: Path) -> None:
    contact, outbox = lead(box), new_outbox(tmp_path)
    run(box, row("sale", contact), outbox)
    wrong = row(
        "sale", contact, occurrence="cancelled:1", value=Decimal("200.50"), eligible=False, refusal_reason="sale_to_correct"
    )
    destination = RdStationSale(Service(box))
    rehearsal = deliver("sale", [wrong], outbox, destination, FakeClock(), rules("sale"), dry_run=True)
    assert (rehearsal.held, rehearsal.would_send) == (1, 0)
    assert run(box, wrong, outbox).held == 1
    (held,) = (known for known in outbox.ledger("sale").values() if known["occurrence"] != "1")
    assert (held["state"], held["reason"]) == ("held", "sale_to_correct")
    retry(outbox, held["delivery_id"], resend_uncertain=True)
    assert run(box, wrong, outbox).sent == 0  # not even then: a second SALE would count twice
    mark_received(outbox, held["delivery_id"], NOW)
    assert len(told(box, contact[1])) == 1
    exported = {one["occurrence"]: (one["state"], one["value"], one["reason_code"]) for one in export_outbox(outbox)}
    assert exported == {
        "1": ("accepted", Decimal("1234.56"), "invoiced"), "cancelled:1": ("accepted", Decimal("200.50"), "invoiced"),
    }  # fmt: skip


def test_the_ledger_keeps_the_value_that_was_told_not_the_first_one(box: SandboxHandle, tmp_path: Path) -> None:
    contact, outbox = lead(box), new_outbox(tmp_path)
    waiting = row("sale", contact, value=None, reason_code=None, eligible=False, refusal_reason="waiting_invoice")
    assert run(box, waiting, outbox).waiting == {"waiting_invoice": 1}
    run(box, row("sale", contact, value=Decimal("99.90")), outbox)
    (known,) = export_outbox(outbox)
    assert (known["value"], known["reason_code"]) == (Decimal("99.9"), "invoiced")
    assert told(box, contact[1])[0]["payload"]["value"] == 99.9


def test_after_a_lost_ledger_a_sale_waits_for_a_person_and_a_loss_looks_at_the_mark(box: SandboxHandle, tmp_path: Path) -> None:
    contact, outbox = lead(box, opportunity=True), new_outbox(tmp_path, timedelta())
    run(box, row("sale", contact), outbox)
    assert state(outbox, "sale") == ("held", "ledger_younger_than_row")
    run(box, row("loss", contact), outbox, read_before_first_send="never")
    assert [event["event_type"] for event in told(box, contact[1])] == ["OPPORTUNITY_LOST"]


@pytest.mark.parametrize(
    ("sync", "values", "problem"),
    [
        ("opportunity", {"email": None}, "no_email"), ("loss", {"contact_uuid": None}, "no_contact"),
        ("sale", {"value": None}, "no_value"), ("sale", {"value": Decimal("-1")}, "no_value"),
        ("sale", {"occurrence": "cancelled:3"}, "sale_to_correct"), ("sale", {}, None),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_sent(box: SandboxHandle, sync: str, values: dict[str, Any], problem: str | None) -> None:
    assert KINDS[sync](Service(box)).problem(plan_row(row(sync, ("u", "a@example.com.br"), **values))) == problem


def test_an_unreachable_service_tells_nothing() -> None:
    nowhere = SandboxHandle("http://127.0.0.1:9")
    nowhere._tokens["marketing"] = "t"
    for sync, kind in KINDS.items():
        destination, wanted = kind(Service(nowhere)), plan_row(row(sync, ("u", "a@example.com.br")))
        assert destination.find(wanted, NOW).presence is Presence.UNKNOWN
        assert destination.current(wanted).status is None


def test_an_early_contact_is_dropped_without_a_word(box: SandboxHandle, tmp_path: Path) -> None:
    """Why the plan keeps new contacts waiting: the answer is the same 200."""
    box.switch(new_contact_delay_seconds=600.0)
    try:
        contact, outbox = lead(box), new_outbox(tmp_path)
        run(box, row("opportunity", contact), outbox, wait_budget_seconds=0.0)
        assert state(outbox, "opportunity")[0] == "accepted" and funnel_of(box, contact[0])["opportunity"] is False
    finally:
        box.switch(new_contact_delay_seconds=0.0)


def test_replaced_rules_keep_their_type() -> None:
    assert replace(rules("sale"), accept_unusual=True).read_back is ReadBack.NONE
