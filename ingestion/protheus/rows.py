"""From a row as Protheus keeps it to rows that land: typed columns, identifiers of customers, quarantine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ingestion.errors import SourceError
from ingestion.identifiers import identifier_rows
from ingestion.normalize import document_kind, join_protheus, normalize_cnpj
from ingestion.protheus import values
from ingestion.protheus.database import PhysicalTable
from ingestion.protheus.settings import (
    COMPANIES,
    CUSTOMER_SOURCES,
    DELETED,
    DERIVED,
    IDENTIFIERS,
    RECNO,
    REQUIRED_COLUMNS,
    SCHEMA,
    STAMP,
)
from ingestion.rows import Row
from ingestion.runner import Tables
from ingestion.tables import TABLES, Column

CONTROL = ("company_group", "recno", "is_deleted", "stamped_at")
_SCALE = {"decimal": 2, "decimal4": 4}


def columns_to_read(alias: str, table: PhysicalTable) -> tuple[list[str], list[str]]:
    """(columns to select, columns of ours that this installation lacks). SourceError when one cannot be missed."""
    missing = [name for name in REQUIRED_COLUMNS.get(alias, ()) if name not in table.columns]
    if missing:
        raise SourceError(
            f"Protheus table {table.name} has no column {', '.join(name.upper() for name in missing)}, which revenue is "
            "computed from. Check that the URL points to the right database and company_group to the right group."
        )
    wanted = [column.name for column in _own_columns(alias)] + (
        list(CUSTOMER_SOURCES) if alias == "sa1" else []
    )
    control = [RECNO, DELETED, *([STAMP] if table.has_stamp else [])]
    lacking = [name for name in wanted if name not in table.columns]
    return control + [name for name in wanted if name in table.columns], lacking


def landed(alias: str, raw: Mapping[str, Any], group: str, decimals: Mapping[str, int]) -> Tables:
    """The rows that one Protheus row gives: the table's own, identifiers of a live customer, quarantine."""
    recno = int(raw[RECNO])
    row: Row = {
        "company_group": values.text(raw.get("m0_codigo")) if alias == COMPANIES else group,
        "recno": recno,
        "is_deleted": values.text(raw[DELETED]) == "*",
        "stamped_at": values.stamp(raw.get(STAMP)),
    }
    refused: list[Row] = []
    for column in _own_columns(alias):
        try:
            row[column.name] = _value(column, raw.get(column.name), decimals)
        except values.BadValue as error:
            row[column.name] = None
            refused.append(_quarantine(alias, group, recno, column.name, error.reason))
    tables: Tables = {alias: [row]}
    if alias == "sa1":
        tables[IDENTIFIERS] = _customer(row, raw, refused)
    if refused:
        tables["quarantine"] = refused
    return tables


def vanished(alias: str, recno: int, group: str) -> Tables:
    """A row that a pack removed for good."""
    return {alias: [{"company_group": group, "recno": recno, "is_deleted": True}]}


def _own_columns(alias: str) -> list[Column]:
    """The columns of the raw table that Protheus itself has."""
    columns = TABLES[SCHEMA][alias].columns
    return [column for column in columns if column.name not in CONTROL and column.name not in DERIVED]


def _value(column: Column, raw: Any, decimals: Mapping[str, int]) -> Any:
    if column.type == "date":
        return values.day(raw)
    if column.type in _SCALE:
        scale = _SCALE[column.type]
        return values.number(raw, min(scale, decimals.get(column.name, scale)))
    return values.text(raw)


def _customer(row: Row, raw: Mapping[str, Any], refused: list[Row]) -> list[Row]:
    """Fill the company's CNPJ, and give the identifiers of a live customer.

    A deleted customer keeps its row but links nobody: a retyped one has the same code and store.
    """
    document, person = values.text(raw.get("a1_cgc")), row.get("a1_pessoa")
    kind = document_kind(document, person)
    row["a1_cnpj"] = row["a1_cnpj_root"] = None
    if kind == "cnpj":
        cnpj = normalize_cnpj(document)
        row["a1_cnpj"], row["a1_cnpj_root"] = cnpj.value, cnpj.root
        if cnpj.reason:
            refused.append(_quarantine("sa1", row["company_group"], row["recno"], "a1_cgc", cnpj.reason))
    if row["is_deleted"]:
        return []
    owner = {
        "company_group": row["company_group"],
        "branch": row.get("a1_filial"),
        "customer_code": row.get("a1_cod"),
        "store": row.get("a1_loja"),
    }
    phone = join_protheus(*(values.text(raw.get(name)) for name in ("a1_ddi", "a1_ddd", "a1_tel")))
    return identifier_rows(
        owner,
        emails=re.split(r"[;,\s]+", values.text(raw.get("a1_email")) or ""),
        phones=[phone],
        cpfs=[document] if kind == "cpf" else [],
        cnpjs=[document] if kind == "cnpj" else [],
    )


def _quarantine(alias: str, group: str, recno: int, column: str, reason: str) -> Row:
    return {"source_table": alias, "record_key": f"{group}:{recno}", "column_name": column, "reason": reason}
