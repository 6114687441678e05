"""Errors of the push-back. Messages name ids, states and what to do; never an e-mail, a name or a payload."""

from __future__ import annotations


class ActivationError(Exception):
    """Base of the errors that this room raises on purpose."""


class PlanError(ActivationError):
    """A plan row that cannot be read: a missing column, a broken instant, the same key twice."""


class PolicyError(ActivationError):
    """A policy that contradicts itself or its destination."""


class TransitionError(ActivationError):
    """A step that the state machine does not allow."""


class UnknownDeliveryError(ActivationError):
    """No delivery with that id."""


class QuotaExhausted(ActivationError):
    """The quota frees up later than the caller is willing to wait.

    `retry_after_seconds` is real time (already divided by the limiter's speed). With `key` only that one record must
    wait, not the account; the key stays out of the message.
    """

    def __init__(
        self, retry_after_seconds: float, owner: str = "", resource: str = "", key: str | None = None
    ):
        self.retry_after_seconds = retry_after_seconds
        self.owner = owner
        self.resource = resource
        self.key = key
        super().__init__(
            f"quota of {owner or 'the account'} for {resource or 'this resource'} is used up; "
            f"free again in {retry_after_seconds:.0f} s: run again then, or raise the waiting budget"
        )
