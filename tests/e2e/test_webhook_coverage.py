"""Webhooks are lost on the way: reading the systems finds the events, and the figure says how many no webhook announced."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration import diagnosis, hook_coverage, webhooks
from orchestration.receiver import Receiver
from orchestration.receiving import access_of
from orchestration.runtime import Runtime
from tests.e2e import line
from tests.orchestration.test_webhooks import served
from tests.support.company import company
from tests.support.sandbox import running_sandbox, simulated

DROPPED = 3


@pytest.mark.long
def test_what_webhooks_missed_is_found_by_reading_and_counted(tmp_path: Path) -> None:
    world = simulated(seed=27, leads=300)
    start = (world.end - timedelta(days=12)).isoformat()
    with (
        running_sandbox(world, now=start, limits=False, home=str(tmp_path / "sandbox")) as box,
        company(tmp_path, box) as profile,
    ):
        with Runtime(profile) as runtime, served(Receiver(runtime.state, access_of(profile))) as port:
            webhooks.subscribe(runtime, f"http://127.0.0.1:{port}/hooks/{access_of(profile).secret}")
            box.faults(
                {"kind": "webhook_drop", "path": "WEBHOOK.CONVERTED", "count": DROPPED, "after": 3},
                {"kind": "webhook_duplicate", "path": "crm_*", "probability": 0.2},
                {"kind": "webhook_reorder", "path": "WEBHOOK.MARKED_OPPORTUNITY", "probability": 0.3},
            )
            box.advance(10 * 86_400)  # the CRM forgets tokens after 14 days
            deadline = time.monotonic() + 60
            while box.record()["webhooks"]["pending"] and time.monotonic() < deadline:
                time.sleep(0.1)
            assert box.record()["webhooks"]["lost"] == DROPPED
        line.ingest_all(profile)
        line.build(profile)
        found = line.frame(profile.paths.published_bi, "select * from marts.rpt_webhook_coverage")
        missed = found.groupby(["source_system", "event_kind"])["missed"].sum().to_dict()
        assert missed.pop(("rd_station", "conversion")) == DROPPED
        assert set(missed.values()) == {0}, missed
        assert set(found["source_system"]) == {"rd_station", "rd_station_crm"}
        assert (found["events"] == found["announced"] + found["missed"]).all()
        read = {one.system: one for one in hook_coverage.read(profile.paths.published_bi)}
        assert read["rd_station_crm"].missed == 0 and read["rd_station_crm"].events > 0
        assert any(finding.what == "webhooks rd_station_crm" for finding in diagnosis.examine(profile))
