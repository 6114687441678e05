"""Who goes back to nurture, who does not and why (RULES R18, R22, R23)."""

from datetime import datetime, timedelta
from typing import Any

from sandbox.company.constants import CONSENT_UNKNOWN, LOST_REASONS
from sandbox.truth.agreement import is_return
from sandbox.truth.identity import md5
from sandbox.truth.judged import Judged, Knowledge
from sandbox.truth.normal import email

_IDENTIFIERS = {code: identifier for code, _, identifier in LOST_REASONS.values()}


def _returns(known: Knowledge, person: str) -> list[tuple[datetime, str]]:
    """Return conversions of a person: (instant, identifier), in order."""
    return sorted(
        (at, identifier)
        for uuid in known.contacts.get(person, ())
        for kind, identifier, at, *_ in known.seen.rd_events.get(uuid, ())
        if kind == "CONVERSION" and is_return(identifier) and at <= known.as_of
    )


def next_passage(known: Knowledge, one: Judged) -> datetime | None:
    """When the person's next passage opened."""
    siblings = known.judged_of(one.passage.person)
    later = [other.passage.opening.at for other in siblings if other.passage.number == one.passage.number + 1]
    return min(later, default=None)


def first_return(known: Knowledge, one: Judged) -> tuple[datetime, str] | None:
    """The first return conversion after the closing and before the person's next passage: (instant, identifier)."""
    closed = one.outcome.decided_at
    if closed is None:
        return None
    until = next_passage(known, one) or datetime.max
    return next((found for found in _returns(known, one.passage.person) if closed <= found[0] < until), None)


def returned_at(known: Knowledge, one: Judged) -> datetime | None:
    """When the lead went back into nurture."""
    found = first_return(known, one)
    return found[0] if found else None


def consent(known: Knowledge, person: str) -> str:
    """declined beats granted beats unknown, over the contacts that are not deleted."""
    statuses = {
        base["status"]
        for uuid in known.contacts.get(person, ())
        if not known.seen.rd[uuid]["deleted"]
        for base in known.seen.rd[uuid]["legal_bases"] or ()
        if base["category"] == "communications"
    }
    return "declined" if "declined" in statuses else "granted" if "granted" in statuses else "unknown"


def main_contact(known: Knowledge, person: str) -> str | None:
    """The RD contact that a return goes to: not deleted, with an e-mail, the last to convert."""
    candidates = []
    for uuid in known.contacts.get(person, ()):
        contact = known.seen.rd[uuid]
        if contact["deleted"] or not any(
            email(raw) for raw in [contact["email"], *(contact["extra_emails"] or [])]
        ):
            continue
        last = max(
            (at for kind, _, at, *_ in known.seen.rd_events.get(uuid, ()) if kind == "CONVERSION"),
            default=datetime.min,
        )
        candidates.append((last, contact["created_at"], uuid))
    # Latest conversion, then latest creation, then the smallest uuid.
    best = max(((last, created) for last, created, _ in candidates), default=None)
    return min((uuid for last, created, uuid in candidates if (last, created) == best), default=None)


def _refusal(known: Knowledge, one: Judged, closed: datetime, max_age_days: int) -> str | None:
    person = one.passage.person
    siblings = known.judged_of(person)
    if closed < known.as_of - timedelta(days=max_age_days):
        return "too_old"
    if any(other.outcome.status == "open" for other in siblings):
        return "open_passage"
    if any(other.outcome.won_at is not None and other.outcome.won_at > closed for other in siblings):
        return "won_later"
    if main_contact(known, person) is None:
        return "no_email"
    if any(at >= closed for at, _ in _returns(known, person)):
        return "already_returned"
    status = consent(known, person)
    if status == "declined":
        return "consent_declined"
    return "consent_unknown" if status == "unknown" and CONSENT_UNKNOWN == "refuse" else None


def returns_due(known: Knowledge, go_live: datetime, max_age_days: int) -> list[dict[str, Any]]:
    """Candidates with their refusal (None: must be returned). `go_live` is naive UTC."""
    rows = []
    for one in known.judged:
        closed = one.outcome.decided_at
        if closed is None or one.next_step != "nurture" or closed < go_live:
            continue
        refusal = _refusal(known, one, closed, max_age_days)
        contact = main_contact(known, one.passage.person)
        rows.append({
            "subject_id": md5(f"rd_station_crm:deal:{one.outcome.closing_deal}"), "opening_record": one.record,
            "person": one.passage.person, "contact_uuid": contact,
            "email": known.seen.rd[contact]["email"].lower() if contact else None,
            "conversion_identifier": _IDENTIFIERS[one.reason_code or ""], "reason_code": one.reason_code,
            "closed_at": closed, "consent_status": consent(known, one.passage.person), "eligible": refusal is None,
            "refusal_reason": refusal,
        })  # fmt: skip
    return rows
