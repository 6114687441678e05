"""How the truth rounds and groups: shares, money and calendar months, in exact decimals."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from math import sqrt
from typing import Any

CENT, FOUR = Decimal("0.01"), Decimal("0.0001")


def half_up(number: Decimal, unit: Decimal = CENT) -> Decimal:
    """Rounded to the unit, halves up."""
    return number.quantize(unit, ROUND_HALF_UP)


def over(part: Any, whole: Any, unit: Decimal = FOUR) -> Decimal | None:
    """part / whole, rounded to the unit; None without a part or a whole."""
    return half_up(Decimal(part) / Decimal(whole), unit) if part is not None and whole else None


def wilson_low(hits: int, total: int) -> Decimal:
    """Lower end of the 95 % interval of a share (Wilson 1927), rounded down to four places."""
    share, z = hits / total, 1.96
    low = (share + z * z / (2 * total) - z * sqrt((share * (1 - share) + z * z / (4 * total)) / total)) / (
        1 + z * z / total
    )
    return Decimal(max(0.0, low)).quantize(FOUR, ROUND_FLOOR)


def wilson(hits: int, total: int) -> tuple[Decimal, Decimal]:
    """Both ends of the 95 % interval of a share."""
    return wilson_low(hits, total), 1 - wilson_low(total - hits, total)


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months(first: date, last: date) -> Iterator[date]:
    """The first days of all months from that of `first` to that of `last`."""
    month = month_of(first)
    while month <= last:
        yield month
        month = next_month(month)
