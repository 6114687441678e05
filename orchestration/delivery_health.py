"""How a sync does, as the published mart says it, and what a person can do about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from orchestration import publish
from orchestration.delivery_words import STOPS
from orchestration.paths import Paths

if TYPE_CHECKING:
    from activation.report import DeliveryReport

REMEDIES = {
    "nothing_accepted": "Something waits and nothing was accepted: bastao deliver --dry-run says why; bastao doctor looks at the access.",
    "held": "Uncertain deliveries wait for a person: bastao deliveries list --state held, then retry or received.",
    "given_up": "Deliveries were given up: bastao deliveries list --state dead says why; bastao deliveries replay sends them again.",
    "not_seen_again": "Accepted deliveries were not seen at the destination: run the ingestion; if they stay, look one up there.",
    "waiting_too_long": "Deliveries have waited too long: bastao deliver --dry-run shows the quota's cost and the time to drain.",
}
# Ways in which a run ends early that a person must look at; the others pass by themselves.
_BAD_ENDS = ("plan_unusually_large", "too_many_failures_in_a_row")


@dataclass(frozen=True)
class Health:
    """`status`: ok, degraded or stopped. `reason`: a code, None when ok. `remedy`: what to do."""

    status: str = "ok"
    reason: str | None = None
    remedy: str = ""


def read(paths: Paths, sync: str) -> Health:
    """The present of one sync in the last snapshot; ok when nothing is known of it."""
    query = "select status, reason from marts.rpt_delivery_health where sync = ? and period = 'present'"
    try:
        with publish.opened(paths) as connection:
            found = connection.execute(query, [sync]).fetchone()
    except (FileNotFoundError, duckdb.CatalogException):  # nothing is published, or by an earlier release
        return Health()
    return Health(found[0], found[1], REMEDIES.get(found[1] or "", "")) if found else Health()


def after(paths: Paths, report: DeliveryReport) -> Health:
    """The health of a sync right after a run of it: how the run ended counts first."""
    end = report.stopped or ""
    if end.startswith("blocked") or end in _BAD_ENDS:
        remedy = STOPS.get(end, "The destination refuses us: check the credentials or the address (bastao doctor).")
        return Health("degraded", end, remedy)
    return read(paths, report.sync)
