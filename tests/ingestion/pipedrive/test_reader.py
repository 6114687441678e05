"""The read of Pipedrive against its twin: first load, what changed, conversion, deletions, budget, kill and resume."""

from collections.abc import Iterator
from typing import Any

import pytest

from ingestion.errors import AuthError
from ingestion.inbox import named_query
from sandbox.server.pipedrive.view import lead_key, number, v2_time
from tests.ingestion.fakes import CountingLimiter, DirectLanding, Home
from tests.ingestion.pipedrive.account import Account
from tests.support.sandbox import running_sandbox

WORLD = {"seed": 9, "leads": 80, "months": 2}


@pytest.fixture
def account(home: Home) -> Iterator[Account]:
    with running_sandbox(WORLD, limits=False) as box:
        yield Account(box, home)


def assert_equal_to_company(account: Account) -> None:
    """Leads, deals with their visits and owners, persons and activities as the company has them."""
    live = [passage for passage in account.passages if passage.deleted_at is None]
    leads = {lead_key(p.deal.id): p for p in live if p.is_lead}
    deals = {str(number("deal", p.deal.id)): p for p in live if not p.is_lead}
    known = account.last("leads", "lead_id", "is_archived, user_id, lost_reason_name")
    converted = {lead_key(p.deal.id) for p in deals.values()}
    assert {row[0] for row in known} - converted == set(leads)
    for key, archived, user, reason in known:
        if key in leads:
            passage = leads[key]
            assert archived == passage.archived and user == _text(number("user", passage.deal.user_id))
            assert (reason is not None) == (passage.archived and passage.deal.lost_reason_id is not None)
    rows = account.last("deals", "deal_id", "status, stage_id, user_id, source_lead_id")
    assert [row[0] for row in rows] == sorted(deals)
    for key, status, stage, user, lead in rows:
        passage = deals[key]
        assert status == {None: "open", True: "won", False: "lost"}[passage.deal.win]
        assert (stage, user) == (_text(number("stage", passage.deal.stage_id)), _text(number("user", passage.deal.user_id)))
        assert lead == (lead_key(passage.deal.id) if passage.converted_at else None)
        real = [(visit.stage_id, visit.start) for visit in passage.deal.visits if visit.start >= passage.added_at]
        if passage.converted_at and (not real or real[0][1] > passage.converted_at):
            real.insert(0, (passage.deal.visits[0].stage_id, passage.added_at))
        merged = [one for n, one in enumerate(real) if n == 0 or one[0] != real[n - 1][0]]
        assert account.visits(key) == [(str(number("stage", stage)), v2_time(at)) for stage, at in merged]
    assert account.box.app is not None
    crm = account.box.app.sandbox.engine.crm
    assert [row[0] for row in account.last("contacts", "contact_id", "name")] == sorted(str(number("person", key)) for key in crm.persons)
    done = account.last("activities", "activity_id", "done, type, deal_id, lead_id")
    assert {row[0]: row[1:3] for row in done} == {str(number("activity", t.id)): (t.done, t.type) for t in crm.tasks.values()}
    assert all((deal is None) != (lead is None) for *_, deal, lead in done)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def test_first_load_then_what_changed(account: Account) -> None:
    first = account.load()
    assert_equal_to_company(account)
    assert first.notes == ()
    changed_owner = [p for p in account.passages if any(change.key == "owner_id" for change in p.changes)]
    assert changed_owner
    for passage in changed_owner:
        key = number("deal", passage.deal.id)
        owners = [row[0] for row in account.home.query(f"select user_id from raw_pipedrive.deal_states where deal_id = '{key}' order by position")]
        assert owners[-1] == _text(number("user", passage.deal.user_id)) and len(set(owners)) > 1
    orders = account.home.query("select erp_order from raw_pipedrive.deals where erp_order is not null")
    assert orders and account.home.query("select 1 from raw_pipedrive.contacts where integration_id is not null")
    assert account.load().rows == 0
    quiet = account.requests
    account.box.advance(3 * 86400)
    second = account.load()
    assert 0 < second.rows_by_table["deals"] < first.rows_by_table["deals"] / 2
    assert account.requests < quiet + 1.5 * second.rows_by_table["deals"]
    assert_equal_to_company(account)
    twice = account.home.query("select deal_id, fingerprint from raw_pipedrive.deals group by 1, 2 having count(*) > 1")
    assert twice == []


@pytest.mark.long
@pytest.mark.parametrize(
    "switches",
    [
        {"pipedrive_bare_lead_paging": True, "pipedrive_owner_key": "user_id"},
        {"pipedrive_twin_changes": True, "pipedrive_converted_leads": "readable", "pipedrive_job_titles": False},
    ],
    ids=["names", "twins"],
)
def test_the_other_reading_of_a_doubt_gives_the_same(account: Account, switches: dict[str, Any]) -> None:
    account.box.switch(**switches)
    account.load()
    assert_equal_to_company(account)


def test_a_lead_is_converted_and_another_one_archived_and_opened_again(account: Account) -> None:
    account.load()
    kept, moved = sorted(lead_key(p.deal.id) for p in account.passages if p.is_lead and not p.archived)[:2]
    account.box.advance(60)
    account.call("PATCH", f"/v1/leads/{kept}", json={"is_archived": True})
    account.call("POST", f"/v2/leads/{moved}/convert/deal", json={})
    account.load()
    assert_equal_to_company(account)
    (archived,) = account.home.query(f"select archived_at, updated_at from raw_pipedrive.leads where lead_id = '{kept}' and is_archived")
    assert archived[0] == archived[1]
    assert account.home.query(f"select count(*) from raw_pipedrive.deals where source_lead_id = '{moved}'") == [(1,)]
    account.box.advance(60)
    account.call("PATCH", f"/v1/leads/{kept}", json={"is_archived": False})
    account.load()
    assert_equal_to_company(account)


def test_what_is_deleted_is_found(account: Account) -> None:
    account.load()
    deals = [str(number("deal", p.deal.id)) for p in account.passages if not p.is_lead and p.deleted_at is None]
    lead, named = sorted(lead_key(p.deal.id) for p in account.passages if p.is_lead)[:2]
    person = account.last("contacts", "contact_id", "name")[0][0]
    account.box.advance(3600)
    for path in (f"/v2/deals/{deals[0]}", f"/v1/leads/{lead}", f"/v1/leads/{named}", f"/v2/persons/{person}"):
        account.call("DELETE", path)
    account.home.load_seq += 1
    account.home.execute(
        "insert into raw_inbox.events (inbox_seq, system, event_type, event_key, object_kind, object_id, change_kind, load_seq, row_seq) "
        f"values (1, 'pipedrive', 'delete.lead', 'k', 'lead', '{named}', 'deleted', {account.home.load_seq}, 1)"
    )
    assert account.home.query(named_query("pipedrive"))
    account.load()
    gone = account.home.query("select lead_id from raw_pipedrive.leads where is_deleted")
    assert gone == [(named,)]  # nothing tells of the other one yet
    assert deals[0] not in {row[0] for row in account.last("deals", "deal_id", "status")}
    account.load(full_sweep_days=0)
    assert_equal_to_company(account)
    assert account.load(full_sweep_days=0).rows == 0


def test_a_spent_budget_keeps_what_was_read(account: Account) -> None:
    account.home.limiter = CountingLimiter({"history": 200})
    report = account.load(workers=2)
    assert report.retry_after_seconds == 1800
    assert account.home.query("select count(*) from raw_pipedrive.deal_histories where history_key is not null")[0][0] >= 10
    account.home.limiter = CountingLimiter()
    account.load()
    assert_equal_to_company(account)
    assert account.home.query("select deal_id from raw_pipedrive.deal_histories group by 1 having count(*) > 1") == []


def test_the_account_s_own_refusals(account: Account) -> None:
    account.box.switch(limits=True, pipedrive_daily_tokens=150)
    report = account.load()
    assert report.retry_after_seconds == 3600 and account.home.clock.slept == []
    account.box.switch(pipedrive_daily_headers=False, pipedrive_block_after=3)
    report = account.load(workers=1)
    assert report.retry_after_seconds in (900, 3600)
    account.box.switch(limits=False)
    account.load()
    assert_equal_to_company(account)


def test_oauth_and_wrong_credentials(account: Account) -> None:
    oauth = {name: account.given[name] for name in ("client_id", "client_secret", "refresh_token")}
    account.load(token=None, **oauth)
    account.box.expire_tokens()
    assert account.load(token=None, **oauth).rows == 0
    with pytest.raises(AuthError, match="refuses our credentials"):
        account.load(token="wrong")


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it."""


@pytest.mark.parametrize(("nth", "after"), [pytest.param(1, False, marks=pytest.mark.long), (2, True), pytest.param(4, False, marks=pytest.mark.long)])
def test_killed_and_resumed(account: Account, monkeypatch: pytest.MonkeyPatch, nth: int, after: bool) -> None:
    seen = 0

    class Dying(DirectLanding):
        def load(self, tables: Any, state: Any) -> None:
            nonlocal seen
            seen += 1
            if seen == nth and not after:
                raise Killed
            super().load(tables, state)
            if seen == nth:
                raise Killed

    monkeypatch.setattr("ingestion.runner.Landing", Dying)
    monkeypatch.setattr("ingestion.runner.PACKAGE_ROWS", 50)
    with pytest.raises(Killed):
        account.load()
    account.load()
    assert_equal_to_company(account)
    for table, key in (("deals", "deal_id"), ("contacts", "contact_id"), ("activities", "activity_id"), ("deal_histories", "deal_id")):
        assert account.home.query(f"select {key} from raw_pipedrive.{table} group by 1 having count(*) > 1") == []
