"""The typed form of bastao.yaml. Names of keys are the names of fields; a misspelt one is refused."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from orchestration.paths import Paths


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no IANA time zone; write it like America/Sao_Paulo")
    return name


def _instant(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("has no zone; write it like 2026-06-01T03:00:00Z")
    return value.astimezone(UTC)


def _environment_name(name: str) -> str:
    if not re.fullmatch("[A-Z][A-Z0-9_]*", name):
        # The value is not repeated: somebody may have written the secret itself.
        raise ValueError("is not the name of an environment variable; write a NAME in capitals, never the secret")
    return name


def _custom_field(name: str) -> str:
    if not re.fullmatch("cf_[a-z0-9_]+", name):
        raise ValueError(f"{name!r} is no custom field; write its identifier in RD Station, as cf_motivo_da_devolucao")
    return name


CustomField = Annotated[str, AfterValidator(_custom_field)]
Zone = Annotated[str, AfterValidator(_zone)]
Instant = Annotated[datetime, AfterValidator(_instant)]
EnvName = Annotated[str, AfterValidator(_environment_name)]


class Section(BaseModel):
    """A part of bastao.yaml; a misspelt key is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RdStation(Section):
    """RD Station Marketing: the OAuth application, the plan that decides the quotas, and how often all is re-read."""

    base_url: str = "https://api.rd.services"
    plan: Literal["light", "basic", "pro", "advanced"] = "pro"
    client_id_env: EnvName = "BASTAO_RD_CLIENT_ID"
    client_secret_env: EnvName = "BASTAO_RD_CLIENT_SECRET"
    refresh_token_env: EnvName = "BASTAO_RD_REFRESH_TOKEN"
    quota_speed: float = Field(1, gt=0, description="1 on a real account; a sandbox may run faster")
    full_sweep_days: int = Field(7, ge=1, description="days between two readings of every contact")


class RdStationCrm(Section):
    """RD Station CRM: the token of v1 and the OAuth application of v2."""

    v1_base_url: str = "https://crm.rdstation.com"
    v1_token_env: EnvName = "BASTAO_RD_CRM_TOKEN"
    v2_base_url: str = "https://api.rd.services"
    oauth_url: str = "https://api.rd.services"
    v2_client_id_env: EnvName = "BASTAO_RD_CRM_CLIENT_ID"
    v2_client_secret_env: EnvName = "BASTAO_RD_CRM_CLIENT_SECRET"
    v2_refresh_token_env: EnvName = "BASTAO_RD_CRM_REFRESH_TOKEN"
    quota_speed: float = Field(1, gt=0, description="1 on a real account; a sandbox may run faster")
    erp_order_field: str | None = Field(None, description="label of the deal's field with <branch>-<order>")
    cnpj_field: str | None = Field(None, description="label of the organization's field with the CNPJ")


class PipedriveFields(Section):
    """Keys of the account's custom fields (40 hexadecimal digits, as GET /api/v2/dealFields and its like show them)."""

    cnpj: str | None = Field(default=None, description="of organizations")
    cpf: str | None = Field(default=None, description="of persons")
    rd_uuid: str | None = Field(default=None, description="of persons: the uuid that RD Station's integration fills")
    erp_order: str | None = Field(default=None, description="of deals: <branch>-<order>")
    rating: str | None = Field(default=None, description="of deals and leads: the seller's grade, 1 to 5")
    lead_reason: str | None = Field(default=None, description="of leads: why it was archived")
    parent_deal: str | None = Field(default=None, description="of deals: id of the deal it was copied from")


class Pipedrive(Section):
    """Pipedrive: an API token of a user who sees everything, or an OAuth application."""

    base_url: str = "https://api.pipedrive.com"
    oauth_url: str = "https://oauth.pipedrive.com/oauth/token"
    auth: Literal["token", "oauth"] = "token"
    token_env: EnvName = "BASTAO_PIPEDRIVE_TOKEN"
    client_id_env: EnvName = "BASTAO_PIPEDRIVE_CLIENT_ID"
    client_secret_env: EnvName = "BASTAO_PIPEDRIVE_CLIENT_SECRET"
    refresh_token_env: EnvName = "BASTAO_PIPEDRIVE_REFRESH_TOKEN"
    plan: Literal["lite", "growth", "premium", "ultimate"] = "lite"
    seats: int = Field(1, ge=1, description="paid seats: they make the daily token budget")
    budget_share: float = Field(0.5, gt=0, le=1, description="part of the budget that Bastão may spend; others use the rest")
    quota_speed: float = Field(1, gt=0, description="1 on a real account; a sandbox may run faster")
    custom_fields: PipedriveFields = PipedriveFields()
    marketing_origins: list[str] = Field(default_factory=lambda: ["rd-station"], description="origin_id, origin, channel_id or source_name")
    activity_types: dict[str, str] = Field(default_factory=dict, description="key_string -> call, whatsapp, email, meeting, visit")
    nobody: list[str] = Field(default_factory=list, description="ids of users that own what nobody owns (the integration's)")
    lead_stage: str = Field("Lead", description="name of the stage that stands for a lead, as the agreement's stage map has it")
    call_logs: bool = Field(False, description="read results of calls: only with a telephony app")
    rare_minutes: float = Field(60, ge=0, description="between two readings of archived and deleted records")
    full_sweep_days: int = Field(7, ge=1, description="days between two comparisons of every id")

    @property
    def needed_secrets(self) -> tuple[str, ...]:
        """The keys of the secrets that this way of access needs."""
        return ("token_env",) if self.auth == "token" else ("client_id_env", "client_secret_env", "refresh_token_env")


class SalesforceFields(Section):
    """API names of the org's own fields (custom ones end in __c); what is left out, the org does not have."""

    cnpj: str | None = Field(default=None, description="Account, and Lead where it has it")
    cpf: str | None = Field(default=None, description="Contact and Lead")
    rd_uuid: str | None = Field(default=None, description="Contact and Lead: RD Station's uuid")
    rating: str | None = Field(default=None, description="Lead and Opportunity: the seller's grade, or Rating")
    lead_reason: str | None = Field(default=None, description="Lead: why it was disqualified")
    lost_reason: str | None = Field(default=None, description="Opportunity: why it was lost")
    amount_monthly: str | None = Field(default=None, description="Opportunity: recurring part of Amount")
    erp_order: str | None = Field(default=None, description="Opportunity: <branch>-<order>")
    parent: str | None = Field(default=None, description="Opportunity: look-up to the one it was copied from")
    marketing: str = Field(default="LeadSource", description="Lead and Opportunity: tells that marketing handed it over")


class Salesforce(Section):
    """Salesforce: an External Client App with one of three flows, and the org's own fields."""

    base_url: str = Field(description="the org's My Domain, for example https://empresa.my.salesforce.com")
    login_url: str | None = Field(None, description="where sessions are given; default: the My Domain")
    version: str = Field("v67.0", pattern=r"^v\d{2}\.0$", description="of the API")
    grant: Literal["client_credentials", "refresh_token", "jwt_bearer"] = "client_credentials"
    client_id_env: EnvName = "BASTAO_SALESFORCE_CLIENT_ID"
    client_secret_env: EnvName = "BASTAO_SALESFORCE_CLIENT_SECRET"
    refresh_token_env: EnvName = "BASTAO_SALESFORCE_REFRESH_TOKEN"
    jwt_key_env: EnvName = Field("BASTAO_SALESFORCE_JWT_KEY", description="PEM of the private key")
    jwt_user: str | None = Field(None, description="user name that the assertion speaks for")
    fields: SalesforceFields = Field(default_factory=SalesforceFields)
    marketing_values: tuple[str, ...] = ("RD Station", "RD Station Marketing", "true")
    lost_statuses: tuple[str, ...] = Field(("Closed - Not Converted",), description="lead statuses that mean disqualified")
    task_types: dict[str, str] = Field(default_factory=dict, description="Task types that are call, whatsapp, email, meeting, visit")
    call_results: dict[str, Literal["contact", "no_answer", "unknown"]] = Field(default_factory=dict)
    daily_calls: int = Field(50_000, ge=100, description="of the org's daily API calls, how many are ours")
    quota_speed: float = Field(1, gt=0, description="1 on a real account; a sandbox may run faster")

    @property
    def needed_secrets(self) -> tuple[str, ...]:
        """The keys of the secrets that this flow needs."""
        own = {"jwt_bearer": ("jwt_key_env",), "refresh_token": ("client_secret_env", "refresh_token_env")}
        return ("client_id_env", *own.get(self.grant, ("client_secret_env",)))

    @model_validator(mode="after")
    def _user(self) -> Salesforce:
        if self.grant == "jwt_bearer" and not self.jwt_user:
            raise ValueError("has grant: jwt_bearer and no jwt_user; write the user name that the app is pre-authorised for")
        return self


class HubspotProperties(Section):
    """Internal names of the account's own properties; what is left out, the account does not have."""

    rd_uuid: str | None = Field(default=None, description="contact: RD Station's uuid")
    cpf: str | None = Field(default=None, description="contact: CPF")
    cnpj: str | None = Field(default=None, description="company: CNPJ")
    segment: str | None = Field(default="industry", description="company: market segment")
    rating: str | None = Field(default=None, description="lead and deal: the seller's grade, 1 to 5")
    marketing: str | None = Field(default="hs_analytics_source", description="lead and deal: tells that marketing handed it over")
    campaign: str | None = Field(default=None, description="lead and deal: campaign")
    source: str | None = Field(default=None, description="lead and deal: source")
    erp_order: str | None = Field(default=None, description="deal: <branch>-<order>")
    parent_deal: str | None = Field(default=None, description="deal: id of the deal it was copied from")
    deal_reason: str = Field(default="closed_lost_reason", description="deal: why it was lost")
    lead_reason: str = Field(default="hs_lead_disqualification_reason", description="lead: why it was disqualified")


class Hubspot(Section):
    """HubSpot: a static token (service key, private app) or an OAuth application, and the account's own properties."""

    base_url: str = "https://api.hubapi.com"
    version: str = Field("2026-09", pattern=r"^\d{4}-\d{2}$", description="of the API, part of every path")
    tier: Literal["starter", "professional", "enterprise"] = Field("professional", description="decides the quotas")
    auth: Literal["token", "oauth"] = "token"
    token_env: EnvName = "BASTAO_HUBSPOT_TOKEN"
    client_id_env: EnvName = "BASTAO_HUBSPOT_CLIENT_ID"
    client_secret_env: EnvName = "BASTAO_HUBSPOT_CLIENT_SECRET"
    refresh_token_env: EnvName = "BASTAO_HUBSPOT_REFRESH_TOKEN"
    quota_speed: float = Field(1, gt=0, description="1 on a real account; a sandbox may run faster")
    properties: HubspotProperties = Field(default_factory=HubspotProperties)
    marketing_values: tuple[str, ...] = Field((), description="values of `marketing` that count; empty: any value")
    dispositions: dict[str, Literal["contact", "no_answer", "unknown"]] = Field(
        default_factory=dict, description="the account's own call results, by their GUID"
    )
    meeting_types: dict[str, str] = Field(default_factory=dict, description="types of meeting that are visit or lunch")
    archived_hours: float = Field(24, ge=0, description="hours between two readings of the recycle bin")

    @property
    def needed_secrets(self) -> tuple[str, ...]:
        """The keys of the secrets that this way of access needs."""
        return ("token_env",) if self.auth == "token" else ("client_id_env", "client_secret_env", "refresh_token_env")


class Protheus(Section):
    """The ERP, read only: by its database (`mode: sql`) or by its REST server (`mode: rest`)."""

    mode: Literal["sql", "rest"] = "sql"
    company_group: str = "01"
    overlap_minutes: int = Field(60, ge=0, description="how far each reading goes back over what was read")
    accepted_changes: tuple[str, ...] = Field((), description="lost or retyped columns that were looked at, as SD2.D2_CUSTO1")
    url_env: EnvName = "BASTAO_PROTHEUS_URL"
    db_schema: str | None = Field(None, description="owner of the tables, when it is not the user who reads")
    isolation: Literal["READ COMMITTED", "REPEATABLE READ", "SNAPSHOT"] | None = None
    rest_url: str | None = Field(None, description="with the server's prefix, as https://erp.empresa.com.br:8080/rest")
    rest_user_env: EnvName = "BASTAO_PROTHEUS_USER"
    rest_password_env: EnvName = "BASTAO_PROTHEUS_PASSWORD"
    rest_branch: str = Field("01", description="branch of the header tenantId; all branches are read all the same")
    rest_token_in: Literal["body", "query"] = "body"
    rest_stamp_literal: Literal["text", "timestamp"] = Field("text", description="timestamp when the ERP's database is Oracle")

    @property
    def needed_secrets(self) -> tuple[str, ...]:
        """The secrets of the chosen mode."""
        return ("url_env",) if self.mode == "sql" else ("rest_user_env", "rest_password_env")


class Files(Section):
    """CSV exports with a mapping file; `folder` may come with the command (`--data DIR`)."""

    mapping: str = "mappings/files.yaml"
    folder: str | None = None


class MediaCost(Section):
    """CSV exports of the ad accounts; `folder` is where they are put (default: media_cost in BASTAO_HOME)."""

    mapping: str = "mappings/media_cost.yaml"
    folder: str | None = None


CRMS = ("rd_station_crm", "hubspot", "salesforce", "pipedrive")
OUTSIDE = ("rd_station", "rd_station_crm", "hubspot", "salesforce", "pipedrive", "protheus", "files", "media_cost")


class Sources(Section):
    """The outside systems that this company has. `inbox` and `deliveries` are our own and always read."""

    rd_station: RdStation | None = None
    rd_station_crm: RdStationCrm | None = None
    pipedrive: Pipedrive | None = None
    salesforce: Salesforce | None = None
    hubspot: Hubspot | None = None
    protheus: Protheus | None = None
    files: Files | None = None
    media_cost: MediaCost | None = None
    deliveries: bool = True
    inbox: bool = True

    @model_validator(mode="after")
    def _one_crm(self) -> Sources:
        if len(found := [name for name in CRMS if getattr(self, name, None) is not None]) > 1:
            raise ValueError(f"names {len(found)} CRMs ({', '.join(found)}); a company folder has one: keep the one that sales works in")
        return self


class Destination(Section):
    """What every destination has: whether it is live, and how much and how old it may push."""

    live: bool = Field(False, description="false shows what would be sent, true sends")
    max_per_run: int = Field(200, ge=1)
    max_per_day: int = Field(1000, ge=1)
    max_age_days: float = Field(30, gt=0)
    on_uncertain: Literal["resend", "hold"] = "hold"


class RdStationNurture(Destination):
    """Returning rejected leads to nurture flows."""

    max_age_days: int = Field(30, ge=1)
    settle_seconds: float = Field(300, ge=0, description="absence counts only after this")
    on_uncertain: Literal["resend", "hold"] = "resend"


class RdStationFlow(Destination):
    """Putting rejected leads into the flow that the agreement names beside the reason (`flow`)."""

    max_age_days: int = Field(30, ge=1)
    fields: dict[CustomField, Literal["reason_code", "reason_title", "closed_on"]] = Field(
        default_factory=dict, description="what the contact's fields (cf_…) are filled with before the enrolment"
    )


class RdStationOpportunity(Destination):
    """Marking contacts as opportunity. Not where RD Station's own integration does it."""

    settle_seconds: float = Field(300, ge=0, description="absence counts only after this")
    on_uncertain: Literal["resend", "hold"] = "resend"


class RdStationSale(Destination):
    """Telling RD Station of sales with the invoiced value. Not where RD Station's own integration does it."""

    invoice_wait_days: int = Field(30, ge=0, description="so long a won deal waits for its invoice")
    without_invoice: Literal["wait", "crm_amount"] = Field("wait", description="what happens afterwards")
    max_age_days: float = Field(120, gt=0, description="counted from the win: longer than the wait for the invoice")
    on_uncertain: Literal["hold"] = "hold"


class RdStationLoss(Destination):
    """Taking the opportunity mark off lost leads, with the reason. Not where RD Station's own integration does it."""

    on_uncertain: Literal["hold"] = "hold"


class RdStationOwner(Destination):
    """Showing the owner of a lead on its contact in RD Station Marketing."""

    settle_seconds: float = Field(60, ge=0, description="absence counts only after this")
    on_uncertain: Literal["resend", "hold"] = "resend"


class RdStationCrmOwner(Destination):
    """Giving leads without owner to sellers in RD Station CRM, where the agreement's routing has mode: assign."""

    settle_seconds: float = Field(60, ge=0, description="absence counts only after this")
    max_age_days: float = Field(7, gt=0, description="older leads are left to people")
    on_uncertain: Literal["resend", "hold"] = "resend"


AlertKind = Literal["hot_waiting", "about_to_breach", "breach", "win", "delivery_degraded"]


class Chat(Destination):
    """Alerts in a channel, by an incoming webhook whose address is a secret. Nothing is told twice."""

    url_env: EnvName
    kinds: tuple[AlertKind, ...] = ("hot_waiting", "about_to_breach", "breach", "win", "delivery_degraded")
    quiet_outside_hours: bool = Field(True, description="no message outside the agreement's working hours")
    max_age_days: float = Field(1, gt=0, description="older news are not told any more")
    max_per_run: int = Field(40, ge=1)


class SlackChat(Chat):
    """A Slack channel."""

    url_env: EnvName = "BASTAO_SLACK_WEBHOOK"


class TeamsChat(Chat):
    """A Teams channel, by a Workflows webhook."""

    url_env: EnvName = "BASTAO_TEAMS_WEBHOOK"


class Webhook(Destination):
    """Every state that a hand-over reaches, as a signed webhook to a receiver of the company's own."""

    url_env: EnvName = "BASTAO_WEBHOOK_URL"
    secret_env: EnvName = "BASTAO_WEBHOOK_SECRET"
    on_uncertain: Literal["resend", "hold"] = "resend"


class Destinations(Section):
    """Where Bastão writes to."""

    rd_station_opportunity: RdStationOpportunity | None = None
    rd_station_sale: RdStationSale | None = None
    rd_station_loss: RdStationLoss | None = None
    rd_station_nurture: RdStationNurture | None = None
    rd_station_flow: RdStationFlow | None = None
    rd_station_crm_owner: RdStationCrmOwner | None = None
    rd_station_owner: RdStationOwner | None = None
    chat_slack: SlackChat | None = None
    chat_teams: TeamsChat | None = None
    webhook: Webhook | None = None


class DeliveryHealth(Section):
    """From when on push-back counts as degraded or stopped."""

    waiting_hours: float = Field(default=4, gt=0, description="an open delivery older than this makes its sync degraded")
    stopped_hours: float = Field(default=24, gt=0, description="nothing accepted for so long while something waits: stopped")
    days: int = Field(default=7, ge=1, description="how far back the present looks")


class Publish(Section):
    """What the BI file may hold."""

    personal_columns: list[str] = Field(default_factory=list, description="personal columns, as table.column")


class Receiver(Section):
    """The webhook receiver. Without a secret in the environment one is made and kept in BASTAO_HOME."""

    public_url: str | None = Field(
        default=None, pattern="^https?://", description="where the outside reaches it, for example https://hooks.empresa.com.br"
    )
    secret_env: EnvName = "BASTAO_RECEIVER_SECRET"
    auth_header: str | None = Field(default=None, description="header that RD Station CRM is told to send")
    auth_value_env: EnvName = "BASTAO_RECEIVER_AUTH"
    hubspot_secret_env: EnvName = Field(default="BASTAO_HUBSPOT_CLIENT_SECRET", description="client secret of the app that sends")
    pipedrive_user: str = Field(default="bastao", description="user of the basic authentication that Pipedrive is told")
    pipedrive_password_env: EnvName = "BASTAO_PIPEDRIVE_HOOK_PASSWORD"


class Ports(Section):
    """Loopback ports of what `bastao up` starts."""

    sandbox: int = 8899
    receiver: int = 8898
    page: int = 8501
    dagster: int = 3333


class Config(Section):
    """The keys of bastao.yaml."""

    company: str = Field(min_length=1, description="the company's name")
    locale: Literal["pt-BR", "en"] = "pt-BR"
    time_zone: Zone = "America/Sao_Paulo"
    currency: str = Field("BRL", pattern="^[A-Z]{3}$")
    engine: Literal["duckdb", "postgres"] = "duckdb"
    engine_url_env: EnvName = Field("BASTAO_WAREHOUSE_URL", description="with engine: postgres")
    state: Literal["sqlite", "postgres"] = "sqlite"
    state_url_env: EnvName = Field("BASTAO_STATE_URL", description="with state: postgres")
    clock: Literal["system", "rd_station"] = "system"
    go_live: Instant = Field(description="nothing that happened before is pushed back")
    sources: Sources = Field(default_factory=Sources)
    destinations: Destinations = Field(default_factory=Destinations)
    delivery_health: DeliveryHealth = Field(default_factory=DeliveryHealth)
    publish: Publish = Field(default_factory=Publish)
    receiver: Receiver = Field(default_factory=Receiver)
    ports: Ports = Field(default_factory=Ports)


class Profile(Config):
    """A company: its configuration, the folder it was read from, and the home of its data."""

    folder: Path
    home: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def paths(self) -> Paths:
        return Paths(self.home)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def source_names(self) -> list[str]:
        """The outside systems that this company has, in the order they are read."""
        return [name for name in OUTSIDE if getattr(self.sources, name) is not None]

    @property
    def crm(self) -> str:
        """The CRM whose staging models are built; RD Station CRM's, on empty tables, when there is none."""
        return next((name for name in CRMS if getattr(self.sources, name, None) is not None), CRMS[0])

    def destination(self, setting: str) -> Any:
        """The section of a destination by its key, None when the company does not have it."""
        return getattr(self.destinations, setting)

    @property
    def media_folder(self) -> Path:
        """Where the exports of the ad accounts are put."""
        wanted = self.sources.media_cost
        return self.path_of(wanted.folder) if wanted and wanted.folder else self.paths.media_cost

    def path_of(self, relative: str) -> Path:
        """A path written in bastao.yaml, taken from the company folder."""
        return (self.folder / relative).resolve()
