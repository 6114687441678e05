"""The page drawn from small published files: every section, filters, both languages, nothing published, no names."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import data

PAGE = Path(__file__).resolve().parents[2] / "dashboard" / "page.py"
MARTS = """
create schema marts;
create table marts.publication as select 's1' as snapshot_id, timestamp '2026-06-30 21:00:00' as as_of,
  timestamp '2026-06-30 21:05:00' as published_at;
create table marts.dim_agreement_versions as select 'v1' as agreement_version, timestamp '2026-01-01 03:00:00' as effective_from;
create table marts.dim_sellers as select 's' as seller_id, 'ABC123' as seller_label;
create table marts.rpt_headline_metrics as select * from (values
  ('mql_to_sql', 'month', date '2026-05-01', 0.55, 0.70, 'at_least', 'share', 'missed', null, 40, null, false),
  ('mql_to_sql', 'month', date '2026-06-01', 0.90, 0.70, 'at_least', 'share', 'immature', 'cohort_open', 10, null, null),
  ('first_contact_hot', 'month', date '2026-06-01', 250.0, 300, 'at_most', 'seconds', 'met', null, 12, 0.8, true),
  ('nrr', 'month', date '2026-06-01', null, 1.0, 'at_least', 'share', 'not_judgeable', 'no_contract_movements', 0, null, null)
) t(metric, period, period_start, actual, target, direction, unit, status, reason, sample_size, share_within_target,
  is_beyond_chance);
create table marts.rpt_warning_signs as select * from (values
  ('untouched_share_above', date '2026-05-01', true, null, 0.21, 0.15, 56, 'alert'),
  ('untouched_share_above', date '2026-05-01', true, 's', 0.60, 0.15, 20, 'alert'),
  ('no_reason_share_above', date '2026-05-01', true, null, 0.05, 0.10, 90, 'quiet'),
  ('no_owner_share_above', date '2026-06-01', false, null, 0.50, 0.02, 10, 'alert')
) t(sign, period_start, is_over, seller_id, value, threshold, sample_size, severity);
create table marts.rpt_shared_goals as select * from (values
  ('receita', 'Receita conjunta', 'Joint revenue', 'revenue_per_month', date '2026-04-01', false, 'met', 'marketing', 400000, 500000, 1.25, 100000, 0.2, 0.2),
  ('receita', 'Receita conjunta', 'Joint revenue', 'revenue_per_month', date '2026-05-01', false, 'missed', 'marketing', 400000, 300000, 0.75, 250000, 0.2, 0.15),
  ('receita', 'Receita conjunta', 'Joint revenue', 'revenue_per_month', date '2026-05-01', false, 'missed', 'sales', 400000, 300000, 0.75, 50000, 0.1, 0.075),
  ('receita', 'Receita conjunta', 'Joint revenue', 'revenue_per_month', date '2026-06-01', true, 'immature', 'marketing', 400000, -10, -0.0000, -10, 0.2, 0),
  ('receita', 'Receita conjunta', 'Joint revenue', 'revenue_per_month', date '2026-06-01', true, 'immature', 'sales', 400000, -10, -0.0000, 0, 0.1, 0)
) t(goal_id, title_pt, title_en, measure, period_start, is_partial, status, area, target, actual, reached_share, area_actual,
  bonus_share, earned_bonus_share);
create table marts.rpt_funnel as select * from (values
  (date '2026-06-01', 'email', 'lead', 0, 'marketing', 10, 10, 0, 0), (date '2026-06-01', 'email', 'mql', 1, 'both', 4, 5, 1, 2),
  (date '2026-05-01', 'feira_nova', 'lead', 0, 'marketing', 7, 7, 0, 0), (date '2026-05-01', 'feira_nova', 'mql', 1, 'both', 1, 1, 0, 0),
  (date '2026-05-01', 'feira_nova', 'customer', 6, 'customer_success', 4, 4, 0, 0),
  (date '2026-05-01', 'feira_nova', 'renewal', 7, 'customer_success', 2, 2, 0, 0),
  (date '2026-05-01', 'feira_nova', 'expansion', 8, 'both', 3, 3, 0, 0)
) t(period_start, channel_label, stage, stage_no, owner_area, entered, reached_or_later, skipped, losses);
create table marts.rpt_sla_compliance as select * from (values
  (date '2026-06-22', 'sales', 'c1', 'response_time', 'handoff', 'Primeiro contato', 'First contact', 3, 1, 0, 1, 2, 4),
  (date '2026-06-01', 'marketing', 'm1', 'volume', 'month', 'SQLs no mês', 'SQLs a month', 1, 0, 0, 0, 0, 1)
) t(week_start, area, clause_id, clause_kind, subject_type, clause_title_pt, clause_title_en, met, breached, running, waived,
  not_judgeable, judged);
create table marts.rpt_rejections as select * from (values
  ('sem_timing', 'Sem timing', 'No timing', 'nurture', 5, 3), (null, '(sem motivo)', '(no reason)', null, 2, 0)
) t(rejection_reason, reason_title_pt, reason_title_en, next_step, handoffs, returned);
create table marts.fct_deliveries as select 'nurture_return' as sync, * from (values ('confirmed'), ('accepted')) t(state);
create table marts.rpt_open_clocks as select * from (values
  ('v1', 'h1aaaaaaaa', 'handoff', 'h1aaaaaaaa', 'c1', 'Primeiro contato', 'First contact', 'seller', 'overdue', 's', 'hot', 'email',
    timestamp '2026-06-30 12:00:00', -32400, -14400, 'business', 'd1', null),
  ('v2', 'h2bbbbbbbb', 'handoff', 'h2bbbbbbbb', 'c1', 'Primeiro contato', 'First contact', 'seller', 'running', 's', 'other', null,
    timestamp '2026-06-30 22:00:00', 3600, 0, 'elapsed', null, null),
  ('v3', 'h2bbbbbbbb', 'ownership', 'h2bbbbbbbb:2', 'c1', 'Primeiro contato', 'First contact', 'seller', 'running', 's', 'other',
    null, timestamp '2026-06-30 22:00:00', 3600, 0, 'elapsed', null, null),
  ('v4', 'h3cccccccc', 'handoff', 'h3cccccccc', 'c1', 'Primeiro contato', 'First contact', 'sales', 'overdue', null, 'hot', 'email',
    timestamp '2026-06-30 12:00:00', -32400, -14400, 'business', 'd1', null),
  ('v5', null, 'month', '2026-06', 'm1', 'SQLs no mês', 'SQLs a month', 'marketing', 'running', null, null, null,
    timestamp '2026-07-01 03:00:00', 21600, 0, null, null, 'count=34;minimum=1050')
) t(verdict_id, handoff_id, subject_type, subject_id, clause_id, clause_title_pt, clause_title_en, who_acts, state, seller_id,
  temperature, channel, due_at, remaining_seconds, remaining_business_seconds, clock, deal_id, evidence);
"""


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "bastao.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(MARTS)
    return path


def draw(path: Path, monkeypatch: pytest.MonkeyPatch, *options: str) -> AppTest:
    """Run the page as `streamlit run` does, with its own arguments."""
    monkeypatch.setattr("sys.argv", ["page.py", "--published", str(path), "--company", "Exemplo", *options])
    return AppTest.from_file(str(PAGE), default_timeout=60).run()


def words(page: AppTest) -> str:
    parts = [
        e.value for kind in (page.title, page.subheader, page.caption, page.markdown, page.info) for e in kind
    ]
    return "\n".join([*map(str, parts), *(f"{m.label} {m.value}" for m in page.metric)])


def test_every_section_in_portuguese(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = draw(published, monkeypatch)
    assert not page.exception
    said = words(page)
    for text in ("Passagem de bastão · Exemplo", "30/06/2026 18:00", "MQL → SQL · 05/2026 55%", "fora da meta",
                 "amostra pequena demais para ter certeza", "4 min 10 s", "não dá para julgar", "Primeiro contato",
                 "Cumprido: 75%", "Devolvidos à nutrição: 2 (1 ✓)"):  # fmt: skip
        assert text in said, f"{text!r} is not on the page:\n{said}"


def test_who_must_act_comes_with_the_most_pressing_first(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = draw(published, monkeypatch)
    sellers, unowned, marketing = (t.value for t in page.dataframe if "Falta" in t.value)
    assert list(sellers["Falta"]) == ["1 h", "vencido há 4 h"]
    assert list(sellers["Vendedor"]) == ["Vendedor ABC123"] * 2
    assert list(unowned["Falta"]) == ["vencido há 4 h"] and "Vendedor" not in unowned
    assert list(marketing["Passagem ou mês"]) == ["06/2026"] and list(marketing["Até agora"]) == ["34 de 1.050"]
    assert [tab.label for tab in page.tabs] == ["Vendedores (2)", "Vendas, leads sem dono (1)", "Marketing (1)"]


def test_a_sign_that_the_agreement_is_broken_shows_once_the_month_is_over(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = words(draw(published, monkeypatch))
    assert "alerta: mais de 15" in said and "sem nenhuma tentativa de contato · 21" in said and "05/2026 (n = 56)" in said
    assert "vendedores em alerta: 1" in said and "sem responsável" not in said and "sem motivo ·" not in said
    with duckdb.connect(str(published)) as con:
        con.execute("delete from marts.rpt_warning_signs where severity = 'alert'")
    assert "Nenhum sinal em 05/2026." in words(draw(published, monkeypatch))


def test_shared_goals_show_the_last_whole_month_and_the_running_one(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = words(draw(published, monkeypatch)).replace("\xa0", " ")
    assert "Receita conjunta · 05/2026 75%" in said and "Receita conjunta · 06/2026 0%" in said and "04/2026" not in said
    assert "fora da meta · Marketing: R$ 250 mil · Vendas: R$ 50 mil" in said and "Marketing: -R$ 10,00" in said
    assert "Bônus do mês (parte do variável): Marketing 15,0% de 20,0% · Vendas 7,5% de 10,0%" in said
    with duckdb.connect(str(published)) as con:
        con.execute("delete from marts.rpt_shared_goals")
    assert "Metas em comum" not in words(draw(published, monkeypatch))


def test_each_area_sees_what_it_owes(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = draw(published, monkeypatch)
    marketing, sales = (t.value for t in page.dataframe if "Julgados" in t.value)
    assert marketing[["Cláusula", "Cumprido", "Julgados"]].values.tolist() == [["SQLs no mês (por mês)", 100.0, 1]]
    assert sales[["Cláusula", "Cumprido", "Dispensados"]].values.tolist() == [["Primeiro contato", 75.0, 1]]
    page.selectbox[0].select_index(1).run()
    assert not page.exception and "**SQLs no mês**" in words(page) and "Cumprido: 100%" in words(page)


def test_in_english(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = words(draw(published, monkeypatch, "--locale", "en"))
    assert "The hand-over" in said and "off target" in said and "meta" not in said


def test_filters_narrow_the_funnel(published: Path) -> None:
    with data.snapshot(published) as con:
        channels, months = data.funnel_choices(con)
        assert channels == ["email", "feira_nova"] and months == [date(2026, 6, 1), date(2026, 5, 1)]
        everything = data.funnel(con, [], [])
        assert list(everything["reached"]) == [17, 6, 4, 2, 3] and everything["share"][1] == pytest.approx(6 / 17)
        assert list(everything["share"][3:]) == [0.5, 0.75] and list(everything["area"])[:2] == ["marketing", "both"]
        assert list(data.funnel(con, ["email"], [])["reached"]) == [10, 5]
        assert list(data.funnel(con, ["email"], [date(2026, 5, 1)])["reached"]) == []


def test_names_are_shown_only_where_they_are_published(published: Path) -> None:
    with duckdb.connect(str(published)) as con:
        con.execute("alter table marts.dim_sellers add column name varchar default 'Nome Publicado'")
    with data.snapshot(published) as con:
        assert "Nome Publicado" in set(data.waiting(con, "seller", "pt")["seller_name"].dropna())


def test_nothing_published_says_how_to_make_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = draw(tmp_path / "absent.duckdb", monkeypatch)
    assert not page.exception and "bastao run" in words(page)


def test_an_empty_company_draws_without_rows(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with duckdb.connect(str(published)) as con:
        for (table,) in con.execute(
            "select table_name from duckdb_tables() where table_name like 'rpt_%'"
        ).fetchall():
            con.execute(f"delete from marts.{table}")
    page = draw(published, monkeypatch)
    assert not page.exception and words(page).count("Nada a mostrar") == 5


def test_a_new_snapshot_is_seen_at_the_next_drawing(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "18:00" in words(draw(published, monkeypatch))
    newer = tmp_path / "next.duckdb"
    with duckdb.connect(str(newer)) as con:
        con.execute(MARTS)
        con.execute("update marts.publication set as_of = ?", [datetime(2026, 7, 1, 12)])
    newer.replace(published)
    assert "01/07/2026 09:00" in words(draw(published, monkeypatch))
