"""The read of HubSpot against the sandbox: search by windows, histories, associations, archived and merged records, faults."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ingestion.errors import AuthError, IngestionError
from ingestion.hubspot import HubspotApi, HubspotConfig, run
from sandbox.server.hubspot.records import converted_at, has_lead, number, records
from tests.ingestion.fakes import Home
from tests.support.hubspot import MEETING_TYPES, PROPERTIES
from tests.support.sandbox import SandboxHandle, running_sandbox

WORLD = {"seed": 5, "leads": 70, "months": 2}


class Crm:
    """A sandbox and the home that reads it."""

    def __init__(self, box: SandboxHandle, home: Home) -> None:
        self.box, self.home = box, home
        self.config = HubspotConfig(
            token=box.credentials["hubspot"]["token"], base_url=f"{box.url}/hubspot", properties=PROPERTIES,
            meeting_types=MEETING_TYPES, archived_hours=0, slice_size=40,
        )  # fmt: skip
        self.requests = 0

    def load(self, **settings: Any) -> Any:
        self.home.clock.instant = self.box.now()
        ports = self.home.ports()
        config = replace(self.config, **settings)
        api = HubspotApi(config, ports)
        try:
            return run(config, ports, self.home.target, api)
        finally:
            self.requests = api.requests
            api.close()

    @property
    def server(self) -> Any:
        assert self.box.app is not None
        return self.box.app.sandbox

    def settle(self) -> None:
        """What happened is what search shows."""
        self.box.advance(120)

    def call(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.config.token}"}
        return self.box.client.request(method, f"/hubspot/crm/objects/2026-09{path}", headers=headers, **options)

    def column(self, sql: str) -> list[Any]:
        return [row[0] for row in self.home.query(sql)]

    def latest(self, table: str, key: str) -> str:
        return f"""(select * from (select *, row_number() over (partition by {key} order by load_seq desc, row_seq desc) as n
                    from raw_hubspot.{table}) where n = 1)"""  # fmt: skip


@pytest.fixture
def crm(home: Home) -> Iterator[Crm]:
    with running_sandbox(WORLD, limits=False) as box:
        yield Crm(box, home)


def assert_equal_to_company(crm: Crm) -> None:
    """Leads, deals, stays in stages, people and activities as the company has them."""
    company = crm.server.engine.crm
    deals = {number("deals", d.id): d for d in company.deals.values() if converted_at(crm.server, d)}
    rows = crm.home.query(f"""select deal_id, owner_id, is_won, closed_at is not null, from_marketing, rating
        from {crm.latest("deals", "deal_id")} where not is_deleted order by deal_id""")  # fmt: skip
    assert rows == [
        (key, number("users", d.user_id) if d.user_id else None, d.win is True, d.closed_at is not None, d.from_rdsm,
         _rating(d)) for key, d in sorted(deals.items())
    ]  # fmt: skip
    leads = {number("leads", d.id): d for d in company.deals.values() if has_lead(crm.server, d)}
    rows = crm.home.query(f"""select lead_id, deal_id, closed_at is not null from {crm.latest("leads", "lead_id")}
        where not is_deleted order by lead_id""")  # fmt: skip
    assert rows == [
        (key, made := number("deals", d.id) if converted_at(crm.server, d) else None, made is None and d.closed_at is not None)
        for key, d in sorted(leads.items())
    ]
    stays = crm.home.query("select record_id, count(distinct visit_id) from raw_hubspot.stage_visits group by 1")
    assert len({key for key, _ in stays} & {*deals, *leads}) == len([*leads, *deals]) - _won_at_once(crm, deals)
    people = set(crm.column(f"select contact_id from {crm.latest('contacts', 'contact_id')} where not is_deleted"))
    assert people == {number("contacts", key) for key in company.persons}
    done = crm.column(f"select count(*) from {crm.latest('activities', 'activity_id')} where is_done and not is_deleted")
    assert done == [sum(task.done for task in company.tasks.values())]


def _rating(deal: Any) -> int | None:
    return next((int(value) for _, name, value in reversed(deal.trail) if name == "rating"), None)


def _won_at_once(crm: Crm, deals: dict[str, Any]) -> int:
    """Deals that were won out of the lead, without a stay in a stage of their own."""
    stages = [visit.start >= converted_at(crm.server, d) for d in deals.values() for visit in [d.visits[-1]]]
    return sum(not any(v.start >= converted_at(crm.server, d) for v in d.visits) for d in deals.values()) if stages else 0


def test_first_load_then_what_changed(crm: Crm) -> None:
    first = crm.load()
    crm.settle()
    crm.load()
    assert_equal_to_company(crm)
    assert crm.column("select count(*) from raw_hubspot.leads where from_marketing and owner_changed")[0] > 0
    assert set(crm.column("select distinct outcome from raw_hubspot.activities where is_done")) == {
        "contact", "no_answer", "unknown"
    }  # fmt: skip
    assert {"call", "whatsapp", "email", "meeting"} <= set(crm.column("select distinct type from raw_hubspot.activities"))
    assert crm.load().rows == 0
    crm.box.advance(3 * 86400)
    second = crm.load()
    assert 0 < second.rows_by_table["deals"] < first.rows_by_table["deals"]
    crm.settle()
    crm.load()
    assert_equal_to_company(crm)


def test_owners_and_ratings_are_known_by_the_second(crm: Crm) -> None:
    crm.settle()
    crm.load()
    found = set(crm.home.query("select record_id, owner_id, epoch_ms(changed_at) from raw_hubspot.record_changes"))
    for deal in crm.server.engine.crm.deals.values():
        made = converted_at(crm.server, deal)
        for at, name, value in deal.trail:
            if name == "user_id":
                kind = "deals" if made and at >= made else "leads"
                assert (number(kind, deal.id), number("users", value), int(at.timestamp() * 1000)) in found
    # A deal starts with the owner of its lead, and says so from its first instant.
    assert crm.column("""select count(*) from raw_hubspot.deals d left join raw_hubspot.record_changes c on
        c.record_id = d.deal_id and c.changed_at = d.created_at where c.record_id is null and d.owner_id is not null""") == [0]  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(
    "switches",
    [
        {"hubspot_number_ids": True, "hubspot_207": False},
        {"hubspot_search_cap": 200, "hubspot_category_only": True},
    ],
    ids=["ids", "cap"],
)
def test_the_other_reading_of_a_doubt_gives_the_same(crm: Crm, switches: dict[str, Any]) -> None:
    crm.box.switch(**switches)
    crm.settle()
    crm.load()
    assert_equal_to_company(crm)


def test_an_account_without_leads_has_deals_from_the_first_stage(crm: Crm) -> None:
    crm.box.switch(hubspot_leads=False)
    crm.settle()
    report = crm.load()
    assert any("no leads" in note for note in report.notes)
    assert crm.column("select count(distinct deal_id) from raw_hubspot.deals") == [len(crm.server.engine.crm.deals)]


def test_rows_of_one_instant_are_neither_lost_nor_doubled(crm: Crm) -> None:
    """A bulk import gives hundreds of records the same instant of change."""
    crm.settle()
    records(crm.server, "contacts")
    same = crm.box.now()
    for person in crm.server.engine.crm.persons.values():
        person.updated_at = same
    for n in range(450):
        crm.server.engine.apply(_contact(n, same))
    crm.settle()
    crm.load()
    rows = crm.column("select contact_id from raw_hubspot.contacts where not is_deleted")
    assert len(rows) == len(set(rows)) == len(crm.server.engine.crm.persons) > 450
    assert crm.load().rows == 0


def _contact(n: int, at: Any) -> Any:
    from sandbox.events import Event

    return Event(at, n, "crm.contact_created", {"contact_id": f"bulk{n}", "name": f"Pessoa {n}", "emails": [], "phones": []})


def test_archived_and_merged_records(crm: Crm) -> None:
    crm.settle()
    crm.load()
    company = crm.server.engine.crm
    live = [d for d in company.deals.values() if converted_at(crm.server, d)]
    first, second = live[0], next(d for d in live[1:] if d.contact_ids and d.contact_ids != live[0].contact_ids)
    assert crm.call("DELETE", f"/deals/{number('deals', first.id)}").status_code == 204
    gone, into = second.contact_ids[0], next(key for key in company.persons if key not in second.contact_ids)
    body = {"primaryObjectId": number("contacts", into), "objectIdToMerge": number("contacts", gone)}
    assert crm.call("POST", "/contacts/merge", json=body).json()["id"] == number("contacts", into)
    assert crm.call("GET", f"/contacts/{number('contacts', gone)}").json()["id"] == number("contacts", into)
    crm.settle()
    crm.load()
    assert_equal_to_company(crm)
    merged = crm.home.query(f"select contact_id, is_deleted from {crm.latest('contacts', 'contact_id')} where merged_into = "
                            f"'{number('contacts', into)}'")  # fmt: skip
    assert merged == [(number("contacts", gone), True)]
    # Nobody touched the deal, but the contact it has is another one now.
    last = crm.column(f"""select contact_id from raw_hubspot.deal_contacts where deal_id = '{number('deals', second.id)}'
                          and load_seq = (select max(load_seq) from raw_hubspot.deal_contacts)""")  # fmt: skip
    assert number("contacts", into) in last


@pytest.mark.long
def test_faults_and_limits_change_nothing(crm: Crm) -> None:
    crm.settle()
    crm.box.faults(
        {"kind": "500_json", "path": "/hubspot/*", "probability": 0.05},
        {"kind": "drop_after", "path": "/hubspot/*", "probability": 0.05},
        {"kind": "429_hubspot_SECONDLY", "path": "*/search", "count": 3},
        {"kind": "429_hubspot_TEN_SECONDLY_ROLLING", "path": "*/batch/read", "count": 2},
    )
    crm.load()
    crm.box.clear_faults()
    crm.load()
    assert_equal_to_company(crm)
    assert {1.0, 10.0} <= set(crm.home.clock.slept)


def test_a_spent_day_ends_the_run_and_keeps_what_was_read(crm: Crm) -> None:
    crm.settle()
    crm.box.faults({"kind": "429_hubspot_DAILY", "path": "*/deals/batch/read", "after": 2})
    report = crm.load()
    assert report.retry_after_seconds == 3600 and report.rows_by_table["contacts"] > 0
    crm.box.clear_faults()
    crm.load()
    assert_equal_to_company(crm)


@pytest.mark.long
def test_oauth_tokens_are_renewed_and_bad_ones_refused(crm: Crm) -> None:
    given = crm.box.credentials["hubspot"]
    oauth = {name: given[name] for name in ("client_id", "client_secret", "refresh_token")}
    crm.settle()
    crm.load(token=None, **oauth)
    crm.box.advance(3600)
    crm.load(token=None, **oauth)
    crm.box.advance(120)
    crm.load(token=None, **oauth)
    assert_equal_to_company(crm)
    with pytest.raises(AuthError):
        crm.load(token="pat-wrong")


def test_what_a_hook_named_is_read_back_at_once(crm: Crm) -> None:
    crm.settle()
    crm.load()
    deal = next(d for d in crm.server.engine.crm.deals.values() if converted_at(crm.server, d))
    key = number("deals", deal.id)
    assert crm.call("PATCH", f"/deals/{key}", json={"properties": {"nota_do_vendedor": "5"}}).status_code == 200
    crm.home.execute(
        "insert into raw_inbox.events (system, event_type, object_kind, object_id, change_kind, load_seq, row_seq) "
        f"values ('hubspot', 'deal.propertyChange', 'deal', '{key}', 'changed', {crm.home.load_seq + 1}, 1)"
    )
    crm.home.load_seq += 1
    crm.load()  # search does not show it yet
    assert crm.column(f"select rating from {crm.latest('deals', 'deal_id')} where deal_id = '{key}'") == [5]
    assert crm.load().rows == 0


class Bad(HubspotApi):
    """A server that answers oddly once."""

    spoil: Any = None

    def search(self, kind: str, body: Any) -> Any:
        answer = super().search(kind, body)
        return Bad.spoil(kind, answer)


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("contacts", {"properties": None}),
        ("contacts", {"createdAt": "no instant"}),
        ("calls", {"properties": {"hs_timestamp": "32/13/2026"}}),
        ("companies", {"properties": {"name": 5, "cnpj": ["x"], "domain": {}}}),
    ],
)
def test_a_bad_record_goes_to_quarantine_and_the_rest_lands(crm: Crm, kind: str, change: dict[str, Any]) -> None:
    crm.settle()
    spoilt: set[str] = set()

    def spoil(found: str, answer: Any) -> Any:
        if found == kind and answer["results"] and not spoilt:
            spoilt.add(answer["results"][0]["id"])
            answer["results"][0].update(change)
        return answer

    Bad.spoil = staticmethod(spoil)
    crm.home.clock.instant = crm.box.now()
    ports = crm.home.ports()
    api = Bad(crm.config, ports)
    run(crm.config, ports, crm.home.target, api)
    api.close()
    refused = crm.home.query("select record_key from raw_hubspot.quarantine where reason like 'unreadable%'")
    assert {key for (key,) in refused} == (spoilt if kind != "companies" else set())
    assert crm.column("select count(*) from raw_hubspot.deals")[0] > 0


@pytest.mark.parametrize("answer", [{"total": 9, "results": []}, {"paging": {"next": {"after": "1"}}, "results": []}, [], {"x": 1}])
def test_an_empty_page_in_the_middle_is_an_error(crm: Crm, answer: Any) -> None:
    crm.settle()
    Bad.spoil = staticmethod(lambda kind, page: answer if kind == "contacts" else page)
    ports = crm.home.ports()
    api = Bad(crm.config, ports)
    with pytest.raises((IngestionError, TypeError, KeyError)):
        run(crm.config, ports, crm.home.target, api)
    api.close()
