"""The read of Salesforce against its twin: all of it, what changed, deletions, merges, conversions, limits, kills."""

from collections.abc import Iterator
from typing import Any

import pytest

from ingestion.errors import AuthError, SourceError
from ingestion.salesforce import Fields
from tests.ingestion.fakes import CountingLimiter, Home
from tests.ingestion.salesforce.org import WORLD, Org
from tests.support.sandbox import running_sandbox

COUNTED = {
    "Opportunity": ("opportunities", "opportunity_id", ""), "Lead": ("leads", "lead_id", ""),
    "OpportunityHistory": ("opportunity_history", "history_id", ""),
    "OpportunityContactRole": ("opportunity_contact_roles", "role_id", ""),
    "Contact": ("contacts", "contact_id", "003"), "Account": ("organizations", "organization_id", "001"),
    "Task": ("tasks", "task_id", "00T"),
}  # fmt: skip


@pytest.fixture
def org(home: Home) -> Iterator[Org]:
    with running_sandbox(WORLD, limits=False) as box:
        yield Org(box, home)


def assert_equal_to_org(org: Org, rows_are_single: bool = False) -> None:
    """Every record of the org landed in its last state, and (`rows_are_single`) no state of it twice."""
    for name, (table, key, prefix) in COUNTED.items():
        stamp = "created_at" if table == "opportunity_history" else "updated_at"
        landed = {row[0]: row[1] for row in org.latest(table, key, f"{key}, {stamp}") if row[0].startswith(prefix)}
        field = "CreatedDate" if table == "opportunity_history" else "SystemModstamp"
        wanted = {row["Id"]: row[field].replace(tzinfo=None) for row in org.records(name)}
        assert {key: landed.get(key) for key in wanted} == wanted, name
        if rows_are_single:
            twice = org.home.query(f"select {key}, {stamp} from raw_salesforce.{table} group by 1, 2 having count(*) > 1")
            assert twice == [], name


def test_first_load_then_what_changed(org: Org) -> None:
    first = org.load()
    assert first.notes == ()
    assert_equal_to_org(org, rows_are_single=True)
    assert org.load().rows == 0
    org.box.advance(3 * 86400)
    second = org.load()
    assert 0 < second.rows < first.rows / 5
    assert_equal_to_org(org, rows_are_single=True)
    assert org.home.query("select count(*) from raw_salesforce.tasks where task_id like '00U%'") == [
        (sum(not row["IsChild"] for row in org.records("Event")),)
    ]
    nobody = org.home.query("select count(*) from raw_salesforce.leads where owner_id like '00G%'")
    assert nobody[0][0] == sum(row["OwnerId"].startswith("00G") for row in org.records("Lead"))


def test_conversion_deletion_and_merge(org: Org) -> None:
    org.load()
    crm, stages = org.company.engine.crm, org.company.engine.reference.stages
    leads = {row["Id"]: row for row in org.records("Lead") if not row["IsConverted"] and not row["IsDeleted"]}
    from sandbox.server.salesforce.answers import sf_id

    live = [deal for deal in crm.deals.values() if deal.win is None and sf_id("Lead", deal.id) in leads]
    turned, deleted = live[:2]
    target = next(key for key, stage in stages.items() if stage["name"] == "Oportunidade")
    org.box.v2("PUT", f"/deals/{turned.id}", json={"data": {"stage_id": target}}).raise_for_status()
    org.box.v2("DELETE", f"/deals/{deleted.id}").raise_for_status()
    keeper, loser = [row["Id"] for row in org.records("Contact") if not row["IsDeleted"]][:2]
    ids = {sf_id("Contact", key): key for key in crm.persons}
    _merge(org, ids[loser], ids[keeper])
    org.load()
    became = {row[0]: row[1:] for row in org.latest("leads", "lead_id", "lead_id, converted_opportunity_id, is_deleted")}
    assert became[sf_id("Lead", turned.id)] == (sf_id("Opportunity", turned.id), False)
    assert became[sf_id("Lead", deleted.id)] == (None, True)
    merged = {row[0]: row[1:] for row in org.latest("contacts", "contact_id", "contact_id, master_record_id, is_deleted")}
    assert merged[loser] == (keeper, True)
    changes = org.home.query(
        f"select field, new_value from raw_salesforce.field_history where record_id = '{sf_id('Lead', turned.id)}' order by field"
    )
    assert ("leadConverted", None) in changes
    assert ("Status", "Closed - Converted") in changes
    assert_equal_to_org(org)


def _merge(org: Org, loser: str, keeper: str) -> None:
    from sandbox.events import Event

    engine = org.company.engine
    engine.apply(Event(engine.at, 0, "crm.contact_merged", {"contact_id": loser, "into_id": keeper}))


def test_rows_that_share_an_instant_are_neither_lost_nor_doubled(org: Org) -> None:
    """Every lead changes in one second; the load is cut at each batch in turn."""
    org.load()
    crm = org.company.engine.crm
    for deal in list(crm.deals.values()):
        if org.box.v2("PUT", f"/deals/{deal.id}", json={"data": {"rating": 5 if deal.rating != 5 else 4}}).is_error:
            raise AssertionError
    org.load()
    org.load(lookback_minutes=0)
    assert_equal_to_org(org, rows_are_single=True)


@pytest.mark.parametrize("calls", [21, pytest.param(17, marks=pytest.mark.long), pytest.param(25, marks=pytest.mark.long)])
def test_cut_off_anywhere_the_next_run_goes_on(org: Org, calls: int) -> None:
    org.home.limiter = CountingLimiter({"rest": calls})
    assert org.load().retry_after_seconds == 1800
    org.home.limiter = CountingLimiter()
    org.load()
    assert_equal_to_org(org, rows_are_single=True)


def test_limits(home: Home) -> None:
    with running_sandbox(WORLD, limits_override={"salesforce": 20}) as box:
        org = Org(box, home)
        report = org.load()
        assert report.retry_after_seconds == 3600
        assert org.requests == 16  # four fifths of the org's calls are the most that we take
        box.reset_limits()
        assert org.load(daily_share=2.0).retry_after_seconds == 3600
        assert org.requests == 21  # the refused one is not repeated
        box.advance_limits(86400)
        box.faults({"kind": "429_salesforce_concurrent", "path": "/services/data/*", "count": 2})
        before = len(home.clock.slept)
        org.load(daily_share=2.0)
        assert len(home.clock.slept) == before + 2


def test_an_ended_session_an_ended_locator_and_faults_change_nothing(org: Org) -> None:
    org.box.faults(
        {"kind": "expire_token", "path": "/services/data/*/queryAll", "count": 1, "after": 3},
        {"kind": "drop_after", "path": "/services/data/*", "probability": 0.05},
        {"kind": "500_html", "path": "/services/data/*/queryAll", "probability": 0.1},
    )
    org.load()
    assert_equal_to_org(org, rows_are_single=True)


def test_what_the_org_lacks(org: Org) -> None:
    org.box.switch(salesforce_missing_fields=["Nota_do_Vendedor__c"])
    with pytest.raises(SourceError, match=r"Opportunity has no field Nota_do_Vendedor__c .* sources.salesforce.fields"):
        org.load()
    org.box.switch(salesforce_missing_fields=["RecordTypeId", "Campaign.Name", "CampaignId"], salesforce_lead_history_hidden=True)
    report = org.load()
    assert any("LeadHistory cannot be read (INVALID_TYPE)" in note for note in report.notes)
    assert report.rows_by_table["opportunities"] > 0


def test_sessions_by_each_flow(org: Org) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain).decode()
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    org.box.switch(salesforce_jwt_key=public)
    only: dict[str, Any] = {"fields": Fields(marketing="LeadSource")}
    org.load(grant="jwt_bearer", jwt_key=private, jwt_user="integracao@example.com.br", client_secret=None, **only)
    for settings, words in (
        ({"grant": "jwt_bearer", "jwt_key": private, "jwt_user": "outro@example.com.br"}, "invalid_grant.*pre-authorised"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"grant": "refresh_token"}, "no refresh token yet"),
    ):
        org.home.tokens.tokens.clear()
        with pytest.raises(AuthError, match=words):
            org.load(**settings, **only)
    org.load(grant="refresh_token", refresh_token=org.box.credentials["salesforce"]["refresh_token"], **only)


