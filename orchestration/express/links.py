"""Who belongs together in the facts file: which records share an identifier, a deal or an id, and so must be judged together.

Wider than the models on purpose (they decide who is one person): whoever they could join is in the same circle.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

MAX_RECORDS = 2000  # a larger circle is no handful of people: the next whole run judges it

_LINKS = """
create temp table links as
with identifiers as (
    select 'rd:' || i.contact_uuid as node, i.kind, i.value
    from facts.raw_rd_station.contact_identifiers as i inner join (
        select contact_uuid, max(load_seq) as load_seq from facts.raw_rd_station.contacts
        where not coalesce(is_deleted, false) group by contact_uuid
    ) as last using (contact_uuid, load_seq)
    union all
    select 'crm:' || i.contact_id, i.kind, i.value
    from facts.raw_rd_station_crm.contact_identifiers as i inner join (
        select contact_id, max(load_seq) as load_seq from facts.raw_rd_station_crm.contacts
        where not coalesce(is_deleted, false) group by contact_id
    ) as last using (contact_id, load_seq)
    union all
    select 'erp:' || coalesce(company_group, '') || ':' || coalesce(branch, '') || ':' || customer_code || ':' || store, kind, value
    from facts.raw_protheus.customer_identifiers where kind <> 'phone'
)
select distinct node, kind || ':' || case when kind = 'phone' then right(value, 8) else value end as token, kind
from identifiers where value is not null and kind in ('email', 'phone', 'cpf')
union
select 'crm:' || contact_id, 'rd_uuid:' || integration_id, 'id' from facts.raw_rd_station_crm.contacts where integration_id is not null
union
select 'rd:' || integration_id, 'rd_uuid:' || integration_id, 'id' from facts.raw_rd_station_crm.contacts where integration_id is not null
union
select 'crm:' || contact_id, 'deal:' || deal_id, 'id' from facts.raw_rd_station_crm.deal_contacts
union
select 'crm:' || c.contact_id, 'deal:' || d.parent_deal_id, 'id'
from facts.raw_rd_station_crm.deal_contacts as c inner join facts.raw_rd_station_crm.deals as d using (deal_id)
where d.parent_deal_id is not null
union
select node, 'hand:' || merge_group, 'id' from facts.raw_agreement.identity_merges
"""
# Phones are compared by their last eight digits here, the models look at the area code too: ten times as many may share.
_CROWDED = """
create temp table crowded as
select token from links where kind <> 'id' group by token, kind having count(*) > case when kind = 'phone' then 10 * ? else ? end
"""
_GROW = """
insert into circle
select distinct links.node, false from links
where links.token in (
    select token from links where node in (select node from circle) and token not in (select token from crowded)
) and links.node not in (select node from circle)
"""
_WITNESSES = """
insert into circle
select distinct node, true from (
    select node, row_number() over (partition by token order by node) as n from links
    where token in (select token from links where node in (select node from circle) and token in (select token from crowded))
) where n <= ? and node not in (select node from circle)
"""


class TooMany(Exception):
    """The people concerned hang together with more records than the lane takes."""


class Links:
    """The facts of one snapshot, open for reading, with who hangs together. Costs one pass over them; close it."""

    def __init__(self, facts: Path, shared_by: int = 5) -> None:
        """`shared_by`: a value on more records links nobody (the models' own guard); enough of them go along to show it."""
        self._shared_by = shared_by
        self.connection = duckdb.connect(config={"threads": 1})
        self.connection.execute(f"attach '{str(facts).replace(chr(39), chr(39) * 2)}' as facts (read_only)")
        self.connection.execute(_LINKS)
        self.connection.execute(_CROWDED, [shared_by, shared_by])
        self.connection.execute("create temp table circle (node varchar, is_witness boolean)")

    def learn(self, deal_contacts: Iterable[tuple[str, str]]) -> None:
        """Deals (deal id, contact id) that the facts do not show yet."""
        for deal_id, contact_id in deal_contacts:
            self.connection.execute("insert into links values (?, ?, 'id')", [f"crm:{contact_id}", f"deal:{deal_id}"])

    def knows(self, contact_id: str) -> bool:
        """Whether the facts hold this CRM contact: of somebody new there is too little to judge."""
        query = "select count(*) from facts.raw_rd_station_crm.contacts where contact_id = ?"
        found = self.connection.execute(query, [contact_id]).fetchone()
        return bool(found and found[0])

    def draw_circle(self, contact_ids: Iterable[str]) -> int:
        """Make `circle` the records that these CRM contacts hang together with; how many. TooMany when it does not end.

        Witnesses are records that only show how crowded a value is: of them nothing is complete.
        """
        self.connection.execute("delete from circle")
        for contact_id in sorted(set(contact_ids)):
            self.connection.execute("insert into circle values (?, false)", [f"crm:{contact_id}"])
        size = self._size()
        while True:
            self.connection.execute(_GROW)
            grown = self._size()
            if grown > MAX_RECORDS:
                raise TooMany(f"more than {MAX_RECORDS} records hang together")
            if grown == size:
                break
            size = grown
        self.connection.execute(_WITNESSES, [10 * self._shared_by + 1])
        return size

    def _size(self) -> int:
        found = self.connection.execute("select count(*) from circle").fetchone()
        return int(found[0]) if found else 0

    def close(self) -> None:
        """Let the facts file go."""
        self.connection.close()
