"""Who sells, through which stages, and why deals are lost: small lists, read whole each time."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingestion.errors import ApiError, SourceError
from ingestion.fields_watch import is_due, watch
from ingestion.own_fields import Fields
from ingestion.rd_station_crm.client import CrmApi
from ingestion.rd_station_crm.settings import SYSTEM, RdStationCrmConfig
from ingestion.rows import Row, boolean, integer, text
from ingestion.runner import Session, Tables


@dataclass(frozen=True)
class Catalogue:
    """The lists of one run; `tables` is what lands of them."""

    tables: Tables
    reasons: dict[str, str]
    segments: dict[str, str]
    cnpj_slug: str

    @property
    def fingerprint(self) -> str:
        """Changes when a list changes: unchanged lists are not landed again."""
        return hashlib.md5(
            json.dumps(self.tables, sort_keys=True).encode(), usedforsecurity=False
        ).hexdigest()


def read_catalogue(api: CrmApi, session: Session, config: RdStationCrmConfig, now: datetime) -> Catalogue:
    """Users with their teams, stages in order, lost reasons; names of segments and of the CNPJ field.

    Without them nothing else can be placed: SourceError when one is not as documented.
    """
    try:
        return _read(api, session, config, now)
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        raise SourceError(
            f"RD Station CRM: its users, stages or reasons are not as documented ({type(error).__name__}); nothing was read."
        ) from None


def _read(api: CrmApi, session: Session, config: RdStationCrmConfig, now: datetime) -> Catalogue:
    cnpj_label = config.cnpj_label
    reasons = [{"reason_id": _id(row), "name": text(row.get("name"))} for row in api.v2_rows("/lost_reasons")]
    tables = {"users": _users(api, session), "stages": _stages(api), "lost_reasons": reasons}
    segments = _optional(api, session, "/segments")
    fields = _optional(api, session, "/custom_fields")
    if fields and is_due(session, now):
        for entity, label, setting in (("deal", config.erp_order_label, "erp_order_label"), ("organization", cnpj_label, "cnpj_label")):
            types = {str(row.get("name")).strip().lower(): str(row.get("type")) for row in fields if row.get("entity") == entity}
            own = frozenset({label.strip().lower()})
            watch(session, SYSTEM, Fields(f"{entity}s", types, own, f"sources.rd_station_crm.{setting}"))
    slug = next(
        (str(row["slug"]) for row in fields
         if row.get("slug") and row.get("entity") == "organization" and _same(row.get("name"), cnpj_label)),
        _slug(cnpj_label),
    )  # fmt: skip
    return Catalogue(
        tables,
        {row["reason_id"]: row["name"] for row in reasons if row["reason_id"] and row["name"]},
        {key: name for row in segments if (key := _id(row)) and (name := text(row.get("name")))},
        slug,
    )


def _users(api: CrmApi, session: Session) -> list[Row]:
    teams: dict[str, str] = {}
    for team in _optional(api, session, "/teams"):
        for user_id in team.get("user_ids") or []:
            teams.setdefault(str(user_id), str(team.get("name")))
    return [
        {
            "user_id": _id(row),
            "name": text(row.get("name")),
            "email": text(row.get("email")),
            "active": boolean(row.get("active")),
            "team_name": teams.get(_id(row) or ""),
        }
        for row in api.v1("/users").json["users"]
    ]


def _stages(api: CrmApi) -> list[Row]:
    """From v1: one call shows all pipelines with their stages in order."""
    return [
        {
            "stage_id": _id(stage),
            "stage_name": text(stage.get("name")),
            "stage_order": integer(stage.get("order")),
            "pipeline_id": _id(pipeline),
            "pipeline_name": text(pipeline.get("name")),
        }
        for pipeline in api.v1_rows("/deal_pipelines", "deal_pipelines")
        for stage in pipeline.get("deal_stages") or []
    ]


def _optional(api: CrmApi, session: Session, path: str) -> list[Row]:
    try:
        return api.v2_rows(path)
    except ApiError as error:
        if error.status not in (403, 404):
            raise
        session.note(f"rd_station_crm: {path} cannot be read with this plan ({error.status}); left empty.")
        return []


def _id(row: Row) -> str | None:
    return text(row.get("id") or row.get("_id"))


def _same(name: Any, label: str) -> bool:
    return str(name or "").strip().lower() == label.strip().lower()


def _slug(label: str) -> str:
    plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode()
    return "-".join(plain.lower().split())
