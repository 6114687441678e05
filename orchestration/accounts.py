"""Access to the outside systems: the profile's addresses and secrets as the configurations of the rooms.

Ingestion and push-back use the same tokens and the same quota limiter, keyed by who owns the quota.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ingestion.ports import Ports
from orchestration import settings
from orchestration.runtime import Runtime

if TYPE_CHECKING:
    from ingestion.hubspot import HubspotConfig
    from ingestion.pipedrive import PipedriveConfig
    from ingestion.pipedrive.client import PipedriveApi
    from ingestion.protheus import ProtheusConfig
    from ingestion.rd_station import RdStationApi, RdStationConfig
    from ingestion.rd_station_crm import CrmApi, RdStationCrmConfig
    from ingestion.salesforce import SalesforceConfig


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


def pipedrive_config(runtime: Runtime) -> PipedriveConfig:
    """SettingsError when a secret of the chosen way of access is missing."""
    from ingestion.pipedrive import Fields, PipedriveConfig
    from ingestion.pipedrive.settings import CHANNELS

    wanted = runtime.profile.sources.pipedrive
    assert wanted is not None, "pipedrive is not configured"
    secrets: dict[str, Any] = {key.removesuffix("_env"): _secret(runtime, "pipedrive", key) for key in wanted.needed_secrets}
    return PipedriveConfig(
        **secrets,
        base_url=wanted.base_url.rstrip("/"),
        token_url=wanted.oauth_url,
        fields=Fields(**wanted.custom_fields.model_dump()),
        marketing_origins=tuple(wanted.marketing_origins),
        activity_types={**CHANNELS, **wanted.activity_types},
        nobody=tuple(wanted.nobody),
        lead_stage_name=wanted.lead_stage,
        call_logs=wanted.call_logs,
        rare_minutes=wanted.rare_minutes,
        full_sweep_days=wanted.full_sweep_days,
    )


def salesforce_config(runtime: Runtime) -> SalesforceConfig:
    """SettingsError when a secret of the configured flow is missing."""
    from ingestion.salesforce import Fields, SalesforceConfig

    wanted = runtime.profile.sources.salesforce
    assert wanted is not None, "salesforce is not configured"
    given = {key: _secret(runtime, "salesforce", key) for key in wanted.needed_secrets}
    made = SalesforceConfig(
        base_url=wanted.base_url.rstrip("/"),
        client_id=given["client_id_env"],
        grant=wanted.grant,
        client_secret=given.get("client_secret_env"),
        refresh_token=given.get("refresh_token_env"),
        jwt_key=given.get("jwt_key_env"),
        jwt_user=wanted.jwt_user,
        login_url=wanted.login_url,
        version=wanted.version,
        fields=Fields(**wanted.fields.model_dump()),
        marketing_values=wanted.marketing_values,
        lost_statuses=wanted.lost_statuses,
    )
    types = {**made.task_types, **{name.lower(): kind for name, kind in wanted.task_types.items()}}
    results = {**made.call_results, **{name.lower(): result for name, result in wanted.call_results.items()}}
    return replace(made, task_types=types, call_results=results)


def hubspot_config(runtime: Runtime) -> HubspotConfig:
    """SettingsError when a secret is missing."""
    from ingestion.hubspot import HubspotConfig, Properties

    wanted = runtime.profile.sources.hubspot
    assert wanted is not None, "hubspot is not configured"
    secrets = {key.removesuffix("_env"): _secret(runtime, "hubspot", key) for key in wanted.needed_secrets}
    return HubspotConfig(
        token=secrets.get("token"),
        client_id=secrets.get("client_id", ""),
        client_secret=secrets.get("client_secret", ""),
        refresh_token=secrets.get("refresh_token"),
        base_url=wanted.base_url.rstrip("/"),
        version=wanted.version,
        account=runtime.profile.name,
        properties=Properties(**wanted.properties.model_dump()),
        marketing_values=wanted.marketing_values,
        dispositions={guid.lower(): outcome for guid, outcome in wanted.dispositions.items()},
        meeting_types={name.lower(): kind for name, kind in wanted.meeting_types.items()},
        archived_hours=wanted.archived_hours,
    )


def protheus_config(runtime: Runtime) -> ProtheusConfig:
    """SettingsError when the database's URL is missing, or the REST server's user and password."""
    from ingestion.protheus import ProtheusConfig, RestAccess

    wanted = runtime.profile.sources.protheus
    assert wanted is not None, "protheus is not configured"
    common: dict[str, Any] = {
        "company_group": wanted.company_group,
        "overlap_minutes": wanted.overlap_minutes,
        "accepted_changes": wanted.accepted_changes,
    }
    if wanted.mode == "sql":
        url = _secret(runtime, "protheus", "url_env")
        return ProtheusConfig(url, db_schema=wanted.db_schema, isolation=wanted.isolation, **common)
    if not wanted.rest_url:
        return ProtheusConfig(mode="rest", **common)  # ingestion says what is missing
    access = RestAccess(
        base_url=wanted.rest_url.rstrip("/"),
        username=_secret(runtime, "protheus", "rest_user_env"),
        password=_secret(runtime, "protheus", "rest_password_env"),
        branch=wanted.rest_branch,
        token_in=wanted.rest_token_in,
        stamp_literal=wanted.rest_stamp_literal,
    )
    return ProtheusConfig(mode="rest", rest=access, **common)


def open_rd_station(runtime: Runtime) -> RdStationApi:
    """An authenticated client of RD Station Marketing; the caller closes it."""
    from ingestion.rd_station import RdStationApi

    return RdStationApi(rd_station_config(runtime), ports(runtime, "rd_station"))


def open_rd_station_crm(runtime: Runtime) -> CrmApi:
    """An authenticated client of RD Station CRM; the caller closes it."""
    from ingestion.rd_station_crm import CrmApi

    return CrmApi(rd_station_crm_config(runtime), ports(runtime, "rd_station_crm"))


def open_pipedrive(runtime: Runtime) -> PipedriveApi:
    """An authenticated client of Pipedrive; the caller closes it."""
    from ingestion.pipedrive.client import PipedriveApi

    return PipedriveApi(pipedrive_config(runtime), ports(runtime, "pipedrive"))


@contextlib.contextmanager
def rd_station_api(runtime: Runtime) -> Iterator[RdStationApi]:
    """An authenticated client of RD Station Marketing."""
    api = open_rd_station(runtime)
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


@contextlib.contextmanager
def flow_destination(runtime: Runtime) -> Iterator[tuple[Any, Any]]:
    """The destination that puts leads into flows, and the look-up of consent just before each send."""
    from activation.destinations.rd_station_contact import RdConsent
    from activation.destinations.rd_station_flow import RdStationFlow

    account, wanted = runtime.profile.sources.rd_station, runtime.profile.destinations.rd_station_flow
    assert account is not None and wanted is not None, "rd_station and rd_station_flow are not both configured"
    with rd_station_api(runtime) as api:
        yield RdStationFlow(api, account.plan, wanted.fields), RdConsent(api)


@contextlib.contextmanager
def status_destination(runtime: Runtime, setting: str) -> Iterator[tuple[Any, Any]]:
    """A destination that tells RD Station what became of an opportunity; it looks at the contact just before each send."""
    from activation.destinations.rd_station_loss import RdStationLoss
    from activation.destinations.rd_station_opportunity import RdStationOpportunity
    from activation.destinations.rd_station_sale import RdStationSale

    kinds = {kind.name: kind for kind in (RdStationOpportunity, RdStationSale, RdStationLoss)}
    with rd_station_api(runtime) as api:
        destination = kinds[setting](api)
        yield destination, destination


@contextlib.contextmanager
def owner_destination(runtime: Runtime) -> Iterator[tuple[Any, Any]]:
    """The destination that shows owners in RD Station; it looks at the contact just before each send itself."""
    from activation.destinations.rd_station_owner import RdStationOwner

    with rd_station_api(runtime) as api:
        owners = RdStationOwner(api)
        yield owners, owners


@contextlib.contextmanager
def crm_owner_destination(runtime: Runtime) -> Iterator[tuple[Any, Any]]:
    """The destination that assigns deals in the CRM; it looks at the deal just before each send itself."""
    from activation.destinations.rd_station_crm_owner import RdStationCrmOwner
    from ingestion.rd_station_crm import CrmApi

    api = CrmApi(rd_station_crm_config(runtime), ports(runtime, "rd_station_crm"))
    owners = RdStationCrmOwner(api)
    try:
        yield owners, owners
    finally:
        api.close()


@contextlib.contextmanager
def chat_destination(runtime: Runtime, setting: str) -> Iterator[tuple[Any, Any]]:
    """A chat channel, told in the company's language and, unless it wants otherwise, in its working hours only."""
    from activation.destinations import chat
    from activation.messages.words import Words
    from activation.poster import Poster

    profile = runtime.profile
    wanted = profile.destination(setting)
    hosts, make = (chat.SLACK_HOSTS, chat.slack_chat) if setting == "chat_slack" else (chat.TEAMS_HOSTS, chat.teams_chat)
    url = settings.secret(profile, "destinations", setting, "url_env").reveal()
    working = working_hours(runtime) if wanted.quiet_outside_hours else (lambda: True)
    with Poster(url, hosts) as poster:
        yield make(poster, Words(profile.locale, profile.time_zone), kinds=wanted.kinds, quiet=lambda: not working()), None


@contextlib.contextmanager
def webhook_destination(runtime: Runtime) -> Iterator[tuple[Any, Any]]:
    """The company's own receiver of signed webhooks."""
    from activation.destinations.signed_webhook import SignedWebhook
    from activation.poster import Poster

    url, secret = (settings.secret(runtime.profile, "destinations", "webhook", key).reveal() for key in ("url_env", "secret_env"))
    with Poster(url) as poster:
        yield SignedWebhook(poster, secret, runtime.now), None


def working_hours(runtime: Runtime) -> Callable[[], bool]:
    """Answers whether the calendar of the agreement in force counts the present instant as working time; the agreement
    is read once. Always true without an agreement."""
    from contract.calendar import build_calendar
    from orchestration import agreements

    version = agreements.read(runtime.profile).in_force(runtime.now())
    if version is None:
        return lambda: True
    days = lru_cache(maxsize=2)(lambda day: next(iter(build_calendar(version.calendar, day, day))))

    def working() -> bool:
        now = runtime.now()
        row = days(now.date())
        second = now.hour * 3600 + now.minute * 60 + now.second
        stretches = ((row[f"i{number}_start"], row[f"i{number}_end"]) for number in range(1, 5))
        return any(start is not None and start <= second < end for start, end in stretches)

    return working


def _secret(runtime: Runtime, source: str, key: str) -> str:
    return settings.secret(runtime.profile, "sources", source, key).reveal()
