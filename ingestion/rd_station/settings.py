"""Constants of RD Station Marketing (rd_station.md A0 to A10) and the configuration of one account."""

from __future__ import annotations

from dataclasses import dataclass

SYSTEM = "rd_station"
SCHEMA = "raw_rd_station"
PIPELINE = "bastao_rd_station"

ALL_CONTACTS = "1"
STAGE_SEGMENTS = ("3", "4", "5")  # Qualified Lead, Client, opportunities (A3: built-in ids)
SEGMENT_OF_STAGE = {"Qualified Lead": "3", "Client": "4"}
OPPORTUNITY_SEGMENT = "5"

SEGMENT_PAGE = 125  # A3: the most that is allowed
LAG_ROWS = 5  # by so many rows a total may be ahead of the list
EVENT_PAGE = 10  # A4: fixed
ASSET_PAGE = 50  # A10: "50 or less is safe elsewhere"
LISTING_PAGES_PER_SLICE = 40

# kind -> (path, limiter resource, key of the list in the body; None = bare array). A8.1 to A8.4, A3.
ASSETS: dict[str, tuple[str, str, tuple[str, ...] | None]] = {
    "landing_page": ("/platform/landing_pages", "landing_pages", None),
    "form": ("/platform/embeddables", "embeddables", None),
    "popup": ("/platform/popups", "popups", None),
    "email": ("/platform/emails", "emails", ("items",)),
    "workflow": ("/platform/workflows", "workflows", ("workflows", "wokflows")),
    "campaign": ("/platform/campaigns", "campaigns", ("campaigns",)),
    "segmentation": ("/platform/segmentations", "segmentations", ("segmentations",)),
}

# Closed answers are not personal; free text may be, and is loaded only when the company names the field.
CLOSED_PRESENTATIONS = {"CHECK_BOX", "COMBO_BOX", "RADIO_BUTTON", "MULTIPLE_CHOICE"}


@dataclass(frozen=True, repr=False)
class RdStationConfig:
    """One account. Times in the units that their names say; addresses without a trailing slash."""

    client_id: str
    client_secret: str
    refresh_token: str | None = None
    base_url: str = "https://api.rd.services"
    token_url: str | None = None  # default: <base_url>/auth/token (classic OAuth, JSON)
    token_form: bool = False  # True for the newer /oauth2/token (form-encoded)
    account: str | None = None  # who owns the quota; default: the client id
    overlap_hours: float = 24.0  # conversions may be dated this much before they become visible
    full_sweep_days: float = (
        7.0  # edits, deletions and late conversions are found by reading everything again
    )
    relist_hours: float = 1.0  # how often at most a wrong total triggers a complete listing
    assets_hours: float = 6.0
    slice_size: int = 1000  # contacts per package: what a kill may cost
    workers: int = 8
    patience_seconds: float = 120.0  # a longer quota wait ends the run; the next one goes on
    contact_fields: tuple[str, ...] = ()  # free-text cf_* fields that the company declares not personal
    cpf_field: str = "cf_cpf"
    cnpj_field: str = "cf_cnpj"

    def __repr__(self) -> str:
        return f"RdStationConfig({self.base_url})"

    @property
    def owner(self) -> str:
        """Key of the quota, shared with the push-back."""
        return f"{SYSTEM}:{self.account or self.client_id}"
