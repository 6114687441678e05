"""The wheel of a routing rule: fair after every slot, for every set of sellers that are present together."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from math import gcd
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.rows.turns import routing_slots, wheel
from tests.contract.samples import GOOD, load

WEIGHTS = st.lists(st.integers(1, 40), min_size=1, max_size=12)


@settings(max_examples=150, deadline=None)
@given(WEIGHTS)
def test_shares_stay_within_one_of_the_weight_after_every_slot(weights: list[int]) -> None:
    turn = wheel(weights)
    assert len(turn) == sum(weights) // gcd(*weights)
    had = [0] * len(weights)
    for number, index in enumerate([*turn, *turn], start=1):
        had[index] += 1
        for count, weight in zip(had, weights, strict=True):
            assert abs(count - Fraction(number * weight, sum(weights))) < 1


@pytest.mark.parametrize(
    ("weights", "turn"),
    [([1], [0]), ([7], [0]), ([1, 1], [0, 1]), ([2, 1, 1], [0, 1, 2, 0]), ([4, 2], [0, 1, 0]), ([5, 1, 1], [0, 0, 1, 0, 0, 2, 0])],
)
def test_small_wheels(weights: list[int], turn: list[int]) -> None:
    assert wheel(weights) == turn


@pytest.mark.parametrize("weights", [[], [1, 0]])
def test_a_wheel_needs_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        wheel(weights)


ROUTED = GOOD.replace(
    "    passage:\n",
    """\
    routing:
      rules:
        - title: {pt: Sul, en: South}
          when: {states: [PR]}
          sellers:
            - {seller: ana@example.com.br, weight: 2, capacity: 5}
            - {seller: rui@example.com.br}
        - title: {pt: Demais, en: Others}
          sellers: [{seller: rui@example.com.br}, {seller: ana@example.com.br}]
          skip_absent: false
      fallback: {seller: eva@example.com.br}
    passage:
""",
) + """\
absences:
  - {seller: ana@example.com.br, from: 2026-03-02, until: 2026-03-06, reason: férias}
  - {seller: rui@example.com.br, from: 2026-03-05, until: 2026-03-09, reason: férias}
  - {seller: rui@example.com.br, from: 2025-03-05, until: 2025-03-09, reason: antes do acordo}
"""


def test_each_set_of_present_sellers_has_its_own_wheel(tmp_path: Path) -> None:
    rows = routing_slots(load(tmp_path, acordo=ROUTED))

    def of(rule: int) -> list[tuple[str | None, str | None, str]]:
        found: dict[tuple[datetime | None, datetime | None], str] = {}
        for row in rows:
            if row["rule_no"] == rule:
                key = row["from_at"], row["until_at"]
                found[key] = f"{found.get(key, '')} {row['seller_email'][:3]}".strip()
        return [(str(start) if start else None, str(end) if end else None, who) for (start, end), who in found.items()]

    assert of(1) == [
        (None, "2026-03-02 03:00:00", "ana rui ana"),
        ("2026-03-02 03:00:00", "2026-03-05 03:00:00", "rui"),
        # from 5 to 7 March everybody is away: no slots
        ("2026-03-07 03:00:00", "2026-03-10 03:00:00", "ana"),
        ("2026-03-10 03:00:00", None, "ana rui ana"),
    ]
    assert of(2) == [(None, None, "rui ana")]  # whoever is away: the rule does not skip
    assert of(0) == [(None, None, "eva")]
    together = [row for row in rows if row["rule_no"] == 1 and row["slots"] == 3]
    assert {row["roster"] for row in together} == {"ana@example.com.br rui@example.com.br"}
    assert {(row["seller_email"][:3], row["capacity"], row["is_limited"]) for row in together} == {("ana", 5, True), ("rui", None, True)}


def test_an_agreement_without_routing_has_no_wheel(tmp_path: Path) -> None:
    assert routing_slots(load(tmp_path, acordo=GOOD)) == []
