"""When the outside systems were looked at, and what the product itself sent into them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime


@dataclass(frozen=True)
class Webhook:
    """One RD Station Marketing webhook as received: the funnel it carried and the instant of its event."""

    contact_uuid: str
    event_type: str  # WEBHOOK.CONVERTED | WEBHOOK.MARKED_OPPORTUNITY
    event_identifier: str
    occurred_at: datetime
    lifecycle_stage: str | None
    fit: int | None = None
    interest: int | None = None


@dataclass(frozen=True)
class Posted:
    """A conversion that the product sent into RD Station (a return to nurture), as the sandbox recorded it."""

    contact_uuid: str
    identifier: str
    at: datetime


@dataclass(frozen=True)
class Observations:
    """`polls`: instants (aware UTC) at which every system was read completely.

    `funnels` and `deals`, when given, replace the polls for the reads of one contact's funnel or one deal: id ->
    the instants at which that record was really read. Contacts or deals that are not named were not read at all.
    """

    polls: Sequence[datetime]
    funnels: Mapping[str, Sequence[datetime]] | None = None
    deals: Mapping[str, Sequence[datetime]] | None = None
    webhooks: Sequence[Webhook] = field(default_factory=tuple)
    posted: Sequence[Posted] = field(default_factory=tuple)


def as_observations(given: Observations | Sequence[datetime]) -> Observations:
    """A list of instants is the plain case: everything was read at each of them."""
    found = given if isinstance(given, Observations) else Observations(tuple(given))
    if not found.polls:
        raise ValueError("at least one poll is needed: nothing is observable without looking")
    return found


def second(instant: datetime) -> datetime:
    """Naive UTC, cut to the whole second: how staging keeps every instant."""
    return instant.astimezone(UTC).replace(tzinfo=None, microsecond=0)
