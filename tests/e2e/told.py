"""One simulated company after its first complete run, with the truth beside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from orchestration import stages
from orchestration.profile import Profile
from sandbox import truth
from sandbox.exports import write_media
from sandbox.world import World
from tests.e2e import line
from tests.support.company import company
from tests.support.sandbox import SandboxHandle, running_sandbox, simulated

FAULTS = [
    {"kind": kind, "path": path, "probability": share, "seconds": 0.2}
    for kind, path, share in (
        ("429_gateway", "/platform/*", 0.01),
        ("429_excedded", "/platform/*", 0.005),
        ("429_v2", "/crm/v2/*", 0.02),
        ("500_json", "*", 0.01),
        ("500_html", "/crm-v1/*", 0.01),
        ("timeout_before", "/platform/contacts/*", 0.003),
        ("timeout_after", "/platform/events", 0.15),
        ("drop_before", "*", 0.01),
        ("drop_after", "/platform/events", 0.15),
        ("500_after", "/platform/events", 0.1),
        ("expire_token", "*", 0.003),
        ("slow", "*", 0.005),
    )
]
HANDOFFS = (
    "select f.*, i.opening_record, i.closing_opportunity_id from marts.fct_handoffs f"
    " join intermediate.int_handoffs i using (handoff_id)"
)


def with_record(table: str, key: str = "handoff_id") -> str:
    """A mart with the opening record of its hand-over beside it: the truth names hand-overs by that."""
    return f"select t.*, i.opening_record from marts.{table} t left join intermediate.int_handoffs i on t.{key} = i.handoff_id"


@dataclass
class Story:
    """One company after its first complete run, with the truth beside it."""

    world: World
    box: SandboxHandle
    profile: Profile
    known: Any
    truth: dict[str, pd.DataFrame]
    faulty: bool

    def mart(self, query: str) -> pd.DataFrame:
        return line.frame(self.profile.paths.warehouse, query)


@contextmanager
def told(base: Path, seed: int, leads: int, dirt: float, faulty: bool) -> Iterator[Story]:
    """The company of a seed, read and built below `base`; `faulty`: with every fault of the outside systems switched on."""
    world = simulated(seed=seed, leads=leads, dirt=dirt)
    with (
        running_sandbox(world, now=world.end.isoformat(), limit_speed=600.0, home=str(base / "sandbox")) as box,
        company(base, box) as profile,
    ):
        if faulty:
            box.faults(*FAULTS)
        _download_media(world, profile)
        line.ingest_all(profile)
        line.build(profile)
        known = truth.knowledge(world, world.end, [world.end])
        yield Story(world, box, profile, known, truth.frames(known, world, world.end), faulty)


def _download_media(world: World, profile: Profile) -> None:
    """The ad accounts' exports, read twice: all days some weeks ago, and now the last two months, in their place."""
    earlier = world.end - timedelta(days=20, hours=5)
    write_media(world.seed, world.start, earlier, profile.media_folder)
    stages.ingest(profile, "media_cost")
    write_media(world.seed, world.start, world.end, profile.media_folder, first=(world.end - timedelta(days=60)).date())
