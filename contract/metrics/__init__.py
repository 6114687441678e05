"""The metric catalogue: each figure defined once, for the page, the command line and the documentation."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from contract.words import Language

CATALOGUE = Path(__file__).with_name("catalogue.yaml")
Area = Literal["marketing", "sales", "both", "customer_success", "finance"]
AREAS: dict[str, tuple[str, str]] = {
    "marketing": ("marketing", "marketing"), "sales": ("vendas", "sales"), "both": ("as duas áreas", "both areas"),
    "customer_success": ("sucesso do cliente", "customer success"), "finance": ("finanças", "finance"),
}  # fmt: skip
_HEADS = {
    "pt": ("Indicador", "Fórmula", "Responde por ele", "Grão", "Onde", "Cuidado"),
    "en": ("Metric", "Formula", "Who answers for it", "Grain", "Where", "Caveat"),
}


class Words(BaseModel):
    """A text in both languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pt: str
    en: str

    def of(self, language: Language) -> str:
        """The text in one language."""
        return self.pt if language == "pt" else self.en


class Metric(BaseModel):
    """One figure. `mart` and `column` say where it is; without a column it is a row of `mart` named so."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: Words
    formula: Words
    area: Area
    grain: Words
    mart: str
    column: str | None = None
    caveat: Words

    @property
    def place(self) -> str:
        """`rpt_mrr.grr`, or `rpt_headline_metrics (nrr)`."""
        return f"{self.mart}.{self.column}" if self.column else f"{self.mart} ({self.name})"


@cache
def catalogue() -> dict[str, Metric]:
    """All metrics by name, in the order of the file."""
    rows = yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))
    return {metric.name: metric for metric in map(Metric.model_validate, rows)}


def as_markdown(language: Language) -> str:
    """The catalogue as one Markdown table."""
    lines = ["| " + " | ".join(_HEADS[language]) + " |", "|" + "---|" * len(_HEADS[language])]
    for metric in catalogue().values():
        area = AREAS[metric.area][language == "en"]
        cells = (f"**{metric.title.of(language)}**", metric.formula.of(language), area, metric.grain.of(language), f"`{metric.place}`",
                 metric.caveat.of(language))  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
