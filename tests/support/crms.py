"""The simulated company in each of the four CRMs: one agreement that names the stages and reasons of all, and the folders."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sandbox.server.pipedrive import view
from tests.support import hubspot

CRMS = ("rd_station_crm", "hubspot", "salesforce", "pipedrive")

SALESFORCE = """  salesforce:
    base_url: {url}
    quota_speed: 600
    fields:
      cnpj: CNPJ__c
      rd_uuid: RD_UUID__c
      rating: Nota_do_Vendedor__c
      lead_reason: Motivo_Desqualificacao__c
      lost_reason: Motivo_da_Perda__c
      amount_monthly: Valor_Mensal__c
      erp_order: Pedido_ERP__c
      parent: Oportunidade_Origem__c
      marketing: Veio_do_RD_Station__c
"""
PIPEDRIVE = """  pipedrive:
    base_url: {url}/pipedrive
    quota_speed: 600
    plan: ultimate
    seats: 10
    budget_share: 1
    rare_minutes: 0
    lead_stage: Novo lead
    nobody: ["{nobody}"]
    custom_fields: {{cnpj: {cnpj}, cpf: {cpf}, rd_uuid: {uuid}, erp_order: {order}, rating: {rating}, lead_reason: {reason}, parent_deal: {parent}}}
"""
STAGES = """  - system: {crm}
    stages:
      Novo lead: mql
      Aceito por vendas: accepted
      Qualificado: sql
      Oportunidade: opportunity
      Proposta enviada: proposal
"""


def company_in(crm: str, box: Any) -> Callable[[Path], None]:
    """Changes a copy of the demo's folder so that its CRM is `crm`; all four are in the agreement, so that its hash is one."""

    def change(folder: Path) -> None:
        for path in (folder / "agreement").glob("*.yaml"):
            text = path.read_text(encoding="utf-8")
            named = r"{rd_station_crm: \1, hubspot: \1, salesforce: \1, pipedrive: \1}"
            path.write_text(re.sub(r"\{rd_station_crm: (\[[^]]*\])\}", named, text), encoding="utf-8")
        with (folder / "mappings" / "crm_stages.yaml").open("a", encoding="utf-8") as stages:
            stages.writelines(STAGES.format(crm=other) for other in CRMS[1:])
        if crm != CRMS[0]:
            replace_crm(folder, section(crm, box))

    return change


def section(crm: str, box: Any) -> str:
    """The part of bastao.yaml that names the company's account."""
    given = box.credentials
    if crm == "hubspot":
        return hubspot.SECTION.format(url=box.url)
    if crm == "salesforce":
        return SALESFORCE.format(url=box.url)
    return PIPEDRIVE.format(
        url=box.url, nobody=given["pipedrive"]["user_id"], cnpj=view.CNPJ, cpf=view.CPF, uuid=view.RD_UUID,
        order=view.field_key("Pedido ERP"), rating=view.RATING, reason=view.LEAD_REASON, parent=view.PARENT,
    )  # fmt: skip


def replace_crm(folder: Path, text_of_crm: str) -> None:
    """Put another CRM into the place of RD Station CRM in a company folder."""
    config = folder / "bastao.yaml"
    text = config.read_text(encoding="utf-8")
    text, one = re.subn(r"  rd_station_crm:\n(?:    .*\n)+", lambda _found: text_of_crm, text, count=1)
    text, two = re.subn(r"  rd_station_crm_owner:.*\n(?:    .*\n)+", "", text, count=1)
    assert one == two == 1, "bastao.yaml of the demo has another shape"
    config.write_text(text, encoding="utf-8")


def secrets(given: dict[str, Any]) -> dict[str, str]:
    """The secrets of the other three CRMs, under the environment names of a company folder that names none."""
    return {
        "BASTAO_HUBSPOT_TOKEN": given["hubspot"]["token"],
        "BASTAO_PIPEDRIVE_TOKEN": given["pipedrive"]["token"],
        "BASTAO_SALESFORCE_CLIENT_ID": given["salesforce"]["client_id"],
        "BASTAO_SALESFORCE_CLIENT_SECRET": given["salesforce"]["client_secret"],
    }
