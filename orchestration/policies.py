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


def nurture_policy(runtime: Runtime) -> Policy:
    """The policy of returning leads to nurture. Unknown consent follows the agreement version in force now."""
    from activation.policy import Policy

    setting = "rd_station_nurture"
    in_force = agreements.read(runtime.profile).in_force(runtime.now())
    return Policy(
        consent_unknown=in_force.terms.consent.unknown if in_force else "refuse",
        settle_seconds=runtime.profile.destination(setting).settle_seconds,
        **_common(runtime, setting),
    )


def owner_policy(setting: str) -> Callable[[Runtime], Policy]:
    """The policy of pushing owners: an internal field, so nobody's consent is asked; who is suppressed stays refused. What
    has an owner already, or shows it, is nothing to do and never enters the ledger."""

    def policy(runtime: Runtime) -> Policy:
        from activation.policy import Policy

        profile = runtime.profile
        settled = frozenset({"owned", "not_open", "already_shown"})
        # RD Station's funnels are read again with the sweep of all contacts at the latest.
        sweep_days = profile.sources.rd_station.full_sweep_days if profile.sources.rd_station else 0
        return Policy(
            consent_unknown="allow",
            settle_seconds=profile.destination(setting).settle_seconds,
            newest_content_only=setting == "rd_station_owner",
            confirm_within_seconds=(sweep_days + 1) * DAY_SECONDS,
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


def oldest(profile: Profile, setting: str, now: datetime) -> datetime:
    """The earliest instant of which the destination `setting` may still be told at `now`, both aware UTC."""
    return max(profile.go_live, now - timedelta(days=profile.destination(setting).max_age_days))


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
