"""Conservation of money, on companies that hypothesis makes up: whatever documents, deals and contracts there are, every
revenue item is counted once and by one rule, branch and month reconcile to the cent, and recurring revenue closes.

dbt compiles the models once; the examples run on their SQL alone, over the tables they read.
"""

from __future__ import annotations

import calendar
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt.raw_fixture import fresh_warehouse, run_dbt

TODAY = date(2026, 6, 30)  # of AS_OF
CHAIN = (
    "int_revenue_invoice_items", "int_revenue_return_items", "int_revenue_items", "int_order_candidates",
    "int_revenue_candidates", "int_revenue_matches", "fct_revenue", "rpt_revenue_reconciliation",
)  # fmt: skip
RECURRING = ("int_account_months", "fct_mrr_movements", "rpt_mrr")
READ = """
    create schema staging; create schema intermediate; create schema marts;
    create table staging.stg_protheus__sd2 (company_group text, recno bigint, d2_filial text, d2_doc text, d2_serie text,
        d2_item text, d2_cliente text, d2_loja text, d2_tes text, d2_tipo text, d2_total decimal(18, 2), d2_emissao date,
        d2_pedido text);
    create table staging.stg_protheus__sf2 (company_group text, f2_filial text, f2_doc text, f2_serie text, f2_cliente text,
        f2_loja text);
    create table staging.stg_protheus__sf4 (company_group text, f4_filial text, f4_codigo text, f4_duplic text);
    create table staging.stg_protheus__sd1 (company_group text, recno bigint, d1_filial text, d1_doc text, d1_nfori text,
        d1_seriori text, d1_itemori text, d1_fornece text, d1_loja text, d1_tipo text, d1_total decimal(18, 2), d1_dtdigit date);
    create table staging.stg_protheus__ady (company_group text, ady_filial text, ady_codigo text, ady_loja text, ady_dtpdv date,
        ady_dtapro date, proposal_status text, account_kind text);
    create table staging.stg_files__movements (movement_key text, company_key text, kind text, amount decimal(18, 2),
        currency text, occurred_on date, is_sample boolean);
    create table intermediate.int_company_nodes (node text, company_id text);
    create table intermediate.int_revenue_payments (movement_id text, company_group text, branch_id text, document text,
        customer_code text, customer_store text, amount decimal(18, 2), principal_amount decimal(18, 2), occurred_on date,
        order_ref text);
    create table intermediate.int_erp_customers (company_group text, a1_filial text, a1_cod text, a1_loja text, company_id text,
        account_id text);
    create table intermediate.int_revenue_orders (company_group text, order_ref text, order_number text, branch_id text,
        customer_code text, customer_store text, company_id text, ordered_on date, amount decimal(18, 2));
    create table intermediate.int_opportunities (opportunity_id text, source_id text, erp_order text, company_id text,
        outcome text, is_copy boolean, created_at timestamp, closed_date date, amount decimal(18, 2),
        amount_recurring decimal(18, 2));
    create table intermediate.int_opportunity_handoffs (opportunity_id text, handoff_id text);
    create table intermediate.int_handoffs (handoff_id text, company_id text, won_date date, won_at timestamp);
    create table intermediate.int_recurring_spans (basis text, account_id text, company_id text, amount decimal(18, 2),
        since date, until date);
"""
BRANCH, PART, COMPANY = st.sampled_from(["01", "02"]), st.integers(1, 3), st.integers(0, 2)
CENTS, DAY = st.integers(1, 10**7) | st.sampled_from([100, 1000]), st.integers(0, 70).map(lambda n: TODAY - timedelta(days=n))
ITEMS = st.dictionaries(
    st.tuples(BRANCH, PART, PART, COMPANY),  # branch, document, item, customer
    st.tuples(st.sampled_from(["501", "501", "502"]), st.sampled_from(["N", "N", "C", "D"]), CENTS, DAY, PART), max_size=8,
)  # fmt: skip
RETURNS = st.lists(st.tuples(BRANCH, PART, PART, COMPANY, CENTS, DAY), max_size=4)
DEALS = st.lists(
    st.tuples(COMPANY, st.sampled_from([None, None, "01-1", "01-2", "02-1", "1"]), DAY, CENTS, st.sampled_from([None, 0, 1, 2, 3])),
    max_size=5,
)  # fmt: skip
SPANS = st.lists(st.tuples(COMPANY, CENTS, st.integers(0, 500), st.none() | st.integers(0, 400)), min_size=1, max_size=8)


class Compiled(dict[str, str]):
    """The SQL of each model, by name; too long to be shown with every example."""

    def __repr__(self) -> str:
        return "Compiled()"


@pytest.fixture(scope="module")
def sql(dbt_home: Path) -> Compiled:
    found = run_dbt(["compile", "--no-introspect", "--select", *CHAIN, *RECURRING], dbt_home, fresh_warehouse(dbt_home))
    nodes = [one.node for one in found.result if one.node.resource_type == "model"]
    return Compiled((node.name, f"{node.schema}.{node.name} as {node.compiled_code}") for node in nodes)


def built(sql: Compiled, models: tuple[str, ...], rows: dict[str, list[tuple[Any, ...]]]) -> duckdb.DuckDBPyConnection:
    """A database with `rows` and the models made of them."""
    con = duckdb.connect()
    con.execute("attach ':memory:' as warehouse; use warehouse;" + READ)
    for table, values in rows.items():
        if values:
            con.executemany(f"insert into {table} values ({', '.join('?' * len(values[0]))})", values)
    for model in models:
        con.execute(f"create table {sql[model]}")
    return con


def money(cents: int) -> str:
    return f"{cents}e-2"


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items=ITEMS, cancelled=st.sets(st.tuples(BRANCH, PART, COMPANY), max_size=2), returns=RETURNS, deals=DEALS)
def test_revenue_is_counted_once_by_one_rule(
    sql: Compiled, items: dict[Any, Any], cancelled: set[Any], returns: list[Any], deals: list[Any]
) -> None:
    lines = list(items.items())
    headers = {(b, d, c) for b, d, _, c in items} - cancelled
    orders = {(b, o): (c, day, cents) for (b, _, _, c), (_, _, cents, day, o) in lines}
    wins = {h: (company, day) for company, _, day, _, h in deals if h is not None}
    rows: dict[str, list[tuple[Any, ...]]] = {
        "staging.stg_protheus__sf4": [("01", None, "501", "S"), ("01", None, "502", "N"), ("01", "01", "501", "S")],
        "staging.stg_protheus__sf2": [("01", b, str(d), "1", f"c{c}", "01") for b, d, c in headers],
        "staging.stg_protheus__sd2": [
            ("01", n, b, str(d), "1", str(i), f"c{c}", "01", tes, kind, money(cents), day, str(order))
            for n, ((b, d, i, c), (tes, kind, cents, day, order)) in enumerate(lines)
        ],
        "staging.stg_protheus__sd1": [
            ("01", n, b, "900", str(d), "1", str(i), f"c{c}", "01", "D", money(cents), day)
            for n, (b, d, i, c, cents, day) in enumerate(returns)
        ],
        "intermediate.int_erp_customers": [("01", None, f"c{c}", "01", f"co{c}" if c else None, f"a{c}") for c in range(3)],
        "intermediate.int_revenue_orders": [
            ("01", f"{b}-{o}", str(o), b, f"c{c}", "01", f"co{c}" if c else None, day, money(cents))
            for (b, o), (c, day, cents) in orders.items()
        ],
        "intermediate.int_opportunities": [
            (f"d{n}", str(n), note, f"co{company}", "won", False, day, day, money(cents), None)
            for n, (company, note, day, cents, _) in enumerate(deals)
        ],
        "intermediate.int_opportunity_handoffs": [(f"d{n}", f"h{deal[4]}") for n, deal in enumerate(deals) if deal[4] is not None],
        "intermediate.int_handoffs": [(f"h{h}", f"co{company}", day, day) for h, (company, day) in wins.items()],
    }  # fmt: skip
    sold = {key for key, (tes, kind, *_) in lines if tes == "501" and kind != "D" and (key[0], key[1], key[3]) in headers}
    wanted: Counter[tuple[str, date]] = Counter()
    for key in sold:
        wanted[key[0], items[key][3].replace(day=1)] += items[key][2]
    back = [(b, cents, day) for b, d, i, c, cents, day in returns if (b, d, i, c) in sold]
    for branch, cents, day in back:
        wanted[branch, day.replace(day=1)] -= cents
    with built(sql, CHAIN, rows) as con:
        found = con.execute("select match_rule, handoff_id, match_confidence, match_candidates,"
                            " cast(signed_amount * 100 as bigint), movement_id from marts.fct_revenue").fetchall()  # fmt: skip
        assert len(found) == len(sold) + len(back), found
        assert sum(row[4] for row in found) == wanted.total()
        named = dict(con.execute("select movement_id, count(distinct handoff_id) from intermediate.int_revenue_candidates"
                                 " group by 1").fetchall())  # fmt: skip
        for rule, handoff, confidence, candidates, _, movement in found:
            assert (handoff is None) == (confidence == 0) == (rule in ("ambiguous", "none"))
            assert candidates == named.get(movement, 0) and (rule == "ambiguous") == (candidates > 1)
        sides = con.execute("select branch_id, month, cast(erp_revenue * 100 as bigint), difference"
                            " from marts.rpt_revenue_reconciliation").fetchall()  # fmt: skip
        assert all(side[3] == 0 for side in sides)
        assert {(branch, month): cents for branch, month, cents, _ in sides} == dict(wanted)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spans=SPANS)
def test_recurring_revenue_closes_every_month(sql: Compiled, spans: list[Any]) -> None:
    begun = [(a, cents, TODAY - timedelta(days=ago), length) for a, cents, ago, length in spans]
    held = [(a, cents, since, since + timedelta(days=n) if n is not None else None) for a, cents, since, n in begun]
    rows = [("contract", f"a{a}", None, money(cents), since, until) for a, cents, since, until in held]
    with built(sql, RECURRING, {"intermediate.int_recurring_spans": rows}) as con:
        months = con.execute(
            "select month, cast(opening_amount * 100 as bigint), cast((new_amount + expansion_amount + contraction_amount"
            " + churn_amount + reactivation_amount) * 100 as bigint), cast(closing_amount * 100 as bigint), nrr, grr"
            " from marts.rpt_mrr order by month"
        ).fetchall()
        moved = con.execute("select kind, cast(amount * 100 as bigint) from marts.fct_mrr_movements").fetchall()
    before = 0
    for month, opening, movement, closing, nrr, grr in months:
        last = min(month.replace(day=calendar.monthrange(month.year, month.month)[1]), TODAY)
        assert opening == before and opening + movement == closing
        assert closing == sum(cents for _, cents, since, until in held if since <= last and (until is None or last < until))
        assert (nrr is None) == (opening == 0) == (grr is None)
        assert nrr is None or (grr <= nrr and grr <= 1)
        before = closing
    assert not months or months[-1][0] == TODAY.replace(day=1)
    assert all((amount > 0) == (kind in ("new", "expansion", "reactivation")) for kind, amount in moved)
