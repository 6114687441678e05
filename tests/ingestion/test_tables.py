"""The list of raw tables: DDL on both engines, growth of existing tables, agreement with dlt's hints."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from ingestion.tables import TABLES, all_specs, create_missing, ddl, dlt_columns, parse_columns


def columns_of(connection: Any) -> dict[tuple[str, str], list[str]]:
    rows = connection.execute(
        "select table_schema, table_name, column_name from information_schema.columns "
        "where table_schema like 'raw_%' order by ordinal_position"
    ).fetchall()
    found: dict[tuple[str, str], list[str]] = {}
    for schema, table, column in rows:
        found.setdefault((schema, table), []).append(column)
    return found


def test_all_tables_exist_after_create_missing() -> None:
    connection = duckdb.connect()
    create_missing(connection, "duckdb")
    create_missing(connection, "duckdb")
    found = columns_of(connection)
    assert found.keys() == {(spec.schema, spec.name) for spec in all_specs()}
    for spec in all_specs():
        wanted = [column.name for column in spec.all_columns] + ["_dlt_load_id", "_dlt_id"]
        assert found[spec.schema, spec.name] == wanted


def test_existing_table_gains_what_it_lacks_and_keeps_its_rows() -> None:
    connection = duckdb.connect()
    connection.execute("create schema raw_files")
    connection.execute("create table raw_files.deals (deal_key varchar, extra integer)")
    connection.execute("insert into raw_files.deals values ('a', 1)")
    create_missing(connection, "duckdb", schemas=["raw_files"])
    assert connection.execute("select deal_key, extra, load_seq from raw_files.deals").fetchall() == [
        ("a", 1, None)
    ]
    assert set(TABLES["raw_files"]["deals"].column_names) < set(columns_of(connection)["raw_files", "deals"])


def test_column_types_of_both_engines() -> None:
    spec = TABLES["raw_protheus"]["sd2"]
    assert '"d2_total" decimal(18,2)' in ddl(spec, "duckdb") and '"d2_quant" numeric(18,4)' in ddl(
        spec, "postgres"
    )
    assert '"stamped_at" timestamp without time zone' in ddl(spec, "postgres")
    hints = dlt_columns(spec)
    assert list(hints) == ["stamped_at", "extracted_at"] and hints["stamped_at"]["timezone"] is False


def test_no_personal_column_of_customers_lands() -> None:
    personal = {
        "a1_nome",
        "a1_nreduz",
        "a1_tel",
        "a1_ddd",
        "a1_ddi",
        "a1_email",
        "a1_cgc",
        "a1_cep",
        "e1_nomcli",
    }
    for spec in TABLES["raw_protheus"].values():
        assert not personal & set(spec.column_names)
    assert {"a1_cnpj", "a1_cnpj_root"} <= set(TABLES["raw_protheus"]["sa1"].column_names)


def test_names_are_unique_and_types_known() -> None:
    for spec in all_specs():
        names = [column.name for column in spec.all_columns]
        assert len(names) == len(set(names)), spec
    with pytest.raises(ValueError, match="unknown type"):
        parse_columns("a b:money")
