"""The forms that a change takes in words: from … to, added and removed, item by item."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from contract.document_blocks import CODE, STRONG
from contract.words import Language, word

Item = TypeVar("Item")
_MARKS = re.compile(f"[{CODE[0]}{CODE[1]}{STRONG[0]}{STRONG[1]}]")


def arrow(label: str, old: str, new: str) -> Iterator[str]:
    """`prazo 10 minutos → 5 minutos`; nothing when both are the same."""
    if old != new:
        yield _MARKS.sub("", f"{label} {old} → {new}".lstrip())


def lists(label: str, old: Sequence[str], new: Sequence[str], language: Language) -> Iterator[str]:
    """One line for each item that came or went; a change of the order alone has a line too."""
    head = f"{label}: " if label else ""
    came = [f"{head}{word('added', language)} {item}" for item in new if item not in old]
    went = [f"{head}{word('removed', language)} {item}" for item in old if item not in new]
    yield from (_MARKS.sub("", line) for line in (*came, *went))
    if not came and not went:
        yield from arrow(f"{head}{word('order_of', language)}", ", ".join(old), ", ".join(new))


def items(
    old: Mapping[str, Item],
    new: Mapping[str, Item],
    compare: Callable[[Item, Item, Language], Iterable[str]],
    title: Callable[[Item, Language], str],
    language: Language,
    describe: Callable[[Item, Language], str] = lambda item, language: "",
) -> Iterator[str]:
    """Parts with a name: which are new (`describe` says what they hold), which are gone, what changed in the others."""
    for key in {**old, **new}:
        if key not in old:
            held = _MARKS.sub("", describe(new[key], language))
            yield f"{title(new[key], language)}: {word('added', language)}{f' ({held})' if held else ''}"
        elif key not in new:
            yield f"{title(old[key], language)}: {word('removed', language)}"
        else:
            yield from behind(title(new[key], language), compare(old[key], new[key], language))
    stayed = [[key for key in side if key in old and key in new] for side in (old, new)]
    if stayed[0] != stayed[1]:
        names = [", ".join(title(new[key], language) for key in side) for side in stayed]
        yield from arrow(word("order_of", language).capitalize(), names[0], names[1])


def behind(label: str, changes: Iterable[str]) -> Iterator[str]:
    """Each change after the name of what changed."""
    return (f"{label}: {change}" for change in changes)


def of_title(item: Any, language: Language) -> str:
    """The title of a part."""
    return str(item.title.in_language(language))


def retitled(old: Any, new: Any, language: Language) -> Iterator[str]:
    """`«old title» → «new title»`."""
    return arrow("", f"«{of_title(old, language)}»", f"«{of_title(new, language)}»")


def presence(name: str, old: object | None, new: object | None, language: Language) -> Iterator[str]:
    """A section that came or went."""
    if (old is None) != (new is None):
        yield f"{name}: {word('added' if old is None else 'removed', language)}"
