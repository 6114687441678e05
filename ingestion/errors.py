"""What can go wrong while reading an outside system. Messages name where and what to do, never personal data."""

from __future__ import annotations


class IngestionError(RuntimeError):
    """Base of every error of this room; the message is fit for an operator to read."""


class ConfigError(IngestionError):
    """The source is not configured so that it can be read."""


class AuthError(IngestionError):
    """The outside refuses our credentials, and a refreshed token did not help."""


class ApiError(IngestionError):
    """A call failed for good. Names method and path; the query string is left out, it may carry a token.

    `status` is the HTTP status, None when no answer arrived. `uncertain` says that the outside may have acted on
    the call all the same (a POST whose answer was lost): the caller decides, nothing was repeated.
    """

    def __init__(self, message: str, status: int | None = None, uncertain: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.uncertain = uncertain


class QuotaExhausted(IngestionError):
    """A quota leaves no room within this run's patience. With `key`, only that one record must wait."""

    def __init__(self, owner: str, resource: str, retry_after_seconds: float, key: str | None = None) -> None:
        what = "one record" if key else "the account"
        super().__init__(
            f"{owner}: the quota of {resource!r} for {what} is used up; try again in {retry_after_seconds:.0f} s. "
            "What was read so far is kept; the next run goes on from there."
        )
        self.owner, self.resource, self.key = owner, resource, key
        self.retry_after_seconds = retry_after_seconds


class LandingError(IngestionError):
    """Rows could not be put into the warehouse, or do not have the shape that `ingestion.tables` promises."""


class SourceError(IngestionError):
    """A source answers, but without something that must be there (a column, a table, a usable answer)."""
