"""Rows of what belongs to no version: labels and mappings of today, glossary, waivers, absences, who is one person or company."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from contract.exceptions import EVERY_CLAUSE
from contract.identity import Decision, IdentityDecisions
from contract.mappings import Mappings
from contract.signed import Agreement

Rows = list[dict[str, Any]]


def label_rows(agreement: Agreement) -> Rows:
    """One row per label of a system."""
    # A label may be repeated by every version; the checks made sure that it means the same in all of them.
    seen: dict[tuple[str, str], str] = {}
    for version in agreement.versions:
        for reason in version.terms.reasons:
            for system, labels in reason.labels.items():
                for label in labels:
                    seen[system, label] = reason.code
    return [
        {"source_system": system, "label": label, "reason_code": code}
        for (system, label), code in seen.items()
    ]


def stage_rows(mappings: Mappings) -> Rows:
    """One row per stage of a pipeline."""
    return [
        {
            "source_system": block.system,
            "pipeline": block.pipeline,
            "stage": stage,
            "funnel_stage": funnel_stage,
        }
        for block in mappings.stages
        for stage, funnel_stage in block.stages.items()
    ]


def channel_rows(mappings: Mappings) -> Rows:
    """One row per traffic source."""
    return [
        {"traffic_source": traffic.source, "traffic_medium": traffic.medium, "channel": block.channel}
        for block in mappings.channels
        for traffic in block.traffic
    ]


def cost_rows(mappings: Mappings) -> Rows:
    """One row per month, money in the company's currency; `month` is `YYYY-MM`."""
    return [
        {
            "month": cost.month,
            "sales_cost": Decimal(f"{cost.sales_cost:.2f}"),
            "marketing_cost": Decimal(f"{cost.marketing_cost:.2f}"),
            "gross_margin": None if cost.gross_margin is None else Decimal(f"{cost.gross_margin:.4f}"),
        }
        for cost in mappings.costs
    ]


def glossary_rows(agreement: Agreement) -> Rows:
    """One row per term."""
    return [
        {
            "term_pt": entry.term.pt,
            "term_en": entry.term.en,
            "meaning_pt": entry.meaning.pt,
            "meaning_en": entry.meaning.en,
        }
        for entry in agreement.glossary
    ]


def waiver_rows(agreement: Agreement) -> Rows:
    """One row per waiver; a null condition holds for everything."""
    return [
        {
            "waiver_id": waiver.id,
            "clause_id": None if waiver.clause == EVERY_CLAUSE else waiver.clause,
            "handoff_id": waiver.handoff,
            "seller_email": waiver.seller,
            "from_at": _naive(waiver.from_at),
            "until_at": _naive(waiver.until_at),
            "reason": waiver.reason,
            "approved_by": waiver.approved_by,
            "approved_on": waiver.approved_on,
        }
        for waiver in agreement.waivers
    ]


def absence_rows(agreement: Agreement) -> Rows:
    """One row per absence."""
    return [
        {
            "seller_email": away.seller,
            "from_at": _naive(away.from_at),
            "until_at": _naive(away.until_at),
            "reason": away.reason,
        }
        for away in agreement.absences
    ]


def _naive(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=None)


def merge_rows(decisions: IdentityDecisions) -> Rows:
    """One row per record that somebody declared to be another's; the last decision about it says why."""
    why = {record: merge for merge in decisions.merges for record in merge.records}
    return [
        {"node": record, "merge_group": group, **_decided(why[record])}
        for record, group in decisions.groups().items()
    ]


def split_rows(decisions: IdentityDecisions) -> Rows:
    """One row per record that was told apart, those merged with it included: a party is one person, or one company."""
    groups = decisions.groups()
    members: dict[str, list[str]] = {}
    for record, group in groups.items():
        members.setdefault(group, []).append(record)
    return [
        {"split_no": number, "node": member, "party": groups.get(record, record), **_decided(split)}
        for number, split in enumerate(decisions.splits, start=1)
        for record in split.records
        for member in members.get(groups.get(record, record), [record])
    ]


def _decided(decision: Decision) -> dict[str, Any]:
    return {"reason": decision.reason, "decided_by": decision.decided_by, "decided_on": decision.decided_on}
