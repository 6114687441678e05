"""Operational state of one company: tokens, sequences, the webhook inbox, agreement hashes and the run log.

SQLite in WAL mode inside BASTAO_HOME, or PostgreSQL by one URL. The outbox and the quota counters live in the same
database but belong to `activation`, which makes its own tables.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from contract.registry import Record
from orchestration.findings import told

metadata = sa.MetaData()
BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # only INTEGER counts by itself on SQLite

tokens = sa.Table(
    "tokens", metadata,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("payload", sa.JSON, nullable=False),
    sa.Column("updated_at", sa.DateTime, nullable=False),
)  # fmt: skip
sequences = sa.Table(
    "sequences", metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)  # fmt: skip
agreement_hashes = sa.Table(
    "agreement_hashes", metadata,
    sa.Column("agreement_version", sa.Text, primary_key=True),
    sa.Column("agreement_hash", sa.Text, nullable=False),
    sa.Column("days", sa.JSON, nullable=False),  # dated company days that had begun by `until` (local date)
    sa.Column("until", sa.Text, nullable=False),
    sa.Column("first_seen_at", sa.DateTime, nullable=False),
)  # fmt: skip
agreement_texts = sa.Table(
    "agreement_texts", metadata,  # what a hash stands for: lets a restatement say in words what changed
    sa.Column("agreement_hash", sa.Text, primary_key=True),
    sa.Column("content", sa.JSON, nullable=False),
)  # fmt: skip
restatements = sa.Table(
    "agreement_restatements", metadata,
    sa.Column("restatement_seq", BIGINT, primary_key=True, autoincrement=True),
    sa.Column("agreement_version", sa.Text, nullable=False),
    sa.Column("old_hash", sa.Text),  # null: the version was new and started in the past
    sa.Column("new_hash", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("restated_by", sa.Text, nullable=False),
    sa.Column("restated_at", sa.DateTime, nullable=False),  # the company's clock, UTC
)  # fmt: skip
run_log = sa.Table(
    "run_log", metadata,
    sa.Column("run_seq", BIGINT, primary_key=True, autoincrement=True),
    sa.Column("stage", sa.Text, nullable=False),
    sa.Column("started_at", sa.DateTime, nullable=False),
    sa.Column("finished_at", sa.DateTime),
    sa.Column("status", sa.Text, nullable=False),  # running | ok | failed; a killed run stays "running"
    sa.Column("detail", sa.JSON, nullable=False, default=dict),
)  # fmt: skip
counters = sa.Table(
    "operational_counters", metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)  # fmt: skip


def open_engine(url: str) -> sa.Engine:
    """An engine for the state database. SQLite: WAL, waits 10 s for other writers, commits reach the disk."""
    engine = sa.create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(engine, "connect")
        def _pragmas(connection: Any, _record: object) -> None:
            cursor = connection.cursor()
            cursor.execute("pragma busy_timeout=10000")
            cursor.execute("pragma journal_mode=wal")
            cursor.execute("pragma synchronous=full")
            cursor.close()

    return engine


class State:
    """The tables above behind small methods. Safe for several threads and processes at once."""

    def __init__(self, url: str, locks: Path):
        if url.startswith("sqlite:///"):
            _make_private(Path(url.removeprefix("sqlite:///")))
        self.url = url
        self.engine = open_engine(url)
        self._locks = locks
        from orchestration import inbox  # registers the inbox table in `metadata`

        self.inbox = inbox.Inbox(self.engine)
        self._create()

    def _create(self) -> None:
        # Two processes may start at once on a fresh home; checkfirst is not atomic, so the loser looks again.
        try:
            metadata.create_all(self.engine)
        except (sa.exc.OperationalError, sa.exc.ProgrammingError, sa.exc.IntegrityError):
            metadata.create_all(self.engine)
        from orchestration import inbox

        inbox.add_missing_columns(self.engine)

    def next_value(self, name: str) -> int:
        """The next number of a sequence (1, 2, …); monotone across processes, never given out twice."""
        with self.engine.begin() as connection:
            return connection.execute(_increment(self.engine, sequences, name)).scalar_one()

    def current_value(self, name: str) -> int:
        """The last number given out by `next_value(name)`, 0 if none."""
        query = sa.select(sequences.c.value).where(sequences.c.name == name)
        with self.engine.connect() as connection:
            return connection.execute(query).scalar() or 0

    def next_load_seq(self) -> int:
        """A load sequence for one source load (interfaces, section 1)."""
        return self.next_value("load_seq")

    def count(self, name: str) -> int:
        """Add one to an operational counter (for example refused webhook bodies) and return it."""
        with self.engine.begin() as connection:
            return connection.execute(_increment(self.engine, counters, name)).scalar_one()

    def counter_values(self) -> dict[str, int]:
        """All operational counters by name."""
        with self.engine.connect() as connection:
            return {row.name: row.value for row in connection.execute(sa.select(counters))}

    def agreement_records(self) -> list[Record]:
        """The versions that were in force at some run, as recorded then (or restated since)."""
        texts, hashes = agreement_texts, agreement_hashes
        query = sa.select(hashes, texts.c.content).outerjoin(texts, texts.c.agreement_hash == hashes.c.agreement_hash)
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            Record(row.agreement_version, row.agreement_hash, row.days, row.until, row.content or {}) for row in rows
        ]

    def remember_agreements(self, records: Iterable[Record]) -> None:
        """Pin versions that are in force. A pinned text is never overwritten; days that began since are added."""
        with self.engine.begin() as connection:
            for record in records:
                self._remember(connection, record, ("days", "until"))

    def restate_agreement(self, record: Record, *, old_hash: str | None, reason: str, by: str, at: datetime) -> None:
        """Overwrite the pinned text of a version, and log who did it and why; `at` is aware. All or nothing."""
        act = {"agreement_version": record.version, "old_hash": old_hash, "new_hash": record.agreement_hash}
        told = {"reason": reason, "restated_by": by, "restated_at": at.astimezone(UTC).replace(tzinfo=None)}
        with self.engine.begin() as connection:
            self._remember(connection, record, ("agreement_hash", "days", "until"))
            connection.execute(sa.insert(restatements).values(**act, **told))

    def agreement_restatements(self) -> list[dict[str, Any]]:
        """Every restatement, the oldest first, as rows of `raw_agreement.restatements`."""
        columns = [column for column in restatements.c if column is not restatements.c.restatement_seq]
        with self.engine.connect() as connection:
            rows = connection.execute(sa.select(*columns).order_by(restatements.c.restatement_seq))
            return [dict(row._mapping) for row in rows]

    def _remember(self, connection: sa.Connection, record: Record, overwritten: tuple[str, ...]) -> None:
        insert = _insert(self.engine)
        text = {"agreement_hash": record.agreement_hash, "content": record.content}
        if record.content:
            connection.execute(insert(agreement_texts).values(**text).on_conflict_do_nothing())
        row: dict[str, Any] = {"agreement_version": record.version, "agreement_hash": record.agreement_hash}
        row |= {"days": record.days, "until": record.until, "first_seen_at": utc_now()}
        pinned = insert(agreement_hashes).values(**row)
        changed = {name: getattr(pinned.excluded, name) for name in overwritten}
        connection.execute(pinned.on_conflict_do_update(index_elements=["agreement_version"], set_=changed))

    @contextlib.contextmanager
    def logged(self, stage: str) -> Iterator[dict[str, Any]]:
        """Record a stage in the run log; the block may fill the yielded dict (JSON, nothing personal).

        What went wrong is kept under `error` in our rooms' own words; a stranger's message may hold secrets.
        """
        detail: dict[str, Any] = {}
        with self.engine.begin() as connection:
            values = {"stage": stage, "started_at": utc_now(), "status": "running", "detail": {}}
            inserted = connection.execute(sa.insert(run_log).values(values)).inserted_primary_key
        assert inserted is not None
        status = "failed"
        try:
            yield detail
            status = "ok"
        except Exception as error:
            detail["error"] = told(error)
            raise
        finally:
            update = sa.update(run_log).where(run_log.c.run_seq == inserted[0])
            with self.engine.begin() as connection:
                connection.execute(update.values(status=status, finished_at=utc_now(), detail=detail))

    def last_runs(self, status: str | None = None) -> dict[str, dict[str, Any]]:
        """The newest run-log row of each stage (of those with `status`, when given), by stage."""
        newest = sa.select(sa.func.max(run_log.c.run_seq)).group_by(run_log.c.stage)
        if status:
            newest = newest.where(run_log.c.status == status)
        query = sa.select(run_log).where(run_log.c.run_seq.in_(newest))
        with self.engine.connect() as connection:
            return {row.stage: dict(row._mapping) for row in connection.execute(query)}

    @property
    def token_store(self) -> TokenStore:
        return TokenStore(self.engine, self._locks)

    def close(self) -> None:
        self.engine.dispose()


class TokenStore:
    """OAuth tokens by system. Refreshing rotates single-use tokens, so it is done under `lock(system)`."""

    def __init__(self, engine: sa.Engine, locks: Path):
        self._engine, self._locks = engine, locks

    def get(self, system: str) -> dict[str, Any] | None:
        with self._engine.connect() as connection:
            return connection.execute(sa.select(tokens.c.payload).where(tokens.c.system == system)).scalar()

    def put(self, system: str, payload: dict[str, Any]) -> None:
        insert = _insert(self._engine)(tokens).values(system=system, payload=payload, updated_at=utc_now())
        changed = {"payload": insert.excluded.payload, "updated_at": insert.excluded.updated_at}
        with self._engine.begin() as connection:
            connection.execute(insert.on_conflict_do_update(index_elements=["system"], set_=changed))

    @contextlib.contextmanager
    def lock(self, system: str) -> Iterator[None]:
        """One refresh at a time: an advisory lock on PostgreSQL (several machines), else a flock."""
        if self._engine.dialect.name == "postgresql":
            with self._engine.connect() as connection:
                key = sa.func.hashtext(f"bastao:token:{system}")
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))
                yield
            return
        self._locks.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (self._locks / f"token-{_file_name(system)}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _file_name(system: str) -> str:
    """A system's name as part of a file's: those of Protheus hold the server's address."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", system)
    return plain if plain == system else f"{plain[:80]}-{hashlib.sha256(system.encode()).hexdigest()[:12]}"


def utc_now() -> datetime:
    """The wall clock, UTC, without a zone: for operational columns only (business time comes from `clock`)."""
    return datetime.now(UTC).replace(tzinfo=None)


def _insert(engine: sa.Engine) -> Any:
    return postgresql.insert if engine.dialect.name == "postgresql" else sqlite.insert


def _increment(engine: sa.Engine, table: sa.Table, name: str) -> Any:
    insert = _insert(engine)(table).values(name=name, value=1)
    upsert = insert.on_conflict_do_update(index_elements=["name"], set_={"value": table.c.value + 1})
    return upsert.returning(table.c.value)


def _make_private(path: Path) -> None:
    """Create the file readable by its owner only, before SQLite does it with the umask: it holds tokens."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=True)
