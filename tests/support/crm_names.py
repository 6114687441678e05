"""How RD Station CRM names what another CRM names otherwise: the ids of one simulated company's records."""

from __future__ import annotations

from hashlib import md5
from typing import Any

from sandbox.server.hubspot.records import ACTIVITIES, has_lead
from sandbox.server.hubspot.records import number as hubspot_id
from sandbox.server.pipedrive.view import lead_key, passages
from sandbox.server.pipedrive.view import number as pipedrive_id
from sandbox.server.salesforce.answers import sf_id
from sandbox.server.salesforce.story import story_of

RD = "rd_station_crm"
MEETINGS = ("meeting", "visit")


def names(crm: str, sandbox: Any) -> dict[str, dict[str, str]]:
    """Kind of record (deal, person, organization, user, task) → id in `crm` → id in RD Station CRM."""
    state, reference = sandbox.engine.crm, sandbox.engine.reference
    gone = {kind: {key: row for key, (row, _at) in state.gone[kind].items()} for kind in state.gone}
    deals, tasks = {**state.deals, **gone["deals"]}, {**state.tasks, **gone["tasks"]}
    persons = {**state.persons, **gone["persons"], **dict.fromkeys(state.merged)}
    firms, users = {**state.organizations, **gone["organizations"]}, [user["id"] for user in reference.list("users")]
    named: dict[str, dict[str, str]] = {
        "deal": {key: key for key in deals}, "person": {key: key for key in persons}, "organization": {key: key for key in firms},
        "user": {key: key for key in users}, "task": {key: key for key in tasks},
    }  # fmt: skip
    if crm == "hubspot":
        kinds = {"person": "contacts", "organization": "companies", "user": "users"}
        named = {kind: {hubspot_id(kinds[kind], key): key for key in named[kind]} for kind in kinds}
        named["deal"] = {
            f"lead:{hubspot_id('leads', d.id)}" if has_lead(sandbox, d) else hubspot_id("deals", d.id): d.id for d in deals.values()
        }
        named["task"] = {}
        for task in tasks.values():
            kind = ACTIVITIES.get(task.type, "tasks") if task.done else "tasks"
            named["task"][f"{kind.removesuffix('s')}:{hubspot_id(kind, task.id)}"] = task.id
    elif crm == "salesforce":
        kinds = {"person": "Contact", "organization": "Account", "user": "User"}
        named = {kind: {sf_id(kinds[kind], key): key for key in named[kind]} for kind in kinds}
        named["task"] = {sf_id("Event" if task.type in MEETINGS else "Task", task.id): task.id for task in tasks.values()}
        stories = [story_of(sandbox, deal, None) for deal in deals.values()]
        named["deal"] = {f"lead:{s.lead_id}" if s.was_lead else s.opportunity_id: s.deal.id for s in stories}
        for story in stories:  # while it is not converted, a lead is its person and its company
            if story.was_lead and story.deal.contact_ids:
                named["person"][story.lead_id] = story.deal.contact_ids[0]
            if story.was_lead and story.deal.organization_id:
                named["organization"][story.lead_id] = story.deal.organization_id
    elif crm == "pipedrive":
        kinds = {"person": "person", "organization": "organization", "user": "user", "task": "activity"}
        named = {kind: {str(pipedrive_id(kinds[kind], key)): key for key in named[kind]} for kind in kinds}
        named["deal"] = {
            f"lead:{lead_key(p.deal.id)}" if p.is_lead or p.converted_at else str(pipedrive_id("deal", p.deal.id)): p.deal.id
            for p in passages(sandbox)
        }
    return named


def renamed(crm: str, named: dict[str, dict[str, str]]) -> dict[str, str]:
    """Every id that a mart may show, as it is through `crm` → as it is through RD Station CRM. People are not among them."""
    found: dict[str, str] = {}
    for kind, ids in named.items():
        for there, here in ids.items():
            if kind in ("deal", "user", "task"):
                one, two = _md5(f"{crm}:{kind}:{there}"), _md5(f"{RD}:{kind}:{here}")
                found |= {one: two, f"{crm}:{kind}:{there}": f"{RD}:{kind}:{here}"}
                found[one[:6].upper()] = two[:6].upper()  # the label of a hand-over, and of a seller whose name is not published
                if kind != "user":  # the evidence of a verdict
                    word = "attempt" if kind == "task" else kind
                    found[f"{word}:{there}"] = f"{word}:{here}"
            if kind == "organization":
                found |= {_md5(f"org:{there}"): _md5(f"org:{here}"), f"org:{there}": f"org:{here}"}
            if kind == "person":
                found[f"crm:{there}"] = f"crm:{here}"
                found[_md5(f"person:crm:{there}")] = _md5(f"person:crm:{here}")
            else:
                found[there] = here
    return found


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()
