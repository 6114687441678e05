"""bastao.yaml: what is wrong is named with its line and a remedy; secrets stay out of sight."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.problems import ConfigurationError
from orchestration import settings
from orchestration.paths import PROJECT_ROOT
from orchestration.settings import Secret, SettingsError


def load(folder: Path, text: str) -> settings.Profile:
    (folder / "bastao.yaml").write_text(text, encoding="utf-8")
    return settings.load_profile(folder, {})


BASE = "company: X\ngo_live: 2026-06-01T03:00:00Z\n"


@pytest.mark.parametrize("name", ["demo", "olist"])
def test_shipped_profiles_are_valid(name: str) -> None:
    assert settings.load_profile(PROJECT_ROOT / "profiles" / name, {}).company


def test_template_of_a_new_company_is_valid(tmp_path: Path) -> None:
    from contract.template import create

    create(tmp_path / "nova", 'Aço & "Filhos"')
    profile = settings.load_profile(tmp_path / "nova", {})
    assert profile.company == 'Aço & "Filhos"'
    assert profile.destinations.rd_station_nurture is not None
    assert not profile.destinations.rd_station_nurture.live, "a first run on real accounts is a dry run"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("sources:\n  rd_station:\n    base_ulr: x\n", 5, ["sources.rd_station.base_ulr", 'Did you mean "base_url"']),
        ("engnie: duckdb\n", 3, ["engnie", 'Did you mean "engine"']),
        ("engine: oracle\n", 3, ["'oracle'", "duckdb"]),
        ("time_zone: Mars\n", 3, ["Mars", "America/Sao_Paulo"]),
        ("attribution:\n  first_percent: 70\n  last_percent: 40\n", 3, ["attribution", "110 together"]),
        ("ports: {page: high}\n", 3, ["ports.page", "whole number"]),
        ("folder: /tmp\n", 3, ["folder", "Use one of: "]),
        ("locale pt-BR\n", 4, ["YAML"]),
        ("company: Y\n", 3, ["twice"]),
    ],
)
def test_wrong_key_or_value_names_its_line(folder: Path, text: str, line: int, words: list[str]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(folder, BASE + text)
    assert [problem.line for problem in caught.value.problems] == [line]
    for word in words:
        assert word in str(caught.value)


def test_all_problems_at_once(folder: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(folder, "compny: X\nengine: oracle\n")
    assert {problem.path for problem in caught.value.problems} == {"compny", "engine", "go_live"}, "a misspelt key is one problem, not two"


def test_secret_written_into_the_file_is_refused_and_not_repeated(folder: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load(folder, BASE + "sources: {protheus: {url_env: 'postgresql://u:hunter2@db/erp'}}\n")
    assert "hunter2" not in str(caught.value)


def test_missing_secret_names_variable_and_line(folder: Path) -> None:
    profile = load(folder, BASE + "sources:\n  protheus:\n    url_env: ERP_URL\n")
    with pytest.raises(SettingsError, match="ERP_URL") as caught:
        settings.secret(profile, "sources", "protheus", "url_env", environ={})
    assert caught.value.problems[0].line == 5
    assert "export ERP_URL=" in caught.value.problems[0].remedy
    assert settings.secret(profile, "sources", "protheus", "url_env", environ={"ERP_URL": "x"}).reveal() == "x"


def test_every_missing_secret_is_listed(folder: Path) -> None:
    profile = load(folder, BASE + "sources: {rd_station: {}, protheus: {}}\nengine: postgres\n")
    names = " ".join(problem.message for problem in settings.missing_secrets(profile, {}))
    for name in ("BASTAO_RD_CLIENT_ID", "BASTAO_RD_CLIENT_SECRET", "BASTAO_PROTHEUS_URL", "BASTAO_WAREHOUSE_URL"):
        assert name in names


def test_missing_folder_and_missing_file(tmp_path: Path) -> None:
    for folder, words in ((tmp_path / "nowhere", "no such company folder"), (tmp_path, "bastao init")):
        with pytest.raises(SettingsError, match=words):
            settings.load_profile(folder, {})


def test_secret_never_shows_itself() -> None:
    secret = Secret("RD_TOKEN", "hunter2")
    assert "hunter2" not in f"{secret!r} {secret} {[secret]}"


def test_home_defaults_below_the_working_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert settings.load_profile(folder, {}).home == folder.parent / ".bastao" / "company"


def test_nobody_else_reads_the_environment() -> None:
    rooms = ("contract", "ingestion", "quality", "activation", "dashboard", "orchestration")
    readers = [
        str(path.relative_to(PROJECT_ROOT))
        for room in rooms
        for path in (PROJECT_ROOT / room).rglob("*.py")
        if any(word in path.read_text(encoding="utf-8") for word in ("os.environ", "os.getenv", "getenv("))
    ]
    assert readers == ["orchestration/settings.py"]
