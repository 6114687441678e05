"""The models run on the raw rows of a circle of people: the plan rows that a whole build would give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ingestion.rows import to_arrow
from ingestion.tables import TABLES
from orchestration.express import MODEL
from orchestration.express.compiled import DATABASE, Compiled
from orchestration.express.links import Links

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

_OF_CIRCLE = "select substr(node, {start}) from circle where starts_with(node, '{prefix}')"
_RD, _CRM = _OF_CIRCLE.format(prefix="rd:", start=4), _OF_CIRCLE.format(prefix="crm:", start=5)
_DEALS = "select substr(token, 6) from links where starts_with(token, 'deal:') and node in (select node from circle)"
_NODE = "select node from circle"
_ERP = "'erp:' || coalesce(company_group, '') || ':' || coalesce({branch}, '') || ':' || {code} || ':' || {store}"
_DEAL_ROWS = f"deal_id in ({_DEALS})"
# What each table gives to a circle; a table that is not named goes whole (agreement, stages, reasons: small lists).
_WHERE = {
    "raw_rd_station.contacts": f"contact_uuid in ({_RD})",
    "raw_rd_station.contact_identifiers": f"contact_uuid in ({_RD})",
    "raw_rd_station.contact_legal_bases": f"contact_uuid in ({_RD})",
    "raw_rd_station.contact_fields": f"contact_uuid in ({_RD})",
    "raw_rd_station.conversions": f"contact_uuid in ({_RD})",
    "raw_rd_station.funnels": f"contact_uuid in ({_RD})",
    "raw_rd_station.segmentation_contacts": f"contact_uuid in ({_RD})",
    "raw_rd_station_crm.contacts": f"contact_id in ({_CRM})",
    "raw_rd_station_crm.contact_identifiers": f"contact_id in ({_CRM})",
    "raw_rd_station_crm.deals": _DEAL_ROWS,
    "raw_rd_station_crm.deal_contacts": _DEAL_ROWS,
    "raw_rd_station_crm.deal_stage_visits": _DEAL_ROWS,
    "raw_rd_station_crm.tasks": _DEAL_ROWS,
    "raw_rd_station_crm.organizations": f"""organization_id in (
        select organization_id from facts.raw_rd_station_crm.deals where {_DEAL_ROWS}
        union select organization_id from facts.raw_rd_station_crm.contacts where contact_id in ({_CRM}))""",
    "raw_protheus.sa1": f"{_ERP.format(branch='a1_filial', code='a1_cod', store='a1_loja')} in ({_NODE})",
    "raw_protheus.customer_identifiers": f"{_ERP.format(branch='branch', code='customer_code', store='store')} in ({_NODE})",
    "raw_inbox.events": f"contact_uuid in ({_RD}) or {_DEAL_ROWS}",
    **{f"raw_files.{name}": "false" for name in TABLES["raw_files"]},  # hand-overs of files are people of their own
}
# Whoever has a record outside the circle is not there as a whole; and whose records contradict each other (two CPFs, told apart
# by hand) is cut into people by the whole build alone.
_PLAN = f"""
select plan.* from {DATABASE}.plan.{MODEL} as plan
where plan.person_id not in (
    select person_id from {DATABASE}.intermediate.int_person_nodes
    where node not in (select node from circle where not is_witness)
    union all
    select people.person_id
    from {DATABASE}.intermediate.int_identity_seeds as seeds
    inner join {DATABASE}.intermediate.int_identity_labels as labels on seeds.label = labels.label
    inner join {DATABASE}.intermediate.int_identity_nodes as nodes on labels.node_no = nodes.node_no
    inner join {DATABASE}.intermediate.int_person_nodes as people on nodes.node = people.node
)
"""


def plan_rows(
    links: Links, compiled: Compiled, tables: Sequence[tuple[str, str]], fresh: Rows, as_of: datetime
) -> list[dict[str, Any]]:
    """Plan rows of the circle drawn in `links`, as of an instant. `fresh`: raw rows by `schema.table` that the facts do
    not hold yet. Everything happens in memory: nothing personal reaches the disk."""
    run = links.connection.execute
    run(f"attach ':memory:' as {DATABASE}")
    try:
        for schema in {schema for schema, _ in tables}:
            run(f"create schema {DATABASE}.{schema}")
        for schema, table in tables:
            where = _WHERE.get(f"{schema}.{table}", "true")
            run(f"create table {DATABASE}.{schema}.{table} as select * from facts.{schema}.{table} where {where}")
        for name, rows in fresh.items():
            _insert(links, name, rows)
        for schema in compiled.schemas:
            run(f"create schema if not exists {schema}")
        run(f"use {DATABASE}")
        for statement in compiled.statements:
            if statement.before:
                run(statement.before)
            run(statement.at(as_of))
        found = run(_PLAN)
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, values, strict=True)) for values in found.fetchall()]
    finally:
        run("use memory")
        run(f"detach {DATABASE}")


def _insert(links: Links, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
    schema, table = name.split(".")
    if not rows:
        return
    arrow = to_arrow(TABLES[schema][table], [dict(row) for row in rows])
    links.connection.register("fresh_rows", arrow)
    there = links.connection.execute(f"select * from {DATABASE}.{schema}.{table} limit 0").description or []
    names = ", ".join(column[0] for column in there if column[0] in arrow.column_names)  # facts of an earlier release have fewer
    links.connection.execute(f"insert into {DATABASE}.{schema}.{table} by name select {names} from fresh_rows")
    links.connection.unregister("fresh_rows")
