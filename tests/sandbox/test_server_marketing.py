"""Rules of Marketing: contacts, tags, funnel, segmentations, events, flows, fields, analytics."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox import small_world as small
from tests.support.sandbox import SandboxHandle, running_sandbox

EXAMPLES = Path(__file__).parent / "rd_station_examples" / "marketing"


def example(name: str) -> Any:
    """A body of the contract."""
    return json.loads((EXAMPLES / name).read_text())


@pytest.fixture
def box() -> Iterator[SandboxHandle]:
    with running_sandbox(small.small_world(), limits=False, settle_seconds=60.0) as handle:
        yield handle


def contact(box: SandboxHandle, who: str = f"uuid:{small.ANA}") -> dict[str, Any]:
    return dict(box.marketing("GET", f"/platform/contacts/{who}").json())


def conversion(email: str, identifier: str = "x", **payload: Any) -> dict[str, Any]:
    body = {"conversion_identifier": identifier, "email": email, **payload}
    return {"event_type": "CONVERSION", "event_family": "CDP", "payload": body}


def test_contacts_are_found_by_uuid_email_and_phone_and_have_no_dates(box: SandboxHandle) -> None:
    by_uuid = contact(box)
    assert by_uuid == contact(box, small.ANA) == contact(box, "email:ana.moura@example.com.br")
    assert by_uuid["uuid"] == contact(box, "phone:5511955550101")["uuid"]
    assert not {"created_at", "updated_at", "company", "funnel"} & set(by_uuid)
    missing = box.marketing("GET", "/platform/contacts/email:nobody@example.com")
    assert (missing.status_code, missing.json()) == (404, example("errors/404_lead_not_found.json"))
    assert box.marketing("GET", "/platform/contacts").status_code == 404


def test_create_refuses_a_known_email_and_patch_upserts(box: SandboxHandle) -> None:
    known = box.marketing("POST", "/platform/contacts", json={"email": "Ana.Moura@example.com.br", "name": "A"})
    assert (known.status_code, known.json()) == (400, example("errors/400_email_in_use.json"))
    made = box.marketing("POST", "/platform/contacts", json={"email": "nova@example.com", "name": "Nova"})
    assert made.status_code == 200 and made.json()["email"] == "nova@example.com"
    path = "/platform/contacts/email:outra@example.com"
    assert box.marketing("PATCH", path, json={"name": "Outra", "cf_porte_empresa": "11 a 50"}).status_code == 200
    assert contact(box, "email:outra@example.com")["cf_porte_empresa"] == "11 a 50"
    assert box.marketing("DELETE", path).status_code == 204
    assert box.marketing("DELETE", path).status_code == 404


def test_patch_replaces_tags_and_the_tag_call_adds_new_lowercase_ones(box: SandboxHandle) -> None:
    path = f"/platform/contacts/uuid:{small.ANA}"
    assert box.marketing("PATCH", path, json={"tags": ["só-esta"]}).json()["tags"] == ["só-esta"]
    assert box.marketing("POST", path + "/tag", json={"tags": ["nova"]}).json()["tags"] == ["só-esta", "nova"]
    twice = box.marketing("POST", path + "/tag", json={"tags": ["nova"]})
    assert (twice.status_code, twice.json()) == (400, example("errors/400_tag_already_present.json"))
    upper = box.marketing("POST", path + "/tag", json={"tags": ["Nova"]})
    assert (upper.status_code, upper.json()) == (400, example("errors/400_tags_uppercase.json"))
    absent = box.marketing("POST", "/platform/contacts/email:nobody@example.com/tag", json={"tags": ["a"]})
    assert absent.status_code == 404


def test_contact_writes_are_refused_as_the_contract_says(box: SandboxHandle) -> None:
    path = "/platform/contacts/email:ana.moura@example.com.br"
    for body, file in (
        ({"email": "x@example.com"}, "400_conflicting_field"),
        ({"cf_inexistente": "1"}, "400_unknown_field"),
        ({"available_for_mailing": True}, "400_read_only_field"),
    ):
        answer = box.marketing("PATCH", path, json=body)
        assert (answer.status_code, answer.json()) == (400, example(f"errors/{file}.json"))
    wrong = box.marketing("PATCH", path, json={"name": 5})
    assert (wrong.status_code, wrong.json()) == (422, example("errors/422_invalid_data_type.json"))
    assert box.marketing("PATCH", path, json={"legal_bases": [{"category": "data_processing"}]}).status_code == 400
    assert box.marketing("PATCH", path, json={"linkedin": "https://linkedin.com/in/a"}).status_code == 400


def test_legal_bases_change_by_category_and_type(box: SandboxHandle) -> None:
    path = f"/platform/contacts/uuid:{small.ANA}"
    declined = [{"category": "communications", "type": "consent", "status": "declined"}]
    interest = [{"category": "communications", "type": "legitimate_interest", "status": "granted"}]
    box.marketing("PATCH", path, json={"legal_bases": declined})
    assert box.marketing("PATCH", path, json={"legal_bases": interest}).json()["legal_bases"] == declined + interest


def test_funnel_is_read_and_written_and_scores_are_read_only(box: SandboxHandle) -> None:
    path = f"/platform/contacts/uuid:{small.ANA}/funnels/default"
    before = box.marketing("GET", path).json()
    assert before["lifecycle_stage"] == "Qualified Lead" and before["fit"] == 60
    after = box.marketing("PUT", path, json=example("funnel_default_put_request.json")).json()
    assert after == {**before, "lifecycle_stage": "Lead", "opportunity": False, "contact_owner_email": None}
    nobody = box.marketing("PUT", path, json={"contact_owner_email": "ninguem@example.com.br"})
    assert nobody.json()["errors"]["contact_owner_email"][0]["error_type"] == "INVALID_USER"
    assert box.marketing("PUT", path, json={"fit": 1}).status_code == 400
    assert box.marketing("PUT", path, json={"contact_owner_email": "null"}).json()["contact_owner_email"] is None


def test_segmentations_page_with_headers_and_a_cap(box: SandboxHandle) -> None:
    answer = box.marketing("GET", "/platform/segmentations/1/contacts", params={"page_size": "2"})
    assert answer.headers["pagination-total-rows"] == "3" and answer.headers["pagination-page"] == "1"
    assert answer.json()["contacts"][0]["last_conversion_date"] is None
    order = {"order": "last_conversion_date:desc"}
    first = box.marketing("GET", "/platform/segmentations/1/contacts", params=order).json()["contacts"][0]
    assert first["uuid"] == small.ANA
    assert box.marketing("GET", "/platform/segmentations/1/contacts", params={"page_size": "126"}).status_code == 400
    sizes = [
        len(box.marketing("GET", f"/platform/segmentations/{n}/contacts").json()["contacts"]) for n in (2, 3, 4, 5)
    ]
    assert sizes == [2, 1, 0, 1]
    assert len(box.marketing("GET", "/platform/segmentations/7312045/contacts").json()["contacts"]) == 1
    found = box.marketing("GET", "/platform/segmentations", params={"search": "retorno"}).json()["segmentations"]
    assert [row["standard"] for row in found] == [None]


def test_contact_events_are_ten_per_page_in_both_orders(box: SandboxHandle) -> None:
    for number in range(12):
        box.marketing("POST", "/platform/events", json=conversion("caio.prado@example.com.br", f"c{number}"))
        box.advance(61)
    path = f"/platform/contacts/{small.CAIO}/events"
    first = box.marketing("GET", path, params={"event_type": "CONVERSION"}).json()
    second = box.marketing("GET", path, params={"event_type": "CONVERSION", "page": "2"}).json()
    assert [row["event_identifier"] for row in first + second] == [f"c{n}" for n in range(12)]
    for extra in ({"order": "created_at:desc"}, {"order": "created_at", "direction": "desc"}):
        rows = box.marketing("GET", path, params={"event_type": "CONVERSION", **extra}).json()
        assert rows[0]["event_identifier"] == "c11"
    assert box.marketing("GET", path).status_code == 400
    assert box.marketing("GET", path, params={"event_type": "SALE"}).status_code == 400


def test_an_accepted_conversion_shows_after_the_settle_delay(box: SandboxHandle) -> None:
    event = conversion("novo@example.com", "lp", name="Novo", cf_porte_empresa="11 a 50", cf_unknown="x", tags=["Lead"])
    answer = box.marketing("POST", "/platform/events?event_type=conversion", json=event)
    assert answer.status_code == 200 and set(answer.json()) == {"event_uuid"}
    assert box.marketing("GET", "/platform/contacts/email:novo@example.com").status_code == 404
    box.advance(61)
    made = contact(box, "email:novo@example.com")
    assert made["cf_porte_empresa"] == "11 a 50" and "cf_unknown" not in made and made["tags"] == ["lead"]
    rows = box.marketing("GET", f"/platform/contacts/{made['uuid']}/events?event_type=CONVERSION").json()
    assert "cf_unknown" not in rows[0]["payload"]
    accepted = box.ledger("events")[0]
    assert rows[0]["event_timestamp"][:19] == "2026-01-25T09:00:00" and accepted["settled_at"] > accepted["at"]
    assert accepted["body"]["payload"]["cf_unknown"] == "x"


def test_settling_also_runs_on_the_limit_clock(box: SandboxHandle) -> None:
    box.marketing("POST", "/platform/events", json=conversion("novo@example.com"))
    box.advance_limits(61)
    assert contact(box, "email:novo@example.com")["email"] == "novo@example.com"


def test_repeated_conversions_are_recorded_twice(box: SandboxHandle) -> None:
    event = conversion("caio.prado@example.com.br", "igual")
    uuids = {box.marketing("POST", "/platform/events", json=event).json()["event_uuid"] for _ in range(2)}
    box.advance(61)
    rows = box.marketing("GET", f"/platform/contacts/{small.CAIO}/events?event_type=CONVERSION").json()
    assert len(uuids) == len(rows) == 2


def test_qualification_events_need_a_contact_that_is_some_minutes_old(box: SandboxHandle) -> None:
    mark = {"event_type": "OPPORTUNITY", "event_family": "CDP"}
    body = {**mark, "payload": {"email": "novo@example.com", "funnel_name": "default"}}
    box.marketing("POST", "/platform/events", json=conversion("novo@example.com"))
    box.advance(61)
    assert box.marketing("POST", "/platform/events", json=body).status_code == 200  # accepted, and lost
    assert box.ledger("events")[-1]["dropped"]
    box.advance(61)
    funnel = "/platform/contacts/email:novo@example.com/funnels/default"
    assert box.marketing("GET", funnel).json()["opportunity"] is False
    box.advance(120)
    box.marketing("POST", "/platform/events", json=body)
    box.advance(61)
    assert box.marketing("GET", funnel).json()["opportunity"] is True
    lost = {"event_type": "OPPORTUNITY_LOST", "event_family": "CDP"}
    box.marketing("POST", "/platform/events", json={**lost, "payload": {**body["payload"], "reason": "Sem verba"}})
    box.advance(61)
    assert box.marketing("GET", funnel).json()["opportunity"] is False
    sale = {"event_type": "SALE", "event_family": "CDP", "payload": {**body["payload"], "value": 10.5}}
    box.marketing("POST", "/platform/events", json=sale)
    box.advance(61)
    assert box.marketing("GET", funnel).json()["lifecycle_stage"] == "Client"
    box.switch(qualification_refusal="reject")
    unknown = {**mark, "payload": {"email": "nobody@example.com", "funnel_name": "default"}}
    assert box.marketing("POST", "/platform/events", json=unknown).status_code == 404


def test_every_event_example_is_accepted(box: SandboxHandle) -> None:
    for name in sorted(path.name for path in EXAMPLES.glob("event_*_request.json")):
        body = example(name)
        if "api_key" in name:
            key = box.credentials["marketing"]["api_key"]
            answer = box.client.post("/platform/conversions", params={"api_key": key}, json=body)
        else:
            answer = box.marketing("POST", "/platform/events", json=body)
        assert answer.status_code == 200 and set(answer.json()) == {"event_uuid"}, name


def test_invalid_events_and_the_size_limit(box: SandboxHandle) -> None:
    unknown = box.marketing("POST", "/platform/events", json={"event_type": "EMAIL_OPENED", "event_family": "CDP", "payload": {}})
    assert unknown.status_code == 400 and isinstance(unknown.json(), list)
    assert unknown.json()[0]["error_type"] == "INVALID_OPTION" and unknown.json()[0]["path"] == "$.event_type"
    tags = box.marketing("POST", "/platform/events", json=conversion("a@example.com", tags="um"))
    assert (tags.status_code, tags.json()) == (400, example("errors/400_event_invalid_data_type.json"))
    assert box.marketing("POST", "/platform/events", json=conversion("a@example.com", bio="x" * 200_001)).status_code == 413
    old = {"event_type": "ORDER_PLACED", "event_family": "CDP", "payload": {"email": "a@example.com"}}
    assert box.marketing("POST", "/platform/events", json=old).status_code == 400
    bases = [{"category": "communications", "type": "consent", "status": "maybe"}]
    assert box.marketing("POST", "/platform/events", json=conversion("a@example.com", legal_bases=bases)).status_code == 400
    assert box.ledger("events") == []


def test_batches_answer_in_order_and_one_bad_event_refuses_all(box: SandboxHandle) -> None:
    answer = box.marketing("POST", "/platform/events/batch", json=example("events_batch_request.json"))
    assert answer.status_code == 200 and len(answer.json()["events"]) == 2 and answer.json()["event_batch_uuid"]
    bad = [conversion("a@example.com"), {"event_type": "X"}]
    assert box.marketing("POST", "/platform/events/batch", json=bad).status_code == 400
    assert len(box.ledger("events_batch")) == 1
    box.switch(batch_invalid="skip")
    assert len(box.marketing("POST", "/platform/events/batch", json=bad).json()["events"]) == 1


def test_api_key_conversions_take_nothing_else(box: SandboxHandle) -> None:
    own = box.credentials
    mark = {"event_type": "OPPORTUNITY", "event_family": "CDP", "payload": {}}
    key = own["marketing"]["api_key"]
    assert box.client.post("/platform/conversions", params={"api_key": key}, json=mark).status_code == 400
    wrong = box.client.post("/platform/conversions", params={"api_key": own["crm_v1"]["token"]}, json=mark)
    assert wrong.json()["errors"][0]["error_type"] == "UNABLE_TO_LOAD_CDP_SCHEMA"
    assert box.client.post("/platform/conversions", params={"api_key": "no"}, json=mark).status_code == 401


def test_an_entry_conversion_enrols_and_direct_enrolment_reports_who_is_missing(box: SandboxHandle) -> None:
    box.marketing("POST", "/platform/events", json=conversion("caio.prado@example.com.br", "bastao-nutricao-sem-orcamento"))
    box.advance(61)
    inside = box.marketing("GET", f"/platform/workflows/{small.FLOW}/leads/started").json()["leads"]
    assert [(row["uuid"], row["via"]) for row in inside] == [(small.CAIO, "conversion")]
    path = f"/platform/workflows/{small.FLOW}/leads"
    body = {"leads": ["ana.moura@example.com.br", small.BRUNO, "nao.existe@example.com.br"]}
    answer = box.marketing("POST", path, json=body).json()
    assert answer == {"leads_added": body["leads"][:2], "leads_not_found": body["leads"][2:]}
    box.switch(workflow_answer="nested")
    assert box.marketing("POST", path, json={"leads": [body["leads"]]}).json()["leads_added"] == [body["leads"][:2]]
    for flow in (small.FLOW_OFF, "c41e7a90-0000-4f0b-8a2b-90ad3c7715f1"):
        off = box.marketing("POST", f"/platform/workflows/{flow}/leads", json=body)
        assert (off.status_code, off.json()) == (400, example("workflow_leads_error_inactive.json"))
    many = {"leads": [f"a{n}@example.com" for n in range(51)]}
    assert box.marketing("POST", path, json=many).status_code == 400


def test_doubtful_spellings_are_switches(box: SandboxHandle) -> None:
    box.switch(workflows_key="wokflows", updated_at_key="upated_at", contact_phone_key=True, contact_nulls=True)
    assert list(box.marketing("GET", "/platform/workflows").json()) == ["wokflows"]
    assert "upated_at" in box.marketing("GET", "/platform/landing_pages").json()[0]
    assert contact(box)["phone"] == "+5511955550101"
    assert contact(box, f"uuid:{small.CAIO}")["job_title"] is None
    box.switch(contacts_list=True)
    assert len(box.marketing("GET", "/platform/contacts").json()["contacts"]) == 3


def test_fields_are_created_once_and_open_the_contact_for_them(box: SandboxHandle) -> None:
    body = example("field_create_request.json")
    assert box.marketing("POST", "/platform/contacts/fields", json=body).status_code == 201
    assert box.marketing("POST", "/platform/contacts/fields", json=body).status_code == 400
    wrong = {**body, "api_identifier": "cf_outro", "presentation_type": "MULTIPLE_CHOICE"}
    answer = box.marketing("POST", "/platform/contacts/fields", json=wrong)
    assert answer.json()["errors"]["presentation_type"][0]["error_type"] == "INCLUSION"
    path = f"/platform/contacts/uuid:{small.ANA}"
    assert box.marketing("PATCH", path, json={"cf_motivo_devolucao_vendas": "sem-verba"}).status_code == 200
    made = next(
        row for row in box.marketing("GET", "/platform/contacts/fields").json()["fields"]
        if row["api_identifier"] == body["api_identifier"]
    )  # fmt: skip
    one = f"/platform/contacts/fields/{made['uuid']}"
    assert box.marketing("PATCH", one, json={"label": {"pt-BR": "Motivo"}}).json()["label"]["pt-BR"] == "Motivo"
    assert box.marketing("DELETE", one).status_code == 204


def test_analytics_count_the_state_and_depend_on_the_plan(box: SandboxHandle) -> None:
    window = {"start_date": "2026-01-05", "end_date": "2026-01-20"}
    rows = box.marketing("GET", "/platform/analytics/funnel", params=window).json()["funnel"]
    assert sum(row["contacts_count"] for row in rows) == 3
    assert sum(row["qualified_contacts_count"] for row in rows) == 1
    pages = box.marketing("GET", "/platform/analytics/conversions", params={**window, "assets_type[]": "LandingPage"})
    assert [row["conversions_count"] for row in pages.json()["conversions"]] == [1]
    box.switch(plan="pro")
    refused = box.marketing("GET", "/platform/analytics/funnel", params=window)
    assert (refused.status_code, refused.json()) == (403, example("errors/403_plan_requirement.json"))
    assert box.marketing("GET", "/platform/analytics/emails", params=window).status_code == 200
    assert box.marketing("GET", "/platform/analytics/emails", params={"start_date": "2025-01-01"}).status_code == 400


def test_any_conversion_may_make_a_deal_when_the_integration_does(box: SandboxHandle) -> None:
    before = box.v1("GET", "/deals").json()["total"]
    box.marketing("POST", "/platform/events", json=conversion("caio.prado@example.com.br"))
    box.advance(61)
    assert box.v1("GET", "/deals").json()["total"] == before
    box.switch(integration_on_any_conversion=True)
    event = conversion("ana.moura@example.com.br", company_name="Metalúrgica Serra Azul")
    box.marketing("POST", "/platform/events", json=event)
    box.advance(61)
    newest = box.v1("GET", "/deals").json()["deals"][0]
    detail = box.v1("GET", f"/deals/{newest['id']}").json()
    assert detail["from_rdsm_integration"] is True and detail["rating"] == 1
    assert detail["user"]["id"] == small.USER_1 and detail["organization"]["id"] == small.ORG
    people = box.v1("GET", f"/deals/{newest['id']}/contacts").json()["contacts"]
    assert [person["id"] for person in people] == [small.PERSON_1]
