"""What changed between two versions, in words: `Lead quente: prazo 10 minutos → 5 minutos`."""

from __future__ import annotations

from collections.abc import Iterator

from contract.diff_calendars import calendar_changes
from contract.diff_promises import promise_changes
from contract.diff_score import goal_changes, score_changes
from contract.diff_words import arrow, behind, items, lists, of_title, retitled
from contract.document_terms import rule_text, sign_text, way_back
from contract.model import Criterion, Reason, Version
from contract.signed import SignedVersion
from contract.words import Language, count, day_text, language_of, number_text, target_text, word


def differences(
    before: SignedVersion, after: SignedVersion, locale: str = "pt-BR", signatures: bool = True
) -> list[str]:
    """One line for each change that a reader of the document would notice; empty when the texts mean the same.

    `signatures` False leaves out who signed and when, which every version changes.
    """
    language = language_of(locale)
    old, new = before.terms, after.terms
    return [
        *_profile(old, new, language),
        *_qualification(old, new, language),
        *_hot(old, new, language),
        *score_changes(old, new, language),
        *promise_changes(old, new, language),
        *items(
            {r.code: r for r in old.reasons},
            {r.code: r for r in new.reasons},
            _reason,
            of_title,
            language,
            _next,
        ),
        *_plain(old, new, language),
        *_targets(old, new, language),
        *goal_changes(old, new, language),
        *_warnings(old, new, language),
        *calendar_changes(before, after, language),
        *(_signatures(old, new, language) if signatures else ()),
    ]


def _profile(old: Version, new: Version, language: Language) -> Iterator[str]:
    name = word("icp", language)
    for key in ("sectors", "company_sizes", "roles", "regions"):
        sides = [getattr(version.icp, key, ()) for version in (old, new)]
        yield from lists(f"{name}: {word(key, language).lower()}", sides[0], sides[1], language)
    texts = [version.icp.behaviour if version.icp else None for version in (old, new)]
    shown = [f"«{text.in_language(language)}»" if text else word("nothing", language) for text in texts]
    yield from arrow(f"{name}: {word('behaviour', language).lower()}", shown[0], shown[1])


def _qualification(old: Version, new: Version, language: Language) -> Iterator[str]:
    for stage in ("mql", "sql"):
        sides = [
            {
                item.title.in_language(language): item
                for item in getattr(version.qualification, stage).criteria
            }
            for version in (old, new)
        ]
        yield from behind(stage.upper(), _criteria(sides[0], sides[1], language))


def _criteria(old: dict[str, Criterion], new: dict[str, Criterion], language: Language) -> Iterator[str]:
    nothing = word("rule_none", language)
    yield from lists("", _described(old, new, language), _described(new, old, language), language)
    for title in old.keys() & new.keys():
        rules = [rule_text(getattr(side[title], "rule", None), language) or nothing for side in (old, new)]
        yield from arrow(f"«{title}»: {word('checked_by', language).lower()}:", rules[0], rules[1])
        places = [side[title].measured_by.in_language(language) for side in (old, new)]
        yield from arrow(f"«{title}»: {word('measured_by', language).lower()}:", places[0], places[1])


def _described(side: dict[str, Criterion], other: dict[str, Criterion], language: Language) -> list[str]:
    """Criteria that only one side has, with what is known of them."""
    found = []
    for title, item in side.items():
        if title not in other:
            rule = rule_text(getattr(item, "rule", None), language)
            where = item.measured_by.in_language(language)
            found.append(f"«{title}» ({where}{'; ' + rule if rule else ''})")
    return found


def _hot(old: Version, new: Version, language: Language) -> Iterator[str]:
    name, before, after = word("hot", language), old.hot_when, new.hot_when
    yield from lists(name, before.conversions, after.conversions, language)
    days = [count(rule.within_days, "d", language) for rule in (before, after)]
    yield from arrow(f"{name}: {word('signal_window', language)}", days[0], days[1])
    points = [
        word("nothing", language)
        if rule.interest_at_least is None
        else f"{number_text(rule.interest_at_least, language)} {word('points', language)}"
        for rule in (before, after)
    ]
    yield from arrow(f"{name}: {word('interest', language)}", points[0], points[1])


def _next(reason: Reason, language: Language) -> str:
    return word(reason.next_step, language)


def _reason(old: Reason, new: Reason, language: Language) -> Iterator[str]:
    steps = [word(reason.next_step, language) for reason in (old, new)]
    yield from arrow(word("next", language).lower(), steps[0], steps[1])
    entries = [way_back(reason, language) or word("nothing", language) for reason in (old, new)]
    yield from arrow(word("returns_by", language).lower(), entries[0], entries[1])
    for system in {**old.labels, **new.labels}:
        label = f"{word('label', language)} ({system})"
        yield from lists(label, old.labels.get(system, ()), new.labels.get(system, ()), language)
    yield from retitled(old, new, language)


def _plain(old: Version, new: Version, language: Language) -> Iterator[str]:
    days = [count(version.passage.inactivity_days, "d", language) for version in (old, new)]
    yield from arrow(f"{word('passage', language)}:", days[0], days[1])
    unknown = [word(f"unknown_{version.consent.unknown}", language) for version in (old, new)]
    yield from arrow(f"{word('consent', language)}:", unknown[0], unknown[1])


def _targets(old: Version, new: Version, language: Language) -> Iterator[str]:
    sides = [{item.metric: target_text(item, language) for item in version.targets} for version in (old, new)]
    for metric in {**sides[0], **sides[1]}:
        label = f"{word('target', language)} {word(metric, language)}:"
        texts = [side.get(metric, word("nothing", language)) for side in sides]
        yield from arrow(label, texts[0], texts[1])


def _warnings(old: Version, new: Version, language: Language) -> Iterator[str]:
    sides = [
        [sign_text(name, value, language) for name, value in version.warning_signs.thresholds().items()]
        for version in (old, new)
    ]
    yield from lists(word("warning_signs", language), sides[0], sides[1], language)


def _signatures(old: Version, new: Version, language: Language) -> Iterator[str]:
    for area in ("marketing", "sales"):
        by = [getattr(version.signatures, area) for version in (old, new)]
        texts = [f"{one.name}, {one.role}, {day_text(one.signed_on, language)}" for one in by]
        yield from arrow(f"{word('signature', language)} {word(area, language)}:", texts[0], texts[1])
