"""What the agreement's document is made of, apart from how it is printed: sections, tables, lists.

Texts are plain. Two marks may stand in them: `code` for identifiers and `strong` for emphasis; they are control
characters, which YAML does not let into an agreement, so nothing that a person wrote can look like one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contract.words import Language, word

CODE = ("\x02", "\x03")
STRONG = ("\x0e", "\x0f")


def code(text: str) -> str:
    """Mark an identifier: it is printed as it is written in the systems."""
    return f"{CODE[0]}{text}{CODE[1]}"


def strong(text: str) -> str:
    """Mark words that matter."""
    return f"{STRONG[0]}{text}{STRONG[1]}"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of text; `small` ones are remarks."""

    text: str
    small: bool = False


@dataclass(frozen=True)
class Points:
    """A list; `ordered` when the order is part of what was agreed."""

    items: tuple[str, ...]
    ordered: bool = False


@dataclass(frozen=True)
class Facts:
    """Labels with their values: parties, terms and meanings."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Table:
    """Rows under headings; every row has as many cells as there are headings."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Paragraph | Points | Facts | Table


@dataclass(frozen=True)
class Section:
    """A numbered section; sections inside it are numbered below it."""

    key: str
    title: str
    blocks: tuple[Block, ...] = ()
    sections: tuple[Section, ...] = ()

    @property
    def empty(self) -> bool:
        """Nothing to print."""
        return not self.blocks and not self.sections


@dataclass(frozen=True)
class Signer:
    """One of the two who sign."""

    area: str
    name: str
    role: str
    signed_on: str


@dataclass(frozen=True)
class Document:
    """The whole document of one version, ready to be printed."""

    language: Language
    title: str
    subtitle: str
    company: str
    version: str
    fingerprint: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    closing: str
    signers: tuple[Signer, ...]
    annexes: tuple[Section, ...]

    def numbered(self) -> Iterator[tuple[str, Section]]:
        """The sections with their numbers, from 1."""
        return ((str(number), section) for number, section in enumerate(self.sections, 1))

    def lettered(self) -> Iterator[tuple[str, Section]]:
        """The annexes with their letters, from A."""
        return ((chr(ord("A") + index), annex) for index, annex in enumerate(self.annexes))


def said(key: str, language: Language, **values: str) -> str:
    """One of our sentences with its names filled in; `**` in the sentence (not in the values) marks strong words."""
    pieces = word(key, language).split("**")
    text = "".join(strong(piece) if index % 2 else piece for index, piece in enumerate(pieces))
    return text.format(**values)
