"""Writes an agreement that the truth knows (`sandbox.truth.Agreement`) as the files of a company folder.

What nothing is judged by (signatures, titles of criteria, reasons, targets) comes from the demo's first version.
"""

import copy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from sandbox.company.constants import COMPANY_CLOSED_DAYS, TIME_ZONE
from sandbox.company.terms import (
    CALENDARS,
    Absence,
    Cadence,
    Commitment,
    ResponseClock,
    Terms,
    Waiver,
    WorkCalendar,
)
from sandbox.truth import Agreement
from tests.support.company import DEMO

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def write_agreement(folder: Path, agreement: Agreement) -> None:
    """Replace everything in `folder`, a company's agreement folder, by this agreement."""
    demo = DEMO / "agreement"
    base = yaml.safe_load((demo / "v1.yaml").read_text(encoding="utf-8"))["versions"][0]
    glossary = yaml.safe_load((demo / "glossario.yaml").read_text(encoding="utf-8"))
    for path in folder.glob("*.yaml"):
        path.unlink()
    found = {
        **glossary,
        "versions": [_version(base, terms) for terms in agreement.versions],
        "calendars": {name: _calendar(plan) for name, plan in CALENDARS.items()},
        "waivers": [_waiver(waiver) for waiver in agreement.waivers],
        "absences": [_absence(absence) for absence in agreement.absences],
    }
    text = yaml.safe_dump(found, allow_unicode=True, sort_keys=False)
    (folder / "acordo.yaml").write_text(text, encoding="utf-8")


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _version(base: dict[str, Any], terms: Terms) -> dict[str, Any]:
    found = copy.deepcopy(base)
    text = {"pt": "critério", "en": "criterion"}
    before = (terms.effective_from - timedelta(days=10)).date()
    for signature in found["signatures"].values():
        signature["signed_on"] = before
    found["qualification"]["mql"]["criteria"] = [
        {"title": text, "measured_by": text, "rule": {name: value if isinstance(value, int) else list(value)}}
        for name, value in terms.mql_rules
    ]
    return found | {
        "version": terms.name,
        "effective_from": _instant(terms.effective_from),
        "hot_when": {
            "conversions": list(terms.hot_conversions),
            "within_days": terms.hot_within_days,
            "interest_at_least": terms.hot_interest,
        },
        "owner": _within(terms.owner_within),
        "response_clocks": [_clock(clock) for clock in terms.clocks],
        "cadence": _cadence(terms.cadence),
        "give_back": {"except_reasons": list(terms.give_back_exempt)},
        "rating": _within(terms.rating_within) | {"fallback_without_instant": "rated"},
        "nurture_return": _within(terms.nurture_within),
        "commitments": {
            area: [_commitment(promise) for promise in terms.commitments if promise.area == area]
            for area in ("marketing", "sales")
        },
        "calendar": terms.calendar,
        "calendars_by_team": dict(terms.calendar_by_team or {}),
        "calendars_by_seller": dict(terms.calendar_by_seller or {}),
    }


def _within(seconds: int) -> dict[str, Any]:
    return {"within": f"{seconds} s", "clock": "elapsed"}


def _clock(clock: ResponseClock) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": clock.id,
        "title": {"pt": clock.id, "en": clock.id},
        "applies_to": clock.applies_to,
        "clock": clock.clock,
        "limit": f"{clock.limit} s",
        "pause_when_owner_absent": clock.pause_when_owner_absent,
    }
    return found if clock.temperature is None else found | {"temperature": clock.temperature}


def _cadence(cadence: Cadence) -> dict[str, Any]:
    return {
        "applies_to": cadence.applies_to,
        "steps": list(cadence.steps),
        "within": f"{cadence.within} s",
        "clock": cadence.clock,
        "min_spacing": f"{cadence.min_spacing} s",
        "spacing_clock": cadence.spacing_clock,
    }


def _commitment(promise: Commitment) -> dict[str, Any]:
    found: dict[str, Any] = {"id": promise.id, "measure": promise.measure, "at_least": promise.at_least}
    if promise.fields:
        found["fields"] = list(promise.fields)
    if promise.forms:
        found["forms"] = list(promise.forms)
    return found


def _calendar(plan: WorkCalendar) -> dict[str, Any]:
    found: dict[str, Any] = {
        "zone": TIME_ZONE,
        "country": "BR",
        "hours": [
            {"days": [_DAYS[day]], "intervals": [f"{a:02}:{b:02}-{c:02}:{d:02}" for (a, b), (c, d) in pairs]}
            for day, pairs in plan.hours.items()
        ],
        "closed_every_year": [
            {"day": f"{month:02}-{day:02}", "name": "fechado"} for month, day in COMPANY_CLOSED_DAYS
        ],
    }
    if plan.state:
        found["state"] = plan.state
    if plan.optional_days:
        found["optional_days_closed"] = ["carnival", "corpus_christi"]
    return found


def _waiver(waiver: Waiver) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": waiver.id,
        "clause": waiver.clause,
        "reason": waiver.reason,
        "approved_by": "Helena Prado",
        "approved_on": date(2026, 6, 30),
    }
    if waiver.handoff:
        found["handoff"] = waiver.handoff
    if waiver.seller:
        found["seller"] = waiver.seller
    if waiver.since and waiver.until:
        found |= {"from": _instant(waiver.since), "until": _instant(waiver.until)}
    return found


def _absence(absence: Absence) -> dict[str, Any]:
    since, until = (
        _instant(at) if isinstance(at, datetime) else at for at in (absence.since, absence.until)
    )
    return {"seller": absence.seller, "from": since, "until": until, "reason": absence.reason}
