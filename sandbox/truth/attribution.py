"""What each touch of a person earned: touches of a hand-over, and its revenue shared out by five models, in plain Python.

Money and weights are whole numbers here (cents, millionths): a share is what the running total, rounded down, grows by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd

from sandbox.truth.agreement import channel_of, local_day
from sandbox.truth.identity import md5
from sandbox.truth.judged import Judged, Knowledge
from sandbox.truth.outcomes import conversions_of
from sandbox.world import World

MODELS = ("first", "last", "linear", "position_based", "time_decay")
MILLION = 1_000_000


@dataclass(frozen=True)
class Sharing:
    """The demo's parameters (profiles/demo/bastao.yaml says the same)."""

    look_back_days: int = 90
    half_life_days: int = 7
    first_percent: int = 40
    last_percent: int = 40


@dataclass(frozen=True)
class Touch:
    """One conversion in the window of a hand-over."""

    occurred_at: datetime
    form: str
    campaign_id: str | None
    channel: str
    day: date


def touches_of(known: Knowledge, one: Judged, sharing: Sharing) -> list[Touch]:
    """The touches of a passage in order; of two conversions on one form in one second only one counts."""
    opened = local_day(one.passage.opening.at)
    until = one.outcome.won_at or one.outcome.closed_at or known.as_of
    found: dict[tuple[datetime, str], Touch] = {}
    for uuid in known.contacts.get(one.passage.person, ()):
        for _, form, at, source, medium, campaign in conversions_of(known.seen, uuid):
            day = local_day(at)
            if day < opened - timedelta(days=sharing.look_back_days) or at > min(until, known.as_of):
                continue
            name = campaign.strip().lower()
            channel = channel_of(source, medium) if source.strip() else "unknown"
            touch = Touch(at, form, md5(f"campaign:{name}") if name else None, channel, day)
            rival = found.get((at, form), touch)
            found[at, form] = max(touch, rival, key=lambda t: (t.campaign_id or "", t.channel))
    return sorted(found.values(), key=lambda t: (t.occurred_at, t.form))


def _points(model: str, touches: Sequence[Touch], sharing: Sharing) -> list[int]:
    count = len(touches)
    if model == "first":
        return [1] + [0] * (count - 1)
    if model == "last":
        return [0] * (count - 1) + [1]
    if model == "position_based":
        if count <= 2:
            return [1] if count == 1 else [sharing.first_percent, sharing.last_percent]
        middle = 100 - sharing.first_percent - sharing.last_percent
        ends = sharing.first_percent * (count - 2), sharing.last_percent * (count - 2)
        return [ends[0], *[middle] * (count - 2), ends[1]]
    if model == "time_decay":
        ages = [(touches[-1].day - touch.day).days for touch in touches]
        # After 20 half-lives one millionth is left, and stays.
        return [max(1, int(0.5 ** (age / sharing.half_life_days) * MILLION + 0.5)) for age in ages]
    return [1] * count


def shared(total: int, points: Sequence[int]) -> list[int]:
    """`total` shared out in proportion to `points`, in whole units that sum to it."""
    running, before, result = 0, 0, []
    for point in points:
        running += point
        so_far = total * running // sum(points)
        result.append(so_far - before)
        before = so_far
    return result


def _before(one: Judged, at: datetime) -> str | None:
    if at <= one.passage.opening.at:
        return "mql"
    if one.outcome.opportunity_at and at <= one.outcome.opportunity_at:
        return "opportunity"
    return "customer" if one.outcome.won_at else None


def touchpoint_id(one: Judged, touch: Touch) -> str:
    """The key of the touch in the marts."""
    return md5(f"{one.passage.handoff_id}|{touch.occurred_at:%Y-%m-%dT%H:%M:%S}|{touch.form}")


def page_names(world: World) -> dict[str, str]:
    """What people call the pages and forms, by identifier."""
    return {
        page["identifier"]: page["name"]
        for kind in ("landing_pages", "forms", "popups")
        for page in world.reference.get(kind, ())
    }


def touchpoints(known: Knowledge, world: World, sharing: Sharing = Sharing()) -> pd.DataFrame:
    """One row per hand-over and touch."""
    names = page_names(world)
    rows: list[dict[str, Any]] = []
    for one in known.judged:
        touches = touches_of(known, one, sharing)
        rows.extend(
            {"touchpoint_id": touchpoint_id(one, touch), "opening_record": one.record, "position": place,
             "touches": len(touches), "before_stage": _before(one, touch.occurred_at), "occurred_at": touch.occurred_at,
             "occurred_on": touch.day, "days_before_last": (touches[-1].day - touch.day).days,
             "campaign_id": touch.campaign_id, "channel": touch.channel, "form": touch.form,
             "content": names.get(touch.form)}
            for place, touch in enumerate(touches, 1)
        )  # fmt: skip
    return pd.DataFrame(rows, dtype=object)


def attribution(known: Knowledge, sharing: Sharing = Sharing()) -> pd.DataFrame:
    """One row per movement of revenue, model and touch that earns of it, or one for what no touch explains."""
    records = {one.record: (one, touches_of(known, one, sharing)) for one in known.judged}
    rows: list[dict[str, Any]] = []
    for movement in known.movements:
        if not movement.is_revenue:
            continue
        one, touches = records.get(movement.opening_record or "", (None, []))
        sign = -1 if movement.signed_amount < 0 else 1
        cents = int(abs(movement.signed_amount) * 100)
        for model in MODELS:
            if one is None or not touches:
                rows.append(_row(movement, model, None, None, MILLION, sign * cents))
                continue
            weights = shared(MILLION, _points(model, touches, sharing))
            rows.extend(
                _row(movement, model, touchpoint_id(one, touch), touch, weight, sign * earned)
                for touch, weight, earned in zip(touches, weights, shared(cents, weights), strict=True)
                if weight
            )
    return pd.DataFrame(rows, dtype=object)


def _row(movement: Any, model: str, touch_id: str | None, touch: Touch | None, weight: int, cents: int) -> dict[str, Any]:
    unmatched = "ambiguous" if movement.match_rule == "ambiguous" else "no_handoff"
    reason = None if touch else "no_touchpoint" if movement.opening_record else unmatched
    return {
        "attribution_id": md5(f"{movement.movement_id}|{model}|{touch_id or 'unattributed'}"),
        "movement_id": movement.movement_id, "model": model, "touchpoint_id": touch_id,
        "opening_record": movement.opening_record, "bucket": "attributed" if touch else "unattributed",
        "unattributed_reason": reason, "campaign_id": touch.campaign_id if touch else None,
        "channel": touch.channel if touch else None, "form": touch.form if touch else None,
        "weight_millionths": weight, "attributed_cents": cents, "occurred_on": movement.occurred_on,
    }  # fmt: skip
