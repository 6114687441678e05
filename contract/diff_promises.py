"""Changes of what is promised: routing, clocks, cadence, giving back, ratings, monthly figures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contract.clauses import Clause, ResponseClock
from contract.diff_words import arrow, behind, items, lists, of_title, presence, retitled
from contract.document_promises import condition, figure_text, measure_text, receivers
from contract.document_terms import names
from contract.model import Version
from contract.sections.routing import Routing, RoutingRule
from contract.words import Language, clocked, duration, number_text, word


def promise_changes(old: Version, new: Version, language: Language) -> Iterator[str]:
    """Every change of the promises, in the order of the document."""
    yield from _routing(old.routing, new.routing, language)
    kinds = ("owner_at_birth", "returned_to_nurture")
    yield from _clauses(old, new, kinds, language)
    clocks = [{clock.id: clock for clock in version.response_clocks} for version in (old, new)]
    yield from items(clocks[0], clocks[1], _clock, of_title, language, _held)
    yield from behind(word("cadence", language), _cadence(old, new, language))
    yield from _clauses(old, new, ("attempts_made", "cadence_order"), language)
    yield from _clauses(old, new, ("reason_registered", "give_back_allowed"), language)
    yield from _clauses(old, new, ("rating_given",), language)
    yield from _clauses(old, new, ("volume", "acceptance_rate", "capture_completeness"), language)


def _routing(old: Routing | None, new: Routing | None, language: Language) -> Iterator[str]:
    name = word("routing", language)
    yield from presence(name, old, new, language)
    if old is None or new is None:
        return
    modes = [word(f"mode_name_{side.mode}", language) for side in (old, new)]
    yield from arrow(f"{name}:", modes[0], modes[1])
    graces = [
        clocked(side.grace_seconds, "elapsed", language) if side.grace_seconds else word("nothing", language)
        for side in (old, new)
    ]
    yield from arrow(f"{name}: {word('grace', language)}", graces[0], graces[1])
    rules = [{of_title(rule, language): rule for rule in side.rules} for side in (old, new)]
    yield from behind(name, items(rules[0], rules[1], _rule, of_title, language, receivers))
    last = [side.fallback.seller if side.fallback else word("nobody", language) for side in (old, new)]
    yield from arrow(f"{name}: {word('fallback_name', language)}", last[0], last[1])


def _rule(old: RoutingRule, new: RoutingRule, language: Language) -> Iterator[str]:
    yield from arrow(word("when", language).lower(), condition(old, language), condition(new, language))
    yield from arrow(word("who", language).lower(), receivers(old, language), receivers(new, language))


def _clock(old: ResponseClock, new: ResponseClock, language: Language) -> Iterator[str]:
    yield from _limit(old.limit, new.limit, language)
    yield from _counts(old.clock, new.clock, language)
    stops = [word(f"stop_{clock.stops_at}", language) for clock in (old, new)]
    yield from arrow(word("stops_with", language).lower(), stops[0], stops[1])
    yield from _area(old, new, language)
    starts = [
        word(f"starts_{clock.applies_to}", language)
        + (word(f"if_{clock.temperature}", language) if clock.temperature else "")
        for clock in (old, new)
    ]
    yield from arrow(word("starts", language).lower(), starts[0], starts[1])
    for key, prefix in (("attempt_instant", "by"), ("fallback_without_call_result", "without_result")):
        rules = [f"«{word(f'{prefix}_{getattr(clock, key)}', language)}»" for clock in (old, new)]
        yield from arrow("", rules[0], rules[1])
    pauses = [word("yes" if clock.pause_when_owner_absent else "no", language) for clock in (old, new)]
    yield from arrow(word("pauses", language), pauses[0], pauses[1])
    yield from retitled(old, new, language)


def _cadence(old: Version, new: Version, language: Language) -> Iterator[str]:
    before, after = old.cadence, new.cadence
    if before is None or after is None:
        return
    audiences = [word(f"cadence_{side.applies_to}", language).lower() for side in (before, after)]
    yield from arrow("", audiences[0], audiences[1])
    steps = [", ".join(word(f"channel_{step}", language) for step in side.steps) for side in (before, after)]
    yield from arrow(word("steps", language), steps[0], steps[1])
    limits = [clocked(side.within, side.clock, language) for side in (before, after)]
    yield from arrow(word("limit", language).lower(), limits[0], limits[1])
    spacings = [
        word("nothing", language)
        if side.min_spacing is None
        else clocked(side.min_spacing, side.spacing_clock, language)
        for side in (before, after)
    ]
    yield from arrow(word("spacing", language), spacings[0], spacings[1])


def _clauses(old: Version, new: Version, kinds: tuple[str, ...], language: Language) -> Iterator[str]:
    sides = [{clause.id: clause for clause in side.clauses if clause.kind in kinds} for side in (old, new)]
    yield from items(sides[0], sides[1], _clause, of_title, language, _held)


def _clause(old: Any, new: Any, language: Language) -> Iterator[str]:
    """Changes of a clause of any kind but response clocks; the steps of the cadence are compared once, with it."""
    cadence = old.kind in ("attempts_made", "cadence_order")
    if hasattr(old, "within") and not cadence:
        limits = [clocked(clause.within, clause.clock, language) for clause in (old, new)]
        yield from arrow(word("limit", language).lower(), limits[0], limits[1])
    if old.subject_type == "month" and old.kind == new.kind:
        figures = [figure_text(clause, language) for clause in (old, new)]
        yield from arrow(word("minimum", language).lower(), figures[0], figures[1])
        if old.kind == "capture_completeness":
            yield from lists(
                word("fields", language), _fields(old, language), _fields(new, language), language
            )
            yield from lists(word("forms", language), old.forms, new.forms, language)
        else:
            measures = [measure_text(clause, language) for clause in (old, new)]
            yield from arrow(word("measure", language).lower(), measures[0], measures[1])
    if old.kind == "give_back_allowed":
        yield from lists(word("exceptions_name", language), old.except_reasons, new.except_reasons, language)
    if old.kind == new.kind == "returned_to_nurture":
        yield from _return_limits(old, new, language)
    if old.kind == "rating_given":
        rules = [f"«{word(f'rating_{clause.fallback_without_instant}', language)}»" for clause in (old, new)]
        yield from arrow("", rules[0], rules[1])
    yield from _area(old, new, language)
    yield from retitled(old, new, language)


def _return_limits(old: Any, new: Any, language: Language) -> Iterator[str]:
    nothing = word("nothing", language)
    times = [number_text(side.at_most, language) if side.at_most else nothing for side in (old, new)]
    yield from arrow(word("at_most_name", language), times[0], times[1])
    pauses = [clocked(side.cooling_off, "elapsed", language) if side.cooling_off else nothing for side in (old, new)]
    yield from arrow(word("cooling_off_name", language), pauses[0], pauses[1])


def _held(clause: Any, language: Language) -> str:
    """The heart of a clause: its limit or its figure."""
    if clause.subject_type == "month":
        figure = f"{word('minimum', language).lower()} {figure_text(clause, language)}"
        return f"{measure_text(clause, language)}, {figure}"
    limit = getattr(clause, "limit", None) or getattr(clause, "within", None)
    return clocked(limit, clause.clock, language) if limit else ""


def _fields(clause: Any, language: Language) -> list[str]:
    return [names((field,), "field", language) for field in clause.fields]


def _limit(old: int, new: int, language: Language) -> Iterator[str]:
    return arrow(word("limit", language).lower(), duration(old, language), duration(new, language))


def _counts(old: str, new: str, language: Language) -> Iterator[str]:
    return arrow(word("counts", language).lower(), word(old, language), word(new, language))


def _area(old: Clause, new: Clause, language: Language) -> Iterator[str]:
    return arrow(word("area", language).lower(), word(old.area, language), word(new.area, language))
