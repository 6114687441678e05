"""The twin of Pipedrive: what is where, pages, strict times, access, the token budget and its refusals."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.server.pipedrive import view
from tests.sandbox.small_world import DEAL_0, DEAL_1, DEAL_2, REASON, STAGES, USER_2, at, small_world
from tests.support.sandbox import SandboxHandle, running_sandbox

FUTURE = [
    (at(500), "crm.deal_updated", {"deal_id": DEAL_1, "user_id": USER_2}),
    (at(501), "crm.deal_closed", {"deal_id": DEAL_2, "win": False, "lost_reason_id": REASON, "note": None}),
]


@pytest.fixture(scope="module")
def box() -> Iterator[SandboxHandle]:
    with running_sandbox(small_world(FUTURE), limits=False) as running:
        yield running


def get(box: SandboxHandle, path: str, token: str | None = None, **params: Any) -> httpx.Response:
    given = box.credentials["pipedrive"]
    headers = {"x-api-token": token or given["token"]}
    return httpx.get(given["base_url"] + path, params=params, headers=headers, trust_env=False)


def ids(answer: httpx.Response) -> list[Any]:
    return [row["id"] for row in answer.json()["data"]]


def test_a_deal_is_a_lead_until_it_leaves_the_first_stage(box: SandboxHandle) -> None:
    assert ids(get(box, "/api/v1/leads")) == [view.lead_key(DEAL_2)]
    assert sorted(ids(get(box, "/api/v2/deals"))) == sorted([view.number("deal", DEAL_0), view.number("deal", DEAL_1)])
    by_id = {row["id"]: row for row in get(box, "/api/v2/deals", include_fields="source_lead_id").json()["data"]}
    converted = by_id[view.number("deal", DEAL_1)]
    assert converted["source_lead_id"] == view.lead_key(DEAL_1) and converted["add_time"] == view.v2_time(at(32))
    assert by_id[view.number("deal", DEAL_0)]["source_lead_id"] is None
    assert "source_lead_id" not in get(box, "/api/v2/deals").json()["data"][0]
    assert get(box, f"/api/v1/leads/{view.lead_key(DEAL_1)}").status_code == 404
    log = get(box, f"/api/v1/deals/{converted['id']}/changelog").json()["data"]
    assert [row["field_key"] for row in log] == ["lost_reason", "status", view.RATING]  # newest first, no row for the creation
    assert converted["stage_id"] == view.number("stage", STAGES[1])
    flow = get(box, f"/api/v1/deals/{converted['id']}/flow").json()["data"]
    assert flow[-1]["data"]["new_value"] == 3 and log[-1]["new_value"] == "3"


def test_later_it_is_archived_and_its_reason_is_a_custom_field() -> None:
    with running_sandbox(small_world(FUTURE), limits=False, now=at(600).isoformat()) as box:
        assert ids(get(box, "/api/v1/leads")) == []
        (lead,) = get(box, "/api/v1/leads/archived", updated_since="2036-01-01T00:00:00Z").json()["data"]  # not known there
        assert lead["is_archived"] is True and lead[view.LEAD_REASON] and lead["update_time"] == view.v2_time(at(501))


def test_pages_times_and_access(box: SandboxHandle) -> None:
    whole, cursor = ids(get(box, "/api/v2/activities", limit=500)), None
    assert len(whole) == 2
    pages: list[Any] = []
    while True:
        answer = get(box, "/api/v2/activities", limit=1, **({"cursor": cursor} if cursor else {}))
        pages += ids(answer)
        if not (cursor := answer.json()["additional_data"]["next_cursor"]):
            break
    assert pages == whole
    assert get(box, "/api/v2/deals", updated_since="2026-01-01T00:00:00.000Z").status_code == 400
    assert ids(get(box, "/api/v2/deals", updated_since="2036-01-01T00:00:00Z")) == []
    refused = get(box, "/api/v2/deals", token="wrong")
    assert refused.status_code == 401 and refused.headers["x-401-by-gw"] == "true"
    assert get(box, "/v1/users/me").json()["data"]["company_domain"] == "exemplo"


def test_the_budget_of_the_day_and_the_edge(box: SandboxHandle) -> None:
    box.switch(limits=True, pipedrive_daily_tokens=25, pipedrive_block_after=2)
    box.reset_limits()
    first = get(box, "/api/v2/deals")
    assert (first.status_code, first.headers["x-daily-ratelimit-token-remaining"]) == (200, "15")
    assert get(box, "/api/v2/deals").status_code == 200
    over = get(box, "/api/v2/deals")
    assert (over.status_code, over.headers["x-daily-ratelimit-token-remaining"]) == (429, "0")
    assert get(box, "/api/v2/deals").status_code == 403  # a page of the edge
    box.advance_limits(86400)
    assert get(box, "/api/v2/deals").status_code == 200
    box.switch(limits=False, pipedrive_daily_tokens=0, pipedrive_block_after=0)
