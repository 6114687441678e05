from pathlib import Path

import pytest

from tests.ingestion.fakes import DirectLanding, Home
from tests.support.postgres import postgres_url

__all__ = ["postgres_url"]


@pytest.fixture
def dlt_home(tmp_path: Path) -> Home:
    """A home whose loads go through dlt: a second or two each."""
    return Home(tmp_path)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home whose loads skip dlt."""
    monkeypatch.setattr("ingestion.runner.Landing", DirectLanding)
    return Home(tmp_path)
