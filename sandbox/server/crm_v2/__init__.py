"""RD Station CRM v2, served under `/crm/v2` as https://api.rd.services/crm/v2 does."""

from sandbox.server.crm_v2 import catalogue, contacts, deal_parts, deals, organizations, tasks, webhooks
from sandbox.server.routing import Router

BASE = "/crm/v2"


def register(router: Router) -> None:
    """Add every route of CRM v2."""
    for module in (deals, deal_parts, contacts, organizations, tasks, catalogue, webhooks):
        module.register(router, BASE)
