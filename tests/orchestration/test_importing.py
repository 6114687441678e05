"""`bastao import`: the preview writes nothing, --yes loads, a second time adds nothing; media cost beside it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration import progress
from orchestration.cli import app
from tests.ingestion.files.test_imports import BAD, LEADS, lead_base
from tests.support.history import HISTORY

runner = CliRunner()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("BASTAO_HOME", str(tmp_path / "home"))
    yield tmp_path / "home"
    progress.use(progress.Silent())  # a command that failed leaves its display: its process would end


def contents(home: Path) -> dict[str, str]:
    """Every file with its content, without locks (looking takes one)."""
    files = [path for path in home.rglob("*") if path.is_file() and "lock" not in path.name]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_preview_writes_nothing_and_yes_loads(tmp_path: Path, home: Path) -> None:
    path = lead_base(tmp_path, *LEADS, *BAD[:1])
    command = ["import", str(path), "--profile", str(HISTORY), "--json"]
    first = runner.invoke(app, command, catch_exceptions=False)
    (shown,) = json.loads(first.stdout)
    assert (shown["rows"], shown["new"], shown["quarantined"]) == (3, 3, 1)
    assert not (home / "warehouse.duckdb").exists() and contents(home) == {}
    loaded = runner.invoke(app, [*command, "--yes"], catch_exceptions=False)
    assert json.loads(loaded.stdout)["rows"] == {"rd_station_contacts": 3, "rd_station_identifiers": 4, "quarantine": 1}
    before = contents(home)
    words = runner.invoke(app, command[:-1], catch_exceptions=False).stdout
    assert "rows: 3 (0 new, 3 known already)" in words and "Nothing was written" in words
    assert "to quarantine: 1 lines, first leads [1].csv:5" in words and "casa.com.br" not in words
    assert contents(home) == before
    again = runner.invoke(app, [*command, "--yes"], catch_exceptions=False)
    assert json.loads(again.stdout)["notes"] == ["This list is loaded already; nothing was added."]
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) from raw_files.rd_station_contacts").fetchall() == [(3,)]


def test_a_list_that_cannot_be_read_is_a_sentence(tmp_path: Path, home: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    result = runner.invoke(app, ["import", str(path), "--profile", str(HISTORY)])
    assert result.exit_code == 5 and "Traceback" not in result.output
    assert not (home / "warehouse.duckdb").exists()
