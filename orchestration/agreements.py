"""The agreement as the commands and the load use it: read, pinned, shown."""

from __future__ import annotations

from datetime import datetime

from contract.agreement import Agreement, SignedVersion, load_agreement
from contract.problems import AgreementError, Problem
from contract.registry import AgreementChangedError, check_unchanged, records
from orchestration.profile import Profile
from orchestration.runtime import Runtime

FOLDER = "agreement"


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
