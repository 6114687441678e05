"""The read of RD Station CRM against the sandbox: both versions, what changed, deletions, odd readings, faults."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ingestion.errors import AuthError, IngestionError
from ingestion.rd_station_crm import CrmApi, RdStationCrmConfig, run
from tests.ingestion.fakes import CountingLimiter, Home
from tests.support.sandbox import SandboxHandle, running_sandbox

WORLD = {"seed": 5, "leads": 130, "months": 3}


class Crm:
    """A sandbox and the home that reads it."""

    def __init__(self, box: SandboxHandle, home: Home) -> None:
        self.box, self.home = box, home
        v1, v2 = box.credentials["crm_v1"], box.credentials["crm_v2"]
        self.config = RdStationCrmConfig(
            v1["token"], v2["client_id"], v2["client_secret"], v2["refresh_token"],
            v1_url=box.crm_v1_url, v2_url=f"{box.url}/crm/v2", slice_size=20, workers=4,
        )  # fmt: skip

    def load(self, **settings: Any):
        self.home.clock.instant = self.box.now()
        ports = self.home.ports()
        # The test's own calls roll the refresh token too: the operator "authorised again".
        current = self.box.credentials["crm_v2"]["refresh_token"]
        config = replace(self.config, **{"refresh_token": current, **settings})
        api = CrmApi(config, ports)
        try:
            report = run(config, ports, self.home.target, api)
        finally:
            self.requests = api.requests
            api.close()
        return report

    @property
    def company(self) -> Any:
        assert self.box.app is not None
        return self.box.app.sandbox.engine.crm

    def column(self, sql: str) -> list[Any]:
        return [row[0] for row in self.home.query(sql)]


@pytest.fixture
def crm(home: Home) -> Iterator[Crm]:
    with running_sandbox(WORLD, limits=False) as box:
        yield Crm(box, home)


LATEST = """(select *, row_number() over (partition by deal_id order by load_seq desc, row_seq desc) as n
             from raw_rd_station_crm.deals) where n = 1"""


def assert_equal_to_company(crm: Crm) -> None:
    """Deals, visits, contacts, tasks as the company has them."""
    rows = crm.home.query(f"""
        select deal_id, status, stage_id, user_id, user_changed, organization_id, from_rdsm_integration, parent_deal_id,
               epoch_ms(created_at), epoch_ms(closed_at) from {LATEST} and not is_deleted order by deal_id""")  # fmt: skip
    wanted = [
        (d.id, d.status, d.stage_id, d.user_id, d.user_changed, d.organization_id, d.from_rdsm, d.parent_deal_id,
         _ms(d.created_at), _ms(d.closed_at))
        for d in sorted(crm.company.deals.values(), key=lambda d: d.id)
    ]  # fmt: skip
    assert rows == wanted
    visits = crm.home.query("select count(distinct visit_id) from raw_rd_station_crm.deal_stage_visits")[0][0]
    assert visits >= sum(len(deal.visits) for deal in crm.company.deals.values())
    people = set(crm.column("select contact_id from raw_rd_station_crm.contacts where not is_deleted"))
    assert people >= set(crm.company.persons)
    linked = dict(
        crm.home.query("select contact_id, max(integration_id) from raw_rd_station_crm.contacts group by 1")
    )
    for person in crm.company.persons.values():
        if person.organization_id and person.integration_id:
            assert linked[person.id] == person.integration_id
    done = set(crm.column("select task_id from raw_rd_station_crm.tasks where done"))
    assert done >= {task.id for task in crm.company.tasks.values() if task.done}


def _ms(moment: Any) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


def test_first_load_then_what_changed(crm: Crm) -> None:
    first = crm.load()
    assert_equal_to_company(crm)
    assert crm.column("select count(*) from raw_rd_station_crm.deal_contacts where position = 0") == [
        sum(bool(deal.contact_ids) for deal in crm.company.deals.values())
    ]
    orders = crm.column("select erp_order from raw_rd_station_crm.deals where erp_order is not null")
    assert orders
    assert any(order[2] == "-" for order in orders)
    assert all(order[2] == "-" or order.isdigit() for order in orders)  # some sellers leave the branch out
    assert crm.load().rows == 0
    assert crm.requests < 20
    crm.box.advance(3 * 86400)
    second = crm.load()
    assert 0 < second.rows_by_table["deals"] < first.rows_by_table["deals"] / 2
    assert crm.requests < 4 * second.rows_by_table["deals"] + 60
    assert_equal_to_company(crm)


@pytest.mark.parametrize(
    "switches",
    [
        {"v2_filter_zone": "-03:00", "v1_period_zone": "+00:00"},
        {"v2_internal_links": True, "v2_links_host": "https://api.rd.services", "open_twin_histories": True},
        {"v1_detail_organization": False, "v1_detail_lost_note": False, "v1_list_extras": True},
    ],
    ids=["zones", "links", "bodies"],
)
def test_the_other_reading_of_a_doubt_gives_the_same(crm: Crm, switches: dict[str, Any]) -> None:
    crm.box.switch(**switches)
    crm.load()
    assert_equal_to_company(crm)
    open_visits = crm.home.query("select deal_id, count(*) from raw_rd_station_crm.deal_stage_visits "
                                 "where end_at is null group by 1 having count(*) > 1")  # fmt: skip
    assert open_visits == []


def test_faults_and_an_ended_token_change_nothing(crm: Crm) -> None:
    crm.load(slice_size=10)
    crm.box.advance(2 * 86400)
    crm.box.expire_tokens()
    crm.box.faults(
        {"kind": "500_html", "path": "/crm-v1/*", "probability": 0.05},
        {"kind": "drop_after", "path": "/crm/v2/*", "probability": 0.1},
        {"kind": "429_v2", "path": "/crm/v2/deals", "count": 2},
    )
    crm.load()
    crm.box.clear_faults()
    crm.load()
    assert_equal_to_company(crm)


def test_deleted_deals_are_found_by_the_total_and_by_the_inbox(crm: Crm) -> None:
    crm.load()
    by_total, by_hook = sorted(crm.company.deals)[:2]
    crm.box.v2("DELETE", f"/deals/{by_hook}").raise_for_status()
    crm.home.load_seq += 1
    crm.home.execute(
        "insert into raw_inbox.events (inbox_seq, system, event_type, deal_id, load_seq, row_seq) "
        f"values (1, 'rd_station_crm', 'crm_deal_deleted', '{by_hook}', {crm.home.load_seq}, 1)"
    )
    assert crm.load().rows_by_table == {"deals": 1}
    crm.box.v2("DELETE", f"/deals/{by_total}").raise_for_status()
    crm.box.advance(7200)
    crm.load()
    assert sorted(crm.column(f"select deal_id from {LATEST} and is_deleted")) == [by_total, by_hook]
    assert_equal_to_company(crm)
    crm.box.advance(7200)
    crm.load()
    assert sorted(crm.column(f"select deal_id from {LATEST} and is_deleted")) == [by_total, by_hook]


def test_a_spent_quota_keeps_what_was_read(crm: Crm) -> None:
    crm.home.limiter = CountingLimiter({"crm_v1": 50})
    report = crm.load(slice_size=8)
    assert report.retry_after_seconds == 1800
    crm.home.limiter = CountingLimiter()
    crm.load()
    assert_equal_to_company(crm)
    repeated = crm.home.query("select deal_id from raw_rd_station_crm.deals group by 1 having count(*) > 1")
    assert repeated == []


def test_a_token_that_sees_less_is_noted(crm: Crm) -> None:
    report = crm.load(token=crm.box.credentials["crm_v1"]["restricted_token"])
    assert any("full visibility" in note for note in report.notes)
    assert set(crm.column("select deal_id from raw_rd_station_crm.deals")) == set(crm.company.deals)


def test_wrong_credentials_and_pages_instead_of_json(crm: Crm) -> None:
    with pytest.raises(AuthError, match="refuses our credentials"):
        crm.load(token="wrong")
    crm.box.faults({"kind": "html_200", "path": "/crm/v2/*"})
    with pytest.raises(IngestionError, match=r"GET /lost_reasons answered 200 with a body that is not JSON"):
        crm.load()
