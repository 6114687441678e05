"""The sections of bastao.yaml under `sources`: the outside systems that are read."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from orchestration.setting_types import EnvName, Section


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
