"""Numbers, money, dates and durations as Brazilians (or English readers) write them, by Babel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_compact_currency, format_currency, format_decimal, format_percent

Number = int | float | Decimal
MISSING = "–"


@dataclass(frozen=True)
class Formats:
    """Formats of one locale (``pt-BR`` or ``en``), one zone and one currency. Every method takes ``None`` and answers ``–``."""

    locale: str = "pt-BR"
    time_zone: str = "America/Sao_Paulo"
    currency: str = "BRL"

    @property
    def _babel(self) -> Locale:
        return Locale.parse(self.locale.replace("-", "_"))

    def number(self, value: Number | None, places: int = 0) -> str:
        """``12.345`` in pt-BR."""
        if value is None:
            return MISSING
        pattern = "#,##0" + ("." + "0" * places if places else "")
        return format_decimal(value, format=pattern, locale=self._babel)

    def percent(self, share: Number | None, places: int = 0) -> str:
        """A share between 0 and 1 as a percentage: ``72%``."""
        if share is None:
            return MISSING
        pattern = "#,##0" + ("." + "0" * places if places else "") + "%"
        return format_percent(share, format=pattern, locale=self._babel)

    def money(self, value: Number | None, compact: bool = False) -> str:
        """``R$ 1.234,56``, or ``R$ 1,2 mi`` when compact."""
        if value is None:
            return MISSING
        if compact:
            return format_compact_currency(value, self.currency, locale=self._babel, fraction_digits=1)
        return format_currency(value, self.currency, locale=self._babel)

    def day(self, value: date | None) -> str:
        """``30/06/2026`` in pt-BR."""
        return (
            MISSING
            if value is None
            else format_date(value, "short" if self.locale == "en" else "dd/MM/yyyy", self._babel)
        )

    def instant(self, value: datetime | None) -> str:
        """A UTC instant (naive = UTC) in the company's zone: ``30/06/2026 18:00``."""
        if value is None:
            return MISSING
        local = value.replace(tzinfo=value.tzinfo or UTC).astimezone(ZoneInfo(self.time_zone))
        return format_datetime(
            local, "dd/MM/yyyy HH:mm" if self.locale != "en" else "yyyy-MM-dd HH:mm", locale=self._babel
        )

    def duration(self, seconds: Number | None) -> str:
        """Seconds in the two largest units: ``4 min 10 s``, ``2 h 05 min``, ``3 d 4 h``; negative with a minus."""
        if seconds is None:
            return MISSING
        whole = round(abs(float(seconds)))
        sign = "-" if float(seconds) < 0 and whole else ""
        days, rest = divmod(whole, 86_400)
        hours, rest = divmod(rest, 3_600)
        minutes, secs = divmod(rest, 60)
        if days:
            text = f"{days} d {hours} h" if hours else f"{days} d"
        elif hours:
            text = f"{hours} h {minutes:02d} min" if minutes else f"{hours} h"
        elif minutes:
            text = f"{minutes} min {secs:02d} s" if secs else f"{minutes} min"
        else:
            text = f"{secs} s"
        return sign + text
