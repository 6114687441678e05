"""Rows of the `contact_identifiers` and `customer_identifiers` tables: what identity resolution may match on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ingestion.normalize import normalize_cnpj, normalize_cpf, normalize_email, normalize_phone, split_phones
from ingestion.rows import Row

UNPERSONAL_PHONES = ("toll_free", "shared_or_premium")


def identifier_rows(
    owner: dict[str, Any],
    *,
    emails: Iterable[Any] = (),
    phones: Iterable[Any] = (),
    cpfs: Iterable[Any] = (),
    cnpjs: Iterable[Any] = (),
) -> list[Row]:
    """One row per identifier that was filled in, in the given order; `owner` holds the key columns.

    A refused value is kept as its reason alone: the raw text never lands. A phone that is somebody's switchboard
    by its kind, and a suspected placeholder, keep their value and carry a reason, so that they link nobody.
    Phones are E.164; equal values of one kind appear once, at their first position.
    """
    found: list[tuple[str, str | None, str | None]] = []
    for raw in emails:
        email = normalize_email(_text(raw))
        found.append(("email", email.value, email.reason))
    for raw in phones:
        for part in split_phones(_text(raw)):
            phone = normalize_phone(part)
            kind_reason = phone.kind if phone.kind in UNPERSONAL_PHONES else None
            found.append(("phone", phone.e164, phone.reason or kind_reason))
    for raw in cpfs:
        cpf = normalize_cpf(_text(raw))
        found.append(("cpf", cpf.value, cpf.reason))
    for raw in cnpjs:
        cnpj = normalize_cnpj(_text(raw))
        found.append(("cnpj", cnpj.value, cnpj.reason))
    unique = dict.fromkeys(item for item in found if item[2] != "empty")
    return [
        {**owner, "kind": kind, "value": value, "reject_reason": reason, "position": position}
        for position, (kind, value, reason) in enumerate(unique)
    ]


def _text(raw: Any) -> str | None:
    return None if raw is None else str(raw)
