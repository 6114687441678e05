"""Days and amounts as the exports write them. A whole file decides how its doubtful texts are read, not one line.

`1.234` is a thousand in a Brazilian file and one in an American one; `03/04/2026` is a day in April or in March. The
reading that fits more lines wins; where both fit equally, the language of the header decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

Mark = Literal[".", ","]
Order = Literal["dmy", "mdy"]

_NUMBER: dict[Mark, re.Pattern[str]] = {
    ".": re.compile(r"[-+]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?"),
    ",": re.compile(r"[-+]?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?"),
}
_NOTHING = frozenset({"", "-", "--", "—"})
_CENT = Decimal("0.01")
_LARGEST = Decimal(10) ** 16  # decimal(18,2)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ].*)?")
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_NAMED = (
    re.compile(r"(?P<month>[a-z]{3})[a-z]*\.? (?P<day>\d{1,2}),? (?P<year>\d{4})"),  # Jul 1, 2026
    re.compile(r"(?P<day>\d{1,2}) (?:de )?(?P<month>[a-zç]{3})[a-zç]*\.?,? (?:de )?(?P<year>\d{4})"),  # 1 de jul. de 2026
)
_MONTHS = {
    name: number
    for names in ("jan feb mar apr may jun jul aug sep oct nov dec", "jan fev mar abr mai jun jul ago set out nov dez")
    for number, name in enumerate(names.split(), start=1)
}


def is_nothing(text: str) -> bool:
    """How platforms write that there is no figure."""
    return text.strip() in _NOTHING


def amount(text: str, mark: Mark) -> Decimal | None:
    """An amount of money, half up to the cent; nothing is zero (the campaign spent nothing). None when unreadable."""
    if is_nothing(text):
        return Decimal("0.00")
    plain = _plain(text)
    if not _NUMBER[mark].fullmatch(plain):
        return None
    value = Decimal(plain.replace("." if mark == "," else ",", "").replace(",", ".")).quantize(_CENT, ROUND_HALF_UP)
    return value if abs(value) < _LARGEST else None


def count(text: str) -> int | None:
    """A whole number whatever groups it: 1.234, 1,234 or 1 234. None when it is none."""
    plain = re.sub(r"[.,\s\u00a0](?=\d{3}(\D|$))", "", text.strip())
    return int(plain) if re.fullmatch(r"\d{1,18}", plain) else None


def decimal_mark(texts: Iterable[str], is_portuguese: bool) -> Mark:
    """The mark under which more of the texts are numbers."""
    written = [_plain(text) for text in texts if not is_nothing(text)]
    fits = {mark: sum(1 for text in written if pattern.fullmatch(text)) for mark, pattern in _NUMBER.items()}
    if fits["."] != fits[","]:
        return max(fits, key=lambda mark: fits[mark])
    return "," if is_portuguese else "."


def day(text: str, order: Order) -> date | None:
    """A calendar day; None when the text is none."""
    plain = text.strip().casefold()
    if match := _ISO.fullmatch(plain):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _SLASHED.fullmatch(plain):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        return _date(year, second, first) if order == "dmy" else _date(year, first, second)
    for pattern in _NAMED:
        if (match := pattern.fullmatch(plain)) and match["month"] in _MONTHS:
            return _date(int(match["year"]), _MONTHS[match["month"]], int(match["day"]))
    return None


def date_order(texts: Iterable[str], is_portuguese: bool) -> Order:
    """The order under which more of the texts are days."""
    written = {text.strip() for text in texts}
    fits: dict[Order, int] = {"dmy": 0, "mdy": 0}
    for order in fits:
        fits[order] = sum(1 for text in written if day(text, order))
    if fits["dmy"] != fits["mdy"]:
        return max(fits, key=lambda order: fits[order])
    return "dmy" if is_portuguese else "mdy"


def _plain(text: str) -> str:
    return re.sub(r"R\$|US\$|\$|€|£|[A-Z]{3}|[\s\u00a0]", "", text.strip())


def _date(year: int, month: int, number: int) -> date | None:
    try:
        return date(year, month, number)
    except ValueError:
        return None
