"""Who may deliver: the secret in the address for everyone, and beyond it what each sender can do (contracts A6, B4, 3.8, 5.8).

RD Station Marketing has nothing more; RD Station CRM sends a header it was told; HubSpot signs; Pipedrive knows a user
and a password. Comparisons take constant time.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from orchestration.senders import hubspot, hubspot_signature, pipedrive, rd_station
from orchestration.senders.fields import Row


@dataclass(frozen=True)
class Refusal:
    """An answer other than 2xx: its status, the counter it adds to, and what to do."""

    status: int
    counter: str
    reason: str
    headers: tuple[tuple[str, str], ...] = ()


class Headers:
    """Headers of a request, found whatever their case; pairs of bytes with lower-case names, as ASGI gives them."""

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]):
        self._pairs = list(pairs)

    def get(self, name: str, default: str | None = None) -> str | None:
        """The first value of a header."""
        wanted = name.lower().encode()
        return next((value.decode("latin-1") for key, value in self._pairs if key == wanted), default)


@dataclass(frozen=True)
class Delivery:
    """One request: method, path with query as it came in (undecoded), headers (case-insensitive), raw body, instant."""

    method: str
    path: str
    headers: Headers
    body: bytes
    now_ms: int


@dataclass(frozen=True)
class Access:
    """The secrets of the receiver. `public_url`: the address as the outside knows it, without the path."""

    secret: str
    header: str | None = None
    header_value: str | None = None
    public_url: str | None = None
    hubspot_secret: str | None = None
    pipedrive_user: str = "bastao"
    pipedrive_password: str = ""

    def allows_path(self, offered: str) -> bool:
        """Whether the address is ours."""
        return _same(offered, self.secret)

    def check_rd_station(self, delivery: Delivery, body: Any) -> Refusal | None:
        """Marketing sends no header whatever it is told, so only events of the CRM must carry it."""
        if self.header is None or not rd_station.is_crm(body):
            return None
        if _same(delivery.headers.get(self.header) or "", self.header_value or ""):
            return None
        return Refusal(401, "webhook_wrong_header", f"the header {self.header} is missing or wrong")

    def check_hubspot(self, delivery: Delivery, _body: Any) -> Refusal | None:
        """Refuses with 503 what a later try can mend: HubSpot comes again for a day, but not after a 401."""
        if self.hubspot_secret is None:
            return Refusal(503, "webhook_no_client_secret", "the receiver lacks the app's client secret", _LATER)
        uris = self._uris(delivery)
        found = hubspot_signature.judge(
            delivery.headers, delivery.method, uris, delivery.body, self.hubspot_secret, delivery.now_ms
        )
        if found == "good":
            return None
        if found == "late":
            return Refusal(503, "webhook_late_signature", "signed more than five minutes ago; sign it again", _LATER)
        return Refusal(401, f"webhook_{found}_signature", f"the signature is {found}")

    def check_pipedrive(self, delivery: Delivery, _body: Any) -> Refusal | None:
        """Basic authentication; user and password are compared together."""
        kind, _, offered = (delivery.headers.get("authorization") or "").partition(" ")
        if kind.lower() == "basic" and _same(_plain(offered), f"{self.pipedrive_user}:{self.pipedrive_password}"):
            return None
        challenge = (("WWW-Authenticate", 'Basic realm="bastao"'),)
        return Refusal(401, "webhook_wrong_password", "user or password is missing or wrong", challenge)

    def _uris(self, delivery: Delivery) -> list[str]:
        """What HubSpot may have signed: our public address; without one, what the proxy says the outside called."""
        if self.public_url:
            return [self.public_url.rstrip("/") + delivery.path]
        get = delivery.headers.get
        return [f"https://{host}{delivery.path}" for host in {get("x-forwarded-host"), get("host")} if host]


_LATER = (("Retry-After", "60"),)
Check = Callable[[Access, Delivery, Any], Refusal | None]


@dataclass(frozen=True)
class Sender:
    """Who delivers at `/hooks/<secret>/<name>`: how its bodies are read and checked, and how large they may be.

    A HubSpot body holds up to 100 events, each with a property's new value of up to 65,536 characters.
    """

    name: str
    read: Callable[[Any], list[Row]]
    check: Check
    largest_body: int = 1_000_000


SENDERS = {
    sender.name: sender
    for sender in (
        Sender("rd_station", rd_station.rows_of, Access.check_rd_station),
        Sender("rd_station_crm", rd_station.rows_of, Access.check_rd_station),
        Sender("hubspot", hubspot.rows_of, Access.check_hubspot, largest_body=8_000_000),
        Sender("pipedrive", pipedrive.rows_of, Access.check_pipedrive),
    )
}


def _same(offered: str, wanted: str) -> bool:
    return hmac.compare_digest(offered.encode(errors="surrogateescape"), wanted.encode())


def _plain(offered: str) -> str:
    try:
        return base64.b64decode(offered, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
