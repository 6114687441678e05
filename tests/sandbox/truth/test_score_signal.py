"""The monthly review of the score finds what the demo's company made matter, and raises nothing else.

Of the demo's seed, which is what people see. In other companies chance can make more of the size or the channel, which raise a
lead's fit a little; the review weighs rules against each other and then proposes less for the sector (seed 11 does).
The parts of the score are the truth's own; that the marts hold the same rows is what tests/e2e and tests/dbt compare.
"""

from __future__ import annotations

from collections import Counter

import pytest

from contract import load_agreement
from contract.score_review import Counts, Reading, review
from sandbox import truth
from sandbox.company import simulate
from sandbox.truth.really import sector_shares
from sandbox.truth.tables import handoffs
from sandbox.world import World
from tests.dbt.raw_fixture import DEMO

pytestmark = pytest.mark.long


def readings(world: World) -> dict[str, Reading]:
    """The review of the demo's version in force, by rule, with the counts that orchestration/score_reviews.py asks for."""
    known = truth.knowledge(world, world.end, [world.end])
    passed = handoffs(known)
    rows = {row["handoff_id"]: row for row in passed.to_dict("records")}
    counts: dict[str, Counter[str]] = {}
    for part in truth.score_parts(known, passed).to_dict("records"):
        row = rows[part["handoff_id"]]
        held = counts.setdefault(part["rule_id"], Counter())
        if row["status"] != "open" or row["sql_at"] is not None:
            held[part["result"]] += 1
            if part["result"] != "not_readable":
                held[f"{part['result']}_sqls"] += row["sql_at"] is not None or row["won_at"] is not None
    version = load_agreement(DEMO / "agreement").version("v5")
    return {reading.rule.id: reading for reading in review(version, {rule: Counts(**held) for rule, held in counts.items()})}


def test_the_review_points_to_the_sector_and_to_nothing_else() -> None:
    world = simulate(seed=7, sector_pull=0.13)
    found = readings(world)
    raised = {rule for rule, one in found.items() if one.proposed is not None and one.proposed > one.rule.points}
    assert raised == {"setor"}
    sector, shares = found["setor"], sector_shares(world, world.end)
    real = shares[True][0] / shares[True][1] - shares[False][0] / shares[False][1]
    assert sector.lift_low is not None and sector.lift_high is not None and 0 < sector.lift_low <= real <= sector.lift_high
    others = [one for rule, one in found.items() if rule != "setor" and one.lift_low is not None and one.lift_high is not None]
    assert len(others) > 3 and all(one.lift_low <= 0 <= one.lift_high for one in others), "chance is enough to explain them"


def test_where_nothing_tells_who_buys_nothing_is_raised() -> None:
    found = readings(simulate(seed=7))
    assert not [one.rule.id for one in found.values() if one.proposed is not None and one.proposed > one.rule.points]
