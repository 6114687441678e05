"""Sections of the document that say who agrees, what the words mean, and what follows from a reason or a figure."""

from __future__ import annotations

from contract.document_blocks import Block, Facts, Paragraph, Points, Section, Table, code, said, strong
from contract.model import Criteria, Reason
from contract.sections.qualification import CriterionRule
from contract.signed import Agreement, SignedVersion
from contract.words import (
    WORDS,
    Language,
    clocked,
    count,
    instant_text,
    listed,
    number_text,
    share_text,
    target_text,
    word,
)

CLAUSE_VERDICTS = ("met", "breached", "running", "waived", "not_applicable", "not_judgeable")


def parties(agreement: Agreement, version: SignedVersion, company: str, language: Language) -> Section:
    """Who agrees, from when until when, and what a version is."""
    signed = version.terms.signatures
    zone = version.calendar.zone
    start = instant_text(version.effective_from, zone, language)
    following = next(
        (later for later in agreement.versions if later.effective_from > version.effective_from), None
    )
    if following is None:
        period = said("period_text", language, start=start, zone=zone)
    else:
        end = instant_text(following.effective_from, zone, language)
        period = said("period_ended", language, start=start, end=end, zone=zone, next=following.version)
    people = Facts(
        tuple(
            (word(area, language), f"{by.name}, {by.role}")
            for area, by in (("marketing", signed.marketing), ("sales", signed.sales))
        )
    )
    intro = Paragraph(said("parties_text", language, company=strong(company)))
    return _section(
        "parties", language, intro, people, Paragraph(period), Paragraph(word("pinned", language))
    )


def glossary(agreement: Agreement, language: Language) -> Section:
    """The words both areas use."""
    pairs = tuple(
        (term.term.in_language(language), term.meaning.in_language(language)) for term in agreement.glossary
    )
    return _section("glossary", language, *([Facts(pairs)] if pairs else []))


def profile(version: SignedVersion, language: Language) -> Section:
    """The ideal customer profile."""
    icp = version.terms.icp
    if icp is None:
        return _section("icp", language)
    pairs = [
        (word(key, language), ", ".join(getattr(icp, key)))
        for key in ("sectors", "company_sizes", "roles", "regions")
        if getattr(icp, key)
    ]
    if icp.behaviour is not None:
        pairs.append((word("behaviour", language), icp.behaviour.in_language(language)))
    return _section("icp", language, *([Facts(tuple(pairs))] if pairs else []))


def criteria(key: str, found: Criteria, language: Language) -> Section:
    """The conditions of an MQL or an SQL, with what the data can check of them."""
    heads = ["condition", "measured_by"]
    rules = [rule_text(getattr(item, "rule", None), language) for item in found.criteria]
    if any(rules):
        heads.append("checked_by")
    rows = []
    for item, rule in zip(found.criteria, rules, strict=True):
        row = [item.title.in_language(language), item.measured_by.in_language(language)]
        rows.append((*row, rule or word("rule_none", language)) if any(rules) else tuple(row))
    table = Table(tuple(word(head, language) for head in heads), tuple(rows))
    if len(rows) < 2:
        return _section(key, language, table)
    return _section(key, language, Paragraph(word("all_conditions", language)), table)


def rule_text(rule: CriterionRule | None, language: Language) -> str:
    """What the data check of a criterion; empty when people judge it."""
    if rule is None:
        return ""
    if rule.minimum is not None:
        return said(f"rule_{rule.kind}", language, points=number_text(rule.minimum, language))
    return said(f"rule_{rule.kind}", language, list=", ".join(map(code, rule.values)))


def hot(version: SignedVersion, language: Language) -> Section:
    """When a lead is hot."""
    rule = version.terms.hot_when
    ways: list[str] = []
    if rule.conversions:
        days = count(rule.within_days, "d", language)
        ways.append(said("hot_conversion", language, days=days, list=", ".join(map(code, rule.conversions))))
    if rule.interest_at_least is not None:
        ways.append(said("hot_interest", language, points=number_text(rule.interest_at_least, language)))
    if not ways:
        return _section("hot", language, Paragraph(word("hot_never", language)))
    intro = Paragraph(word("one_holds" if len(ways) > 1 else "when_it", language))
    return _section(
        "hot", language, intro, Points(tuple(ways)), Paragraph(word("hot_text", language), small=True)
    )


def reasons(version: SignedVersion, language: Language) -> Section:
    """Reasons of return and loss, and what follows each."""
    heads = ("reason", "next", "returns_by")
    rows = tuple(
        (
            reason.title.in_language(language),
            word(reason.next_step, language),
            way_back(reason, language) or "–",
        )
        for reason in version.terms.reasons
    )
    table = Table(tuple(word(head, language) for head in heads), rows)
    return _section("reasons", language, Paragraph(word("reasons_text", language)), table)


def way_back(reason: Reason, language: Language) -> str:
    """By what a lead enters nurture: the conversion, the flow, or one and then the other; empty for other next steps."""
    ways = [code(reason.return_identifier)] if reason.return_identifier else []
    if reason.flow:
        ways.append(said("flow_name", language, flow=code(reason.flow)))
    return " + ".join(ways)


def passage(version: SignedVersion, language: Language) -> Section:
    """When a hand-over closes by standing still."""
    days = count(version.terms.passage.inactivity_days, "d", language)
    return _section("passage", language, Paragraph(said("passage_text", language, days=days)))


def consent(version: SignedVersion, language: Language) -> Section:
    """Who may be pushed back into nurture."""
    return _section(
        "consent", language, Paragraph(word(f"consent_{version.terms.consent.unknown}", language))
    )


def targets(version: SignedVersion, language: Language) -> Section:
    """The figures both areas aim at."""
    rows = tuple((word(item.metric, language), target_text(item, language)) for item in version.terms.targets)
    heads = (word("metric", language), word("target", language))
    return _section("targets", language, *([Table(heads, rows)] if rows else []))


def warning_signs(version: SignedVersion, language: Language) -> Section:
    """Thresholds from which both areas must talk."""
    found = version.terms.warning_signs.thresholds()
    if not found:
        return _section("warning_signs", language)
    points = Points(tuple(sign_text(name, value, language) for name, value in found.items()))
    return _section("warning_signs", language, Paragraph(word("warning_text", language)), points)


def sign_text(name: str, value: float, language: Language) -> str:
    """`mais de 20% dos leads passados sem nenhuma tentativa de contato`."""
    figure = share_text(value, language) if name.endswith("_share_above") else number_text(value, language)
    return said(name, language, value=figure)


def judging(language: Language) -> Section:
    """How time is counted and what the verdicts mean."""
    time = Section(
        "time",
        word("time", language),
        (Points((said("time_business", language), said("time_elapsed", language))),),
    )
    meanings = tuple(
        (word(verdict, language), word(f"{verdict}_text", language)) for verdict in CLAUSE_VERDICTS
    )
    blocks = (
        Paragraph(word("verdicts_text", language)),
        Facts(meanings),
        Paragraph(word("late_text", language)),
    )
    judged = Section(
        "verdicts", word("verdicts", language), (*blocks, Paragraph(word("code_text", language), True))
    )
    return Section("judging", word("judging", language), (), (time, judged))


def limit_text(limit: int, clock: str, language: Language) -> str:
    """A limit in strong words."""
    return strong(clocked(limit, clock, language))


def names(values: tuple[str, ...], prefix: str, language: Language) -> str:
    """Names of channels or fields in words; one that has no word is shown as it is written in the systems."""
    return listed(
        [
            word(f"{prefix}_{value}", language) if f"{prefix}_{value}" in WORDS else code(value)
            for value in values
        ],
        language,
    )


def _section(key: str, language: Language, *blocks: Block) -> Section:
    return Section(key, word(key, language), blocks)
