"""The read of RD Station Marketing against a small fake: first load, what changed, kills, quotas, deletions."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from ingestion.errors import AuthError
from ingestion.rd_station import RdStationApi, RdStationConfig, run
from tests.ingestion.fakes import CountingLimiter, Home
from tests.ingestion.rd_station.fake_marketing import FakeMarketing

CONFIG = RdStationConfig("client", "secret", "refresh", base_url="https://rd.test", slice_size=25, workers=4)


def load(home: Home, server: FakeMarketing, config: RdStationConfig = CONFIG):
    server.calls.clear()
    home.tokens.tokens.setdefault(
        "rd_station", {"access_token": "first", "refresh_token": "r", "expires_at": 9e12}
    )
    ports = home.ports()
    return run(config, ports, home.target, RdStationApi(config, ports, server))


def count(home: Home, table: str) -> int:
    return home.query(f"select count(*) from raw_rd_station.{table}")[0][0]


def test_first_load_reads_every_contact_once(home: Home) -> None:
    server = FakeMarketing(130)
    report = load(home, server)
    assert report.rows_by_table["contacts"] == 130
    assert server.calls["contacts"] == 130 + 1  # and the list of fields
    assert server.calls["contact_funnels"] == 130
    assert server.calls["contact_events"] == 260
    assert count(home, "conversions") == 130
    assert home.query("select distinct load_seq, record_origin from raw_rd_station.funnels") == [
        (1, "snapshot")
    ]
    assert home.query("select count(distinct row_seq) from raw_rd_station.contacts") == [(130,)]
    created = home.query("select created_at from raw_rd_station.contacts where contact_uuid = 'u00001'")
    assert created[0][0].isoformat() == "2026-06-01T12:01:00"


def test_second_load_costs_what_changed(home: Home) -> None:
    server = FakeMarketing(20)
    load(home, server)
    server.now += timedelta(minutes=10)
    server.convert(
        "u00007", "pedido-de-orcamento", server.now, email="x", traffic_source="google", telefone=""
    )
    server.contacts["u00009"]["funnel"]["lifecycle_stage"] = "Qualified Lead"
    report = load(home, server)
    assert report.rows_by_table["contacts"] == 2
    assert server.calls["contact_funnels"] == 2
    assert report.rows_by_table["funnels"] == 2
    rows = home.query(
        "select event_identifier, filled_fields, traffic_source from raw_rd_station.conversions "
        "where contact_uuid = 'u00007' and load_seq = 2"
    )
    assert ("pedido-de-orcamento", "email,traffic_source", "google") in rows
    # Nothing new: listings only.
    assert load(home, server).rows == 0
    assert not server.calls["contact_funnels"]


def test_event_keys_are_stable_and_equal_events_stay_two(home: Home) -> None:
    server = FakeMarketing(1)
    at = server.contacts["u00000"]["created_at"]
    for _ in range(2):
        server.convert("u00000", "ebook", at + timedelta(hours=1))
    load(home, server)
    server.convert("u00000", "ebook", at + timedelta(hours=2))
    load(home, server)
    keys = home.query("select event_key, count(*) from raw_rd_station.conversions group by 1")
    assert len(keys) == 4
    assert sorted(times for _, times in keys) == [1, 2, 2, 2]  # the overlap gives equal keys again


def test_many_events_are_read_page_by_page(home: Home) -> None:
    server = FakeMarketing(1)
    at = server.contacts["u00000"]["created_at"]
    for hour in range(24):
        server.convert("u00000", f"c{hour}", at + timedelta(hours=hour + 1))
    load(home, server)
    assert home.query("select count(distinct event_key) from raw_rd_station.conversions") == [(25,)]
    for hour in range(30, 45):
        server.convert("u00000", f"c{hour}", at + timedelta(hours=hour))
    load(home, server, replace(CONFIG, overlap_hours=1))
    assert home.query("select count(distinct event_key) from raw_rd_station.conversions") == [(40,)]


def test_a_killed_load_resumes_without_reading_twice(home: Home) -> None:
    server = FakeMarketing(60)
    fetched: list[str] = []

    def die(request: httpx.Request) -> None:
        if request.url.path.endswith("funnels/default"):
            fetched.append(request.url.path)
            if len(fetched) > 35:
                raise KeyboardInterrupt

    server.before = die
    with pytest.raises(BaseException):  # noqa: B017
        load(home, server)
    server.before = None
    landed = count(home, "funnels")
    assert landed == 25  # one slice of 25 had landed
    load(home, server)
    assert server.calls["contact_funnels"] == 35
    assert home.query("select count(*), count(distinct contact_uuid) from raw_rd_station.funnels") == [
        (60, 60)
    ]


def test_a_spent_quota_keeps_what_was_read(home: Home) -> None:
    server = FakeMarketing(40)
    home.limiter = CountingLimiter({"funnels": 30})
    report = load(home, server)
    assert report.retry_after_seconds == 1800
    assert report.rows_by_table["funnels"] == 30
    home.limiter = CountingLimiter()
    assert load(home, server).rows_by_table["funnels"] == 10
    assert load(home, server).rows == 0


def test_a_deleted_contact_becomes_a_tombstone(home: Home) -> None:
    server = FakeMarketing(10)
    load(home, server)
    del server.contacts["u00003"]
    home.clock.sleep(3600)
    report = load(home, server)  # the total disagrees: everything is listed, the missing one is asked for
    assert report.rows_by_table == {"contacts": 1}
    row = home.query("select contact_uuid, name, is_deleted from raw_rd_station.contacts where load_seq = 2")
    assert row == [("u00003", None, True)]
    assert load(home, server).rows == 0


def test_a_full_sweep_reads_everything_again(home: Home) -> None:
    server = FakeMarketing(20)
    load(home, server)
    home.clock.sleep(8 * 86400)
    server.contacts["u00003"]["body"]["name"] = "Nome Corrigido"  # an edit leaves no trace in any listing
    report = load(home, server)
    assert report.rows_by_table["contacts"] == 20
    assert load(home, server).rows_by_table.get("contacts") is None


def test_the_inbox_names_contacts(home: Home) -> None:
    server = FakeMarketing(5)
    load(home, server)
    home.load_seq += 1
    home.execute(
        "insert into raw_inbox.events (inbox_seq, system, contact_uuid, load_seq, row_seq) "
        f"values (1, 'rd_station', 'u00002', {home.load_seq}, 1)"
    )
    assert load(home, server).rows_by_table["contacts"] == 1
    assert load(home, server).rows == 0


def test_a_lagging_segmentation_is_not_asked_again_and_again(home: Home) -> None:
    server = FakeMarketing(5)
    load(home, server)
    original = server._segment
    server._segment = lambda segment, query: (
        original("1", query) if segment == "5" else original(segment, query)
    )  # type: ignore[method-assign]
    assert load(home, server).rows_by_table["contacts"] == 5
    assert load(home, server).rows == 0


def test_personal_text_does_not_land(home: Home) -> None:
    server = FakeMarketing(1)
    server.contacts["u00000"]["body"].update(
        bio="segredo", cf_notas="segredo", cf_porte="51 a 200", mobile_phone="(11) 95555-0101 / 11 3555-0101",
        cf_cpf="111.111.111-11", extra_emails=["outro@empresa.com.br"],
        legal_bases=[{"category": "communications", "type": "consent", "status": "granted"},
                     {"category": "communications", "type": "legitimate_interest", "status": "declined"}],
    )  # fmt: skip
    load(home, server)
    assert home.query("select field, value from raw_rd_station.contact_fields") == [("cf_porte", "51 a 200")]
    assert home.query("select legal_status from raw_rd_station.contacts") == [("declined",)]
    identifiers = home.query(
        "select kind, value, reject_reason, position from raw_rd_station.contact_identifiers order by position"
    )
    assert identifiers == [
        ("email", "u00000@empresa.com.br", None, 0),
        ("email", "outro@empresa.com.br", None, 1),
        ("phone", "+5511955550101", None, 2),
        ("phone", "+551135550101", None, 3),
        ("cpf", None, "repeated_digit", 4),
    ]


def test_an_expired_token_is_renewed_once(home: Home) -> None:
    server = FakeMarketing(30)
    server.tokens = set()
    load(home, server)
    assert server.refreshes == 1
    assert home.tokens.puts[0]["access_token"] == "token-1"
    assert count(home, "contacts") == 30


def test_a_refused_refresh_says_what_to_do(home: Home) -> None:
    server = FakeMarketing(1)
    server.tokens = set()
    server.before = lambda request: (
        httpx.Response(401, json={"errors": {"error_type": "INVALID_REFRESH_TOKEN"}})
        if request.url.path == "/auth/token"
        else None
    )
    with pytest.raises(AuthError, match=r"INVALID_REFRESH_TOKEN.*authorise Bastão again"):
        load(home, server)


def test_assets_of_a_smaller_plan_are_skipped_with_a_note(home: Home) -> None:
    report = load(home, FakeMarketing(1))
    assert any("campaign" in note for note in report.notes)
    assets = home.query("select asset_kind, identifier, updated_at is not null from raw_rd_station.assets")
    assert assets == [("landing_page", "diagnostico", True)]
