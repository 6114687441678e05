"""Which failures are worth another try, decided in one place for every asset."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from dagster import Failure, RetryRequested

from contract.problems import ConfigurationError
from orchestration.lock import LockHeld

RETRIES = 2
WAIT_SECONDS = 30.0
LONGEST_WAIT_SECONDS = 900.0
PASSING = {"ApiError", "ClockError", "LandingError"}  # by name: the rooms are not imported to load definitions


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Turn known errors into Dagster's: busy and passing ones are tried again, mistakes are not.

    The message goes to the run's log as it is: the errors of the rooms hold nothing personal.
    """
    try:
        yield
    except (Failure, RetryRequested):
        raise
    except ConfigurationError as error:
        raise Failure(str(error), allow_retries=False) from error
    except LockHeld as error:
        raise RetryRequested(RETRIES, WAIT_SECONDS) from error
    except Exception as error:
        wait = getattr(error, "retry_after_seconds", None)
        if wait is not None and wait <= LONGEST_WAIT_SECONDS:
            raise RetryRequested(RETRIES, float(wait)) from error
        if wait is None and {kind.__name__ for kind in type(error).__mro__} & PASSING:
            raise RetryRequested(RETRIES, WAIT_SECONDS) from error
        raise Failure(str(error), allow_retries=False) from error
