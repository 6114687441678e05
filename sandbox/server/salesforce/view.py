"""Every record of every object, built from the CRM's state; remembered until the state changes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sandbox.server.salesforce import deals, parties
from sandbox.server.salesforce.answers import sf_id
from sandbox.server.salesforce.schema import BLANK
from sandbox.server.salesforce.story import (
    CONVERTED,
    LOST,
    UNCONVERTED,
    WON,
    Story,
    conversion_order,
    second,
    story_of,
)

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

Row = dict[str, Any]
QUEUE = "Fila Pré-vendas"


def records(sandbox: "Sandbox") -> dict[str, list[Row]]:
    """Object -> rows with all fields, deleted ones too."""
    key = ("salesforce", sandbox.config.salesforce_conversion_stage, sandbox.config.salesforce_lead_history,
           sandbox.config.salesforce_call_results)  # fmt: skip
    found: dict[str, list[Row]] = sandbox.cached(key, lambda: _build(sandbox))
    return found


def _build(sandbox: "Sandbox") -> dict[str, list[Row]]:
    crm = sandbox.engine.crm
    stories = [story_of(sandbox, deal, None) for deal in crm.deals.values()]
    stories += [story_of(sandbox, deal, at) for deal, at in crm.gone["deals"].values()]
    people = parties.Parties(sandbox, stories)
    raw: dict[str, Iterator[Row]] = {
        "User": _users(sandbox),
        "Group": iter([{"Id": sf_id("Group", "queue"), "Name": QUEUE, "DeveloperName": "Fila_Pre_vendas", "Type": "Queue",
                        "SystemModstamp": second(sandbox.world.start)}]),
        "RecordType": _record_types(sandbox),
        "LeadStatus": _statuses(sandbox),
        "OpportunityStage": _stages(sandbox),
        "Account": people.accounts(),
        "Contact": people.contacts(),
        "Lead": (deals.lead(sandbox, people, story) for story in stories if story.was_lead),
        "Opportunity": (deals.opportunity(sandbox, people, story) for story in stories if not story.is_lead),
        "OpportunityHistory": _each(deals.stage_history, stories),
        "OpportunityFieldHistory": (row for s in stories if not s.is_lead for row in deals.opportunity_changes(s)),
        "LeadHistory": (
            row for s in stories if s.was_lead and sandbox.config.salesforce_lead_history for row in deals.lead_changes(s)
        ),
        "OpportunityContactRole": _each(partial(deals.roles, sandbox), stories),
        "Task": deals.tasks(sandbox, stories),
        "Event": deals.events(sandbox, stories),
    }  # fmt: skip
    return {name: [{**BLANK[name], **row} for row in rows] for name, rows in raw.items()}


def _each(rows_of: Any, stories: list[Story]) -> Iterator[Row]:
    return (row for story in stories if not story.is_lead for row in rows_of(story))


def _users(sandbox: "Sandbox") -> Iterator[Row]:
    teams = {team["id"]: team["name"] for team in sandbox.engine.reference.list("teams")}
    for user in sandbox.engine.reference.list("users"):
        first, _, last = user["name"].partition(" ")
        team = teams.get(user.get("team_id"))
        yield {
            "Id": sf_id("User", user["id"]), "Username": user.get("email"), "Email": user.get("email"), "Name": user["name"],
            "FirstName": first, "LastName": last, "IsActive": user.get("active", True), "UserType": "Standard",
            "UserRoleId": sf_id("UserRole", team) if team else None, "UserRole.Name": team,
            "TimeZoneSidKey": "America/Sao_Paulo", "SystemModstamp": second(user["updated_at"]),
        }  # fmt: skip


def _record_types(sandbox: "Sandbox") -> Iterator[Row]:
    for row in sandbox.engine.reference.list("pipelines"):
        yield {"Id": sf_id("RecordType", row["id"]), "Name": row["name"], "DeveloperName": row["name"].replace(" ", "_"),
               "SobjectType": "Opportunity", "IsActive": True, "SystemModstamp": second(row["updated_at"])}  # fmt: skip


def _statuses(sandbox: "Sandbox") -> Iterator[Row]:
    names: list[str] = []
    for pipeline in sandbox.engine.reference.list("pipelines"):
        before = conversion_order(sandbox, pipeline["id"])
        names += [stage["name"] for stage in pipeline["stages"] if stage["order"] < before]
    for order, name in enumerate([*dict.fromkeys(names), CONVERTED, UNCONVERTED], 1):
        yield {"Id": sf_id("LeadStatus", name), "ApiName": name, "MasterLabel": name, "IsConverted": name == CONVERTED,
               "IsDefault": order == 1, "SortOrder": order}  # fmt: skip


def _stages(sandbox: "Sandbox") -> Iterator[Row]:
    named = [stage["name"] for row in sandbox.engine.reference.list("pipelines") for stage in row["stages"]]
    for order, name in enumerate([*dict.fromkeys(named), WON, LOST], 1):
        closed, won = name in (WON, LOST), name == WON
        yield {"Id": sf_id("OpportunityStage", name), "ApiName": name, "MasterLabel": name, "IsActive": True,
               "IsClosed": closed, "IsWon": won, "DefaultProbability": 100.0 if won else 0.0 if closed else 10.0,
               "ForecastCategoryName": "Closed" if won else "Omitted" if closed else "Pipeline", "SortOrder": order}  # fmt: skip


def recycled(row: Row, now: datetime) -> bool:
    """Deleted so long ago that the recycle bin was emptied: 15 days."""
    return bool(row.get("IsDeleted")) and row["SystemModstamp"] < now - timedelta(days=15)
