"""How sellers graded the leads, by what each lead was like, worked out in plain Python."""

from collections import defaultdict
from datetime import date
from typing import Any

import pandas as pd

from sandbox.truth.figures import month_of, over, wilson_low
from sandbox.truth.judged import Knowledge, form_before
from sandbox.truth.revenue import company_of_organization

BAND = 20


def lead_ratings(known: Knowledge, handoffs: pd.DataFrame) -> pd.DataFrame:
    """One row per trait, value and month, as rpt_lead_ratings must have them. `handoffs`: the truth's own table."""
    segments = segments_of(known)
    groups: dict[tuple[str, str, date], list[tuple[int | None, bool]]] = defaultdict(list)
    for one, row in zip(known.judged, handoffs.to_dict("records"), strict=True):
        traits = {
            "channel": row["channel"], "campaign_id": row["campaign_id"], "temperature": row["temperature"],
            "form": form_before(known, one), "segment": segments.get(row["company_id"] or ""),
            "fit_band": _band(row["fit_score"]), "interest_band": _band(row["interest_score"]),
        }  # fmt: skip
        for trait, value in traits.items():
            key = trait, value or "unknown", month_of(row["mql_date"])
            groups[key].append((row["seller_rating"], row["status"] == "won"))
    everybody: dict[date, list[int]] = defaultdict(list)
    for row in handoffs.to_dict("records"):
        if row["seller_rating"] is not None:
            everybody[month_of(row["mql_date"])].append(row["seller_rating"])
    rows = [
        {"trait": trait, "value": value, "period_start": month, **_counts(members, everybody[month])}
        for (trait, value, month), members in groups.items()
    ]
    return pd.DataFrame(rows, dtype=object)


def segments_of(known: Knowledge) -> dict[str, str | None]:
    """Company -> what it does, as its oldest organization in the CRM says."""
    segments: dict[str, str | None] = {}
    for organization in known.seen.organizations.values():  # oldest first
        company = company_of_organization(organization)
        if company is not None:
            segments.setdefault(company, organization.get("segment"))
    return segments


def _counts(members: list[tuple[int | None, bool]], everybody: list[int]) -> dict[str, Any]:
    grades = [grade for grade, _ in members if grade is not None]
    well, badly = sum(g >= 4 for g in grades), sum(g <= 2 for g in grades)
    of_all = over(sum(g >= 4 for g in everybody), len(everybody))
    if not grades or of_all is None:
        reading = "not_rated"
    elif wilson_low(well, len(grades)) > of_all:
        reading = "better"
    elif 1 - wilson_low(len(grades) - well, len(grades)) < of_all:
        reading = "worse"
    else:
        reading = "like_all"
    return {
        "handoffs": len(members), "rated": len(grades), **{f"rating_{n}": grades.count(n) for n in range(1, 6)},
        "mean_rating": over(sum(grades), len(grades)), "well_rated": well, "badly_rated": badly,
        "well_rated_share": over(well, len(grades)), "well_rated_share_of_all": of_all,
        "well_rated_won": sum(won for grade, won in members if grade is not None and grade >= 4),
        "badly_rated_won": sum(won for grade, won in members if grade is not None and grade <= 2),
        "won": sum(won for _, won in members), "reading": reading,
    }  # fmt: skip


def _band(score: int | None) -> str | None:
    return None if score is None else f"{score // BAND * BAND:03}-{score // BAND * BAND + BAND - 1:03}"
