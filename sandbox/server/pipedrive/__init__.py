"""Pipedrive, served under `/pipedrive` as `https://{company}.pipedrive.com` does: v1 and v2 side by side.

A view on the same company as RD Station CRM's. **A simulated deal is a lead until it leaves the first stage of the first
pipeline** ("Novo lead" of the demo company): its move to another stage ("Aceito por vendas" as a rule) converts it, at
that instant, into a deal with `source_lead_id`; the lead is then in no list. Lost before that, it is an archived lead
with its reason in a custom field; won before that, it is converted as it is won. Deals that start in another stage or
pipeline (copies) never were leads. Tasks are activities, of the lead and, after conversion, of the deal. A paused deal is
open: Pipedrive knows no pause.
"""

from sandbox.server.pipedrive import activities, catalogue, changelog, deals, leads, people, webhooks, writes
from sandbox.server.pipedrive.gate import token_routes
from sandbox.server.routing import Router

BASE = "/pipedrive"


def register(router: Router) -> None:
    """Add every route; v1 also answers without `/api`."""
    token_routes(router, BASE)
    for module in (deals, leads, changelog, people, activities, catalogue, writes, webhooks):
        module.register(router, BASE)
