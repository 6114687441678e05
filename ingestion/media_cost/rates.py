"""Exchange rates from a file of the company folder: `date,currency,rate`, units of the company's currency for one.

Central banks give no rate on weekends and holidays: the last one before counts, up to a week old.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

from contract.problems import Problem
from ingestion.media_cost.settings import MediaCostError

_OLDEST = timedelta(days=7)
_HEADER = ["date", "currency", "rate"]


class Rates:
    """Rates by currency and day. Without a file there are none."""

    def __init__(self, path: Path | None = None) -> None:
        self._by_currency: dict[str, list[tuple[date, Decimal]]] = {}
        if path is not None:
            self._read(path)

    def on(self, currency: str, day: date) -> Decimal | None:
        """The rate of the day, or of the last day before it within a week; None when there is none."""
        known = self._by_currency.get(currency, [])
        at = bisect_right(known, day, key=lambda pair: pair[0]) - 1
        return known[at][1] if at >= 0 and day - known[at][0] <= _OLDEST else None

    def _read(self, path: Path) -> None:
        name, problems = f"{path.parent.name}/{path.name}", list[Problem]()
        with path.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.reader(text)
            if [cell.strip().casefold() for cell in next(reader, [])] != _HEADER:
                raise MediaCostError([Problem(name, 1, "", "has another header", "Write date,currency,rate.")])
            for cells in reader:
                if not any(cells):
                    continue
                try:
                    when, currency, rate = date.fromisoformat(cells[0].strip()), cells[1].strip(), Decimal(cells[2])
                    if rate <= 0 or len(currency) != 3:
                        raise ValueError
                except (ValueError, IndexError, InvalidOperation):
                    remedy = "Write it as 2026-06-30,USD,5.4321 (decimal point)."
                    problems.append(Problem(name, reader.line_num, "", "is not a rate", remedy))
                    continue
                self._by_currency.setdefault(currency.upper(), []).append((when, rate))
        if problems:
            raise MediaCostError(problems)
        for known in self._by_currency.values():
            known.sort()
