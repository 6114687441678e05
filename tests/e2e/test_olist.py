"""The real funnel of Olist from its files to the published marts, against figures computed on their own with pandas.

What SOURCE.md lists as odd must be found in the report on the data, and must not turn into wrong numbers.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from orchestration import stages
from orchestration.cli.common import with_data
from orchestration.settings import load_profile
from tests.ingestion.files.test_olist import DATA, ROOT, frame

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not DATA.is_dir(), reason="Olist's data is not shipped (CC BY-NC-SA); profiles/olist/README.md says where it is"),
]
EARLY = "b91cf8812365f50ff4bda4bcd6206b05"  # won two days before its first contact


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BASTAO_HOME", str(tmp_path_factory.mktemp("olist")))
        profile = with_data(load_profile(ROOT / "profiles" / "olist"), DATA)
        for source in ("agreement", "files", "inbox", "deliveries"):
            report = stages.ingest(profile, source)
            assert stages.gate_raw(profile, source, report.load_seq).passed
        stages.transform(profile)
        stages.publish(profile).raise_if_refused()
    with duckdb.connect(str(profile.paths.published_bi), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def leads() -> pd.DataFrame:
    """Leads with their deal: `won` is the local instant of the win, `month` the month of the first contact."""
    found = frame("marketing_qualified_leads").merge(frame("closed_deals"), on="mql_id", how="left", validate="one_to_one")
    found["won"] = pd.to_datetime(found["won_date"]).dt.tz_localize("UTC").dt.tz_convert("America/Sao_Paulo")
    found["first"] = pd.to_datetime(found["first_contact_date"])
    found["month"] = found["first"].dt.strftime("%Y-%m")
    return found


def test_conversion_by_origin_and_month(published: duckdb.DuckDBPyConnection, leads: pd.DataFrame) -> None:
    query = """
        select strftime(period_start, '%Y-%m'), coalesce(channel, ''), sum(reached_or_later) filter (where stage = 'mql'),
            sum(reached_or_later) filter (where stage = 'customer')
        from marts.rpt_funnel group by all
    """
    found = {(month, origin): (mqls, won) for month, origin, mqls, won in published.execute(query).fetchall()}
    groups = leads.groupby(["month", "origin"])
    assert found == {key: (len(group), int(group["won"].notna().sum())) for key, group in groups}
    by_origin: dict[str, list[int]] = {}
    for (_, origin), figures in found.items():
        by_origin[origin] = [a + b for a, b in zip(by_origin.get(origin, [0, 0]), figures, strict=True)]
    assert by_origin[""] == [60, 14] and by_origin["unknown"] == [1099, 179]  # 23.3 % and 16.3 %: two things, kept apart


def test_days_to_win_are_local_days(published: duckdb.DuckDBPyConnection, leads: pd.DataFrame) -> None:
    query = """
        select o.source_id, h.won_date - h.mql_date
        from marts.fct_handoffs as h inner join marts.fct_opportunities as o using (handoff_id)
    """
    found = dict(published.execute(query).fetchall())
    won = leads[leads["won"].notna()]
    days = (won["won"].dt.tz_localize(None).dt.normalize() - won["first"]).dt.days
    assert found == dict(zip(won["mql_id"], days, strict=True))
    assert found[EARLY] == -2 and sum(d == 0 for d in found.values()) == int((days == 0).sum())
    naive = (pd.to_datetime(won["won_date"]).dt.normalize() - won["first"]).dt.days
    assert int((naive != days).sum()) == 3  # what reading UTC as local would have got wrong


def test_realised_revenue_by_origin(published: duckdb.DuckDBPyConnection, leads: pd.DataFrame) -> None:
    query = """
        select coalesce(h.channel, ''), sum(r.signed_amount) from marts.fct_revenue as r
        inner join marts.fct_handoffs as h using (handoff_id) where r.is_revenue group by 1
    """
    found = dict(published.execute(query).fetchall())
    items = frame("order_items").merge(frame("orders"), on="order_id", validate="many_to_one")
    items = items[items["order_status"].isin(["delivered", "shipped", "invoiced"])]
    sold = items.merge(leads[leads["won"].notna()], on="seller_id", validate="many_to_one")
    bought = pd.to_datetime(sold["order_purchase_timestamp"]).dt.normalize()
    after = sold[bought >= sold["won"].dt.tz_localize(None).dt.normalize()]
    expected: dict[str, Any] = after.assign(cents=(after["price"].astype(float) * 100).round().astype(int)).groupby("origin")["cents"].sum().to_dict()
    assert {origin: int(amount * 100) for origin, amount in found.items()} == expected
    attributed, revenue = published.execute(
        "select (select sum(attributed_amount) from marts.fct_attribution where model = 'linear'), (select sum(signed_amount) from marts.fct_revenue where is_revenue)"
    ).fetchall()[0]
    assert attributed == revenue  # what belongs to nobody is in the bucket `unattributed`


def test_what_is_odd_is_reported(published: duckdb.DuckDBPyConnection, leads: pd.DataFrame) -> None:
    rows = published.execute("select anomaly, cases, checked, last_cases from marts.rpt_data_anomalies").fetchall()
    found = {anomaly: (cases, checked) for anomaly, cases, checked, _ in rows}
    items = frame("order_items").merge(frame("orders"), on="order_id")
    sellers = set(items[items["order_status"].isin(["delivered", "shipped", "invoiced"])]["seller_id"])
    won = leads[leads["won"].notna()]
    assert found["won_before_handoff"] == (1, 842)
    assert found["handoff_without_channel"] == (60, 8000) and found["handoff_channel_unknown"] == (1099, 8000)
    assert found["handoff_without_time"] == (8000, 8000)  # first contacts have no hour: no deadline in hours is judged
    assert found["win_without_time"] == (61, 842) and found["win_without_company"] == (0, 842)
    assert found["win_never_invoiced"] == (int((~won["seller_id"].isin(sellers)).sum()), 842)
    early = published.execute("select handoff_id from marts.fct_handoffs where won_date < mql_date").fetchall()
    assert [(name,) for anomaly, *_, name in rows if anomaly == "won_before_handoff"] == early
    verdicts = published.execute("select distinct verdict from marts.fct_sla_verdicts where clause_kind = 'response_time'").fetchall()
    assert verdicts == [("not_judgeable",)]


def test_a_sample_is_called_a_sample(published: duckdb.DuckDBPyConnection) -> None:
    assert published.execute("select distinct is_sample from marts.fct_revenue").fetchall() == [(True,)]
    assert Path(DATA / "SOURCE.md").is_file()
