"""Constants of HubSpot (crm_hubspot_salesforce_pipedrive.md section 3) and the configuration of one account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

SYSTEM = "hubspot"
SCHEMA = "raw_hubspot"
PIPELINE = "bastao_hubspot"

SEARCH_PAGE = 200
LIST_PAGE = 100
HISTORY_BATCH = 50
ASSOCIATION_BATCH = 1000
ACTIVITIES = ("calls", "communications", "emails", "meetings", "tasks")

# Call results that every account has; an account's own GUIDs are added by the settings, others are unknown.
DISPOSITIONS: Mapping[str, str] = {
    "f240bbac-87c9-4f6e-bf70-924b57d47db7": "contact",  # connected
    "a4c4c377-d246-4b32-a13b-75a56a4cd0ff": "contact",  # left live message
    "73a0d17f-1163-4015-bdd5-ec830791da20": "no_answer",
    "9d9162e7-6cf3-4944-bf63-4dff82258764": "no_answer",  # busy
    "b2cf5968-551e-4856-9783-52b3da59a7d0": "no_answer",  # left voicemail
    "17b47fee-58de-441e-a44c-c6300d46f273": "no_answer",  # wrong number
}


@dataclass(frozen=True)
class Properties:
    """Internal names of the account's own properties; None: the account has none. Leads and deals use the same names."""

    rd_uuid: str | None = "uuid_rd_station"  # contact
    cpf: str | None = None  # contact
    cnpj: str | None = "cnpj"  # company
    segment: str | None = "industry"  # company
    rating: str | None = None  # 1 to 5, of the seller
    marketing: str | None = "hs_analytics_source"  # what tells that marketing handed the record over
    campaign: str | None = None
    source: str | None = None
    erp_order: str | None = None  # deal: <branch>-<order>
    parent_deal: str | None = None  # deal: id of the deal it was copied from
    deal_reason: str = "closed_lost_reason"
    lead_reason: str = "hs_lead_disqualification_reason"


@dataclass(frozen=True, repr=False)
class HubspotConfig:
    """One account: `token` (service key or private app), or the three OAuth values.

    `marketing_values`: values of the property `marketing` that mean marketing, in any case; empty: any value does.
    """

    token: str | None = None
    client_id: str = ""
    client_secret: str = ""
    refresh_token: str | None = None
    base_url: str = "https://api.hubapi.com"
    version: str = "2026-09"
    account: str | None = None  # who owns the quota; default: the host
    properties: Properties = Properties()
    marketing_values: tuple[str, ...] = ()
    dispositions: Mapping[str, str] = field(default_factory=dict)  # GUID -> contact | no_answer | unknown
    meeting_types: Mapping[str, str] = field(default_factory=dict)  # type of meeting, lower case -> visit, lunch, …
    lookback_minutes: float = 15.0
    lag_seconds: float = 30.0  # search shows writes late: what is younger is left for the next run
    archived_hours: float = 24.0  # how often the recycle bin is listed
    slice_size: int = 1000
    workers: int = 4
    patience_seconds: float = 120.0

    def __repr__(self) -> str:
        return f"HubspotConfig({self.base_url})"

    @property
    def owner(self) -> str:
        """Key of the quota."""
        return f"{SYSTEM}:{self.account or urlsplit(self.base_url).hostname}"

    def outcome_of(self, disposition: str | None) -> str:
        """contact, no_answer or unknown of a call's result."""
        key = (disposition or "").strip().lower()
        return self.dispositions.get(key) or DISPOSITIONS.get(key, "unknown")

    def is_marketing(self, value: str | None) -> bool:
        """The rule for "came from marketing"."""
        if value is None:
            return False
        return not self.marketing_values or value.lower() in {one.lower() for one in self.marketing_values}
