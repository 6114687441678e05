"""How careful each sync is: the operator's figures from bastao.yaml, the consent rule from the agreement."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestration import agreements
from orchestration.runtime import Runtime

if TYPE_CHECKING:
    from activation.policy import Policy

DAY_SECONDS = 86400.0


def nurture_policy(runtime: Runtime) -> Policy:
    """The policy of returning leads to nurture. Unknown consent follows the agreement version in force now."""
    from activation.policy import Policy

    wanted = runtime.profile.destinations.rd_station_nurture
    assert wanted is not None, "asked for the policy of a destination that is not configured"
    in_force = agreements.read(runtime.profile).in_force(runtime.now())
    return Policy(
        go_live=runtime.profile.go_live,
        max_age_seconds=wanted.max_age_days * DAY_SECONDS,
        max_per_run=wanted.max_per_run,
        max_per_day=wanted.max_per_day,
        consent_unknown=in_force.terms.consent.unknown if in_force else "refuse",
        settle_seconds=wanted.settle_seconds,
        on_uncertain=wanted.on_uncertain,
        stop_file=stop_file(runtime.paths.home),
    )


def stop_file(home: Path) -> Path:
    """The kill switch: while this file exists nothing is pushed."""
    return home / "STOP"
