"""Access to the outside systems: the profile's addresses and secrets as the configurations of the rooms.

Ingestion and push-back use the same tokens and the same quota limiter, keyed by who owns the quota.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ingestion.ports import Ports
from orchestration import settings
from orchestration.runtime import Runtime

if TYPE_CHECKING:
    from ingestion.protheus import ProtheusConfig
    from ingestion.rd_station import RdStationApi, RdStationConfig
    from ingestion.rd_station_crm import RdStationCrmConfig


def ports(runtime: Runtime, source: str, load_seq: int = 0) -> Ports:
    """What a source needs besides its configuration."""
    return Ports(
        limiter=runtime.limiter(source),
        tokens=runtime.state.token_store,
        clock=runtime.clock,
        load_seq=load_seq,
        progress=runtime.display,
    )


def rd_station_config(runtime: Runtime) -> RdStationConfig:
    """SettingsError when a secret is missing."""
    from ingestion.rd_station import RdStationConfig

    wanted = runtime.profile.sources.rd_station
    assert wanted is not None, "rd_station is not configured"
    return RdStationConfig(
        client_id=_secret(runtime, "rd_station", "client_id_env"),
        client_secret=_secret(runtime, "rd_station", "client_secret_env"),
        refresh_token=_secret(runtime, "rd_station", "refresh_token_env"),
        base_url=wanted.base_url.rstrip("/"),
        full_sweep_days=wanted.full_sweep_days,
    )


def rd_station_crm_config(runtime: Runtime) -> RdStationCrmConfig:
    """SettingsError when a secret is missing."""
    from ingestion.rd_station_crm import RdStationCrmConfig

    wanted = runtime.profile.sources.rd_station_crm
    assert wanted is not None, "rd_station_crm is not configured"
    labels: dict[str, Any] = {"erp_order_label": wanted.erp_order_field, "cnpj_label": wanted.cnpj_field}
    return RdStationCrmConfig(
        token=_secret(runtime, "rd_station_crm", "v1_token_env"),
        client_id=_secret(runtime, "rd_station_crm", "v2_client_id_env"),
        client_secret=_secret(runtime, "rd_station_crm", "v2_client_secret_env"),
        refresh_token=_secret(runtime, "rd_station_crm", "v2_refresh_token_env"),
        v1_url=f"{wanted.v1_base_url.rstrip('/')}/api/v1",
        v2_url=f"{wanted.v2_base_url.rstrip('/')}/crm/v2",
        token_url=f"{wanted.oauth_url.rstrip('/')}/oauth2/token",
        **{name: label for name, label in labels.items() if label is not None},
    )


def protheus_config(runtime: Runtime) -> ProtheusConfig:
    """SettingsError when the database's URL is missing."""
    from ingestion.protheus import ProtheusConfig

    wanted = runtime.profile.sources.protheus
    assert wanted is not None, "protheus is not configured"
    return ProtheusConfig(
        url=_secret(runtime, "protheus", "url_env"),
        company_group=wanted.company_group,
        overlap_minutes=wanted.overlap_minutes,
    )


@contextlib.contextmanager
def rd_station_api(runtime: Runtime) -> Iterator[RdStationApi]:
    """An authenticated client of RD Station Marketing."""
    from ingestion.rd_station import RdStationApi

    api = RdStationApi(rd_station_config(runtime), ports(runtime, "rd_station"))
    try:
        yield api
    finally:
        api.close()


@contextlib.contextmanager
def nurture_destination(runtime: Runtime) -> Iterator[tuple[Any, Any]]:
    """The destination that returns leads, and the look-up of consent just before each send."""
    from activation.destinations.rd_station_contact import RdConsent
    from activation.destinations.rd_station_nurture import RdStationNurture

    with rd_station_api(runtime) as api:
        yield RdStationNurture(api), RdConsent(api)


def _secret(runtime: Runtime, source: str, key: str) -> str:
    return settings.secret(runtime.profile, "sources", source, key).reveal()
