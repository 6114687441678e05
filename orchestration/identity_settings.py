"""The `identity` section of bastao.yaml: what is nobody's own, and so makes nobody one person with somebody else."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from ingestion.normalize.email import FREE_MAIL_DOMAINS
from orchestration.setting_types import Section

# Before the @: addresses that belong to a task, not to somebody. dbt_project.yml has the same list for dbt alone.
SHARED_MAILBOXES = (
    "contato", "contact", "vendas", "comercial", "sales", "compras", "financeiro", "fiscal", "nfe",
    "cobranca", "faturamento", "contas", "adm", "administrativo", "administracao", "atendimento", "sac",
    "suporte", "support", "info", "rh", "marketing", "diretoria", "secretaria", "recepcao", "escritorio",
    "logistica", "juridico", "ti", "noreply", "no-reply", "naoresponda", "webmaster", "postmaster",
)  # fmt: skip

# Where companies without a site of their own have a page: the domain is not theirs.
SITES = (
    "facebook.com", "instagram.com", "linkedin.com", "linktr.ee", "wixsite.com", "blogspot.com", "wordpress.com", "google.com",
    "sites.google.com", "business.site", "negocio.site", "mercadolivre.com.br",
)  # fmt: skip


def _mailbox(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9._+-]+", text):
        raise ValueError("is not the part of an address before the @; write it in lower case, as vendas")
    return text


def _domain(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", text):
        raise ValueError("is not a domain; write it in lower case without www or @, as agencia.com.br")
    return text


class Identity(Section):
    """Guards against making one person, or one company, of several."""

    max_records_per_identifier: int = Field(default=5, ge=2, le=1000, description="a value on more records links nobody")
    shared_mailboxes: list[Annotated[str, AfterValidator(_mailbox)]] = Field(
        default_factory=lambda: list(SHARED_MAILBOXES), description="addresses that start so link nobody"
    )
    agency_domains: list[Annotated[str, AfterValidator(_domain)]] = Field(
        default_factory=list, description="agencies and partners that fill in forms for others: their addresses link nobody"
    )

    shared_domains: list[Annotated[str, AfterValidator(_domain)]] = Field(
        default_factory=lambda: [*sorted(FREE_MAIL_DOMAINS), *SITES], description="domains of everybody: they name no company"
    )

    def variables(self) -> dict[str, Any]:
        """dbt's variables."""
        return {
            "identity_max_records": self.max_records_per_identifier,
            "identity_shared_mailboxes": self.shared_mailboxes,
            "identity_agency_domains": self.agency_domains,
            "identity_shared_domains": self.shared_domains,
        }
