"""The explicit act that accepts a changed text of a version in force: what changes, in words.

Pure functions. Editing the past is refused (`contract.registry`) until somebody says by name and reason that verdicts
are to be judged anew. Orchestration records the act in state.db and in the warehouse; both judgements stay readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from contract.calendar_model import Calendar
from contract.diff import differences
from contract.model import Version
from contract.problems import AgreementError, Problem
from contract.registry import Record, changed_days, record_of
from contract.signed import Agreement, SignedVersion

_NAMES = ("id", "code", "metric", "version", "date", "day", "name")  # what tells the items of a list apart
_OTHER_CALENDARS = ("calendars_by_team", "calendars_by_seller")
_NOTHING = "–"


@dataclass(frozen=True)
class Restatement:
    """A version whose recorded text (`before`; None: it is new and starts in the past) becomes `after`.

    `changes` says in words what differs. Hand-overs in [`starts`, `ends`) are judged by it from now on, and those
    judged by it until now are judged again. Aware UTC; `ends` None: it is the last version.
    """

    before: Record | None
    after: Record
    changes: list[str]
    starts: datetime
    ends: datetime | None


def restatement(
    agreement: Agreement, recorded: Iterable[Record], name: str, now: datetime, locale: str = "pt-BR"
) -> Restatement:
    """What restating version `name` at the aware instant `now` means. AgreementError when there is nothing to restate."""
    before = next((record for record in recorded if record.version == name), None)
    version = _version(agreement, name, before)
    after = record_of(version, now)
    if before is None:
        if version.effective_from > now:
            raise _refusal(name, "is not in force yet", "Edit it freely: no verdict rests on it.")
        changes = [f"{name}: new, from {version.effective_from.isoformat()}"]
    else:
        changes = [*_text_changes(before, version, locale), *_day_changes(before, after)]
        if before.agreement_hash == after.agreement_hash and not changes:
            raise _refusal(name, "reads as it was recorded", "There is nothing to restate; edit its text first.")
    later = [item.effective_from for item in agreement.versions if item.effective_from > version.effective_from]
    return Restatement(before, after, changes, version.effective_from, min(later, default=None))


def _version(agreement: Agreement, name: str, before: Record | None) -> SignedVersion:
    try:
        return agreement.version(name)
    except KeyError as error:
        if before is None:
            raise _refusal(name, str(error.args[0]), "") from None
        remedy = "Put its text back first: hand-overs were judged by it."
        raise _refusal(name, "was in force and is no longer in the agreement", remedy) from None


def _refusal(name: str, message: str, remedy: str) -> AgreementError:
    return AgreementError([Problem("agreement", 0, f"version {name!r}", message, remedy)])


def _text_changes(before: Record, version: SignedVersion, locale: str) -> list[str]:
    if before.agreement_hash == version.agreement_hash:
        return []
    if not before.content:
        return ["the recorded text was not kept (an earlier release recorded its hash only)"]
    found = list(_paths(before.content, version.content, ""))
    earlier = _rebuilt(before.content)
    words = differences(earlier, _undated(version), locale) if earlier else []
    moved = [line for line in found if line.startswith("effective_from")]
    return [*moved, *words] if words else found


def _rebuilt(content: dict[str, Any]) -> SignedVersion | None:
    """The recorded version as the present model reads it; None when an earlier release wrote it otherwise."""
    try:
        others = {key: content.get(key, {}) for key in _OTHER_CALENDARS}
        names = {key: dict.fromkeys(bodies, "recorded") for key, bodies in others.items() if bodies}
        terms = Version.model_validate({**content, "calendar": "recorded", **names})
        read = [
            {name: Calendar.model_validate(body) for name, body in bodies.items()} for bodies in others.values()
        ]
        return SignedVersion(terms, Calendar.model_validate(content["calendar"]), *read)
    except (AttributeError, KeyError, TypeError, ValidationError):
        return None


def _undated(version: SignedVersion) -> SignedVersion:
    """The version without its dated company days: they are no part of the recorded text."""
    plain = {"closed_days": (), "open_days": (), "special_hours": ()}
    teams, sellers = (
        {name: calendar.model_copy(update=plain) for name, calendar in calendars.items()}
        for calendars in (version.team_calendars, version.seller_calendars)
    )
    return SignedVersion(version.terms, version.calendar.model_copy(update=plain), teams, sellers)


def _day_changes(before: Record, after: Record) -> Iterator[str]:
    present = {day: text for day, text in after.days.items() if day <= before.until}
    for day in changed_days(before, present):
        yield f"{day}: {before.days.get(day, _NOTHING)} → {present.get(day, _NOTHING)}"


def _paths(old: Any, new: Any, path: str) -> Iterator[str]:
    """Every place where two JSON values differ, as `response_clocks[first_contact].limit: 5 min → 10 min`."""
    if old == new:
        return
    if isinstance(old, list) and isinstance(new, list):
        old, new = _named(old), _named(new)
        inside = "{0}[{1}]"
    else:
        inside = "{0}.{1}" if path else "{1}"
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            yield from _paths(old.get(key), new.get(key), inside.format(path, key))
        return
    yield f"{path}: {_NOTHING if old is None else old} → {_NOTHING if new is None else new}"


def _named(items: list[Any]) -> dict[Any, Any]:
    def name(at: int, item: Any) -> Any:
        found = next((item[key] for key in _NAMES if isinstance(item, dict) and key in item), None)
        return found if isinstance(found, str) else at

    return {name(at, item): item for at, item in enumerate(items)}
