"""The metric catalogue: whole, in both languages, and about marts and columns that exist."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from contract.metrics import as_markdown, catalogue
from contract.words import Language

ROOT = Path(__file__).resolve().parents[2]
MARTS = {
    model["name"]: model
    for path in (ROOT / "dbt_project" / "models" / "marts").rglob("*.yml")
    for model in (yaml.safe_load(path.read_text(encoding="utf-8")).get("models") or [])
}


def columns(mart: str) -> dict[str, dict[str, object]]:
    return {column["name"]: column for column in MARTS[mart]["columns"]}


def test_every_headline_metric_is_defined_and_nothing_else_claims_to_be_one() -> None:
    (values,) = (
        test["accepted_values"]["arguments"]["values"]
        for test in columns("rpt_headline_metrics")["metric"]["data_tests"]  # type: ignore[attr-defined]
    )
    assert {m.name for m in catalogue().values() if m.column is None} == set(values)


@pytest.mark.parametrize("name", catalogue())
def test_where_a_metric_is_said_to_be_it_is(name: str) -> None:
    metric = catalogue()[name]
    assert metric.mart in MARTS
    assert metric.column is None or metric.column in columns(metric.mart)


@pytest.mark.parametrize(("language", "page"), [("pt", "metrics.pt-BR.md"), ("en", "metrics.md")])
def test_the_documentation_is_the_catalogue(language: Language, page: str) -> None:
    written = (ROOT / "docs" / page).read_text(encoding="utf-8")
    assert as_markdown(language) in written, f"run: bastao metrics --markdown{' --en' if language == 'en' else ''} > docs/{page}"


def test_the_command_says_what_a_metric_means() -> None:
    from orchestration.cli import app

    run = CliRunner().invoke(app, ["metrics", "nrr", "--en"])
    assert run.exit_code == 0 and "New and reactivated accounts are left out" in run.output
    unknown = CliRunner().invoke(app, ["metrics", "nps"])
    assert unknown.exit_code == 2 and "known: mql_to_sql" in unknown.output
