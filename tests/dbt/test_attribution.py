"""Conservation, on companies that hypothesis makes up: every model shares a movement out to the cent, whatever the amounts,
touches and parameters. dbt compiles the two models once per set of parameters; the examples run on their SQL alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.dbt.raw_fixture import fresh_warehouse, run_dbt

MODELS = ("first", "last", "linear", "position_based", "time_decay")
SHARING = [
    {},  # as dbt_project.yml says: dbt parses anew for any other
    pytest.param({"look_back_days": 0, "half_life_days": 1, "first_percent": 100, "last_percent": 0}, marks=pytest.mark.long),
    pytest.param({"look_back_days": 900, "half_life_days": 180, "first_percent": 0, "last_percent": 1}, marks=pytest.mark.long),
]
TABLES = """
    create schema marts; create schema intermediate;
    create table marts.fct_touchpoints (touchpoint_id text, handoff_id text, position bigint, touches bigint,
        days_before_last bigint, campaign_id text, channel text, form text, content text);
    create table marts.fct_revenue (movement_id text, handoff_id text, match_rule text, signed_amount decimal(18, 2), currency text,
        occurred_on date, is_revenue boolean, is_sample boolean);
"""
AMOUNTS = st.integers(-10**11, 10**11) | st.integers(-500, 500)  # cents: up to a billion, and those that hardly can be shared
# Of each hand-over: the ages in days of its touches (none: nobody touched it), and its movements.
COMPANIES = st.lists(
    st.tuples(st.lists(st.integers(0, 3000), max_size=30), st.lists(AMOUNTS, min_size=1, max_size=4)), min_size=1, max_size=8
)


@dataclass(frozen=True)
class Shop:
    """The compiled SQL of one set of parameters."""

    weights: str
    attribution: str

    def shares(self, company: list[tuple[list[int], list[int]]], outside: list[int]) -> list[tuple[Any, ...]]:
        """(movement, model, cents, millionths, touch) of every row; `outside`: movements without a hand-over."""
        touches, movements = [], [(f"x{i}", None, Decimal(cents).scaleb(-2)) for i, cents in enumerate(outside)]
        for number, (ages, amounts) in enumerate(company):
            ordered = sorted((age - min(ages) for age in ages), reverse=True)
            touches += [(f"{number}-{i}", f"h{number}", i, len(ages), age) for i, age in enumerate(ordered, 1)]
            movements += [(f"m{number}-{i}", f"h{number}", Decimal(c).scaleb(-2)) for i, c in enumerate(amounts)]
        with duckdb.connect() as con:
            con.execute("attach ':memory:' as warehouse; use warehouse;" + TABLES)
            if touches:
                con.executemany("insert into marts.fct_touchpoints values (?, ?, ?, ?, ?, null, null, null, null)", touches)
            if movements:
                con.executemany("insert into marts.fct_revenue values (?, ?, null, ?, 'BRL', '2026-03-02', true, false)", movements)
            con.execute(f"create table intermediate.int_attribution_weights as {self.weights}")
            return con.execute(
                "select movement_id, model, cast(attributed_amount * 100 as bigint), cast(weight * 1000000 as bigint),"
                f" touchpoint_id from ({self.attribution})"
            ).fetchall()


@pytest.fixture(scope="module", params=SHARING, ids=["usual", "ends", "middle"])
def shop(request: pytest.FixtureRequest, dbt_home: Path) -> Shop:
    found = run_dbt(["compile", "--no-introspect", "--select", "int_attribution_weights", "fct_attribution"], dbt_home,
                    fresh_warehouse(dbt_home), request.param and {"attribution": request.param})  # fmt: skip
    code = {one.node.name: one.node.compiled_code for one in found.result}
    return Shop(code["int_attribution_weights"], code["fct_attribution"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(company=COMPANIES, outside=st.lists(AMOUNTS, max_size=2))
def test_shares_sum_to_revenue_to_the_cent(shop: Shop, company: list[Any], outside: list[int]) -> None:
    rows = shop.shares(company, outside)
    wanted = {f"x{i}": cents for i, cents in enumerate(outside)}
    wanted |= {f"m{n}-{i}": cents for n, (_, amounts) in enumerate(company) for i, cents in enumerate(amounts)}
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for movement, model, cents, weight, touch in rows:
        so_far = found.get((movement, model), (0, 0))
        found[movement, model] = so_far[0] + cents, so_far[1] + weight
        # Nobody earns against the sign of the movement, and the bucket is only for what nobody touched.
        assert cents == 0 or (cents > 0) == (wanted[movement] > 0)
        assert (touch is None) == (movement.startswith("x") or not company[int(movement[1:].split("-")[0])][0])
    assert found == {(m, model): (cents, 1_000_000) for m, cents in wanted.items() for model in MODELS}
