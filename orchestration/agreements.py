"""The agreement as the commands and the load use it: read, pinned, shown, restated."""

from __future__ import annotations

from datetime import UTC, datetime

from contract.agreement import Agreement, SignedVersion, load_agreement
from contract.problems import AgreementError, Problem
from contract.registry import AgreementChangedError, check_unchanged, records
from contract.restatement import Restatement, restatement
from orchestration import publish
from orchestration.profile import Profile
from orchestration.runtime import Runtime

FOLDER = "agreement"
_JUDGED = """
    with subjects as (
        select v.agreement_version, coalesce(h.mql_at, cast(h.mql_date as timestamp), v.started_at) as judged_at
        from marts.fct_sla_verdicts as v
        left join marts.fct_handoffs as h on split_part(v.subject_id, ':', 1) = h.handoff_id
    )
    select count(*) from subjects
    where agreement_version = $name or (judged_at >= $starts and judged_at < coalesce($ends, timestamp '9999-12-31'))
"""


def read(profile: Profile) -> Agreement:
    """The company's agreement; AgreementError with every problem of every file."""
    return load_agreement(profile.folder / FOLDER)


def refuse_changes(runtime: Runtime, agreement: Agreement, now: datetime) -> None:
    """Raise AgreementError when a version that was in force at an earlier run reads differently now."""
    try:
        check_unchanged(agreement, runtime.state.agreement_records(), now)
    except AgreementChangedError as error:
        raise AgreementError(error.problems) from error


def pin(runtime: Runtime, agreement: Agreement) -> None:
    """Remember the versions in force, so that a later change of their text is refused."""
    runtime.state.remember_agreements(records(agreement, runtime.now()))


def restate(runtime: Runtime, agreement: Agreement, name: str) -> Restatement:
    """What restating a version would mean, without doing it. AgreementError when there is nothing to restate."""
    return restatement(
        agreement, runtime.state.agreement_records(), name, runtime.now_or_system(), runtime.profile.locale
    )


def accept(runtime: Runtime, found: Restatement, reason: str, by: str) -> None:
    """Do it: the next run judges by the text as it stands. AgreementError without a reason or a name."""
    for option, text in (("--reason", reason), ("--by", by)):
        if not text.strip():
            remedy = "Judging the past anew is an act that somebody answers for."
            raise AgreementError([Problem("restate", 0, option, "is empty", remedy)])
    old_hash = found.before.agreement_hash if found.before else None
    runtime.state.restate_agreement(
        found.after, old_hash=old_hash, reason=reason.strip(), by=by.strip(), at=runtime.now_or_system()
    )


def judged_again(runtime: Runtime, found: Restatement) -> int:
    """How many verdicts of the last publish the restatement touches; 0 when nothing was published yet.

    Those judged by the version until now, and those of hand-overs (or months) that it covers from now on.
    """
    starts, ends = (at.astimezone(UTC).replace(tzinfo=None) if at else None for at in (found.starts, found.ends))
    try:
        with publish.opened(runtime.paths) as published:
            row = published.execute(_JUDGED, {"name": found.after.version, "starts": starts, "ends": ends}).fetchone()
    except FileNotFoundError:
        return 0
    return int(row[0]) if row else 0


def pick(profile: Profile, agreement: Agreement, name: str | None) -> SignedVersion:
    """A version by name, or the one in force; AgreementError when there is none."""
    where = str(profile.folder / FOLDER)
    if name is None:
        if (found := agreement.in_force(Runtime(profile).now_or_system())) is not None:
            return found
        raise AgreementError([Problem(where, 0, "", "no version is in force yet", "Name one: bastao agreement show v1")])
    try:
        return agreement.version(name)
    except KeyError as error:
        raise AgreementError([Problem(where, 0, "", str(error.args[0]), "")]) from None
