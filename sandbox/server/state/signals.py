"""What a change of state tells the webhook engine: which subscribers may want to hear of it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Signal:
    """`name` is a webhook event (`WEBHOOK.CONVERTED`, `crm_deal_updated` …), `key` the entity's id.

    `identifier` is the conversion identifier of a CONVERTED signal; `label` the name that a `*_deleted` body shows.
    """

    name: str
    key: str
    at: datetime
    identifier: str = "default"
    label: str = ""
