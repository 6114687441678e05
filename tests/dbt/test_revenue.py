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

import duckdb
import pytest

from ingestion.protheus.rows import landed
from ingestion.protheus.source import Chunk
from tests.dbt.raw_fixture import Raw, fetch, fresh_warehouse, run_dbt

DATA = Path(__file__).parents[1] / "ingestion" / "protheus" / "data"
EXPECTED = json.loads((DATA / "expected.json").read_text())
READ = ("AC2010", "AD1010", "ADY010", "ADZ010", "AIJ010", "CN9010", "CNA010", "CNB010", "SUS010", "SA1010", "SC5010", "SD1010", "SD2010", "SE1010", "SE5010", "SF1010", "SF2010", "SF4010")

FUNNEL = [f"stg_protheus__{name}" for name in ("sus", "ac2", "ad1", "aij", "ady", "adz", "cn9", "cna", "cnb")]
RECURRING = ("int_recurring_spans", "int_account_months", "fct_mrr_movements", "rpt_mrr")
DATABASE: list[Any] = []
EXPECTED_OPPORTUNITIES = {"000101": "won", "000102": "lost", "000103": "open"}
EXPECTED_PROPOSALS = [
    ("000201", "order_generated", "customer", Decimal("2000.00")),
    ("000202", "cancelled", "prospect", Decimal("5000.00")),
    ("000203", "open", "customer", Decimal("18000.00")),
]
EXPECTED_CONTRACTS = [("000000000000601", "in_force", True, Decimal("18000.00"))]


def examples() -> Raw:
    """The example tables of company group 01, and a sale with its return from a file."""
    raw = Raw()
    for name in READ:
        alias = name[:3].lower()
        with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as handle:
            rows = [{key.lower(): None if value == "\\N" else value for key, value in row.items()} for row in csv.DictReader(handle)]
        found = landed(alias, Chunk({key: [row[key] for row in rows] for key in rows[0]}), "01", {})
        for table, given in {**found.others, alias: found.own.to_pylist()}.items():
            for one in given:
                raw.add("protheus", table, **one)
    raw.add("files", "movements", movement_key="m1", company_key="c1", kind="invoice", amount=Decimal("10.50"),
            currency="BRL", occurred_on="2026-06-01", is_sample=True)  # fmt: skip
    raw.add("files", "movements", movement_key="m2", company_key="c1", kind="return", amount=Decimal("4.50"),
            currency="BRL", occurred_on="2026-06-02", is_sample=True)  # fmt: skip
    return raw


@pytest.fixture(scope="module")
def items(dbt_home: Path) -> Iterator[list[dict[str, Any]]]:
    """Rows of int_revenue_items."""
    database = examples().write_duckdb(fresh_warehouse(dbt_home))
    with duckdb.connect(str(database)) as con:  # no CRM here: its deals need not be built to be none
        con.execute("create schema intermediate; create table intermediate.int_opportunities (opportunity_id text, company_id text,"
                    " person_id text, outcome text, is_copy boolean, amount_recurring decimal(18, 2), closed_date date)")  # fmt: skip
    run_dbt(["run", "--select", "+int_revenue_items", "+fct_receivables", *FUNNEL, *RECURRING], dbt_home, database)
    DATABASE.append(database)
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


def test_receivables_total_and_open_by_branch(items: list[dict[str, Any]]) -> None:
    totals = fetch(DATABASE[-1], """
        select branch_id, sum(amount) as amount, sum(open_amount) as open_amount, sum(erp_open_amount) as erp_amount
        from marts.fct_receivables where kind = 'receivable' group by branch_id""")  # fmt: skip
    assert {t["branch_id"]: t["amount"] for t in totals} == money(EXPECTED["receivables_total_by_branch"])
    assert {t["branch_id"]: t["open_amount"] for t in totals} == money(EXPECTED["receivables_open_by_branch"])
    assert all(t["open_amount"] == t["erp_amount"] for t in totals)


def test_recurring_revenue_of_the_contract_in_force(items: list[dict[str, Any]]) -> None:
    months = {m["month"].isoformat(): m for m in fetch(DATABASE[-1], "select * from marts.rpt_mrr")}
    assert {m: months[m]["closing_amount"] for m in ("2026-01-01", "2026-06-01")} == {
        "2026-01-01": 1400, "2026-06-01": Decimal(str(EXPECTED["monthly_recurring_revenue"]))
    }  # fmt: skip
    assert (months["2026-02-01"]["expansion_amount"], months["2026-02-01"]["nrr"]) == (100, Decimal("1.0714"))


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


def test_the_erps_own_funnel(items: list[dict[str, Any]]) -> None:
    """Opportunities by their last revision, the open stage, proposals in words, and contracts in force."""
    database = DATABASE[-1]
    current = fetch(database, "select ad1_nropor, opportunity_status from staging.stg_protheus__ad1 where is_current_revision")
    assert len(current) == len({row["ad1_nropor"] for row in current}) == len(EXPECTED_OPPORTUNITIES)
    assert {row["ad1_nropor"]: row["opportunity_status"] for row in current} == EXPECTED_OPPORTUNITIES
    open_stages = fetch(database, """
        select a.ad1_nropor from staging.stg_protheus__ad1 as a join staging.stg_protheus__aij as j
        on j.aij_filial = a.ad1_filial and j.aij_nropor = a.ad1_nropor and j.aij_revisa = a.ad1_revisa
        where a.is_current_revision and j.is_current_stage and j.aij_stage <> a.ad1_stage""")  # fmt: skip
    assert open_stages == []
    proposals = fetch(database, """
        select p.ady_propos, p.proposal_status, p.account_kind, sum(i.adz_total) as total from staging.stg_protheus__ady as p
        join staging.stg_protheus__adz as i on i.adz_filial = p.ady_filial and i.adz_propos = p.ady_propos
        and i.adz_revisa = p.ady_previs group by 1, 2, 3 order by 1""")  # fmt: skip
    assert [tuple(row.values()) for row in proposals] == EXPECTED_PROPOSALS
    contracts = fetch(database, """
        select c.cn9_numero, c.contract_status, s.is_recurring, sum(i.cnb_vltot) as total from staging.stg_protheus__cn9 as c
        join staging.stg_protheus__cna as s on s.cna_filial = c.cn9_filial and s.cna_contra = c.cn9_numero
        and coalesce(s.cna_revisa, '') = coalesce(c.cn9_revisa, '')
        join staging.stg_protheus__cnb as i on i.cnb_filial = s.cna_filial and i.cnb_contra = s.cna_contra
        and coalesce(i.cnb_revisa, '') = coalesce(s.cna_revisa, '') and i.cnb_numero = s.cna_numero
        where c.is_current_revision group by 1, 2, 3 order by 1""")  # fmt: skip
    assert [tuple(row.values()) for row in contracts] == EXPECTED_CONTRACTS
