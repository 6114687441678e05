"""The agreement's document as Markdown (GitHub flavour: tables)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from contract.document_blocks import CODE, STRONG, Block, Document, Facts, Paragraph, Points, Section, Table
from contract.words import word

_SPECIAL = re.compile(r"([\\`*\[\]<>])")
_LINE_START = re.compile(r"^(#{1,6}\s|[-+]\s|>|(?:\d+)[.)]\s)")


def markdown(document: Document) -> str:
    """The document as one Markdown text, ending with a line break."""
    language = document.language
    parts = [
        f"# {_text(document.title)}",
        f"**{_text(document.company)}**",
        _text(document.subtitle),
        "\n".join(f"- **{_text(label)}**: {_text(value)}" for label, value in document.facts),
        *(part for number, section in document.numbered() for part in _section(section, number, 2)),
        f"## {word('signatures', language)}",
        _text(document.closing),
        _signatures(document),
        f"{word('fingerprint', language)}: `{document.fingerprint}`",
    ]
    for letter, annex in document.lettered():
        named = Section(
            annex.key, f"{word('annex', language)} {letter}: {annex.title}", annex.blocks, annex.sections
        )
        parts += _section(named, "", 2)
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(section: Section, number: str, level: int) -> Iterator[str]:
    head = f"{number}. " if level == 2 and number else f"{number} " if number else ""
    yield f"{'#' * level} {head}{_text(section.title)}"
    for block in section.blocks:
        yield _block(block)
    for index, child in enumerate(section.sections, 1):
        yield from _section(child, f"{number}.{index}" if number else "", level + 1)


def _block(block: Block) -> str:
    if isinstance(block, Paragraph):
        return _guarded(_text(block.text))
    if isinstance(block, Points):
        return "\n".join(
            f"{index}. {_text(item)}" if block.ordered else f"- {_text(item)}"
            for index, item in enumerate(block.items, 1)
        )
    if isinstance(block, Facts):
        return "\n".join(f"- **{_text(label)}**: {_text(value)}" for label, value in block.pairs)
    return _table(block)


def _table(table: Table) -> str:
    return "\n".join(
        [_row(table.heads), "|" + " --- |" * len(table.heads), *(_row(row) for row in table.rows)]
    )


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_text(cell).replace("|", "\\|") for cell in cells) + " |"


def _signatures(document: Document) -> str:
    heads = [word(key, document.language) for key in ("area", "name", "role", "signed_on", "signature")]
    rows = [f"{_row((by.area, by.name, by.role, by.signed_on))} {'&nbsp;' * 30} |" for by in document.signers]
    return "\n".join([_row(heads), "|" + " --- |" * len(heads), *rows])


def _text(text: str) -> str:
    """One line of Markdown: what a person wrote stays literal, our own marks become Markdown's."""
    line = _SPECIAL.sub(r"\\\1", " ".join(text.split(" ")).replace("\n", " "))
    line = re.sub(f"{CODE[0]}([^{CODE[0]}{CODE[1]}]*){CODE[1]}", _code, line)
    return line.replace(STRONG[0], "**").replace(STRONG[1], "**")


def _code(match: re.Match[str]) -> str:
    return "`" + re.sub(r"\\([\\`*\[\]<>])", r"\1", match.group(1)).replace("`", "'") + "`"


def _guarded(line: str) -> str:
    return re.sub(_LINE_START, r"\\\1", line)
