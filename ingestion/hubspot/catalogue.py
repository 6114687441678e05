"""Owners, pipelines with their stages, reasons for loss: small lists, read whole each time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from ingestion.errors import ApiError
from ingestion.hubspot.client import HubspotApi, optional
from ingestion.hubspot.settings import HubspotConfig
from ingestion.rows import Row, boolean, integer, text
from ingestion.runner import Session, Tables


@dataclass(frozen=True)
class Catalogue:
    """The lists of one run; `closed` and `won` hold ids of stages, `ended` those where a lead ends without a deal."""

    tables: Tables
    has_leads: bool
    closed: frozenset[str]
    won: frozenset[str]
    ended: frozenset[str]
    reasons: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """Changes when a list changes: unchanged lists are not landed again."""
        return hashlib.md5(json.dumps(self.tables, sort_keys=True).encode(), usedforsecurity=False).hexdigest()


def read_catalogue(api: HubspotApi, config: HubspotConfig, session: Session) -> Catalogue:
    """Everything that the records refer to. Leads are a matter of the plan (Sales Hub Professional): 403 means none."""
    stages = _stages(api, "deals")
    has_leads = True
    try:
        stages += _stages(api, "leads")
    except ApiError as error:
        if not optional(error):
            raise
        has_leads = False
        session.note("hubspot: this account or token has no leads; deals are read from their first stage on.")
    names = {"deals": config.properties.deal_reason, **({"leads": config.properties.lead_reason} if has_leads else {})}
    reasons: dict[str, str] = {}
    for kind, name in names.items():
        reasons |= _options(api, kind, name)
    return Catalogue(
        {
            "owners": _owners(api),
            "stages": stages,
            "lost_reasons": [{"reason_id": key, "name": label} for key, label in reasons.items()],
        },
        has_leads,
        frozenset(row["stage_id"] for row in stages if row["is_closed"]),
        frozenset(row["stage_id"] for row in stages if row["is_won"]),
        frozenset(row["stage_id"] for row in stages if row["lead_state"] == "UNQUALIFIED"),
        reasons,
    )


def _owners(api: HubspotApi) -> list[Row]:
    """Active and deactivated ones: the latter only show with archived=true."""
    found = []
    for archived in ("false", "true"):
        for row in api.rows(api.path("owners", ""), archived=archived):
            teams = sorted(row.get("teams") or [], key=lambda team: not team.get("primary"))
            found.append(
                {
                    "owner_id": text(row.get("id")),
                    "name": text(f"{row.get('firstName') or ''} {row.get('lastName') or ''}"),
                    "email": text(row.get("email")),
                    "active": archived == "false",
                    "team_name": text(teams[0].get("name")) if teams else None,
                }
            )
    return found


def _stages(api: HubspotApi, kind: str) -> list[Row]:
    found = []
    for pipeline in api.one(api.path("pipelines", f"/{kind}")).get("results") or []:
        for stage in pipeline.get("stages") or []:
            metadata = stage.get("metadata") or {}
            closed = bool(boolean(metadata.get("isClosed")))
            found.append(
                {
                    "record_kind": kind.removesuffix("s"),
                    "stage_id": text(stage.get("id")),
                    "stage_name": text(stage.get("label")),
                    "stage_order": integer(stage.get("displayOrder")),
                    "pipeline_id": text(pipeline.get("id")),
                    "pipeline_name": text(pipeline.get("label")),
                    "is_closed": closed,
                    "is_won": closed and text(metadata.get("probability")) in ("1", "1.0"),
                    "lead_state": text(metadata.get("leadState")) if kind == "leads" else None,
                }
            )
    return found


def _options(api: HubspotApi, kind: str, name: str) -> dict[str, str]:
    """Value → label of an enumeration; a free text has none."""
    try:
        options = api.one(api.path("properties", f"/{kind}/{name}")).get("options") or []
    except ApiError as error:
        if not optional(error):
            raise
        return {}
    return {key: label for row in options if (key := text(row.get("value"))) and (label := text(row.get("label")))}
