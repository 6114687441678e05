"""The express lane: whoever could belong together is judged together, its plan is the whole build's, and it gives way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestration import dbt_runner, diagnosis, express, warehouse
from orchestration.express import lane as lanes
from orchestration.express.compiled import compile_plan, hook_of
from orchestration.express.lane import Lane
from orchestration.express.links import Links, TooMany
from orchestration.express.slices import plan_rows
from orchestration.findings import Finding
from orchestration.profile import Profile
from orchestration.publish import Publication
from orchestration.publish_copy import copy_tables
from orchestration.runtime import Runtime
from orchestration.source_settings import RdStationCrm
from tests.dbt.raw_fixture import Raw, fetch, fresh_warehouse, run_dbt

PUBLICATION = Publication("s1", datetime(2026, 6, 30, tzinfo=UTC), 5, datetime(2026, 6, 30, tzinfo=UTC))


@pytest.fixture
def company(ready: Profile) -> Profile:
    """A company whose CRM tells of rejections."""
    return ready.model_copy(update={"sources": ready.sources.model_copy(update={"rd_station_crm": RdStationCrm()})})


def facts_of(profile: Profile, raw: Raw, folder: Path) -> Path:
    profile.paths.create()
    target = folder / "new-facts.duckdb"
    target.unlink(missing_ok=True)
    copy_tables(raw.write_duckdb(fresh_warehouse(folder)), target, express.raw_tables(profile), PUBLICATION)
    return target.replace(profile.paths.published_facts)


def people() -> Raw:
    """ana: two contacts by e-mail, one deal, a copy of it with another contact. A switchboard's number joins nobody."""
    raw = Raw()
    raw.contact("ana", "2026-01-01 00:00:00", "ana@x.com.br")
    raw.contact("ana2", "2026-01-02 00:00:00", "ana@x.com.br")
    raw.contact("bob", "2026-01-02 00:00:00")
    for number in range(60):
        raw.contact(f"many{number}", "2026-01-02 00:00:00")
        raw.add("rd_station", "contact_identifiers", contact_uuid=f"many{number}", kind="phone", value="+551130000000", position=1)
    raw.add("rd_station", "contact_identifiers", contact_uuid="ana2", kind="phone", value="+551130000000", position=1)
    raw.crm_contact("c-ana", "ana")
    raw.crm_contact("c-bob", "bob")
    raw.crm_contact("c-col")
    raw.deal("d1", ["c-ana"], "2026-02-01 00:00:00")
    raw.deal("d2", ["c-ana", "c-col"], "2026-02-01 00:00:00", parent_deal_id="d1")
    raw.deal("d3", ["c-bob"], "2026-02-01 00:00:00")
    return raw


@pytest.fixture
def links(company: Profile, tmp_path: Path) -> Iterator[Links]:
    found = Links(facts_of(company, people(), tmp_path))
    yield found
    found.close()


def test_a_circle_holds_whoever_may_belong_together(links: Links, monkeypatch: pytest.MonkeyPatch) -> None:
    assert links.draw_circle(["c-ana"]) == 4
    query = "select node from circle where {} order by 1"
    inside = [node for (node,) in links.connection.execute(query.format("not is_witness")).fetchall()]
    assert inside == ["crm:c-ana", "crm:c-col", "rd:ana", "rd:ana2"]
    witnesses = links.connection.execute(query.format("is_witness")).fetchall()
    assert len(witnesses) > 5 and all(node.startswith("rd:many") for (node,) in witnesses)
    assert links.draw_circle(["c-bob"]) == 2
    links.learn([("d3", "c-ana")])  # the CRM says now that ana takes part in bob's deal
    assert links.draw_circle(["c-bob"]) == 6
    assert links.knows("c-bob") and not links.knows("c-new")
    monkeypatch.setattr("orchestration.express.links.MAX_RECORDS", 3)
    with pytest.raises(TooMany):
        links.draw_circle(["c-ana"])


def receive(profile: Profile, *deals: str) -> None:
    with Runtime(profile) as runtime:
        for deal in deals:
            row = {"system": "rd_station_crm", "event_type": "crm_deal_updated", "event_key": f"{deal} {datetime.now(UTC)}"}
            runtime.state.inbox.add({**row, "occurred_at": datetime(2026, 6, 1), "deal_id": deal})


def lane_of(profile: Profile, monkeypatch: pytest.MonkeyPatch, read: Callable[..., Any]) -> tuple[Lane, list[Any]]:
    """A lane whose calls of the CRM, models and deliveries are noted instead."""
    judged: list[Any] = []
    monkeypatch.setattr(lanes, "compile_plan", lambda _profile: object())
    monkeypatch.setattr(Lane, "_read", lambda _self, _runtime, memory, named: read(memory, named))
    monkeypatch.setattr(Lane, "_return", lambda _self, _runtime, _memory, closed, _watch: judged.append(closed) or {"sent": 1})
    return Lane(profile), judged


def test_the_lane_takes_each_webhook_once_and_goes_on_after_a_start(
    company: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane, judged = lane_of(company, monkeypatch, lambda _memory, named: named)
    assert lane.step() is None, "nothing is published"
    facts_of(company, people(), tmp_path)
    assert lane.step() is None, "nothing was received"
    receive(company, "d1", "d3")
    assert (lane.step() or {})["deals"] == 2
    assert lane.step() is None
    assert judged == [["d1", "d3"]]
    again, _ = lane_of(company, monkeypatch, lambda _memory, named: named)
    assert (again.step() or {})["last_seq"] == 2, "what came after the snapshot is looked at again: the outbox knows what was sent"
    for one in (lane, again):
        one.close()


def test_the_lane_stands_aside_for_a_mass_change_until_the_next_snapshot(
    company: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane, judged = lane_of(company, monkeypatch, lambda _memory, named: named)
    monkeypatch.setattr(lanes, "MAX_DEALS", 3)
    facts_of(company, people(), tmp_path)
    lane.step()
    receive(company, *(f"d{number}" for number in range(lanes.MAX_DEALS + 1)))
    assert lane.step() is None
    receive(company, "d1")
    assert lane.step() is None and judged == []
    raw = people()
    raw.add("inbox", "events", inbox_seq=lanes.MAX_DEALS + 2, system="rd_station_crm", event_key="k")
    facts_of(company, raw, tmp_path)
    assert lane.step() is None, "the snapshot has seen all of that"
    receive(company, "d3")
    assert lane.step() is not None and judged == [["d3"]]
    lane.close()


def test_a_lane_that_cannot_listen_is_a_problem_that_doctor_names(
    company: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_profile: Profile) -> None:
        raise NotImplementedError("a hook")

    def found() -> list[Finding]:
        with Runtime(company) as runtime:
            return list(diagnosis._express(runtime))

    slept: list[float] = []
    lane, _ = lane_of(company, monkeypatch, lambda _memory, named: named)
    monkeypatch.setattr("orchestration.express.lane.time.sleep", slept.append)
    facts_of(company, people(), tmp_path)
    assert found() == []
    with monkeypatch.context() as patched:
        patched.setattr(lanes, "compile_plan", broken)
        lane.serve(iter([True, False]).__next__)
    (stopped,) = found()
    assert stopped.status == "problem" and "express.log names the error" in stopped.remedy and slept == [lanes.BROKEN_SECONDS]
    lane.serve(iter([True, False]).__next__)
    assert [finding.status for finding in found()] == ["ok"]
    lane.close()


def test_only_a_company_with_both_systems_and_live_returns_has_the_lane(ready: Profile, company: Profile) -> None:
    assert express.is_wanted(company) and not express.is_wanted(ready)
    assert express.raw_tables(ready) == []
    assert ("raw_rd_station_crm", "deals") in express.raw_tables(company)
    nurture = company.destinations.rd_station_nurture
    assert nurture is not None
    off = company.destinations.model_copy(update={"rd_station_nurture": nurture.model_copy(update={"live": False})})
    assert not express.is_wanted(company.model_copy(update={"destinations": off}))


def test_the_lane_knows_what_stands_for_every_hook_of_the_plans_models(company: Profile) -> None:
    """A model that gains a hook would stop the lane; the long test below runs them all."""
    dbt_runner.prepare_manifest(company)
    manifest = dbt_runner.read_manifest(company)
    names = dbt_runner.ancestors(manifest, express.MODEL)
    nodes = [node for node in manifest["nodes"].values() if node["resource_type"] == "model" and node["unique_id"] in names]
    known = {node["name"]: hook_of(node) for node in nodes if node["config"].get("pre-hook")}
    assert len(known) > 3 and {name for name, before in known.items() if before} == {"int_person_nodes", "int_identity_labels", "int_company_nodes"}


@pytest.mark.long
def test_the_lanes_plan_is_the_whole_builds_plan(company: Profile, tmp_path: Path) -> None:
    """For every person of a simulated company, judged in small groups."""
    from sandbox import truth
    from tests.dbt.world_rows import raw_of
    from tests.support.sandbox import simulated

    early = company.model_copy(update={"go_live": datetime(2026, 1, 1, tzinfo=UTC)})
    world = simulated(seed=31, leads=250, dirt=1.0)
    looks = [world.end - timedelta(days=days) for days in range(364, -1, -7)]
    raw = raw_of(world, truth.knowledge(world, world.end, looks, go_live=early.go_live).seen)
    facts = facts_of(early, raw, tmp_path)
    database = tmp_path / "warehouse.duckdb"
    variables = {**warehouse.settled_variables(early), "as_of": f"{world.end:%Y-%m-%d %H:%M:%S}"}
    run_dbt(["run", "--select", f"+{express.MODEL}"], tmp_path, database, variables)
    whole = {row["subject_id"]: row for row in fetch(database, f"select * from plan.{express.MODEL}")}
    contacts = [row["contact_id"] for row in fetch(database, "select distinct contact_id from raw_rd_station_crm.deal_contacts order by 1")]
    compiled, tables, found = compile_plan(early), express.raw_tables(early), dict[str, Any]()
    links = Links(facts)
    try:
        for start in range(0, len(contacts), 7):
            links.draw_circle(contacts[start : start + 7])
            found |= {row["subject_id"]: row for row in plan_rows(links, compiled, tables, {}, world.end)}
    finally:
        links.close()
    assert len(whole) > 20
    assert {key: _content(row) for key, row in found.items()} == {key: _content(row) for key, row in whole.items()}


def _content(row: dict[str, Any]) -> dict[str, Any]:
    """Everything but the place in the queue, which counts the others too."""
    return {name: value for name, value in row.items() if name != "priority"}


@pytest.mark.parametrize(
    ("closed", "judged"),
    [
        (None, "12:00:01"), ("12:00:00.900000", "12:00:01"), ("11:59:00.000000", "12:00:01"),
        ("12:00:20.500000", "12:00:21"), ("13:30:00.000000", "12:01:01"),
    ],
)  # fmt: skip
def test_a_deal_closed_within_this_second_or_by_a_faster_clock_is_closed(closed: str | None, judged: str) -> None:
    now = datetime(2026, 6, 30, 12, 0, 0, 124000, tzinfo=UTC)
    closings = [datetime.fromisoformat(f"2026-06-30T{closed}") if closed else None]
    assert lanes.as_of(now, closings) == datetime.fromisoformat(f"2026-06-30T{judged}+00:00")
