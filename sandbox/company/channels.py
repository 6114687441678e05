"""Where leads come from: channels of different volume and quality, their sources, campaigns and peaks."""

import random
from dataclasses import dataclass
from datetime import date

from sandbox.company.chance import pick


@dataclass(frozen=True, slots=True)
class Channel:
    """One way in. `intent` is the share of people who want to buy now, `fit` the mean profile score (0 to 100),
    `pages` how many more conversions a person makes on average."""

    name: str
    weight: float
    intent: float
    fit: float
    pages: float
    sources: dict[tuple[str, str], float]  # (traffic_source, traffic_medium) -> weight
    campaigns: tuple[str, ...]  # empty: no campaign is recorded


CHANNELS: dict[str, Channel] = {
    channel.name: channel
    for channel in (
        Channel(
            "paid_search", 24, 0.52, 58, 1.0, {("google", "cpc"): 1},
            ("marca-2026", "bombas-industriais", "compressores-sp", "manutencao-preventiva"),
        ),
        Channel("organic_search", 19, 0.46, 60, 1.3, {("google", "organic"): 1}, ()),
        Channel(
            "paid_social", 21, 0.22, 42, 0.9,
            {("facebook", "paid"): 4, ("instagram", "paid"): 4, ("linkedin", "paid"): 2},
            ("ebook-manutencao", "black-friday-2025", "lookalike-industria", "checklist-nr12"),
        ),
        Channel("organic_social", 6, 0.20, 45, 0.9, {("instagram", "social"): 3, ("facebook", "social"): 1}, ()),
        Channel(
            "email", 8, 0.34, 55, 1.6, {("newsletter", "email"): 1, ("rdstation", "email"): 2},
            ("newsletter-mensal", "reengajamento-2026"),
        ),
        Channel("referral", 5, 0.72, 70, 0.7, {("indicacao", "referral"): 1}, ()),
        Channel("direct", 8, 0.44, 56, 0.9, {("(direct)", "(none)"): 1}, ()),
        Channel("event", 6, 0.40, 62, 0.8, {("evento", "offline"): 1}, ("feimec-2026", "febrava-2025")),
        Channel("partner", 2, 0.66, 68, 0.6, {("parceiro", "partner"): 1}, ("programa-parceiros",)),
        # A source that nobody put into the channel map: the marts call it `unmapped`.
        Channel("unmapped", 1, 0.30, 50, 0.8, {("tiktok", "paid"): 1}, ("teste-tiktok",)),
    )
}  # fmt: skip

# Trade fairs and sales seasons: (month, day from, day to, factor, channels or None for all).
SEASONS: tuple[tuple[int, int, int, float, frozenset[str] | None], ...] = (
    (11, 17, 29, 1.9, frozenset({"paid_search", "paid_social", "email"})),
    (12, 20, 31, 0.45, None),
    (1, 1, 11, 0.55, None),
    (5, 5, 9, 12.0, frozenset({"event"})),
    (9, 9, 12, 14.0, frozenset({"event"})),
    (3, 1, 31, 1.2, None),
)
WEEKDAYS = (1.15, 1.22, 1.16, 1.10, 0.95, 0.46, 0.38)
HOURS = (3, 2, 1, 1, 1, 2, 5, 12, 30, 44, 50, 46, 28, 36, 46, 48, 44, 36, 26, 24, 26, 22, 14, 7)


def day_weight(channel: str, day: date, progress: float) -> float:
    """How many leads of the channel come on `day`, relatively; `progress` runs from 0 to 1 over the history."""
    weight = WEEKDAYS[day.weekday()] * (1 + 0.3 * progress)
    for month, first, last, factor, channels in SEASONS:
        if day.month == month and first <= day.day <= last and (channels is None or channel in channels):
            weight *= factor
    return weight


def visit(rng: random.Random, channel: Channel, dirt: float) -> dict[str, str]:
    """The traffic keys of one conversion; sloppy campaign texts and lost cookies occur."""
    if rng.random() < 0.04 * dirt:
        return {}  # the cookie was blocked: the conversion carries no source
    source, medium = pick(rng, channel.sources)
    if rng.random() < 0.08 * dirt:
        source = source.capitalize()
    keys = {"traffic_source": source, "traffic_medium": medium}
    if channel.campaigns:
        campaign = channel.campaigns[min(int(rng.random() ** 1.4 * len(channel.campaigns)), 3)]
        if rng.random() < 0.08 * dirt:
            campaign = rng.choice((campaign.upper(), f" {campaign}", campaign.title()))
        keys["traffic_campaign"] = campaign
    return keys
