"""What changed when a version of the agreement came into force, worked out from the truth's hand-overs in plain Python."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_FLOOR, Decimal
from math import floor, sqrt
from typing import Any

import pandas as pd

from sandbox.truth.agreement import Agreement, local_day, naive


def before_after(tables: dict[str, pd.DataFrame], agreement: Agreement, as_of_day: date) -> pd.DataFrame:
    """One row per version in force by `as_of_day` (local) and share, as rpt_before_after must have them."""
    versions = sorted(agreement.versions, key=lambda terms: terms.effective_from)
    starts = [(terms.name, day) for terms in versions if (day := local_day(naive(terms.effective_from))) <= as_of_day]
    handoffs = tables["handoffs"].to_dict("records")
    rows = []
    for place, (name, start) in enumerate(starts):
        first = starts[place - 1][1] if place else date.min
        last = starts[place + 1][1] if place + 1 < len(starts) else date.max
        sides = [[h for h in handoffs if a <= h["mql_date"] < b] for a, b in ((first, start), (start, last))]
        for metric in ("mql_to_sql", "acceptance", "close_rate"):
            before, after = (list(_members(side, metric)) for side in sides)
            if before or after:
                rows.append({"agreement_version": name, "metric": metric, **_compared(before, after)})
    return pd.DataFrame(rows, dtype=object)


Member = tuple[tuple[str, str], bool, bool]  # (channel and temperature, hit, may still become one)


def _members(handoffs: Iterable[dict[str, Any]], metric: str) -> Iterable[Member]:
    for row in handoffs:
        sql = row["sql_at"] is not None or row["won_date"] is not None
        taken = sql or any(row[name] is not None for name in ("accepted_at", "opportunity_at", "proposal_at"))
        if metric == "close_rate" and not sql:
            continue
        hit = {"mql_to_sql": sql, "acceptance": taken, "close_rate": row["status"] == "won"}[metric]
        yield (row["channel"], row["temperature"]), hit, row["status"] == "open" and not hit


def _compared(before: list[Member], after: list[Member]) -> dict[str, Any]:
    strata: dict[tuple[str, str], tuple[list[bool], list[bool]]] = defaultdict(lambda: ([], []))
    still_open: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for side, members in enumerate((before, after)):
        for stratum, hit, open_ in members:
            strata[stratum][side].append(hit)
            still_open[stratum][side] += open_
    compared = {stratum: sides for stratum, sides in strata.items() if all(sides)}
    both = list(compared.values())
    total = sum(len(old) for old, _ in both)
    undecided = sum(open_ for _, _, open_ in before), sum(open_ for _, _, open_ in after)
    found: dict[str, Any] = {
        "before_members": len(before), "after_members": len(after),
        "before_value": _four(_share([hit for _, hit, _ in before])), "after_value": _four(_share([hit for _, hit, _ in after])),
        "share_compared": _four(total / len(before) if before else None),
        "before_undecided": undecided[0], "after_undecided": undecided[1],
    }  # fmt: skip
    names = ("after_value_same_mix", "change_same_mix", "change_at_least", "change_at_most")
    if not total:
        return found | dict.fromkeys(names) | {"reading": "not_comparable"}
    expected = sum(len(old) * _rate(new) for old, new in both) / total
    change = expected - sum(sum(old) for old, _ in both) / total
    margin = 1.96 * sqrt(sum(len(old) ** 2 * (_spread(old) + _spread(new)) for old, new in both)) / total
    figures = dict(zip(names, map(_four, (expected, change, change - margin, change + margin)), strict=True))
    may_fall = sum(still_open[stratum][0] for stratum in compared) / total
    may_rise = sum(len(old) * still_open[stratum][1] / len(new) for stratum, (old, new) in compared.items()) / total
    if change - margin - may_fall > 0 or change + margin + may_rise < 0:
        reading = "higher" if change > 0 else "lower"
    elif abs(change) > margin:
        reading = "immature"
    else:
        reading = "no_difference_beyond_chance"
    return found | figures | {"reading": reading}


def _rate(hits: list[bool]) -> float:
    return sum(hits) / len(hits)


def _spread(hits: list[bool]) -> float:
    return _rate(hits) * (1 - _rate(hits)) / len(hits)


def _share(hits: list[bool]) -> float | None:
    return _rate(hits) if hits else None


def _four(number: float | None) -> Decimal | None:
    return None if number is None else Decimal(floor(number * 10000 + 0.5)).scaleb(-4).quantize(Decimal("0.0001"), ROUND_FLOOR)
