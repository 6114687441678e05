"""The funnel by cohort month and channel, worked out in plain Python: who entered, reached, skipped, went on, was lost, and when."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil
from typing import Any

import pandas as pd

from sandbox.truth.campaign_return import lead_origins
from sandbox.truth.figures import CENT, month_of, over
from sandbox.truth.judged import Knowledge
from sandbox.truth.tables import STAGE_FACTS

ORDER = ("lead", "mql", "accepted", "sql", "opportunity", "proposal", "customer")
AFTER = ("renewal", "expansion")
DAY = 86400
Entry = tuple[datetime | None, date]  # the instant where it is known, and the day


@dataclass
class Member:
    """A lead, or a hand-over with its first entries into stages."""

    is_lost: bool = False
    entries: dict[str, Entry] = field(default_factory=dict)
    furthest: int = 1

    def seconds(self, stage: str) -> int | None:
        """Time since the stage entered before it; None without one, or when the order is the other way round."""
        before = [s for s in ORDER[: ORDER.index(stage) if stage in ORDER else None] if s in self.entries]
        if stage not in self.entries or not before:
            return None
        (at, day), (before_at, before_day) = self.entries[stage], self.entries[before[-1]]
        seconds = int((at - before_at).total_seconds()) if at and before_at else (day - before_day).days * DAY
        return seconds if seconds >= 0 else None


def funnel(known: Knowledge, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per cohort month, channel and stage, as rpt_funnel must have them. `tables`: handoffs and funnel_events."""
    cohorts: dict[tuple[date, Any], list[Member]] = defaultdict(list)
    by_record = _hand_overs(tables)
    for row in tables["handoffs"].to_dict("records"):
        cohorts[month_of(row["mql_date"]), row["channel"]].append(by_record[row["opening_record"]])
    leads: dict[tuple[date, Any], list[bool]] = defaultdict(list)
    handed = set(tables["handoffs"]["person"])
    for person, day, (_, channel, _) in lead_origins(known):
        leads[month_of(day), channel].append(person in handed)
    rows = [_row(*key, "lead", [Member(furthest=int(is_mql), entries={"lead": (None, key[0])}) for is_mql in found])
            for key, found in leads.items()]  # fmt: skip
    rows += [_row(*key, stage, members) for key, members in cohorts.items() for stage in (*ORDER[1:], *AFTER)]
    return pd.DataFrame(rows, dtype=object)


def _hand_overs(tables: Mapping[str, pd.DataFrame]) -> dict[str, Member]:
    lost = ("rejected", "lost", "inactive")
    members = {row["opening_record"]: Member(row["status"] in lost) for row in tables["handoffs"].to_dict("records")}
    for event in tables["funnel_events"].to_dict("records"):
        if event["stage"] == "lead" or event["opening_record"] is None:
            continue
        entries, entry = members[event["opening_record"]].entries, (event["entered_at"], event["entered_date"])
        known = entries.get(event["stage"])
        entries[event["stage"]] = min(known, entry, key=lambda one: (one[0] or datetime.max, one[1])) if known else entry
    for member in members.values():
        member.furthest = max(ORDER.index(stage) for stage in member.entries if stage in ORDER)
    return members


def _row(month: date, channel: str | None, stage: str, members: list[Member]) -> dict[str, Any]:
    place = ORDER.index(stage) if stage in ORDER else len(ORDER)
    there = [m for m in members if (stage in m.entries if stage in AFTER else m.furthest >= place)]
    entered = [m for m in there if stage in m.entries]
    times = sorted(seconds for m in entered if (seconds := m.seconds(stage)) is not None)
    if stage == "customer":
        passed = sum(any(after in m.entries for after in AFTER) for m in there)
    else:
        passed = sum(m.furthest > place for m in there)
    median, p90 = (over(times[ceil(len(times) * share / 100) - 1], DAY, CENT) if times else None for share in (50, 90))
    return {
        "period_start": month, "channel": channel, "channel_label": channel or "(vazio)", "stage": stage,
        "stage_no": place + AFTER.index(stage) if stage in AFTER else place,
        "funnel_stage": STAGE_FACTS[stage][0], "owner_area": STAGE_FACTS[stage][1],
        "entered": len(entered), "reached_or_later": len(there), "skipped": len(there) - len(entered), "passed": passed,
        "conversion": over(passed, len(there)) if place < ORDER.index("customer") else None,
        "median_days": median, "p90_days": p90,
        "losses": sum(m.is_lost and m.furthest == place for m in there),
    }  # fmt: skip
