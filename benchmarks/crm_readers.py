"""The four CRMs of the simulated company and their readers, for the benchmark and the kill test of the readers."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from ingestion import hubspot, identifiers, pipedrive, rd_station_crm, salesforce
from ingestion.ports import NoLimits, Ports, Target
from ingestion.runner import LoadReport
from tests.ingestion.fakes import FakeClock, MemoryTokens, no_lock
from tests.ingestion.pipedrive.account import FIELDS as PIPEDRIVE_FIELDS
from tests.ingestion.salesforce.org import FIELDS as SALESFORCE_FIELDS
from tests.support.hubspot import MEETING_TYPES, PROPERTIES

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Crm:
    """One of them. `config(base, credentials)`: how it is read when the sandbox answers at `base`."""

    schema: str
    config: Callable[[str, Given], Any]
    api: Callable[..., Any]  # config, ports, transport
    run: Callable[..., LoadReport]


def _rd_station_crm(base: str, given: Given) -> rd_station_crm.RdStationCrmConfig:
    v1, v2 = given["crm_v1"], given["crm_v2"]
    return rd_station_crm.RdStationCrmConfig(
        v1["token"], v2["client_id"], v2["client_secret"], v2["refresh_token"], v1_url=f"{base}/crm-v1/api/v1",
        v2_url=f"{base}/crm/v2", token_url=f"{base}/oauth2/token",
    )  # fmt: skip


def _hubspot(base: str, given: Given) -> hubspot.HubspotConfig:
    return hubspot.HubspotConfig(
        token=given["hubspot"]["token"], base_url=f"{base}/hubspot", properties=PROPERTIES, meeting_types=MEETING_TYPES
    )


def _salesforce(base: str, given: Given) -> salesforce.SalesforceConfig:
    own = given["salesforce"]
    return salesforce.SalesforceConfig(base, own["client_id"], client_secret=own["client_secret"], fields=SALESFORCE_FIELDS)


def _pipedrive(base: str, given: Given) -> pipedrive.PipedriveConfig:
    own = given["pipedrive"]
    return pipedrive.PipedriveConfig(
        token=own["token"], base_url=f"{base}/pipedrive", fields=PIPEDRIVE_FIELDS, nobody=(str(own["user_id"]),)
    )


CRMS = {
    "rd_station_crm": Crm("raw_rd_station_crm", _rd_station_crm, rd_station_crm.CrmApi, rd_station_crm.run),
    "hubspot": Crm("raw_hubspot", _hubspot, hubspot.HubspotApi, hubspot.run),
    "salesforce": Crm("raw_salesforce", _salesforce, salesforce.SalesforceApi, salesforce.run),
    "pipedrive": Crm("raw_pipedrive", _pipedrive, pipedrive.PipedriveApi, pipedrive.run),
}


def load(
    name: str, base: str, given: Given, home: Path, load_seq: int, now: datetime, transport: httpx.BaseTransport | None = None,
    tokens: MemoryTokens | None = None, api: Callable[..., Any] | None = None,
) -> LoadReport:  # fmt: skip
    """One run of a CRM's reader into `home`; `api`: another client than its own."""
    crm = CRMS[name]
    config, ports = crm.config(base, given), Ports(NoLimits(), tokens or MemoryTokens(), FakeClock(now.isoformat()), load_seq)
    with contextlib.closing((api or crm.api)(config, ports, transport)) as client:
        return crm.run(config, ports, Target(home / "warehouse.duckdb", home, no_lock), client)


def forget_addresses() -> None:
    """Forget the normalised addresses that this process met: the next load is that of a new one."""
    for known in (identifiers.email_found, identifiers.phone_found):
        known.cache_clear()
