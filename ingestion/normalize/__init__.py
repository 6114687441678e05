"""Identifiers as people type them, in one form: the keys that identity is resolved by."""

from ingestion.normalize.document import Document, document_kind, normalize_cnpj, normalize_cpf
from ingestion.normalize.domain import web_domain
from ingestion.normalize.email import Email, corporate_domain, normalize_email
from ingestion.normalize.phone import Phone, join_protheus, normalize_phone, split_phones
from ingestion.normalize.state import STATE_NAMES, STATES

__all__ = [
    "STATES",
    "STATE_NAMES",
    "Document",
    "Email",
    "Phone",
    "corporate_domain",
    "document_kind",
    "join_protheus",
    "normalize_cnpj",
    "normalize_cpf",
    "normalize_email",
    "normalize_phone",
    "split_phones",
    "web_domain",
]
