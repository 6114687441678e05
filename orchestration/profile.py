"""The typed form of bastao.yaml. Names of keys are the names of fields; a misspelt one is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from orchestration.destination_settings import Destinations
from orchestration.identity_settings import Identity
from orchestration.paths import Paths
from orchestration.setting_types import EnvName, Instant, Section, Zone
from orchestration.source_settings import CRMS, OUTSIDE, Sources


class DeliveryHealth(Section):
    """From when on push-back counts as degraded or stopped."""

    waiting_hours: float = Field(default=4, gt=0, description="an open delivery older than this makes its sync degraded")
    stopped_hours: float = Field(default=24, gt=0, description="nothing accepted for so long while something waits: stopped")
    days: int = Field(default=7, ge=1, description="how far back the present looks")


class RevenueMatch(Section):
    """When an order of the ERP that no deal names still belongs to a won deal of its company."""

    days: int = Field(default=30, ge=0, description="entered at most so many days after the win")
    tolerance: float = Field(default=0.02, ge=0, le=0.5, description="worth the deal, give or take this share")


class Attribution(Section):
    """How credit for revenue is shared among the touches of a hand-over (docs/attribution.md)."""

    look_back_days: int = Field(default=90, ge=0, le=1095, description="how long before the hand-over a touch counts")
    half_life_days: int = Field(default=7, ge=1, le=180, description="time_decay: so many days halve what a touch earns")
    first_percent: int = Field(default=40, ge=0, le=100, description="position_based: share of the first touch")
    last_percent: int = Field(default=40, ge=0, le=100, description="position_based: share of the last touch")

    @model_validator(mode="after")
    def _leaves_something_to_share(self) -> Attribution:
        both = self.first_percent + self.last_percent
        if not 1 <= both <= 100:
            raise ValueError(f"first_percent and last_percent are {both} together; write shares that sum to 1 up to 100")
        return self


class Economics(Section):
    """How long a customer is taken to stay (docs/attribution.md)."""

    ltv_horizon_months: int = Field(default=36, ge=1, le=120, description="LTV counts no month behind it")
    churn_months: int = Field(default=12, ge=1, le=60, description="churn is that of so many last months")


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
    revenue_match: RevenueMatch = Field(default_factory=RevenueMatch)
    attribution: Attribution = Field(default_factory=Attribution)
    identity: Identity = Field(default_factory=Identity)
    economics: Economics = Field(default_factory=Economics)
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
