"""Sections of the document that say what is promised: who gets a lead, what marketing owes, what sales owes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contract.clauses import ResponseClock
from contract.document_blocks import Block, Paragraph, Points, Section, Table, code, said, strong
from contract.document_terms import limit_text, names
from contract.model import Version
from contract.sections.routing import RoutingRule
from contract.signed import SignedVersion
from contract.words import Language, clocked, listed, number_text, share_text, word

AREAS = ("marketing", "sales")


def routing(version: SignedVersion, language: Language) -> Section:
    """Who receives a lead."""
    found = version.terms.routing
    title = word("routing", language)
    if found is None:
        return Section("routing", title)
    grace = clocked(found.grace_seconds, "elapsed", language) if found.grace_seconds else ""
    blocks: list[Block] = [Paragraph(said(f"mode_{found.mode}", language, grace=grace))]
    if found.rules:
        heads = tuple(word(head, language) for head in ("rule", "when", "who"))
        rows = tuple(
            (
                f"{number}. {rule.title.in_language(language)}",
                condition(rule, language),
                receivers(rule, language),
            )
            for number, rule in enumerate(found.rules, 1)
        )
        blocks += [Paragraph(word("rules_order", language)), Table(heads, rows)]
    if found.fallback is not None:
        blocks.append(Paragraph(said("fallback", language, seller=found.fallback.seller)))
    return Section("routing", title, tuple(blocks))


def condition(rule: RoutingRule, language: Language) -> str:
    """When a routing rule applies."""
    when, parts = rule.when, []
    for key in ("states", "channels", "forms"):
        if values := getattr(when, key):
            shown = values if key == "states" else [code(value) for value in values]
            parts.append(said(f"when_{key}", language, list=", ".join(shown)))
    if when.portfolio:
        parts.append(word("when_portfolio", language))
    return "; ".join(parts) or word("when_always", language)


def receivers(rule: RoutingRule, language: Language) -> str:
    """Sellers of a routing rule with weight and capacity."""
    several = len(rule.sellers) > 1
    parts = []
    for seller in rule.sellers:
        extra = [said("weight", language, weight=number_text(seller.weight, language))] if several else []
        if seller.capacity is not None:
            extra.append(said("capacity", language, capacity=number_text(seller.capacity, language)))
        parts.append(f"{seller.seller} ({', '.join(extra)})" if extra else seller.seller)
    text = "; ".join(parts)
    return text if rule.skip_absent else f"{text}; {word('absent_too', language)}"


def commitments(version: SignedVersion, area: str, language: Language) -> Section:
    """Everything that one area owes the other, a section for each kind of promise."""
    terms = version.terms
    parts = [
        *_within(terms, area, "owner_at_birth", "owner_text", language),
        *_within(terms, area, "returned_to_nurture", "nurture_return_text", language),
        *_clocks(terms, area, language),
        *_cadence(terms, area, language),
        *_give_back(terms, area, language),
        *_within(terms, area, "rating_given", "rating_text", language),
        *_month(terms, area, language),
    ]
    title = word(f"by_{area}", language)
    if not parts:
        return Section(f"by_{area}", title, (Paragraph(word("no_commitments", language)),))
    return Section(f"by_{area}", title, (), tuple(parts))


def _within(terms: Version, area: str, kind: str, text: str, language: Language) -> Iterator[Section]:
    """A promise that is one deed within one time; `text` is the key of its sentence."""
    for clause in _of_kind(terms, kind, area):
        limit = limit_text(clause.within, clause.clock, language)
        blocks: list[Block] = [Paragraph(f"{said(text, language, limit=limit)} {code(clause.id)}")]
        if kind == "rating_given":
            blocks.append(Paragraph(word(f"rating_{clause.fallback_without_instant}", language), small=True))
        if kind == "returned_to_nurture" and (rules := return_limits(clause, language)):
            blocks.append(Points(tuple(rules)))
        yield Section(kind, clause.title.in_language(language), tuple(blocks))


def return_limits(clause: Any, language: Language) -> list[str]:
    """How often, and how soon again, one person may be returned to nurture."""
    rules = []
    if clause.at_most is not None:
        many = "one" if clause.at_most == 1 else "many"
        rules.append(said(f"return_at_most_{many}", language, number=number_text(clause.at_most, language)))
    if clause.cooling_off is not None:
        rules.append(said("return_cooling_off", language, time=limit_text(clause.cooling_off, "elapsed", language)))
    return rules


def _clocks(terms: Version, area: str, language: Language) -> Iterator[Section]:
    clocks = [clock for clock in terms.response_clocks if clock.area == area]
    if not clocks:
        return
    same = len({clock.stops_at for clock in clocks}) == 1
    heads = ["clause", "starts", "limit"] + ([] if same else ["stops_with"])
    rows = []
    for clock in clocks:
        start = word(f"starts_{clock.applies_to}", language)
        if clock.temperature is not None:
            start += word(f"if_{clock.temperature}", language)
        limit = limit_text(clock.limit, clock.clock, language)
        row = [f"{clock.title.in_language(language)} {code(clock.id)}", start, limit]
        rows.append(tuple(row if same else [*row, word(f"stop_{clock.stops_at}", language)]))
    notes = []
    if same:
        notes.append(f"{word('stops_with', language)} {word(f'stop_{clocks[0].stops_at}', language)}.")
    notes += _clock_notes(clocks, language)
    table = Table(tuple(word(head, language) for head in heads), tuple(rows))
    yield Section(f"clocks_{area}", word("clocks", language), (table, Points(tuple(notes))))


def _clock_notes(clocks: list[ResponseClock], language: Language) -> Iterator[str]:
    """Rules that some clocks or all of them have; the clauses are named unless all have them."""
    rules: dict[str, list[str]] = {}
    for clock in clocks:
        if clock.stops_at == "first_contact":
            rules.setdefault(f"without_result_{clock.fallback_without_call_result}", []).append(clock.id)
        rules.setdefault(f"by_{clock.attempt_instant}", []).append(clock.id)
        if clock.pause_when_owner_absent:
            rules.setdefault("pause", []).append(clock.id)
    for rule, ids in rules.items():
        text = word(rule, language)
        yield text if len(ids) == len(clocks) else f"{listed([code(name) for name in ids], language)}: {text}"


def _cadence(terms: Version, area: str, language: Language) -> Iterator[Section]:
    cadence = terms.cadence
    if cadence is None or area != "sales":
        return
    number = len(cadence.steps)
    steps = said(
        "attempt_one" if number == 1 else "attempt_many", language, number=number_text(number, language)
    )
    limit = limit_text(cadence.within, cadence.clock, language)
    who = word(f"cadence_{cadence.applies_to}", language)
    blocks: list[Block] = [
        Paragraph(said("cadence_text", language, who=who, steps=steps, limit=limit)),
        Points(tuple(word(f"channel_{step}", language) for step in cadence.steps), ordered=True),
    ]
    if cadence.min_spacing is not None:
        spacing = limit_text(cadence.min_spacing, cadence.spacing_clock, language)
        blocks.append(Paragraph(said("spacing_text", language, spacing=spacing)))
    blocks.append(_clauses(terms, ("attempts_made", "cadence_order"), language))
    yield Section("cadence", word("cadence", language), tuple(blocks))


def _give_back(terms: Version, area: str, language: Language) -> Iterator[Section]:
    rule = terms.give_back
    if rule is None or area != "sales":
        return
    texts = []
    if rule.reason_required:
        texts.append(word("reason_required_text", language))
    if rule.only_after_cadence:
        text = word("after_cadence_text", language)
        if rule.except_reasons:
            titles = {reason.code: reason.title.in_language(language) for reason in terms.reasons}
            exempt = [titles.get(name, name) for name in rule.except_reasons]
            text += " " + said("except_text", language, list=listed(exempt, language))
        texts.append(text)
    clauses = _clauses(terms, ("reason_registered", "give_back_allowed"), language)
    yield Section("give_back", word("give_back", language), (Points(tuple(texts)), clauses))


def _month(terms: Version, area: str, language: Language) -> Iterator[Section]:
    rows = tuple(
        (
            f"{clause.title.in_language(language)} {code(clause.id)}",
            measure_text(clause, language),
            strong(figure_text(clause, language)),
        )
        for kind in ("volume", "acceptance_rate", "capture_completeness")
        for clause in _of_kind(terms, kind, area)
    )
    if rows:
        heads = tuple(word(head, language) for head in ("clause", "measure", "minimum"))
        yield Section(f"month_{area}", word("month", language), (Table(heads, rows),))


def measure_text(clause: Any, language: Language) -> str:
    """What a monthly commitment measures."""
    if clause.kind != "capture_completeness":
        return word(clause.figure, language)
    text = said("capture_completeness", language, fields=names(clause.fields, "field", language))
    if clause.forms:
        text += said("on_forms", language, forms=", ".join(code(form) for form in clause.forms))
    return text


def figure_text(clause: Any, language: Language) -> str:
    """`50`, `85%`."""
    if clause.kind == "volume":
        return number_text(clause.at_least, language)
    return share_text(clause.at_least, language)


def _clauses(terms: Version, kinds: tuple[str, ...], language: Language) -> Paragraph:
    found = [clause for clause in terms.clauses if clause.kind in kinds]
    named = [f"{clause.title.in_language(language)} {code(clause.id)}" for clause in found]
    label = word("clause" if len(named) == 1 else "clauses", language)
    return Paragraph(f"{label}: {'; '.join(named)}.", small=True)


def _of_kind(terms: Version, kind: str, area: str) -> list[Any]:
    return [clause for clause in terms.clauses if clause.kind == kind and clause.area == area]
