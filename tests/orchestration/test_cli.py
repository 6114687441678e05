"""The command line: help in plain words, errors as sentences with their exit code, nothing half done."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from orchestration.cli import app
from orchestration.lock import WarehouseLock
from orchestration.profile import Profile
from tests.orchestration.conftest import FixedClock

COMMANDS = ["init", "demo", "run", "up", "publish", "deliver", "doctor", "prepare", "agreement", "deliveries"]


def bastao(*words: object, home: Path | None = None) -> Result:
    environment = {"BASTAO_HOME": str(home)} if home else {}
    return CliRunner(env=environment).invoke(app, [str(word) for word in words])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    result = bastao(command, "--help")
    assert result.exit_code == 0
    assert command in bastao("--help").output
    assert len(result.output.split("\n\n")[1].strip()) > 20


def test_exit_codes_are_documented() -> None:
    assert "3 the warehouse is in use" in " ".join(bastao("--help").output.split())


def test_missing_company_folder(tmp_path: Path) -> None:
    result = bastao("run", "--profile", tmp_path / "nowhere")
    assert result.exit_code == 2
    assert "bastao init" in result.output


def test_init_then_check(tmp_path: Path) -> None:
    folder = tmp_path / "nova"
    assert bastao("init", folder, "--name", "Nova Ltda").exit_code == 0
    assert "Nova Ltda" in (folder / "bastao.yaml").read_text(encoding="utf-8")
    again = bastao("init", folder)
    assert again.exit_code == 2
    assert "exists already" in again.output
    assert bastao("agreement", "check", "--profile", folder, home=tmp_path / "home").exit_code == 0


def test_agreement_commands(folder: Path, tmp_path: Path) -> None:
    common = ("--profile", folder)
    home = tmp_path / "home"
    listed = json.loads(bastao("agreement", "check", *common, "--json", home=home).output)
    assert [row["version"] for row in listed["versions"]] == ["v1", "v2", "v3", "v4", "v5"]
    assert "5 minutos" in bastao("agreement", "show", "v2", *common, home=home).output
    assert "10 minutos → 5 minutos" in bastao("agreement", "diff", "v1", "v2", *common, home=home).output
    wrong = bastao("agreement", "show", "v9", *common, home=home)
    assert wrong.exit_code == 2
    assert "v9" in wrong.output


def test_wrong_agreement_names_file_and_line(folder: Path, tmp_path: Path) -> None:
    path = folder / "agreement" / "v2.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("limit: 5 min", "limit: -5 min"), encoding="utf-8")
    result = bastao("agreement", "check", "--profile", folder, home=tmp_path / "home")
    assert result.exit_code == 2
    assert "agreement/v2.yaml:" in result.output


def test_changed_text_of_a_version_in_force_is_refused(profile: Profile, fixed_clock: FixedClock) -> None:
    from contract.problems import AgreementError
    from orchestration import stages

    stages.ingest(profile, "agreement")
    path = profile.folder / "agreement" / "v2.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("limit: 5 min", "limit: 50 min"), encoding="utf-8")
    with pytest.raises(AgreementError, match="was in force with another text"):
        stages.ingest(profile, "agreement")
    result = bastao("agreement", "check", "--profile", profile.folder, home=profile.home)
    assert result.exit_code == 2
    assert "Restore the signed text" in " ".join(result.output.split())


def test_files_source_needs_its_option(folder: Path, tmp_path: Path) -> None:
    result = bastao("run", "--profile", folder, "--data", tmp_path, home=tmp_path / "home")
    assert result.exit_code == 2
    assert "--data has nothing to read" in result.output


def test_publish_before_anything_was_built(folder: Path, tmp_path: Path) -> None:
    result = bastao("publish", "--profile", folder, home=tmp_path / "home")
    assert result.exit_code == 5
    assert "bastao run" in result.output


def test_locked_warehouse_has_its_own_exit_code(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orchestration.lock.POLL_SECONDS", 0.01)
    monkeypatch.setattr(WarehouseLock.__init__, "__defaults__", (0.05, None))
    with profile_with_build(profile):
        result: list[Result] = []
        thread = threading.Thread(target=lambda: result.append(publish(profile)))
        thread.start()
        thread.join()
    assert result[0].exit_code == 3
    assert "'dbt build'" in result[0].output


def profile_with_build(profile: Profile):  # type: ignore[no-untyped-def]
    from orchestration.runtime import Runtime

    with Runtime(profile) as runtime, runtime.state.logged("transform") as detail:
        detail.update(as_of="2026-06-30 21:00:00", known_at=1)
    return WarehouseLock(profile.paths.warehouse_lock)("dbt build")


def publish(profile: Profile) -> Result:
    return bastao("publish", "--profile", profile.folder, home=profile.home)


def test_deliveries_of_a_new_company(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert "Nothing was planned yet" in bastao("deliveries", "list", "--profile", folder, home=home).output
    wrong = bastao("deliveries", "list", "--state", "lost", "--profile", folder, home=home)
    assert wrong.exit_code == 2
    assert "confirmed" in wrong.output
    unknown = bastao("deliveries", "show", "abc", "--profile", folder, home=home)
    assert unknown.exit_code == 2
    assert "deliveries list" in unknown.output


def test_doctor_names_what_is_missing(folder: Path, tmp_path: Path) -> None:
    result = bastao("doctor", "--profile", folder, "--json", home=tmp_path / "home")
    assert result.exit_code == 2
    findings = json.loads(result.output)
    missing = [finding for finding in findings if finding["what"] == "secret"]
    assert missing
    assert all(finding["remedy"].startswith("Set it where Bastão runs: export ") for finding in missing)
