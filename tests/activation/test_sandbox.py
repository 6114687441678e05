"""Against the sandbox, whose own record is the judge: random kills and every fault it knows, each lead returned once."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from activation import faults
from activation.delivery import deliver
from activation.destinations.rd_station_nurture import RdStationNurture
from activation.outbox import Outbox
from activation.ports import Clock
from tests.activation.loopback import Answer, PlainApi, RealClock
from tests.activation.support import SYNC, one_row, plan_mapping, policy, states
from tests.activation.test_crash import in_child
from tests.support.sandbox import SandboxHandle, running_sandbox

KINDS = ("429_lead", "429_gateway", "429_excedded", "500_json", "500_html", "500_after", "html_200", "timeout_before",
         "timeout_after", "drop_before", "drop_after", "expire_token")  # fmt: skip
RUNS = 6


class SandboxApi(PlainApi):
    """Renews its token once after a 401, as ingestion's client does."""

    def __init__(self, box: SandboxHandle):
        super().__init__(box.url, timeout=0.4)
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
    with running_sandbox({"seed": 5, "leads": 60}, settle_seconds=0.2, limits=False) as running:
        yield running


def emails(box: SandboxHandle, count: int) -> list[str]:
    box._tokens.clear()
    rows = box.marketing("GET", "/platform/segmentations/1/contacts", params={"page_size": 125}).json()["contacts"]
    return [row["email"] for row in rows if row.get("email")][:count]


class LaterClock(RealClock):
    """Two days on, so that rows which a 429 put off are due."""

    def now(self) -> datetime:
        return super().now() + timedelta(days=2)


def deliver_once(box: SandboxHandle, url: str, leads: list[str], round_: str, clock: Clock) -> None:
    now = RealClock().now()
    rows = [plan_mapping(f"{round_}-{n}", email=email, closed_at=now - timedelta(days=1)) for n, email in enumerate(leads)]
    rules = policy(go_live=now - timedelta(days=9), settle_seconds=0.4, call_seconds=1.0, backoff_seconds=0.05,
                   backoff_limit_seconds=0.1, max_failures=50, max_failures_in_a_row=50, wait_budget_seconds=3)  # fmt: skip
    outbox = Outbox(url)
    deliver(SYNC, rows, outbox, RdStationNurture(SandboxApi(box)), clock, rules)
    outbox.engine.dispose()


def one_round(box: SandboxHandle, folder: Path, seed: int) -> None:
    """Some runs, most of them killed somewhere, under faults; then undisturbed ones until nothing is left to do."""
    choose = random.Random(seed)
    leads, round_, url = emails(box, 5), f"round{seed}", f"sqlite:///{folder / 'state.db'}"
    killed = 0
    mark = len(box.ledger("events"))
    for _ in range(RUNS):
        box.clear_faults()
        kinds = choose.sample(KINDS, 3)
        box.faults(*({"kind": kind, "path": "/platform/*", "probability": 0.15, "seconds": 0.6} for kind in kinds))
        countdown = choose.randint(1, 25)

        def handler(point: str) -> None:
            nonlocal countdown
            countdown -= 1
            if countdown == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def dying(handler: Any = handler) -> None:
            faults.install(handler)
            deliver_once(box, url, leads, round_, RealClock())

        killed += in_child(dying) == -signal.SIGKILL
    assert killed, "no run was killed: the campaign proves nothing"
    box.clear_faults()
    time.sleep(0.5)  # the clock below jumps: what was accepted must really have had time to settle
    wanted = [one_row(f"{round_}-{n}").delivery_id for n in range(len(leads))]
    for _ in range(6):
        deliver_once(box, url, leads, round_, LaterClock())
        if set(states(Outbox(url)).values()) == {"accepted"}:
            break
    assert set(states(Outbox(url)).values()) == {"accepted"}, seed
    received = Counter(entry["body"]["payload"]["traffic_value"] for entry in box.ledger("events")[mark:])
    assert received == {delivery_id: 1 for delivery_id in wanted}, seed


@pytest.mark.parametrize("seed", range(2))
def test_campaign(box: SandboxHandle, tmp_path: Path, seed: int) -> None:
    one_round(box, tmp_path, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 160))
def test_long_campaign(box: SandboxHandle, tmp_path: Path, seed: int) -> None:
    one_round(box, tmp_path, seed)
