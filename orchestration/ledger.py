"""The verdict ledger: each verdict as it was first published, and every later change of it, append-only in raw.

Models can be rebuilt from raw at any time; what was known when cannot, so publishing writes it down (design, section
3). Two steps, because the gate judges a candidate outside the warehouse lock and models may be built meanwhile:
``note_changes`` compares the marts with the ledger inside the very lock in which the candidate is copied, and
``append`` adds what was noted once the gate has passed, in one transaction, before readers get the candidate.

Rules (which rows): a verdict the ledger does not know enters it unless it is still running; a known one enters again
when its verdict, reason, due, met, durations or agreement hash differ from its last row; one whose row is gone from
the marts enters once as ``withdrawn``. ``row_seq`` numbers all rows of the ledger in the order of their judgement.

A kill at any point costs nothing: notes that were not appended are replaced by the next run's, an append is whole or
not at all, and repeating it finds no notes. The same run published twice adds no row. The caller holds the lock of
publishing (one publisher) and, for both steps, the warehouse lock.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from ingestion.tables import TABLES, create_missing
from orchestration.faults import crash_point
from orchestration.warehouse import transaction

SCHEMA = "raw_ledger"
LEDGER = f"{SCHEMA}.verdicts"
NOTED = f"{SCHEMA}.noted_changes"
WITHDRAWN = "withdrawn"
_MART = "marts.fct_sla_verdicts"
# What makes a judgement another one. Titles, sellers and evidence may be corrected without changing what was judged.
_JUDGEMENT = ("verdict", "reason", "due_at", "met_at", "elapsed_seconds", "business_seconds", "agreement_hash")
# What a withdrawn verdict keeps of its last row; of its judgement only the hash it was judged by is left.
_KEPT = ("clause_id", "subject_type", "subject_id", "agreement_version", "agreement_hash")
_TEXT = "%Y-%m-%d %H:%M:%S"


def note_changes(warehouse: Path | str, as_of: datetime, known_at: int) -> None:
    """Compare the marts with the ledger and keep the rows to append in ``raw_ledger.noted_changes``.

    ``as_of`` (aware UTC) becomes the rows' ``known_at``; ``known_at``, the last load sequence of the build, their
    ``load_seq``: a rebuild of an earlier day sees what was in the ledger then.
    """
    with transaction(warehouse) as (connection, engine):
        create_missing(connection, engine, [SCHEMA])
        connection.execute(f"drop table if exists {NOTED}")
        connection.execute(f"create table {NOTED} as {_changes(f'{as_of:{_TEXT}}', known_at)}")
    crash_point("ledger.noted")


def append(warehouse: Path | str) -> int:
    """Add the noted rows to the ledger and return how many; nothing is noted afterwards."""
    names = ", ".join(TABLES[SCHEMA]["verdicts"].column_names)
    with transaction(warehouse) as (connection, _engine):
        added = connection.execute(f"select count(*) from {NOTED}").fetchone()[0]
        if added:
            connection.execute(
                f"insert into {LEDGER} ({names}, load_seq, extracted_at, record_origin, row_seq)"
                f" select {names}, load_seq, known_at, 'publish', (select coalesce(max(row_seq), 0) from {LEDGER})"
                f" + row_number() over (order by verdict_id) from {NOTED}"
            )
            connection.execute(f"delete from {NOTED}")
        crash_point("ledger.inserted")
    crash_point("ledger.end")
    return int(added)


def _changes(as_of: str, known_at: int) -> str:
    """The rows to append, as a select that runs on both engines. It reads each verdict and its last row once."""
    columns = [name for name in TABLES[SCHEMA]["verdicts"].column_names if name not in ("verdict_id", "known_at")]
    chosen = ", ".join(f"{_value(name)} as {name}" for name in columns)
    differs = " or ".join(f"found.{name} is distinct from known.{name}" for name in _JUDGEMENT)
    return f"""
        with last_rows as (
            select verdict_id, max(row_seq) as row_seq from {LEDGER} group by verdict_id
        ),
        known as (
            select ledger.* from {LEDGER} as ledger inner join last_rows on ledger.row_seq = last_rows.row_seq
        )
        select coalesce(found.verdict_id, known.verdict_id) as verdict_id, {chosen},
            cast('{as_of}' as timestamp) as known_at, cast({known_at} as bigint) as load_seq
        from {_MART} as found
        full outer join known on found.verdict_id = known.verdict_id
        where (known.verdict_id is null and found.verdict <> 'running')
            or (found.verdict_id is null and known.verdict <> '{WITHDRAWN}')
            or (found.verdict_id is not null and known.verdict_id is not null and ({differs}))
    """


def _value(name: str) -> str:
    if name == "verdict":
        return f"coalesce(found.verdict, '{WITHDRAWN}')"
    if name in _KEPT:
        return f"case when found.verdict_id is null then known.{name} else found.{name} end"
    return f"found.{name}"
