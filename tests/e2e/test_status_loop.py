"""What we tell RD Station does not come back to us: pushed for real, read again by ingestion, rebuilt, and nothing opened.

The sandbox's account is as unkind as it may be: its integration makes a CRM deal of every mark that is set through the API.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration import stages
from orchestration.cli import app
from orchestration.profile import Profile
from orchestration.runtime import Runtime
from tests.e2e import line
from tests.e2e.scenes import Scene, with_scenes
from tests.support.company import company
from tests.support.sandbox import SandboxHandle, running_sandbox, simulated

LEADS, SEED = 40, 31
CONFIGURED = """destinations:
  rd_station_opportunity: {live: true, settle_seconds: 2}
  rd_station_sale: {live: true, invoice_wait_days: 0, without_invoice: crm_amount}
  rd_station_loss: {live: true}
"""
MINE = ("cena-oportunidade", "cena-venda", "cena-perda")


def passages(profile: Profile) -> dict[str, tuple[Any, ...]]:
    """Every hand-over as it is judged: id to person, number and how it opened."""
    query = "select handoff_id, person_id, passage_no, mql_at, mql_at_origin, status from intermediate.int_handoffs"
    with duckdb.connect(str(profile.paths.warehouse), read_only=True) as con:
        return {row[0]: row[1:] for row in con.execute(query).fetchall()}


def told(box: SandboxHandle) -> Counter[tuple[str, str]]:
    events = [entry["body"] for entry in box.ledger("events")]
    return Counter((e["payload"]["email"].split("@")[0], e["event_type"]) for e in events if e["event_type"] != "CONVERSION")


@pytest.mark.long
def test_what_is_pushed_opens_no_passage(tmp_path: Path) -> None:
    world = simulated(seed=SEED, leads=LEADS)
    start, seller = world.end - timedelta(days=6), world.reference["users"][0]["name"]
    scenes = [Scene(world, name, start, seller) for name in MINE]
    scenes[0].moved(2, "Oportunidade").unmarked(3)
    scenes[1].moved(2, "Qualificado").won(20, 4321.99)
    scenes[2].moved(2, "Qualificado").given_back(20, "Sem perfil")
    with (
        running_sandbox(
            with_scenes(world, *scenes), now=world.end.isoformat(), limit_speed=600.0, home=str(tmp_path / "sandbox"),
            integration_on_opportunity=True,
        ) as box,
        company(tmp_path, box, {"destinations:\n": CONFIGURED}) as profile,
    ):  # fmt: skip
        line.ingest_all(profile)
        line.build(profile)
        before = passages(profile)
        looked = CliRunner().invoke(app, ["deliver", "--dry-run", "--only", "rd_station_sale", "--profile", str(profile.folder)])
        assert looked.exit_code == 0, looked.output
        assert "would be sent now" in looked.output and told(box) == {}
        with Runtime(profile) as runtime:
            for sync in ("opportunity", "sale", "loss"):  # ledgers that are older than what happened: nothing was lost
                runtime.outbox.bear(sync, start - timedelta(days=1))
        stages.deliver(profile)
        first = told(box)
        assert {name: first[name] for name in first if name[0] in MINE} == {
            ("cena-oportunidade", "OPPORTUNITY"): 1, ("cena-venda", "SALE"): 1, ("cena-perda", "OPPORTUNITY_LOST"): 1,
        }  # fmt: skip
        (sale,) = [e["body"] for e in box.ledger("events") if e["body"]["payload"]["email"].startswith("cena-venda@")]
        assert sale["payload"]["value"] == 4321.99
        deals = box.v1("GET", "/deals").json()["total"]
        box.advance(3600)
        line.ingest_all(profile)
        line.build(profile)
        stages.confirm(profile)
        stages.deliver(profile)
        assert told(box) == first
        assert box.v1("GET", "/deals").json()["total"] == deals > len(before)
        after = passages(profile)
        assert {key: row for key, row in after.items() if key in before} == before and after.keys() == before.keys()
        with Runtime(profile) as runtime:
            found = {sync: Counter(row["state"] for row in runtime.outbox.ledger(sync).values()) for sync in ("opportunity", "sale", "loss")}
        assert found["opportunity"]["confirmed"] >= 1 and found["sale"]["accepted"] >= 1 and found["loss"]["confirmed"] >= 1, found
