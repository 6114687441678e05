"""The same simulated company through RD Station CRM and through another CRM gives the same marts, but for the mask."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import md5
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from orchestration import stages
from orchestration.profile import Profile
from sandbox.server.hubspot.records import ACTIVITIES, has_lead, number
from tests.e2e import line
from tests.e2e.crm_mask import unequal
from tests.support.company import company
from tests.support.hubspot import also_in_hubspot, use_hubspot
from tests.support.sandbox import SandboxHandle, running_sandbox, simulated

pytestmark = pytest.mark.long


class Pair:
    """Both companies, and the names of RD Station CRM for what HubSpot names otherwise."""

    def __init__(self, rd: Profile, hubspot: Profile, box: SandboxHandle) -> None:
        assert box.app is not None
        self.rd, self.hubspot, self.server = rd, hubspot, box.app.sandbox
        crm = self.server.engine.crm
        self.deals = {
            f"lead:{number('leads', d.id)}" if has_lead(self.server, d) else number("deals", d.id): d.id for d in crm.deals.values()
        }
        self.tasks = {}
        for task in crm.tasks.values():
            kind = ACTIVITIES.get(task.type, "tasks") if task.done else "tasks"
            name = f"{kind.removesuffix('s')}:{number(kind, task.id)}"
            self.tasks[_md5(f"hubspot:task:{name}")] = _md5(f"rd_station_crm:task:{task.id}")

    def frames(self, query: str) -> tuple[pd.DataFrame, pd.DataFrame]:
        """A query, whose first column is named key, on both warehouses; HubSpot's keys under RD Station CRM's names."""
        rd, hubspot = (line.frame(profile.paths.warehouse, query) for profile in (self.rd, self.hubspot))
        hubspot["key"] = [self._name(key) for key in hubspot["key"]]
        return rd, hubspot

    def _name(self, key: Any) -> Any:
        text = str(key)
        if text.startswith("hubspot:deal:"):
            name, *rest = text.removeprefix("hubspot:deal:").split(" ", 1)
            return " ".join([f"rd_station_crm:deal:{self.deals.get(name, name)}", *rest])
        return self.deals.get(text) or self.tasks.get(text) or key


def _md5(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    base = tmp_path_factory.mktemp("crms")
    world = simulated(seed=11, leads=80)
    now = (world.end + timedelta(minutes=3)).isoformat()  # HubSpot's search shows the last changes late

    def read(name: str, box: SandboxHandle) -> Profile:
        def change(folder: Path) -> None:
            also_in_hubspot(folder)
            if name == "hubspot":
                use_hubspot(folder, box.url)

        with company(base / name, box, change=change) as profile:
            line.ingest_all(profile)
            stages.transform(profile)
            return profile

    with running_sandbox(world, now=now, limit_speed=600.0, home=str(base / "sandbox")) as box:
        yield Pair(read("rd", box), read("hubspot", box), box)


def test_every_opportunity(pair: Pair) -> None:
    rd, hubspot = pair.frames("select source_id as key, t.* from marts.fct_opportunities t")
    assert len(rd) > 30
    problems = unequal("hubspot", "fct_opportunities", rd, hubspot)
    assert not problems, "\n".join(problems)


def test_every_hand_over(pair: Pair) -> None:
    query = """
        select i.opening_record as key, t.*, judged.judged_by from marts.fct_handoffs t
        join intermediate.int_handoffs i using (handoff_id)
        left join (
            select handoff_id, string_agg(distinct clause_id || ' by ' || basis, ', ' order by clause_id || ' by ' || basis) as judged_by
            from marts.fct_sla_verdicts group by handoff_id
        ) as judged using (handoff_id)"""
    rd, hubspot = pair.frames(query)
    assert len(rd) > 10
    problems = unequal("hubspot", "fct_handoffs", rd, hubspot)
    assert not problems, "\n".join(problems)


def test_every_attempt(pair: Pair) -> None:
    rd, hubspot = pair.frames("select attempt_id as key, t.* from marts.fct_contact_attempts t")
    assert set(hubspot["outcome"]) >= {"contact", "no_answer"} and set(rd["outcome"]) == {"unknown"}
    problems = unequal("hubspot", "fct_contact_attempts", rd, hubspot)
    assert not problems, "\n".join(problems)


def test_every_entry_into_a_stage(pair: Pair) -> None:
    query = (
        "select i.opening_record || ' ' || t.stage || ' ' || t.entered_at as key, t.*"
        " from marts.fct_funnel_events t join intermediate.int_handoffs i using (handoff_id)"
    )
    rd, hubspot = pair.frames(query)
    assert len(rd) > 100
    problems = unequal("hubspot", "fct_funnel_events", rd, hubspot)
    assert not problems, "\n".join(problems)
