"""Who had the lead when, and when it was graded, as far as the reads of the deal show it (rules V6, V7, V13)."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.truth.passages import Passage
from sandbox.truth.seen import DealRead, Seen


@dataclass(frozen=True)
class Owner:
    """One owner of the primary deal; the change to it lies in [not_before, since], it ends at `until`."""

    number: int
    user_id: str
    not_before: datetime
    since: datetime
    until: datetime | None


def reads_of(passage: Passage, seen: Seen, as_of: datetime) -> list[DealRead]:
    """What the reads of the primary deal showed up to `as_of`, in order."""
    if not passage.deals:
        return []
    return [read for read in seen.deal_reads.get(passage.deals[0]["deal_id"], []) if read.at <= as_of]


def owners_of(passage: Passage, reads: list[DealRead], assigned_at: datetime | None) -> list[Owner]:
    """The owners one after the other; reads without an owner are passed over."""
    changes: list[tuple[str, datetime, datetime]] = []  # user, not_before, since
    for position, read in enumerate(reads):
        if read.user_id is None or (changes and changes[-1][0] == read.user_id):
            continue
        if changes:
            changes.append((read.user_id, reads[position - 1].at, read.at))
        else:
            since = assigned_at or read.at
            changes.append((read.user_id, since, since))
    owners = []
    for number, (user, not_before, since) in enumerate(changes, start=1):
        until = changes[number][2] if number < len(changes) else None
        owners.append(Owner(number, user, not_before, since, until))
    return owners


def owner_seen(
    passage: Passage, reads: list[DealRead], assigned_at: datetime | None
) -> tuple[datetime, datetime] | None:
    """[lo, hi] of the instant at which the deal got its first owner; None when it has none."""
    if assigned_at is None or not passage.deals:
        return None
    deal = passage.deals[0]
    if deal["user_id"] is not None and not deal["user_changed"]:
        return assigned_at, assigned_at
    first = next((n for n, read in enumerate(reads) if read.user_id is not None), 0)
    return (reads[first - 1].at if first else deal["created_at"]), assigned_at


def rating_seen(passage: Passage, reads: list[DealRead]) -> tuple[datetime, datetime] | None:
    """[lo, hi] of the instant at which the primary deal got its first stars; None when it has none."""
    for position, read in enumerate(reads):
        if read.rating > 1:
            lower = reads[position - 1].at if position else passage.deals[0]["created_at"]
            return lower, min(read.at, read.updated_at)
    return None
