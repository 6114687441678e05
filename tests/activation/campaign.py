"""What the fault campaigns share: a client that renews its token, processes that die at a random step, and the disturbance.

The kinds of fault are the sandbox's; a run's date may be set forward or back, its steady time line goes on.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable
from typing import Any

from activation import faults
from tests.activation.loopback import Answer, PlainApi
from tests.support.sandbox import SandboxHandle

KINDS = ("429_lead", "429_gateway", "429_excedded", "500_json", "500_html", "500_after", "html_200", "timeout_before",
         "timeout_after", "drop_before", "drop_after", "expire_token")  # fmt: skip
RUNS, SETTLE = 4, 0.1
JUMPS = (0.0, 0.0, 3600.0, -3600.0, 2 * 86400.0)
# Ahead of every wait that a run under another date wrote down: of the date itself, and of a 429 that came then.
AHEAD = max(JUMPS) + 86400.0
# Rules of every sync in a campaign: waits of tenths of a second, and patience with many failures.
HURRY: dict[str, Any] = {
    "settle_seconds": SETTLE + 0.15, "call_seconds": 0.4, "backoff_seconds": 0.02, "backoff_limit_seconds": 0.05,
    "max_failures": 50, "max_failures_in_a_row": 50, "wait_budget_seconds": 2,
}  # fmt: skip


class SandboxApi(PlainApi):
    """Renews its token once after a 401, as ingestion's client does."""

    def __init__(self, box: SandboxHandle, crm: bool = False):
        super().__init__(f"{box.url}/crm/v2" if crm else box.url, timeout=0.2)
        self.box, self.crm = box, crm

    def request(self, method: str, path: str, **rest: Any) -> Answer:
        for _ in range(2):
            self.headers = self.box.crm_headers() if self.crm else self.box.marketing_headers()
            answer = super().request(method, path, **rest)
            if answer.status != 401:
                break
            self.box._tokens.clear()
        return answer


def child(action: Callable[[], None], countdown: int) -> int:
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


def disturbed(box: SandboxHandle, choose: random.Random, path: str, run: Callable[[float], None]) -> int:
    """Some runs under faults of `path`, alone or two at once, each killed somewhere. How many were killed.

    `run` gets the seconds by which the machine's date is off.
    """
    killed = 0
    for _ in range(RUNS):
        box.clear_faults()
        kinds = choose.sample(KINDS, 3)
        box.faults(*({"kind": kind, "path": path, "probability": 0.15, "seconds": 0.3} for kind in kinds))
        together = 2 if choose.random() < 0.3 else 1
        pids = []
        for _ in range(together):
            off, countdown = choose.choice(JUMPS), choose.randint(1, 40)
            pids.append(child(lambda off=off: run(off), countdown))  # type: ignore[misc]
        killed += sum(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL for pid in pids)
    box.clear_faults()
    return killed
