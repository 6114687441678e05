"""Rows of what a version says: its clauses, criteria, reasons, figures, and who gets a lead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

from contract.model import Signature
from contract.sections.routing import RoutingWhen
from contract.signed import Agreement, SignedVersion

Row = dict[str, Any]
Rows = list[Row]
_SIDES = ("cadence_steps", "clause_reasons", "clause_fields", "clause_forms")


def term_rows(agreement: Agreement) -> dict[str, Rows]:
    """Every table whose rows belong to one version, and begin with its name."""
    parts: dict[str, Callable[[SignedVersion], Iterator[Row]]] = {
        "clauses": lambda version: (clause.row() for clause in version.terms.clauses),
        **{table: _sides(table) for table in _SIDES},
        "mql_criteria": _criteria,
        "hot_signals": lambda version: (
            {"conversion_identifier": identifier} for identifier in version.terms.hot_when.conversions
        ),
        "reasons": _reasons,
        "targets": _targets,
        "warning_thresholds": _thresholds,
        "icp": _icp,
        "score_rules": _score_rules,
        "score_bands": _score_bands,
        "shared_goals": _shared_goals,
        "routing_rules": _routing_rules,
        "routing_conditions": _routing_conditions,
        "routing_sellers": _routing_sellers,
    }
    return {
        table: [
            {"agreement_version": version.version, **row}
            for version in agreement.versions
            for row in make(version)
        ]
        for table, make in parts.items()
    }


def version_rows(agreement: Agreement) -> Rows:
    """One row per version."""
    return [_version(version) for version in agreement.versions]


def _version(version: SignedVersion) -> Row:
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
        "return_at_most": terms.nurture_return.at_most if terms.nurture_return else None,
        "return_cooling_off_seconds": terms.nurture_return.cooling_off if terms.nurture_return else None,
    }


def _signed(signature: Signature) -> str:
    return f"{signature.name}, {signature.role} ({signature.signed_on.isoformat()})"


def _sides(table: str) -> Callable[[SignedVersion], Iterator[Row]]:
    def rows(version: SignedVersion) -> Iterator[Row]:
        for clause in version.terms.clauses:
            for row in clause.side_rows().get(table, ()):
                yield {"clause_id": clause.id, **row}

    return rows


def _criteria(version: SignedVersion) -> Iterator[Row]:
    for number, criterion in enumerate(version.terms.qualification.mql.criteria, start=1):
        rule = criterion.rule
        if rule is None:
            continue
        for value in rule.values or (None,):
            yield {"criterion_no": number, "rule": rule.kind, "minimum": rule.minimum, "value": value}


def _reasons(version: SignedVersion) -> Iterator[Row]:
    for reason in version.terms.reasons:
        yield {
            "reason_code": reason.code,
            "title_pt": reason.title.pt,
            "title_en": reason.title.en,
            "next_step": reason.next_step,
            "return_identifier": reason.return_identifier,
            "flow_id": reason.flow,
        }


def _targets(version: SignedVersion) -> Iterator[Row]:
    for target in version.terms.targets:
        yield {
            "metric": target.metric,
            "target": Decimal(str(target.target)),
            "direction": target.direction,
            "unit": target.unit,
        }


def _thresholds(version: SignedVersion) -> Iterator[Row]:
    for sign, figure in version.terms.warning_signs.thresholds().items():
        yield {"sign": sign, "threshold": Decimal(str(figure))}


def _icp(version: SignedVersion) -> Iterator[Row]:
    icp = version.terms.icp
    if icp is None:
        return
    for facet in ("sectors", "company_sizes", "roles", "regions"):
        yield from ({"facet": facet, "value": value} for value in getattr(icp, facet))
    if icp.behaviour is not None:
        yield {"facet": "behaviour_pt", "value": icp.behaviour.pt}
        yield {"facet": "behaviour_en", "value": icp.behaviour.en}


def _routing_rules(version: SignedVersion) -> Iterator[Row]:
    routing = version.terms.routing
    for number, rule in enumerate(routing.rules if routing else (), start=1):
        assert routing is not None
        yield {
            "rule_no": number,
            "title_pt": rule.title.pt,
            "title_en": rule.title.en,
            "mode": routing.mode,
            "grace_seconds": routing.grace_seconds,
            "skip_absent": rule.skip_absent,
            "portfolio": rule.when.portfolio,
        }


def _score_rules(version: SignedVersion) -> Iterator[Row]:
    scoring = version.terms.scoring
    for rule in scoring.rules if scoring else ():
        for value in rule.when.values or (None,):
            yield {
                "rule_id": rule.id,
                "part": rule.part,
                "title_pt": rule.title.pt,
                "title_en": rule.title.en,
                "kind": rule.when.kind,
                "field": rule.when.field,
                "value": value,
                "minimum": rule.when.conversions_at_least,
                "within_days": rule.when.within_days,
                "points": rule.points,
            }


def _score_bands(version: SignedVersion) -> Iterator[Row]:
    scoring = version.terms.scoring
    for band, start in scoring.named_bands() if scoring else ():
        yield {"band": band, "from_points": start}


def _shared_goals(version: SignedVersion) -> Iterator[Row]:
    for goal in version.terms.shared_goals:
        yield {
            "goal_id": goal.id,
            "title_pt": goal.title.pt,
            "title_en": goal.title.en,
            "measure": goal.measure,
            "minimum": Decimal(str(goal.at_least)),
            "marketing_bonus_share": Decimal(str(goal.bonus_share.marketing)),
            "sales_bonus_share": Decimal(str(goal.bonus_share.sales)),
            "pays_from": None if goal.pays_from is None else Decimal(str(goal.pays_from)),
        }


def _routing_conditions(version: SignedVersion) -> Iterator[Row]:
    routing = version.terms.routing
    for number, rule in enumerate(routing.rules if routing else (), start=1):
        for condition, value in _conditions(rule.when):
            yield {"rule_no": number, "condition": condition, "value": value}


def _conditions(when: RoutingWhen) -> Iterator[tuple[str, str]]:
    yield from (("state", state) for state in when.states)
    yield from (("channel", channel) for channel in when.channels)
    yield from (("form", form) for form in when.forms)


def _routing_sellers(version: SignedVersion) -> Iterator[Row]:
    routing = version.terms.routing
    if routing is None:
        return
    for number, rule in enumerate(routing.rules, start=1):
        for item in rule.sellers:
            yield {
                "rule_no": number,
                "seller_email": item.seller,
                "weight": item.weight,
                "capacity": item.capacity,
            }
    if routing.fallback is not None:
        yield {"rule_no": 0, "seller_email": routing.fallback.seller, "weight": 1, "capacity": None}
