"""`bastao lead`: whom an id names, and the facts in order."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration.profile import Profile
from tests.orchestration.test_cli import bastao

MARTS = """
create schema marts;
create table marts.dim_people as select * from (values ('aaaaaa11'), ('aaaaaa22')) t(person_id);
create table marts.fct_handoffs as select 'hhhhhh11' as handoff_id, 'aaaaaa11' as person_id;
create table marts.fct_opportunities as select * from (values
  ('oooooo11', '5f00aa', 'hhhhhh11', null), ('oooooo22', '5f00bb', null, 'aaaaaa22')) t(opportunity_id, source_id, handoff_id, person_id);
create table marts.fct_person_timeline as select * from (values
  ('1', 'aaaaaa11', 'hhhhhh11', 'invoice', 'order_on_deal', null, date '2026-06-02', 'protheus', 'sd2:1', 1234.50),
  ('2', 'aaaaaa11', null, 'conversion', 'pedido-de-orcamento', timestamp '2026-06-01 02:30:00', date '2026-05-31', 'rd_station', 'c', null),
  ('3', 'aaaaaa22', null, 'stage', 'lead', timestamp '2026-06-01 12:00:00', date '2026-06-01', 'rd_station', 'e', null)
) t(timeline_id, person_id, handoff_id, kind, detail, happened_at, happened_date, source_system, source_record, amount);
"""


@pytest.fixture
def published(profile: Profile) -> Profile:
    path = profile.paths.published_bi
    path.parent.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute(MARTS)
    return profile


@pytest.mark.parametrize("who", ["5f00aa", "aaaaaa1", "hhhhhh11", "oooooo1"])
def test_the_facts_come_in_order_in_the_company_s_time(published: Profile, who: str) -> None:
    said = bastao("lead", who, "--profile", published.folder, home=published.home)
    first, second = said.output.strip().splitlines()
    assert first.startswith("2026-05-31 23:30") and "pedido-de-orcamento" in first
    assert second.startswith("2026-06-02 ") and "BRL 1,234.50" in second


@pytest.mark.parametrize(("who", "words"), [("aaaaaa", "2 people"), ("zzzzzz", "nobody"), ("aaa", "at least 6")])
def test_an_id_that_does_not_name_one_person_is_refused(published: Profile, who: str, words: str) -> None:
    said = bastao("lead", who, "--profile", published.folder, home=published.home)
    assert said.exit_code == 5 and words in said.output


def test_before_anything_is_published(folder: Path, tmp_path: Path) -> None:
    said = bastao("lead", "aaaaaa", "--profile", folder, home=tmp_path / "home")
    assert said.exit_code == 5 and "bastao run" in said.output
