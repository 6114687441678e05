"""The mapping of a return, its read-back and its consent, against the loopback imitation of RD Station."""

from __future__ import annotations

from datetime import timedelta

import pytest

from activation.answers import error_code, from_answer, from_exception
from activation.destinations.rd_station_contact import RdConsent
from activation.destinations.rd_station_nurture import RdStationNurture
from activation.errors import QuotaExhausted
from activation.ports import Outcome, PlanRow, Presence, Scope
from tests.activation.loopback import Loopback, PlainApi
from tests.activation.support import NOW, one_row

IDENTIFIER = "bastao-nutricao-sem-timing"


@pytest.fixture
def nurture(loopback: Loopback) -> RdStationNurture:
    return RdStationNurture(PlainApi(loopback.base))


def history(email: str, count: int, **values: object) -> list[dict[str, object]]:
    """Conversions of a contact, one an hour back from NOW."""
    return [
        {"payload": {"conversion_identifier": "ebook", "email": email, **values}, "at": (NOW - timedelta(hours=n)).isoformat()}
        for n in range(count)
    ]


def test_the_event_carries_our_marker_and_never_a_legal_basis() -> None:
    row = one_row("a")
    event = RdStationNurture(PlainApi(""), tags=("Bastao-Retorno",)).event(row)
    assert event == {
        "event_type": "CONVERSION",
        "event_family": "CDP",
        "payload": {
            "conversion_identifier": IDENTIFIER,
            "email": "a@example.com.br",
            "tags": ["bastao-retorno", "motivo-sem-timing"],
            "traffic_source": "bastao",
            "traffic_medium": "nutricao",
            "traffic_value": row.delivery_id,
        },
    }


@pytest.mark.parametrize(
    ("values", "problem"),
    [({}, None), ({"email": None}, "no_email"), ({"email": "?"}, "no_email"), ({"conversion_identifier": None}, "no_identifier")],
)  # fmt: skip
def test_rows_that_cannot_be_sent(values: dict[str, object], problem: str | None) -> None:
    assert RdStationNurture(PlainApi("")).problem(one_row("a", **values)) == problem


def test_send_and_find(nurture: RdStationNurture, loopback: Loopback) -> None:
    row = one_row("a+b")
    assert nurture.find(row, NOW).presence is Presence.ABSENT
    result = nurture.send(row)
    assert (result.outcome, result.status_code) == (Outcome.ACCEPTED, 200) and result.reference
    assert loopback.received() == {row.delivery_id: 1}
    found = nurture.find(row, NOW)
    assert found.presence is Presence.FOUND and found.recorded_at
    assert "GET /platform/contacts/email:a+b@example.com.br" in loopback.requests()


@pytest.mark.parametrize("ascending", [True, False])
def test_the_marker_is_found_on_any_page_in_either_order(
    nurture: RdStationNurture, loopback: Loopback, ascending: bool
) -> None:
    row = one_row("a")
    ours = {"payload": nurture.event(row)["payload"], "at": (NOW - timedelta(hours=12, minutes=1)).isoformat()}
    loopback.control(ascending=ascending, history=[*history("a@example.com.br", 35), ours])
    assert nurture.find(row, NOW - timedelta(days=1)).presence is Presence.FOUND


def test_reading_stops_where_only_older_events_follow(nurture: RdStationNurture, loopback: Loopback) -> None:
    loopback.control(history=history("a@example.com.br", 35))
    assert nurture.find(one_row("a"), NOW - timedelta(hours=15)).presence is Presence.ABSENT
    assert sum("/events" in request for request in loopback.requests()) == 2


def test_a_marker_of_another_delivery_is_not_ours_even_with_our_identifier(
    nurture: RdStationNurture, loopback: Loopback
) -> None:
    other = nurture.event(one_row("a", subject_id="other"))["payload"]
    loopback.control(history=[{"payload": other, "at": NOW.isoformat()}])
    assert nurture.find(one_row("a"), NOW - timedelta(days=1)).presence is Presence.ABSENT


def test_without_a_marker_identifier_and_time_decide(nurture: RdStationNurture, loopback: Loopback) -> None:
    payload = {"conversion_identifier": IDENTIFIER, "email": "a@example.com.br"}
    loopback.control(history=[{"payload": payload, "at": "2026-06-30T08:30:00.000-03:00"}])  # 11:30 UTC
    assert nurture.find(one_row("a"), NOW - timedelta(minutes=31)).presence is Presence.FOUND
    assert nurture.find(one_row("a"), NOW - timedelta(minutes=29)).presence is Presence.ABSENT


def test_a_contact_that_does_not_exist_has_no_conversions(nurture: RdStationNurture, loopback: Loopback) -> None:
    loopback.control(missing=["a@example.com.br"])
    assert nurture.find(one_row("a"), NOW).presence is Presence.ABSENT


def test_an_unreachable_service_tells_nothing() -> None:
    nowhere = PlainApi("http://127.0.0.1:9")
    assert RdStationNurture(nowhere).find(one_row("a"), NOW).presence is Presence.UNKNOWN
    consent = RdConsent(nowhere).current(one_row("a"))
    assert consent.status is None and consent.result


@pytest.mark.parametrize(
    ("bases", "missing", "status"),
    [("granted", [], "granted"), ("declined", [], "declined"), ("", [], "unknown"), ("", ["a@example.com.br"], "missing")],
)  # fmt: skip
def test_consent(loopback: Loopback, bases: str, missing: list[str], status: str) -> None:
    loopback.control(bases={"a@example.com.br": bases}, missing=missing)
    assert RdConsent(PlainApi(loopback.base)).current(one_row("a")).status == status


@pytest.mark.parametrize(
    ("fault", "outcome", "status", "code", "arrived"),
    [
        ("ok", Outcome.ACCEPTED, 200, None, 1),
        ("drop_before", Outcome.UNCERTAIN, None, "RemoteProtocolError", 0),
        ("drop_after", Outcome.UNCERTAIN, None, "RemoteProtocolError", 1),
        ("slow_before", Outcome.UNCERTAIN, None, "ReadTimeout", 0),
        ("slow_after", Outcome.UNCERTAIN, None, "ReadTimeout", 1),
        ("500_before", Outcome.UNCERTAIN, 500, "SERVICE_UNAVAILABLE", 0),
        ("500_after", Outcome.UNCERTAIN, 500, "SERVICE_UNAVAILABLE", 1),
        ("html", Outcome.UNCERTAIN, 502, None, 0),
        ("html_200", Outcome.UNCERTAIN, 200, "no_object_in_answer", 0),
        ("400", Outcome.REJECTED, 400, "INVALID_FIELDS", 0),
        ("401", Outcome.BLOCKED, 401, "UNAUTHORIZED", 0),
        ("429_account", Outcome.THROTTLED, 429, "RATE_LIMIT_EXCEDDED", 0),
        ("429_gateway", Outcome.THROTTLED, 429, None, 0),
        ("429_lead", Outcome.THROTTLED, 429, None, 0),
    ],
)
def test_how_each_end_of_a_call_is_read(
    nurture: RdStationNurture, loopback: Loopback, fault: str, outcome: Outcome, status: int | None, code: str | None, arrived: int
) -> None:  # fmt: skip
    loopback.control(faults=[fault])
    row: PlanRow = one_row("a")
    result = nurture.send(row)
    assert (result.outcome, result.status_code, result.error_class) == (outcome, status, code)
    assert loopback.received()[row.delivery_id] == arrived
    if outcome is Outcome.THROTTLED:
        assert result.retry_after_seconds == 0.2
        assert result.scope is (Scope.RECORD if fault == "429_lead" else Scope.ACCOUNT)


def test_a_refused_connection_never_left() -> None:
    assert RdStationNurture(PlainApi("http://127.0.0.1:9")).send(one_row("a")).outcome is Outcome.NOT_SENT


def test_exceptions_are_read_by_what_they_carry() -> None:
    assert from_exception(QuotaExhausted(30)).scope is Scope.ACCOUNT
    lead = from_exception(QuotaExhausted(30, key="k"))
    assert (lead.outcome, lead.retry_after_seconds, lead.scope) == (Outcome.THROTTLED, 30, Scope.RECORD)

    class WithStatus(Exception):
        status = 404

    assert from_exception(WithStatus()).outcome is Outcome.REJECTED
    assert from_exception(ValueError("x")).outcome is Outcome.UNCERTAIN
    assert from_answer(302, {}, None).outcome is Outcome.UNCERTAIN


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"errors": {"error_type": "UNAUTHORIZED", "error_message": "m"}}, "UNAUTHORIZED"),
        ({"errors": [{"error_type": "INVALID_DATA_TYPE"}]}, "INVALID_DATA_TYPE"),
        ({"errors": {"email": [{"error_type": "INVALID", "error_message": "a@example.com"}]}}, "INVALID"),
        ([{"error_type": "INVALID_OPTION"}], "INVALID_OPTION"),
        ({"error": "invalid_token", "error_description": "d"}, "invalid_token"),
        ({"error": "'lead_limiter' exceeded for key 'a@example.com'"}, None),
        ({"message": "API rate limit exceeded"}, None),
        ("text", None),
        (None, None),
    ],
)
def test_error_codes_of_every_shape_and_never_a_text(body: object, code: str | None) -> None:
    assert error_code(body) == code
