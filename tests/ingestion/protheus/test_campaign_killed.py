"""Killed with SIGKILL at random points and run again, by REST and by SQL: what an undisturbed load lands, each row once.

A first load, and the load of some days later, when orders were changed, paid and deleted meanwhile. `test_killed` has the
points inside one package by SQL; here chance chooses.
"""

from __future__ import annotations

import json
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

from ingestion.tables import TABLES
from tests.ingestion.killed_crm import PROTHEUS, Loads, loads
from tests.support.sandbox import SandboxHandle, running_sandbox, simulated

pytestmark = pytest.mark.long
SCHEMA = "raw_protheus"
WHATS = ("call", "before step", "after step")
SEEDS, KILLS = range(1, 7), 3
LATER = 6 * 86_400.0  # less than the days after which tables without stamps are read whole again
Rows = dict[str, Counter[Any]]


class Campaign:
    """One company's ERP, and loads of it into homes of their own. A home starts as a copy of `before`, if there is one."""

    def __init__(self, box: SandboxHandle, run: Loads, folder: Path) -> None:
        self.box, self.run, self.folder = box, run, folder
        self.now = box.now().isoformat()
        self.before: dict[str, Path] = {}
        self._whole: dict[str, tuple[Rows, dict[str, int]]] = {}

    def load(self, mode: str, home: Path, what: str = "", number: int = 0) -> int:
        if not home.exists():
            shutil.copytree(self.before[mode], home) if mode in self.before else home.mkdir()
        return self.run(
            crm=mode, base=self.box.url, given=self.box.credentials, home=str(home), now=self.now, what=what, number=number
        )

    def undisturbed(self, mode: str) -> tuple[Rows, dict[str, int]]:
        """(rows by table, how many calls and steps) of a load that nothing disturbs."""
        if mode not in self._whole:
            home = self.folder / f"{mode}-whole"
            assert self.load(mode, home) == 0
            self._whole[mode] = contents(home), json.loads((home / "counts.json").read_text())
        return self._whole[mode]

    def killed(self, mode: str, seed: int) -> Rows:
        """The rows after loads that end at random points and one to the end."""
        home, rng, died = self.folder / f"{mode}-{seed}", Random(f"{mode}{self.now}{seed}"), 0
        counts = self.undisturbed(mode)[1]
        for kill in range(KILLS):
            what = WHATS[(seed + kill) % len(WHATS)]
            code = self.load(mode, home, what, rng.randint(1, counts[what.rpartition(" ")[2]]))
            assert code in (0, -signal.SIGKILL), code  # a later load has less to do: it may end before its point
            died += code != 0
        assert died and self.load(mode, home) == 0
        return contents(home)


def contents(home: Path) -> Rows:
    """Every row of every table, without when and by which load it came."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return {
            name: Counter(connection.execute(f"select {', '.join(spec.column_names)} from {SCHEMA}.{name}").fetchall())
            for name, spec in TABLES[SCHEMA].items()
        }


def assert_same(found: Rows, whole: Rows) -> None:
    assert {name: rows - whole[name] for name, rows in found.items() if rows - whole[name]} == {}, "rows twice"
    assert {name: rows - found[name] for name, rows in whole.items() if rows - found[name]} == {}, "rows missing"


@contextmanager
def company(folder: Path) -> Iterator[Campaign]:
    """The company some days before the end of its history."""
    world = simulated(seed=6, leads=60, months=3)
    now = (world.end - timedelta(seconds=LATER)).isoformat()
    with running_sandbox(world, now=now, limits=False, home=str(folder / "sandbox")) as box, loads() as run:
        yield Campaign(box, run, folder)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """Nothing was loaded yet."""
    with company(tmp_path_factory.mktemp("first")) as campaign:
        yield campaign


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """Everything was loaded some days ago, in both ways."""
    with company(tmp_path_factory.mktemp("later")) as campaign:
        for mode in PROTHEUS:
            campaign.undisturbed(mode)
        started = Campaign(campaign.box, campaign.run, campaign.folder / "then")
        started.folder.mkdir()
        campaign.box.advance(LATER)
        started.now = campaign.box.now().isoformat()
        started.before = {mode: campaign.folder / f"{mode}-whole" for mode in PROTHEUS}
        yield started


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mode", PROTHEUS)
def test_a_first_load_killed_again_and_again_is_resumed(first: Campaign, mode: str, seed: int) -> None:
    whole, counts = first.undisturbed(mode)
    assert sum(map(len, whole.values())) > 300 and counts["call"] > 25 and counts["step"] > 8
    assert_same(first.killed(mode, seed), whole)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mode", PROTHEUS)
def test_a_later_load_killed_again_and_again_is_resumed(later: Campaign, mode: str, seed: int) -> None:
    whole, before = later.undisturbed(mode)[0], contents(later.before[mode])
    assert {"sd2", "se1"} <= {name for name in whole if whole[name] != before[name]}
    assert_same(later.killed(mode, seed), whole)


def test_both_ways_land_the_same(later: Campaign) -> None:
    assert_same(*(later.undisturbed(mode)[0] for mode in PROTHEUS))
