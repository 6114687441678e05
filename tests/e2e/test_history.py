"""The example company of profiles/historico through the command line, on both engines, and its agreement restated."""

from __future__ import annotations

import contextlib
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
import pytest
from typer.testing import CliRunner, Result

from orchestration.cli import app
from orchestration.profile import Profile
from orchestration.runtime import Runtime
from orchestration.settings import load_profile
from tests.e2e import line
from tests.support.history import HISTORY, NOW, VERDICTS, check, key_of
from tests.support.postgres import scratch_database


class Clock:
    """Stands where a test sets it."""

    instant = NOW

    def now(self) -> datetime:
        return self.instant

    def sleep(self, _seconds: float) -> None: ...


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Every stage sees this clock."""
    moving = Clock()
    monkeypatch.setattr(Runtime, "clock", moving)
    return moving


def example(base: Path) -> Profile:
    """A copy of the example company, with a home of its own."""
    shutil.copytree(HISTORY, base / "historico")
    return load_profile(base / "historico", {"BASTAO_HOME": str(base / "home")})


@pytest.mark.long
@pytest.mark.parametrize("engine", ["duckdb", "postgres"])
def test_the_whole_command_then_the_agreement_is_restated(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    """`bastao run` on both engines, from Parquet this time; then the text of the version in force changes."""
    with contextlib.ExitStack() as stack:
        profile = example(tmp_path)
        contacts = profile.folder / "data" / "contatos.csv"
        options = pyarrow.csv.ParseOptions(delimiter=";")
        pyarrow.parquet.write_table(
            pyarrow.csv.read_csv(contacts, parse_options=options), contacts.with_suffix(".parquet")
        )
        contacts.unlink()
        replace(profile.folder / "mappings" / "files.yaml", "contatos.csv", "contatos.parquet")
        if engine == "postgres":
            monkeypatch.setenv("BASTAO_WAREHOUSE_URL", stack.enter_context(scratch_database()))
            replace(profile.folder / "bastao.yaml", "engine: duckdb", "engine: postgres")
        assert bastao(profile, "run").exit_code == 0
        check(profile.paths.published_bi, "marts.fct_sla_verdicts", "marts.fct_handoffs")
        currencies = "select distinct currency from marts.fct_opportunities"
        assert line.frame(profile.paths.published_bi, currencies)["currency"].tolist() == ["BRL"]
        assert restated(profile) == {}

        agreement = profile.folder / "agreement" / "acordo.yaml"
        replace(agreement, "limit: 30 min", "limit: 40 min")
        refused = bastao(profile, "run")
        assert refused.exit_code == 5 and "agreement restate historico-1" in " ".join(refused.output.split())
        act = ("--reason", "the signed paper said 40", "--by", "Sales operations")
        told = bastao(profile, "agreement", "restate", "historico-1", *act)
        assert told.exit_code == 0, told.output
        assert "prazo 30 minutos" in told.output and f"judged again: {len(VERDICTS)}." in told.output
        clock.instant += timedelta(hours=1)
        assert bastao(profile, "run").exit_code == 0
        assert restated(profile)["P2", "first_contact_hot"] == ("agreement_restated", "breached", "met")
        # Both judgements stay, in the same publish: nothing else changed its verdict.
        assert [key for key, (_, old, new) in restated(profile).items() if old != new] == [("P2", "first_contact_hot")]


def restated(profile: Profile) -> dict[tuple[str, str], tuple[str, str, str]]:
    rows = line.frame(profile.paths.published_bi, "select * from marts.fct_sla_restatements").to_dict("records")
    return {
        (key_of(row["subject_id"]), row["clause_id"]): (row["cause"], row["old_verdict"], row["new_verdict"])
        for row in rows
    }


def bastao(profile: Profile, *words: str) -> Result:
    """A command, in this process."""
    return CliRunner(env={"BASTAO_HOME": str(profile.home)}).invoke(app, [*words, "--profile", str(profile.folder)])


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
