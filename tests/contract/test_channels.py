"""Channels of the agreement that no traffic belongs to."""

from __future__ import annotations

from pathlib import Path

from contract import load_agreement, load_mappings
from contract.channels import unmapped_channels
from contract.mappings import Mappings
from tests.contract.full_sample import FULL
from tests.contract.samples import write

DEMO = Path(__file__).parents[2] / "profiles" / "demo"


def test_the_demo_names_only_what_it_maps() -> None:
    assert unmapped_channels(load_agreement(DEMO / "agreement"), load_mappings(DEMO / "mappings")) == []


def test_each_place_that_names_one_without_traffic_is_told(tmp_path: Path) -> None:
    agreement = load_agreement(write(tmp_path, a=FULL))
    found = unmapped_channels(agreement, Mappings())
    assert found and {version for version, _, _ in found} == {agreement.versions[-1].version}
    places = {place.split(".")[0].split("[")[0] for _, place, _ in found}
    assert {"qualification", "routing"} <= places, found
    assert not any(channel in ("unknown", "unmapped", "call", "whatsapp") for _, _, channel in found)
