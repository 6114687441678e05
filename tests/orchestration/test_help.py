"""`--help` shows whole sentences; the agreement as a page, its differences and its schema from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.cli.groups import first_sentence
from tests.orchestration.test_cli import bastao


@pytest.mark.parametrize("group", [(), ("agreement",), ("deliveries",)])
def test_the_list_of_commands_shows_whole_sentences(group: tuple[str, ...]) -> None:
    output = CliRunner().invoke(app, [*group, "--help"]).output
    listed = output.split("Commands:")[1].split("Exit codes:")[0]
    assert "..." not in listed and "…" not in listed
    assert listed.count(".\n") >= 3


def test_the_first_sentence_of_a_help_text() -> None:
    assert first_sentence("Read\n  bastao.yaml. And more.\n\nSecond part.") == "Read bastao.yaml."
    assert first_sentence("No stop at the end") == "No stop at the end"


def test_the_agreement_is_written_as_a_page_to_print(folder: Path, tmp_path: Path) -> None:
    home, page = tmp_path / "home", tmp_path / "acordo.html"
    common = ("--profile", folder)
    assert bastao("agreement", "show", "v2", *common, "--out", page, home=home).exit_code == 0
    assert '<html lang="pt-BR">' in page.read_text(encoding="utf-8")
    english = bastao("agreement", "show", "v2", *common, "--format", "html", "--locale", "en", home=home).output
    assert '<html lang="en">' in english and "5 working minutes" in english
    assert bastao("agreement", "show", "v2", *common, "--out", tmp_path / "acordo.md", home=home).exit_code == 0
    assert (tmp_path / "acordo.md").read_text(encoding="utf-8").startswith("# Acordo")
    changes = bastao("agreement", "diff", "v1", "v2", *common, "--locale", "en", home=home).output
    assert "10 minutes → 5 minutes" in changes
    lost = bastao("agreement", "show", *common, "--out", tmp_path / "no" / "a.md", home=home)
    assert lost.exit_code == 2 and "cannot be written" in lost.output


def test_the_schema_is_printed_or_written(tmp_path: Path) -> None:
    assert json.loads(bastao("agreement", "schema").output)["title"].startswith("Bastão")
    assert bastao("agreement", "schema", "--out", tmp_path / "s.json").exit_code == 0
    assert json.loads((tmp_path / "s.json").read_text(encoding="utf-8"))["$schema"].startswith("https://json-schema.org")
