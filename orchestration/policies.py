"""How careful each sync is: the operator's figures from bastao.yaml, the consent rule from the agreement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration import agreements
from orchestration.profile import Profile
from orchestration.runtime import Runtime

if TYPE_CHECKING:
    from activation.policy import Policy

DAY_SECONDS = 86400.0
# Refusals of a return that time does not heal.
NEVER_AGAIN = frozenset({"consent_declined", "consent_unknown", "suppressed", "forgotten", "returned_too_often"})
RETURN_SECONDS = 26 * 3600.0  # a return shows with the next night's reading of the contacts at the latest


def nurture_policy(runtime: Runtime) -> Policy:
    """The policy of returning leads to nurture. Unknown consent follows the agreement version in force now."""
    from activation.policy import Policy

    setting = "rd_station_nurture"
    return Policy(
        consent_unknown=_consent_unknown(runtime),
        settle_seconds=runtime.profile.destination(setting).settle_seconds,
        final_refusals=NEVER_AGAIN,
        confirm_within_seconds=RETURN_SECONDS,
        **_common(runtime, setting),
    )


def flow_policy(runtime: Runtime) -> Policy:
    """The policy of putting leads into flows: as a return, but nothing can be read back. What RD Station answers is all that can
    be known, so an attempt without an answer is held for a person."""
    from activation.policy import Policy, ReadBack

    return Policy(
        consent_unknown=_consent_unknown(runtime),
        read_back=ReadBack.NONE,
        batch_max=50,  # the destination knows how many its plan allows
        final_refusals=NEVER_AGAIN,
        **_common(runtime, "rd_station_flow"),
    )


def status_policy(setting: str) -> Callable[[Runtime], Policy]:
    """The policy of telling RD Station what became of an opportunity. A mark may start a flow, so consent counts as for a
    return; what RD Station shows already, or what has passed, is nothing to do and never enters the ledger."""

    def policy(runtime: Runtime) -> Policy:
        from activation.policy import Policy, ReadBack

        profile = runtime.profile
        read_back = {"rd_station_opportunity": ReadBack.EXACT, "rd_station_loss": ReadBack.WEAK}.get(setting, ReadBack.NONE)
        passed = frozenset({"already_shown", "closed_since", "won_since"})
        # Contacts are read again with the sweep at the latest.
        return Policy(
            consent_unknown=_consent_unknown(runtime),
            read_back=read_back,
            settle_seconds=getattr(profile.destination(setting), "settle_seconds", 0.0),
            # The mark itself tells of a loss that a lost ledger forgot: without it nothing is sent.
            read_before_first_send="never" if setting == "rd_station_loss" else "new_ledger",
            confirm_within_seconds=_swept_seconds(profile),
            final_refusals=Policy.final_refusals | passed,
            not_entered=Policy.not_entered | passed,
            for_a_person=frozenset({"sale_to_correct"}),
            **_common(runtime, setting),
        )

    return policy


def owner_policy(setting: str) -> Callable[[Runtime], Policy]:
    """The policy of pushing owners: an internal field, so nobody's consent is asked; who is suppressed stays refused. What
    has an owner already, or shows it, is nothing to do and never enters the ledger."""

    def policy(runtime: Runtime) -> Policy:
        from activation.policy import Policy

        profile = runtime.profile
        settled = frozenset({"owned", "not_open", "already_shown"})
        return Policy(
            consent_unknown="allow",
            settle_seconds=profile.destination(setting).settle_seconds,
            newest_content_only=setting == "rd_station_owner",
            confirm_within_seconds=_swept_seconds(profile),
            final_refusals=settled | {"suppressed", "forgotten"},
            not_entered=settled | {"before_go_live", "too_old"},
            **_common(runtime, setting),
        )

    return policy


def telling_policy(setting: str) -> Callable[[Runtime], Policy]:
    """The policy of a destination that tells colleagues or systems, never a lead: nobody's consent is needed, and nothing
    can be read back. A receiver that knows our key may get an uncertain row again."""

    def policy(runtime: Runtime) -> Policy:
        from activation.policy import Policy, ReadBack

        return Policy(
            consent_unknown="allow",
            read_back=ReadBack.NONE,
            resend_is_safe=setting == "webhook",
            # A lost ledger must not stop the news: what is fresh is told, at worst once more.
            read_before_first_send="never",
            batch_max=40,
            **_common(runtime, setting),
        )

    return policy


def confirm_seconds(profile: Profile) -> dict[str, int]:
    """By sync, how long after its acceptance a delivery must be seen again; a sync that is not here never is."""
    swept = ("owner_rd", "owner_crm", "opportunity", "loss")
    return {"nurture_return": int(RETURN_SECONDS), **{sync: int(_swept_seconds(profile)) for sync in swept}}


def _swept_seconds(profile: Profile) -> float:
    """RD Station's funnels and contacts are read again with the sweep of all contacts at the latest."""
    sweep_days = profile.sources.rd_station.full_sweep_days if profile.sources.rd_station else 0
    return (sweep_days + 1) * DAY_SECONDS


def oldest(profile: Profile, setting: str, now: datetime) -> datetime:
    """The earliest instant of which the destination `setting` may still be told at `now`, both aware UTC."""
    return max(profile.go_live, now - timedelta(days=profile.destination(setting).max_age_days))


def _consent_unknown(runtime: Runtime) -> str:
    """What the agreement version in force now says of people whose consent is not known; refuse without one."""
    in_force = agreements.read(runtime.profile).in_force(runtime.now())
    return in_force.terms.consent.unknown if in_force else "refuse"


def _common(runtime: Runtime, setting: str) -> dict[str, Any]:
    """What every destination's section of bastao.yaml says."""
    wanted = runtime.profile.destination(setting)
    return {
        "go_live": runtime.profile.go_live,
        "max_age_seconds": wanted.max_age_days * DAY_SECONDS,
        "max_per_run": wanted.max_per_run,
        "max_per_day": wanted.max_per_day,
        "on_uncertain": wanted.on_uncertain,
        "stop_file": stop_file(runtime.paths.home),
    }


def stop_file(home: Path) -> Path:
    """The kill switch: while this file exists nothing is pushed."""
    return home / "STOP"
