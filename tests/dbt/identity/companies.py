"""Runs the SQL of the models that tell companies apart on an in-memory DuckDB without dbt, as engine.py does for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import duckdb

from contract.identity import IdentityDecisions
from contract.rows.besides import merge_rows, split_rows
from tests.dbt.identity.engine import run_model, table
from tests.dbt.raw_fixture import PROJECT

VARIABLES = {"identity_max_records": 5, "identity_agency_domains": [], "identity_shared_domains": ["gmail.com"]}
ROOT, DOMAIN = 0, 1


@dataclass
class Companies:
    """Records in the order in which they were loaded, each with its CNPJ root and its domain (ERP: no domain); decisions."""

    records: Mapping[str, tuple[str | None, str | None]]
    decisions: IdentityDecisions = field(default_factory=IdentityDecisions)

    def found(self) -> tuple[dict[str, str], set[tuple[str | None, ...]]]:
        """Record -> company_id; and what is told of links: (rule, record, other record, refusal reason)."""
        with duckdb.connect(config={"threads": 1}) as connection:
            connection.execute("create schema intermediate")
            placed = [(node, number, *values) for number, (node, values) in enumerate(self.records.items(), start=1)]
            organizations = [(node[4:], root, domain, load) for node, load, root, domain in placed if node.startswith("org:")]
            customers = [("01", None, node.split(":")[3], "01", root, load) for node, load, root, _ in placed if node.startswith("erp:")]
            table(connection, "stg_crm", "organization_id varchar, cnpj_root varchar, domain varchar, first_load_seq bigint", organizations)
            table(connection, "stg_protheus__sa1", "company_group varchar, a1_filial varchar, a1_cod varchar, a1_loja varchar,"
                  " a1_cnpj_root varchar, first_load_seq bigint", customers)  # fmt: skip
            table(connection, "stg_files__deals", "company_key varchar", [(node[6:],) for node in self.records if node.startswith("files:")])
            table(connection, "stg_files__movements", "company_key varchar", [])
            merges = [(row["node"], row["merge_group"]) for row in merge_rows(self.decisions)]
            splits = [(row["split_no"], row["node"], row["party"]) for row in split_rows(self.decisions)]
            table(connection, "stg_agreement__company_merges", "node varchar, merge_group varchar", merges)
            table(connection, "stg_agreement__company_splits", "split_no bigint, node varchar, party varchar", splits)
            for model in ("intermediate/companies/int_company_links", "intermediate/companies/int_company_nodes", "marts/identity/fct_company_links"):
                run_model(connection, PROJECT / "models" / f"{model}.sql", VARIABLES)
            told = connection.execute("select rule, record, other_record, refusal_reason from fct_company_links").fetchall()
            assert len(told) == connection.execute("select count(distinct link_id) from fct_company_links").fetchone()[0]  # type: ignore[index]
            left = connection.execute("select count(*) from information_schema.tables where table_name like '%_work_%'").fetchone()
            assert left == (0,), "the hooks tidy up"
            return dict(connection.execute("select node, company_id from int_company_nodes").fetchall()), set(told)
