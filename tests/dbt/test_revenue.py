"""Revenue of the ERP against the answers that come with the contract's example tables (contracts/protheus.md 5).

The tables land through ingestion's own row conversion; the models read them as they read any company's.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingestion.protheus.rows import landed
from ingestion.tables import TABLES
from tests.dbt.raw_fixture import Raw, fetch, fresh_warehouse, run_dbt

DATA = Path(__file__).parents[1] / "ingestion" / "protheus" / "data"
EXPECTED = json.loads((DATA / "expected.json").read_text())
READ = ("SA1010", "SC5010", "SD1010", "SD2010", "SE1010", "SE5010", "SF1010", "SF2010", "SF4010")


def examples() -> Raw:
    """The example tables of company group 01, and a sale with its return from a file."""
    raw = Raw()
    for name in READ:
        alias = name[:3].lower()
        with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                given = {key.lower(): None if value == "\\N" else value for key, value in row.items()}
                for table, rows in landed(alias, given, "01", {}).items():
                    for one in rows:
                        known = TABLES["raw_protheus"][table].column_names
                        raw.add("protheus", table, **{k: v for k, v in one.items() if k in known})
    raw.add("files", "movements", movement_key="m1", company_key="c1", kind="invoice", amount=Decimal("10.50"),
            currency="BRL", occurred_on="2026-06-01", is_sample=True)  # fmt: skip
    raw.add("files", "movements", movement_key="m2", company_key="c1", kind="return", amount=Decimal("4.50"),
            currency="BRL", occurred_on="2026-06-02", is_sample=True)  # fmt: skip
    return raw


@pytest.fixture(scope="module")
def items(dbt_home: Path) -> Iterator[list[dict[str, Any]]]:
    """Rows of int_revenue_items."""
    database = examples().write_duckdb(fresh_warehouse(dbt_home))
    run_dbt(["run", "--select", "+int_revenue_items"], dbt_home, database)
    yield fetch(database, "select * from intermediate.int_revenue_items")


def by_branch(items: list[dict[str, Any]], kinds: set[str], column: str = "amount") -> dict[str, Decimal]:
    totals: dict[str, Decimal] = {}
    for item in items:
        if item["kind"] in kinds and item["source_system"] == "protheus":
            totals[item["branch_id"]] = totals.get(item["branch_id"], Decimal()) + item[column]
    return totals


def money(answers: dict[str, float]) -> dict[str, Decimal]:
    return {branch: Decimal(str(amount)) for branch, amount in answers.items()}


@pytest.mark.parametrize(
    ("answer", "kinds", "column"),
    [
        ("invoiced_goods_value_by_branch", {"invoice"}, "amount"),
        ("returns_goods_value_by_branch", {"return"}, "amount"),
        ("net_invoiced_by_branch", {"invoice", "return"}, "signed_amount"),
        ("received_cash_by_branch", {"payment"}, "amount"),
        ("received_principal_by_branch", {"payment"}, "principal_amount"),
    ],
)
def test_totals_by_branch(items: list[dict[str, Any]], answer: str, kinds: set[str], column: str) -> None:
    assert by_branch(items, kinds, column) == money(EXPECTED[answer])


def test_a_return_names_its_item_and_its_order(items: list[dict[str, Any]]) -> None:
    (returned,) = [item for item in items if item["kind"] == "return" and item["source_system"] == "protheus"]
    assert (returned["origin_movement_id"], returned["order_ref"]) == ("sd2:01:1", "01-000401")


def test_a_payment_finds_its_order_through_the_title(items: list[dict[str, Any]]) -> None:
    orders = {item["movement_id"]: item["order_ref"] for item in items if item["kind"] == "payment"}
    assert orders == {"se5:01:1": "01-000401", "se5:01:3": "01-000401", "se5:01:6": "02-000401"}


def test_companies_come_from_the_shared_customer_table(items: list[dict[str, Any]]) -> None:
    by_id = {item["movement_id"]: item for item in items}
    assert by_id["sd2:01:1"]["company_id"] == by_id["se5:01:1"]["company_id"] != by_id["sd2:01:5"]["company_id"]
    assert by_id["sd2:01:5"]["company_id"] is not None  # an alphanumeric CNPJ
    assert by_id["sd2:01:8"]["company_id"] is None  # a foreign buyer has none


def test_files_bring_signed_samples(items: list[dict[str, Any]]) -> None:
    found = {
        item["movement_id"]: (item["signed_amount"], item["is_revenue"], item["is_sample"])
        for item in items
        if item["source_system"] == "files"
    }
    assert found == {
        "files:movement:m1": (Decimal("10.50"), True, True),
        "files:movement:m2": (Decimal("-4.50"), True, True),
    }
