"""The fault campaign against the sandbox, whose own record is the judge.

Each round: runs killed at random steps, alone or two at once, under random faults of the outside (throttling of three
kinds, errors before and after acting, time-outs, dropped connections, expired tokens) and with the machine's date set
forward and back. Then undisturbed runs until nothing is left. Every lead that may go has arrived once, nobody else has,
nothing stays `sending`, and evidence that comes twice changes nothing.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from activation import faults
from activation.confirmation import confirm
from activation.delivery import deliver
from activation.destinations.rd_station_contact import RdConsent
from activation.destinations.rd_station_nurture import RdStationNurture
from activation.outbox import Outbox
from orchestration.clock import SystemClock
from tests.activation.loopback import Answer, JumpingClock, PlainApi
from tests.activation.support import SYNC, one_row, plan_mapping, policy, states
from tests.support.sandbox import SandboxHandle, running_sandbox

KINDS = ("429_lead", "429_gateway", "429_excedded", "500_json", "500_html", "500_after", "html_200", "timeout_before",
         "timeout_after", "drop_before", "drop_after", "expire_token")  # fmt: skip
RUNS, LEADS, SETTLE = 4, 4, 0.1
JUMPS = (0.0, 0.0, 3600.0, -3600.0, 2 * 86400.0)
# Ahead of every wait that a run under another date wrote down: of the date itself, and of a 429 that came then.
AHEAD = max(JUMPS) + 86400.0


class SandboxApi(PlainApi):
    """Renews its token once after a 401, as ingestion's client does."""

    def __init__(self, box: SandboxHandle):
        super().__init__(box.url, timeout=0.2)
        self.box = box

    def request(self, method: str, path: str, **rest: Any) -> Answer:
        for _ in range(2):
            self.headers = self.box.marketing_headers()
            answer = super().request(method, path, **rest)
            if answer.status != 401:
                break
            self.box._tokens.clear()
        return answer


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


@pytest.fixture(scope="module")
def kills() -> Iterator[list[int]]:
    """How many runs of each round were killed; a campaign without kills proves nothing."""
    counted: list[int] = []
    yield counted
    assert sum(counted) >= len(counted), f"{sum(counted)} kills in {len(counted)} rounds"


def plan(leads: list[str], unwilling: list[str], round_: str) -> list[dict[str, Any]]:
    happened = SystemClock().now() - timedelta(days=1)
    rows = [plan_mapping(f"{round_}-{n}", email=email, closed_at=happened) for n, email in enumerate(leads)]
    # The plan was made before they declined: what is asked just before sending decides.
    return rows + [plan_mapping(f"{round_}-no{n}", email=email, closed_at=happened) for n, email in enumerate(unwilling)]


def deliver_once(box: SandboxHandle, url: str, rows: list[dict[str, Any]], off_seconds: float) -> None:
    now = SystemClock().now()
    rules = policy(go_live=now - timedelta(days=9), settle_seconds=SETTLE + 0.15, call_seconds=0.4, backoff_seconds=0.02,
                   backoff_limit_seconds=0.05, max_failures=50, max_failures_in_a_row=50, wait_budget_seconds=2)  # fmt: skip
    outbox, api = Outbox(url), SandboxApi(box)
    deliver(SYNC, rows, outbox, RdStationNurture(api), JumpingClock(off_seconds), rules, consent=RdConsent(api))
    outbox.engine.dispose()


def child(action: Any, countdown: int) -> int:
    """Fork; the child kills itself at its `countdown`-th crash point, or ends. Its process id."""
    pid = os.fork()
    if pid:
        return pid
    try:

        def handler(_: str) -> None:
            nonlocal countdown
            countdown -= 1
            if countdown == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        faults.install(handler)
        action()
    finally:
        os._exit(0)


def one_round(box: SandboxHandle, contacts: dict[str, list[str]], folder: Path, seed: int) -> int:
    """One round; returns how many runs were killed."""
    choose = random.Random(seed)
    leads = choose.sample(contacts["granted"], LEADS)
    unwilling = choose.sample(contacts["declined"], min(1, len(contacts["declined"])))
    round_, url = f"round{seed}", f"sqlite:///{folder / 'state.db'}"
    rows, mark, killed = plan(leads, unwilling, round_), len(box.ledger("events")), 0
    for _ in range(RUNS):
        box.clear_faults()
        kinds = choose.sample(KINDS, 3)
        box.faults(*({"kind": kind, "path": "/platform/*", "probability": 0.15, "seconds": 0.3} for kind in kinds))
        together = 2 if choose.random() < 0.3 else 1
        pids = []
        for _ in range(together):
            off, countdown = choose.choice(JUMPS), choose.randint(1, 40)
            pids.append(child(lambda off=off: deliver_once(box, url, rows, off), countdown))
        killed += sum(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL for pid in pids)
    box.clear_faults()
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
