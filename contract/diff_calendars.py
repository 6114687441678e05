"""Changes of the working calendars: the default one, those of teams, those of sellers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from contract.calendar_model import WEEKDAYS, Calendar
from contract.diff_words import arrow, behind, lists
from contract.document_calendars import hours_by_days
from contract.fields import interval_text
from contract.signed import SignedVersion
from contract.words import Language, day_text, month_day, weekday, word

_DAYS = ("optional_days_closed", "closed_every_year", "closed_days", "open_days", "special_hours")


def calendar_changes(before: SignedVersion, after: SignedVersion, language: Language) -> Iterator[str]:
    """Every change of a calendar, with whose it is."""
    yield from behind(word("calendar", language), _changes(before.calendar, after.calendar, language))
    yield from _others("calendar_of_team", before.team_calendars, after.team_calendars, language)
    yield from _others("calendar_of_seller", before.seller_calendars, after.seller_calendars, language)


def _others(
    label: str, old: Mapping[str, Calendar], new: Mapping[str, Calendar], language: Language
) -> Iterator[str]:
    for key in {**old, **new}:
        name = word(label, language).format(name=key)
        if key not in new:
            yield f"{name}: {word('calendar_gone', language)}"
        elif key not in old:
            hours = "; ".join(f"{days} {text}" for days, text in hours_by_days(new[key], language))
            yield f"{name}: {word('calendar_own', language)} ({hours})"
        else:
            yield from behind(name, _changes(old[key], new[key], language))


def _changes(old: Calendar, new: Calendar, language: Language) -> Iterator[str]:
    yield from arrow(word("zone", language).lower(), old.zone, new.zone)
    closed = word("closed", language)
    hours = [
        {
            day: ", ".join(map(interval_text, block.intervals))
            for block in calendar.hours
            for day in block.days
        }
        for calendar in (old, new)
    ]
    for day in WEEKDAYS:
        yield from arrow(weekday(day, language), hours[0].get(day, closed), hours[1].get(day, closed))
    for key in ("country", "state"):
        values = [getattr(calendar, key) or word("nothing", language) for calendar in (old, new)]
        yield from arrow(word(f"holidays_of_{key}", language), values[0], values[1])
    worked = [
        word("holidays_public" if calendar.public_holidays else "holidays_worked", language)
        for calendar in (old, new)
    ]
    yield from arrow(word("holidays", language).lower(), worked[0], worked[1])
    for key in _DAYS:
        yield from lists(
            word(key, language).lower(), _days(old, key, language), _days(new, key, language), language
        )


def _days(calendar: Calendar, key: str, language: Language) -> list[str]:
    if key == "optional_days_closed":
        return sorted(word(day, language) for day in calendar.optional_days_closed)
    if key == "closed_every_year":
        return sorted(f"{month_day(day.day, language)} ({day.name})" for day in calendar.closed_every_year)
    return sorted(
        " ".join(
            [
                f"{day_text(entry.date, language)} ({entry.name})",
                *map(interval_text, getattr(entry, "intervals", ())),
            ]
        )
        for entry in getattr(calendar, key)
    )
