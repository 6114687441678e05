"""One simulated company read through any of the four CRMs, each into a home of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration import stages
from orchestration.profile import Profile
from sandbox.exports import write_media
from sandbox.world import World
from tests.e2e.crm_mask import RD, Read
from tests.support.company import company
from tests.support.crm_names import names, renamed
from tests.support.crms import company_in, secrets
from tests.support.sandbox import SandboxHandle, running_sandbox, simulated

SHARED = ("agreement", "rd_station", "protheus", "media_cost", "inbox", "deliveries")
MARTS = "+path:models/marts,resource_type:model"  # selection of dbt: without the data tests, which other companies have


class Companies:
    """What is not the CRM's is read once; each CRM goes on from a copy of that home, and is read and built once."""

    def __init__(self, base: Path, box: SandboxHandle, world: World, select: str | None) -> None:
        self.base, self.box, self._select, self._read = base, box, select, dict[str, Profile]()
        with self._company("shared", RD) as profile:
            write_media(world.seed, world.start, world.end, profile.media_folder)
            for source in SHARED:
                stages.ingest(profile, source)

    @property
    def secrets(self) -> dict[str, str]:
        """What the three other CRMs' accounts are opened with, by the names of the environment."""
        return secrets(self.box.credentials)

    def _company(self, name: str, crm: str) -> AbstractContextManager[Profile]:
        return company(self.base / name, self.box, change=company_in(crm, self.box), environ=self.secrets)

    def having(self, crm: str) -> Profile:
        """The company that has this CRM, with the models of `select` built; all of them, and their data tests, without it."""
        if crm not in self._read:
            shutil.copytree(self.base / "shared" / "home", self.base / crm / "home")
            with self._company(crm, crm) as profile, pytest.MonkeyPatch.context() as patch:
                stages.ingest(profile, crm)
                patch.setenv("DBT_INDIRECT_SELECTION", "empty")
                stages.transform(profile, self._select)
                self._read[crm] = profile
        return self._read[crm]

    def through(self, crm: str) -> Read:
        """The marts of the company that has this CRM, in the names of RD Station CRM."""
        warehouse = self.having(crm).paths.warehouse
        assert self.box.app is not None
        return Read(crm, warehouse, renamed(crm, names(crm, self.box.app.sandbox)) if crm != RD else {})


@contextmanager
def companies(base: Path, select: str | None, **size: int) -> Iterator[Companies]:
    """A world of this size in a sandbox, and its company. HubSpot's search shows the last changes late: hence the minutes."""
    world = simulated(**size)
    now = (world.end + timedelta(minutes=3)).isoformat()
    with running_sandbox(world, now=now, limit_speed=600.0, home=str(base / "sandbox")) as box:
        yield Companies(base, box, world, select)
