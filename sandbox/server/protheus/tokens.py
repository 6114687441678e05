"""Access to the REST server: user and password give a short-lived token and one that renews it (protheus.md 3.4).

Kept in memory: a restart forgets every token, as a restarted application server does.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from sandbox.server.http import Refusal, Request, Response, reply
from sandbox.server.ids import hex24

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

USERNAME = "bastao.leitura"


@dataclass(slots=True)
class ProtheusTokens:
    """Access tokens with their end (world clock), and refresh tokens; each refresh gives a new pair."""

    seed: int
    access: dict[str, datetime] = field(default_factory=dict)
    refresh: set[str] = field(default_factory=set)
    logins: int = 0
    refreshes: int = 0

    @property
    def password(self) -> str:
        """Invented, worth nothing outside."""
        return "sandbox-" + hex24("protheus", self.seed)

    def expire(self) -> int:
        """End every access token at once; how many."""
        count = len(self.access)
        self.access.clear()
        return count


def token(sandbox: "Sandbox", request: Request) -> Response:
    """POST token: grant_type password or refresh_token, in the body or the query by the switch."""
    tokens, config = sandbox.protheus_tokens, sandbox.config
    given: dict[str, Any] = {}
    if config.protheus_rest_token_in in ("query", "both"):
        given |= dict(request.pairs)
    if config.protheus_rest_token_in in ("body", "both"):
        given |= dict(parse_qsl(request.body.decode("utf-8", "replace")))
    if given.get("grant_type") == "password":
        if (given.get("username"), given.get("password")) != (USERNAME, tokens.password):
            return _refused("invalid user or password")
        tokens.logins += 1
    elif given.get("grant_type") == "refresh_token":
        if given.get("refresh_token") not in tokens.refresh:
            return _refused("invalid refresh token")
        tokens.refresh.discard(given["refresh_token"])
        tokens.refreshes += 1
    else:
        return reply({"code": "400", "message": "grant_type is required", "detailedMessage": ""}, 400)
    number = tokens.logins + tokens.refreshes
    access, refresh = (hex24(kind, tokens.seed, number, sandbox.now().isoformat()) for kind in ("protheus-a", "protheus-r"))
    tokens.access[access] = sandbox.now() + timedelta(seconds=config.protheus_rest_token_seconds)
    tokens.refresh.add(refresh)
    answer = {"access_token": access, "refresh_token": refresh, "scope": "default", "token_type": "Bearer"}
    return reply(answer | ({"expires_in": config.protheus_rest_token_seconds} if config.protheus_rest_expires_in else {}))


def check(sandbox: "Sandbox", request: Request) -> None:
    """Raises the 401 that the call deserves."""
    kind, _, value = request.header("authorization").partition(" ")
    end = sandbox.protheus_tokens.access.get(value.strip()) if kind.lower() == "bearer" else None
    if end is None or sandbox.now() >= end:
        raise Refusal(_refused("unauthorized"))


def _refused(message: str) -> Response:
    return reply({"code": "401", "message": message, "detailedMessage": ""}, 401)
