"""What changed between two versions, in words: `Lead quente: …: prazo 10 minutos → 5 minutos`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from contract.agreement import SignedVersion
from contract.calendar_model import WEEKDAYS, Calendar
from contract.fields import interval_text
from contract.model import Reason, ResponseClock, Version
from contract.words import (
    Language,
    count,
    day_text,
    duration,
    language_of,
    month_day,
    target_text,
    weekday,
    word,
)

Item = TypeVar("Item")
_ADDED, _REMOVED = {"pt": "novo", "en": "new"}, {"pt": "retirado", "en": "removed"}
_NOTHING = {"pt": "nada", "en": "nothing"}


def differences(before: SignedVersion, after: SignedVersion, locale: str = "pt-BR") -> list[str]:
    """One line for each change that a reader of the document would notice; empty when the texts mean the same."""
    language = language_of(locale)
    old, new = before.terms, after.terms
    return [
        *_qualification(old, new, language),
        *_hot(old, new, language),
        *_items(
            {c.id: c for c in old.response_clocks},
            {c.id: c for c in new.response_clocks},
            _clock,
            _title,
            language,
        ),
        *_items(
            {r.code: r for r in old.reasons}, {r.code: r for r in new.reasons}, _reason, _title, language
        ),
        *_plain(old, new, language),
        *_targets(old, new, language),
        *_calendar(before.calendar, after.calendar, language),
        *_signatures(old, new, language),
    ]


def _items(
    old: Mapping[str, Item],
    new: Mapping[str, Item],
    compare: Callable[[Item, Item, Language], Iterator[str]],
    title: Callable[[Item, Language], str],
    language: Language,
) -> Iterator[str]:
    for key in {**old, **new}:
        if key not in old:
            yield f"{title(new[key], language)}: {_ADDED[language]}"
        elif key not in new:
            yield f"{title(old[key], language)}: {_REMOVED[language]}"
        else:
            for change in compare(old[key], new[key], language):
                yield f"{title(new[key], language)}: {change}"


def _title(item: Any, language: Language) -> str:
    return str(item.title.in_language(language))


def _arrow(label: str, old: str, new: str) -> Iterator[str]:
    if old != new:
        yield f"{label} {old} → {new}".lstrip()


def _clock(old: ResponseClock, new: ResponseClock, language: Language) -> Iterator[str]:
    yield from _arrow(
        word("limit", language).lower(), duration(old.limit, language), duration(new.limit, language)
    )
    yield from _arrow(word("counts", language).lower(), word(old.clock, language), word(new.clock, language))
    yield from _arrow(
        word("stops", language).lower(), word(old.stops_at, language), word(new.stops_at, language)
    )
    yield from _arrow(word("area", language).lower(), word(old.area, language), word(new.area, language))
    yield from _arrow("applies_to", old.applies_to, new.applies_to)
    yield from _arrow("attempt_instant", old.attempt_instant, new.attempt_instant)
    fallback = "fallback_without_call_result"
    yield from _arrow(fallback, old.fallback_without_call_result, new.fallback_without_call_result)
    yield from _arrow("", f"«{_title(old, language)}»", f"«{_title(new, language)}»")


def _reason(old: Reason, new: Reason, language: Language) -> Iterator[str]:
    yield from _arrow(
        word("next", language).lower(), word(old.next_step, language), word(new.next_step, language)
    )
    nothing = _NOTHING[language]
    yield from _arrow("return_identifier", old.return_identifier or nothing, new.return_identifier or nothing)
    for system in {**old.labels, **new.labels}:
        yield from _lists(system, old.labels.get(system, ()), new.labels.get(system, ()), language)
    yield from _arrow("", f"«{_title(old, language)}»", f"«{_title(new, language)}»")


def _qualification(old: Version, new: Version, language: Language) -> Iterator[str]:
    for stage in ("mql", "sql"):
        texts = []
        for version in (old, new):
            criteria = getattr(version.qualification, stage).criteria
            texts.append(
                tuple(
                    f"«{item.title.in_language(language)}» ({item.measured_by.in_language(language)})"
                    for item in criteria
                )
            )
        yield from _lists(stage.upper(), texts[0], texts[1], language)


def _hot(old: Version, new: Version, language: Language) -> Iterator[str]:
    name, before, after = word("hot", language), old.hot_when, new.hot_when
    yield from _lists(name, before.conversions, after.conversions, language)
    days = [count(rule.within_days, "d", language) for rule in (before, after)]
    yield from _arrow(f"{name}:", days[0], days[1])
    points = [str(rule.interest_at_least or _NOTHING[language]) for rule in (before, after)]
    yield from _arrow(f"{name}: interest_at_least", points[0], points[1])


def _plain(old: Version, new: Version, language: Language) -> Iterator[str]:
    days = [count(version.passage.inactivity_days, "d", language) for version in (old, new)]
    yield from _arrow(f"{word('passage', language)}:", days[0], days[1])
    yield from _arrow(f"{word('consent', language)}:", old.consent.unknown, new.consent.unknown)


def _targets(old: Version, new: Version, language: Language) -> Iterator[str]:
    before = {target.metric: target_text(target, language) for target in old.targets}
    after = {target.metric: target_text(target, language) for target in new.targets}
    nothing = _NOTHING[language]
    for metric in {**before, **after}:
        label = f"{word('target', language)} {word(metric, language)}:"
        yield from _arrow(label, before.get(metric, nothing), after.get(metric, nothing))


def _calendar(old: Calendar, new: Calendar, language: Language) -> Iterator[str]:
    name = word("calendar", language)
    yield from _arrow(f"{name}: {word('zone', language).lower()}", old.zone, new.zone)
    hours = [
        {
            day: ", ".join(map(interval_text, block.intervals))
            for block in calendar.hours
            for day in block.days
        }
        for calendar in (old, new)
    ]
    closed = word("closed", language)
    for day in WEEKDAYS:
        label = f"{name}: {weekday(day, language)}"
        yield from _arrow(label, hours[0].get(day, closed), hours[1].get(day, closed))
    for key in ("country", "state", "public_holidays"):
        values = [str(getattr(calendar, key) or _NOTHING[language]) for calendar in (old, new)]
        yield from _arrow(f"{name}: {key}", values[0], values[1])
    for key in ("optional_days_closed", "closed_every_year", "closed_days", "open_days", "special_hours"):
        lists = [_days(calendar, key, language) for calendar in (old, new)]
        yield from _lists(f"{name}: {word(key, language)}", lists[0], lists[1], language)


def _days(calendar: Calendar, key: str, language: Language) -> list[str]:
    if key == "optional_days_closed":
        return [word(day, language) for day in calendar.optional_days_closed]
    if key == "closed_every_year":
        return [f"{month_day(day.day, language)} ({day.name})" for day in calendar.closed_every_year]
    return [
        " ".join(
            [
                f"{day_text(day.date, language)} ({day.name})",
                *map(interval_text, getattr(day, "intervals", ())),
            ]
        )
        for day in getattr(calendar, key)
    ]


def _signatures(old: Version, new: Version, language: Language) -> Iterator[str]:
    for area in ("marketing", "sales"):
        by = [getattr(version.signatures, area) for version in (old, new)]
        texts = [f"{one.name}, {one.role}, {day_text(one.signed_on, language)}" for one in by]
        yield from _arrow(f"{word('signature', language)} {word(area, language)}:", texts[0], texts[1])


def _lists(label: str, old: Sequence[str], new: Sequence[str], language: Language) -> Iterator[str]:
    yield from (f"{label}: {_ADDED[language]} {item}" for item in new if item not in old)
    yield from (f"{label}: {_REMOVED[language]} {item}" for item in old if item not in new)
