"""Loading definitions is fast, does no work, and shows the whole line: every raw table leads into a dbt source."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from dagster import AssetKey, Definitions

from ingestion.tables import TABLES
from orchestration import dbt_runner
from orchestration.assets.translator import models_of, sources_of
from orchestration.code_location import build_definitions
from orchestration.profile import Profile
from orchestration.settings import child_environment

# Runs in a fresh interpreter: imports the code location while every way of doing work is barred.
LOAD = """
import json, socket, subprocess, sys, time
started = time.process_time()
import dagster, dagster_dbt  # their own imports may ask the machine what it is
def barred(*args, **kwargs): raise AssertionError("loading definitions may not do this")
socket.socket.connect = socket.getaddrinfo = subprocess.Popen.__init__ = barred
from orchestration.definitions import defs
defs.get_repository_def()
heavy = ("dlt", "great_expectations", "streamlit", "dbt.cli.main")
print(json.dumps({"seconds": time.process_time() - started, "modules": [m for m in heavy if m in sys.modules]}))
"""
CPU_BUDGET_SECONDS = 8.0


def test_loading_does_no_work_and_stays_in_its_budget(ready: Profile) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LOAD], env=child_environment(ready), capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["modules"] == [], "these are imported by the steps that need them"
    assert found["seconds"] < CPU_BUDGET_SECONDS
    assert not ready.paths.warehouse.exists()


def test_without_a_manifest_it_says_how_to_prepare_one(profile: Profile) -> None:
    with pytest.raises(FileNotFoundError, match="bastao prepare"):
        build_definitions(profile)


def test_every_dbt_source_has_exactly_one_upstream_asset(prepared: Profile, definitions: Definitions) -> None:
    manifest = dbt_runner.read_manifest(prepared)
    graph = definitions.resolve_asset_graph()
    produced = [key for asset in definitions.assets or [] for key in getattr(asset, "keys", None) or [asset.key]]
    for source in sources_of(manifest):
        assert produced.count(source) == 1, f"{source.to_user_string()} is made {produced.count(source)} times"
        assert graph.get(source).child_keys or source.path[-1] == "quarantine" or source not in _used(manifest)
    raw = {AssetKey([schema, table]) for schema, tables in TABLES.items() for table in tables}
    assert set(sources_of(manifest)) <= raw, "dbt reads a raw table that ingestion does not know"


def test_line_reaches_from_a_raw_table_to_the_delivery(definitions: Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    seen, todo = set(), [AssetKey(["raw_rd_station", "conversions"])]
    while todo:
        key = todo.pop()
        if key not in seen:
            seen.add(key)
            todo += graph.get(key).child_keys
    for path in (["marts", "fct_handoffs"], ["published", "bastao"], ["deliveries", "rd_station_nurture"]):
        assert AssetKey(path) in seen


def test_marts_and_plan_are_published(prepared: Profile, definitions: Definitions) -> None:
    manifest, graph = dbt_runner.read_manifest(prepared), definitions.resolve_asset_graph()
    assert graph.get(AssetKey(["published", "bastao"])).parent_keys == set(models_of(manifest, "marts"))
    assert graph.get(AssetKey(["published", "plan"])).parent_keys == set(models_of(manifest, "plan"))


def test_jobs_and_pool(definitions: Definitions) -> None:
    assert {"full_run", "hot_path", "push"} <= {job.name for job in definitions.jobs or []}
    graph = definitions.resolve_asset_graph()
    for path in (["marts", "fct_handoffs"], ["published", "bastao"]):
        assert graph.get(AssetKey(path)).pools == {"warehouse"}
    assert graph.get(AssetKey(["raw_rd_station", "contacts"])).pools == set(), "extraction takes hours: no pool"


def test_hot_path_leaves_out_what_webhooks_cannot_change(definitions: Definitions) -> None:
    job = definitions.resolve_job_def("hot_path")
    keys = job.asset_layer.selected_asset_keys
    assert AssetKey(["raw_inbox", "events"]) in keys
    assert AssetKey(["deliveries", "rd_station_nurture"]) in keys
    assert AssetKey(["raw_protheus", "sd2"]) not in keys
    assert AssetKey(["staging", "stg_protheus__sd2"]) not in keys


def _used(manifest: dict) -> set[AssetKey]:  # type: ignore[type-arg]
    names = {source for node in manifest["nodes"].values() for source in node["depends_on"]["nodes"]}
    return {
        AssetKey([source["schema"], source["identifier"]])
        for name, source in manifest["sources"].items()
        if name in names
    }


def test_workspace_names_the_module() -> None:
    text = (Path(__file__).parents[2] / "workspace.yaml").read_text()
    assert "orchestration.definitions" in text
