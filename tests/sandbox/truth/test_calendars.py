"""Whose working time counts: versions, teams, sellers, absences, by hand-written cases."""

from datetime import UTC, date, datetime

from sandbox.company.constants import DOMAIN
from sandbox.company.terms import VERSIONS, Absence
from sandbox.truth.agreement import Agreement
from sandbox.truth.calendars import Calendars, company_calendar

V1, V2, V3, V4, V5 = VERSIONS
SELLERS: dict[str, tuple[str, str | None]] = {
    "inside": (f"inside@{DOMAIN}", "Inside sales"),
    "south": (f"south@{DOMAIN}", "Externo Sul"),
    "flavia": (f"flavia.correa@{DOMAIN}", "Externo SP"),
}
AWAY = Absence(f"inside@{DOMAIN}", date(2026, 3, 10), date(2026, 3, 11), "férias")


def local(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """A São Paulo wall time of 2026 as naive UTC."""
    return datetime.fromisoformat(f"2026-{month:02}-{day:02}T{hour:02}:{minute:02}-03:00").astimezone(UTC).replace(tzinfo=None)


def calendars(*absences: Absence) -> Calendars:
    return Calendars(Agreement(absences=absences), SELLERS)


def test_the_calendar_of_2026_ends_earlier_on_fridays_and_works_on_saturdays() -> None:
    new, old = company_calendar("matriz_2026"), company_calendar("matriz")
    friday, monday = local(13, 16), local(16, 9)
    assert old.seconds(friday, monday) == 3 * 3600
    assert new.seconds(friday, monday) == (1 + 3 + 1) * 3600  # Friday, Saturday morning, Monday
    assert new.due(friday, 2 * 3600) == local(14, 10)
    assert old.due(friday, 2 * 3600) == local(13, 18)


def test_carnival_is_a_working_day_only_for_the_old_calendar() -> None:
    # Carnival 2026: Monday 16 and Tuesday 17 February; Corpus Christi: Thursday 4 June.
    for since, until in ((local(16, 0, month=2), local(18, 0, month=2)), (local(4, 0, month=6), local(5, 0, month=6))):
        assert company_calendar("matriz_2026").seconds(since, until) == 0
        assert company_calendar("matriz").seconds(since, until) > 0


def test_seller_before_team_before_company() -> None:
    found = calendars()
    assert [found.name_for(terms, "south") for terms in VERSIONS] == ["matriz", "matriz", "sul", "sul", "sul"]
    assert [found.name_for(terms, "flavia") for terms in (V3, V4)] == ["matriz_2026", "matriz"]
    assert found.name_for(V3, None) == found.name_for(V3, "inside") == found.name_for(V3, "stranger") == "matriz_2026"
    assert found.of(V3, "south").due(local(9, 8), 3600) == local(9, 9, 30)
    assert found.of(V3, "inside").due(local(9, 8), 3600) == local(9, 9)


def test_an_absence_stops_the_clock_only_of_a_clause_that_pauses() -> None:
    found = calendars(AWAY)  # Tuesday 10 and Wednesday 11 March
    start = local(9, 17, 30)
    assert found.clock(V3, 3600, "business", "inside").due(start) == local(10, 8, 30)
    paused = found.clock(V3, 3600, "business", "inside", pause=True)
    assert paused.due(start) == local(12, 8, 30)
    assert paused.works.seconds(start, local(12, 9)) == 5400
    assert found.clock(V3, 3600, "business", "south", pause=True).due(start) == local(10, 9)


def test_elapsed_hours_pause_too() -> None:
    found = calendars(AWAY)
    start = local(9, 20)
    assert found.clock(V3, 24 * 3600, "elapsed", "inside").due(start) == local(10, 20)
    paused = found.clock(V3, 24 * 3600, "elapsed", "inside", pause=True)
    assert paused.due(start) == local(12, 20)  # four hours on Monday, twenty on Thursday
    assert paused.works.seconds(start, local(12, 9)) == 3600


def test_half_a_day_and_absences_that_touch() -> None:
    noon, evening = (datetime(2026, 3, 19, hour, tzinfo=UTC) for hour in (16, 21))
    found = calendars(
        Absence(SELLERS["inside"][0], noon, evening, "consulta"),
        Absence(SELLERS["inside"][0], date(2026, 3, 20), date(2026, 3, 20), "folga"),
    )
    paused = found.clock(V3, 2 * 3600, "business", "inside", pause=True)
    assert paused.due(local(19, 11)) == local(21, 10)  # an hour on Thursday morning, an hour on Saturday


def test_the_version_in_force() -> None:
    agreement = Agreement()
    midnight = datetime(2026, 3, 1, 3)
    assert agreement.version_at(midnight).name == "v3"
    assert agreement.version_at(datetime(2026, 3, 1, 2, 59, 59)).name == "v2"
    assert agreement.version_at(datetime(2020, 1, 1)).name == "v1"
    assert [terms.name for terms in VERSIONS] == ["v1", "v2", "v3", "v4", "v5"]
