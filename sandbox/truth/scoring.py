"""The agreement's own score of each hand-over, and its review against what happened, in plain Python."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pandas as pd

from sandbox.company.terms import SCORE_BANDS, SCORES, ScoreRule
from sandbox.truth.figures import month_of, over, wilson
from sandbox.truth.judged import Judged, Knowledge, form_before
from sandbox.truth.outcomes import conversions_of
from sandbox.truth.ratings import segments_of


def score_parts(known: Knowledge, handoffs: pd.DataFrame) -> pd.DataFrame:
    """One row per hand-over and rule, as fct_handoff_score_parts must have them. `handoffs`: the truth's own table."""
    segments = segments_of(known)
    rows = []
    for one, row in zip(known.judged, handoffs.to_dict("records"), strict=True):
        for rule in SCORES.get(one.terms.name, ()):
            facts, found = _facts(known, one, row, rule, segments.get(row["company_id"] or ""))
            result = "not_readable" if facts is None else "earned" if found else "missed"
            rows.append({
                "handoff_id": row["handoff_id"], "rule_id": rule.id, "agreement_version": one.terms.name, "part": rule.part,
                "kind": rule.kind, "result": result, "rule_points": rule.points,
                "points": {"earned": rule.points, "missed": 0}.get(result), "evidence": min(found) if found else None,
            })  # fmt: skip
    return pd.DataFrame(rows, dtype=object)


def _facts(
    known: Knowledge, one: Judged, row: dict[str, Any], rule: ScoreRule, segment: str | None
) -> tuple[list[str] | None, list[str]]:
    """(what is known, what of it earns the points); nothing known: None."""
    contacts = known.contacts.get(one.passage.person, [])
    facts: list[str] | None
    if rule.kind == "segment_in":
        facts = [segment] if segment else None
    elif rule.kind == "channel_in":
        facts = [row["channel"]] if row["channel"] != "unknown" else None
    elif rule.kind == "field_in":
        facts = [v for uuid in contacts if (v := known.seen.rd[uuid]["fields"].get(rule.field))] or None
    elif rule.kind.startswith("conversion"):
        facts = list(_converted(known, one, rule)) if contacts else None
    else:
        facts = None
    if rule.kind == "conversions_at_least":
        return facts, [str(len(facts))] if facts is not None and len(facts) >= rule.number else []
    return facts, [fact for fact in facts or () if fact in rule.values]


def _converted(known: Knowledge, one: Judged, rule: ScoreRule) -> Iterator[str]:
    until = one.passage.opening.at
    since = until - timedelta(days=rule.within_days) if rule.within_days else None
    # Of contacts that were merged both tell of the conversion: it is one.
    told = {(at, form) for uuid in known.contacts.get(one.passage.person, ()) for _, form, at, *_ in conversions_of(known.seen, uuid)}
    yield from (form for at, form in sorted(told) if at <= until and (since is None or at >= since))


def scores(parts: pd.DataFrame, handoffs: pd.DataFrame) -> pd.DataFrame:
    """One row per hand-over that the agreement scores, as fct_handoff_scores must have them."""
    passed = {row["handoff_id"]: row for row in handoffs.to_dict("records")}
    sums: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for part in parts.to_dict("records"):
        sums[part["handoff_id"]].append(part)
    rows = []
    for handoff, held in sums.items():
        points = {name: sum(p["points"] or 0 for p in held if p["part"] == name) for name in ("fit", "interest")}
        dark = [p["rule_points"] for p in held if p["result"] == "not_readable"]
        score, row = sum(points.values()), passed[handoff]
        band, best = _band(score), _band(score + sum(dark))
        rows.append({
            "handoff_id": handoff, "agreement_version": row["agreement_version"], "mql_date": row["mql_date"], "score": score,
            "fit_points": points["fit"], "interest_points": points["interest"], "unreadable_points": sum(dark),
            "unreadable_rules": len(dark), "band": band, "band_at_best": best, "is_band_sure": band == best,
            "rd_fit_score": row["fit_score"], "rd_interest_score": row["interest_score"],
        })  # fmt: skip
    return pd.DataFrame(rows, dtype=object)


def _band(score: int) -> str:
    return next(band for band, start in SCORE_BANDS if score >= start)


def score_review(known: Knowledge, scored: pd.DataFrame, handoffs: pd.DataFrame) -> pd.DataFrame:
    """Band × conversion × grade by trait and month, as rpt_score_review must have them."""
    segments, found = segments_of(known), {row["handoff_id"]: row for row in scored.to_dict("records")}
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for one, row in zip(known.judged, handoffs.to_dict("records"), strict=True):
        score = found.get(row["handoff_id"])
        if score is None:
            continue
        traits = {"all": "all", "campaign_id": row["campaign_id"], "form": form_before(known, one),
                  "segment": segments.get(row["company_id"] or "")}  # fmt: skip
        for trait, value in traits.items():
            key = trait, value or "unknown", month_of(row["mql_date"]), score["band"]
            groups[key].append({**row, "sure": score["is_band_sure"]})
    rows = []
    for (trait, value, month, band), members in groups.items():
        rows.append({"trait": trait, "value": value, "period_start": month, "band": band, **_counts(members)})
    return pd.DataFrame(rows, dtype=object)


def _counts(members: list[dict[str, Any]]) -> dict[str, Any]:
    sqls = sum(m["sql_at"] is not None for m in members)
    decided = sum(m["sql_at"] is not None or m["status"] != "open" for m in members)
    closed, won = sum(m["status"] != "open" for m in members), sum(m["status"] == "won" for m in members)
    grades = [m["seller_rating"] for m in members if m["seller_rating"] is not None]
    ends = wilson(sqls, decided) if decided else (None, None), wilson(won, closed) if closed else (None, None)
    return {
        "handoffs": len(members), "band_unsure": sum(not m["sure"] for m in members), "sql_decided": decided, "sqls": sqls,
        "sql_share": over(sqls, decided), "sql_share_low": ends[0][0], "sql_share_high": ends[0][1], "won_decided": closed,
        "won": won, "won_share": over(won, closed), "won_share_low": ends[1][0], "won_share_high": ends[1][1],
        "rated": len(grades), "well_rated": sum(g >= 4 for g in grades),
        "well_rated_share": over(sum(g >= 4 for g in grades), len(grades)), "mean_rating": over(sum(grades), len(grades)),
    }  # fmt: skip
