"""Changes of the score and of the shared goals, in words."""

from __future__ import annotations

from collections.abc import Iterator

from contract.diff_words import arrow, behind, items, of_title, presence, retitled
from contract.document_score import bands_text, bonus_text, goal_text, when_text
from contract.model import Version
from contract.sections.scoring import ScoreRule
from contract.sections.shared_goals import SharedGoal
from contract.words import Language, number_text, word


def score_changes(old: Version, new: Version, language: Language) -> Iterator[str]:
    """Every change of the section `scoring`."""
    name, before, after = word("scoring", language), old.scoring, new.scoring
    yield from presence(name, before, after, language)
    if before is None or after is None:
        return
    sides = [{rule.id: rule for rule in side.rules} for side in (before, after)]
    yield from behind(name, items(sides[0], sides[1], _rule, of_title, language, _held))
    yield from arrow(f"{name}: {word('bands', language)}", bands_text(before, language), bands_text(after, language))
    samples = [number_text(side.review.least_sample, language) for side in (before, after)]
    yield from arrow(f"{name}: {word('review_sample', language)}", samples[0], samples[1])


def goal_changes(old: Version, new: Version, language: Language) -> Iterator[str]:
    """Every change of the section `shared_goals`."""
    sides = [{goal.id: goal for goal in version.shared_goals} for version in (old, new)]
    changes = items(sides[0], sides[1], _goal, of_title, language, goal_text)
    yield from behind(word("shared_goals", language), changes)


def _rule(old: ScoreRule, new: ScoreRule, language: Language) -> Iterator[str]:
    points = [f"{number_text(rule.points, language)} {word('points', language)}" for rule in (old, new)]
    yield from arrow("", points[0], points[1])
    yield from arrow("", when_text(old, language), when_text(new, language))
    parts = [word(f"part_{rule.part}", language) for rule in (old, new)]
    yield from arrow(word("part", language).lower(), parts[0], parts[1])
    yield from retitled(old, new, language)


def _held(rule: ScoreRule, language: Language) -> str:
    return f"{when_text(rule, language)}; {number_text(rule.points, language)} {word('points', language)}"


def _goal(old: SharedGoal, new: SharedGoal, language: Language) -> Iterator[str]:
    yield from arrow("", goal_text(old, language), goal_text(new, language))
    yield from arrow(word("bonus", language).lower(), bonus_text(old, language), bonus_text(new, language))
    yield from retitled(old, new, language)
