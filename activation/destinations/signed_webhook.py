"""Sends records to any receiver as a signed webhook, by the Standard Webhooks rules (standardwebhooks.com).

`webhook-id` is the delivery id, the same at each try: a receiver that keeps the ids it has seen acts once. The signature
is HMAC-SHA256 of `id.timestamp.body`. This file is the example of docs/adding-a-destination.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from activation.answers import from_exception
from activation.errors import ActivationError
from activation.faults import crash_point
from activation.policy import ReadBack
from activation.ports import Finding, PlanRow, Presence, SendResult
from activation.poster import Poster, outcome_of

_PREFIX = "whsec_"
_MIN_KEY_BYTES = 24  # the specification's least


class SignedWebhook:
    """Destination of the sync `webhook`: every column of the plan travels as `data`."""

    name = "webhook"
    read_back = ReadBack.NONE

    def __init__(self, poster: Poster, secret: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self._poster, self._key, self._now = poster, key_of(secret), now

    def problem(self, row: PlanRow) -> str | None:
        """Everything can be sent."""
        return None

    def send(self, row: PlanRow) -> SendResult:
        """One signed POST."""
        content = body(row)
        stamp = str(int(self._now().timestamp()))
        headers = {
            "webhook-id": row.delivery_id,
            "webhook-timestamp": stamp,
            "webhook-signature": sign(self._key, row.delivery_id, stamp, content),
        }
        crash_point("webhook:before_post")
        try:
            answer = self._poster.post(content, headers)
        except Exception as error:
            return from_exception(error)
        crash_point("webhook:after_post")
        return outcome_of(answer)

    def find(self, row: PlanRow, since: datetime) -> Finding:
        """Nothing can be read back; the id makes a second copy harmless instead."""
        return Finding(Presence.UNKNOWN)


def body(row: PlanRow) -> bytes:
    """The JSON that is signed and sent: type, timestamp (UTC), data."""
    data = {name: _plain(value) for name, value in sorted(row.payload.items())}
    data |= {"subject_id": row.subject_id, "handoff_id": row.handoff_id, "reason_code": row.reason_code}
    whole = {"type": f"bastao.{row.sync}", "timestamp": _plain(row.happened_at), "data": data}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def sign(key: bytes, delivery_id: str, timestamp: str, content: bytes) -> str:
    """The `webhook-signature` header: version and base64 of the digest."""
    digest = hmac.new(key, f"{delivery_id}.{timestamp}.".encode() + content, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def key_of(secret: str) -> bytes:
    """The key of a secret written `whsec_<base64>`. ActivationError when it is not one, without repeating it."""
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (ValueError, binascii.Error):
        key = b""
    if not secret.startswith(_PREFIX) or len(key) < _MIN_KEY_BYTES:
        raise ActivationError(
            f"the webhook's secret must read {_PREFIX}<base64 of at least {_MIN_KEY_BYTES} random bytes>; make one with: "
            "python -c \"import base64,secrets; print('whsec_' + base64.b64encode(secrets.token_bytes(32)).decode())\""
        )
    return key


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return aware.isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
