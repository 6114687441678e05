"""A tiny hand-made company with every attribute filled, so that shapes and rules can be checked without simulation."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.events import Event
from sandbox.world import World

START = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
END = START + timedelta(days=20)
ANA, BRUNO, CAIO = (f"7b1c2f60-3d7e-4a55-9c0e-2f8a4b6d1e0{n}" for n in (1, 2, 3))
HEX = "66f0a1b2c3d4e5f60000{}"
USER_1, USER_2, TEAM = HEX.format("0f01"), HEX.format("0f02"), HEX.format("1d01")
PIPELINE, COPIES = HEX.format("0a01"), HEX.format("0a02")
STAGES = [HEX.format(f"0b0{n}") for n in (1, 2, 3, 4)]
COPY_STAGE = HEX.format("0b11")
REASON, SOURCE, CAMPAIGN = HEX.format("1a01"), HEX.format("1b01"), HEX.format("1c01")
ORG, PERSON_1, PERSON_2 = HEX.format("0e01"), HEX.format("0c01"), HEX.format("0c02")
DEAL_0, DEAL_1, DEAL_2 = HEX.format("0d00"), HEX.format("0d01"), HEX.format("0d02")
TASK_1, TASK_2, NOTE = HEX.format("1e01"), HEX.format("1e02"), HEX.format("1f01")
PRODUCT = HEX.format("2b01")
FLOW, FLOW_OFF = "c41e7a90-55d2-4f0b-8a2b-90ad3c7715f1", "c41e7a90-55d2-4f0b-8a2b-90ad3c7715f2"
GRANTED = [{"category": "communications", "type": "consent", "status": "granted"}]


def at(hours: float) -> datetime:
    """An instant `hours` after the start."""
    return START + timedelta(hours=hours)


def reference() -> dict[str, Any]:
    """Reference data of the tiny account."""
    names = ("Sem contato", "Diagnóstico", "Proposta enviada", "Negociação")
    stages = [{"id": key, "name": name, "order": n} for n, (key, name) in enumerate(zip(STAGES, names, strict=True), 1)]
    asset = {"status": "PUBLISHED", "created_at": START, "updated_at": START}
    copy_to = {"deal_pipeline_id": COPIES, "deal_stage_id": COPY_STAGE,
               "owner_settings": {"group_id": "_team", "id": TEAM, "name": "Comercial"}}  # fmt: skip
    return {
        "users": [
            {"id": USER_1, "name": "Diego Falcão", "email": "diego.falcao@example.com.br", "active": True,
             "team_id": TEAM, "last_login": START, "phone": "+551135550190"},
            {"id": USER_2, "name": "Elisa Rocha", "email": "elisa.rocha@example.com.br", "active": True},
        ],
        "teams": [{"id": TEAM, "name": "Comercial", "user_ids": [USER_1]}],
        "pipelines": [
            {"id": PIPELINE, "name": "Funil Principal", "order": 1, "stages": stages,
             "config": {"deal_won": {"copy_to_pipeline": copy_to}}},
            {"id": COPIES, "name": "Pré-vendas", "order": 2, "stages": [{"id": COPY_STAGE, "name": "Qualificado"}]},
        ],
        "lost_reasons": [{"id": REASON, "name": "Sem orçamento neste semestre"}],
        "sources": [{"id": SOURCE, "name": "Desconhecido"}],
        "campaigns": [{"id": CAMPAIGN, "name": "Marcado como Oportunidade no RD Station Marketing"}],
        "segments": [{"id": HEX.format("2d01"), "name": "Indústria"}],
        "landing_pages": [{"id": 501, "name": "Diagnóstico comercial", "identifier": "diagnostico-lp", **asset}],
        "forms": [{"id": 912, "name": "Formulário do site", "identifier": "formulario-site", **asset}],
        "popups": [{"id": 77, "name": "Newsletter", "identifier": "popup-newsletter", **asset}],
        "workflows": [
            {"id": FLOW, "name": "Nutrição | Sem orçamento", "status": "enabled",
             "entry_identifier": "bastao-nutricao-sem-orcamento"},
            {"id": FLOW_OFF, "name": "Parada", "status": "disabled", "entry_identifier": "nunca"},
        ],
        "emails": [
            {"id": 8812301, "name": "Newsletter", "send_at": at(48), "leads_count": 4210, "campaign_id": 6402217,
             "component_template_id": 55120},
            {"id": 8812377, "name": "Retorno de vendas", "send_at": None},
        ],
        "segmentations": [
            {"id": 1, "name": "Todos", "standard": True},
            {"id": 7312045, "name": "Retorno", "standard": None, "rule": {"tag": "inbound"}},
        ],
        "marketing_campaigns": [
            {"id": 31, "name": "Lançamento 2026", "items": [{"id": 8812301, "type": "email"}]},
        ],
        "fields": [
            {"uuid": "4d1f0c3a-1111-4b6e-9a77-000000000002", "api_identifier": "cf_porte_empresa", "custom_field": True,
             "label": "Porte da empresa", "data_type": "STRING", "options": ["11 a 50", "51 a 200"]},
            {"uuid": "4d1f0c3a-1111-4b6e-9a77-000000000003", "api_identifier": "cf_produtos_interesse",
             "custom_field": True, "label": "Produtos de interesse", "data_type": "STRING[]", "options": ["CRM"]},
        ],
        "custom_fields": [
            {"id": HEX.format("2a01"), "label": "Quer retomar em", "slug": "quer-retomar-em", "entity": "deal", "type": "date"},
            {"id": HEX.format("2a02"), "label": "Lead aceito?", "slug": "lead-aceito", "entity": "deal", "type": "option",
             "options": ["Sim", "Não"]},
            {"id": HEX.format("2a04"), "label": "CNPJ", "slug": "cnpj", "entity": "organization", "type": "text"},
        ],
        "products": [{"id": PRODUCT, "name": "Plano Indústria", "description": "Licença", "price": 18900.5}],
    }  # fmt: skip


def _events() -> list[tuple[datetime, str, dict[str, Any]]]:
    ana_fields = {
        "job_title": "Gerente de Compras", "birthdate": "1986-04-17", "bio": "Pediu contato.",
        "website": "https://www.example.com.br", "personal_phone": "+55 11 3555-0101",
        "mobile_phone": "+55 11 95555-0101", "city": "Joinville", "state": "SC", "country": "Brasil",
        "twitter": "ana.m", "facebook": "ana.m", "linkedin": "ana.m", "company": "Metalúrgica Serra Azul",
        "cf_porte_empresa": "51 a 200", "cf_produtos_interesse": ["CRM"],
    }  # fmt: skip
    traffic = {"traffic_source": "google", "traffic_medium": "cpc", "traffic_campaign": "marca-2026"}
    payload = {"name": "Ana", "email": "ana.moura@example.com.br", **traffic, "cf_porte_empresa": "51 a 200"}
    line = {
        "_id": HEX.format("2c01"), "amount": 1, "amount_decimal": 1.0, "base_price": 18900.5,
        "created_at": "2026-01-10T11:05:02.118-03:00", "description": "Licença", "discount": 0,
        "discount_type": "value", "id": HEX.format("2c01"), "name": "Plano Indústria", "price": 18900.5,
        "product_id": PRODUCT, "recurrence": "spare", "total": 18900.5, "updated_at": "2026-01-10T11:05:02.118-03:00",
    }  # fmt: skip
    deal = {
        "organization_id": ORG, "contact_ids": [PERSON_1], "user_id": USER_1, "stage_id": STAGES[0],
        "pipeline_id": PIPELINE, "rating": 1, "from_rdsm": True, "campaign_id": CAMPAIGN, "source_id": SOURCE,
        "parent_deal_id": None, "custom": {}, "amount_unique": 0, "amount_montly": 0,
    }  # fmt: skip
    phone = {"phone": "+5511955550101", "type": "mobile"}
    return [
        (at(1), "mkt.contact_created", {"contact_uuid": ANA, "email": "ana.moura@example.com.br", "name": "Ana Moura",
         "fields": ana_fields, "extra_emails": ["compras@example.com.br"], "tags": ["inbound", "icp-industria"],
         "legal_bases": GRANTED}),
        (at(1), "mkt.conversion", {"contact_uuid": ANA, "identifier": "ebook-funil", "payload": {"email": "ana.moura@example.com.br"}}),
        (at(2), "mkt.contact_created", {"contact_uuid": BRUNO, "email": "bruno.tavares@example.com.br", "name": "Bruno Tavares",
         "fields": {}, "extra_emails": [], "tags": [], "legal_bases": []}),
        (at(2), "mkt.conversion", {"contact_uuid": BRUNO, "identifier": "popup-newsletter", "payload": {"email": "bruno.tavares@example.com.br"}}),
        (at(3), "mkt.contact_created", {"contact_uuid": CAIO, "email": "caio.prado@example.com.br", "name": "Caio Prado",
         "fields": {}, "extra_emails": [], "tags": [], "legal_bases": []}),
        (at(24), "mkt.conversion", {"contact_uuid": ANA, "identifier": "diagnostico-lp", "payload": payload}),
        (at(24), "mkt.funnel", {"contact_uuid": ANA, "lifecycle_stage": "Qualified Lead", "fit": 60, "interest": 140,
         "contact_owner_email": "diego.falcao@example.com.br"}),
        (at(25), "mkt.opportunity", {"contact_uuid": ANA}),
        (at(26), "crm.organization_created", {"organization_id": ORG, "name": "Metalúrgica Serra Azul",
         "url": "https://www.example.com.br", "cnpj": "11.222.333/0001-81", "segment": "Indústria", "state": "SC",
         "city": "Joinville", "user_id": USER_1}),
        (at(26), "crm.contact_created", {"contact_id": PERSON_1, "name": "Ana Moura", "emails": ["ana.moura@example.com.br"],
         "phones": [phone], "title": "Gerente", "organization_id": ORG, "integration_id": ANA, "legal_bases": GRANTED,
         "birthday": "1986-04-17", "social": {"linkedin": "ana.m"}, "custom": {HEX.format("2a03"): None}}),
        (at(26), "crm.contact_created", {"contact_id": PERSON_2, "name": "Bruno Tavares",
         "emails": ["bruno.tavares@example.com.br"], "phones": [], "title": "Diretor", "organization_id": None,
         "integration_id": None, "legal_bases": []}),
        (at(26), "crm.deal_created", {**deal, "deal_id": DEAL_0, "name": "Serra Azul | Pré-vendas", "stage_id": COPY_STAGE,
         "pipeline_id": COPIES, "user_id": USER_2}),
        (at(27), "crm.deal_created", {**deal, "deal_id": DEAL_1, "name": "Serra Azul | Plano", "parent_deal_id": DEAL_0,
         "products": [line], "prediction_date": "2026-02-28"}),
        (at(28), "crm.deal_created", {**deal, "deal_id": DEAL_2, "name": "Tavares | Plano", "organization_id": None,
         "contact_ids": [PERSON_2], "user_id": USER_2, "from_rdsm": False}),
        (at(28), "crm.task_created", {"task_id": TASK_1, "deal_id": DEAL_1, "type": "call", "subject": "Ligação",
         "due_at": at(30), "user_id": USER_1, "notes": "Validar orçamento."}),
        (at(28.5), "crm.task_created", {"task_id": TASK_2, "deal_id": DEAL_2, "type": "whatsapp", "subject": "Mensagem",
         "due_at": at(400), "user_id": USER_2}),
        (at(31), "crm.task_done", {"task_id": TASK_1, "done_at": at(30.5)}),
        (at(32), "crm.deal_stage", {"deal_id": DEAL_1, "stage_id": STAGES[1]}),
        (at(33), "crm.deal_updated", {"deal_id": DEAL_1, "rating": 3, "custom": {"Quer retomar em": "01/07/2026", "Lead aceito?": "Não"}}),
        (at(34), "crm.note_created", {"note_id": NOTE, "deal_id": DEAL_1, "user_id": USER_1, "text": "Retomar no próximo semestre."}),
        (at(100), "crm.deal_closed", {"deal_id": DEAL_1, "win": False, "lost_reason_id": REASON, "note": "Sem verba."}),
    ]  # fmt: skip


def small_world(future: list[tuple[datetime, str, dict[str, Any]]] | None = None) -> World:
    """The tiny company; `future` facts (instant, kind, data) are added to its stream."""
    facts = sorted([*_events(), *(future or [])], key=lambda fact: fact[0])
    events = [Event(when, n, kind, data) for n, (when, kind, data) in enumerate(facts, 1)]
    return World(events, START, END, 3, {"id": 990001, "name": "Escola Horizonte Digital"}, reference())
