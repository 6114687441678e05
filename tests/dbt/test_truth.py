"""The marts equal the truth of a simulated company, row by row, when its systems were looked at many times.

The raw rows come straight from the looks (`world_rows`), so that this compares the models alone; the whole line with
servers and ingestion is compared in `tests/e2e`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from sandbox import truth
from sandbox.truth.identity import person_id
from tests.dbt.raw_fixture import fetch, fresh_warehouse, run_dbt
from tests.dbt.world_rows import raw_of
from tests.e2e.compare import differences
from tests.support.sandbox import simulated

pytestmark = pytest.mark.long  # make test compares one company through the whole line (tests/e2e)

# table of the truth: (key, the same rows in the warehouse); `{record}` joins the opening record of the hand-over.
RECORD = "left join intermediate.int_handoffs as i on t.handoff_id = i.handoff_id"
TABLES: dict[str, tuple[list[str], str]] = {
    "handoffs": (
        ["opening_record"],
        "select t.*, i.opening_record, i.closed_at, i.closing_opportunity_id"
        f" from marts.fct_handoffs as t {RECORD}",
    ),
    "verdicts": (
        ["verdict_id"],
        "select t.*, i.opening_record from marts.fct_sla_verdicts as t"
        " left join intermediate.int_handoffs as i on t.handoff_id = i.handoff_id",
    ),
    "opportunities": (["opportunity_id"], f"select t.*, i.opening_record from marts.fct_opportunities as t {RECORD}"),
    "bridge": (
        ["opening_record", "opportunity_id"],
        f"select t.*, i.opening_record from intermediate.int_handoff_opportunities as t {RECORD}",
    ),
    "funnel_events": (
        ["person_id", "opening_record", "stage", "entered_at", "entered_date"],
        f"select t.*, i.opening_record from marts.fct_funnel_events as t {RECORD}",
    ),
    "attempts": (["attempt_id"], f"select t.*, i.opening_record from marts.fct_contact_attempts as t {RECORD}"),
    "revenue": (["movement_id"], f"select t.*, i.opening_record from marts.fct_revenue as t {RECORD}"),
    "touchpoints": (["touchpoint_id"], f"select t.*, i.opening_record from marts.fct_touchpoints as t {RECORD}"),
    "attribution": (
        ["attribution_id"],
        "select t.*, i.opening_record, cast(t.weight * 1000000 as bigint) as weight_millionths,"
        f" cast(t.attributed_amount * 100 as bigint) as attributed_cents from marts.fct_attribution as t {RECORD}",
    ),
    "receivables": (["receivable_id"], "select * from marts.fct_receivables"),
    "branch_revenue": (["branch_id", "month"], "select * from marts.rpt_branch_revenue"),
    "reconciliation": (["branch_id", "month"], "select * from marts.rpt_revenue_reconciliation"),
    "mrr_movements": (["account_id", "month"], "select * from marts.fct_mrr_movements"),
    "mrr": (["month"], "select * from marts.rpt_mrr"),
    "mrr_cohorts": (["cohort_month", "month"], "select * from marts.rpt_mrr_cohorts"),
    "people": (["node"], "select node, person_id from intermediate.int_person_nodes"),
    "returns": (
        ["subject_id"],
        "select t.*, i.opening_record from plan.plan_nurture_return as t"
        f" {RECORD} where t.refusal_reason is distinct from 'before_go_live'",
    ),
}
# What the truth keeps for itself, names in its own way, or knows from pages that `world_rows` has none of.
OWN_COLUMNS = {"content", "person", "primary_deal", "closing_deal", "deal_id", "task_id", "contact_uuid"}
GO_LIVE = datetime(2026, 1, 1, tzinfo=UTC)  # early, so that every reason against a return occurs


@dataclass
class Company:
    """A simulated company whose systems were looked at every `step` days, as of `as_of`."""

    frames: dict[str, pd.DataFrame]
    database: Path

    def differences(self, table: str) -> list[str]:
        key, query = TABLES[table]
        expected = self.frames[table].copy()
        if "person" in expected and "person_id" not in expected:
            expected["person_id"] = [person_id(p) if p else None for p in expected["person"]]
        rows = fetch(self.database, query)
        if not rows:  # a day before go-live has no returns: then the truth must have none either
            return [] if expected.empty else [f"no rows, where the truth has {len(expected)}"]
        found = pd.DataFrame(rows, columns=pd.Index(list(rows[0])), dtype=object)
        columns = [c for c in expected.columns if c not in key and c not in OWN_COLUMNS]
        assert set(columns) <= set(found.columns), set(columns) - set(found.columns)
        return differences(_objects(expected), _objects(found), key, columns)


def _objects(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).where(frame.notna(), None)


def build(home: Path, seed: int, leads: int, step: int, dirt: float = 1.0, earlier: int = 0) -> Company:
    world = simulated(seed=seed, leads=leads, dirt=dirt)
    looks = [world.end - timedelta(days=days) for days in range(364, -1, -step)]
    as_of: datetime = world.end - timedelta(days=earlier)
    known = truth.knowledge(world, as_of, looks, go_live=GO_LIVE)
    database = raw_of(world, known.seen).write_duckdb(fresh_warehouse(home))
    instants = {"as_of": f"{as_of:%Y-%m-%d %H:%M:%S}", "go_live": f"{GO_LIVE:%Y-%m-%d %H:%M:%S}"}
    run_dbt(["run"], home, database, instants)
    returns = truth.returns_due(known, GO_LIVE).replace({"refusal_reason": {"won_later": "won_since"}})
    return Company({**truth.frames(known, world, as_of), "returns": returns}, database)


@pytest.fixture(scope="module")
def company(dbt_home: Path) -> Iterator[Company]:
    yield build(dbt_home, seed=31, leads=250, step=7)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_equals_the_truth(company: Company, table: str) -> None:
    assert not company.frames[table].empty
    assert company.differences(table) == []


def test_data_and_unit_tests_hold_on_a_whole_company(company: Company, dbt_home: Path) -> None:
    run_dbt(["test"], dbt_home, company.database, {"go_live": f"{GO_LIVE:%Y-%m-%d %H:%M:%S}"})


@pytest.mark.parametrize(
    ("seed", "step", "dirt", "earlier"), [(41, 1, 1.0, 0), (42, 3, 3.0, 0), (43, 7, 1.0, 45), (44, 30, 2.0, 200)]
)
def test_other_companies_and_earlier_days(dbt_home: Path, seed: int, step: int, dirt: float, earlier: int) -> None:
    other = build(dbt_home, seed, 1500, step, dirt, earlier)
    for table in TABLES:
        assert other.differences(table) == [], table
