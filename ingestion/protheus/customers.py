"""Customers and prospects: the company's CNPJ as columns, everything that identifies a person as identifiers only."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from ingestion.identifiers import identifier_rows
from ingestion.normalize import document_kind, join_protheus, normalize_cnpj
from ingestion.protheus import values
from ingestion.protheus.source import Chunk
from ingestion.rows import Row


def company_numbers(
    prefix: str, chunk: Chunk, persons: pa.Array
) -> tuple[dict[str, pa.Array], list[tuple[int, str]]]:
    """(`<prefix>_cnpj` and its root, refused positions): a CPF, and what is neither, never becomes a column."""
    numbers: list[str | None] = []
    roots: list[str | None] = []
    refused = []
    documents = _raw(chunk, f"{prefix}_cgc")
    for position, (document, person) in enumerate(zip(documents, persons.to_pylist(), strict=True)):
        value = root = None
        if document_kind(shown := _text(document), person) == "cnpj":
            cnpj = normalize_cnpj(shown)
            value, root = cnpj.value, cnpj.root
            if cnpj.reason:
                refused.append((position, cnpj.reason))
        numbers.append(value)
        roots.append(root)
    names = (f"{prefix}_cnpj", f"{prefix}_cnpj_root")
    return dict(zip(names, (pa.array(numbers, pa.string()), pa.array(roots, pa.string())), strict=True)), refused


def identifiers(group: str, chunk: Chunk, columns: Mapping[str, pa.Array], deleted: pa.Array) -> list[Row]:
    """Identifiers of the live customers.

    A deleted customer keeps its row but links nobody: a retyped one has the same code and store.
    """
    found: list[Row] = []
    names = ("a1_filial", "a1_cod", "a1_loja", "a1_pessoa")
    own = zip(*(columns[name].to_pylist() for name in names), strict=True)
    contacts = zip(*(_raw(chunk, f"a1_{name}") for name in ("cgc", "email", "ddi", "ddd", "tel")), strict=True)
    for (branch, code, store, person), raw, gone in zip(own, contacts, deleted.to_pylist(), strict=True):
        if gone:
            continue
        document, emails, *phone = (_text(value) for value in raw)
        kind = document_kind(document, person)
        found += identifier_rows(
            {"company_group": group, "branch": branch, "customer_code": code, "store": store},
            emails=re.split(r"[;,\s]+", emails or ""),
            phones=[join_protheus(*phone)],
            cpfs=[document] if kind == "cpf" else [],
            cnpjs=[document] if kind == "cnpj" else [],
        )
    return found


def _raw(chunk: Chunk, name: str) -> Sequence[Any]:
    return chunk.columns.get(name) or [None] * len(chunk)


def _text(value: Any) -> str | None:
    """As text; what cannot be read identifies nobody (the normalisers refuse what is no document, phone or address)."""
    try:
        return values.text(value)
    except values.BadValue:
        return None
