"""The real funnel of Olist through the shipped profile, against figures computed on their own with pandas."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from ingestion.files import reader
from ingestion.runner import Session

ROOT = Path(__file__).parents[3]
DATA = ROOT.parent / "shared" / "data" / "olist"
MAPPING = ROOT / "profiles" / "olist" / "mappings" / "files.yaml"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(),
    reason="Olist's data is not shipped (CC BY-NC-SA); profiles/olist/README.md says where it is",
)


@pytest.fixture(scope="module")
def loaded() -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = {}
    for part in reader(MAPPING, DATA)(Session({}, 1, lambda **_: {})):
        for table, found in part.tables.items():
            rows.setdefault(table, []).extend(found)
    return rows


def frame(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / f"olist_{name}_dataset.csv.gz", dtype=str, keep_default_na=False)


def test_every_lead_by_its_own_origin(loaded: dict[str, list[dict[str, Any]]]) -> None:
    assert len(loaded["handoffs"]) == 8000 and "quarantine" not in loaded
    expected = frame("marketing_qualified_leads")["origin"].value_counts().to_dict()
    found = Counter(row["channel"] or "" for row in loaded["handoffs"])
    assert found == expected and (found[""], found["unknown"]) == (60, 1099)
    assert all("mql_at" not in row for row in loaded["handoffs"])  # dates stay dates


def test_won_deals_in_local_dates(loaded: dict[str, list[dict[str, Any]]]) -> None:
    assert len(loaded["deals"]) == 842
    source = frame("closed_deals")
    local = pd.to_datetime(source["won_date"]).dt.tz_localize("UTC").dt.tz_convert("America/Sao_Paulo")
    expected = dict(zip(source["mql_id"], local.dt.date, strict=True))
    assert {row["deal_key"]: row["won_on"] for row in loaded["deals"]} == expected
    changed = sum(
        str(expected[mql]) != won[:10] for mql, won in zip(source["mql_id"], source["won_date"], strict=True)
    )
    assert changed == 3
    assert sum(row["won_at"] is None for row in loaded["deals"]) == 61  # midnight in São Paulo: only a date
    first_contact = {row["handoff_key"]: row["mql_on"] for row in loaded["handoffs"]}
    early = [row for row in loaded["deals"] if row["won_on"] < first_contact[row["handoff_key"]]]
    assert [row["handoff_key"] for row in early] == ["b91cf8812365f50ff4bda4bcd6206b05"]


def test_revenue_is_the_items_of_orders_that_left(loaded: dict[str, list[dict[str, Any]]]) -> None:
    items, orders = frame("order_items"), frame("orders")
    joined = items.merge(orders, on="order_id", validate="many_to_one")
    real = joined[joined["order_status"].isin(["delivered", "shipped", "invoiced"])]
    moved = loaded["movements"]
    assert len(moved) == len(real)
    assert sum(row["amount"] for row in moved) == sum(map(Decimal, real["price"]))
    sellers = frame("closed_deals")["seller_id"]
    from_deals = real[real["seller_id"].isin(sellers)]
    won = {row["company_key"] for row in loaded["deals"]}
    assert sum(row["amount"] for row in moved if row["company_key"] in won) == sum(
        map(Decimal, from_deals["price"])
    )
    assert {(row["kind"], row["currency"], row["is_sample"]) for row in moved} == {("invoice", "BRL", True)}
    months = Counter(row["occurred_on"].strftime("%Y-%m") for row in moved)
    assert months == real["order_purchase_timestamp"].str[:7].value_counts().to_dict()
    assert max(row["occurred_on"] for row in moved) <= date(2018, 10, 3)
