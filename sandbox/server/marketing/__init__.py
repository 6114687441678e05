"""RD Station Marketing, served under `/` as https://api.rd.services does."""

from sandbox.server.marketing import (
    analytics,
    assets,
    auth,
    campaigns,
    contact_events,
    contacts,
    conversions,
    events,
    fields,
    funnels,
    segmentations,
    subscriptions,
    workflows,
)
from sandbox.server.routing import Router


def register(router: Router) -> None:
    """Add every route of Marketing and of the token endpoints."""
    for module in (
        auth, contacts, funnels, contact_events, segmentations, events, conversions, workflows, assets, campaigns,
        fields, analytics, subscriptions,
    ):  # fmt: skip
        module.register(router)
