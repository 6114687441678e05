"""Killed before or after any package: the next run goes on from the last one, with no gap and no row twice."""

from typing import Any

import pytest

from tests.ingestion.fakes import DirectLanding, Home
from tests.ingestion.salesforce.org import WORLD, Org
from tests.ingestion.salesforce.test_reader import assert_equal_to_org
from tests.support.sandbox import running_sandbox


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours runs after it."""


def test_killed_at_any_package(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingestion.runner.PACKAGE_ROWS", 40)
    plain, left = DirectLanding.load, [0]

    def load(self: DirectLanding, tables: Any, state: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        plain(self, tables, state)
        if left[0] == 1 and len(tables) % 2:  # at every other point only after the package was landed
            raise Killed

    monkeypatch.setattr(DirectLanding, "load", load)
    kills = 0
    with running_sandbox(WORLD, limits=False) as box:
        org = Org(box, home)
        for packages in (1, 2, 2, 3):
            left[0] = packages
            try:
                org.load()
            except Killed:
                kills += 1
        left[0] = 1000
        org.load()
        assert_equal_to_org(org, rows_are_single=True)
    assert kills >= 3
