"""A version of the agreement as a document that both leaders can read, print and sign; in pt-BR or en."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from contract.diff import differences
from contract.document_blocks import Document, Paragraph, Points, Section, Signer, said
from contract.document_calendars import calendars, exceptions
from contract.document_html import html_page
from contract.document_markdown import markdown
from contract.document_promises import commitments, routing
from contract.document_score import scoring, shared_goals
from contract.document_terms import (
    consent,
    criteria,
    glossary,
    hot,
    judging,
    parties,
    passage,
    profile,
    reasons,
    targets,
    warning_signs,
)
from contract.signed import Agreement, SignedVersion
from contract.words import Language, day_text, instant_text, language_of, word


def render_markdown(agreement: Agreement, name: str, company: str, locale: str = "pt-BR") -> str:
    """The version called `name` as Markdown. KeyError when the agreement has no such version."""
    return markdown(compose(agreement, name, company, locale))


def render_html(agreement: Agreement, name: str, company: str, locale: str = "pt-BR") -> str:
    """The version called `name` as one HTML file that fetches nothing. KeyError when there is no such version."""
    return html_page(compose(agreement, name, company, locale))


def compose(agreement: Agreement, name: str, company: str, locale: str = "pt-BR") -> Document:
    """The content of the document, apart from how it is printed."""
    version, language = agreement.version(name), language_of(locale)
    terms, signed = version.terms, version.terms.signatures
    start = day_text(version.effective_from.astimezone(ZoneInfo(version.calendar.zone)).date(), language)
    sections = (
        parties(agreement, version, company, language),
        glossary(agreement, language),
        profile(version, language),
        criteria("mql", terms.qualification.mql, language),
        criteria("sql", terms.qualification.sql, language),
        hot(version, language),
        scoring(version, language),
        routing(version, language),
        commitments(version, "marketing", language),
        commitments(version, "sales", language),
        reasons(version, language),
        passage(version, language),
        consent(version, language),
        judging(language),
        calendars(version, language),
        targets(version, language),
        shared_goals(version, language),
        warning_signs(version, language),
    )
    annexes = (exceptions(agreement, version, language), _changes(agreement, version, language))
    return Document(
        language=language,
        title=word("title", language),
        subtitle=word("subtitle", language),
        company=company,
        version=version.version,
        fingerprint=version.agreement_hash,
        facts=_facts(agreement, version, language),
        sections=tuple(section for section in sections if not section.empty),
        closing=said("closing", language, start=start),
        signers=tuple(
            Signer(word(area, language), by.name, by.role, day_text(by.signed_on, language))
            for area, by in (("marketing", signed.marketing), ("sales", signed.sales))
        ),
        annexes=tuple(annex for annex in annexes if not annex.empty),
    )


def _facts(agreement: Agreement, version: SignedVersion, language: Language) -> tuple[tuple[str, str], ...]:
    since = instant_text(version.effective_from, version.calendar.zone, language)
    earlier = _earlier(agreement, version)
    replaces = f"{word('version', language)} {earlier.version}" if earlier else word("first_one", language)
    return (
        (word("version", language), version.version),
        (word("in_force_from", language), f"{since} ({version.calendar.zone})"),
        (word("replaces", language), replaces),
    )


def _earlier(agreement: Agreement, version: SignedVersion) -> SignedVersion | None:
    found = [item for item in agreement.versions if item.effective_from < version.effective_from]
    return found[-1] if found else None


def _changes(agreement: Agreement, version: SignedVersion, language: Language) -> Section:
    """What the version changes against the one before it; empty for the first."""
    earlier = _earlier(agreement, version)
    if earlier is None:
        return Section("changes", "")
    lines = tuple(differences(earlier, version, language, signatures=False))
    body = Points(lines) if lines else Paragraph(word("no_changes", language))
    return Section("changes", said("changes", language, version=earlier.version), (body,))
