"""Landing pages, forms and pop-ups: what each one asks, and how badly some of them capture."""

import random
from dataclasses import dataclass

from sandbox.company.chance import pick
from sandbox.company.constants import HOT_SIGNALS


@dataclass(frozen=True, slots=True)
class Form:
    """One capture page. `asks`: field -> chance that a visitor fills it; a field that is not there is not asked."""

    identifier: str
    title: str
    kind: str  # landing_page | form | popup
    points: int  # interest points of a conversion
    asks: dict[str, float]

    @property
    def hot(self) -> bool:
        """A buying signal."""
        return self.identifier in HOT_SIGNALS


_FULL = {"phone": 0.96, "company": 0.93, "job_title": 0.85, "city": 0.7, "size": 0.7, "cnpj": 0.25}
_SHORT = {"phone": 0.62, "company": 0.5, "job_title": 0.4}
FORMS: dict[str, Form] = {
    form.identifier: form
    for form in (
        Form("pedido-de-orcamento", "Pedido de orçamento", "landing_page", 60, {**_FULL, "cnpj": 0.4}),
        Form("fale-com-vendas", "Fale com vendas", "form", 55, {"phone": 0.97, "company": 0.8, "city": 0.5}),
        Form("pedido-de-demonstracao", "Pedido de demonstração", "landing_page", 55, _FULL),
        Form("pagina-de-precos", "Tabela de preços", "form", 40, {"phone": 0.55, "company": 0.6}),
        Form("calculadora-de-payback", "Calculadora de payback", "landing_page", 30, {**_SHORT, "size": 0.6}),
        Form("catalogo-de-equipamentos", "Catálogo de equipamentos", "landing_page", 25, _SHORT),
        Form("webinar-eficiencia-energetica", "Webinar: eficiência energética", "landing_page", 20, _FULL),
        Form("checklist-nr-12", "Checklist NR-12", "landing_page", 12, _SHORT),
        # Three pages that capture badly: no phone, no company, nothing but the e-mail.
        Form("ebook-guia-de-manutencao", "E-book: guia de manutenção", "landing_page", 10, {"company": 0.35}),
        Form("newsletter", "Newsletter", "form", 4, {}),
        Form("popup-saida", "Pop-up de saída", "popup", 5, {"phone": 0.2}),
        Form("feira-estande", "Visita ao estande", "form", 30, {"phone": 0.7, "company": 0.9, "job_title": 0.6}),
        Form("indicacao-de-parceiro", "Indicação de parceiro", "form", 45, {**_FULL, "size": 0.2}),
    )
}
_CONTENT = {
    "ebook-guia-de-manutencao": 26, "checklist-nr-12": 20, "catalogo-de-equipamentos": 18, "newsletter": 12,
    "webinar-eficiencia-energetica": 10, "calculadora-de-payback": 9, "popup-saida": 5,
}  # fmt: skip
_HOT = {"pedido-de-orcamento": 46, "fale-com-vendas": 30, "pedido-de-demonstracao": 14, "pagina-de-precos": 10}
_FIRST_OF_CHANNEL = {"event": "feira-estande", "partner": "indicacao-de-parceiro"}


def choose_form(rng: random.Random, channel: str, first: bool, hot_chance: float) -> Form:
    """The page of one conversion; fairs and partners have a page of their own for the first one."""
    if first and channel in _FIRST_OF_CHANNEL and rng.random() < 0.85:
        return FORMS[_FIRST_OF_CHANNEL[channel]]
    return FORMS[pick(rng, _HOT if rng.random() < hot_chance else _CONTENT)]
