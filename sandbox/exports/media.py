"""Exports of the ad accounts, each as its platform writes it.

Google Ads in Portuguese: UTF-16 with tabs, title and period above the header, Brazilian numbers, totals below. Meta Ads in
English: a summary above, one line per ad set, the currency in a header. LinkedIn: UTF-16 with tabs, five lines above the
header, American dates, days of UTC. And a plain CSV of a spreadsheet: semicolons, Windows-1252, `R$`.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from sandbox.company.media import Spend, spends

NAMES = {
    "google_ads": "google-ads-campanhas.csv",
    "meta_ads": "meta-ads-campaigns.csv",
    "linkedin_ads": "account_509000001_campaign_performance_report.csv",
    "csv": "midia-outros.csv",
}


def write_media(seed: int, start: datetime, until: datetime, folder: Path, first: date | None = None) -> list[Path]:
    """Write the four exports of the days since `first` (None: all) as if downloaded at `until`; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    by_platform: dict[str, list[Spend]] = {name: [] for name in NAMES}
    for spend in spends(seed, start, until):
        if first is None or spend.day >= first:
            by_platform[spend.account.platform].append(spend)
    written = []
    for platform, found in by_platform.items():
        path = folder / NAMES[platform]
        # Whole or not at all, and with the age of a file that was downloaded then: readers look at both.
        whole = path.with_suffix(".part")
        whole.write_bytes(_WRITERS[platform](found, until))
        os.utime(whole, (until.timestamp(), until.timestamp()))
        whole.replace(path)
        written.append(path)
    return written


def _google(found: Sequence[Spend], until: datetime) -> bytes:
    rows = [
        [one.day.isoformat(), one.advertised.name, one.advertised.ref, one.currency, _brazilian(one.amount),
         _grouped(one.impressions, "."), _grouped(one.clicks, ".")]
        for one in found
    ]  # fmt: skip
    total = _brazilian(_sum(found))
    head = [["Relatório de campanhas"], [f"{_long_day(min(o.day for o in found))} - {_long_day(max(o.day for o in found))}"]]
    names = ["Dia", "Campanha", "ID da campanha", "Código da moeda", "Custo", "Impr.", "Cliques"]
    totals = [[what, " --", " --", "BRL", total, " --", " --"] for what in ("Total: Campanhas", "Total: Conta")]
    return _text([*head, names, *rows, *totals], "\t", "\r\n").encode("utf-16")


def _meta(found: Sequence[Spend], until: datetime) -> bytes:
    names = ["Campaign name", "Campaign ID", "Ad set name", "Day", "Amount spent (BRL)", "Impressions", "Link clicks",
             "Reporting starts", "Reporting ends"]  # fmt: skip
    first, last = (pick(one.day for one in found).isoformat() for pick in (min, max))
    rows: list[list[object]] = [["", "", "", "", str(_sum(found)), "", "", first, last]]
    for one in found:
        half = (one.amount / 2).quantize(Decimal("0.01"))
        for number, amount in enumerate((half, one.amount - half)):
            shown, clicked = ((value + number) // 2 for value in (one.impressions, one.clicks))
            rows.append([one.advertised.name, one.advertised.ref, f"Conjunto {number + 1}", one.day.isoformat(),
                         "" if not amount else str(amount), shown, clicked, first, last])  # fmt: skip
    return _text([names, *rows], ",", "\n").encode("utf-8-sig")


def _linkedin(found: Sequence[Spend], until: datetime) -> bytes:
    at = until.astimezone(UTC)
    head = [
        ["Campaign Performance Report (in UTC)"],
        [f"Report Start: {_american(min(one.day for one in found))}, 12:00 AM"],
        [f"Report End: {_american(max(one.day for one in found))}, 11:59 PM"],
        [f"Date Generated: {_american(at.date())}, {at.hour % 12 or 12}:{at:%M} {at:%p}"],
        [],
    ]
    names = ["Start Date (in UTC)", "Account Name", "Currency", "Campaign Group Name", "Campaign Name", "Campaign ID",
             "Total Spent", "Impressions", "Clicks"]  # fmt: skip
    rows = [
        [f"{one.day.month}/{one.day.day}/{one.day.year}", "Serra Clara", one.currency, "Default", one.advertised.name,
         one.advertised.ref, f"{one.amount:,}", f"{one.impressions:,}", one.clicks]
        for one in found
    ]  # fmt: skip
    return _text([*head, names, *rows], "\t", "\n").encode("utf-16")


def _plain(found: Sequence[Spend], until: datetime) -> bytes:
    names = ["Data", "Campanha", "Canal", "Custo", "Moeda", "Impressões", "Cliques"]
    rows = [
        [f"{one.day:%d/%m/%Y}", one.advertised.name, one.channel, f"R$ {_brazilian(one.amount)}", one.currency,
         _grouped(one.impressions, "."), one.clicks]
        for one in found
    ]  # fmt: skip
    return _text([names, *rows], ";", "\r\n").encode("cp1252")


_WRITERS: dict[str, Callable[[Sequence[Spend], datetime], bytes]] = {
    "google_ads": _google, "meta_ads": _meta, "linkedin_ads": _linkedin, "csv": _plain,
}  # fmt: skip
_MONTHS = ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
           "novembro", "dezembro"]  # fmt: skip
_ENGLISH = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December"]  # fmt: skip


def _text(rows: Iterable[Sequence[object]], delimiter: str, ending: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=ending).writerows(rows)
    return out.getvalue()


def _sum(found: Sequence[Spend]) -> Decimal:
    return sum((one.amount for one in found), Decimal(0))


def _brazilian(amount: Decimal) -> str:
    return f"{amount:,}".replace(",", "\0").replace(".", ",").replace("\0", ".")


def _grouped(number: int, mark: str) -> str:
    return f"{number:,}".replace(",", mark)


def _long_day(day: date) -> str:
    return f"{day.day} de {_MONTHS[day.month - 1]} de {day.year}"


def _american(day: date) -> str:
    return f"{_ENGLISH[day.month - 1]} {day.day}, {day.year}"
