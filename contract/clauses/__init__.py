"""Clause kinds, one module each; `KINDS` is the registry. A new kind is a module, a line here and its SQL."""

from contract.clauses.acceptance_rate import AcceptanceRate
from contract.clauses.attempts_made import AttemptsMade
from contract.clauses.base import Clause
from contract.clauses.cadence_order import CadenceOrder
from contract.clauses.capture_completeness import CaptureCompleteness
from contract.clauses.give_back_allowed import GiveBackAllowed
from contract.clauses.monthly import Monthly
from contract.clauses.owner_at_birth import OwnerAtBirth
from contract.clauses.rating_given import RatingGiven
from contract.clauses.reason_registered import ReasonRegistered
from contract.clauses.response_time import ResponseClock
from contract.clauses.returned_to_nurture import ReturnedToNurture
from contract.clauses.volume import Volume
from contract.clauses.within import Within

KINDS: dict[str, type[Clause]] = {
    kind.kind: kind
    for kind in (
        ResponseClock,
        OwnerAtBirth,
        AttemptsMade,
        CadenceOrder,
        ReasonRegistered,
        GiveBackAllowed,
        RatingGiven,
        ReturnedToNurture,
        Volume,
        AcceptanceRate,
        CaptureCompleteness,
    )
}

__all__ = [
    "KINDS",
    "AcceptanceRate",
    "AttemptsMade",
    "CadenceOrder",
    "CaptureCompleteness",
    "Clause",
    "GiveBackAllowed",
    "Monthly",
    "OwnerAtBirth",
    "RatingGiven",
    "ReasonRegistered",
    "ResponseClock",
    "ReturnedToNurture",
    "Volume",
    "Within",
]
