"""A signed version is immutable: this refuses a changed text under the name of a version that was in force.

Pure functions. Orchestration keeps the records (in state.db) and calls `check_unchanged` before every run. The one way
around the refusal is the explicit act of `contract.restatement`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from contract.problems import Problem
from contract.signed import Agreement, SignedVersion


@dataclass(frozen=True)
class Record:
    """What was in force once: name and hash of a version, and its dated company days up to the day `until`.

    `content` is the signed text as plain JSON data, empty where an earlier release did not keep it.
    """

    version: str
    agreement_hash: str
    days: dict[str, str] = field(default_factory=dict)
    until: str = ""
    content: dict[str, Any] = field(default_factory=dict, compare=False)


class AgreementChangedError(Exception):
    """The text of a version in force is not the text that was recorded."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


def records(agreement: Agreement, now: datetime) -> list[Record]:
    """What to remember at an aware instant: every version in force by then, oldest first."""
    return [record_of(version, now) for version in agreement.versions if version.effective_from <= now]


def record_of(version: SignedVersion, now: datetime) -> Record:
    """What to remember of one version at an aware instant."""
    today = _today(version, now)
    days = _days_until(version, today)
    return Record(version.version, version.agreement_hash, days, today, version.content)


def restate_command(version: str) -> str:
    """How the operator says that the past is to be judged by the text as it stands now."""
    return f"`bastao agreement restate {version} --reason TEXT --by NAME`"


def check_unchanged(
    agreement: Agreement, recorded: Iterable[Record | tuple[str, str]], now: datetime
) -> None:
    """Raise `AgreementChangedError` when a recorded version is gone or reads differently.

    `recorded` holds `Record`s, or plain `(version, agreement_hash)` pairs when the dated days were not kept.
    Versions that were never in force may change freely; company days that have not begun may be added or removed.
    A version that nobody recorded and that is in force by `now` (aware instant) may not start before the last
    recorded day: it would change verdicts that were given.
    """
    problems: list[Problem] = []
    known = [item if isinstance(item, Record) else Record(*item) for item in recorded]
    present = {version.version: version for version in agreement.versions}
    for record in known:
        version = present.get(record.version)
        path = f"version {record.version!r}"
        if version is None:
            message = "was in force and is no longer in the agreement"
            problems.append(
                Problem("agreement", 0, path, message, "Put its text back: past verdicts rest on it.")
            )
        elif version.agreement_hash != record.agreement_hash:
            message = (
                f"was in force with another text (recorded {record.agreement_hash[:12]}, "
                f"now {version.agreement_hash[:12]})"
            )
            remedy = (
                "Restore the signed text and write the change as a new version with its own effective_from. If both "
                "areas agree that the past is judged anew by the changed text, say so: "
                f"{restate_command(record.version)}; verdicts that change show the old judgement beside the new one."
            )
            problems.append(Problem("agreement", 0, path, message, remedy))
        else:
            problems += _changed_days(record, version)
    problems += _retroactive(agreement, known, now)
    if problems:
        raise AgreementChangedError(problems)


def _today(version: SignedVersion, now: datetime) -> str:
    return now.astimezone(ZoneInfo(version.calendar.zone)).date().isoformat()


def _days_until(version: SignedVersion, until: str) -> dict[str, str]:
    return {day: text for day, text in version.dated_days.items() if day <= until}


def _retroactive(agreement: Agreement, recorded: Sequence[Record], now: datetime) -> list[Problem]:
    known = {record.version for record in recorded}
    last = max((record.until for record in recorded), default="")
    remedy = (
        f"Let it start on {last} or later: verdicts given until then stay as they are. If both areas agree that the "
        "past is judged anew by it, say so: "
    )
    return [
        Problem(
            "agreement",
            0,
            f"version {version.version!r}",
            f"is new and starts in the past ({starts_on})",
            f"{remedy}{restate_command(version.version)}.",
        )
        for version in agreement.versions
        if version.version not in known
        and version.effective_from <= now
        and (starts_on := _today(version, version.effective_from)) < last
    ]


def _changed_days(record: Record, version: SignedVersion) -> list[Problem]:
    present = _days_until(version, record.until)
    remedy = (
        "Days that have begun stay as they were; only days to come may be added or removed. If both areas agree that "
        f"the past is judged anew with this day, say so: {restate_command(record.version)}."
    )
    return [
        Problem(
            "agreement",
            0,
            f"version {record.version!r}",
            f"its calendar changed for {day}, which has begun",
            remedy,
        )
        for day in changed_days(record, present)
    ]


def changed_days(record: Record, present: Mapping[str, str]) -> list[str]:
    """The recorded company days (ISO dates) that read differently in `present`, or are in one of the two only."""
    return sorted(day for day in record.days | dict(present) if record.days.get(day) != present.get(day))
