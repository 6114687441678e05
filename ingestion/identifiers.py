"""Rows of the `contact_identifiers` and `customer_identifiers` tables: what identity resolution may match on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from ingestion.normalize import normalize_cnpj, normalize_cpf, normalize_email, normalize_phone, split_phones
from ingestion.rows import Row

UNPERSONAL_PHONES = ("toll_free", "shared_or_premium")
Found = tuple[str, str | None, str | None]  # kind, value, reason of a refusal


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
    given = ((email_found, emails), (phone_found, phones), (_cpf, cpfs), (_cnpj, cnpjs))
    unique = dict.fromkeys(item for read, raws in given for raw in raws if raw for item in read(str(raw)))
    return [
        {**owner, "kind": kind, "value": value, "reject_reason": reason, "position": position}
        for position, (kind, value, reason) in enumerate(unique)
    ]


def identifier_columns(
    owner: str, keys: Sequence[str], *, emails: Sequence[list[Any]], phones: Sequence[list[Any]], cpfs: Sequence[list[Any]]
) -> dict[str, list[Any]]:
    """The same rows for many owners, as columns: each given list holds one value (or None) per key, `owner` names their column."""
    readers: list[Callable[[str], tuple[Found, ...]]] = [
        read for read, lists in ((email_found, emails), (phone_found, phones), (_cpf, cpfs)) for _ in lists
    ]
    found: list[tuple[str, str, str | None, str | None, int]] = []
    for key, *raws in zip(keys, *emails, *phones, *cpfs, strict=True):
        unique = dict.fromkeys(item for read, raw in zip(readers, raws, strict=True) if raw for item in read(str(raw)))
        found += [(key, *item, position) for position, item in enumerate(unique)]
    columns = map(list, zip(*found, strict=True)) if found else ([] for _ in range(5))
    return dict(zip((owner, "kind", "value", "reject_reason", "position"), columns, strict=True))


# People come twice, as a lead and as a contact, and so do their addresses.
@lru_cache(maxsize=65536)
def email_found(raw: str) -> tuple[Found, ...]:
    """What an e-mail field holds."""
    email = normalize_email(raw)
    return _filled(("email", email.value, email.reason))


@lru_cache(maxsize=65536)
def phone_found(raw: str) -> tuple[Found, ...]:
    """What a phone field holds: sometimes several numbers."""
    phones = [normalize_phone(part) for part in split_phones(raw)]
    return _filled(
        *(("phone", one.e164, one.reason or (one.kind if one.kind in UNPERSONAL_PHONES else None)) for one in phones)
    )


def _cpf(raw: str) -> tuple[Found, ...]:
    cpf = normalize_cpf(raw)
    return _filled(("cpf", cpf.value, cpf.reason))


def _cnpj(raw: str) -> tuple[Found, ...]:
    cnpj = normalize_cnpj(raw)
    return _filled(("cnpj", cnpj.value, cnpj.reason))


def _filled(*found: Found) -> tuple[Found, ...]:
    return tuple(item for item in found if item[2] != "empty")
