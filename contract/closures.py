"""Which days a calendar closes, and why: public holidays by law, optional days, the company's own days."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from contract.calendar_model import Calendar, OptionalDay

# Names that the `holidays` library (0.109, language pt_BR) gives the optional days off of the federal calendar.
_OPTIONAL_NAMES: dict[OptionalDay, str] = {
    "carnival": "Carnaval",
    "ash_wednesday": "Quarta-feira de Cinzas",
    "corpus_christi": "Corpus Christi",
    "public_servant_day": "Dia do Servidor Público",
    "christmas_eve": "Véspera de Natal",
    "new_years_eve": "Véspera de Ano-Novo",
}


def public_holidays(calendar: Calendar, first_year: int, last_year: int) -> dict[date, str]:
    """National and state holidays of the years, with their names (Portuguese for Brazil)."""
    if not calendar.public_holidays:
        return {}
    return dict(_of_library(calendar.country, calendar.state, first_year, last_year, "public"))


def optional_days(calendar: Calendar, first_year: int, last_year: int) -> dict[date, str]:
    """The optional days off on which this company closes, for the whole day."""
    if not calendar.optional_days_closed:
        return {}
    wanted = {_OPTIONAL_NAMES[day] for day in calendar.optional_days_closed}
    found = _of_library("BR", None, first_year, last_year, "optional")
    return {day: name for day, name in found.items() if name in wanted}


def closures(calendar: Calendar, first_year: int, last_year: int) -> dict[date, str]:
    """Every closed day of the years; open days are taken out, special hours are not looked at."""
    days = {
        **public_holidays(calendar, first_year, last_year),
        **optional_days(calendar, first_year, last_year),
    }
    for yearly in calendar.closed_every_year:
        month, day = yearly.day
        for year in range(first_year, last_year + 1):
            if (month, day) != (2, 29) or _is_leap(year):
                days[date(year, month, day)] = yearly.name
    days.update({entry.date: entry.name for entry in calendar.closed_days})
    for entry in calendar.open_days:
        days.pop(entry.date, None)
    return days


@lru_cache(maxsize=64)
def _of_library(
    country: str, state: str | None, first_year: int, last_year: int, category: str
) -> dict[date, str]:
    # Laying out twenty years costs 20 ms, and calendars of one company share their country and mostly their state.
    from holidays import country_holidays

    language = "pt_BR" if country == "BR" else None
    years = range(first_year, last_year + 1)
    found = country_holidays(country, subdiv=state, years=years, language=language, categories=(category,))
    return dict(found.items())


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
