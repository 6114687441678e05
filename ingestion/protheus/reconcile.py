"""What is stored against what the ERP has: rows that are gone, that were missed, or whose record number was given again.

A pack removes soft-deleted rows for good and leaves no trace (contract, rule 8); a table that was dropped and loaded
again numbers its rows anew (1.4). Stamped tables are compared by record number, deletion mark and declared key, others
by everything that lands. Both sides are walked by windows of R_E_C_N_O_, so that no table must fit into memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ingestion.protheus.rows import Landed, landed, vanished
from ingestion.protheus.settings import DELETED, KEYS, RECNO, SCHEMA, STAMP
from ingestion.protheus.source import PhysicalTable
from ingestion.runner import Session, Slice
from ingestion.tables import TABLES

if TYPE_CHECKING:
    from ingestion.protheus.reader import Reader

_LAST = 2**62


class Stored:
    """Questions to the warehouse about rows of Protheus."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def stamps(self, since: Mapping[str, datetime]) -> dict[str, dict[int, datetime]]:
        """Stamps that are stored of the overlap, per table: one visit to the warehouse for all of them."""
        queries = {
            alias: f"select recno, max(stamped_at) from {SCHEMA}.{alias} "
            f"where stamped_at >= timestamp '{moment:%Y-%m-%d %H:%M:%S}' group by recno"
            for alias, moment in since.items()
        }
        return {alias: dict(rows) for alias, rows in self._session.read(**queries).items()} if queries else {}

    def window(self, alias: str, columns: list[str], after: int, until: int) -> dict[int, tuple[Any, ...]]:
        """The latest values of `columns` of each record number in (after, until]."""
        query = (
            f"select recno, {', '.join(columns)} from (select *, row_number() over "
            f"(partition by recno order by load_seq desc, row_seq desc) as n from {SCHEMA}.{alias} "
            f"where recno > {after} and recno <= {until}) as t where n = 1"
        )
        return {int(row[0]): tuple(row[1:]) for row in self._session.read(rows=query)["rows"]}

    def differing(self, alias: str, arrived: Landed) -> Landed:
        """Without the rows that are stored just so; customers all stay (their identifiers are stored elsewhere)."""
        if alias == "sa1" or not len(arrived.own):
            return arrived
        names = [column.name for column in TABLES[SCHEMA][alias].columns if column.name not in ("company_group", "recno", "stamped_at")]
        recnos = arrived.own["recno"].to_pylist()
        known = self.window(alias, names, recnos[0] - 1, recnos[-1])
        shown = zip(*(arrived.own[name].to_pylist() for name in names), strict=True)
        news = [n for n, (recno, row) in enumerate(zip(recnos, shown, strict=True)) if known.get(recno) != row]
        fresh = {f":{recnos[n]}" for n in news}
        # What was refused of an unchanged row was told when it landed.
        others = {
            name: [row for row in rows if ":" + row["record_key"].rpartition(":")[2] in fresh or row["record_key"].endswith("?")]
            for name, rows in arrived.others.items()
        }
        return Landed(arrived.own.take(pa.array(news, pa.int64())), {name: rows for name, rows in others.items() if rows})


def reconcile(reader: Reader, alias: str, table: PhysicalTable, columns: list[str]) -> Iterator[Slice]:
    """Slices that make the stored rows those of the ERP again."""
    group, after, more = reader.config.company_group, 0, True
    key = [name for name in KEYS.get(alias, "").split() if name in table.columns]
    read = columns if not table.has_stamp else [RECNO, DELETED, STAMP, *key]
    while more:
        chunk, more = reader.source.chunk(table, read, after, None, reader.window_rows)
        until = chunk.last(after) if more else _LAST
        there = [int(value) for value in chunk.columns[RECNO]]
        if table.has_stamp:
            known = reader.stored.window(alias, ["is_deleted", *key], after, until)
            shown = landed(alias, chunk, group, table.decimals).own.select(["is_deleted", *key])
            rows = zip(*(shown[name].to_pylist() for name in shown.column_names), strict=True)
            wrong = [recno for recno, row in zip(there, rows, strict=True) if known.get(recno) != row]
            if wrong:
                yield reader.slice_of(alias, table, reader.source.picked(table, columns, wrong))
        else:
            known = reader.stored.window(alias, ["is_deleted"], after, until)
            yield reader.stored.differing(alias, reader.landed(alias, table, chunk)).slice_of(alias)
        gone = sorted({recno for recno, row in known.items() if not row[0]} - set(there))
        if gone:
            yield vanished(alias, gone, group)
        after = until
