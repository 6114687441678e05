"""Serves the webhook receiver of one company on loopback; a company's own proxy gives it HTTPS."""

from __future__ import annotations

import hashlib
import hmac

import uvicorn

from orchestration import settings
from orchestration.clock import Ahead
from orchestration.profile import Profile
from orchestration.receiver import Receiver, own_secret
from orchestration.runtime import Runtime
from orchestration.senders.access import Access

MOST_CONNECTIONS = 1000  # above it: 503 at once, and the sender comes again
KEEP_ALIVE_SECONDS = 30


def access_of(profile: Profile) -> Access:
    """The secret of the address (environment, else one of our own making), and what each sender adds to it.

    SettingsError when a header is configured without its value.
    """
    wanted = profile.receiver
    given = settings.optional_secret(wanted.secret_env)
    secret = given.reveal() if given else own_secret(profile.paths)
    value = settings.secret(profile, "receiver", "auth_value_env") if wanted.auth_header else None
    signing, password = map(settings.optional_secret, (wanted.hubspot_secret_env, wanted.pipedrive_password_env))
    return Access(
        secret,
        wanted.auth_header,
        value.reveal() if value else None,
        wanted.public_url,
        signing.reveal() if signing else None,
        wanted.pipedrive_user,
        password.reveal() if password else _derived(secret, "pipedrive"),
    )


def address_of(profile: Profile, sender: str | None = None) -> str:
    """Where the outside systems deliver: holds the secret, so it is shown to the operator and never logged."""
    base = profile.receiver.public_url or f"http://127.0.0.1:{profile.ports.receiver}"
    return f"{base.rstrip('/')}/hooks/{access_of(profile).secret}" + (f"/{sender}" if sender else "")


def local_address(profile: Profile) -> str:
    """Where a sender on this machine delivers (the simulated company)."""
    return f"http://127.0.0.1:{profile.ports.receiver}/hooks/{access_of(profile).secret}"


def serve(profile: Profile) -> None:
    """Serve until stopped. Access logs are off: the address holds the secret."""
    runtime = Runtime(profile)
    app = Receiver(runtime.state, access_of(profile), stamp=Ahead(runtime.clock))
    uvicorn.run(
        app, host="127.0.0.1", port=profile.ports.receiver, log_level="warning", access_log=False, server_header=False, lifespan="off",
        proxy_headers=False, limit_concurrency=MOST_CONNECTIONS, timeout_keep_alive=KEEP_ALIVE_SECONDS,
    )  # fmt: skip


def _derived(secret: str, purpose: str) -> str:
    """A password of our own making: the same as long as the secret is."""
    return hmac.new(secret.encode(), purpose.encode(), hashlib.sha256).hexdigest()[:40]
