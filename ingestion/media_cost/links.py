"""Which campaign of RD Station a campaign of a platform is, by the rules of the company folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from ingestion.media_cost.settings import CampaignRule
from ingestion.rows import Row

Seen = tuple[str, str, str | None, str]  # platform, account, id, name
UNMATCHED = "unmatched"


def link_rows(seen: Iterable[Seen], rules: tuple[CampaignRule, ...]) -> list[Row]:
    """One `links` row for each campaign of a platform, also for those that no rule knows: they must stay visible.

    A campaign without an id (an export that has none) is the one with its name, where the account has one such id.
    """
    every = sorted(set(seen), key=repr)
    ids: dict[tuple[str, str, str], set[str]] = {}
    for platform, account, ref, name in every:
        if ref:
            ids.setdefault((platform, account, name.strip().casefold()), set()).add(ref)
    rows = []
    for platform, account, ref, name in every:
        same = ids.get((platform, account, name.strip().casefold()), set())
        campaign, rule = find(platform, ref or (min(same) if len(same) == 1 else None), name, rules)
        rows.append({"platform": platform, "account_id": account, "campaign_ref": ref, "campaign_name": name,
                     "campaign": campaign, "match_rule": rule})  # fmt: skip
    return rows


def find(platform: str, ref: str | None, name: str, rules: tuple[CampaignRule, ...]) -> tuple[str | None, str]:
    """(campaign, kind of rule): ids before names before patterns, each in the order of the file."""
    folded = name.strip().casefold()
    own = [rule for rule in rules if rule.platform in (None, platform)]
    ways = (
        ("campaign_id", (rule for rule in own if rule.id and rule.id == ref)),
        ("campaign_name", (rule for rule in own if rule.name and rule.name.casefold() == folded)),
        ("name_pattern", (rule for rule in own if rule.pattern and _like(folded, rule.pattern))),
    )
    return next(((rule.campaign, kind) for kind, fitting in ways for rule in fitting), (None, UNMATCHED))


def _like(name: str, pattern: str) -> bool:
    """`*` and `?` only: campaigns are full of brackets, which would be character sets elsewhere."""
    return fnmatchcase(name, re.sub(r"\[", "[[]", pattern.strip().casefold()))
