"""The headers of the exports, in English and Portuguese, and which columns of ours they are.

Compared without capitals and outer blanks. Meta writes the currency into the header: `Amount spent (BRL)`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # ours: (English, Portuguese)
    "day": (("day", "date", "start date (in utc)"), ("dia", "data", "data de início (em utc)")),
    "starts": (("reporting starts",), ("início dos relatórios",)),
    "ends": (("reporting ends",), ("término dos relatórios", "encerramento dos relatórios")),
    "campaign": (("campaign", "campaign name"), ("campanha", "nome da campanha")),
    "campaign_ref": (
        ("campaign id", "campaign_id"),
        ("id da campanha", "identificação da campanha", "código da campanha", "id_campanha"),
    ),
    "cost": (
        ("cost", "amount spent", "total spent", "spend"),
        ("custo", "valor usado", "valor gasto", "total investido", "total gasto"),
    ),
    "currency": (("currency code", "currency"), ("código da moeda", "moeda")),
    "channel": (("channel",), ("canal",)),
    "impressions": (("impr.", "impressions"), ("impressões",)),
    "clicks": (("clicks", "link clicks", "clicks (all)"), ("cliques", "cliques no link", "cliques (todos)")),
}
_KNOWN = {
    name: (ours, portuguese)
    for ours, both in _NAMES.items()
    for portuguese, names in enumerate(both)
    for name in names
}
_WITH_CURRENCY = re.compile(r"(?P<name>.+?)\s*\((?P<currency>[A-Z]{3})\)")


@dataclass(frozen=True)
class Columns:
    """Positions of our columns in a header; `currency` is what the header itself says, `zone` too (LinkedIn: UTC)."""

    at: dict[str, int]
    currency: str | None
    zone: str | None
    is_portuguese: bool

    @property
    def is_complete(self) -> bool:
        """Whether the header is that of a cost report by campaign and day."""
        has_day = "day" in self.at or {"starts", "ends"} <= self.at.keys()
        return has_day and "campaign" in self.at and "cost" in self.at


def find_columns(header: list[str]) -> Columns:
    """Our columns in a line of cells; the first of two synonyms counts."""
    at: dict[str, int] = {}
    currency = zone = None
    portuguese = 0
    for position, cell in enumerate(header):
        text = cell.strip().lstrip("\ufeff")
        given = _WITH_CURRENCY.fullmatch(text)
        name = (given["name"] if given else text).casefold()
        found = _KNOWN.get(name)
        if found is None or found[0] in at:
            continue
        ours, language = found
        at[ours] = position
        portuguese += language
        if ours == "cost" and given:
            currency = given["currency"]
        if ours == "day" and name.endswith("utc)"):
            zone = "UTC"
    return Columns(at, currency, zone, portuguese > len(at) / 2)


def is_header(cells: list[str]) -> bool:
    """Whether a line is the header of a cost report."""
    return find_columns(cells).is_complete
