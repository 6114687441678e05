"""`--help` shows whole sentences: nothing of a command's meaning is cut away."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.cli.groups import first_sentence


@pytest.mark.parametrize("group", [(), ("agreement",), ("deliveries",)])
def test_the_list_of_commands_shows_whole_sentences(group: tuple[str, ...]) -> None:
    output = CliRunner().invoke(app, [*group, "--help"]).output
    listed = output.split("Commands:")[1].split("Exit codes:")[0]
    assert "..." not in listed and "…" not in listed
    assert listed.count(".\n") >= 3


def test_the_first_sentence_of_a_help_text() -> None:
    assert first_sentence("Read\n  bastao.yaml. And more.\n\nSecond part.") == "Read bastao.yaml."
    assert first_sentence("No stop at the end") == "No stop at the end"
