"""The fault campaign against the sandbox, whose own record is the judge.

Each round: runs killed at random steps, alone or two at once, under random faults of the outside (throttling of three
kinds, errors before and after acting, time-outs, dropped connections, expired tokens) and with the machine's date set
forward and back. Then undisturbed runs until nothing is left. Every lead that may go has arrived once, nobody else has,
nothing stays `sending`, and evidence that comes twice changes nothing.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activation.confirmation import confirm
from activation.delivery import deliver
from activation.destinations.rd_station_contact import RdConsent
from activation.destinations.rd_station_nurture import RdStationNurture
from activation.outbox import Outbox
from orchestration.clock import SystemClock
from tests.activation.campaign import AHEAD, HURRY, SETTLE, SandboxApi, disturbed
from tests.activation.loopback import JumpingClock
from tests.activation.support import SYNC, one_row, plan_mapping, policy, states
from tests.support.sandbox import SandboxHandle, running_sandbox

LEADS = 4


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxHandle]:
    with running_sandbox({"seed": 5, "leads": 60}, settle_seconds=SETTLE, limits=False) as running:
        yield running


@pytest.fixture(scope="module")
def contacts(box: SandboxHandle) -> dict[str, list[str]]:
    """E-mails by consent, as the sandbox has it: granted and declined."""
    box._tokens.clear()
    rows = box.marketing("GET", "/platform/segmentations/1/contacts", params={"page_size": 125}).json()["contacts"]
    found: dict[str, list[str]] = {"granted": [], "declined": []}
    for row in rows:
        whole = box.marketing("GET", f"/platform/contacts/{row['uuid']}").json()
        statuses = {b["status"] for b in whole.get("legal_bases") or [] if b["category"] == "communications"}
        if whole.get("email") and statuses & {"declined", "granted"}:
            found["declined" if "declined" in statuses else "granted"].append(whole["email"])
    assert len(found["granted"]) >= LEADS
    return found


def plan(leads: list[str], unwilling: list[str], round_: str) -> list[dict[str, Any]]:
    happened = SystemClock().now() - timedelta(days=1)
    rows = [plan_mapping(f"{round_}-{n}", email=email, closed_at=happened) for n, email in enumerate(leads)]
    # The plan was made before they declined: what is asked just before sending decides.
    return rows + [plan_mapping(f"{round_}-no{n}", email=email, closed_at=happened) for n, email in enumerate(unwilling)]


def deliver_once(box: SandboxHandle, url: str, rows: list[dict[str, Any]], off_seconds: float) -> None:
    now = SystemClock().now()
    rules = policy(go_live=now - timedelta(days=9), **HURRY)
    outbox, api = Outbox(url), SandboxApi(box)
    deliver(SYNC, rows, outbox, RdStationNurture(api), JumpingClock(off_seconds), rules, consent=RdConsent(api))
    outbox.engine.dispose()


def one_round(box: SandboxHandle, contacts: dict[str, list[str]], folder: Path, seed: int) -> int:
    """One round; returns how many runs were killed."""
    choose = random.Random(seed)
    leads = choose.sample(contacts["granted"], LEADS)
    unwilling = choose.sample(contacts["declined"], min(1, len(contacts["declined"])))
    round_, url = f"round{seed}", f"sqlite:///{folder / 'state.db'}"
    rows, mark = plan(leads, unwilling, round_), len(box.ledger("events"))
    killed = disturbed(box, choose, "/platform/*", lambda off: deliver_once(box, url, rows, off))
    wanted = {one_row(f"{round_}-{n}").delivery_id for n in range(len(leads))}
    for _ in range(8):
        deliver_once(box, url, rows, AHEAD)
        found = states(Outbox(url))
        if set(found.values()) <= {"accepted", "refused"}:
            break
        time.sleep(0.2)
    assert found == {row["subject_id"]: "refused" if "-no" in row["subject_id"] else "accepted" for row in rows}, seed
    received = Counter(entry["body"]["payload"]["traffic_value"] for entry in box.ledger("events")[mark:])
    assert received == dict.fromkeys(wanted, 1), seed
    seen = [{"sync": SYNC, "delivery_id": delivery_id, "confirmed_at": SystemClock().now()} for delivery_id in wanted]
    assert confirm(Outbox(url), seen + seen).confirmed == len(wanted)
    assert confirm(Outbox(url), seen).already == len(wanted)
    return killed


@pytest.mark.parametrize("seed", range(20))
def test_campaign(
    box: SandboxHandle, contacts: dict[str, list[str]], kills: list[int], tmp_path: Path, seed: int
) -> None:
    kills.append(one_round(box, contacts, tmp_path, seed))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 300))
def test_long_campaign(
    box: SandboxHandle, contacts: dict[str, list[str]], kills: list[int], tmp_path: Path, seed: int
) -> None:
    kills.append(one_round(box, contacts, tmp_path, seed))
