"""What is wrong with a configuration file, where, and what to do about it.

Every reader of the company folder collects `Problem`s and raises them all at once: a person who fixes a file
wants the whole list, not the first line of it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Problem:
    """One fault. `line` counts from 1; 0 means that the fault belongs to the file as a whole."""

    file: str
    line: int
    path: str
    message: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        subject = f"{self.path}: " if self.path else ""
        return f"{where}: {subject}{self.message}. {self.remedy}"


class ConfigurationError(Exception):
    """Faults of a company folder; `problems` holds all of them, ordered by file and line."""

    title = "The company folder has {count}"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: list[Problem] = sorted(
            set(problems), key=lambda p: (p.file, p.line, p.path, p.message)
        )
        count = f"{len(self.problems)} problem{'' if len(self.problems) == 1 else 's'}"
        lines = "\n".join(f"  {problem}" for problem in self.problems)
        super().__init__(f"{self.title.format(count=count)}:\n{lines}")


class AgreementError(ConfigurationError):
    """Faults of the agreement or of the mappings that belong to it."""

    title = "The agreement has {count}"


def dotted(path: Sequence[str | int]) -> str:
    """`("versions", 0, "hot_when")` → `versions[0].hot_when`: how messages name a place in a file.

    A key that is an e-mail address shows as `[e-mail]`: messages end up in logs, and the line is enough.
    """
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        elif "@" in key:
            text += "[e-mail]"
        else:
            text += f".{key}" if text else key
    return text


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean "x"?`, or the list of what is known when nothing is close."""
    names = sorted(set(known))
    folded = {name.casefold(): name for name in names}
    close = difflib.get_close_matches(word.casefold(), folded, n=1, cutoff=0.6)
    if close:
        return f'Did you mean "{folded[close[0]]}"?'
    return f"Use one of: {', '.join(names)}." if names else "Remove it."
