"""One export: its lines summed by campaign and day, its bad lines, its own total, and whether its last day is whole."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from contract.problems import Problem
from contract.yaml_source import Lines
from ingestion.errors import SourceError
from ingestion.media_cost import values
from ingestion.media_cost.columns import Columns, find_columns, is_header
from ingestion.media_cost.rates import Rates
from ingestion.media_cost.settings import Account, MediaCostError
from ingestion.media_cost.sheet import Line, Sheet
from ingestion.plausible import LONGEST
from ingestion.rows import Row

# More bad lines than good ones is not a bad line here and there: it is a wrong file.
_TOLERATED_SHARE = 0.5
_TOTALS = re.compile(r"total\b.*", re.IGNORECASE)
_GENERATED = re.compile(r'"?Date Generated: (\w+ \d{1,2}, \d{4}),? (\d{1,2}:\d\d ?[AP]M)', re.IGNORECASE)
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Company:
    """What of the company an export is read with: its currency, its zone, and the exchange rates it has."""

    currency: str
    time_zone: str
    rates: Rates


@dataclass
class _Day:
    """A campaign on a day; one export may have several lines of it (devices, ad sets): they are summed."""

    campaign_ref: str | None
    campaign_name: str
    spent_on: date
    currency: str
    channel: str | None
    amount: Decimal = Decimal("0.00")
    impressions: int | None = None
    clicks: int | None = None


@dataclass
class Export:
    """What one file says. `rows` are `daily` rows, `quarantine` its lines that cannot be read, `summary` a `files` row."""

    rows: list[Row] = field(default_factory=list)
    quarantine: list[Row] = field(default_factory=list)
    summary: Row = field(default_factory=dict)


class _Bad(ValueError):
    def __init__(self, column: str, reason: str) -> None:
        self.column, self.reason = column, reason
        super().__init__(reason)


def read_export(path: Path, account: Account, company: Company, where: tuple[Lines, int]) -> Export:
    """Read one export. `where`: the mapping's lines and the index of `account` in it.

    Raises SourceError for a file that is no daily cost report, MediaCostError when its currency cannot be known or
    converted: nothing of it is loaded then.
    """
    sheet = Sheet(path, is_header)
    columns = find_columns(sheet.header)
    reading = _Reading(sheet, columns, account, where)
    days, quarantine, stated = reading.days()
    _judge_share(sheet, days, quarantine, reading.good)
    zone = columns.zone or account.time_zone or company.time_zone
    exported_at = _exported_at(sheet, path)
    last_whole = exported_at.astimezone(ZoneInfo(zone)).date()
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    common = {"platform": account.platform, "account_id": account.account, "file_name": path.name, "file_hash": digest,
              "exported_at": exported_at.replace(tzinfo=None)}  # fmt: skip
    rows = [
        {
            **common, "campaign_ref": one.campaign_ref, "campaign_name": one.campaign_name, "spent_on": one.spent_on,
            "time_zone": zone, "channel": one.channel or account.channel, "amount": converted,
            "currency": company.currency, "original_amount": one.amount, "original_currency": one.currency,
            "impressions": one.impressions, "clicks": one.clicks, "is_partial": one.spent_on >= last_whole,
        }
        for one, converted in zip(days, _convert(days, company, path.name, where), strict=True)
    ]  # fmt: skip
    spent = [one.spent_on for one in days]
    summary = {
        **common, "first_day": min(spent, default=None), "last_day": max(spent, default=None), "lines": reading.good,
        "quarantined": len(quarantine), "total_amount": sum((one.amount for one in days), Decimal("0.00")),
        "stated_total": stated,
    }  # fmt: skip
    return Export(rows, quarantine, summary)


class _Reading:
    """The lines of one sheet by campaign and day."""

    def __init__(self, sheet: Sheet, columns: Columns, account: Account, where: tuple[Lines, int]) -> None:
        self.sheet, self.account, self._where, self.good = sheet, account, where, 0
        self._columns = columns
        costs = [self._cell(line, "cost") for line in sheet.lines]
        days = [self._cell(line, self._day_column) for line in sheet.lines]
        self._mark = account.decimal or values.decimal_mark(costs, columns.is_portuguese)
        self._order = account.dates or values.date_order(days, columns.is_portuguese)

    def days(self) -> tuple[list[_Day], list[Row], Decimal | None]:
        """(campaigns and days, bad lines, the total that the file states itself; the first total counts)."""
        found: dict[tuple[str, date, str], _Day] = {}
        quarantine: list[Row] = []
        stated: Decimal | None = None
        for line in self.sheet.lines:
            if self._is_total(line):
                stated = values.amount(self._cell(line, "cost"), self._mark) if stated is None else stated
                continue
            try:
                self._add(line, found)
                self.good += 1
            except _Bad as bad:
                quarantine.append(
                    {"source_table": "daily", "record_key": None, "column_name": bad.column, "reason": bad.reason,
                     "file_name": self.sheet.name, "line_no": line.number}
                )  # fmt: skip
        return list(found.values()), quarantine, stated

    @property
    def _day_column(self) -> str:
        return "day" if "day" in self._columns.at else "starts"

    def _cell(self, line: Line, column: str) -> str:
        position = self._columns.at.get(column)
        return line.cells[position].strip() if position is not None and position < len(line.cells) else ""

    def _is_total(self, line: Line) -> bool:
        """`Total: Campaigns` and the like, below; Meta's summary, above, has neither a campaign nor a day."""
        if values.day(self._cell(line, self._day_column), self._order):
            return self._day_column == "starts" and not self._cell(line, "campaign")
        return any(_TOTALS.fullmatch(cell.strip()) for cell in line.cells) or (
            not self._cell(line, "campaign") and not self._cell(line, self._day_column)
        )

    def _add(self, line: Line, found: dict[tuple[str, date, str], _Day]) -> None:
        if len(line.cells) != len(self.sheet.header):
            raise _Bad("", f"line has {len(line.cells)} fields, the header has {len(self.sheet.header)}")
        spent_on = values.day(self._cell(line, self._day_column), self._order)
        if spent_on is None:
            raise _Bad(self._header(self._day_column), "is not a day")
        if self._day_column == "starts" and values.day(self._cell(line, "ends"), self._order) != spent_on:
            raise _Bad(self._header("ends"), "is another day than the start: the report is not broken down by day")
        name, ref = self._cell(line, "campaign"), self._cell(line, "campaign_ref")
        if not name:
            raise _Bad(self._header("campaign"), "is empty")
        if len(name) > LONGEST:
            raise _Bad(self._header("campaign"), f"is longer than {LONGEST} characters")
        cost = values.amount(self._cell(line, "cost"), self._mark)
        if cost is None:
            raise _Bad(self._header("cost"), f"is not an amount with decimal mark '{self._mark}'")
        ref = "" if values.is_nothing(ref) else ref
        key = (ref or name.casefold(), spent_on, self._currency(line))
        channel = self._cell(line, "channel") or None
        one = found.setdefault(key, _Day(ref or None, name, spent_on, key[2], channel))
        one.amount += cost
        for column in ("impressions", "clicks"):
            number = values.count(self._cell(line, column))
            if number is not None:
                setattr(one, column, (getattr(one, column) or 0) + number)

    def _currency(self, line: Line) -> str:
        said = self._cell(line, "currency").upper() or self._columns.currency
        if said is not None and not re.fullmatch("[A-Z]{3}", said):
            raise _Bad(self._header("currency"), "is not a currency code such as BRL")
        lines, index = self._where
        if said is None and self.account.currency is None:
            message = f"{self.sheet.name} does not say its currency"
            raise MediaCostError([lines.problem(("accounts", index), message, "Add `currency:`, as BRL.")])
        if said and self.account.currency and said != self.account.currency:
            message = f"{self.sheet.name}:{line.number} is in {said}, the mapping says {self.account.currency}"
            remedy = "Remove `currency:` here, or export the right account."
            raise MediaCostError([lines.problem(("accounts", index, "currency"), message, remedy)])
        return said or str(self.account.currency)

    def _header(self, column: str) -> str:
        position = self._columns.at.get(column)
        return column if position is None else self.sheet.header[position]


def _convert(days: list[_Day], company: Company, name: str, where: tuple[Lines, int]) -> list[Decimal]:
    """The amounts in the company's currency, half up to the cent."""
    amounts, lacking = [], dict[str, list[date]]()
    for one in days:
        rate = Decimal(1) if one.currency == company.currency else company.rates.on(one.currency, one.spent_on)
        if rate is None:
            lacking.setdefault(one.currency, []).append(one.spent_on)
            continue
        amounts.append((one.amount * rate).quantize(_CENT, "ROUND_HALF_UP"))
    lines, index = where
    problems = [
        lines.problem(
            ("accounts", index),
            f"{name} is in {currency}, the company counts in {company.currency}, and there is no rate for "
            f"{len(set(dates))} days ({min(dates)} to {max(dates)})",
            "Add them to a file date,currency,rate in mappings/ and name it under `rates:`.",
        )
        for currency, dates in sorted(lacking.items())
    ]
    if problems:
        raise MediaCostError(problems)
    return amounts


def _judge_share(sheet: Sheet, days: list[_Day], quarantine: list[Row], good: int) -> None:
    if len(quarantine) > _TOLERATED_SHARE * (good + len(quarantine)):
        first = quarantine[0]
        raise SourceError(
            f"{sheet.name}: {len(quarantine)} of {good + len(quarantine)} lines are bad, so nothing of it was loaded. "
            f"First at line {first['line_no']}: {first['column_name']} {first['reason']}. Export it again, by day."
        )


def _exported_at(sheet: Sheet, path: Path) -> datetime:
    """When the export was made: as it says itself (LinkedIn, in UTC), else when the file was last written."""
    for text in sheet.preamble:
        if match := _GENERATED.search(text):
            try:
                written = datetime.strptime(f"{match[1]} {match[2].replace(' ', '')}", "%B %d, %Y %I:%M%p")
            except ValueError:
                continue
            return written.replace(tzinfo=UTC)
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).replace(microsecond=0)


def as_problem(error: SourceError, lines: Lines, index: int) -> Problem:
    """A file that cannot be used at all, as a problem of the account whose pattern found it."""
    where, _, remedy = str(error).partition(". ")
    return lines.problem(("accounts", index, "file"), where, remedy)
