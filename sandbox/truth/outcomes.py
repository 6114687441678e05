"""What became of a passage: stage instants, outcome, attempts, and what was known at the hand-over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.company.constants import ATTEMPT_TYPES
from sandbox.company.terms import Terms
from sandbox.truth.agreement import channel_of, funnel_stage, is_return
from sandbox.truth.identity import md5
from sandbox.truth.passages import Passage, closing
from sandbox.truth.seen import Seen


@dataclass(frozen=True)
class Attempt:
    """One completed task that is an attempt to reach somebody."""

    task_id: str
    deal_id: str
    channel: str
    occurred_at: datetime
    logged_at: datetime
    user_id: str

    @property
    def attempt_id(self) -> str:
        """The key of the attempt in the marts."""
        return md5(f"rd_station_crm:task:{self.task_id}")

    @property
    def order(self) -> tuple[datetime, str]:
        """Which of two attempts came first; the key decides within the same second."""
        return self.occurred_at, self.attempt_id


def attempts_by_deal(seen: Seen, as_of: datetime) -> dict[str, list[Attempt]]:
    """All attempts up to `as_of`, by deal, in order."""
    found: dict[str, list[Attempt]] = {}
    for task_id, task in seen.tasks.items():
        done = task["done_at"]
        if task["type"] in ATTEMPT_TYPES and done is not None and done <= as_of:
            attempt = Attempt(
                task_id, task["deal_id"], task["type"], done, task["created_at"], task["user_id"]
            )
            found.setdefault(task["deal_id"], []).append(attempt)
    for own in found.values():
        own.sort(key=lambda a: a.order)
    return found


@dataclass
class Outcome:
    """Instants and state of a passage as of one instant; None = did not happen or is not known."""

    status: str = "open"
    accepted_at: datetime | None = None
    sql_at: datetime | None = None
    opportunity_at: datetime | None = None
    proposal_at: datetime | None = None
    won_at: datetime | None = None
    lost_at: datetime | None = None
    rejected_at: datetime | None = None
    closed_at: datetime | None = None
    reason_label: str | None = None
    closing_deal: str | None = None

    @property
    def decided_at(self) -> datetime | None:
        """When the rejection or loss was decided."""
        return self.rejected_at or self.lost_at


def _first_visit(passage: Passage, stages: Iterable[str], as_of: datetime) -> datetime | None:
    wanted = set(stages)
    return min(
        (
            at
            for deal in passage.deals
            for name, at in deal["visits"]
            if at <= as_of and funnel_stage(name) in wanted
        ),
        default=None,
    )


def outcome(passage: Passage, reasons: dict[str, str], as_of: datetime) -> Outcome:
    """RULES R7 and R13. `reasons`: lost reason id -> label."""
    result = Outcome()
    for stage in ("accepted", "opportunity", "proposal"):
        setattr(result, f"{stage}_at", _first_visit(passage, [stage], as_of))
    closed = sorted(
        (at, deal["deal_id"], deal) for deal in passage.deals if (at := closing(deal, as_of)) is not None
    )
    won = [(at, deal_id) for at, deal_id, deal in closed if deal["win"]]
    if won:
        result.won_at, result.closing_deal = won[0]
    result.sql_at = _first_visit(passage, ("sql", "opportunity", "proposal"), as_of) or result.won_at
    result.closed_at = passage.end if passage.end <= as_of else None
    if won:
        result.status = "won"
    elif len(closed) < len(passage.deals) or passage.end > as_of:
        result.status = "open"
    elif not passage.deals:
        result.status = "inactive"
    else:
        at, result.closing_deal, deal = closed[-1]
        result.reason_label = reasons.get(deal["lost_reason_id"] or "")
        if result.sql_at is None or at < result.sql_at:
            result.status, result.rejected_at = "rejected", at
        else:
            result.status, result.lost_at = "lost", at
    return result


def attempts_of(passage: Passage, by_deal: dict[str, list[Attempt]]) -> list[Attempt]:
    """The passage's attempts from its MQL on, colleagues' deals included, in order."""
    found = [a for deal in [*passage.deals, *passage.joined] for a in by_deal.get(deal["deal_id"], ())]
    found = [a for a in found if a.occurred_at >= passage.opening.at]
    return sorted(found, key=lambda a: a.order)


def assigned_at(passage: Passage, seen: Seen, as_of: datetime) -> datetime | None:
    """When the primary deal got its owner, as far as the reads show it (RULES R10)."""
    if not passage.deals:
        return None
    primary = passage.deals[0]
    if primary["user_id"] is not None and not primary["user_changed"]:
        created: datetime = primary["created_at"]
        return created
    reads = seen.deal_reads.get(primary["deal_id"], [])
    return min((r.at for r in reads if r.user_id is not None and r.at <= as_of), default=None)


def seller_rating(passage: Passage, seen: Seen) -> int | None:
    """The stars, unless they are the untouched default of 1."""
    if not passage.deals:
        return None
    rating: int = passage.deals[0]["rating"]
    changed = any(r.rating != rating for r in seen.deal_reads.get(passage.deals[0]["deal_id"], []))
    return rating if rating > 1 or changed else None


def known_at_handover(seen: Seen, uuids: list[str], mql_at: datetime, terms: Terms) -> dict[str, Any]:
    """temperature, scores, channel, campaign_id, mql_criteria_met from what was known at the hand-over."""
    conversions = sorted(
        (at, identifier, source, medium, campaign)
        for uuid in uuids
        for kind, identifier, at, source, medium, campaign in conversions_of(seen, uuid)
    )
    glances = sorted(
        ((g.at, uuid, g) for uuid in uuids for g in seen.glances.get(uuid, ()) if g.at <= mql_at),
        key=lambda item: (item[0], item[1]),
    )
    scored = [g for _, _, g in glances if g.fit is not None or g.interest is not None]
    fit, interest = (scored[-1].fit, scored[-1].interest) if scored else (None, None)
    since = mql_at - timedelta(days=terms.hot_within_days)
    signalled = any(
        identifier in terms.hot_conversions and since <= at <= mql_at for at, identifier, *_ in conversions
    )
    hot = signalled or (interest or 0) >= terms.hot_interest
    sourced = [c for c in conversions if c[2]]
    before = [c for c in sourced if c[0] <= mql_at]
    origin = before[-1] if before else sourced[0] if sourced else None
    campaign = (origin[4] or "").strip().lower() if origin else ""
    channel = channel_of(origin[2], origin[3]) if origin else "unknown"
    converted = {identifier for at, identifier, *_ in conversions if at <= mql_at}
    return {
        "temperature": "hot" if hot else "other", "fit_score": fit, "interest_score": interest, "channel": channel,
        "mql_criteria_met": criteria_met(terms, fit, interest, channel, converted),
        "campaign_id": md5(f"campaign:{campaign}") if campaign else None,
    }  # fmt: skip


def criteria_met(
    terms: Terms, fit: int | None, interest: int | None, channel: str, converted: set[str]
) -> bool | None:
    """Whether the facts satisfy every MQL criterion that data can decide; None when one of them is not known."""
    answers: list[bool | None] = []
    for rule, value in terms.mql_rules:
        if isinstance(value, int):
            score = {"fit_at_least": fit, "interest_at_least": interest}[rule]
            answers.append(None if score is None else score >= value)
        else:
            answers.append(channel in value if rule == "channel_in" else not converted.isdisjoint(value))
    if False in answers:
        return False
    return None if None in answers or not answers else True


def conversions_of(seen: Seen, uuid: str) -> list[tuple[str, str, datetime, str, str, str]]:
    """Conversions of a contact that count: our own returns do not. Missing traffic texts are empty."""
    return [
        (kind, identifier, at, source or "", medium or "", campaign or "")
        for kind, identifier, at, source, medium, campaign in seen.rd_events.get(uuid, ())
        if kind == "CONVERSION" and not is_return(identifier)
    ]
