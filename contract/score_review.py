"""The monthly review of the score: what each rule's points would be by what really happened, as a diff of the agreement.

It proposes and never applies: points change only in a new version that both areas sign. The lift of a rule is the share of
hand-overs that became SQL among those that earned it, less the share among those that missed it, with Newcombe's 95 % interval
(1998, method 10: from the Wilson intervals of both shares). Points are proposed in proportion to the lifts, so that the judged
rules together earn what they earn today, and only where today's points lie outside of what the interval allows. Rules stand
beside each other, not one given the others: an association, for people to judge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import unified_diff
from math import floor, sqrt
from pathlib import Path
from typing import Literal

from contract.problems import AgreementError, Problem
from contract.sections.scoring import ScoreRule
from contract.signed import SignedVersion
from contract.yaml_source import parse_yaml

Verdict = Literal["proposed", "within_chance", "small_sample", "not_readable", "no_lift"]
_POINTS = re.compile(r"\bpoints:\s*(\d+)")
_Z = 1.96


@dataclass(frozen=True)
class Counts:
    """Decided hand-overs of one rule: how many earned and missed it, how many of each became SQL, and what nobody could read."""

    earned: int = 0
    earned_sqls: int = 0
    missed: int = 0
    missed_sqls: int = 0
    not_readable: int = 0


@dataclass(frozen=True)
class Reading:
    """What the review says of one rule. Lifts are shares (0.12 = 12 points of percentage); None where nothing can be told."""

    rule: ScoreRule
    counts: Counts
    verdict: Verdict
    lift: float | None = None
    lift_low: float | None = None
    lift_high: float | None = None
    proposed: int | None = None


def review(version: SignedVersion, counts: Mapping[str, Counts]) -> list[Reading]:
    """One reading per rule of the version, in its order; empty when the version has no score. `counts`: by rule id."""
    scoring = version.terms.scoring
    if scoring is None:
        return []
    lifts = {
        rule.id: _lift(found)
        for rule in scoring.rules
        if min((found := counts.get(rule.id, Counts())).earned, found.missed) >= scoring.review.least_sample
    }
    gained = sum(max(lift, 0.0) for lift, _, _ in lifts.values())
    points = sum(rule.points for rule in scoring.rules if rule.id in lifts)
    readings = []
    for rule in scoring.rules:
        found = counts.get(rule.id, Counts())
        if rule.id not in lifts:
            dark = found.not_readable and not found.earned + found.missed
            readings.append(Reading(rule, found, "not_readable" if dark else "small_sample"))
            continue
        lift, low, high = lifts[rule.id]
        per_lift = points / gained if gained > 0 else 0.0
        verdict: Verdict = "within_chance"
        proposed = None
        if not gained:
            verdict = "no_lift"
        elif not low * per_lift <= rule.points <= high * per_lift:
            wanted = min(100, max(1, floor(lift * per_lift + 0.5)))
            verdict, proposed = ("proposed", wanted) if wanted != rule.points else (verdict, None)
        readings.append(Reading(rule, found, verdict, lift, low, high, proposed))
    return readings


def _wilson(hits: int, total: int) -> tuple[float, float]:
    share, spread = hits / total, _Z * _Z / total
    middle, width = share + spread / 2, _Z * sqrt(share * (1 - share) / total + spread / (4 * total))
    return (middle - width) / (1 + spread), (middle + width) / (1 + spread)


def _lift(found: Counts) -> tuple[float, float, float]:
    """(difference of both shares, its lower end, its upper end)."""
    with_it, without = found.earned_sqls / found.earned, found.missed_sqls / found.missed
    (low, high), (other_low, other_high) = _wilson(found.earned_sqls, found.earned), _wilson(found.missed_sqls, found.missed)
    lift = with_it - without
    return (
        lift,
        lift - sqrt((with_it - low) ** 2 + (other_high - without) ** 2),
        lift + sqrt((high - with_it) ** 2 + (without - other_low) ** 2),
    )


def proposal(folder: Path, version: SignedVersion, readings: list[Reading]) -> str:
    """The file of the version with the proposed points, as a unified diff against it; empty when nothing is proposed.

    AgreementError where a line of the file holds the points of more than one rule, so that none can be changed alone.
    """
    wanted = {reading.rule.id: reading.proposed for reading in readings if reading.proposed is not None}
    if not wanted:
        return ""
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8-sig")
        data, lines = parse_yaml(text, f"agreement/{path.name}")
        for place, found in enumerate((data or {}).get("versions") or []):
            if found.get("version") != version.version:
                continue
            before = text.splitlines(keepends=True)
            after = list(before)
            for number, rule in enumerate(found["scoring"]["rules"]):
                if rule["id"] in wanted:
                    key = ("versions", place, "scoring", "rules", number, "points")
                    at = lines.line(key) - 1
                    if len(_POINTS.findall(before[at])) != 1:
                        raise AgreementError([lines.problem(key, "stands in one line with others", "Write points: in a line of its own.")])
                    after[at] = _POINTS.sub(f"points: {wanted[rule['id']]}", before[at])
            name = f"agreement/{path.name}"
            return "".join(unified_diff(before, after, f"a/{name}", f"b/{name}"))
    raise AgreementError([Problem("agreement", 0, version.version, "stands in no file of the folder", "Write it as a plain mapping.")])
