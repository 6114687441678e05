"""A version of the agreement as a document that both leaders can read and sign (Markdown, pt-BR and en)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contract.agreement import Agreement, SignedVersion
from contract.calendar_model import WEEKDAYS, Calendar
from contract.fields import interval_text
from contract.model import Criteria, ResponseClock
from contract.words import (
    Language,
    count,
    day_text,
    duration,
    instant_text,
    language_of,
    month_day,
    number_text,
    target_text,
    weekday,
    word,
)


def render_markdown(agreement: Agreement, name: str, company: str, locale: str = "pt-BR") -> str:
    """The version called `name` as Markdown. KeyError when the agreement has no such version."""
    version, language = agreement.version(name), language_of(locale)
    parts = [
        _head(version, company, language),
        *_sections(version, language),
        _glossary(agreement, language),
        _signatures(version, language),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(version: SignedVersion, company: str, language: Language) -> str:
    since = instant_text(version.effective_from, version.calendar.zone, language)
    zone = version.calendar.zone
    return "\n".join(
        [
            f"# {word('title', language)}",
            "",
            f"**{company}** · {word('version', language)} {version.version}",
            "",
            f"{word('in_force_from', language)} {since} ({zone}), {word('until_next', language)}.",
        ]
    )


def _sections(version: SignedVersion, language: Language) -> Iterator[str]:
    terms = version.terms
    yield _section("mql", _criteria(terms.qualification.mql, language), language)
    yield _section("sql", _criteria(terms.qualification.sql, language), language)
    yield _section("hot", _hot(version, language), language)
    yield _section("clocks", _clocks(terms.response_clocks, language), language)
    yield _section("reasons", _reasons(version, language), language)
    days = count(terms.passage.inactivity_days, "d", language)
    yield _section("passage", word("passage_text", language).format(days=days), language)
    yield _section("consent", word(f"consent_{terms.consent.unknown}", language), language)
    if terms.targets:
        rows = [[word(target.metric, language), target_text(target, language)] for target in terms.targets]
        yield _section("targets", _table(["metric", "target"], rows, language), language)
    yield _section("calendar", _calendar(version.calendar, language), language)


def _section(key: str, body: str, language: Language) -> str:
    return f"## {word(key, language)}\n\n{body}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]], language: Language) -> str:
    lines = [
        "| " + " | ".join(word(head, language) for head in heads) + " |",
        "|" + " --- |" * len(heads),
        *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows),
    ]
    return "\n".join(lines)


def _criteria(criteria: Criteria, language: Language) -> str:
    rows = [
        [item.title.in_language(language), item.measured_by.in_language(language)]
        for item in criteria.criteria
    ]
    table = _table(["condition", "measured_by"], rows, language)
    return f"{table}\n\n{word('all_conditions', language)}" if len(rows) > 1 else table


def _hot(version: SignedVersion, language: Language) -> str:
    rule, ways = version.terms.hot_when, []
    if rule.conversions:
        listed = ", ".join(f"`{identifier}`" for identifier in rule.conversions)
        days = count(rule.within_days, "d", language)
        ways.append(word("hot_conversion", language).format(days=days, list=listed))
    if rule.interest_at_least is not None:
        points = number_text(rule.interest_at_least, language)
        ways.append(word("hot_interest", language).format(points=points))
    if not ways:
        return word("hot_never", language)
    lines = "\n".join(f"- {way}" for way in ways)
    return f"{word('one_holds', language)}\n\n{lines}" if len(ways) > 1 else lines


def _clocks(clocks: Sequence[ResponseClock], language: Language) -> str:
    if not clocks:
        return word("no_clocks", language)
    rows = []
    for clock in clocks:
        stops = word(clock.stops_at, language)
        if clock.stops_at == "first_contact":
            stops += " " + word(f"fallback_{clock.fallback_without_call_result}", language)
        counts = word(clock.clock, language)
        rows.append(
            [
                clock.title.in_language(language),
                word(clock.area, language),
                duration(clock.limit, language),
                counts,
                stops,
            ]
        )
    return _table(["promise", "area", "limit", "counts", "stops"], rows, language)


def _reasons(version: SignedVersion, language: Language) -> str:
    rows = [
        [reason.title.in_language(language), word(reason.next_step, language)]
        for reason in version.terms.reasons
    ]
    return _table(["reason", "next"], rows, language)


def _calendar(calendar: Calendar, language: Language) -> str:
    hours = {day: block.intervals for block in calendar.hours for day in block.days}
    lines = [f"{word('zone', language)}: {calendar.zone}.", ""]
    for day in WEEKDAYS:
        stretches = ", ".join(interval_text(interval).replace("-", "–") for interval in hours.get(day, ()))
        lines.append(f"- {weekday(day, language)}: {stretches or word('closed', language)}")
    lines += ["", _holidays(calendar, language)]
    if calendar.optional_days_closed:
        listed = ", ".join(word(day, language) for day in calendar.optional_days_closed)
        lines += ["", f"{word('optional_days_closed', language)}: {listed}."]
    lines += _days(calendar, language)
    return "\n".join(lines)


def _holidays(calendar: Calendar, language: Language) -> str:
    if not calendar.public_holidays:
        return word("holidays_worked", language)
    if calendar.state:
        return word("holidays_state", language).format(state=calendar.state)
    return word("holidays_public", language)


def _days(calendar: Calendar, language: Language) -> list[str]:
    groups = [
        (
            "closed_every_year",
            [f"{month_day(day.day, language)} ({day.name})" for day in calendar.closed_every_year],
        ),
        ("closed_days", [f"{day_text(day.date, language)} ({day.name})" for day in calendar.closed_days]),
        ("open_days", [f"{day_text(day.date, language)} ({day.name})" for day in calendar.open_days]),
        (
            "special_hours",
            [
                f"{day_text(day.date, language)} ({day.name}): {', '.join(map(interval_text, day.intervals))}"
                for day in calendar.special_hours
            ],
        ),
    ]
    lines: list[str] = []
    for key, days in groups:
        if days:
            lines += ["", f"{word(key, language)}: {'; '.join(days)}."]
    return lines


def _glossary(agreement: Agreement, language: Language) -> str:
    if not agreement.glossary:
        return ""
    lines = [
        f"- **{term.term.in_language(language)}**: {term.meaning.in_language(language)}"
        for term in agreement.glossary
    ]
    return _section("glossary", "\n".join(lines), language)


def _signatures(version: SignedVersion, language: Language) -> str:
    signed = version.terms.signatures
    rows = [
        [word(area, language), by.name, by.role, day_text(by.signed_on, language), "&nbsp;" * 30]
        for area, by in (("marketing", signed.marketing), ("sales", signed.sales))
    ]
    table = _table(["area", "name", "role", "signed_on", "signature"], rows, language)
    print_of = f"{word('fingerprint', language)}: `{version.agreement_hash}`"
    return _section("signatures", f"{table}\n\n{print_of}", language)
