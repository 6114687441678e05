"""Whose turn it is: the wheel of each routing rule, for every set of its sellers that are present together.

SQL takes the n-th hand-over of a rule to the slot `n mod slots` of the wheel in force, so that distribution needs no state:
the same hand-overs give the same sellers, however often and wherever it runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from math import gcd
from typing import Any

from contract.exceptions import Away
from contract.sections.routing import RoutingRule, RoutingSeller
from contract.signed import Agreement, SignedVersion

Row = dict[str, Any]
Stretch = tuple[datetime | None, datetime | None, tuple[RoutingSeller, ...]]
FALLBACK = 0  # the rule number of the seller who gets what no rule takes


def wheel(weights: Sequence[int]) -> list[int]:
    """Indices into `weights`, one per slot of a full turn (sum of the weights over their common divisor).

    Tijdeman's solution of the chairman assignment problem: after every number of slots, each index has had its exact share
    give or take 1 - 1/(2m - 2), m being the number of weights. Of those that lag by at least 1/(2m - 2), the one whose
    lag reaches its limit first is next; the first of equals. ValueError without weights or with one below 1.
    """
    if not weights or min(weights) < 1:
        raise ValueError("a wheel needs weights of at least 1")
    divisor = gcd(*weights)
    shares = [weight // divisor for weight in weights]
    total, spread = sum(shares), max(2 * len(shares) - 2, 1)
    had = [0] * len(shares)
    order: list[int] = []
    for slot in range(1, total + 1):
        # All in units of 1 / (total * spread), so that everything is whole.
        lags = [spread * (share * slot - total * count) for share, count in zip(shares, had, strict=True)]
        ready = [index for index, lag in enumerate(lags) if lag >= total] if len(shares) > 1 else [0]
        chosen = min(ready, key=lambda index: (Fraction(total * (spread - 1) - lags[index], shares[index]), index))
        had[chosen] += 1
        order.append(chosen)
    return order


def routing_slots(agreement: Agreement) -> list[Row]:
    """One row per version, rule, stretch of time with the same sellers present, and slot of their wheel (from 0).

    Instants are naive UTC; null = without end. While everybody of a rule is away it has no slots. The seller of the
    fallback has rule 0 and the only slot. A wheel goes on where it stopped when the same sellers are present again:
    `roster` names them.
    """
    return [row for version in agreement.versions for row in _of_version(version, agreement.absences)]


def _of_version(version: SignedVersion, absences: Sequence[Away]) -> Iterator[Row]:
    routing = version.terms.routing
    if routing is None:
        return
    for number, rule in enumerate(routing.rules, start=1):
        for start, end, present in _stretches(rule, absences, version.effective_from):
            yield from _slots(version.version, number, start, end, present)
    if routing.fallback is not None:
        alone = RoutingSeller(seller=routing.fallback.seller, weight=1, capacity=None)
        yield from _slots(version.version, FALLBACK, None, None, (alone,))


def _slots(
    version: str, rule: int, start: datetime | None, end: datetime | None, present: tuple[RoutingSeller, ...]
) -> Iterator[Row]:
    order = wheel([item.weight for item in present])
    for slot, index in enumerate(order):
        yield {
            "agreement_version": version,
            "rule_no": rule,
            "from_at": _naive(start),
            "until_at": _naive(end),
            "roster": " ".join(item.seller for item in present),
            "slots": len(order),
            "slot_no": slot,
            "seller_email": present[index].seller,
            "capacity": present[index].capacity,
            "is_limited": any(item.capacity is not None for item in present),
        }


def _stretches(rule: RoutingRule, absences: Sequence[Away], since: datetime) -> Iterator[Stretch]:
    """Time cut where somebody leaves or comes back; what ended before `since` is left out."""
    listed = {item.seller for item in rule.sellers}
    away = [one for one in absences if rule.skip_absent and one.seller in listed and one.until_at > since]
    cuts = sorted({instant for one in away for instant in (one.from_at, one.until_at) if instant > since})
    for start, end in zip([None, *cuts], [*cuts, None], strict=True):
        inside = start or since
        gone = {one.seller for one in away if one.from_at <= inside < one.until_at}
        present = tuple(item for item in rule.sellers if item.seller not in gone)
        if present:
            yield start, end, present


def _naive(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC).replace(tzinfo=None)
