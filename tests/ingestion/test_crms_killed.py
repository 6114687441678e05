"""Killed with SIGKILL at random points and run again, each CRM's reader lands what an undisturbed load lands: no gap, no row twice."""

from __future__ import annotations

import json
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from benchmarks.crm_readers import CRMS
from ingestion.tables import TABLES
from tests.ingestion.killed_crm import Loads, loads
from tests.support.sandbox import SandboxHandle, running_sandbox

NAMES = ("hubspot", "salesforce", "pipedrive", "rd_station_crm")
WHATS = ("call", "before step", "after step")


class Killed:
    """One simulated company, its CRMs, and loads into homes of their own."""

    def __init__(self, box: SandboxHandle, run: Loads, folder: Path) -> None:
        self.box, self.run, self.folder = box, run, folder
        self.now = box.now().isoformat()
        self.whole: dict[str, tuple[dict[str, Counter[Any]], dict[str, int]]] = {}

    def load(self, crm: str, home: Path, what: str = "", number: int = 0) -> int:
        home.mkdir(exist_ok=True)
        given = self.box.credentials  # read each time: RD Station CRM's refresh tokens die at their first use
        return self.run(crm=crm, base=self.box.url, given=given, home=str(home), now=self.now, what=what, number=number)

    def undisturbed(self, crm: str) -> tuple[dict[str, Counter[Any]], dict[str, int]]:
        """(rows by table, how many calls and steps) of a load that nothing disturbs."""
        if crm not in self.whole:
            home = self.folder / f"{crm}-whole"
            assert self.load(crm, home) == 0
            counts = json.loads((home / "counts.json").read_text())
            self.whole[crm] = contents(crm, home), counts
        return self.whole[crm]


def contents(crm: str, home: Path) -> dict[str, Counter[Any]]:
    """Every row of every table, without when and by which load it came."""
    schema = CRMS[crm].schema
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return {
            name: Counter(connection.execute(f"select {', '.join(spec.column_names)} from {schema}.{name}").fetchall())
            for name, spec in TABLES[schema].items()
        }


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    with running_sandbox({"seed": 6, "leads": 40, "months": 2}, limits=False) as box, loads() as run:
        box.advance(120)  # what happened is what HubSpot's search shows
        yield Killed(box, run, tmp_path_factory.mktemp("killed"))


def assert_resumed(killed: Killed, crm: str, seed: int, kills: int) -> None:
    """`kills` loads that end at random points, then one to the end: the same rows, each once."""
    whole, counts = killed.undisturbed(crm)
    assert sum(map(len, whole.values())) > 100
    rng, home = Random(f"{crm}{seed}"), killed.folder / f"{crm}-{seed}"
    died = 0
    for kill in range(kills):
        what = WHATS[(seed + kill) % len(WHATS)]
        most = counts[what.rpartition(" ")[2]]
        code = killed.load(crm, home, what, rng.randint(1, most))
        assert code in (0, -signal.SIGKILL), code  # a later load has less to do: it may end before its point
        died += code != 0
    assert died and killed.load(crm, home) == 0
    found = contents(crm, home)
    assert {name: rows - whole[name] for name, rows in found.items()} == {name: Counter() for name in whole}, "rows twice"
    assert {name: rows - found[name] for name, rows in whole.items()} == {name: Counter() for name in whole}, "rows missing"


@pytest.mark.parametrize("crm", [pytest.param(name, marks=() if name == NAMES[0] else pytest.mark.long) for name in NAMES])
def test_a_killed_load_is_resumed(killed: Killed, crm: str) -> None:
    assert_resumed(killed, crm, seed=0, kills=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 9))
@pytest.mark.parametrize("crm", NAMES)
def test_a_load_killed_again_and_again_is_resumed(killed: Killed, crm: str, seed: int) -> None:
    assert_resumed(killed, crm, seed, kills=3)
