"""Sections of the document about the score and the shared goals, and their words for the list of changes."""

from __future__ import annotations

from contract.document_blocks import Paragraph, Points, Section, Table, code, said
from contract.sections.scoring import ScoreRule, Scoring
from contract.sections.shared_goals import SharedGoal
from contract.signed import SignedVersion
from contract.words import Language, count, number_text, share_text, word


def scoring(version: SignedVersion, language: Language) -> Section:
    """Facts, points and bands of the agreement's own score."""
    found = version.terms.scoring
    if found is None:
        return Section("scoring", word("scoring", language))
    heads = tuple(word(key, language) for key in ("fact", "part", "checked_by", "points_head"))
    rows = tuple(
        (rule.title.in_language(language), word(f"part_{rule.part}", language), when_text(rule, language),
         number_text(rule.points, language))
        for rule in found.rules
    )  # fmt: skip
    notes = (
        said("score_bands", language, list=bands_text(found, language)),
        said("score_review", language, number=number_text(found.review.least_sample, language)),
    )
    blocks = (Paragraph(word("scoring_text", language)), Table(heads, rows), Points(notes))
    return Section("scoring", word("scoring", language), blocks)


def when_text(rule: ScoreRule, language: Language) -> str:
    """`conversão em pedido-de-orcamento nos últimos 30 dias`."""
    when = rule.when
    days = count(when.within_days, "d", language) if when.within_days else ""
    return said(
        f"score_{when.kind}", language, list=", ".join(map(code, when.values)), field=code(when.field or ""),
        number=number_text(when.conversions_at_least or 0, language),
        window=said("score_window", language, days=days) if days else "",
    )  # fmt: skip


def bands_text(found: Scoring, language: Language) -> str:
    """`A a partir de 70, B a partir de 40, C a partir de 0`."""
    return ", ".join(
        said("score_band", language, band=band, points=number_text(start, language)) for band, start in found.named_bands()
    )


def shared_goals(version: SignedVersion, language: Language) -> Section:
    """What both areas reach together, and what of their bonus follows it."""
    goals = version.terms.shared_goals
    if not goals:
        return Section("shared_goals", word("shared_goals", language))
    heads = tuple(word(key, language) for key in ("goal", "minimum", "bonus"))
    rows = tuple((goal.title.in_language(language), goal_text(goal, language), bonus_text(goal, language)) for goal in goals)
    return Section(
        "shared_goals", word("shared_goals", language), (Paragraph(word("shared_goals_text", language)), Table(heads, rows))
    )


def goal_text(goal: SharedGoal, language: Language) -> str:
    """`receita faturada no mês: 400.000`."""
    return f"{word(f'goal_{goal.measure}', language)}: {number_text(goal.at_least, language)}"


def bonus_text(goal: SharedGoal, language: Language) -> str:
    """`marketing 20%, vendas 10%; paga a partir de 70% da meta`."""
    shares = {area: share_text(getattr(goal.bonus_share, area), language) for area in ("marketing", "sales")}
    text = said("bonus_of", language, **shares)
    least = said("pays_from", language, share=share_text(goal.pays_from, language)) if goal.pays_from else ""
    return f"{text}; {least}" if least else text
