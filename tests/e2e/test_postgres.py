"""`engine: postgres` from the first reading to the published file: every source lands in it, twice, and it is judged."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from orchestration import stages
from sandbox import truth
from sandbox.exports import write_media
from tests.e2e import line
from tests.e2e.compare import differences
from tests.support.company import company
from tests.support.postgres import ON_POSTGRES, scratch_database
from tests.support.sandbox import running_sandbox, simulated


@pytest.mark.long
def test_the_whole_line_with_the_warehouse_in_postgresql(tmp_path: Path) -> None:
    world = simulated(seed=26, leads=120)
    engine = ON_POSTGRES
    with (
        running_sandbox(world, now=world.end.isoformat(), limit_speed=600.0, home=str(tmp_path / "sandbox")) as box,
        scratch_database() as url,
        company(tmp_path, box, engine, {"BASTAO_TEST_WAREHOUSE_URL": url}) as profile,
    ):
        write_media(world.seed, world.start, world.end, profile.media_folder)
        line.ingest_all(profile)
        line.build(profile)
        first = stages.deliver(profile)
        assert sum(report.accepted for report in first.values()) > 0
        box.advance(600)
        line.ingest_all(profile)
        assert stages.gate_raw(profile, "deliveries", 1).passed
        line.build(profile)
        assert stages.confirm(profile) > 0
        shown = line.frame(profile.paths.published_bi, "select verdict_id, verdict from marts.fct_sla_verdicts")
        with psycopg.connect(url) as warehouse:
            entered = dict(warehouse.execute("select verdict_id, verdict from raw_ledger.verdicts order by row_seq"))
        cost = line.frame(profile.paths.published_bi, "select * from marts.fct_media_cost")
        expected = truth.media_cost(world, world.end)
        key = ["platform", "account_id", "platform_campaign", "spent_on"]
        assert not differences(expected, cost, key, [name for name in expected.columns if name not in key])
        known = shown[shown["verdict"] != "running"]
        assert len(known) > 50
        assert {row.verdict_id: row.verdict for row in known.itertuples()}.items() <= entered.items()
