"""Salesforce over the same company: contract crm_hubspot_salesforce_pipedrive.md, section 4.

A view on `CrmState`. A deal is a **Lead** (status = its stage) until it first enters the stage that the switch
`salesforce_conversion_stage` names ("Oportunidade"), a later one, or is won; from that instant it is the converted
Lead's **Opportunity** with the same stage names. A deal of a pipeline without that stage, or born behind it, is an
Opportunity from its start. A deal lost before is a Lead with status Closed - Not Converted. A person is a Contact from
the first conversion on, an organization an Account; until then they are the Lead's own fields. Meetings and visits
are Events, entered when they were held; every other activity is a Task.
"""

from sandbox.server.routing import Route, Router
from sandbox.server.salesforce import auth, bulk, describe, query

__all__ = ["register"]
BASE = "/services/data/{version}"


def register(router: Router) -> None:
    """Add the routes. Everything but the list of versions and the token endpoint needs a session."""
    router.add("POST", "/services/oauth2/token", Route(auth.token, "oauth", "salesforce_token", open=True))
    router.add(
        "GET", "/services/data", Route(describe.versions, "salesforce", "salesforce_versions", open=True)
    )
    for path, handler in (
        ("/query", query.query),
        ("/queryAll", query.query_all),
        ("/query/{locator}", query.more),
        ("/queryAll/{locator}", query.more),
        ("/limits", describe.limits),
        ("/sobjects/{object}/describe", describe.describe),
        ("/sobjects/{object}/deleted", describe.deleted),
    ):
        router.add("GET", BASE + path, Route(handler, "salesforce", "salesforce"))
    router.add("POST", BASE + "/jobs/query", Route(bulk.create, "salesforce", "salesforce"))
    router.add("GET", BASE + "/jobs/query/{job}", Route(bulk.look, "salesforce", "salesforce"))
    router.add("GET", BASE + "/jobs/query/{job}/results", Route(bulk.results, "salesforce", "salesforce"))
