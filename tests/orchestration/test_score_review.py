"""`bastao agreement review` and the asset behind it: read what is published, propose a diff, change nothing."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from dagster import AssetKey, Definitions, materialize

from orchestration.assets.published import MARTS
from orchestration.assets.reviews import REVIEW, review_asset
from orchestration.profile import Profile
from tests.orchestration.test_cli import bastao

# Of 500 hand-overs with the fact and 500 without: who asked for a quote becomes SQL four times as often as who did not; the
# channel tells nothing. One more is open: it counts in nothing. Under v1 there was no score, under v4 the same question.
PARTS = """
create schema marts;
create table marts.fct_handoffs as
select 'h' || i as handoff_id, case when i = 1000 then 'open' else 'lost' end as status,
  case when (i < 500 and i % 5 <> 0) or (i >= 500 and i < 1000 and i % 5 = 0) then timestamp '2026-05-02 12:00:00' end as sql_at,
  cast(null as date) as won_date
from range(1001) t(i);
create table marts.fct_handoff_score_parts as
select 'h' || i as handoff_id, case when i % 2 = 0 then 'v5' else 'v4' end as agreement_version, rule_id,
  case when rule_id = 'emails' then 'not_readable'
    when (rule_id = 'pediu_contato' and i < 500) or (rule_id = 'canal' and i % 2 = 0) or i = 1000 then 'earned' else 'missed' end as result
from range(1001) t(i), (values ('pediu_contato'), ('canal'), ('emails')) r(rule_id);
"""


@pytest.fixture
def published(profile: Profile) -> Profile:
    path = profile.paths.published_bi
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(PARTS)
    return profile


def texts(company: Profile) -> dict[Path, str]:
    return {path: path.read_text(encoding="utf-8") for path in (company.folder / "agreement").iterdir()}


def test_the_command_proposes_points_as_a_diff_and_changes_nothing(published: Profile, tmp_path: Path) -> None:
    before = texts(published)
    out = tmp_path / "proposal.diff"
    said = bastao("agreement", "review", "--out", out, "--profile", published.folder, home=published.home)
    assert said.exit_code == 0, said.output
    assert "400 de 500 viraram SQL com o fato, 100 de 500 sem ele; diferença 60% (" in said.output
    assert "Abre os e-mails: nenhum sistema informa (1.000 passagens)" in said.output
    assert "amostra pequena demais: 0 com e 0 sem, e são precisas 30 de cada lado" in said.output
    diff = out.read_text(encoding="utf-8")
    assert diff.startswith("--- a/agreement/v5.yaml\n+++ b/agreement/v5.yaml\n") and "+          points: 40\n" in diff
    assert texts(published) == before
    rows = json.loads(bastao("agreement", "review", "--json", "--profile", published.folder, home=published.home).output)
    found = {row["rule"]: row for row in rows["rules"]}
    assert (found["pediu_contato"]["earned"], found["pediu_contato"]["verdict"], found["pediu_contato"]["proposed"]) == (500, "proposed", 40)
    assert found["canal"]["lift"] == 0 and found["canal"]["proposed"] == 1


def test_before_anything_is_published_it_says_so(profile: Profile) -> None:
    said = bastao("agreement", "review", "--profile", profile.folder, home=profile.home)
    assert said.exit_code == 5 and "bastao run" in said.output


def test_the_asset_tells_the_review_and_runs_alone(published: Profile, definitions: Definitions) -> None:
    before = texts(published)
    result = materialize([review_asset(published)])
    (told,) = result.asset_materializations_for_node("reviews__score")
    assert told.metadata["proposed"].value == 2 and "+          points: 40" in str(told.metadata["diff"].value)
    assert texts(published) == before
    for name in ("full_run", "hot_path"):
        assert REVIEW not in definitions.resolve_job_def(name).asset_layer.selected_asset_keys
    assert definitions.resolve_job_def("score_review").asset_layer.selected_asset_keys == {REVIEW}
    assert definitions.resolve_asset_graph().get(REVIEW).parent_keys == {MARTS}
    assert AssetKey(["published", "bastao"]) == MARTS
