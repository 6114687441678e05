"""A small company folder in a temporary place; nothing of the developer's environment or home is touched."""

from __future__ import annotations

import fcntl
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dagster import Definitions

from orchestration import settings
from orchestration.paths import PROJECT_ROOT
from orchestration.profile import Profile
from orchestration.runtime import Runtime

CONFIG = """\
company: Metalúrgica Exemplo
go_live: 2026-06-01T03:00:00Z
sources:
  rd_station:
    base_url: http://127.0.0.1:9
  protheus: {}
destinations:
  rd_station_nurture:
    live: true
"""
NOW = datetime(2026, 6, 30, 21, tzinfo=UTC)


class FixedClock:
    """A clock that a test sets."""

    def __init__(self, now: datetime = NOW):
        self.instant = now

    def now(self) -> datetime:
        return self.instant

    def sleep(self, seconds: float) -> None: ...


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A company folder with the demo's agreement and mappings."""
    company = tmp_path / "company"
    company.mkdir()
    (company / "bastao.yaml").write_text(CONFIG, encoding="utf-8")
    for part in ("agreement", "mappings"):
        shutil.copytree(PROJECT_ROOT / "profiles" / "demo" / part, company / part)
    return company


@pytest.fixture
def profile(folder: Path, tmp_path: Path) -> Profile:
    """Its profile, with a home in the temporary place."""
    return settings.load_profile(folder, {"BASTAO_HOME": str(tmp_path / "home")})


@pytest.fixture
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    """Every stage sees this clock."""
    clock = FixedClock()
    monkeypatch.setattr(Runtime, "clock", clock)
    return clock


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """A company with a prepared dbt manifest. Parsing takes seconds, so all workers of a test run share it."""
    from orchestration import dbt_runner

    base = tmp_path_factory.getbasetemp()
    root = (base.parent if base.name.startswith("popen-") else base) / "prepared"
    root.mkdir(exist_ok=True)
    with (root / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        company = root / "company"
        company.mkdir(exist_ok=True)
        (company / "bastao.yaml").write_text(CONFIG, encoding="utf-8")
        profile = settings.load_profile(company, {"BASTAO_HOME": str(root / "home")})
        dbt_runner.prepare_manifest(profile)
    return profile


@pytest.fixture(scope="session")
def definitions(prepared: Profile) -> Definitions:
    """The code location, for tests that only look at it."""
    from orchestration.code_location import build_definitions

    return build_definitions(prepared)


@pytest.fixture
def ready(profile: Profile, prepared: Profile) -> Profile:
    """The profile with the prepared manifest in its own home."""
    shutil.copytree(prepared.paths.dbt, profile.paths.create().dbt, dirs_exist_ok=True)
    return profile
