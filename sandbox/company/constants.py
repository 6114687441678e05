"""What the demo company is: the values that `profiles/demo` must agree with (INTERFACES section 6).

The sandbox imports none of the product's rooms, so these values are written down here a second time on purpose:
a profile that drifts away from the company shows up as a difference between the marts and the truth.
"""

from datetime import UTC, datetime
from decimal import Decimal

COMPANY_NAME = "Serra Clara Equipamentos"
DOMAIN = "serraclara.example.com.br"
TIME_ZONE = "America/Sao_Paulo"
CURRENCY = "BRL"
COMPANY_CLOSED_DAYS = ((12, 24), (12, 31))  # (month, day), beside the national holidays

DEFAULT_END = datetime(2026, 6, 30, 21, tzinfo=UTC)
GO_LIVE = datetime(2026, 6, 1, 3, tzinfo=UTC)
RETURN_MAX_AGE_DAYS = 90

PIPELINE = "Vendas"
COPY_PIPELINE = "Implantação"
# CRM stage name -> funnel stage of the agreement's stage map (pipeline "Vendas").
STAGES = {
    "Novo lead": "mql",
    "Aceito por vendas": "accepted",
    "Qualificado": "sql",
    "Oportunidade": "opportunity",
    "Proposta enviada": "proposal",
}
COPY_STAGES = ("Kick-off", "Instalação", "Entrega técnica")

# Lost reason label -> (reason code, next step, identifier of the return conversion).
LOST_REASONS: dict[str, tuple[str, str, str | None]] = {
    "Sem timing": ("sem_timing", "nurture", "bastao-nutricao-sem-timing"),
    "Sem orçamento": ("sem_orcamento", "nurture", "bastao-nutricao-sem-orcamento"),
    "Sem perfil": ("sem_perfil", "suppress", None),
    "Não respondeu": ("nao_respondeu", "nurture", "bastao-nutricao-nao-respondeu"),
    "Comprou do concorrente": ("concorrente", "recycle", None),
    "Duplicado": ("duplicado", "merge", None),
    "Contato inválido": ("contato_invalido", "suppress", None),
}
RETURN_IDENTIFIERS = frozenset(item[2] for item in LOST_REASONS.values() if item[2])

HOT_SIGNALS = ("pedido-de-orcamento", "fale-com-vendas", "pedido-de-demonstracao", "pagina-de-precos")
HOT_SIGNAL_DAYS = 7
HOT_INTEREST_MIN = 80
INACTIVITY_DAYS = 90
CONSENT_UNKNOWN = "refuse"

# (traffic_source, traffic_medium) -> channel; the truth looks the pair up in lower case.
CHANNELS = {
    ("google", "cpc"): "paid_search",
    ("google", "organic"): "organic_search",
    ("facebook", "paid"): "paid_social",
    ("instagram", "paid"): "paid_social",
    ("linkedin", "paid"): "paid_social",
    ("instagram", "social"): "organic_social",
    ("facebook", "social"): "organic_social",
    ("newsletter", "email"): "email",
    ("rdstation", "email"): "email",
    ("indicacao", "referral"): "referral",
    ("(direct)", "(none)"): "direct",
    ("evento", "offline"): "event",
    ("parceiro", "partner"): "partner",
}
ATTEMPT_TYPES = frozenset({"call", "whatsapp", "email", "meeting", "visit"})

ERP_GROUP = "01"
ERP_BRANCHES = ("01", "02")
REVENUE_MATCH_DAYS = 30  # an order that no deal names was entered at most so long after the win
REVENUE_MATCH_TOLERANCE = Decimal("0.02")  # and is worth the deal, give or take this share
ORDER_FIELD = "Pedido ERP"  # CRM deal custom field, value '<filial>-<pedido>'
CNPJ_FIELD = "CNPJ"  # CRM organization custom field
