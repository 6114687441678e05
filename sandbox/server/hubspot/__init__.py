"""HubSpot, served under `/hubspot` as https://api.hubapi.com does: versions 2026-09, 2026-03 and the older v3 and v4."""

from sandbox.server.hubspot import access, associations, catalogue, objects, search
from sandbox.server.routing import Route, Router

BASE = "/hubspot"


def register(router: Router) -> None:
    """Add every route."""
    for module in (objects, search, associations, catalogue):
        module.register(router, BASE)
    router.add("POST", f"{BASE}/oauth/{{version}}/token", Route(access.oauth_token, "oauth", "hubspot_token", open=True))
