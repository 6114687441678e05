"""Owners of leads, against the sandbox: its own record says who wrote what."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from activation.delivery import deliver
from activation.destinations.rd_station_crm_owner import RdStationCrmOwner
from activation.destinations.rd_station_owner import NOT_A_USER, RdStationOwner
from activation.outbox import Outbox
from activation.plan import read_plan
from activation.policy import Policy
from activation.ports import Outcome, PlanRow, Presence
from activation.report import DeliveryReport
from activation.suppression import SuppressionList
from tests.activation.campaign import SandboxApi
from tests.activation.support import NOW, FakeClock, policy
from tests.support.sandbox import SandboxHandle, running_sandbox

POLICY = policy(
    settle_seconds=1.0, backoff_seconds=0.0, final_refusals=frozenset({"owned", "suppressed"}), not_entered=frozenset({"owned"}),
)  # fmt: skip


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxHandle]:
    with running_sandbox({"seed": 5, "leads": 30}, limits=False) as handle:
        yield handle


@pytest.fixture(autouse=True)
def well_behaved(box: SandboxHandle) -> Iterator[None]:
    yield
    box.clear_faults()


class Service:
    """The sandbox as the port that the destinations want; a lost answer is an exception, as in life."""

    def __init__(self, box: SandboxHandle, crm: bool = False):
        base = f"{box.url}/crm/v2" if crm else box.url
        headers = box.crm_headers() if crm else box.marketing_headers()
        self.client = httpx.Client(base_url=base, headers=headers, timeout=5, trust_env=False, verify=False)  # loopback

    def request(self, method: str, path: str, *, json: Any = None, params: Any = None, resource: str, key: str | None = None) -> Any:
        answer = self.client.request(method, path, json=json, params=params)
        return SimpleNamespace(status=answer.status_code, headers=answer.headers, json=answer.json() if answer.content else None)


def crm(box: SandboxHandle) -> RdStationCrmOwner:
    return RdStationCrmOwner(Service(box, crm=True))


def marketing(box: SandboxHandle) -> RdStationOwner:
    return RdStationOwner(Service(box))


def sellers(box: SandboxHandle) -> list[dict[str, Any]]:
    return list(box.v2("GET", "/users").json()["data"])


def new_deal(box: SandboxHandle, **values: Any) -> str:
    return str(box.v2("POST", "/deals", json={"data": {"name": "Sem dono", **values}}).json()["data"]["id"])


def owner_of(box: SandboxHandle, deal: str) -> str | None:
    owner = box.v2("GET", f"/deals/{deal}").json()["data"]["owner_id"]
    return str(owner) if owner else None


def writes(box: SandboxHandle, deal: str) -> int:
    """How often the CRM took an update of the deal."""
    return sum(entry["method"] == "PUT" and deal in entry["path"] for entry in box.ledger("crm_deals"))


def crm_row(deal: str, owner: str, **values: Any) -> dict[str, Any]:
    return {
        "sync": "owner_crm", "subject_id": f"o-{deal}", "occurrence": "1", "handoff_id": f"h-{deal}", "deal_id": deal,
        "owner_id": owner, "email": "lead@example.com.br", "happened_at": (NOW - timedelta(hours=1)).replace(tzinfo=None),
        "consent_status": "granted", "eligible": True, **values,
    }  # fmt: skip


def rd_row(uuid: str, owner: str, change: int = 1, **values: Any) -> dict[str, Any]:
    return {
        "sync": "owner_rd", "subject_id": f"h-{uuid}", "occurrence": hashlib.md5(f"{owner}|{change}".encode()).hexdigest(),
        "handoff_id": f"h-{uuid}", "contact_uuid": uuid, "owner_email": owner, "email": "lead@example.com.br",
        "only_if_free": False, "happened_at": (NOW - timedelta(hours=1)).replace(tzinfo=None), "consent_status": "granted",
        "eligible": True, **values,
    }  # fmt: skip


def plan_row(raw: dict[str, Any]) -> PlanRow:
    return next(iter(read_plan(raw["sync"], [raw]).values()))


def outbox_in(folder: Path) -> Outbox:
    outbox = Outbox(f"sqlite:///{folder / 'state.db'}")
    for sync in ("owner_crm", "owner_rd"):
        outbox.bear(sync, NOW - timedelta(days=365))
    return outbox


def run(destination: Any, rows: list[dict[str, Any]], outbox: Outbox, rules: Policy = POLICY, **more: Any) -> DeliveryReport:
    return deliver(rows[0]["sync"], rows, outbox, destination, FakeClock(), rules, consent=destination, **more)


def states(outbox: Outbox, sync: str) -> list[tuple[str, str | None]]:
    rows = sorted(outbox.ledger(sync).values(), key=lambda row: row["planned_at"])
    return [(row["state"], row["reason"]) for row in rows]


# ── CRM ──


def test_a_deal_without_owner_gets_one(box: SandboxHandle, tmp_path: Path) -> None:
    seller, deal, outbox = sellers(box)[0]["id"], new_deal(box, rating=4), outbox_in(tmp_path)
    row = crm_row(deal, seller)
    assert crm(box).find(plan_row(row), NOW).presence is Presence.ABSENT
    assert run(crm(box), [row], outbox).accepted == 1
    assert run(crm(box), [row], outbox).accepted == 0
    assert (owner_of(box, deal), writes(box, deal)) == (seller, 1)
    assert crm(box).find(plan_row(row), NOW).presence is Presence.FOUND
    assert box.v2("GET", f"/deals/{deal}").json()["data"]["rating"] == 4


def test_a_persons_choice_wins(box: SandboxHandle, tmp_path: Path) -> None:
    ours, theirs = (one["id"] for one in sellers(box)[:2])
    deal, outbox = new_deal(box, owner_id=theirs), outbox_in(tmp_path)
    run(crm(box), [crm_row(deal, ours)], outbox)
    assert (owner_of(box, deal), writes(box, deal)) == (theirs, 0)
    assert states(outbox, "owner_crm") == [("refused", "owned")]


def test_a_person_who_chooses_between_two_tries_wins(box: SandboxHandle, tmp_path: Path) -> None:
    ours, theirs = (one["id"] for one in sellers(box)[:2])
    deal, outbox = new_deal(box), outbox_in(tmp_path)
    box.faults({"kind": "drop_before", "path": f"/crm/v2/deals/{deal}", "method": "PUT", "count": 1})
    run(crm(box), [crm_row(deal, ours)], outbox, replace(POLICY, wait_budget_seconds=0.0))
    assert states(outbox, "owner_crm") == [("sending", None)]
    box.v2("PUT", f"/deals/{deal}", json={"data": {"owner_id": theirs}})
    run(crm(box), [crm_row(deal, ours)], outbox)
    assert (owner_of(box, deal), states(outbox, "owner_crm")) == (theirs, [("refused", "owned")])


@pytest.mark.parametrize("fault", ["drop_before", "drop_after", "500_after"])
def test_a_lost_answer_leaves_one_write(box: SandboxHandle, tmp_path: Path, fault: str) -> None:
    seller, deal, outbox = sellers(box)[0]["id"], new_deal(box), outbox_in(tmp_path)
    box.faults({"kind": fault, "path": f"/crm/v2/deals/{deal}", "method": "PUT", "count": 1})
    run(crm(box), [crm_row(deal, seller)], outbox)
    assert (owner_of(box, deal), writes(box, deal)) == (seller, 1)
    assert [state for state, _ in states(outbox, "owner_crm")] == ["accepted"]


def test_two_runs_at_once_with_different_ideas_give_one_owner(box: SandboxHandle, tmp_path: Path) -> None:
    one, other = (seller["id"] for seller in sellers(box)[:2])
    deals = [new_deal(box) for _ in range(6)]
    outbox_in(tmp_path)
    together = threading.Barrier(2)

    def go(owner: str) -> None:
        own = Outbox(f"sqlite:///{tmp_path / 'state.db'}")
        together.wait()
        run(crm(box), [crm_row(deal, owner) for deal in deals], own)

    threads = [threading.Thread(target=go, args=(owner,)) for owner in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {writes(box, deal) for deal in deals} == {1}
    assert {owner_of(box, deal) for deal in deals} <= {one, other}
    assert Counter(state for state, _ in states(Outbox(f"sqlite:///{tmp_path / 'state.db'}"), "owner_crm")) == {"accepted": 6}


def test_a_closed_or_deleted_deal_is_left_alone(box: SandboxHandle, tmp_path: Path) -> None:
    seller, closed, deleted, outbox = sellers(box)[0]["id"], new_deal(box), new_deal(box), outbox_in(tmp_path)
    box.v2("PUT", f"/deals/{closed}", json={"data": {"status": "won"}})
    box.v2("DELETE", f"/deals/{deleted}")
    run(crm(box), [crm_row(closed, seller), crm_row(deleted, seller)], outbox)
    assert states(outbox, "owner_crm") == [("refused", "deal_gone")] * 2


@pytest.mark.parametrize(("column", "problem"), [("deal_id", "no_deal"), ("owner_id", "no_owner")])
def test_what_the_crm_cannot_take(box: SandboxHandle, column: str, problem: str) -> None:
    assert crm(box).problem(plan_row(crm_row("d", "s", **{column: None}))) == problem


# ── RD Station Marketing ──


def new_contact(box: SandboxHandle, name: str) -> str:
    email = f"{name}@example.com.br"
    return str(box.marketing("PATCH", f"/platform/contacts/email:{email}", json={"name": name}).json()["uuid"])


def funnel(box: SandboxHandle, uuid: str) -> dict[str, Any]:
    return dict(box.marketing("GET", f"/platform/contacts/uuid:{uuid}/funnels/default").json())


def test_owner_goes_to_the_contact_and_nothing_else_changes(box: SandboxHandle, tmp_path: Path) -> None:
    uuid, seller, outbox = new_contact(box, "dono"), sellers(box)[0]["email"], outbox_in(tmp_path)
    box.marketing("PUT", f"/platform/contacts/uuid:{uuid}/funnels/default", json={"lifecycle_stage": "Qualified Lead", "opportunity": True})
    before = funnel(box, uuid)
    assert run(marketing(box), [rd_row(uuid, seller.upper())], outbox).accepted == 1
    after = funnel(box, uuid)
    assert after.pop("contact_owner_email").lower() == seller.lower()
    assert after == {key: value for key, value in before.items() if key != "contact_owner_email"}
    assert marketing(box).find(plan_row(rd_row(uuid, seller)), NOW).presence is Presence.FOUND


def test_a_page_with_status_200_is_not_taken_for_an_answer(box: SandboxHandle, tmp_path: Path) -> None:
    uuid = box.marketing("POST", "/platform/contacts", json={"email": "pagina@example.com.br"}).json()["uuid"]
    seller, outbox = sellers(box)[0]["email"], outbox_in(tmp_path)
    box.faults({"kind": "html_200", "path": "/platform/contacts/*", "method": "PUT", "count": 1})
    for _ in range(2):
        run(RdStationOwner(SandboxApi(box)), [rd_row(uuid, seller)], outbox)
    shown = box.marketing("GET", f"/platform/contacts/uuid:{uuid}/funnels/default").json()["contact_owner_email"]
    assert (states(outbox, "owner_rd"), shown) == ([("accepted", None)], seller)


def test_a_then_b_then_a_again(box: SandboxHandle, tmp_path: Path) -> None:
    uuid, (one, other), outbox = new_contact(box, "vaivem"), [s["email"] for s in sellers(box)[:2]], outbox_in(tmp_path)
    shown = []
    for change, owner in enumerate((one, other, one, one)):  # the last is the same change once more
        run(marketing(box), [rd_row(uuid, owner, min(change, 2))], outbox, replace(POLICY, newest_content_only=True))
        shown.append(funnel(box, uuid)["contact_owner_email"])
    assert shown == [one, other, one, one]
    assert states(outbox, "owner_rd") == [("accepted", None)] * 3


def test_an_owner_that_was_overtaken_is_never_sent(box: SandboxHandle, tmp_path: Path) -> None:
    uuid, (one, other), outbox = new_contact(box, "ultrapassado"), [s["email"] for s in sellers(box)[:2]], outbox_in(tmp_path)
    waits = rd_row(uuid, one, 1, eligible=False, refusal_reason="grace")
    state_sync = replace(POLICY, newest_content_only=True)
    run(marketing(box), [waits], outbox, state_sync)
    run(marketing(box), [rd_row(uuid, other, 2)], outbox, state_sync)
    assert sorted(states(outbox, "owner_rd")) == [("accepted", None), ("refused", "superseded")]
    assert funnel(box, uuid)["contact_owner_email"] == other


def test_who_is_no_user_of_the_account_is_a_dead_letter_with_a_clear_reason(box: SandboxHandle, tmp_path: Path) -> None:
    uuid, outbox = new_contact(box, "estranho"), outbox_in(tmp_path)
    run(marketing(box), [rd_row(uuid, "ninguem@example.com.br")], outbox)
    assert states(outbox, "owner_rd") == [("dead", f"http_400:{NOT_A_USER}")]
    assert funnel(box, uuid)["contact_owner_email"] is None


def test_a_contact_that_is_gone_is_never_made_anew(box: SandboxHandle, tmp_path: Path) -> None:
    uuid, seller, outbox = new_contact(box, "some"), sellers(box)[0]["email"], outbox_in(tmp_path)
    box.marketing("DELETE", f"/platform/contacts/uuid:{uuid}")
    run(marketing(box), [rd_row(uuid, seller)], outbox)
    assert states(outbox, "owner_rd") == [("refused", "contact_missing")]


def test_a_routed_lead_that_got_an_owner_meanwhile_is_left_alone(box: SandboxHandle, tmp_path: Path) -> None:
    uuid, (ours, theirs), outbox = new_contact(box, "livre"), [s["email"] for s in sellers(box)[:2]], outbox_in(tmp_path)
    box.marketing("PUT", f"/platform/contacts/uuid:{uuid}/funnels/default", json={"contact_owner_email": theirs})
    run(marketing(box), [rd_row(uuid, ours, only_if_free=True)], outbox)
    assert (states(outbox, "owner_rd"), funnel(box, uuid)["contact_owner_email"]) == ([("refused", "owned")], theirs)


def test_who_is_suppressed_is_not_touched(box: SandboxHandle, tmp_path: Path) -> None:
    uuid, seller, outbox = new_contact(box, "quieto"), sellers(box)[0], outbox_in(tmp_path)
    deal = new_deal(box)
    never = SuppressionList(outbox.url)
    never.add("lead@example.com.br", "request", NOW)
    run(marketing(box), [rd_row(uuid, seller["email"])], outbox, suppressed=never)
    run(crm(box), [crm_row(deal, seller["id"])], outbox, suppressed=never)
    assert states(outbox, "owner_rd") == states(outbox, "owner_crm") == [("refused", "suppressed")]
    assert (funnel(box, uuid)["contact_owner_email"], owner_of(box, deal)) == (None, None)


@pytest.mark.parametrize(("values", "problem"), [
    ({"contact_uuid": None}, "no_contact"), ({"owner_email": None}, "no_owner_email"), ({"owner_email": "a@" + "b" * 100}, "no_owner_email"),
])  # fmt: skip
def test_what_rd_station_cannot_take(box: SandboxHandle, values: dict[str, Any], problem: str) -> None:
    assert marketing(box).problem(plan_row({**rd_row("u", "a@example.com.br"), **values})) == problem


def test_an_unreachable_service_tells_nothing(box: SandboxHandle) -> None:
    nowhere = SimpleNamespace(url="http://127.0.0.1:9", marketing_headers=dict, crm_headers=dict)
    for destination, raw in ((marketing(nowhere), rd_row("u", "a@example.com.br")), (crm(nowhere), crm_row("d", "s"))):  # type: ignore[arg-type]
        row = plan_row(raw)
        assert destination.find(row, NOW).presence is Presence.UNKNOWN
        assert destination.current(row).status is None
        assert destination.send(row).outcome is Outcome.NOT_SENT
