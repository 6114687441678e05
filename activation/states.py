"""The states of a delivery and the steps between them (design section 7).

    planned → refused | pending → sending → accepted → confirmed | failed → pending | held | dead

`planned`   known, but something that can change keeps it back (for example no e-mail): looked at again each run.
`refused`   consent declined, suppressed, or cancelled before any attempt. Final.
`sending`   an attempt is under way, or its end is unknown: the outside may have acted.
`failed`    the outside certainly did not act; tried again at `next_attempt_at`.
`held`      unknown whether the outside acted, and nobody can read it back now. Never resent without an answer.
`dead`      given up: refused by the outside for good, out of tries, or cancelled by a person.
"""

from __future__ import annotations

from enum import StrEnum

from activation.errors import TransitionError


class State(StrEnum):
    """Values are what the outbox, the export and the marts show."""

    PLANNED = "planned"
    REFUSED = "refused"
    PENDING = "pending"
    SENDING = "sending"
    ACCEPTED = "accepted"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    HELD = "held"
    DEAD = "dead"


ALLOWED: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.REFUSED, State.PENDING}),
    # accepted without an attempt: found at the destination before the first send (a lost ledger).
    # held without an attempt: a lost ledger and a destination that cannot be read back.
    State.PENDING: frozenset(
        {State.SENDING, State.REFUSED, State.ACCEPTED, State.CONFIRMED, State.HELD, State.DEAD}
    ),
    # pending straight from sending: a 429, or a read-back that proved absence.
    State.SENDING: frozenset(
        {State.ACCEPTED, State.CONFIRMED, State.FAILED, State.PENDING, State.HELD, State.DEAD}
    ),
    State.FAILED: frozenset({State.PENDING, State.DEAD, State.REFUSED, State.CONFIRMED}),
    State.HELD: frozenset({State.PENDING, State.ACCEPTED, State.CONFIRMED, State.DEAD}),
    State.ACCEPTED: frozenset({State.CONFIRMED}),
    State.DEAD: frozenset({State.PENDING, State.CONFIRMED}),
    State.CONFIRMED: frozenset(),
    State.REFUSED: frozenset(),
}

FINAL = frozenset({State.REFUSED, State.CONFIRMED})
"""Nothing leaves these states."""

OPEN = frozenset({State.PENDING, State.SENDING, State.FAILED})
"""States that a run takes up again by itself."""

UNCONFIRMED = frozenset(state for state, after in ALLOWED.items() if State.CONFIRMED in after)
"""States that evidence from ingestion may close."""


def check_path(start: State, *path: State) -> State:
    """The last state of `path`, after checking each step from `start`; TransitionError names the bad one."""
    here = start
    for step in path:
        if step not in ALLOWED[here]:
            raise TransitionError(f"a delivery cannot go from {here} to {step}")
        here = step
    return here
