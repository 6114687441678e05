"""Access: OAuth clients, codes, access and refresh tokens, CRM v1 tokens and API keys (rd_station.md A1, B1, B2).

Marketing: access 86400 s, a refresh token that can be used again and does not expire. CRM v2: access 7200 s, a
refresh token that dies at its first use and after 14 idle days. Codes: 60 and 5 minutes, single use. All on the
world clock. Every change is journalled, so a restarted sandbox still knows the tokens it gave.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sandbox.server.ids import hex24, uuid_of
from sandbox.server.times import need_utc


@dataclass(frozen=True, slots=True)
class Client:
    """An app. One product per app: Marketing and CRM each have their own."""

    product: str  # marketing | crm | salesforce | hubspot
    client_id: str
    client_secret: str


@dataclass(slots=True)
class Grant:
    """A refresh token. `idle_days` None: never expires; `rolling`: replaced at every use."""

    client_id: str
    token: str
    rolling: bool
    used_at: datetime
    idle_days: int | None
    access_seconds: int


class TokenStore:
    """All credentials of one sandbox."""

    def __init__(self, seed: int, now: Callable[[], datetime], journal: Callable[[dict[str, Any]], int]) -> None:
        self._seed, self._now, self._journal = seed, now, journal
        self._issued = 0
        self.clients = {
            product: Client(product, uuid_of("client", product, seed), "sandbox-" + hex24("secret", product, seed))
            for product in ("marketing", "crm", "salesforce", "hubspot")
        }
        self.api_key = hex24("api-key", seed)
        self.v1_token = hex24("v1", seed)
        self.hubspot_token = f"pat-na1-{uuid_of('hubspot', seed)}"
        self.v1_restricted_token = hex24("v1-restricted", seed)
        self.codes: dict[str, tuple[str, datetime, str]] = {}
        self.access: dict[str, tuple[str, datetime]] = {}
        self.grants: dict[str, Grant] = {}
        self.revoked: set[str] = set()
        start = now()
        self._put_grant(Grant(self.clients["marketing"].client_id, hex24("refresh-mkt", seed), False, start, None, 86400))
        self._put_grant(Grant(self.clients["crm"].client_id, hex24("refresh-crm", seed), True, start, 14, 7200))
        self._put_grant(Grant(self.clients["salesforce"].client_id, hex24("refresh-salesforce", seed), False, start, None, 7200))
        self._put_grant(Grant(self.clients["hubspot"].client_id, hex24("refresh-hubspot", seed), False, start, None, 1800))

    def _put_grant(self, grant: Grant) -> None:
        self.grants[grant.token] = grant

    def _secret(self, kind: str) -> str:
        self._issued += 1
        return f"{kind}-{hex24(kind, self._seed, self._issued, self._now().isoformat())}"

    def client_of(self, client_id: str, secret: str) -> Client | None:
        """The client with these credentials."""
        for client in self.clients.values():
            if client.client_id == client_id and client.client_secret == secret:
                return client
        return None

    def product_of(self, client_id: str) -> str | None:
        """The product of a client id."""
        return next((c.product for c in self.clients.values() if c.client_id == client_id), None)

    # Issuing -------------------------------------------------------------------------------------------------
    def new_code(self, client_id: str, redirect_uri: str, minutes: int) -> str:
        """A single-use authorization code."""
        code = self._secret("code")
        expires = self._now() + timedelta(minutes=minutes)
        self._change({"code": code, "client_id": client_id, "expires": expires, "redirect_uri": redirect_uri})
        return code

    def new_grant(self, client_id: str, rolling: bool, idle_days: int | None, access_seconds: int) -> Grant:
        """A fresh refresh token."""
        token = self._secret("refresh")
        grant = Grant(client_id, token, rolling, self._now(), idle_days, access_seconds)
        self._change(
            {"grant": token, "client_id": client_id, "rolling": rolling, "idle_days": idle_days,
             "access_seconds": access_seconds, "used_at": grant.used_at}
        )  # fmt: skip
        return grant

    def new_access(self, grant: Grant) -> str:
        """A fresh access token that looks like a JWT (clients treat it as opaque)."""
        token = f"eyJhbGciOiJub25lIn0.{self._secret('access').replace('-', '')}."
        expires = self._now() + timedelta(seconds=grant.access_seconds)
        self._change({"access": token, "client_id": grant.client_id, "expires": expires})
        return token

    def use_refresh(self, token: str, client_id: str) -> Grant | None:
        """The grant to answer with for a refresh token, rolled when it rolls; None when it is no good."""
        grant = self.grants.get(token)
        if grant is None or grant.client_id != client_id or token in self.revoked:
            return None
        now = self._now()
        if grant.idle_days is not None and now > grant.used_at + timedelta(days=grant.idle_days):
            return None
        if not grant.rolling:
            grant.used_at = now
            return grant
        self._change({"dead": token})
        return self.new_grant(grant.client_id, True, grant.idle_days, grant.access_seconds)

    def use_code(self, code: str, client_id: str) -> tuple[str, str] | None:
        """("ok"|"expired", redirect_uri) for a code of this client, used up by the call; None when unknown."""
        known = self.codes.get(code)
        if known is None or known[0] != client_id:
            return None
        self._change({"used_code": code})
        return ("ok" if self._now() <= known[1] else "expired"), known[2]

    def revoke(self, token: str) -> None:
        """Revoke by either token: access and refresh tokens of the client both stop working."""
        known = self.access.get(token)
        client_id = known[0] if known else self.grants[token].client_id if token in self.grants else None
        if client_id:
            self._change({"revoked": client_id})

    def expire_access(self, token: str | None = None) -> int:
        """Expire one access token, or all of them, at once; returns how many."""
        names = [token] if token else list(self.access)
        for name in names:
            if name in self.access:
                self.access[name] = (self.access[name][0], self._now() - timedelta(seconds=1))
        return len(names)

    # Checking ------------------------------------------------------------------------------------------------
    def check(self, token: str, product: str) -> str:
        """`ok`, `expired`, or `invalid` (unknown, revoked, or of the other product)."""
        known = self.access.get(token)
        if known is None or self.product_of(known[0]) != product:
            return "invalid"
        return "ok" if self._now() < known[1] else "expired"

    def refresh_token_of(self, product: str) -> str:
        """A refresh token of the product that works now; a new one is granted when none does."""
        client_id = self.clients[product].client_id
        now = self._now()
        for token, grant in reversed(self.grants.items()):
            fresh = grant.idle_days is None or now <= grant.used_at + timedelta(days=grant.idle_days)
            if grant.client_id == client_id and token not in self.revoked and fresh:
                return token
        crm = product == "crm"
        if product == "hubspot":
            return self.new_grant(client_id, False, None, 1800).token
        return self.new_grant(client_id, crm, 14 if crm else None, 7200 if crm else 86400).token

    # Journal -------------------------------------------------------------------------------------------------
    def _change(self, record: dict[str, Any]) -> None:
        self._journal({"type": "token", "token": record})
        self.restore(record)

    def restore(self, record: dict[str, Any]) -> None:
        """Apply one journalled change."""
        if "code" in record:
            self.codes[record["code"]] = (record["client_id"], need_utc(record["expires"]), record["redirect_uri"])
        elif "used_code" in record:
            self.codes.pop(record["used_code"], None)
        elif "grant" in record:
            self._put_grant(
                Grant(record["client_id"], record["grant"], record["rolling"], need_utc(record["used_at"]),
                      record["idle_days"], record["access_seconds"])
            )  # fmt: skip
        elif "access" in record:
            self.access[record["access"]] = (record["client_id"], need_utc(record["expires"]))
        elif "dead" in record:
            self.revoked.add(record["dead"])
        elif "revoked" in record:
            gone = record["revoked"]
            self.access = {token: known for token, known in self.access.items() if known[0] != gone}
            self.revoked |= {token for token, grant in self.grants.items() if grant.client_id == gone}
        self._issued += 1
