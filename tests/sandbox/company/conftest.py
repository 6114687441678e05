"""Worlds that the company's tests share: simulating one takes seconds, so each is made once."""

from typing import Any

import pytest

from sandbox.company import simulate
from sandbox.world import World


@pytest.fixture(scope="session")
def world() -> World:
    """The default company: 4,000 leads over twelve months."""
    return simulate(seed=11)


@pytest.fixture(scope="session")
def small() -> World:
    """A small company, seed 5."""
    return simulate(seed=5, leads=260, months=8)


@pytest.fixture(scope="session")
def live_rows(world: World) -> dict[str, dict[int, dict[str, Any]]]:
    """The ERP's live rows at the end of the stream: physical table -> recno -> row."""
    tables: dict[str, dict[int, dict[str, Any]]] = {}
    for event in world.events:
        if event.kind == "erp.upsert":
            tables.setdefault(event.data["table"], {})[event.data["recno"]] = event.data["row"]
        elif event.kind in ("erp.delete", "erp.pack"):
            tables[event.data["table"]].pop(event.data["recno"], None)
    return tables
