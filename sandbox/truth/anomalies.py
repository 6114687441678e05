"""What is odd or missing in the records, counted by reading them (rpt_data_anomalies)."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

import pandas as pd

from sandbox.truth.agreement import local_date
from sandbox.truth.figures import over

CRM = "rd_station_crm"  # hand-overs are passages in the CRM


def data_anomalies(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One row per check and source, as rpt_data_anomalies must have them; without `last_cases` (ids of the marts)."""
    found: dict[tuple[str, str, str], list[tuple[date | None, bool]]] = defaultdict(list)
    for name, system, subject, day, is_case in _looked_at(tables):
        found[name, system, subject].append((day, is_case))
    rows = []
    for (name, system, subject), members in found.items():
        days = sorted(day for day, is_case in members if is_case and day is not None)
        cases = sum(is_case for _, is_case in members)
        rows.append({
            "anomaly": name, "source_system": system, "subject_type": subject, "cases": cases, "checked": len(members),
            "share": over(cases, len(members)), "first_day": days[0] if days else None, "last_day": days[-1] if days else None,
        })  # fmt: skip
    return pd.DataFrame(rows, dtype=object)


def _looked_at(tables: dict[str, pd.DataFrame]) -> Iterator[tuple[str, str, str, date | None, bool]]:
    handoffs, deals, movements = (tables[name].to_dict("records") for name in ("handoffs", "opportunities", "revenue"))
    for row in handoffs:
        day = row["mql_date"]
        if row["won_date"] is not None:
            yield "won_before_handoff", CRM, "handoff", row["won_date"], row["won_date"] < day
        yield "handoff_without_channel", CRM, "handoff", day, row["channel"] is None
        yield "handoff_channel_unknown", CRM, "handoff", day, row["channel"] == "unknown"
        yield "handoff_without_time", CRM, "handoff", day, row["mql_at"] is None
    paying = {row["company_id"] for row in movements if row["is_revenue"]} - {None}
    for row in deals:
        if row["outcome"] != "won" or row["is_copy"]:
            continue
        company, day = row["company_id"], local_date(row["closed_at"])
        yield "win_without_time", CRM, "opportunity", day, row["closed_at"] is None
        yield "win_without_company", CRM, "opportunity", day, company is None
        if company is not None:
            yield "win_never_invoiced", CRM, "opportunity", day, company not in paying
    for row in movements:
        if row["is_revenue"]:
            yield "revenue_without_deal", "protheus", "movement", row["occurred_on"], row["match_rule"] == "none"
