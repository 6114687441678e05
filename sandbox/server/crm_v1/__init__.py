"""RD Station CRM v1, served under `/crm-v1/api/v1` (the real base is https://crm.rdstation.com/api/v1)."""

from sandbox.server.crm_v1 import (
    catalogue,
    contacts,
    custom_fields,
    deal_products,
    deal_writes,
    deals,
    notes,
    organizations,
    people,
    pipelines,
    tasks,
    webhooks,
)
from sandbox.server.routing import Router

BASE = "/crm-v1/api/v1"


def register(router: Router) -> None:
    """Add every route of CRM v1."""
    for module in (
        deals, deal_writes, deal_products, contacts, organizations, pipelines, catalogue, people, tasks, notes,
        custom_fields, webhooks,
    ):  # fmt: skip
        module.register(router, BASE)
