"""The agreement's document as one HTML file: nothing is fetched, it prints on A4 with numbered pages."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from contract.document_blocks import CODE, STRONG, Block, Document, Facts, Paragraph, Points, Section, Table
from contract.words import word

STYLE = Path(__file__).with_name("document.css")
SHORT_TABLE = 5  # rows that stay together on one page
_LANGUAGE_TAGS = {"pt": "pt-BR", "en": "en"}
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def html_page(document: Document) -> str:
    """The document as a complete page; `document.css` is written into it."""
    return "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{_LANGUAGE_TAGS[document.language]}">',
            *_head(document),
            "<body>",
            "<main>",
            *_title(document),
            *_contents(document),
            *(line for number, section in document.numbered() for line in _section(section, number, 2)),
            *_signatures(document),
            *_annexes(document),
            "</main>",
            "</body>",
            "</html>",
            "",
        ]
    )


def _head(document: Document) -> Iterator[str]:
    language = document.language
    name = f"{document.title} · {document.company} · {document.version}"
    footer = f"{word('version', language)} {document.version} · sha256 {document.fingerprint}"
    page, of = (_css_string(word(key, language)) for key in ("page", "page_of"))
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_text(name)}</title>"
    yield "<style>"
    yield STYLE.read_text(encoding="utf-8").rstrip()
    yield "@page {"
    yield f"  @top-right {{ content: {_css_string(document.company)}; }}"
    yield f"  @bottom-left {{ content: {_css_string(footer)}; }}"
    yield f'  @bottom-right {{ content: {page} " " counter(page) " " {of} " " counter(pages); }}'
    yield "}"
    yield "</style>"
    yield "</head>"


def _title(document: Document) -> Iterator[str]:
    yield "<header>"
    yield f'<p class="company">{_text(document.company)}</p>'
    yield f"<h1>{_text(document.title)}</h1>"
    yield f'<p class="subtitle">{_text(document.subtitle)}</p>'
    yield '<dl class="facts">'
    yield from (
        f"<div><dt>{_text(label)}</dt><dd>{_text(value)}</dd></div>" for label, value in document.facts
    )
    yield "</dl>"
    yield "</header>"


def _contents(document: Document) -> Iterator[str]:
    language = document.language
    yield f'<nav aria-label="{word("contents", language)}">'
    yield f"<h2>{word('contents', language)}</h2>"
    yield "<ol>"
    for number, section in document.numbered():
        yield f'<li><a href="#{section.key}"><span class="number">{number}</span> {_text(section.title)}</a></li>'
    number = str(len(document.sections) + 1)
    title = word("signatures", language)
    yield f'<li><a href="#signatures"><span class="number">{number}</span> {title}</a></li>'
    for letter, annex in document.lettered():
        label = f"{word('annex', language)} {letter}"
        yield f'<li><a href="#{annex.key}"><span class="number">{label}</span> {_text(annex.title)}</a></li>'
    yield "</ol>"
    yield "</nav>"


def _section(section: Section, number: str, level: int) -> Iterator[str]:
    yield f'<section id="{section.key}">'
    yield f'<h{level}><span class="number">{number}</span> {_text(section.title)}</h{level}>'
    for block in section.blocks:
        yield from _block(block)
    for index, child in enumerate(section.sections, 1):
        yield from _section(child, f"{number}.{index}", level + 1)
    yield "</section>"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield f'<p class="small">{_text(block.text)}</p>' if block.small else f"<p>{_text(block.text)}</p>"
    elif isinstance(block, Points):
        tag = "ol" if block.ordered else "ul"
        yield f"<{tag}>"
        yield from (f"<li>{_text(item)}</li>" for item in block.items)
        yield f"</{tag}>"
    elif isinstance(block, Facts):
        yield '<dl class="terms">'
        yield from (
            f"<div><dt>{_text(label)}</dt><dd>{_text(value)}</dd></div>" for label, value in block.pairs
        )
        yield "</dl>"
    else:
        yield from _table(block)


def _table(table: Table) -> Iterator[str]:
    yield '<table class="short">' if len(table.rows) <= SHORT_TABLE else "<table>"
    yield (
        "<thead><tr>"
        + "".join(f'<th scope="col">{_text(head)}</th>' for head in table.heads)
        + "</tr></thead>"
    )
    yield "<tbody>"
    yield from ("<tr>" + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>" for row in table.rows)
    yield "</tbody>"
    yield "</table>"


def _signatures(document: Document) -> Iterator[str]:
    language = document.language
    number = len(document.sections) + 1
    yield '<section id="signatures">'
    yield f'<h2><span class="number">{number}</span> {word("signatures", language)}</h2>'
    yield f"<p>{_text(document.closing)}</p>"
    yield '<div class="signers">'
    for by in document.signers:
        yield '<div class="signer">'
        yield '<div class="line"></div>'
        yield f'<p class="name">{_text(by.name)}</p>'
        yield f"<p>{_text(by.role)}</p>"
        yield f'<p class="area">{_text(by.area)}</p>'
        yield f'<p class="date"><span>{word("signed_on", language)}</span> {_text(by.signed_on)}</p>'
        yield "</div>"
    yield "</div>"
    yield f'<p class="fingerprint">{word("fingerprint", language)}<br><code>{document.fingerprint}</code></p>'
    yield "</section>"


def _annexes(document: Document) -> Iterator[str]:
    for letter, annex in document.lettered():
        yield f'<section id="{annex.key}" class="annex">'
        label = f"{word('annex', document.language)} {letter}"
        yield f'<h2><span class="number">{label}</span> {_text(annex.title)}</h2>'
        for block in annex.blocks:
            yield from _block(block)
        for index, child in enumerate(annex.sections, 1):
            yield from _section(child, f"{letter}.{index}", 3)
        yield "</section>"


def _text(text: str) -> str:
    """Escaped text with our own marks as elements; a mark without its partner is dropped."""
    escaped = html.escape(text)
    for (begin, end), tag in ((CODE, "code"), (STRONG, "strong")):
        escaped = re.sub(f"{begin}([^{begin}{end}]*){end}", rf"<{tag}>\1</{tag}>", escaped)
    return re.sub(f"[{CODE[0]}{CODE[1]}{STRONG[0]}{STRONG[1]}]", "", escaped)


def _css_string(text: str) -> str:
    """A CSS string that can stand inside <style>: everything but plain characters is escaped by its number."""
    return '"' + re.sub(r"[^\w .,:·-]", lambda found: f"\\{ord(found.group()):x} ", text) + '"'
