"""What the company spends on media: each paid campaign, each day, to the cent.

A world of its own beside the event stream: nobody's arrival depends on it, and a company of any size spends alike. One
campaign is in no system of the company but the platform's (nobody can join its cost to leads), one brought nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from sandbox.company.chance import stream
from sandbox.company.channels import SEASONS, WEEKDAYS
from sandbox.company.constants import CURRENCY, TIME_ZONE

_CENT = Decimal("0.01")
_CLICK_PRICE = Decimal("4.10")


@dataclass(frozen=True, slots=True)
class Advertised:
    """A campaign as its platform names it. `campaign`: its utm_campaign, None when it has none; `rule`: how the company
    joins the two (mappings/media_cost.yaml of the demo says the same)."""

    ref: str
    name: str
    campaign: str | None
    rule: str
    a_day: int  # usual cost of a day
    months: tuple[int, ...] = ()  # of the year; empty: always


@dataclass(frozen=True, slots=True)
class AdAccount:
    """An account on a platform. `time_zone`: the zone of its days."""

    platform: str
    account: str
    time_zone: str
    channel: str | None
    campaigns: tuple[Advertised, ...]


ACCOUNTS = (
    AdAccount("google_ads", "413-555-0101", TIME_ZONE, "paid_search", (
        Advertised("20111000001", "[Search] Marca 2026", "marca-2026", "campaign_id", 90),
        Advertised("20111000002", "bombas-industriais", "bombas-industriais", "same_name", 260),
        Advertised("20111000003", "[Search] Compressores | São Paulo", "compressores-sp", "campaign_name", 140),
        Advertised("20111000004", "Manutencao-Preventiva", "manutencao-preventiva", "same_name", 120),
        Advertised("20111000009", "[PMax] Peças; teste", "pmax-pecas", "name_pattern", 35, (2, 3)),
    )),
    AdAccount("meta_ads", "Serra Clara Ads", TIME_ZONE, "paid_social", (
        Advertised("120200000000001", "[BR] E-book manutenção", "ebook-manutencao", "campaign_name", 110),
        Advertised("120200000000002", "[BR] Black Friday 2025", "black-friday-2025", "name_pattern", 420, (11,)),
        Advertised("120200000000003", "[BR] Lookalike 1% | indústria", "lookalike-industria", "name_pattern", 80),
        Advertised("120200000000009", "[BR] Vídeo institucional, marca", None, "unmatched", 45),
    )),
    AdAccount("linkedin_ads", "509000001", "UTC", "paid_social", (
        Advertised("330000001", "Checklist NR-12 - gerentes", "checklist-nr12", "campaign_id", 150),
    )),
    AdAccount("csv", "outros", TIME_ZONE, None, (
        Advertised("", "feimec-2026", "feimec-2026", "same_name", 2400, (5,)),
        Advertised("", "Estande Febrava", "febrava-2025", "campaign_name", 1900, (9,)),
        Advertised("", "teste-tiktok", "teste-tiktok", "same_name", 25),
    )),
)  # fmt: skip
CHANNELS = {"feimec-2026": "event", "Estande Febrava": "event", "teste-tiktok": "paid_social"}  # of the plain file


@dataclass(frozen=True, slots=True)
class Spend:
    """What one campaign cost on one day of its account's zone; `is_partial`: the day is not over."""

    account: AdAccount
    advertised: Advertised
    day: date
    amount: Decimal
    impressions: int
    clicks: int
    is_partial: bool
    currency: str = CURRENCY

    @property
    def channel(self) -> str | None:
        """The account's channel, or the one that the plain file writes."""
        return self.account.channel or CHANNELS.get(self.advertised.name)


def spends(seed: int, start: datetime, until: datetime) -> Iterator[Spend]:
    """Every cost from the day of `start` to the part of the day that is over at `until` (both aware)."""
    for account in ACCOUNTS:
        zone = ZoneInfo(account.time_zone)
        day, last = start.astimezone(zone).date(), until.astimezone(zone)
        while day <= last.date():
            over = (last.hour * 60 + last.minute) / 1440 if day == last.date() else 1.0
            for advertised in account.campaigns:
                if not advertised.months or day.month in advertised.months:
                    yield _spend(seed, account, advertised, day, over)
            day += timedelta(days=1)


def _spend(seed: int, account: AdAccount, advertised: Advertised, day: date, over: float) -> Spend:
    rng = stream(seed, "media", account.platform, advertised.name, day.isoformat())
    weight = WEEKDAYS[day.weekday()] * rng.uniform(0.7, 1.3)
    for month, first, final, factor, channels in SEASONS:
        if day.month == month and first <= day.day <= final and (channels is None or account.channel in channels):
            weight *= min(factor, 2.0)
    spent = (Decimal(advertised.a_day) * Decimal(f"{weight * over:.6f}")).quantize(_CENT)
    clicks = int(spent / _CLICK_PRICE)
    return Spend(account, advertised, day, spent, clicks * rng.randint(25, 60), clicks, over < 1.0)
