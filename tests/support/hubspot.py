"""The simulated company in HubSpot, for tests of any room: how its account names things, and its part of bastao.yaml."""

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
