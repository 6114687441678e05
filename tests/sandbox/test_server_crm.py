"""Rules of CRM v1 and v2: lists, windows, filters, writes, and the quirks of section D."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import small_world as small
from tests.support.sandbox import SandboxHandle, running_sandbox

EXAMPLES = Path(__file__).parent / "rd_station_examples"


def example(name: str) -> Any:
    """A body of the contract."""
    return json.loads((EXAMPLES / name).read_text())


@pytest.fixture
def box() -> Iterator[SandboxHandle]:
    with running_sandbox(small.small_world(), limits=False) as handle:
        yield handle


def ids(box: SandboxHandle, **params: Any) -> list[str]:
    """Deal ids of a v1 listing."""
    return [row["id"] for row in box.v1("GET", "/deals", params).json()["deals"]]


def deal(box: SandboxHandle, key: str = small.DEAL_1) -> dict[str, Any]:
    return dict(box.v1("GET", f"/deals/{key}").json())


def test_v1_deals_filter_by_outcome_period_and_relation(box: SandboxHandle) -> None:
    assert ids(box) == [small.DEAL_2, small.DEAL_1, small.DEAL_0]
    assert ids(box, direction="asc") == [small.DEAL_0, small.DEAL_1, small.DEAL_2]
    assert ids(box, win="false") == ids(box, closed_at="true") == [small.DEAL_1]
    assert ids(box, win="null") == ids(box, closed_at="false") == [small.DEAL_2, small.DEAL_0]
    assert ids(box, user_id=small.USER_1) == [small.DEAL_1]
    assert ids(box, deal_pipeline_id=small.COPIES) == [small.DEAL_0]
    assert ids(box, product_presence="true") == ids(box, product_presence=small.PRODUCT) == [small.DEAL_1]
    created = small.at(27).astimezone()
    window = {"created_at_period": "true", "start_date": created.isoformat(), "end_date": created.isoformat()}
    assert ids(box, **window) == [small.DEAL_1]
    local = (small.at(27) - timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M:%S")  # zone-less: read as -03:00
    assert ids(box, created_at_period="true", start_date=local, end_date=local) == [small.DEAL_1]
    assert ids(box, closed_at_period="true", start_date="2026-01-01T00:00:00") == [small.DEAL_1]
    assert ids(box, updated_at="2030-01-01", updated_at_period="true") == ids(box)  # there is no such filter


def test_v1_pages_windows_and_tokens(box: SandboxHandle) -> None:
    page = box.v1("GET", "/deals", {"limit": 2}).json()
    assert page["has_more"] is True and page["total"] == 3
    rest = box.v1("GET", "/deals", {"limit": 2, "next_page": page["next_page"]}).json()
    assert [row["id"] for row in rest["deals"]] == [small.DEAL_0] and rest["has_more"] is False
    box.switch(crm_window_rows=2)
    assert box.v1("GET", "/deals", {"limit": 2}).json()["has_more"] is False
    assert box.v1("GET", "/deals", {"limit": 2, "page": 2}).json() == {"deals": [], "has_more": False, "total": 3}
    box.switch(beyond_window="error")
    beyond = box.v1("GET", "/deals", {"limit": 2, "page": 2})
    assert beyond.status_code == 500 and beyond.headers["content-type"].startswith("text/html")
    box.switch(next_page_passes_window=True)
    assert box.v1("GET", "/deals", {"limit": 2, "next_page": page["next_page"]}).json()["deals"]
    box.switch(beyond_window="empty")
    assert box.v1("GET", "/deals", {"page": "x"}).headers["content-type"].startswith("text/html")
    assert box.v1("GET", "/deals", {"limit": 1000}).status_code == 200


def test_v1_detail_has_history_and_no_contacts(box: SandboxHandle) -> None:
    detail = deal(box)
    assert "contacts" not in detail and detail["from_rdsm_integration"] is True
    visits = detail["deal_stage_histories"]
    assert [row["deal_stage_id"] for row in visits] == small.STAGES[:2]
    assert visits[0]["end_date"] == visits[1]["start_date"] and visits[1]["end_date"] is None
    assert detail["deal_pipeline_relation"]["parent_deal"]["id"] == small.DEAL_0
    assert detail["deal_lost_note"] == "Sem verba." and detail["organization"]["id"] == small.ORG
    box.switch(v1_detail_lost_note=False, v1_detail_organization=False)
    assert not {"deal_lost_note", "organization"} & set(deal(box))
    assert box.v1("GET", "/deals/66f0a1b2c3d4e5f60000ffff").json() == example("crm_v1/errors/404_not_found.json")


def test_the_organization_detail_alone_shows_the_integration_id(box: SandboxHandle) -> None:
    person = box.v1("GET", f"/contacts/{small.PERSON_1}").json()
    assert "integration_id" not in person
    rows = box.v1("GET", f"/organizations/{small.ORG}").json()["contacts"]
    assert (rows[0]["integration_type"], rows[0]["integration_id"]) == ("RD_STATION", small.ANA)


def test_v1_stages_come_twelve_at_a_time_and_reasons_without_id(box: SandboxHandle) -> None:
    stages = box.v1("GET", "/deal_stages", {"limit": 200}).json()
    assert len(stages["deal_stages"]) == 4
    assert box.v1("GET", "/deal_stages", {"deal_pipeline_id": small.COPIES}).json()["total"] == 1
    assert "id" not in box.v1("GET", "/deal_lost_reasons").json()["deal_lost_reasons"][0]
    assert box.v1("GET", "/products").json()["products"][0]["base_price"] == "18900.5"


def test_a_stage_inside_deal_answers_200_and_moves_nothing(box: SandboxHandle) -> None:
    path = f"/deals/{small.DEAL_2}"
    inside = box.v1("PUT", path, json={"deal": {"deal_stage_id": small.STAGES[2]}})
    assert inside.status_code == 200 and inside.json()["deal_stage"]["id"] == small.STAGES[0]
    assert box.ledger("crm_deals") == []
    moved = box.v1("PUT", path, json={"deal_stage_id": small.STAGES[2]})
    assert moved.json()["deal_stage"]["id"] == small.STAGES[2]
    assert len(deal(box, small.DEAL_2)["deal_stage_histories"]) == 2


def test_v1_deals_are_created_with_relations_and_lost(box: SandboxHandle) -> None:
    body = example("crm_v1/deal_create_request.json")
    body["deal"]["user_id"] = small.USER_1
    body["deal"]["deal_custom_fields"][0]["custom_field_id"] = small.HEX.format("2a02")
    made = box.v1("POST", "/deals", json=body)
    assert made.status_code == 200 and made.json()["amount_unique"] == 18900.5
    key = made.json()["id"]
    assert len(box.v1("GET", f"/deals/{key}/contacts").json()["contacts"]) == 1
    lost = {"deal": {"win": False, "deal_lost_reason_id": small.REASON, "deal_lost_note": "Sem verba"}}
    answer = box.v1("PUT", f"/deals/{key}", json=lost).json()
    assert answer["win"] is False and answer["deal_lost_note"] == "Sem verba" and answer["closed_at"]
    assert box.v1("PUT", f"/deals/{key}", json={"deal": {"win": None}}).json()["closed_at"] is None
    without_owner = box.v1("POST", "/deals", json={"deal": {"name": "Sem dono"}}).json()
    assert without_owner["user"]["id"] == small.USER_2  # the token's user
    short = box.v1("POST", "/deals", json={"deal": {"name": "x"}})
    assert short.status_code == 422 and "name" in short.json()["errors"]
    field = {"deal": {"name": "Nome", "deal_custom_fields": [{"custom_field_id": "0" * 24, "value": 1}]}}
    wrong = box.v1("POST", "/deals", json=field)
    assert (wrong.status_code, wrong.json()) == (400, example("crm_v1/errors/400_unknown_custom_field.json"))
    typed = box.v1("PUT", f"/deals/{key}", json={"deal": {"name": 5}})
    assert (typed.status_code, typed.json()) == (422, example("crm_v1/errors/422_typed_field.json"))


def test_v1_owner_changes_are_flagged_for_good(box: SandboxHandle) -> None:
    def flag() -> bool:
        rows = box.v1("GET", "/deals", {"name": "Tavares"}).json()["deals"]
        return bool(rows[0]["user_changed"])

    assert flag() is False
    for user in (small.USER_1, small.USER_2):
        box.v1("PUT", f"/deals/{small.DEAL_2}", json={"deal": {"user_id": user}})
        assert flag() is True


def test_tasks_filter_and_are_written(box: SandboxHandle) -> None:
    def found(**params: Any) -> list[str]:
        return [row["id"] for row in box.v1("GET", "/tasks", params).json()["tasks"]]

    assert found() == [small.TASK_2, small.TASK_1]
    assert found(done="true") == found(type="call") == found(deal_id=small.DEAL_1) == [small.TASK_1]
    day = small.at(30.5).date().isoformat()
    assert found(done_date_start=day, done_date_end=day) == [small.TASK_1]
    body = {"task": {"deal_id": small.DEAL_1, "subject": "Ligar", "type": "call", "date": "2026-02-01", "hour": "10:00"}}
    made = box.v1("POST", "/tasks", json=body).json()
    assert made["hour"] == "10:00" and made["done"] is False
    assert box.v1("PUT", f"/tasks/{made['id']}", json={"task": {"done": True}}).json()["done"] is True
    short = box.v1("POST", "/tasks", json={"task": {"deal_id": small.DEAL_1, "subject": "x"}})
    assert (short.status_code, short.json()) == (422, example("crm_v1/errors/422_field_messages.json"))
    box.switch(crm_plan_free=True)
    paid = box.v1("POST", "/tasks", json=body)
    assert (paid.status_code, paid.json()) == (422, example("crm_v1/errors/422_feature_not_in_plan.json"))


def test_notes_contacts_organizations_and_lines_are_written(box: SandboxHandle) -> None:
    note = {"activity": {"deal_id": small.DEAL_1, "user_id": small.USER_1, "text": "Devolvido."}}
    assert box.v1("POST", "/activities", json=note).json()["text"] == "Devolvido."
    assert len(box.v1("GET", "/activities", {"deal_id": small.DEAL_1}).json()["activities"]) == 2
    person = box.v1("POST", "/contacts", json={"contact": {"name": "Rui", "emails": [{"email": "rui@example.com"}]}})
    assert box.v1("GET", "/contacts", {"email": "rui@example.com"}).json()["total"] == 1
    renamed = box.v1("PUT", f"/contacts/{person.json()['id']}", json={"contact": {"title": "Comprador"}}).json()
    assert renamed["title"] == "Comprador" and renamed["emails"][0]["email"] == "rui@example.com"
    assert box.v1("POST", "/organizations", json={"organization": {"name": "Nova Ltda"}}).json()["name"] == "Nova Ltda"
    path = f"/deals/{small.DEAL_2}/deal_products"
    line = {"deal_product": {"name": "Plano", "price": 100, "amount": 3, "discount": 10, "discount_type": "percent"}}
    assert box.v1("POST", path, json=line).json()["total"] == 270
    assert deal(box, small.DEAL_2)["amount_unique"] == 270
    order = {"order": "updated_at", "direction": "desc"}
    assert box.v1("GET", "/contacts", order).json()["contacts"][0]["name"] == "Rui"


def v2_ids(box: SandboxHandle, **params: str) -> list[str]:
    answer = box.v2("GET", "/deals", params={name.replace("__", "["): value for name, value in params.items()})
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["data"]]


def test_rdql(box: SandboxHandle) -> None:
    deals = [small.DEAL_0, small.DEAL_1, small.DEAL_2]
    for text, found in (
        ("status:lost", {1}),
        ("-status:lost", {0, 2}),
        ("rating:>1", {1}),
        ("rating:>=1 -rating:(3,4)", {0, 2}),
        ('updated_at:>="2026-01-06 17:00:00"', {1}),
        ("status:(won,lost) or owner_id:" + small.USER_2, {0, 1, 2}),
        ("(status:lost or status:won) and rating:3", {1}),
        ("name:~tavares", {2}),
        ('name:"Serra Azul | Plano"', {1}),
        ("@lead-aceito:Não", {1}),
        ("contact_id:" + small.PERSON_2, {2}),
        ("has:product", {1}),
        ("closed_at:>2026-01-01", {1}),
        ("created_at:<2026-01-01", set[int]()),
    ):
        assert set(v2_ids(box, filter=text)) == {deals[n] for n in found}, text


def test_rdql_errors_are_400(box: SandboxHandle) -> None:
    for text in ("status", "secret:1", "(status:lost", "updated_at:>yesterday", "rating:>many", "status:lost)"):
        assert box.v2("GET", "/deals", params={"filter": text}).status_code == 400, text
    assert box.v2("GET", "/deals", params={"sort[secret]": "asc"}).status_code == 400


def test_v2_links_lead_through_all_pages(box: SandboxHandle) -> None:
    query = {"filter": "rating:>=1", "sort[updated_at]": "asc", "page[size]": "1"}
    url: str | None = str(box.client.build_request("GET", "/crm/v2/deals", params=query).url)
    seen = []
    while url:
        page = box.client.get(url, headers=box.crm_headers()).json()
        seen += [row["id"] for row in page["data"]]
        url = page["links"]["next"]
    assert len(seen) == 3 and seen[-1] == small.DEAL_1
    box.switch(v2_internal_links=True)
    assert "/api/v2/deals?" in box.v2("GET", "/deals", params={"page[size]": "1"}).json()["links"]["next"]
    box.switch(crm_window_rows=2, v2_internal_links=False)
    assert box.v2("GET", "/deals", params={"page[size]": "1", "page[number]": "2"}).json()["links"]["next"] is None
    assert len(box.v2("GET", "/deals", params={"page[size]": "5000"}).json()["data"]) == 2


def test_v2_writes(box: SandboxHandle) -> None:
    body = {"data": {"name": "Novo negócio", "contact_ids": [small.PERSON_2], "custom_fields": {"quer-retomar-em": "2026-07-01"}}}
    made = box.v2("POST", "/deals", json=body)
    assert made.status_code == 201 and made.json()["data"]["custom_fields"]["quer-retomar-em"] == "2026-07-01"
    key = made.json()["data"]["id"]
    stored = {row["custom_field"]["label"]: row["value"] for row in deal(box, key)["deal_custom_fields"]}
    assert stored["Quer retomar em"] == "01/07/2026"
    assert box.v2("POST", "/deals", json={"data": {"name": "Já ganho", "status": "won"}}).status_code == 422
    lost = {"data": {"status": "lost", "lost_reason_id": small.REASON}}
    assert box.v2("PUT", f"/deals/{key}", json=lost).json()["data"]["status"] == "lost"
    assert box.v2("PUT", f"/deals/{key}", json={"data": {"status": "paused"}}).json()["data"]["status"] == "paused"
    assert box.v2("DELETE", f"/deals/{key}").status_code == 204
    gone = box.v2("GET", f"/deals/{key}")
    assert (gone.status_code, gone.json()) == (404, example("crm_v2/errors/404_not_found.json"))
    assert box.v2("POST", "/organizations", json={"data": {"name": "Metalúrgica Serra Azul"}}).status_code == 422
    task = box.v2("POST", "/tasks", json={"data": {"name": "Ligar", "deal_id": small.DEAL_1, "type": "call"}})
    done = box.v2("PUT", f"/tasks/{task.json()['data']['id']}", json={"data": {"status": "completed"}})
    assert done.json()["data"]["status"] == "completed"
    reason = box.v2("POST", "/lost_reasons", json={"data": {"name": "Sem timing"}})
    assert reason.status_code == 201 and box.v1("GET", "/deal_lost_reasons", {"q": "timing"}).json()["total"] == 1


def test_both_versions_show_the_same_deal(box: SandboxHandle) -> None:
    old, new = deal(box), box.v2("GET", f"/deals/{small.DEAL_1}").json()["data"]
    assert old["amount_montly"] == new["recurrence_price"] and old["amount_total"] == new["total_price"]
    assert old["deal_stage"]["id"] == new["stage_id"] and new["status"] == "lost"
    assert new["closed_at"].endswith("Z") and old["closed_at"].endswith("-03:00")
    assert new["contact_ids"] == [small.PERSON_1] and "team_id" in box.v2("GET", "/teams").json()["data"][0]
