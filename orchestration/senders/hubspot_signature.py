"""HubSpot's signatures over a delivery (contract of the CRMs, 3.8): v3, and v1 and v2 for senders that lack it.

v3 = base64(HMAC-SHA256(client secret, method + URI + body + timestamp)); v2 = hex(SHA-256(secret + method + URI + body));
v1 = hex(SHA-256(secret + body)). All over raw bytes. The URI is the whole address as HubSpot knows it: behind a proxy
that is another one than ours. Some percent-escapes of it are decoded before signing; official clients hash the URI as
it is given, so both forms are accepted. Only v3 carries an instant; a replayed v1 or v2 is a repeat, which is harmless.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import Literal, Protocol

Outcome = Literal["good", "late", "wrong", "missing"]
WINDOW_MS = 300_000
_ESCAPES = re.compile("%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)", re.IGNORECASE)  # : / ? @ ! $ ' ( ) * , ;


class HasGet(Protocol):
    """Headers; `get` finds a name whatever its case."""

    def get(self, name: str, /) -> str | None: ...


def decoded(uri: str) -> str:
    """The URI with just those escapes decoded that HubSpot decodes."""
    return _ESCAPES.sub(lambda found: chr(int(found[1], 16)), uri)


def v3(secret: str, method: str, uri: str, body: bytes, timestamp: str) -> str:
    signed = method.encode() + uri.encode() + body + timestamp.encode()
    return base64.b64encode(hmac.digest(secret.encode(), signed, "sha256")).decode()


def v2(secret: str, method: str, uri: str, body: bytes) -> str:
    return hashlib.sha256(secret.encode() + method.encode() + uri.encode() + body).hexdigest()


def v1(secret: str, body: bytes) -> str:
    return hashlib.sha256(secret.encode() + body).hexdigest()


def judge(
    headers: HasGet, method: str, uris: Iterable[str], body: bytes, secret: str, now_ms: int
) -> Outcome:
    """Whether `body` comes from the owner of `secret`. `uris` are those it may be signed for.

    `late`: signed by HubSpot, but more than five minutes away from `now_ms`. A v3 header alone decides where there is one.
    """
    spellings = list(dict.fromkeys(form for uri in uris for form in (decoded(uri), uri)))
    offered = headers.get("x-hubspot-signature-v3")
    if offered is not None:
        timestamp = headers.get("x-hubspot-request-timestamp") or ""
        if not re.fullmatch("[0-9]{1,16}", timestamp):
            return "wrong"
        if not _among(offered, (v3(secret, method, uri, body, timestamp) for uri in spellings)):
            return "wrong"
        return "good" if abs(now_ms - int(timestamp)) <= WINDOW_MS else "late"
    offered = headers.get("x-hubspot-signature")
    if offered is None:
        return "missing"
    older = (v2(secret, method, uri, body) for uri in spellings)
    version = headers.get("x-hubspot-signature-version")
    return "good" if _among(offered, older if version == "v2" else [v1(secret, body)]) else "wrong"


def _among(offered: str, wanted: Iterable[str]) -> bool:
    """Compares with all of them, each in constant time."""
    return any([hmac.compare_digest(offered.encode(), one.encode()) for one in wanted])
