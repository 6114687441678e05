"""What must hold of the funnel whatever the company: nobody is counted twice, a later stage never holds more than an earlier
one, every stage is accounted for, and who was a person yesterday is the same person today.

Hypothesis makes up companies (people with shared phones and CRM cards, deals that skip, repeat and reopen stages, copies,
sales and losses, contacts without a deal). dbt compiles the models once; the examples run on their SQL alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.express.compiled import statement_of
from tests.dbt.raw_fixture import Raw, fresh_warehouse, run_dbt

pytestmark = pytest.mark.long

MODELS = ("fct_handoffs", "fct_funnel_events", "bdg_handoff_opportunities", "fct_opportunities", "rpt_funnel", "dim_people")
START = datetime(2026, 2, 2, 12)
STAGES = ("lead", "mql", "accepted", "sql", "opportunity", "proposal", "customer")


class Chain(list[Any]):
    """The models' statements in their order; too long to be shown with every example."""

    def __repr__(self) -> str:
        return "Chain()"


@dataclass
class Deal:
    """`moves`: hours between the visits of stages s1 to s5, in any order."""

    contacts: list[int]
    day: int
    moves: list[tuple[int, int]]
    end: str
    parent: int | None


PEOPLE = st.lists(st.tuples(st.booleans(), st.sampled_from([None, None, 1, 2]), st.integers(0, 100)), min_size=1, max_size=7)
DEALS = st.lists(
    st.builds(
        Deal,
        st.lists(st.integers(0, 6), min_size=1, max_size=2, unique=True),
        st.integers(0, 100),
        st.lists(st.tuples(st.integers(1, 5), st.integers(1, 400)), max_size=6),
        st.sampled_from(["ongoing", "won", "lost"]),
        st.none() | st.integers(0, 3),
    ),
    max_size=7,
)


@pytest.fixture(scope="module")
def chain(dbt_home: Path) -> Chain:
    found = run_dbt(["compile", "--no-introspect", "--select", *(f"+{name}" for name in MODELS)], dbt_home, fresh_warehouse(dbt_home))
    nodes = {one.node.unique_id: one.node for one in found.result if one.node.resource_type == "model"}
    order, done = Chain(), set[str]()

    def add(key: str) -> None:
        if key in done or key not in nodes:
            return
        done.add(key)
        for before in nodes[key].depends_on.nodes:
            add(before)
        if nodes[key].config.materialized != "ephemeral":
            order.append(statement_of(nodes[key].to_dict()))

    for key in sorted(nodes):
        add(key)
    return order


def at(day: int, hours: int = 0) -> str:
    return f"{START + timedelta(days=day, hours=hours):%Y-%m-%d %H:%M:%S}"


def company(people: list[Any], deals: list[Deal]) -> Raw:
    raw = Raw()
    raw.stages()
    for n, (has_card, phone, day) in enumerate(people):
        raw.contact(f"p{n}", at(day))
        if phone is not None:
            raw.add("rd_station", "contact_identifiers", contact_uuid=f"p{n}", kind="phone", value=f"1198765432{phone}", position=1)
        if has_card:
            raw.crm_contact(f"c{n}", f"p{n}")
    cards = [n for n, (has_card, _, _) in enumerate(people) if has_card]
    for n, deal in enumerate(deals):
        contacts = [f"c{card}" for card in deal.contacts if card in cards]
        if not contacts:
            continue
        hours, visits = 0, []
        for stage, later in deal.moves:
            hours += later
            visits.append((stage, hours))
        closed = at(deal.day, hours + 24) if deal.end != "ongoing" else None
        parent = f"d{deal.parent}" if deal.parent is not None and deal.parent < n else None
        raw.deal(f"d{n}", contacts, at(deal.day), closed, deal.end, parent_deal_id=parent, stage_id=f"s{visits[-1][0] if visits else 1}")
        raw.visit(f"d{n}", f"d{n}:0", "s1", at(deal.day))
        for place, (stage, hour) in enumerate(visits, 1):
            raw.visit(f"d{n}", f"d{n}:{place}", f"s{stage}", at(deal.day, hour))
    return raw


def built(chain: Chain, raw: Raw, folder: Path) -> duckdb.DuckDBPyConnection:
    """A database of the raw rows with the models made of them."""
    path = folder / "warehouse.duckdb"
    path.unlink(missing_ok=True)
    raw.write_duckdb(path)
    con = duckdb.connect(config={"threads": 1})
    con.execute(f"attach '{path}' as warehouse; use warehouse")
    for schema in {statement.relation.rsplit(".", 1)[0] for statement in chain}:
        con.execute(f"create schema if not exists {schema}")
    for statement in chain:
        if statement.before:
            con.execute(statement.before)
        con.execute(f"create table {statement.relation} as ({statement.sql})")
    return con


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE, deals=DEALS)
def test_nobody_is_counted_twice_and_no_stage_grows(chain: Chain, people: list[Any], deals: list[Deal], tmp_path: Path) -> None:
    raw = company(people, deals)
    with built(chain, raw, tmp_path) as con:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return con.execute(query).fetchall()

        live = {row["deal_id"] for row in raw.rows["raw_rd_station_crm", "deals"]}
        found = rows("select source_id, handoff_id, is_copy from marts.fct_opportunities")
        assert Counter(deal for deal, _, _ in found) == Counter(live), "each deal once"
        handoffs = rows("select handoff_id, person_id, passage_no, status from marts.fct_handoffs")
        assert len({h[0] for h in handoffs}) == len(handoffs)
        assert {h for _, h, _ in found if h} <= {h[0] for h in handoffs}
        passages = defaultdict(list)
        for _, person, number, _ in handoffs:
            passages[person].append(number)
        assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in passages.values())
        assert set(passages) <= {person for (person,) in rows("select person_id from marts.dim_people")}
        primary = Counter(h for h, in rows("select handoff_id from marts.bdg_handoff_opportunities where is_primary"))
        assert all(count == 1 for count in primary.values())

        reached: dict[Any, list[int]] = defaultdict(lambda: [0] * len(STAGES))
        for month, channel, place, entered, here, skipped, passed, conversion in rows(
            "select period_start, channel_label, stage_no, entered, reached_or_later, skipped, passed, conversion from marts.rpt_funnel"
        ):
            reached[month, channel][place] = here
            assert 0 <= entered <= here and skipped == here - entered and 0 <= passed <= here
            assert conversion is None or 0 <= conversion <= 1
        for counts in reached.values():
            assert counts[1:] == sorted(counts[1:], reverse=True), "a later stage never holds more"
        assert sum(counts[1] for counts in reached.values()) == len(handoffs)
        won = {h[0] for h in handoffs if h[3] == "won"}
        assert sum(counts[6] for counts in reached.values()) == len(won)
        people_of_rd = rows("select count(distinct person_id) from intermediate.int_person_nodes where source_system = 'rd_station'")
        assert sum(counts[0] for counts in reached.values()) == people_of_rd[0][0]
        events = rows("select event_id, stage from marts.fct_funnel_events")
        assert len({event for event, _ in events}) == len(events) and {stage for _, stage in events} <= set(STAGES)


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE, deals=DEALS, more=PEOPLE)
def test_who_was_a_person_stays_that_person(chain: Chain, people: list[Any], deals: list[Deal], more: list[Any], tmp_path: Path) -> None:
    """New people, also ones who share a phone with known ones, never take a known person's id away."""
    named = "select node, person_id from intermediate.int_person_nodes"
    with built(chain, company(people, deals), tmp_path) as con:
        before = dict(con.execute(named).fetchall())
    with built(chain, company([*people, *((False, phone, 100) for _, phone, _ in more)], deals), tmp_path) as con:
        after = dict(con.execute(named).fetchall())
    assert before.keys() <= after.keys()
    joined: dict[str, set[str]] = defaultdict(set)
    for node, person in before.items():
        joined[after[node]].add(person)
    for now, earlier in joined.items():
        assert now in earlier, "a new record gave its id to people who had one"
