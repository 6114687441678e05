"""Killed with SIGKILL at random points and run again, by REST and by SQL: what an undisturbed load lands, each row once.

A first load, and the load of some days later, when orders were changed, paid and deleted meanwhile. `test_killed` has the
points inside one package by SQL; here chance chooses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from tests.ingestion.kill_campaign import Campaign, assert_same, contents
from tests.ingestion.killed_crm import PROTHEUS, loads
from tests.support.sandbox import running_sandbox, simulated

pytestmark = pytest.mark.long
SEEDS, KILLS = range(1, 7), 3
LATER = 6 * 86_400.0  # less than the days after which tables without stamps are read whole again


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
    first.assert_resumed(mode, seed, KILLS)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mode", PROTHEUS)
def test_a_later_load_killed_again_and_again_is_resumed(later: Campaign, mode: str, seed: int) -> None:
    whole, before = later.undisturbed(mode)[0], contents(later.before[mode], mode)
    assert {"sd2", "se1"} <= {name for name in whole if whole[name] != before[name]}
    later.assert_resumed(mode, seed, KILLS)


def test_both_ways_land_the_same(later: Campaign) -> None:
    assert_same(*(later.undisturbed(mode)[0] for mode in PROTHEUS))
