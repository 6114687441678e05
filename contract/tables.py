"""The agreement as rows: what `raw_agreement` holds, so that SQL joins rules instead of containing them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from contract.agreement import Agreement, SignedVersion
from contract.calendar import build_calendar
from contract.calendar_model import Calendar
from contract.mappings import Mappings
from contract.model import Signature

Rows = list[dict[str, Any]]


def agreement_tables(agreement: Agreement, mappings: Mappings) -> dict[str, Rows]:
    """Rows of every table of `raw_agreement`, without provenance; instants are naive UTC.

    Reason labels and mappings have no version: they describe what the systems show today.
    """
    tables: dict[str, Rows] = {
        "versions": [_version(version) for version in agreement.versions],
        "clauses": [row for version in agreement.versions for row in _clauses(version)],
        "hot_signals": [
            {"agreement_version": version.version, "conversion_identifier": identifier}
            for version in agreement.versions
            for identifier in version.terms.hot_when.conversions
        ],
        "reasons": [row for version in agreement.versions for row in _reasons(version)],
        "reason_labels": _labels(agreement),
        "stage_map": [
            {
                "source_system": block.system,
                "pipeline": block.pipeline,
                "stage": stage,
                "funnel_stage": funnel_stage,
            }
            for block in mappings.stages
            for stage, funnel_stage in block.stages.items()
        ],
        "channel_map": [
            {"traffic_source": traffic.source, "traffic_medium": traffic.medium, "channel": block.channel}
            for block in mappings.channels
            for traffic in block.traffic
        ],
        "targets": [row for version in agreement.versions for row in _targets(version)],
        "calendar_days": _calendar_days(agreement),
    }
    return tables


def _version(version: SignedVersion) -> dict[str, Any]:
    terms = version.terms
    return {
        "agreement_version": version.version,
        "agreement_hash": version.agreement_hash,
        "calendar_hash": version.calendar_hash,
        "effective_from": version.effective_from.replace(tzinfo=None),
        "signed_marketing": _signed(terms.signatures.marketing),
        "signed_sales": _signed(terms.signatures.sales),
        "inactivity_days": terms.passage.inactivity_days,
        "consent_unknown": terms.consent.unknown,
        "hot_interest_min": terms.hot_when.interest_at_least,
        "hot_signal_days": terms.hot_when.within_days,
    }


def _signed(signature: Signature) -> str:
    return f"{signature.name}, {signature.role} ({signature.signed_on.isoformat()})"


def _clauses(version: SignedVersion) -> Rows:
    return [
        {
            "agreement_version": version.version,
            "clause_id": clock.id,
            "clause_kind": clock.kind,
            "area": clock.area,
            "title_pt": clock.title.pt,
            "title_en": clock.title.en,
            "applies_to": clock.applies_to,
            "starts_at": clock.starts_at,
            "stops_at": clock.stops_at,
            "clock": clock.clock,
            "limit_seconds": clock.limit,
            "attempt_instant": clock.attempt_instant,
            "fallback": clock.fallback_without_call_result,
        }
        for clock in version.terms.response_clocks
    ]


def _reasons(version: SignedVersion) -> Rows:
    return [
        {
            "agreement_version": version.version,
            "reason_code": reason.code,
            "title_pt": reason.title.pt,
            "title_en": reason.title.en,
            "next_step": reason.next_step,
            "return_identifier": reason.return_identifier,
        }
        for reason in version.terms.reasons
    ]


def _labels(agreement: Agreement) -> Rows:
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


def _targets(version: SignedVersion) -> Rows:
    return [
        {
            "agreement_version": version.version,
            "metric": target.metric,
            "target": Decimal(str(target.target)),
            "direction": target.direction,
            "unit": target.unit,
        }
        for target in version.terms.targets
    ]


def _calendar_days(agreement: Agreement) -> Rows:
    calendars: dict[str, Calendar] = {
        version.calendar_hash: version.calendar for version in agreement.versions
    }
    return [
        {"calendar_hash": fingerprint, **row}
        for fingerprint, calendar in calendars.items()
        for row in build_calendar(calendar)
    ]
