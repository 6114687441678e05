"""Sections of the document about time: working calendars with the year's days off, waivers and absences."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from contract.calendar_model import WEEKDAYS, Calendar, Weekday
from contract.closures import closures, optional_days, public_holidays
from contract.document_blocks import Block, Facts, Paragraph, Section, Table, code, said
from contract.exceptions import EVERY_CLAUSE, Waiver
from contract.fields import interval_text
from contract.signed import Agreement, SignedVersion
from contract.words import Language, day_text, listed, short_day, short_instant, weekday, word


def calendars(version: SignedVersion, language: Language) -> Section:
    """Every calendar that the version uses: hours, whose it is, and the days off of the year it starts in."""
    year = version.effective_from.astimezone(ZoneInfo(version.calendar.zone)).year
    found = named_calendars(version)
    off = Section("days_off", said("holidays_of", language, year=str(year)), _days_off(found, year, language))
    parts = []
    for name, calendar in found.items():
        rules = Facts(tuple(_rules(calendar, language)))
        blocks = (Paragraph(_whose(version, name, language)), _hours(calendar, language), rules)
        parts.append(Section(f"calendar_{name}", f"{word('calendar_name', language)} {code(name)}", blocks))
    if len(parts) > 1:
        return Section("calendars", word("calendars", language), (), (*parts, off))
    return Section("calendars", word("calendar", language), (), (*_untitled(parts[0], language), off))


def _untitled(part: Section, language: Language) -> tuple[Section, ...]:
    return (Section(part.key, word("hours", language), part.blocks),)


def named_calendars(version: SignedVersion) -> dict[str, Calendar]:
    """Every calendar of the version by its name, the default first."""
    terms = version.terms
    found = {terms.calendar: version.calendar}
    for names, calendars in (
        (terms.calendars_by_team, version.team_calendars),
        (terms.calendars_by_seller, version.seller_calendars),
    ):
        found.update({name: calendars[key] for key, name in names.items()})
    return found


def _whose(version: SignedVersion, name: str, language: Language) -> str:
    terms, users = version.terms, []
    teams = [team for team, chosen in terms.calendars_by_team.items() if chosen == name]
    sellers = [seller for seller, chosen in terms.calendars_by_seller.items() if chosen == name]
    if teams:
        users.append(
            said("of_team" if len(teams) == 1 else "of_teams", language, list=listed(teams, language))
        )
    if sellers:
        users.append(
            said("of_seller" if len(sellers) == 1 else "of_sellers", language, list=listed(sellers, language))
        )
    if terms.calendar == name:
        elsewhere = terms.calendars_by_team or terms.calendars_by_seller
        users.insert(0, word("of_the_rest" if elsewhere else "of_all", language))
    return said("used_by", language, list="; ".join(users))


def hours_by_days(calendar: Calendar, language: Language) -> list[tuple[str, str]]:
    """Days of the week that share their hours, with them: `segunda a quinta` → `08:00–12:00 e 13:00–18:00`."""
    hours = {day: block.intervals for block in calendar.hours for day in block.days}
    groups: list[tuple[list[Weekday], str]] = []
    for day in WEEKDAYS:
        stretches = [interval_text(interval).replace("-", "–") for interval in hours.get(day, ())]
        text = listed(stretches, language) or word("closed", language)
        if groups and groups[-1][1] == text:
            groups[-1][0].append(day)
        else:
            groups.append(([day], text))
    return [(_span(days, language), text) for days, text in groups]


def _span(days: list[Weekday], language: Language) -> str:
    names = [weekday(day, language) for day in days]
    text = (
        names[0]
        if len(names) == 1
        else f"{names[0]} {word('to' if len(names) > 2 else 'and', language)} {names[-1]}"
    )
    return text[0].upper() + text[1:]


def _hours(calendar: Calendar, language: Language) -> Table:
    heads = (word("weekdays", language), word("hours", language))
    return Table(heads, tuple(hours_by_days(calendar, language)))


def _rules(calendar: Calendar, language: Language) -> Iterator[tuple[str, str]]:
    yield word("zone", language), calendar.zone
    if not calendar.public_holidays:
        holidays = word("holidays_worked", language)
    elif calendar.state:
        holidays = said("holidays_state", language, state=calendar.state)
    else:
        holidays = word("holidays_public", language)
    yield word("holidays", language), holidays
    if calendar.optional_days_closed:
        closed = [word(day, language) for day in calendar.optional_days_closed]
        yield word("optional_days_closed", language), listed(closed, language)
    if calendar.open_days:
        days = [f"{short_day(day.date, language)} ({day.name})" for day in calendar.open_days]
        yield word("open_days", language), listed(days, language)
    if calendar.special_hours:
        special = [
            f"{short_day(day.date, language)} ({day.name}): {listed([*map(interval_text, day.intervals)], language)}"
            for day in calendar.special_hours
        ]
        yield word("special_hours", language), "; ".join(special)


def _days_off(found: dict[str, Calendar], year: int, language: Language) -> tuple[Block, ...]:
    """The year's days off beside the weekends; with several calendars also whose they are."""
    days: dict[tuple[date, str], list[str]] = {}
    for calendar_name, calendar in found.items():
        for day, occasion in days_off(calendar, year, language).items():
            days.setdefault((day, occasion), []).append(calendar_name)
    if not days:
        return ()
    heads = [word("day", language), word("occasion", language)]
    rows = [[f"{day_text(day, language)}, {weekday(WEEKDAYS[day.weekday()], language)}", occasion]
            for day, occasion in sorted(days)]  # fmt: skip
    if len(found) > 1:
        heads.append(word("where", language))
        for row, key in zip(rows, sorted(days), strict=True):
            names = [code(name) for name in days[key]]
            row.append(word("everywhere", language) if len(names) == len(found) else listed(names, language))
    table = Table(tuple(heads), tuple(tuple(row) for row in rows))
    return (table, Paragraph(word("later_years", language), small=True))


def days_off(calendar: Calendar, year: int, language: Language) -> dict[date, str]:
    """Days of the year on which the calendar would work and does not, with the occasion."""
    working = {WEEKDAYS.index(day) for block in calendar.hours for day in block.days}
    special = {entry.date for entry in calendar.special_hours}
    by_law = {**public_holidays(calendar, year, year), **optional_days(calendar, year, year)}
    english = _english(calendar, year) if language == "en" else {}
    return {
        day: english.get(day, name) if by_law.get(day) == name else name
        for day, name in closures(calendar, year, year).items()
        if day.year == year and day.weekday() in working and day not in special
    }


def _english(calendar: Calendar, year: int) -> dict[date, str]:
    """English names of the Brazilian holidays; other countries' names are in the language the library chose."""
    from holidays import country_holidays

    if calendar.country != "BR":
        return {}
    kinds = ("public", "optional")
    return dict(
        country_holidays("BR", subdiv=calendar.state, years=year, language="en_US", categories=kinds).items()
    )


def exceptions(agreement: Agreement, version: SignedVersion, language: Language) -> Section:
    """Waivers and absences that touch the version's period. Why somebody is away is not for a document to say."""
    zone = version.calendar.zone
    start = version.effective_from
    end = next((later.effective_from for later in agreement.versions if later.effective_from > start), None)

    def touches(since: datetime | None, until: datetime | None) -> bool:
        return (until is None or until > start) and (since is None or end is None or since < end)

    waivers = tuple(
        (
            code(waiver.id),
            _covers(waiver, version, language),
            _period(waiver.from_at, waiver.until_at, zone, language),
            waiver.reason,
            f"{waiver.approved_by}, {short_day(waiver.approved_on, language)}",
        )
        for waiver in agreement.waivers
        if touches(waiver.from_at, waiver.until_at)
    )
    absences = tuple(
        (away.seller, _period(away.from_at, away.until_at, zone, language))
        for away in agreement.absences
        if touches(away.from_at, away.until_at)
    )
    parts = []
    if waivers:
        parts.append(
            _listing("waivers", ("waiver_id", "covers", "period", "why", "approved"), waivers, language)
        )
    if absences:
        parts.append(_listing("absences", ("seller", "period"), absences, language))
    text = (Paragraph(word("exceptions_text", language)),) if parts else ()
    return Section("exceptions", word("exceptions", language), text, tuple(parts))


def _covers(waiver: Waiver, version: SignedVersion, language: Language) -> str:
    titles = {clause.id: clause.title.in_language(language) for clause in version.terms.clauses}
    every = waiver.clause == EVERY_CLAUSE
    parts = [word("all_clauses", language) if every else titles.get(waiver.clause, code(waiver.clause))]
    if waiver.seller is not None:
        parts.append(waiver.seller)
    if waiver.handoff is not None:
        parts.append(said("for_handoff", language, id=code(waiver.handoff)))
    return "; ".join(parts)


def _period(since: datetime | None, until: datetime | None, zone: str, language: Language) -> str:
    """Whole local days as dates, the last one included; else instants."""
    if since is None or until is None:
        return "–"
    begins, ends = (moment.astimezone(ZoneInfo(zone)) for moment in (since, until))
    if begins.time() == ends.time() == time():
        days = [short_day(begins.date(), language), short_day(ends.date() - timedelta(days=1), language)]
        return days[0] if days[0] == days[1] else said("until_time", language, start=days[0], end=days[1])
    start, end = short_instant(since, zone, language), short_instant(until, zone, language)
    if begins.date() == ends.date():
        end = f"{ends:%H:%M}"
    return said("until_time", language, start=start, end=end)


def _listing(
    key: str, heads: tuple[str, ...], rows: tuple[tuple[str, ...], ...], language: Language
) -> Section:
    return Section(key, word(key, language), (Table(tuple(word(head, language) for head in heads), rows),))
