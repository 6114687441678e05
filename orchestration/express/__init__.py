"""The express lane: a rejection that a webhook tells of goes back into nurture in seconds, whatever the size of the history.

A whole build judges everybody; a rejection changes one person. So the lane takes the raw rows of the people concerned (out
of the published facts file), adds what the CRM says now of the deals that webhooks named since, runs the very SQL of the
models on them, and hands the plan rows to the same delivery engine. It writes nothing but the outbox: the next run reads
the same deals, comes to the same plan rows, and finds them delivered.
"""

from __future__ import annotations

from orchestration import dbt_runner
from orchestration.profile import Profile

SETTING = "rd_station_nurture"
MODEL = "plan_nurture_return"
STAGE, READY = "express", "express: listening"  # in the run log


def is_wanted(profile: Profile) -> bool:
    """Whether the company's rejections can go by the lane: live returns, the CRM that tells of them, a DuckDB warehouse."""
    wanted = profile.destination(SETTING)
    sources = profile.sources
    has_both = sources.rd_station is not None and sources.rd_station_crm is not None
    return wanted is not None and wanted.live and has_both and profile.engine == "duckdb"


def raw_tables(profile: Profile) -> list[tuple[str, str]]:
    """The raw tables (schema, name) that the lane's models read; none where the lane is not used."""
    if not is_wanted(profile):
        return []
    manifest = dbt_runner.read_manifest(profile)
    found = dbt_runner.ancestors(manifest, MODEL)
    sources = [manifest["sources"][key] for key in found if key in manifest["sources"]]
    return sorted((source["schema"], source["identifier"]) for source in sources)
