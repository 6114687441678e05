"""Constants of Pipedrive (crm_hubspot_salesforce_pipedrive.md, section 5) and the configuration of one account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SYSTEM = "pipedrive"
SCHEMA = "raw_pipedrive"
PIPELINE = "bastao_pipedrive"

PAGE = 500  # the cost of a call does not depend on it (5.2)
LEAD_STAGE = "lead"  # id of the stage that stands for "still a lead"
CHANNELS = {key: key for key in ("call", "whatsapp", "email", "meeting", "visit", "task", "lunch")}
# Tokens per call (5.2); what is not named costs as a v1 list.
COSTS = {
    "deals": 10, "deals_archived": 20, "persons": 10, "organizations": 10, "activities": 10, "pipelines": 5, "stages": 5, "one": 1,
    "fields": 10, "leads": 20, "leads_archived": 40, "lead": 2, "lead_labels": 10, "users": 20, "me": 2, "changelog": 20, "call_logs": 20,
}  # fmt: skip
OTHER_COST = 20


@dataclass(frozen=True)
class Fields:
    """Keys (40 hexadecimal digits) of the account's custom fields; None: the account has no such field."""

    cnpj: str | None = None  # organization
    cpf: str | None = None  # person
    rd_uuid: str | None = None  # person: the contact's uuid at RD Station Marketing
    erp_order: str | None = None  # deal: <branch>-<order>
    rating: str | None = None  # deal and lead: 1 to 5
    lead_reason: str | None = None  # lead: why it was archived
    parent_deal: str | None = None  # deal: id of the deal it was copied from


@dataclass(frozen=True, repr=False)
class PipedriveConfig:
    """One account: an API token, or the OAuth application (client id, secret, refresh token)."""

    token: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    refresh_token: str | None = None
    base_url: str = "https://api.pipedrive.com"
    token_url: str = "https://oauth.pipedrive.com/oauth/token"
    account: str | None = None  # who owns the quota; default: the host
    fields: Fields = field(default_factory=Fields)
    # Marketing handed a record over when one of these is its origin_id, origin, channel_id or source_name.
    marketing_origins: tuple[str, ...] = ("rd-station",)
    activity_types: Mapping[str, str] = field(default_factory=lambda: CHANNELS)  # key_string -> canonical type
    nobody: tuple[str, ...] = ()  # users that own what nobody owns: the integration's
    lead_stage_name: str = "Lead"  # name of the stage that leads are in, for the agreement's stage map
    call_logs: bool = False  # results of calls: only where a telephony app writes them
    overlap_minutes: float = 10.0
    rare_minutes: float = 60.0  # between two readings of archived and deleted rows, and of catalogues
    full_sweep_days: float = 7.0
    slice_size: int = 200
    workers: int = 4
    patience_seconds: float = 120.0

    def __repr__(self) -> str:
        return f"PipedriveConfig({self.base_url})"

    @property
    def owner(self) -> str:
        """Key of the quota."""
        return f"{SYSTEM}:{self.account or self.base_url.split('//')[-1]}"
