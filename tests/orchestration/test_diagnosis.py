"""`bastao doctor` against the simulated company: every account, its quota, its plan, its webhooks, and what is published."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingestion.errors import SourceError
from orchestration import diagnosis, diagnosis_accounts, receiving, webhooks
from orchestration.findings import Finding
from orchestration.profile import Profile
from orchestration.runtime import Runtime
from tests.sandbox.receivers import receiving as receiving_server
from tests.support import crms
from tests.support.company import company
from tests.support.own_fields import ACCOUNTS
from tests.support.sandbox import SandboxHandle, running_sandbox, simulated


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SandboxHandle, Profile]]:
    base = tmp_path_factory.mktemp("doctor")
    world = simulated(seed=3, leads=50)
    with (
        running_sandbox(world, now=world.end.isoformat(), home=str(base / "sandbox")) as box,
        company(base, box, {"quota_speed: 600 ": "quota_speed: 1 "}) as profile,
    ):
        yield box, profile


def look(profile: Profile) -> dict[str, Finding]:
    return {finding.what: finding for finding in diagnosis.examine(profile)}


def test_every_account_is_asked(place: tuple[SandboxHandle, Profile]) -> None:
    box, profile = place
    found = look(profile)
    for what in ("RD Station", "RD Station CRM v1", "RD Station CRM v2", "Protheus", "RD Station plan", "clock"):
        assert found[what].status == "ok", found[what]
    assert "everything that is read is given (bastao.yaml says plan: advanced)" in found["RD Station plan"].detail
    assert re.search(r"segmentations 2[23]\d of 240 per minute", found["rd_station quota"].detail)
    assert found["rd_station_crm quota"].status == "ok"  # its windows run 600 times as fast here
    assert found["ingest media_cost"].detail == "never ran to its end"
    assert found["media exports"].status == "note"
    assert "Put the CSV exports of the ad accounts there" in found["media exports"].remedy
    shown = json.dumps([finding.as_dict() for finding in found.values()])
    assert not any(secret in shown for secret in _secrets(box))


def test_a_channel_that_no_lead_can_have_is_named(place: tuple[SandboxHandle, Profile]) -> None:
    _, profile = place
    file = profile.folder / "mappings" / "channels.yaml"
    before = file.read_text(encoding="utf-8")
    with Runtime(profile) as runtime:
        assert [finding.what for finding in diagnosis.agreement(runtime)] == ["agreement"]
        file.write_text(before.replace("channel: partner", "channel: partners"), encoding="utf-8")
        told = list(diagnosis.agreement(runtime))[1:]
    file.write_text(before, encoding="utf-8")
    assert {finding.what for finding in told} == {"channel"} and {finding.status for finding in told} == {"note"}
    assert all("v5 names the channel partner (" in finding.detail for finding in told)
    assert all(finding.remedy == 'Did you mean "partners"?' for finding in told)


def _secrets(box: SandboxHandle) -> list[str]:
    given = box.credentials
    return [given["marketing"]["client_secret"], given["crm_v1"]["token"], given["crm_v2"]["refresh_token"]]


def test_webhooks_that_are_missing_are_named(place: tuple[SandboxHandle, Profile]) -> None:
    _, profile = place
    found = look(profile)
    marketing, crm = found["rd_station hooks"], found["rd_station_crm hooks"]
    assert (marketing.status, crm.status) == ("note", "note") and marketing.remedy.startswith("bastao webhooks")
    assert "WEBHOOK.CONVERTED, WEBHOOK.MARKED_OPPORTUNITY" in marketing.detail and "crm_deal_created" in crm.detail
    with receiving_server() as receiver:
        reached = profile.model_copy(update={"receiver": profile.receiver.model_copy(update={"public_url": receiver.url})})
        with Runtime(reached) as runtime:
            webhooks.subscribe(runtime, receiving.address_of(reached))
        assert look(reached)["rd_station hooks"].detail == "all 2 kinds of event are delivered to our address"


def test_a_plan_that_refuses_and_credentials_that_are_wrong(
    place: tuple[SandboxHandle, Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    box, profile = place
    monkeypatch.setenv("BASTAO_RD_CRM_TOKEN", "not-the-token")
    box.faults({"kind": "403_plan", "path": "/platform/popups*", "probability": 1.0})
    found = look(profile)
    box.clear_faults()
    assert found["RD Station plan"].status == "note" and "does not give: popups;" in found["RD Station plan"].detail
    assert found["RD Station CRM v1"].status == "problem" and found["RD Station CRM v2"].status == "ok"
    assert "not-the-token" not in found["RD Station CRM v1"].detail


# What each CRM is made to lack, and what doctor says of it: the plan, then the calls that are left.
LACKING: dict[str, tuple[str, dict[str, Any], dict[str, str], str, str]] = {
    "hubspot": ("HubSpot", {"hubspot_leads": False}, {}, "do not give: leads;", r"[\d,]+ of [\d,]+ calls are left today"),
    "salesforce": ("Salesforce", {"salesforce_lead_history_hidden": True}, {}, "do not give: LeadHistory;", r"[\d,]+ of [\d,]+ API calls are left"),
    "pipedrive": ("Pipedrive", {}, {"kind": "403_plan", "path": "/pipedrive/api/v1/leads"}, "do not give: leads;", r"[\d,]+ of [\d,]+ tokens are left"),
}  # fmt: skip


@pytest.mark.parametrize("crm", LACKING)
def test_the_account_of_each_crm_is_asked(tmp_path: Path, place: tuple[SandboxHandle, Profile], crm: str) -> None:
    box, name = place[0], LACKING[crm][0]
    _, switch, fault, lacking, left = LACKING[crm]
    given = crms.secrets(box.credentials)
    with company(tmp_path, box, change=crms.company_in(crm, box), environ=given) as profile, Runtime(profile) as runtime:
        whole = {finding.what: finding for finding in diagnosis_accounts.crm_accounts(runtime)}
        assert {whole[what].status for what in (name, f"{name} plan", f"{name} quota", f"{name} clock")} == {"ok"}, whole
        assert re.match(left, whole[f"{name} quota"].detail), whole[f"{name} quota"]
        box.switch(**switch)
        if fault:
            box.faults({**fault, "probability": 1.0})
        found = {finding.what: finding for finding in diagnosis_accounts.crm_accounts(runtime)}
        box.clear_faults()
        box.switch(**{key: not value for key, value in switch.items()})
        assert found[f"{name} plan"].status == "note" and lacking in found[f"{name} plan"].detail
        if crm in ACCOUNTS:
            assert_lost_fields_are_told(runtime, box, crm)
        shown = json.dumps([finding.as_dict() for finding in [*whole.values(), *found.values()]])
        assert not any(secret in shown for secret in given.values())


def assert_lost_fields_are_told(runtime: Runtime, box: SandboxHandle, crm: str) -> None:
    """The rating is not in the account: never was, as far as a load saw it; then it was there at the last load."""
    own, state = ACCOUNTS[crm], runtime.paths.dlt / f"bastao_{crm}" / "state.json"
    what = f"{own.service} fields"

    def look() -> Finding:
        return next(finding for finding in diagnosis_accounts.crm_accounts(runtime) if finding.what == what)

    assert look().status == "ok"
    box.switch(**{own.missing: [own.rating]})
    never = look()
    state.parent.mkdir(parents=True)
    state.write_text(json.dumps({"sources": {crm: {"fields_seen": {own.record: {own.rating: own.types[0]}}}}}), encoding="utf-8")
    lost = look()
    box.switch(**{own.missing: []})
    assert never.status == "note" and f"no such field: {own.record}: {own.rating}" in never.detail
    assert lost.status == "problem" and f"({own.record}: {own.rating} is gone): the next load stops" in lost.detail
    assert own.setting in never.remedy and own.setting in lost.remedy


def test_what_stopped_the_last_run_is_told(place: tuple[SandboxHandle, Profile]) -> None:
    with Runtime(place[1]) as runtime:
        def last(error: Exception | None = None) -> Finding:
            with contextlib.suppress(SourceError, ValueError), runtime.state.logged("ingest media_cost"):
                if error:
                    raise error
            return next(finding for finding in diagnosis._freshness(runtime) if finding.what == "ingest media_cost")

        stopped = last(SourceError("a column is gone"))
        assert stopped.status == "problem" and stopped.remedy == "a column is gone" and "never ran to its end" in stopped.detail
        assert last(ValueError("s3cret")).remedy == "ValueError"
        assert last().status == "ok"


def test_the_erp_s_clock_is_compared_by_sql_and_by_rest(
    tmp_path: Path, place: tuple[SandboxHandle, Profile], monkeypatch: pytest.MonkeyPatch
) -> None:
    box, given = place[0], place[0].credentials["protheus"]
    rest = f"\n    mode: rest\n    rest_url: {given['rest_url']}\n"
    monkeypatch.setenv("BASTAO_PROTHEUS_USER", given["username"])
    monkeypatch.setenv("BASTAO_PROTHEUS_PASSWORD", given["password"])
    own = {"clock: rd_station": "clock: system"}
    shown = []
    for name, replaced in (("sql", own), ("rest", {**own, "  protheus:\n": f"  protheus:{rest}"})):
        with company(tmp_path / name, box, replaced) as profile, Runtime(profile) as runtime:
            shown.append({one.what: one for one in diagnosis_accounts.examine(runtime)})
    by_sql, by_rest = shown  # the database is on this machine; the server lives in the simulated company's time
    assert by_sql["Protheus clock"].status == "ok" and re.search(r"clock and Protheus's differ by \d s", by_sql["Protheus clock"].detail)
    assert by_rest["Protheus"].status == "ok", by_rest["Protheus"]
    assert by_rest["Protheus clock"].status == "problem" and "Set this machine's clock" in by_rest["Protheus clock"].remedy


def test_unmatched_cost_and_what_nobody_confirmed(place: tuple[SandboxHandle, Profile]) -> None:
    _, profile = place
    path = profile.paths.create().published_bi
    _publish(path)
    found = look(profile)
    assert found["meta_ads M"].detail == "last day of cost: 2026-06-10, 20 days ago" and found["meta_ads M"].status == "note"
    assert found["meta_ads M unmatched"].detail == "5.00 of 15.00 BRL in 1 campaign(s) belongs to no campaign of RD Station"
    assert found["google_ads G"].status == "ok" and "google_ads G unmatched" not in found
    assert found["sync nurture_return"].detail == "1 accepted and not seen there for over 2 days (since 2026-06-20)"
    path.unlink()


def _publish(path: Path) -> None:
    with duckdb.connect(str(path)) as con:
        con.execute("create schema marts")
        con.execute("create table marts.publication as select timestamp '2026-06-30 21:00:00' as as_of")
        con.execute(
            "create table marts.fct_media_cost as select * from (values"
            " ('meta_ads', 'M', 'a', date '2026-06-10', 10.00::decimal(18,2), 'BRL', 'same_name'),"
            " ('meta_ads', 'M', 'b', date '2026-06-09', 5.00::decimal(18,2), 'BRL', 'unmatched'),"
            " ('google_ads', 'G', 'c', date '2026-06-29', 1.00::decimal(18,2), 'BRL', 'campaign_id'))"
            " t(platform, account_id, platform_campaign, spent_on, amount, currency, match_rule)"
        )
        con.execute(
            "create table marts.fct_deliveries as select 'nurture_return' as sync, 'accepted' as state,"
            " timestamp '2026-06-20 10:00:00' as delivered_at, null::timestamp as confirmed_at"
        )


def test_quota_left_is_counted_from_what_was_taken(tmp_path: Path, place: tuple[SandboxHandle, Profile]) -> None:
    from activation.limits import rd_station_limits
    from activation.quota import SqlLimiter

    class Clock:
        def now(self) -> datetime:
            return datetime(2026, 6, 30, 21, tzinfo=UTC)

        def sleep(self, seconds: float) -> None: ...

    limiter = SqlLimiter(f"sqlite:///{tmp_path / 's.db'}", {"rd_station": rd_station_limits("pro")}, clock=Clock())
    for _ in range(3):
        limiter.acquire("rd_station:a", "segmentations")
    limiter.close()
    left = limiter.left("rd_station:a")
    assert left["segmentations"][0] == 117 and left["events"][0] == 120 and "events_lead" not in left
    assert limiter.left("rd_station:b")["segmentations"][0] == 120
    assert Runtime(place[1]).limiter("protheus") is not None
