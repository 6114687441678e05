"""Killed with SIGKILL at any stage, the next run ends where an undisturbed one ends, and each lead came back once."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sandbox.world import World
from tests.support.company import ROOT, company, secrets
from tests.support.sandbox import SandboxHandle, running_sandbox, simulated

LEADS, SEED = 120, 26
# (command, crash point, which time it is reached): ingestion, dbt, publish, delivery, in the order of the line. Each
# kill is followed by the next command, so that every interrupted stage is taken up again by a later one.
CHAIN = [
    ("run", "dlt.load.before", 3),  # agreement, Protheus, then RD Station's first package
    ("run", "dlt.load.after", 2),  # RD Station's, then the CRM's
    ("run", "ingest.rd_station.end", 1),
    ("run", "transform.begin", 1),
    ("run", "transform.node", 40),
    ("run", "publish.candidate", 1),
    ("publish", "publish.gated", 1),
    ("publish", "ledger.inserted", 1),
    ("publish", "ledger.end", 1),
    ("publish", "never", 1),
    ("deliver", "plan:after_insert", 1),
    ("deliver", "send:claimed", 1),
    ("deliver", "nurture:after_post", 1),
    ("deliver", "send:recorded", 1),
]
TABLES = {  # everything but what says when a run was
    "fct_handoffs": "*", "fct_opportunities": "*", "fct_sla_verdicts": "*", "fct_revenue": "*", "fct_funnel_events": "*",
    "fct_contact_attempts": "*", "dim_people": "*", "dim_companies": "*", "rpt_funnel": "*", "rpt_headline_metrics": "*",
    "fct_deliveries": "delivery_id, sync, destination, handoff_id, state, refusal_reason",
}  # fmt: skip


@pytest.fixture(scope="module")
def world() -> World:
    return simulated(seed=SEED, leads=LEADS)


class Company:
    """One company with its own sandbox; runs the command in processes of its own."""

    def __init__(self, box: SandboxHandle, folder: Path, home: Path) -> None:
        self.box, self.folder, self.home = box, folder, home
        self.environ = {**os.environ, **secrets(box.credentials), "BASTAO_HOME": str(home)}

    def run(self, *arguments: str, kill: tuple[str, int] = ("never", 1)) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "tests.support.killed_run", kill[0], str(kill[1]), *arguments]
        return subprocess.run(
            [*command, "--profile", str(self.folder)],
            cwd=ROOT,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=400,
        )

    def finish(self) -> None:
        """Run to the end, let the outside settle, and read back what arrived there."""
        for _ in range(2):
            done = self.run("run")
            assert done.returncode == 0, done.stdout + done.stderr
            self.box.advance(600)
            self.box.advance_limits(600)

    def marts(self) -> dict[str, Counter[Any]]:
        with duckdb.connect(str(self.home / "published" / "bastao.duckdb"), read_only=True) as con:
            return {
                t: Counter(con.execute(f"select {c} from marts.{t}").fetchall()) for t, c in TABLES.items()
            }

    def returns(self) -> Counter[tuple[str, str]]:
        """How often each (e-mail, identifier) of ours was accepted by the outside."""
        payloads = [(e.get("body") or {}).get("payload") or {} for e in self.box.ledger()]
        ours = [p for p in payloads if str(p.get("conversion_identifier", "")).startswith("bastao-")]
        return Counter((p["email"], p["conversion_identifier"]) for p in ours)


@contextmanager
def _company(base: Path, world: World) -> Iterator[Company]:
    with (
        running_sandbox(
            world, now=world.end.isoformat(), limit_speed=600.0, home=str(base / "sandbox")
        ) as box,
        company(base, box) as profile,
    ):
        yield Company(box, profile.folder, profile.home)


@pytest.fixture(scope="module")
def undisturbed(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any]]:
    with _company(tmp_path_factory.mktemp("undisturbed"), world) as reference:
        reference.finish()
        assert len(reference.returns()) >= 2, "the reference has to return somebody, or this proves nothing"
        yield reference.marts(), reference.returns()


def _compare(found: Company, undisturbed: tuple[Any, Any]) -> None:
    marts, returns = undisturbed
    assert found.returns() == returns
    assert set(returns.values()) == {1}
    mine = found.marts()
    assert {t: mine[t] - marts[t] for t in TABLES} == {t: Counter() for t in TABLES}
    assert {t: marts[t] - mine[t] for t in TABLES} == {t: Counter() for t in TABLES}
    _ledger_is_whole(found.home / "warehouse.duckdb")


def _ledger_is_whole(warehouse: Path) -> None:
    """The last entry of each verdict says what the mart says, none was written twice, and none is missing."""
    judged = "verdict, reason, due_at, met_at, elapsed_seconds, business_seconds, agreement_hash"
    with duckdb.connect(str(warehouse), read_only=True) as con:
        entries = con.execute(f"select verdict_id, {judged} from raw_ledger.verdicts order by row_seq").fetchall()
        mart = con.execute(f"select verdict_id, {judged} from marts.fct_sla_verdicts").fetchall()
    last: dict[str, tuple[Any, ...]] = {}
    for name, *judgement in entries:
        assert last.get(name) != tuple(judgement), "a judgement was entered twice"
        last[name] = tuple(judgement)
    shown = {name: tuple(judgement) for name, *judgement in mart}
    assert {n: j for n, j in shown.items() if n in last or j[0] != "running"} == {
        n: j for n, j in last.items() if j[0] != "withdrawn"
    }


@pytest.mark.long
def test_killed_at_every_stage_one_after_the_other(
    world: World, undisturbed: tuple[Any, Any], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with _company(tmp_path_factory.mktemp("killed"), world) as victim:
        for command, point, nth in CHAIN:
            done = victim.run(command, kill=(point, nth))
            wanted = 0 if point == "never" else -signal.SIGKILL
            assert done.returncode == wanted, (
                f"{command} {point}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
            )
        victim.finish()
        _compare(victim, undisturbed)
        _readers_never_meet_a_lock(victim)


def _readers_never_meet_a_lock(company_: Company) -> None:
    """While somebody holds the warehouse, the published file opens, and a run says who is in the way."""
    holder = subprocess.Popen(
        [sys.executable, "-c", "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('held', flush=True);"
         " time.sleep(120)", str(company_.home / "warehouse.duckdb")], stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout is not None and holder.stdout.readline().strip() == "held"
        refused = company_.run("publish")
        said = refused.stdout + refused.stderr
        assert refused.returncode not in (0, -signal.SIGKILL), said
        assert "warehouse" in said and "Traceback" not in said, said[-2000:]
        assert company_.marts()["fct_handoffs"], "the last good snapshot stays in place"
    finally:
        holder.kill()
        holder.wait()


@pytest.mark.long
@pytest.mark.parametrize(
    "point",
    [
        ("dlt.load.before", 1),
        ("transform.end", 1),
        ("publish.end", 1),
        ("nurture:before_post", 2),
    ],
    ids=lambda p: f"{p[0]}-{p[1]}",
)
def test_killed_at_one_point(
    world: World,
    undisturbed: tuple[Any, Any],
    tmp_path_factory: pytest.TempPathFactory,
    point: tuple[str, int],
) -> None:
    with _company(tmp_path_factory.mktemp("killed"), world) as victim:
        assert victim.run("run", kill=point).returncode == -signal.SIGKILL, f"{point} was not reached"
        victim.finish()
        _compare(victim, undisturbed)
