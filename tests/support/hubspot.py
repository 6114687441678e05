"""The simulated company in HubSpot, for tests of any room: how its account names things, and a company folder that reads it."""

import re
from pathlib import Path

from ingestion.hubspot import Properties

PROPERTIES = Properties(
    rd_uuid="uuid_rd_station",
    cpf="cpf",
    cnpj="cnpj",
    segment="industry",
    rating="nota_do_vendedor",
    marketing="origem_do_lead",
    campaign="campanha",
    source="fonte",
    erp_order="pedido_erp",
    parent_deal="negocio_de_origem",
    deal_reason="motivo_da_perda",
)
MEETING_TYPES = {"visita": "visit", "almoço": "lunch"}

SECTION = """  hubspot:
    base_url: {url}/hubspot
    tier: professional
    quota_speed: 600
    properties:
      rd_uuid: uuid_rd_station
      cpf: cpf
      cnpj: cnpj
      segment: industry
      rating: nota_do_vendedor
      marketing: origem_do_lead
      campaign: campanha
      source: fonte
      erp_order: pedido_erp
      parent_deal: negocio_de_origem
      deal_reason: motivo_da_perda
    meeting_types: {{Visita: visit, Almoço: lunch}}
    archived_hours: 0
"""
STAGES = """  - system: hubspot
    stages:
      Novo lead: mql
      Aceito por vendas: accepted
      Qualificado: sql
      Oportunidade: opportunity
      Proposta enviada: proposal
"""


def also_in_hubspot(folder: Path) -> None:
    """The names of stages and reasons in both CRMs: one agreement, so that its hash says nothing of the CRM."""
    for path in (folder / "agreement").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"\{rd_station_crm: (\[[^]]*\])\}", r"{rd_station_crm: \1, hubspot: \1}", text), encoding="utf-8")
    with (folder / "mappings" / "crm_stages.yaml").open("a", encoding="utf-8") as stages:
        stages.write(STAGES)


def use_hubspot(folder: Path, url: str) -> None:
    """Put HubSpot into the place of RD Station CRM in a company folder."""
    config = folder / "bastao.yaml"
    text = config.read_text(encoding="utf-8")
    text, one = re.subn(r"  rd_station_crm:\n(?:    .*\n)+", SECTION.format(url=url), text, count=1)
    text, two = re.subn(r"  rd_station_crm_owner:.*\n(?:    .*\n)+", "", text, count=1)
    assert one == two == 1, "bastao.yaml of the demo has another shape"
    config.write_text(text, encoding="utf-8")
