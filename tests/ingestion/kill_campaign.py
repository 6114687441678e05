"""Loads that are killed at random points and run again, held against a load that nothing disturbs. Any source of `killed_crm`."""

from __future__ import annotations

import json
import shutil
import signal
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from benchmarks.crm_readers import CRMS
from ingestion.tables import TABLES
from tests.ingestion.killed_crm import PROTHEUS, Loads
from tests.support.sandbox import SandboxHandle

WHATS = ("call", "before step", "after step")
Rows = dict[str, Counter[Any]]


class Campaign:
    """One simulated company, and loads of its sources into homes of their own. A home starts as a copy of `before`, if there is one."""

    def __init__(self, box: SandboxHandle, run: Loads, folder: Path) -> None:
        self.box, self.run, self.folder = box, run, folder
        self.now = box.now().isoformat()
        self.before: dict[str, Path] = {}
        self._whole: dict[str, tuple[Rows, dict[str, int]]] = {}

    def load(self, source: str, home: Path, what: str = "", number: int = 0) -> int:
        """The exit code of one load that ends at a point, or at its end."""
        if not home.exists():
            shutil.copytree(self.before[source], home) if source in self.before else home.mkdir()
        given = self.box.credentials  # read each time: RD Station CRM's refresh tokens die at their first use
        return self.run(crm=source, base=self.box.url, given=given, home=str(home), now=self.now, what=what, number=number)

    def undisturbed(self, source: str) -> tuple[Rows, dict[str, int]]:
        """(rows by table, how many calls and steps) of a load that nothing disturbs."""
        if source not in self._whole:
            home = self.folder / f"{source}-whole"
            assert self.load(source, home) == 0
            self._whole[source] = contents(home, source), json.loads((home / "counts.json").read_text())
        return self._whole[source]

    def assert_resumed(self, source: str, seed: int, kills: int) -> None:
        """`kills` loads that end at random points, then one to the end: the same rows, each once."""
        whole, counts = self.undisturbed(source)
        home, rng, died = self.folder / f"{source}-{seed}", Random(f"{source}{self.now}{seed}"), 0
        for kill in range(kills):
            what = WHATS[(seed + kill) % len(WHATS)]
            code = self.load(source, home, what, rng.randint(1, counts[what.rpartition(" ")[2]]))
            assert code in (0, -signal.SIGKILL), code  # a later load has less to do: it may end before its point
            died += code != 0
        assert died and self.load(source, home) == 0
        assert_same(contents(home, source), whole)


def contents(home: Path, source: str) -> Rows:
    """Every row of every table of a source, without when and by which load it came."""
    schema = "raw_protheus" if source in PROTHEUS else CRMS[source].schema
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return {
            name: Counter(connection.execute(f"select {', '.join(spec.column_names)} from {schema}.{name}").fetchall())
            for name, spec in TABLES[schema].items()
        }


def assert_same(found: Rows, whole: Rows) -> None:
    """Of all tables the same rows, each as often."""
    assert {name: rows - whole[name] for name, rows in found.items() if rows - whole[name]} == {}, "rows twice"
    assert {name: rows - found[name] for name, rows in whole.items() if rows - found[name]} == {}, "rows missing"
