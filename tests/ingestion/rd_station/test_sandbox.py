"""The read of RD Station Marketing against the sandbox: a whole company, what changed, faults, and SIGKILL."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingestion.rd_station import RdStationApi, RdStationConfig, run
from tests.ingestion.fakes import Home
from tests.support.sandbox import SandboxHandle, running_sandbox

WORLD = {"seed": 5, "leads": 90, "months": 3}
ROOT = Path(__file__).resolve().parents[3]


class Marketing:
    """A sandbox and the home that reads it."""

    def __init__(self, box: SandboxHandle, home: Home) -> None:
        self.box, self.home = box, home
        own = box.credentials["marketing"]
        self.config = RdStationConfig(
            own["client_id"],
            own["client_secret"],
            own["refresh_token"],
            base_url=box.url,
            slice_size=30,
            workers=4,
        )

    def load(self, **settings: Any):
        self.home.clock.instant = self.box.now()
        ports, config = self.home.ports(), replace(self.config, **settings)
        api = RdStationApi(config, ports)
        try:
            report = run(config, ports, self.home.target, api)
        finally:
            self.requests = api.requests
            api.close()
        return report

    @property
    def contacts(self) -> dict[str, Any]:
        assert self.box.app is not None
        return self.box.app.sandbox.engine.marketing.contacts


@pytest.fixture
def marketing(home: Home) -> Iterator[Marketing]:
    with running_sandbox(WORLD, limits=False) as box:
        yield Marketing(box, home)


LATEST = """(select *, row_number() over (partition by contact_uuid order by load_seq desc, row_seq desc) as n
             from raw_rd_station.{}) where n = 1"""


def assert_equal_to_company(marketing: Marketing) -> None:
    """Every contact with its dates, stage, scores and events as the company has them."""
    query = marketing.home.query
    stored = query(
        f"select contact_uuid, created_at from {LATEST.format('contacts')} and not is_deleted order by 1"
    )
    assert stored == [(key, naive(c.created_at)) for key, c in sorted(marketing.contacts.items())]
    funnels = query(f"select contact_uuid, lifecycle_stage, opportunity, contact_owner_email, fit, interest "
                    f"from {LATEST.format('funnels')} order by 1")  # fmt: skip
    live = [row for row in funnels if row[0] in marketing.contacts]
    assert live == [
        (key, c.lifecycle_stage, c.opportunity, c.owner, c.fit, c.interest)
        for key, c in sorted(marketing.contacts.items())
    ]
    events = set(
        query(
            "select contact_uuid, event_type, event_identifier, occurred_at from raw_rd_station.conversions"
        )
    )
    wanted = {
        (key, event.type, event.identifier, naive(event.at))
        for key, contact in marketing.contacts.items() for event in contact.interactions
        if event.type in ("CONVERSION", "OPPORTUNITY")
    }  # fmt: skip
    assert {row for row in events if row[0] in marketing.contacts} >= wanted
    keys = query("select count(distinct event_key), count(distinct (contact_uuid, event_type, event_identifier, occurred_at)) "
                 "from raw_rd_station.conversions")  # fmt: skip
    assert keys[0][0] >= keys[0][1]


def naive(moment: datetime) -> datetime:
    moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def test_first_load_then_what_changed(marketing: Marketing) -> None:
    first = marketing.load()
    assert first.rows_by_table["contacts"] == len(marketing.contacts)
    assert_equal_to_company(marketing)
    assert marketing.load().rows == 0
    assert marketing.requests < 8
    marketing.box.advance(2 * 86400)
    second = marketing.load()
    assert 0 < second.rows_by_table["contacts"] < 40
    assert marketing.requests < 12 + 6 * second.rows_by_table["contacts"]
    observed = marketing.home.query(
        "select distinct observed_at from raw_rd_station.funnels where load_seq = 3"
    )
    assert observed == [(marketing.box.now().replace(tzinfo=None, microsecond=0),)]  # the service's instant


def test_a_full_sweep_finds_edits_and_scores(marketing: Marketing) -> None:
    marketing.load()
    marketing.box.advance(9 * 86400)
    marketing.load()
    assert_equal_to_company(marketing)


def test_faults_change_nothing_in_the_end(marketing: Marketing) -> None:
    marketing.box.faults(
        {"kind": "500_html", "path": "/platform/*", "probability": 0.02},
        {"kind": "drop_before", "path": "/platform/*", "probability": 0.02},
        {"kind": "expire_token", "path": "/platform/*", "count": 2, "after": 80},
        {"kind": "429_gateway", "path": "/platform/*", "count": 3},
        {"kind": "html_200", "path": "/platform/contacts/*", "count": 2, "after": 50},
    )
    report = marketing.load()
    marketing.box.clear_faults()
    if report.rows_by_table["contacts"] < len(marketing.contacts):
        assert any("could not be read and stay on the list" in note for note in report.notes)
    marketing.load()
    assert_equal_to_company(marketing)


CHILD = """
import json, sys
from pathlib import Path
from tests.ingestion.fakes import Home
from ingestion.rd_station import RdStationConfig, run
settings = json.loads(sys.argv[1])
home = Home(Path(settings.pop("home")))
run(RdStationConfig(**settings), home.ports(), home.target)
"""


def test_killed_by_sigkill_it_goes_on_where_it_was(dlt_home: Home) -> None:
    """Through dlt: no contact missing, none read twice beyond the slice that was lost."""
    with running_sandbox(WORLD, limits=False) as box:
        marketing = Marketing(box, dlt_home)
        settings = {name: getattr(marketing.config, name) for name in ("client_id", "client_secret", "refresh_token",
                    "base_url", "slice_size", "workers")}  # fmt: skip
        settings["home"] = str(dlt_home.target.home)
        box.faults({"kind": "slow", "path": "/platform/contacts/*", "seconds": 0.02})
        child = subprocess.Popen([sys.executable, "-c", CHILD, json.dumps(settings)], cwd=ROOT)
        deadline = time.monotonic() + 60
        while requests(box) < 4 * 55 and time.monotonic() < deadline and child.poll() is None:
            time.sleep(0.01)
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        box.clear_faults()
        dlt_home.load_seq = 1
        marketing.load()
        counts = dlt_home.query(
            "select count(*), count(distinct contact_uuid), count(distinct load_seq) from raw_rd_station.funnels"
        )
        assert counts == [(len(marketing.contacts), len(marketing.contacts), 2)]
        assert requests(box, "funnel") <= len(marketing.contacts) + 30 + 8


def requests(box: SandboxHandle, *resources: str) -> int:
    services = box.record()["services"].get("marketing", {})
    return sum(counts["total"] for name, counts in services.items() if not resources or name in resources)
