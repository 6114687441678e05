"""Reads an HTTP answer, or the exception instead of one, as the end of an attempt. Knows RD Station's shapes (A10).

Error texts of the outside may hold an e-mail (the lead limiter's does): only codes are taken from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from activation.ports import Outcome, Scope, SendResult

_CODE = re.compile(r"^[A-Za-z][A-Za-z0-9_]{0,63}$")
# These fail before anything of the request is on the wire.
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


def attempt(call: Callable[[], Any]) -> tuple[Any, SendResult]:
    """Make one call: (its parsed body or None, how it ended). Never raises for what the outside did."""
    try:
        response = call()
    except Exception as error:
        return None, from_exception(error)
    return response.json, from_answer(response.status, response.headers, response.json)


def attempt_write(call: Callable[[], Any]) -> tuple[Mapping[str, Any], SendResult]:
    """`attempt` for a write that the service answers with an object: (the object, how it ended).

    A 2xx without one is uncertain: a proxy's page with status 200, perhaps, and nobody knows whether the service saw the call.
    """
    body, result = attempt(call)
    if isinstance(body, Mapping):
        return body, result
    if result.outcome is Outcome.ACCEPTED:
        result = SendResult(Outcome.UNCERTAIN, result.status_code, "no_object_in_answer")
    return {}, result


def from_answer(status: int, headers: Mapping[str, str], body: Any) -> SendResult:
    """Classify a status. 5xx after a POST is uncertain: the service may have acted before it failed."""
    code = error_code(body)
    if 200 <= status < 300:
        return SendResult(Outcome.ACCEPTED, status)
    if status == 429:
        wait, scope = throttling(headers, body)
        return SendResult(Outcome.THROTTLED, status, code, wait, scope)
    if status in (401, 403):
        return SendResult(Outcome.BLOCKED, status, code)
    if 400 <= status < 500 and status != 408:
        return SendResult(Outcome.REJECTED, status, code)
    return SendResult(Outcome.UNCERTAIN, status, code)


def from_exception(error: BaseException) -> SendResult:
    """Classify what a client raised, whoever's class it is.

    An exception that carries `retry_after_seconds` is a quota (of one record, when it carries a `key`), one with
    `status` is an answer, one that says `uncertain` False or was caused by a refused connection never left, refused
    credentials are recognised by the class's name; everything else may have arrived.
    """
    name = type(error).__name__
    wait = getattr(error, "retry_after_seconds", None)
    status = getattr(error, "status", None)
    if isinstance(wait, int | float) and status in (None, 429):
        scope = Scope.RECORD if getattr(error, "key", None) else Scope.ACCOUNT
        return SendResult(Outcome.THROTTLED, status, name, float(wait), scope)
    if name == "AuthError":
        return SendResult(Outcome.BLOCKED, 401, name)
    if isinstance(status, int) and status >= 300:
        found = from_answer(status, getattr(error, "headers", None) or {}, getattr(error, "body", None))
        return SendResult(
            found.outcome, status, found.error_class or name, found.retry_after_seconds, found.scope
        )
    if getattr(error, "uncertain", None) is False and status is None:
        return SendResult(Outcome.NOT_SENT, None, name)
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, _NEVER_SENT):
            return SendResult(Outcome.NOT_SENT, None, name)
        cause = cause.__cause__ or cause.__context__
    return SendResult(Outcome.UNCERTAIN, None, name)


def throttling(headers: Mapping[str, str], body: Any) -> tuple[float | None, Scope]:
    """(seconds to wait or None, whom it concerns) of a 429. Order of the sources: contract A10, client rule."""
    lower = {name.lower(): value for name, value in headers.items()}
    record = isinstance(body, Mapping) and "lead_limiter" in str(body.get("error", ""))
    scope = Scope.RECORD if record else Scope.ACCOUNT
    for name in ("retry-after-quotas", "retry-after"):
        try:
            return max(0.0, float(lower[name])), scope
        except (KeyError, ValueError):
            continue
    remaining = body.get("remaining_time") if isinstance(body, Mapping) else None
    return (float(remaining) if isinstance(remaining, int | float) else None), scope


def error_code(body: Any) -> str | None:
    """The first `error_type` (or OAuth `error`) of any of RD Station's error shapes, if it looks like a code."""
    if isinstance(body, list):
        return next((code for item in body if (code := error_code(item))), None)
    if not isinstance(body, Mapping):
        return None
    for name in ("error_type", "error"):
        value = body.get(name)
        if isinstance(value, str) and _CODE.match(value):
            return value
    return next((code for value in body.values() if (code := error_code(value))), None)
