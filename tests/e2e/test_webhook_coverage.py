"""Webhooks are lost on the way: reading the systems finds the events, and the figure says how many no webhook announced.

Once per CRM that sends webhooks: each receiver, each sender's twin, and how its ids meet those of the deals.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration import diagnosis, hook_coverage, stages, webhooks
from orchestration.clock import Ahead
from orchestration.receiver import Receiver
from orchestration.receiving import access_of
from orchestration.runtime import Runtime
from sandbox import truth
from tests.e2e import line
from tests.e2e.compare import differences
from tests.orchestration.test_webhooks import served
from tests.support.company import company
from tests.support.crms import company_in, secrets
from tests.support.sandbox import SandboxHandle, running_sandbox, simulated

DROPPED = 3
DAYS = 10  # the CRM forgets tokens after 14 days
LOOKS = (6, 10)  # after so many days the systems are read
DAY = timedelta(days=1)
KEY = ["event_date", "source_system", "event_kind"]
OF_DEALS = {"deal_created", "deal_stage", "deal_closed"}
KINDS = {
    "rd_station_crm": OF_DEALS,
    "hubspot": OF_DEALS | {"contact_created", "organization_created"},
    "pipedrive": OF_DEALS | {"contact_created", "organization_created", "activity_logged"},
}


@contextmanager
def received(runtime: Runtime, box: SandboxHandle, crm: str, stamp: Any) -> Iterator[None]:
    """A receiver to which the sandbox sends what RD Station and the CRM announce; `stamp` as in `Receiver`."""
    receivers: list[Receiver] = []

    async def receiver(scope: Any, receive: Any, send: Any) -> None:
        await receivers[0](scope, receive, send)

    with served(receiver) as port:  # type: ignore[arg-type]
        url, own = f"http://127.0.0.1:{port}", access_of(runtime.profile)
        access = replace(own, public_url=url, hubspot_secret=box.credentials["hubspot"]["client_secret"])
        receivers.append(Receiver(runtime.state, access, stamp=stamp))
        base = f"{url}/hooks/{own.secret}"
        webhooks.subscribe(runtime, base)
        if crm == "hubspot":
            box.client.post("/sandbox/hooks", json={"service": "hubspot", "url": f"{base}/hubspot"}).raise_for_status()
        yield


@pytest.mark.long
@pytest.mark.parametrize("crm", KINDS)
def test_what_webhooks_missed_is_found_by_reading_and_counted(tmp_path: Path, crm: str) -> None:
    world = simulated(seed=27, leads=300)
    start = (world.end - timedelta(days=12)).isoformat()
    with (
        running_sandbox(world, now=start, limits=False, home=str(tmp_path / "sandbox")) as box,
        company(tmp_path, box, change=company_in(crm, box), environ=secrets(box.credentials)) as profile,
    ):
        with Runtime(profile) as runtime, received(runtime, box, crm, Ahead(runtime.clock, every=0.2)):
            box.faults(
                {"kind": "webhook_drop", "path": "WEBHOOK.CONVERTED", "count": DROPPED, "after": 3},
                {"kind": "webhook_duplicate", "path": "crm_*", "probability": 0.2},
                {"kind": "webhook_reorder", "path": "WEBHOOK.MARKED_OPPORTUNITY", "probability": 0.3},
            )
            for _ in range(DAYS):
                box.advance(86_400)
                box.settle_hooks()
            assert box.record()["webhooks"]["lost"] == DROPPED
        line.ingest_all(profile)
        line.build(profile)
        found = line.frame(profile.paths.published_bi, "select * from marts.rpt_webhook_coverage")
        missed = found.groupby(["source_system", "event_kind"])["missed"].sum().to_dict()
        assert missed.pop(("rd_station", "conversion")) == DROPPED
        assert set(missed.values()) == {0}, missed
        assert set(found["source_system"]) == {"rd_station", crm}
        assert set(found.loc[found["source_system"] == crm, "event_kind"]) == KINDS[crm]
        assert (found["events"] == found["announced"] + found["missed"]).all()
        assert (found["announced_first"] == found["announced"]).all()  # everything was read afterwards
        assert (found["median_missed_seconds"].notna() == (found["missed"] > 0)).all()
        read = {one.system: one for one in hook_coverage.read(profile.paths.published_bi)}
        assert read[crm].missed == 0 and read[crm].events > 0
        assert any(finding.what == f"webhooks {crm}" for finding in diagnosis.examine(profile))


@pytest.mark.long
@pytest.mark.parametrize("crm", KINDS)
def test_every_day_s_coverage_is_what_the_senders_record_says(tmp_path: Path, crm: str) -> None:
    """A third of the deliveries is lost; read twice, what no webhook announced is found by the next reading."""
    world = simulated(seed=31, leads=300)
    start = world.end - timedelta(days=12)
    with (
        running_sandbox(world, now=start.isoformat(), limits=False, home=str(tmp_path / "sandbox")) as box,
        company(tmp_path, box, change=company_in(crm, box), environ=secrets(box.credentials)) as profile,
    ):
        clock, polls = [start], list[datetime]()
        with Runtime(profile) as runtime, received(runtime, box, crm, lambda: clock[0].replace(tzinfo=None)):
            box.faults(
                *({"kind": "webhook_drop", "path": path, "probability": 0.35} for path in ("WEBHOOK.*", "crm_*", crm)),
                {"kind": "webhook_duplicate", "path": "crm_*", "probability": 0.2},
            )
            for day in range(1, DAYS + 1):
                clock[0] = start + day * DAY  # what is delivered on the way there arrives then
                assert box.advance(DAY.total_seconds()) == clock[0]
                box.settle_hooks()
                if day in LOOKS:
                    polls.append(clock[0])
                    line.ingest_all(profile)
        stages.transform(profile, "+rpt_webhook_coverage")
        seen = truth.knowledge(world, polls[-1], polls).seen
        expected = truth.webhook_coverage(seen, polls, box.get("/sandbox/told")["told"], crm)
        found = line.frame(profile.paths.warehouse, "select * from marts.rpt_webhook_coverage")
        if crm != "rd_station_crm":
            found = found[found["event_kind"] != "deal_stage"]
        assert expected["missed"].sum() > 3 and expected["announced"].sum() > 10
        assert {"rd_station", crm} == set(expected["source_system"])
        problems = differences(expected, found, KEY, [name for name in expected.columns if name not in KEY])
        assert not problems, "\n".join(problems)
