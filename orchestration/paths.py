"""The layout of BASTAO_HOME: every file of one company, named in one place (docs: design section 2)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PROJECT_ROOT = Path(__file__).resolve().parent.parent
DBT_PROJECT = PROJECT_ROOT / "dbt_project"


@dataclass(frozen=True, slots=True)
class Paths:
    """Every path below one company's home. Nothing is created by looking; `create()` makes the folders."""

    home: Path

    @property
    def warehouse(self) -> Path:
        """Raw, staging, intermediate, marts and plan. One process at a time: guarded by `warehouse_lock`."""
        return self.home / "warehouse.duckdb"

    @property
    def warehouse_lock(self) -> Path:
        return self.home / "warehouse.lock"

    @property
    def state_db(self) -> Path:
        """Operational state on SQLite: inbox, outbox, tokens, quota counters, sequences."""
        return self.home / "state.db"

    @property
    def published(self) -> Path:
        return self.home / "published"

    @property
    def published_bi(self) -> Path:
        """The marts that people and BI tools read."""
        return self.published / "bastao.duckdb"

    @property
    def published_plan(self) -> Path:
        """Delivery payloads; holds personal data, mode 0600; read by activation alone."""
        return self.published / "plan.duckdb"

    @property
    def published_facts(self) -> Path:
        """Raw rows from which single people are judged between two runs; holds personal data, mode 0600."""
        return self.published / "facts.duckdb"

    @property
    def dagster(self) -> Path:
        return self.home / "dagster"

    @property
    def dlt(self) -> Path:
        """Working folder of dlt pipelines: packages that were extracted and wait to be loaded."""
        return self.home / "dlt"

    @property
    def dbt(self) -> Path:
        return self.home / "dbt"

    @property
    def manifest(self) -> Path:
        """The prepared dbt manifest; written whole under a lock, so a reader never meets half of it."""
        return self.dbt / "manifest.json"

    @property
    def logs(self) -> Path:
        return self.home / "logs"

    @property
    def locks(self) -> Path:
        return self.home / "locks"

    @property
    def media_cost(self) -> Path:
        """Where exports of the ad accounts are put, unless bastao.yaml names another folder."""
        return self.home / "media_cost"

    @property
    def sandbox(self) -> Path:
        return self.home / "sandbox"

    def create(self) -> Paths:
        """Make the folders (private to the user: raw data and tokens live here) and return self."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (self.published, self.dagster, self.dlt, self.dbt, self.logs, self.locks):
            folder.mkdir(mode=0o700, exist_ok=True)
        return self
