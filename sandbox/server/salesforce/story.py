"""A deal's life as Salesforce tells it: which labels it went through, when, and from when on it was an Opportunity."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sandbox.server.salesforce.answers import sf_id
from sandbox.server.state.crm_entities import Deal

if TYPE_CHECKING:
    from sandbox.server.core import Sandbox

WON, LOST = "Closed Won", "Closed Lost"
CONVERTED, UNCONVERTED = "Closed - Converted", "Closed - Not Converted"
CLOSED = {WON: (True, True), LOST: (True, False)}


def second(moment: datetime) -> datetime:
    """Salesforce keeps whole seconds."""
    return moment.replace(microsecond=0)


def conversion_order(sandbox: "Sandbox", pipeline_id: str) -> int:
    """Order of the first stage that an Opportunity has in a pipeline; 0 where deals are Opportunities from the start."""
    stages = (sandbox.engine.reference.get("pipelines", pipeline_id) or {}).get("stages") or []
    wanted = sandbox.config.salesforce_conversion_stage
    return next((stage["order"] for stage in stages if stage["name"] == wanted), 0)


@dataclass(slots=True)
class Story:
    """`path`: (instant, label) of stages and closings in order, `converted_at` None while a Lead (or never one)."""

    deal: Deal
    path: list[tuple[datetime, str]]
    converted_at: datetime | None
    was_lead: bool
    deleted_at: datetime | None

    @property
    def lead_id(self) -> str:
        """Id of its Lead."""
        return sf_id("Lead", self.deal.id)

    @property
    def opportunity_id(self) -> str:
        """Id of its Opportunity."""
        return sf_id("Opportunity", self.deal.id)

    @property
    def is_lead(self) -> bool:
        """Still a Lead."""
        return self.was_lead and self.converted_at is None

    @property
    def born_at(self) -> datetime:
        """When the Opportunity came to be."""
        return self.converted_at or second(self.deal.created_at)

    def owners(self) -> list[tuple[datetime, str | None]]:
        """(instant, user) since creation; nobody first where nobody was."""
        changes = [(second(at), value) for at, name, value in self.deal.trail if name == "user_id"]
        start = second(self.deal.created_at)
        return changes if changes and changes[0][0] <= start else [(start, None), *changes]


def story_of(sandbox: "Sandbox", deal: Deal, deleted_at: datetime | None) -> Story:
    """Read visits and closings as one path."""
    stages = sandbox.engine.reference.stages
    steps: list[tuple[datetime, int, str]] = [
        (second(visit.start), 0, stages[visit.stage_id]["name"]) for visit in deal.visits
    ]
    turn = next((v.start for v in deal.visits if _behind(sandbox, stages[v.stage_id])), None)
    for at, name, value in deal.trail:
        if name == "status":
            steps.append(
                (second(at), 1, {"won": WON, "lost": LOST}.get(str(value), _stage_at(deal, at, stages)))
            )
            if value == "won" and (turn is None or at < turn):
                turn = at
    steps.sort(key=lambda step: (step[0], step[1]))
    born = second(deal.created_at)
    at_once = turn is not None and second(turn) <= born
    converted = second(turn) if turn is not None and not at_once else None
    path = [(at, label) for at, _, label in steps]
    return Story(deal, path, converted, not at_once, second(deleted_at) if deleted_at else None)


def _behind(sandbox: "Sandbox", stage: dict[str, Any]) -> bool:
    return bool(stage["order"] >= conversion_order(sandbox, stage["pipeline_id"]))


def _stage_at(deal: Deal, at: datetime, stages: dict[str, dict[str, Any]]) -> str:
    known = [visit for visit in deal.visits if visit.start <= at] or deal.visits[:1]
    return str(stages[known[-1].stage_id]["name"])
