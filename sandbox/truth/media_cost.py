"""What media cost must be: every campaign and day, joined to a campaign of RD Station as the company means it."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from sandbox.company.media import spends
from sandbox.truth.agreement import local_date
from sandbox.truth.identity import md5
from sandbox.world import World

COLUMNS = ("platform", "account_id", "platform_campaign", "platform_campaign_name", "spent_on", "time_zone", "channel",
           "amount", "currency", "original_amount", "impressions", "clicks", "is_partial", "campaign_id", "match_rule")  # fmt: skip


def media_cost(world: World, as_of: datetime, exported_at: datetime | None = None) -> pd.DataFrame:
    """One row per campaign and day up to `as_of`, as exports of `exported_at` (None: of `as_of`) say it.

    A campaign that is joined by its name alone must be one that some conversion carried by then.
    """
    known = {
        str(event.data["payload"].get("traffic_campaign") or "").strip().lower()
        for event in world.until(as_of)
        if event.kind == "mkt.conversion"
    }
    rows, last = [], local_date(as_of)
    for one in spends(world.seed, world.start, exported_at or as_of):
        if last is not None and one.day > last:
            continue
        advertised = one.advertised
        lacking = advertised.rule == "same_name" and advertised.campaign not in known
        campaign = None if lacking else advertised.campaign
        rows.append(
            (one.account.platform, one.account.account, advertised.ref or advertised.name.lower(), advertised.name,
             one.day, one.account.time_zone, one.channel, one.amount, one.currency, one.amount, one.impressions,
             one.clicks, one.is_partial, md5(f"campaign:{campaign}") if campaign else None,
             advertised.rule if campaign else "unmatched")
        )  # fmt: skip
    return pd.DataFrame(rows, columns=pd.Index(COLUMNS), dtype=object)
