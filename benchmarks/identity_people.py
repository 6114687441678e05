"""People with records in three systems, made in DuckDB by arithmetic alone: seeded, as many as wanted, the truth beside them.

Each person has a contact in RD Station, a tenth a second one with another address, six in ten a contact in the CRM, one in
twenty is a customer in the ERP: about three identifiers a person. Colleagues (eight to a company) share a domain. `dirt`
scales what goes wrong: typing errors in addresses and numbers of the CRM, lost ids of the integration, the company's
mailbox or switchboard instead of one's own, somebody else's CPF typed in.
"""

from __future__ import annotations

from typing import Any

from ingestion.tables import create_missing

_PEOPLE = """
create or replace temp table people as
select
    i,
    'p' || i || case when i % 8 < 5 then '@empresa' || (i // 8) || '.com.br' else '@gmail.com' end as email,
    'alt' || i || '@hotmail.com' as other_email,
    'contato@empresa' || (i // 8) || '.com.br' as mailbox,
    '+55119' || lpad(cast(i * 7919 % 100000000 as varchar), 8, '0') as mobile,
    '+55113' || lpad(cast((i // 8) * 6151 % 10000000 as varchar), 7, '0') as switchboard,
    '5' || lpad(cast(i as varchar), 10, '0') as cpf,
    {draws}
from range({people}) as numbers (i)
"""
# Independent draws in [0, 1) for each thing that may happen to a person.
_DRAWS = ("second", "crm", "erp", "rd_phone", "linked", "typo_email", "typo_phone", "shared_email", "shared_phone", "cpf_draw", "wrong_cpf")
_RECORDS = """
create or replace temp table records as
select 'rd:u' || i as node, i from people
union all select 'rd:v' || i, i from people where second < 0.1
union all select 'crm:c' || i, i from people where crm < 0.6
union all select 'erp:01::' || i || ':01', i from people where erp < 0.05
"""
_LOAD = "load_seq, row_seq, record_origin) select {columns}, {load_seq}, row_number() over (), 'poll' from {source}"
_TABLES = (
    ("raw_rd_station.contacts", "contact_uuid, created_at, is_deleted",
     "'u' || i, timestamp '2026-01-01', false", "people"),
    ("raw_rd_station.contacts", "contact_uuid, created_at, is_deleted",
     "'v' || i, timestamp '2026-01-02', false", "people where second < 0.1"),
    ("raw_rd_station.contact_identifiers", "contact_uuid, kind, value, position", "'u' || i, 'email', email, 0", "people"),
    ("raw_rd_station.contact_identifiers", "contact_uuid, kind, value, position",
     "'u' || i, 'phone', mobile, 1", "people where rd_phone < 0.6"),
    ("raw_rd_station.contact_identifiers", "contact_uuid, kind, value, position",
     "'u' || i, 'cpf', case when wrong_cpf < 0.02 * {dirt} then '5' || lpad(cast(i + 1 as varchar), 10, '0') else cpf end, 2",
     "people where cpf_draw < 0.1"),
    ("raw_rd_station.contact_identifiers", "contact_uuid, kind, value, position",
     "'v' || i, 'email', other_email, 0", "people where second < 0.1"),
    ("raw_rd_station.contact_identifiers", "contact_uuid, kind, value, position",
     "'v' || i, 'phone', mobile, 1", "people where second < 0.1"),
    ("raw_rd_station_crm.contacts", "contact_id, integration_id, created_at, is_deleted",
     "'c' || i, case when linked >= 0.1 * {dirt} then 'u' || i end, timestamp '2026-01-03', false", "people where crm < 0.6"),
    ("raw_rd_station_crm.contact_identifiers", "contact_id, kind, value, position",
     """'c' || i, 'email', case when shared_email < 0.03 * {dirt} then mailbox when typo_email < 0.04 * {dirt} then 'x' || email
        else email end, 0""", "people where crm < 0.6"),
    ("raw_rd_station_crm.contact_identifiers", "contact_id, kind, value, position",
     """'c' || i, 'phone', case when shared_phone < 0.1 * {dirt} then switchboard when typo_phone < 0.04 * {dirt}
        then '+55118' || right(mobile, 8) else mobile end, 1""", "people where crm < 0.6"),
    ("raw_protheus.sa1", "company_group, recno, is_deleted, a1_cod, a1_loja, a1_pessoa",
     "'01', i, false, cast(i as varchar), '01', 'F'", "people where erp < 0.05"),
    ("raw_protheus.customer_identifiers", "company_group, customer_code, store, kind, value, position",
     "'01', cast(i as varchar), '01', 'cpf', cpf, 0", "people where erp < 0.05"),
    ("raw_protheus.customer_identifiers", "company_group, customer_code, store, kind, value, position",
     "'01', cast(i as varchar), '01', 'email', case when shared_email < 0.1 * {dirt} then mailbox else email end, 1",
     "people where erp < 0.05"),
)  # fmt: skip


def _people(people: int) -> str:
    draws = ", ".join(f"(hash(i, {salt}) % 1000000) / 1000000.0 as {name}" for salt, name in enumerate(_DRAWS))
    return _PEOPLE.format(draws=draws, people=people)


def write(connection: Any, people: int, dirt: float) -> int:
    """Fill the raw tables of a new DuckDB warehouse; `truth.records` (node, i) says whose each record is. Returns identifiers."""
    create_missing(connection, "duckdb")
    connection.execute(_people(people))
    connection.execute(_RECORDS)
    connection.execute("create schema if not exists truth")
    connection.execute("create or replace table truth.records as select * from records")
    for table, names, columns, source in _TABLES:
        chosen = _LOAD.format(columns=columns.format(dirt=dirt), load_seq=1, source=source)
        connection.execute(f"insert into {table} ({names}, {chosen}")
    query = "select (select count(*) from raw_rd_station.contact_identifiers) + (select count(*) from raw_rd_station_crm.contact_identifiers)"
    return int(connection.execute(query).fetchone()[0])


# Everything of one person in two hundred is read again: half have another number, a tenth the address of somebody else, a few
# are gone; and one in a thousand is new.
_CHANGED = "people where i % 200 = 7"
_NEW = "range({people}, {people} + {people} // 1000) as numbers (i)"
_DAY = (
    ("raw_rd_station.contacts", "contact_uuid, created_at, is_deleted",
     "'u' || i, timestamp '2026-01-01', i % 5000 = 7", _CHANGED),
    ("raw_rd_station.contact_identifiers", "contact_uuid, kind, value, position",
     "'u' || i, 'email', case when i % 2000 = 7 then 'p' || (i + 1) || '@gmail.com' else email end, 0", _CHANGED),
    ("raw_rd_station.contact_identifiers", "contact_uuid, kind, value, position",
     "'u' || i, 'phone', case when i % 400 = 7 then '+55219' || right(mobile, 8) else mobile end, 1", _CHANGED),
    ("raw_rd_station.contacts", "contact_uuid, created_at, is_deleted",
     "'v' || i, timestamp '2026-01-02', false", f"{_CHANGED} and second < 0.1"),
    ("raw_rd_station.contact_identifiers", "contact_uuid, kind, value, position",
     "'v' || i, 'email', other_email, 0", f"{_CHANGED} and second < 0.1"),
    ("raw_rd_station_crm.contacts", "contact_id, integration_id, created_at, is_deleted",
     "'c' || i, 'u' || i, timestamp '2026-01-03', false", f"{_CHANGED} and crm < 0.6"),
    ("raw_rd_station_crm.contact_identifiers", "contact_id, kind, value, position",
     "'c' || i, 'email', case when i % 600 = 7 then mailbox else email end, 0", f"{_CHANGED} and crm < 0.6"),
    ("raw_rd_station_crm.contact_identifiers", "contact_id, kind, value, position",
     "'c' || i, 'phone', case when i % 400 = 7 then '+55219' || right(mobile, 8) else mobile end, 1", f"{_CHANGED} and crm < 0.6"),
    ("raw_rd_station.contacts", "contact_uuid, created_at, is_deleted", "'u' || i, timestamp '2026-02-01', false", _NEW),
    ("raw_rd_station.contact_identifiers", "contact_uuid, kind, value, position", "'u' || i, 'email', 'p' || i || '@gmail.com', 0", _NEW),
)  # fmt: skip


def write_day(connection: Any, people: int) -> int:
    """Land the next day: rows about half a percent of the records that `write` made. Returns how many records."""
    connection.execute(_people(people))
    for table, names, columns, source in _DAY:
        chosen = _LOAD.format(columns=columns, load_seq=2, source=source.format(people=people))
        connection.execute(f"insert into {table} ({names}, {chosen}")
    query = """select (select count(*) from raw_rd_station.contacts where load_seq = 2)
        + (select count(*) from raw_rd_station_crm.contacts where load_seq = 2)"""
    return int(connection.execute(query).fetchone()[0])
