"""The typed form of bastao.yaml. Names of keys are the names of fields; unknown keys are refused by `settings`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from orchestration.paths import Paths


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is no IANA time zone; for example America/Sao_Paulo")
    return name


def _instant(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant needs its zone; write it like 2026-06-01T03:00:00Z")
    return value.astimezone(UTC)


def _environment_name(name: str) -> str:
    if not name.isidentifier() or name != name.upper():
        raise ValueError("this is the NAME of an environment variable (upper case), never the secret itself")
    return name


Zone = Annotated[str, AfterValidator(_zone)]
Instant = Annotated[datetime, AfterValidator(_instant)]
EnvName = Annotated[str, AfterValidator(_environment_name)]


class Section(BaseModel):
    """A part of bastao.yaml; a misspelt key is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RdStation(Section):
    """RD Station Marketing: OAuth application and what to sweep."""

    base_url: str = "https://api.rd.services"
    client_id_env: EnvName = "RD_STATION_CLIENT_ID"
    client_secret_env: EnvName = "RD_STATION_CLIENT_SECRET"
    refresh_token_env: EnvName = "RD_STATION_REFRESH_TOKEN"
    plan: Literal["light", "basic", "pro", "advanced"] = "pro"


class RdStationCrm(Section):
    """RD Station CRM: the v1 token and the OAuth application of v2."""

    v1_url: str = "https://crm.rdstation.com/api/v1"
    v2_url: str = "https://api.rd.services/crm/v2"
    token_env: EnvName = "RD_STATION_CRM_TOKEN"
    client_id_env: EnvName = "RD_STATION_CRM_CLIENT_ID"
    client_secret_env: EnvName = "RD_STATION_CRM_CLIENT_SECRET"
    refresh_token_env: EnvName = "RD_STATION_CRM_REFRESH_TOKEN"


class Protheus(Section):
    """The ERP's database, read only."""

    url_env: EnvName = "PROTHEUS_URL"
    company_group: str = "01"


class Files(Section):
    """CSV exports with a mapping file."""

    mapping: str = "mappings/files.yaml"
    folder: str | None = None


class Sources(Section):
    rd_station: RdStation | None = None
    rd_station_crm: RdStationCrm | None = None
    protheus: Protheus | None = None
    files: Files | None = None


class RdStationNurture(Section):
    """Returning rejected leads to nurture flows."""

    live: bool = False
    max_per_run: int = Field(default=200, ge=1)
    max_age_days: int = Field(default=180, ge=1)
    settle_seconds: float = Field(default=900, ge=0)


class Destinations(Section):
    rd_station_nurture: RdStationNurture | None = None


class Publish(Section):
    personal_columns: bool = False


class Ports(Section):
    """Loopback ports of what `bastao up` starts."""

    sandbox: int = 8899
    receiver: int = 8898
    page: int = 8501
    dagster: int = 3333


class Profile(Section):
    """One company's configuration. `folder`, `name` and `home` say where it was read from and where its data lives."""

    folder: Path = Field(exclude=True)
    home: Path = Field(exclude=True)
    company: str = Field(min_length=1)
    locale: Literal["pt-BR", "en"] = "pt-BR"
    time_zone: Zone = "America/Sao_Paulo"
    currency: str = Field(default="BRL", pattern="^[A-Z]{3}$")
    engine: Literal["duckdb", "postgres"] = "duckdb"
    state: Literal["sqlite", "postgres"] = "sqlite"
    clock: Literal["system", "rd_station"] = "system"
    go_live: Instant
    sources: Sources = Sources()
    destinations: Destinations = Destinations()
    publish: Publish = Publish()
    ports: Ports = Ports()

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
        return [name for name in Sources.model_fields if getattr(self.sources, name) is not None]

    def path_of(self, relative: str) -> Path:
        """A path written in bastao.yaml, taken from the company folder."""
        return (self.folder / relative).resolve()


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys that may be written in this section."""
    return [name for name, field in model.model_fields.items() if field.exclude is not True]


def section_at(path: tuple[Any, ...]) -> type[BaseModel] | None:
    """The section's type at a key path of bastao.yaml, for suggestions; None when the path leads nowhere."""
    model: Any = Profile
    for key in path:
        field = model.model_fields.get(key)
        if field is None:
            return None
        candidates = [field.annotation, *getattr(field.annotation, "__args__", ())]
        sections = [kind for kind in candidates if isinstance(kind, type) and issubclass(kind, BaseModel)]
        if not sections:
            return None
        model = sections[0]
    return model
