"""The truth of webhook coverage, from the senders' own record: nothing is missed when nothing was lost, and what was lost is missed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from sandbox import truth
from tests.sandbox.receivers import receiving
from tests.support.sandbox import SandboxHandle, running_sandbox, simulated

pytestmark = pytest.mark.long
DAYS = 8
HOOKS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "rd_station_crm": [("crm_v2", {"event_type": f"crm_deal_{action}"}) for action in ("created", "updated", "deleted")],
    "hubspot": [("hubspot", {"event_type": "*"})],
    "pipedrive": [("pipedrive", {"event_type": "*.*", "number": 1})],
}


@contextmanager
def subscribed(crm: str) -> Iterator[tuple[SandboxHandle, Any]]:
    """The sandbox some days before its history ends, with a receiver that takes everything."""
    world = simulated(seed=31, leads=200)
    with running_sandbox(world, now=(world.end - timedelta(days=DAYS + 1)).isoformat(), limits=False) as box, receiving() as receiver:
        assert box.app is not None
        marketing = [("marketing", {"event_type": f"WEBHOOK.{name}"}) for name in ("CONVERTED", "MARKED_OPPORTUNITY")]
        for service, row in [*marketing, *HOOKS[crm]]:
            box.app.sandbox.hooks.add(service, {**row, "url": receiver.url})
        yield box, world


def told_of(box: SandboxHandle, days: int) -> list[dict[str, Any]]:
    """What was told after so many days more."""
    for _ in range(days):
        box.advance(86_400)
        box.settle_hooks()
    return list(box.get("/sandbox/told")["told"])


@pytest.mark.parametrize("crm", HOOKS)
def test_what_was_lost_is_missed_and_nothing_else(crm: str) -> None:
    with subscribed(crm) as (box, world):
        half = told_of(box, DAYS // 2)
        assert half and {row["outcome"] for row in half} == {"accepted"}
        polls = [box.now()]
        before = truth.webhook_coverage(truth.knowledge(world, polls[0], polls).seen, polls, half, crm)
        assert set(before["source_system"]) == {"rd_station", crm} and before["missed"].sum() == 0
        assert (before["announced_share"] == 1).all() and before["median_missed_seconds"].isna().all()
        box.faults({"kind": "webhook_drop", "path": "*"})
        told = told_of(box, DAYS // 2)
        polls.append(box.now())
        after = truth.webhook_coverage(truth.knowledge(world, polls[1], polls).seen, polls, told, crm)
        lost = after[after["missed"] > 0]
        assert lost["missed"].sum() > 5 and (lost["longest_missed_seconds"] <= DAYS // 2 * 86_400).all()
        assert {row["outcome"] for row in told[len(half) :]} == {"lost"}
        first = polls[0].date()
        assert lost["event_date"].min() >= first - timedelta(days=1)
