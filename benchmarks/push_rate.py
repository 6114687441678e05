"""How much of RD Station's allowed rate a backlog of returns uses, and that we never cause a 429.

    .venv/bin/python -m benchmarks.push_rate [--rows 700] [--speed 4]

The sandbox enforces the published cap (120 events and 120 contact calls a minute on the Pro plan) on a clock that runs
`speed` times faster; the real client, the real limiter and the real engine push a backlog into it. The share is what was
accepted, over what the cap allows between the first full window and the last accepted event.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from activation.delivery import deliver
from activation.destinations.rd_station_contact import RdConsent
from activation.destinations.rd_station_nurture import RdStationNurture
from activation.limits import rd_station_limits
from activation.outbox import Outbox
from activation.policy import Policy
from activation.ports import Outcome, SendResult
from activation.quota import SqlLimiter
from ingestion.http import ApiClient
from orchestration.clock import SystemClock
from tests.support.sandbox import SandboxHandle, running_sandbox

CAP, WINDOW = 120, 60.0


class Token:
    """The sandbox's access token."""

    def __init__(self, box: SandboxHandle) -> None:
        self._box = box

    def apply(self, headers: dict[str, str], params: dict[str, Any]) -> str:
        headers |= self._box.marketing_headers()
        return headers["Authorization"]

    def renew(self, used: str) -> bool:
        self._box._tokens.clear()
        return True


class Timed(RdStationNurture):
    """Notes when each event was accepted."""

    def __init__(self, api: Any) -> None:
        super().__init__(api)
        self.accepted: list[float] = []

    def send(self, row: Any) -> SendResult:
        result = super().send(row)
        if result.outcome is Outcome.ACCEPTED:
            self.accepted.append(time.monotonic())
        return result


@contextmanager
def client(box: SandboxHandle, url: str, speed: float) -> Iterator[ApiClient]:
    limiter = SqlLimiter(url, {"rd_station": rd_station_limits("pro")}, speed)
    api = ApiClient(box.url, Token(box), limiter, "rd_station", SystemClock(), patience_seconds=120.0)
    try:
        yield api
    finally:
        api.close()
        limiter.close()


def emails(box: SandboxHandle, wanted: int) -> list[str]:
    """Addresses of contacts, repeated until there are enough."""
    rows = box.marketing("GET", "/platform/segmentations/1/contacts", params={"page_size": 125}).json()["contacts"]
    found = [row["email"] for row in rows if row.get("email")]
    return (found * (wanted // len(found) + 1))[:wanted]


def plan(box: SandboxHandle, rows: int) -> list[dict[str, Any]]:
    happened = SystemClock().now() - timedelta(days=1)
    return [
        {"sync": "nurture_return", "subject_id": f"s{n}", "occurrence": "1", "email": email, "closed_at": happened,
         "conversion_identifier": "bastao-nutricao-sem-timing", "eligible": True, "consent_status": "granted"}
        for n, email in enumerate(emails(box, rows))
    ]  # fmt: skip


def main() -> None:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=700)
    parser.add_argument("--speed", type=float, default=4.0)
    options = parser.parse_args()
    with running_sandbox({"seed": 5, "leads": 200}, limits=True, limit_speed=options.speed) as box, tempfile.TemporaryDirectory() as folder:
        rows, url = plan(box, options.rows), f"sqlite:///{Path(folder) / 'state.db'}"
        box.reset_limits()
        rules = Policy(go_live=SystemClock().now() - timedelta(days=9), max_per_run=10**6, max_per_day=10**6,
                       consent_unknown="allow", wait_budget_seconds=10**6)  # fmt: skip
        with client(box, url, options.speed) as api:
            destination, outbox = Timed(api), Outbox(url)
            outbox.bear("nurture_return", SystemClock().now() - timedelta(days=30))
            report = deliver("nurture_return", rows, outbox, destination, SystemClock(), rules, consent=RdConsent(api))
        refusals = sum(int(status == "429") * count for status, count in _statuses(box.record()).items())
    window = WINDOW / options.speed
    first, last = destination.accepted[0] + window, destination.accepted[-1]
    counted = sum(first < at <= last for at in destination.accepted)
    allowed = CAP * (last - first) / window
    print(f"rows accepted          {report.accepted} of {len(rows)} ({dict(report.refused)} refused)")
    print(f"429 caused by us       {refusals}")
    print(f"share of the cap used  {counted / allowed:.1%} over {(last - first) / window:.1f} windows")


def _statuses(record: Any) -> dict[str, int]:
    """Answers by status, summed over the record of every resource."""
    found: dict[str, int] = {}
    if isinstance(record, dict):
        for name, value in record.items():
            if isinstance(value, int) and str(name).isdigit():
                found[name] = found.get(name, 0) + value
            else:
                for status, count in _statuses(value).items():
                    found[status] = found.get(status, 0) + count
    return found


if __name__ == "__main__":
    main()
