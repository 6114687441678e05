"""Constants of Salesforce (crm_hubspot_salesforce_pipedrive.md section 4) and the configuration of one org."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

SYSTEM = "salesforce"
SCHEMA = "raw_salesforce"
PIPELINE = "bastao_salesforce"

JWT_SECONDS = 180  # an assertion may end about three minutes ahead
TEXT_LIMIT = 4096  # longer than any field that is read: such a value is no name, status or address
Grant = Literal["client_credentials", "refresh_token", "jwt_bearer"]


@dataclass(frozen=True)
class Fields:
    """API names of what every org names for itself; None: the org does not have it."""

    cnpj: str | None = "CNPJ__c"  # Account, and Lead where it has it
    cpf: str | None = None  # Contact, and Lead where it has it
    rd_uuid: str | None = None  # Contact and Lead: the contact's uuid in RD Station Marketing
    rating: str | None = (
        None  # Lead and Opportunity: the seller's grade, a number or Rating (Hot, Warm, Cold)
    )
    lead_reason: str | None = None  # Lead: why it was disqualified
    lost_reason: str | None = None  # Opportunity: why it was lost
    amount_monthly: str | None = None  # Opportunity: the recurring part of Amount
    erp_order: str | None = None  # Opportunity: <branch>-<order>
    parent: str | None = None  # Opportunity: look-up to the one it was copied from
    marketing: str = "LeadSource"  # Lead and Opportunity: tells that marketing handed it over


@dataclass(frozen=True, repr=False)
class SalesforceConfig:
    """One org. `base_url` is its My Domain; no address that an answer names is ever followed."""

    base_url: str
    client_id: str
    grant: Grant = "client_credentials"
    client_secret: str | None = None
    refresh_token: str | None = None
    jwt_key: str | None = None  # PEM of the private key whose certificate the app has
    jwt_user: str | None = None
    login_url: str | None = None  # where sessions are given; default: the My Domain
    version: str = "v67.0"
    fields: Fields = field(default_factory=Fields)
    marketing_values: tuple[str, ...] = ("RD Station", "RD Station Marketing", "true")
    lost_statuses: tuple[str, ...] = ("Closed - Not Converted",)  # lead statuses that mean disqualified
    rating_values: Mapping[str, int] = field(default_factory=lambda: {"hot": 5, "warm": 3, "cold": 1})
    task_types: Mapping[str, str] = field(
        default_factory=lambda: {"call": "call", "email": "email", "whatsapp": "whatsapp", "meeting": "meeting",
                                 "reunião": "meeting", "visit": "visit", "visita": "visit"}
    )  # fmt: skip
    call_results: Mapping[str, str] = field(
        default_factory=lambda: {"atendeu": "contact", "connected": "contact", "não atendeu": "no_answer",
                                 "nao atendeu": "no_answer", "no answer": "no_answer", "busy": "no_answer",
                                 "ocupado": "no_answer", "voicemail": "no_answer", "caixa postal": "no_answer"}
    )  # fmt: skip
    lookback_minutes: float = 10.0  # a row is seen at its commit, and its stamp is older (4.2)
    daily_share: float = 0.8  # of the org's API calls, other applications' included: beyond it the run stops
    batch_size: int = 2000
    patience_seconds: float = 120.0

    def __repr__(self) -> str:
        return f"SalesforceConfig({self.base_url})"

    @property
    def owner(self) -> str:
        """Key of the quota: the org's, whichever application calls."""
        return f"{SYSTEM}:{self.base_url}"

    @property
    def token_url(self) -> str:
        """Where sessions are given."""
        return f"{(self.login_url or self.base_url).rstrip('/')}/services/oauth2/token"
