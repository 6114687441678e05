"""Values as Protheus rows hold them, and the row itself."""

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sandbox.company.worktime import DAY, LOCAL_OFFSET

EPOCH = date(1970, 1, 1)


def cents(amount: int) -> Decimal:
    """An amount in cents as the decimal that a row holds."""
    return Decimal(f"{amount}e-2")


@lru_cache(maxsize=4096)
def _day_text(day: int) -> str:
    return f"{EPOCH + timedelta(days=day):%Y%m%d}"


def ymd(t: float) -> str:
    """The local date as Protheus writes it."""
    return _day_text(int((t + LOCAL_OFFSET) // DAY))


def hour_minute(t: float) -> str:
    """The local time of day as Protheus writes it, HH:MM."""
    minutes = int((t + LOCAL_OFFSET) % DAY // 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def days_after(t: float, days: int) -> str:
    """The local date some days later, as Protheus writes it."""
    return ymd(t + days * DAY)


class Row:
    """One physical row: `values` is what the last change left (padded)."""

    __slots__ = ("alias", "deleted", "recno", "values")

    def __init__(self, alias: str, recno: int, values: dict[str, Any]) -> None:
        self.alias, self.recno, self.values, self.deleted = alias, recno, values, False

    def number(self, column: str) -> int:
        """A money column in cents."""
        return int(self.values[column].scaleb(2))

    def text(self, column: str) -> str:
        """A text column without its padding."""
        return str(self.values[column]).rstrip()
