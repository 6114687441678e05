"""Killed with SIGKILL at random points and run again, each CRM's reader lands what an undisturbed load lands: no gap, no row twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ingestion.kill_campaign import Campaign
from tests.ingestion.killed_crm import loads
from tests.support.sandbox import running_sandbox

NAMES = ("hubspot", "salesforce", "pipedrive", "rd_station_crm")


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    with running_sandbox({"seed": 6, "leads": 40, "months": 2}, limits=False) as box, loads() as run:
        box.advance(120)  # what happened is what HubSpot's search shows
        yield Campaign(box, run, tmp_path_factory.mktemp("killed"))


def assert_resumed(campaign: Campaign, crm: str, seed: int, kills: int) -> None:
    assert sum(map(len, campaign.undisturbed(crm)[0].values())) > 100
    campaign.assert_resumed(crm, seed, kills)


@pytest.mark.parametrize("crm", [pytest.param(name, marks=() if name == NAMES[0] else pytest.mark.long) for name in NAMES])
def test_a_killed_load_is_resumed(campaign: Campaign, crm: str) -> None:
    assert_resumed(campaign, crm, seed=0, kills=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1, 9))
@pytest.mark.parametrize("crm", NAMES)
def test_a_load_killed_again_and_again_is_resumed(campaign: Campaign, crm: str, seed: int) -> None:
    assert_resumed(campaign, crm, seed, kills=3)
