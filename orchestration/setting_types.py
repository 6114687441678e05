"""Kinds of values in bastao.yaml, and what every section of it is. Names of keys are the names of fields."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict


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
