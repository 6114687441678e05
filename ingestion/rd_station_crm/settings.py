"""Constants of RD Station CRM (rd_station.md part B) and the configuration of one account."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

SYSTEM = "rd_station_crm"
SCHEMA = "raw_rd_station_crm"
PIPELINE = "bastao_rd_station_crm"

PAGE = 200  # B1: maximum; B2: maximum seen
WINDOW_ROWS = 10_000  # both versions list no more than the first 10,000 rows of a filter


@dataclass(frozen=True, repr=False)
class RdStationCrmConfig:
    """One account. `token` is v1's, of a user with full visibility: rows that he may not see are missing silently."""

    token: str
    client_id: str
    client_secret: str
    refresh_token: str | None = None
    v1_url: str = "https://crm.rdstation.com/api/v1"
    v2_url: str = "https://api.rd.services/crm/v2"
    token_url: str | None = None  # default: /oauth2/token on v2's host
    account: str | None = None  # who owns the quota; default: the client id
    erp_order_label: str = "Pedido ERP"  # custom field of deals
    cnpj_label: str = "CNPJ"  # custom field of organizations
    overlap_hours: float = 4.0  # filter values carry no zone (B2): more than Brasília's three hours
    full_sweep_days: float = 7.0
    relist_hours: float = 1.0
    slice_size: int = 1000
    workers: int = 8
    patience_seconds: float = 120.0

    def __repr__(self) -> str:
        return f"RdStationCrmConfig({self.v2_url})"

    @property
    def owner(self) -> str:
        """Key of the quota, shared with the push-back."""
        return f"{SYSTEM}:{self.account or self.client_id}"

    @property
    def oauth_url(self) -> str:
        """Where tokens are refreshed."""
        parts = urlsplit(self.v2_url)
        return self.token_url or f"{parts.scheme}://{parts.netloc}/oauth2/token"
