"""The truth's replay and the servers' state are two programs: after the same events they must show the same."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.company import simulate
from sandbox.server.clock import LimitClock
from sandbox.server.config import SandboxConfig
from sandbox.server.state.engine import Engine
from sandbox.truth import normal
from sandbox.truth.live import Live
from sandbox.truth.observations import second


@pytest.fixture(scope="module")
def both() -> tuple[Engine, Live]:
    world = simulate(seed=9, leads=500)
    now = world.end + timedelta(days=25)
    engine = Engine(world, SandboxConfig(), LimitClock(1.0))
    engine.catch_up(now)
    live = Live({s["id"]: s["name"] for p in world.reference["pipelines"] for s in p["stages"]})
    for event in world.until(now):
        live.apply(event)
    return engine, live


def _consent(bases: list[dict[str, Any]]) -> str:
    return "declined" if any(b["status"] == "declined" for b in bases) else "granted" if bases else "unknown"


def test_marketing(both: tuple[Engine, Live]) -> None:
    engine, live = both
    assert set(engine.marketing.contacts) == set(live.rd)
    for uuid, shown in engine.marketing.contacts.items():
        mine, funnel = live.rd[uuid], live.funnels[uuid]
        assert second(shown.created_at) == mine["created_at"]
        assert {shown.email, *shown.extra_emails} == {mine["email"], *mine["extra_emails"]}
        for key in ("personal_phone", "mobile_phone"):
            assert normal.phone_key(shown.fields.get(key)) == normal.phone_key(mine["fields"].get(key))
        assert _consent(shown.legal_bases) == _consent(mine["legal_bases"])
        assert (shown.lifecycle_stage, shown.fit, shown.interest) == (
            funnel["lifecycle_stage"],
            funnel["fit"],
            funnel["interest"],
        )
        events = sorted(
            (i.type, i.identifier, second(i.at)) for i in shown.interactions if i.type in ("CONVERSION", "OPPORTUNITY")
        )
        assert events == sorted(e[:3] for e in live.rd_events.get(uuid, []))


def test_crm(both: tuple[Engine, Live]) -> None:
    engine, live = both
    assert set(engine.crm.deals) == set(live.deals)
    assert set(engine.crm.persons) == set(live.crm)
    assert set(engine.crm.organizations) == set(live.organizations)
    assert set(engine.crm.tasks) == set(live.tasks)
    for deal_id, shown in engine.crm.deals.items():
        mine = live.deals[deal_id]
        assert (shown.contact_ids, shown.organization_id) == (mine["contact_ids"], mine["organization_id"])
        assert (shown.user_id, shown.user_changed, shown.rating) == (mine["user_id"], mine["user_changed"], mine["rating"])
        assert (shown.win, bool(shown.hold), shown.lost_reason_id) == (mine["win"], mine["hold"], mine["lost_reason_id"])
        assert (shown.closed_at and second(shown.closed_at)) == mine["closed_at"]
        assert [second(v.start) for v in shown.visits] == [at for _, at in mine["visits"]]
        assert (shown.custom, shown.from_rdsm, shown.parent_deal_id) == (
            mine["custom"],
            mine["from_rdsm"],
            mine["parent_deal_id"],
        )
