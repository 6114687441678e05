"""Which sources there are, which raw schema each fills, and how each is loaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ingestion.ports import Target
from orchestration import accounts, agreements
from orchestration.errors import StageError
from orchestration.runtime import Runtime

SCHEMAS = {
    "rd_station": "raw_rd_station",
    "rd_station_crm": "raw_rd_station_crm",
    "pipedrive": "raw_pipedrive",
    "salesforce": "raw_salesforce",
    "hubspot": "raw_hubspot",
    "protheus": "raw_protheus",
    "files": "raw_files",
    "media_cost": "raw_media_cost",
    "agreement": "raw_agreement",
    "inbox": "raw_inbox",
    "deliveries": "raw_deliveries",
}
ALWAYS = ("agreement", "inbox", "deliveries")


def load(runtime: Runtime, source: str) -> Any:
    """Run one load of a source; returns ingestion's LoadReport. StageError for an unknown name."""
    loader = LOADERS.get(source)
    if loader is None:
        raise StageError(f"There is no source {source!r}; known: {', '.join(LOADERS)}.")
    report = loader(runtime, runtime.state.next_load_seq())
    for note in getattr(report, "notes", ()):
        runtime.display.say(f"  {note}")
    return report


def target(runtime: Runtime) -> Target:
    """Where rows land; the warehouse lock is held only while a package is loaded. The forgotten land without a trace."""
    return Target(runtime.warehouse, runtime.paths.dlt, runtime.lock, runtime.erasures.forgotten())


def _rd_station(runtime: Runtime, load_seq: int) -> Any:
    from ingestion import rd_station

    return rd_station.run(accounts.rd_station_config(runtime), accounts.ports(runtime, "rd_station", load_seq), target(runtime))


def _rd_station_crm(runtime: Runtime, load_seq: int) -> Any:
    from ingestion import rd_station_crm

    config = accounts.rd_station_crm_config(runtime)
    return rd_station_crm.run(config, accounts.ports(runtime, "rd_station_crm", load_seq), target(runtime))


def _pipedrive(runtime: Runtime, load_seq: int) -> Any:
    from ingestion import pipedrive

    return pipedrive.run(accounts.pipedrive_config(runtime), accounts.ports(runtime, "pipedrive", load_seq), target(runtime))


def _salesforce(runtime: Runtime, load_seq: int) -> Any:
    from ingestion import salesforce

    return salesforce.run(accounts.salesforce_config(runtime), accounts.ports(runtime, "salesforce", load_seq), target(runtime))


def _hubspot(runtime: Runtime, load_seq: int) -> Any:
    from ingestion import hubspot

    return hubspot.run(accounts.hubspot_config(runtime), accounts.ports(runtime, "hubspot", load_seq), target(runtime))


def _protheus(runtime: Runtime, load_seq: int) -> Any:
    from ingestion import protheus

    return protheus.run(accounts.protheus_config(runtime), accounts.ports(runtime, "protheus", load_seq), target(runtime))


def _files(runtime: Runtime, load_seq: int) -> Any:
    from ingestion import files

    wanted = runtime.profile.sources.files
    assert wanted is not None, "files is not configured"
    if wanted.folder is None:
        raise StageError("The files source has no folder: run with --data DIR, or set sources.files.folder.")
    mapping, folder = runtime.profile.path_of(wanted.mapping), runtime.profile.path_of(wanted.folder)
    return files.run(mapping, Path(folder), target(runtime), accounts.ports(runtime, "files", load_seq))


def _media_cost(runtime: Runtime, load_seq: int) -> Any:
    from ingestion import media_cost

    profile = runtime.profile
    wanted = profile.sources.media_cost
    assert wanted is not None, "media_cost is not configured"
    mapping, ports = profile.path_of(wanted.mapping), accounts.ports(runtime, "media_cost", load_seq)
    return media_cost.run(mapping, profile.media_folder, profile.currency, profile.time_zone, target(runtime), ports)


def _agreement(runtime: Runtime, load_seq: int) -> Any:
    from contract.mappings import load_mappings
    from ingestion import agreement

    found = agreements.read(runtime.profile)
    agreements.refuse_changes(runtime, found, runtime.now())
    mappings = load_mappings(runtime.profile.folder / "mappings")
    restated = runtime.state.agreement_restatements()
    report = agreement.run(found, mappings, target(runtime), accounts.ports(runtime, "agreement", load_seq), restated)
    agreements.pin(runtime, found)
    return report


def _inbox(runtime: Runtime, load_seq: int) -> Any:
    from ingestion import inbox

    return inbox.run(runtime.state.inbox.after, accounts.ports(runtime, "inbox", load_seq), target(runtime))


def _deliveries(runtime: Runtime, load_seq: int) -> Any:
    from activation.export import export_outbox
    from ingestion import deliveries

    def changed_after(seq: int) -> Any:
        return export_outbox(runtime.outbox, seq)

    return deliveries.run(changed_after, accounts.ports(runtime, "deliveries", load_seq), target(runtime))


LOADERS: dict[str, Callable[[Runtime, int], Any]] = {
    "rd_station": _rd_station,
    "rd_station_crm": _rd_station_crm,
    "pipedrive": _pipedrive,
    "salesforce": _salesforce,
    "hubspot": _hubspot,
    "protheus": _protheus,
    "files": _files,
    "media_cost": _media_cost,
    "agreement": _agreement,
    "inbox": _inbox,
    "deliveries": _deliveries,
}
