"""Who was forgotten, as the state database remembers it: opaque record ids and keyed hashes, never an address.

It has to remember something, or the next reading of a source would bring the person back. The key is made with the
first erasure and lives here: without it, neither the hashes nor the tokens in the warehouse can be tried.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from activation.database import create_tables, has_table, open_database, upsert
from ingestion.forgotten import Forgotten

metadata = sa.MetaData()
erasures = sa.Table(
    "erasures", metadata,
    sa.Column("erasure_id", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked_at", sa.DateTime, nullable=False),
    sa.Column("done_at", sa.DateTime),  # null: under way, or killed; the next `bastao forget` ends it
)  # fmt: skip
records = sa.Table(
    "erasure_records", metadata,
    sa.Column("source_system", sa.Text, primary_key=True),
    sa.Column("source_id", sa.Text, primary_key=True),
    sa.Column("erasure_id", sa.Text, nullable=False),
)  # fmt: skip
marks = sa.Table(
    "erasure_marks", metadata,
    sa.Column("mark", sa.Text, primary_key=True),
    sa.Column("erasure_id", sa.Text, nullable=False),
    sa.Column("is_shared", sa.Boolean, nullable=False),  # a switchboard: it stays
)  # fmt: skip
settings = sa.Table(
    "erasure_settings", metadata,
    sa.Column("name", sa.Text, primary_key=True),  # key | purge_due
    sa.Column("value", sa.Text, nullable=False),
)  # fmt: skip


@dataclass
class Person:
    """What is known of somebody to be forgotten: record ids by system, and (kind, value) of their identifiers.

    Identifiers live in memory only. `own`: those that tell who it is and that no other person's record holds; `shared`:
    phones that are no person's.
    """

    records: dict[str, set[str]] = field(default_factory=dict)
    identifiers: set[tuple[str, str]] = field(default_factory=set, repr=False)
    own: set[tuple[str, str]] = field(default_factory=set, repr=False)
    shared: set[tuple[str, str]] = field(default_factory=set, repr=False)

    @property
    def emails(self) -> list[str]:
        """Every address of the person."""
        return sorted(value for kind, value in self.identifiers if kind == "email")


class Erasures:
    """The erasures in the state database at `url`; its tables are made by the first one."""

    def __init__(self, url: str):
        self._url = url

    def forgotten(self) -> Forgotten:
        """Everybody who was forgotten; empty (and without a key) before the first erasure. Makes nothing."""
        if not self._exists():
            return Forgotten()
        with self._engine.connect() as connection:
            key = connection.execute(sa.select(settings.c.value).where(settings.c.name == "key")).scalar()
            if key is None:
                return Forgotten()
            ids: dict[str, set[str]] = {}
            for system, source_id in connection.execute(sa.select(records.c.source_system, records.c.source_id)):
                ids.setdefault(system, set()).add(source_id)
            known: dict[bool, set[str]] = {True: set(), False: set()}
            for mark, is_shared in connection.execute(sa.select(marks.c.mark, marks.c.is_shared)):
                known[is_shared].add(mark)
        fixed = {system: frozenset(found) for system, found in ids.items()}
        return Forgotten(bytes.fromhex(key), fixed, frozenset(known[False]), frozenset(known[True]))

    def hashing(self) -> Forgotten:
        """Like `forgotten`, with a key in any case: the company's, or one for this process alone."""
        found = self.forgotten()
        return found if found.key else Forgotten(secrets.token_bytes(32))

    def record(self, people: Iterable[Person], reason: str, now: datetime) -> int:
        """Write down who is to be forgotten, all or nothing; returns for how many something new was written."""
        with self._engine.begin() as connection:
            fresh = {"name": "key", "value": secrets.token_hex(32)}
            connection.execute(self._insert(settings, fresh))
            key = connection.execute(sa.select(settings.c.value).where(settings.c.name == "key")).scalar_one()
            hashing = Forgotten(bytes.fromhex(key))
            new = sum(self._record(connection, hashing, person, reason, now) for person in people)
            if new:
                connection.execute(self._insert(settings, {"name": "purge_due", "value": "1"}))
        return new

    def unfinished(self) -> int:
        """Erasures that were recorded and not carried to their end."""
        if not self._exists():
            return 0
        query = sa.select(sa.func.count()).select_from(erasures).where(erasures.c.done_at.is_(None))
        with self._engine.connect() as connection:
            return connection.execute(query).scalar_one()

    def finish(self, now: datetime) -> None:
        """All that were recorded are done."""
        with self._engine.begin() as connection:
            open_ones = sa.update(erasures).where(erasures.c.done_at.is_(None))
            connection.execute(open_ones.values(done_at=_naive(now)))

    @property
    def purge_due(self) -> bool:
        """Whether erased values may still lie in freed blocks of the warehouse."""
        if not self._exists():
            return False
        with self._engine.connect() as connection:
            return connection.execute(sa.select(settings.c.value).where(settings.c.name == "purge_due")).scalar() is not None

    @purge_due.setter
    def purge_due(self, due: bool) -> None:
        with self._engine.begin() as connection:
            if due:
                connection.execute(self._insert(settings, {"name": "purge_due", "value": "1"}))
            else:
                connection.execute(sa.delete(settings).where(settings.c.name == "purge_due"))

    def entries(self) -> list[dict[str, Any]]:
        """What may be shown of each erasure: when, why, how many records; the oldest first."""
        if not self._exists():
            return []
        number = sa.select(sa.func.count()).where(records.c.erasure_id == erasures.c.erasure_id).scalar_subquery()
        query = sa.select(erasures, number.label("records")).order_by(erasures.c.asked_at, erasures.c.erasure_id)
        with self._engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def _record(self, connection: sa.Connection, hashing: Forgotten, person: Person, reason: str, now: datetime) -> bool:
        erasure_id = uuid.uuid4().hex
        new = 0
        for system, ids in person.records.items():
            for source_id in sorted(ids):
                row = {"source_system": system, "source_id": source_id, "erasure_id": erasure_id}
                new += connection.execute(self._insert(records, row)).rowcount
        for is_shared, identifiers in ((False, person.own), (True, person.shared)):
            for kind, value in sorted(identifiers):
                mark = {"mark": hashing.mark(kind, value), "erasure_id": erasure_id, "is_shared": is_shared}
                new += connection.execute(self._insert(marks, mark)).rowcount
        if new:
            connection.execute(sa.insert(erasures).values(erasure_id=erasure_id, reason=reason, asked_at=_naive(now)))
        return bool(new)

    def _insert(self, table: sa.Table, row: Mapping[str, Any]) -> Any:
        return upsert(self._engine, table).values(**row).on_conflict_do_nothing()

    @cached_property
    def _engine(self) -> sa.Engine:
        engine = open_database(self._url)
        create_tables(engine, metadata)
        return engine

    def _exists(self) -> bool:
        """Whether anybody was ever forgotten, found out without making a table: rehearsals write nothing."""
        return "_engine" in self.__dict__ or has_table(self._url, erasures)


def _naive(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(tzinfo=None)
