"""Serves the webhook receiver of one company on loopback; a company's own proxy gives it HTTPS."""

from __future__ import annotations

import uvicorn

from orchestration import settings
from orchestration.profile import Profile
from orchestration.receiver import Access, create_app, own_secret
from orchestration.runtime import Runtime


def access_of(profile: Profile) -> Access:
    """The secret of the address (environment, else one of our own making) and the header, if one is configured."""
    wanted = profile.receiver
    secret = settings.optional_secret(wanted.secret_env)
    value = settings.secret(profile, "receiver", "auth_value_env") if wanted.auth_header else None
    return Access(
        secret.reveal() if secret else own_secret(profile.paths),
        wanted.auth_header,
        value.reveal() if value else None,
    )


def address_of(profile: Profile) -> str:
    """Where the outside systems deliver: holds the secret, so it is shown to the operator and never logged."""
    return f"http://127.0.0.1:{profile.ports.receiver}/hooks/{access_of(profile).secret}"


def serve(profile: Profile) -> None:
    """Serve until stopped. Access logs are off: the address holds the secret."""
    app = create_app(Runtime(profile).state, access_of(profile))
    uvicorn.run(app, host="127.0.0.1", port=profile.ports.receiver, log_level="warning", access_log=False)
