"""Reference data of the simulated accounts: users, pipelines, reasons, pages, flows, fields, products."""

import random
from dataclasses import dataclass
from typing import Any

from sandbox.company.chance import new_hex, new_uuid, stream
from sandbox.company.channels import CHANNELS
from sandbox.company.constants import (
    CNPJ_FIELD,
    COMPANY_NAME,
    COPY_PIPELINE,
    COPY_STAGES,
    DOMAIN,
    LOST_REASONS,
    ORDER_FIELD,
    PIPELINE,
    STAGES,
)
from sandbox.company.forms import FORMS
from sandbox.company.names import SEGMENTS, SIZES, plain
from sandbox.company.sellers import Seller
from sandbox.company.worktime import moment


@dataclass(frozen=True, slots=True)
class Product:
    """A thing or a service sold; `monthly` products are contracts."""

    id: str
    code: str
    name: str
    price: float
    monthly: bool


@dataclass(slots=True)
class Catalogue:
    """Ids that the simulation refers to, and `data`: the `World.reference` in the making."""

    pipeline_id: str
    stage_ids: dict[str, str]  # stage name -> id (both pipelines)
    copy_pipeline_id: str
    reason_ids: dict[str, str]  # label -> id
    source_ids: dict[str, str]
    campaign_ids: dict[str, str]
    products: list[Product]
    data: dict[str, Any]


_PRODUCTS = (
    ("BOMB-050", "Bomba centrífuga 5 CV", 6_900.0, False), ("BOMB-200", "Bomba centrífuga 20 CV", 18_400.0, False),
    ("COMP-030", "Compressor parafuso 30 HP", 46_500.0, False), ("FILT-010", "Filtro industrial", 1_250.0, False),
    ("PAIN-001", "Painel de comando", 9_800.0, False), ("SENS-100", "Kit de sensores", 3_400.0, False),
    ("MANU-001", "Manutenção preventiva mensal", 1_900.0, True), ("MONI-001", "Monitoramento remoto", 890.0, True),
)  # fmt: skip
MARKED = "Marcado como Oportunidade no RD Station Marketing"


def _rows(rng: random.Random, at: float, names: list[str]) -> list[dict[str, Any]]:
    return [{"id": new_hex(rng, at), "name": name} for name in names]


def _pipelines(rng: random.Random, at: float) -> list[dict[str, Any]]:
    """The sales pipeline and the one that won deals are copied to."""
    result = []
    for order, (name, stages) in enumerate(((PIPELINE, tuple(STAGES)), (COPY_PIPELINE, COPY_STAGES)), start=1):
        rows = _rows(rng, at, list(stages))
        for n, row in enumerate(rows, start=1):
            row.update(nickname="".join(w[0] for w in row["name"].split()).upper(), order=n, objective=None)
        result.append({"id": new_hex(rng, at), "name": name, "order": order, "stages": rows})
    return result


def _assets(rng: random.Random, at: float, kind: str) -> list[dict[str, Any]]:
    stamp = moment(at)
    return [
        {"id": 500 + n, "name": form.title, "identifier": form.identifier, "status": "PUBLISHED", "created_at": stamp,
         "updated_at": stamp}
        for n, form in enumerate(FORMS.values())
        if form.kind == kind
    ]  # fmt: skip


def _marketing_fields(rng: random.Random) -> list[dict[str, Any]]:
    custom = {"cf_porte_empresa": "Porte da empresa", "cf_cnpj": "CNPJ", "cf_cpf": "CPF", "cf_segmento": "Segmento"}
    plain_fields = {"email": "Email", "name": "Nome", "job_title": "Cargo", "personal_phone": "Telefone",
                    "mobile_phone": "Celular", "city": "Cidade", "state": "Estado"}  # fmt: skip
    return [
        {"uuid": new_uuid(rng), "api_identifier": key, "label": label, "data_type": "STRING",
         "custom_field": key.startswith("cf_"),
         "options": list(SIZES) if key == "cf_porte_empresa" else list(SEGMENTS) if key == "cf_segmento" else []}
        for key, label in {**plain_fields, **custom}.items()
    ]  # fmt: skip


def build(seed: int, at: float, sellers: list[Seller]) -> Catalogue:
    """All reference data; `at` (epoch seconds) is when the accounts were set up."""
    rng = stream(seed, "reference")
    stamp = moment(at)
    pipelines = _pipelines(rng, at)
    team_names = sorted({seller.habit.team for seller in sellers})
    team_ids = {name: new_hex(rng, at) for name in team_names}
    users = [
        {"id": s.user_id, "name": s.habit.name, "email": s.email, "active": s.habit.active, "hidden": False,
         "team_id": team_ids[s.habit.team], "erp_code": s.erp_code}
        for s in sellers
    ]  # fmt: skip
    manager = {"id": new_hex(rng, at), "name": "Marina Toledo", "email": f"marina.toledo@{DOMAIN}", "active": True,
               "hidden": False, "team_id": None, "erp_code": None}  # fmt: skip
    teams = [
        {"id": team_ids[name], "name": name, "user_ids": [u["id"] for u in users if u["team_id"] == team_ids[name]]}
        for name in team_names
    ]
    products = [Product(new_hex(rng, at), *row) for row in _PRODUCTS]
    reasons = _rows(rng, at, list(LOST_REASONS))
    sources = _rows(rng, at, ["Desconhecido", "Prospecção ativa", "Indicação", "Carteira"])
    campaigns = _rows(rng, at, [MARKED, *sorted({c for ch in CHANNELS.values() for c in ch.campaigns})])
    data: dict[str, Any] = {
        "users": [*users, manager], "teams": teams, "pipelines": pipelines, "lost_reasons": reasons,
        "sources": sources, "campaigns": campaigns, "segments": _rows(rng, at, list(SEGMENTS)),
        "landing_pages": _assets(rng, at, "landing_page"), "forms": _assets(rng, at, "form"),
        "popups": _assets(rng, at, "popup"),
        "workflows": [
            {"id": new_uuid(rng), "name": name, "status": "enabled", "created_at": stamp, "updated_at": stamp,
             "user_email_created": manager["email"], "entry_identifier": entry}
            for name, entry in [("Boas-vindas | Newsletter", None)]
            + [(f"Nutrição | Retorno de vendas | {label}", item[2]) for label, item in LOST_REASONS.items() if item[2]]
        ],
        "emails": [
            {"id": 9000 + n, "name": f"Newsletter {n:02d}", "status": "FINISHED", "created_at": stamp,
             "updated_at": stamp, "send_at": stamp, "leads_count": 1000 + 37 * n}
            for n in range(1, 7)
        ],
        "segmentations": [
            {"id": 1, "name": "Todos os contatos da base de Leads", "standard": True},
            {"id": 2, "name": "Leads", "standard": True}, {"id": 3, "name": "Leads Qualificados", "standard": True},
            {"id": 4, "name": "Clientes", "standard": True}, {"id": 5, "name": "Oportunidades", "standard": True},
        ],
        "fields": _marketing_fields(rng),
        "custom_fields": [
            {"id": new_hex(rng, at), "label": label, "slug": plain(label).replace("-", "_"), "entity": entity,
             "type": "text", "options": []}
            for label, entity in ((ORDER_FIELD, "deal"), (CNPJ_FIELD, "organization"))
        ],
        "products": [{"id": p.id, "name": p.name, "price": p.price} for p in products],
    }  # fmt: skip
    return Catalogue(
        pipelines[0]["id"], {s["name"]: s["id"] for p in pipelines for s in p["stages"]}, pipelines[1]["id"],
        {r["name"]: r["id"] for r in reasons}, {s["name"]: s["id"] for s in sources},
        {c["name"]: c["id"] for c in campaigns}, products, data,
    )  # fmt: skip


ACCOUNT = {"id": 40112, "name": COMPANY_NAME}
