"""The limiter that every process of a company shares: counts requests in the state database, keyed by quota owner.

Scheme. Time is cut into slots of a hundredth of the window; each grant is counted in its slot. A slot counts against
the cap until its last request can no longer lie in the server's window: slot end + window + margin. The margin covers
how long a granted request may take to arrive (`hold` + `latency`). So in *any* window of the server, fixed or sliding,
at most `count` requests arrive; the price is about 3 % of the rate.

Grants are taken in chunks that grow with demand, held for `hold` at most, and what was not used of a chunk is given
back with the next grant. A killed process loses what it held: counted, never sent, so the error is on the safe side.
Caps per lead are counted one by one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from activation.database import create_tables, is_sqlite, open_database, sqlite_path
from activation.errors import QuotaExhausted
from activation.limits import Limit, Limits
from activation.ports import Clock
from activation.tables import quota_metadata, quota_uses

_SLOTS = 100
_MAX_CHUNK = 64
_CLEAN_SECONDS = 300.0


class _WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass
class _Lease:
    """Granted requests in hand, all counted in `slots` (by counter). Times are real seconds of the clock."""

    granted: int
    left: int
    taken_at: float
    hold: float
    slots: dict[str, int]


class SqlLimiter:
    """Implements ingestion's and activation's `Limiter`. Safe for threads and processes; one per process is enough.

    `limits`: by owner, or by the part of the owner before `:`; an owner without limits is a KeyError. `speed`: the
    server's quota clock runs so many times faster than real time. `clock` is the machine's clock, never a business
    clock. `max_wait_seconds`: a longer wait raises QuotaExhausted. `share`: this limiter leaves the rest of each
    account-wide cap to others. `latency_seconds`: how long a request may take to arrive (default: 1.5 % of the
    window, at most 1 s).
    """

    def __init__(self, url: str, limits: Mapping[str, Limits], speed: float = 1.0, clock: Clock | None = None,
                 max_wait_seconds: float = 120.0, share: float = 1.0, latency_seconds: float | None = None):  # fmt: skip
        if speed <= 0 or not 0 < share <= 1:
            raise ValueError("limiter: speed must be above 0 and share in (0, 1]")
        self._url, self._limits, self._speed = url, limits, speed
        self._clock = clock or _WallClock()
        self._max_wait, self._share, self._latency = max_wait_seconds, share, latency_seconds
        self._lock, self._pid = threading.RLock(), os.getpid()
        self._leases: dict[tuple[str, str], _Lease] = {}
        self._chunks: dict[tuple[str, str], int] = {}
        self._cleaned: dict[tuple[str, str], float] = {}

    def acquire(self, owner: str, resource: str, key: str | None = None, cost: int = 1) -> None:
        """Block until `cost` requests on `resource` may go out now; QuotaExhausted when that is too far away."""
        limits = self._limits_of(owner, resource)
        shared = tuple(limit for limit in limits if not limit.per_key)
        single = tuple(limit for limit in limits if limit.per_key and key is not None)
        name = (owner, shared[0].counter if shared else resource)
        give_up, retakes = self._now() + self._max_wait, 3
        while True:
            only = None
            with self._lock:
                wait = self._take(name, shared, cost)
                if wait == 0.0 and single:
                    wait = self._count(owner, single, _subject(owner, key), cost)
                    if wait == 0.0:
                        single = ()
                    else:
                        only = key
                        if name in self._leases:
                            self._leases[name].left += cost
                if wait == 0.0:
                    # A database that made us wait has aged the grant beyond its margin: take another one. What was
                    # taken stays counted.
                    if retakes == 0 or not shared or self._fresh(self._leases[name]):
                        return
                    retakes -= 1
                    continue
            if self._now() + wait > give_up:
                raise QuotaExhausted(wait, owner, resource, only)
            self._clock.sleep(wait)

    def left(self, owner: str) -> dict[str, tuple[int, Limit]]:
        """Requests that the account has left now, by counter, with the cap. Caps of single leads are left out."""
        limits = self._limits.get(owner) or self._limits[owner.partition(":")[0]]
        shared = {limit.counter: limit for group in limits.values() for limit in group if not limit.per_key}
        found = {}
        with self._lock:
            for counter, limit in sorted(shared.items()):
                with self._begin(owner, counter) as cursor:
                    rows = self._run(cursor, "select sum(used) from quota_uses where owner = ? and counter = ? and subject = '' "
                                     "and slot > ?", owner, counter, self._expired(limit, self._now())).fetchall()  # fmt: skip
                found[counter] = (limit.count - int(rows[0][0] or 0), limit)
        return found

    def close(self) -> None:
        """Give back what is held."""
        with self._lock:
            for (owner, counter), lease in self._leases.items():
                with self._begin(owner, counter) as cursor:
                    self._give_back(cursor, owner, lease)
            self._leases.clear()

    # ── counting ──

    def _take(self, name: tuple[str, str], limits: tuple[Limit, ...], cost: int) -> float:
        """0.0 and `cost` taken, or the seconds to wait."""
        if not limits:
            return 0.0
        if os.getpid() != self._pid:  # a fork: what the parent holds is the parent's
            self._pid = os.getpid()
            self._leases.clear()
            # Kept, not closed: closing would end the parent's conversation with the server.
            self._inherited = self.__dict__.pop("_raw", None)
        lease = self._leases.get(name)
        if lease and lease.left >= cost and self._fresh(lease):
            lease.left -= cost
            return 0.0
        chunk = self._next_chunk(name, lease, min(limit.count for limit in limits))
        with self._begin(*name) as cursor:
            if lease:
                self._give_back(cursor, name[0], lease)
                del self._leases[name]
            now = self._now()
            free, wait = self._free(cursor, name[0], "", limits, cost, now)
            if free < cost:
                return wait
            granted = max(cost, min(free, chunk))
            slots = {limit.counter: self._slot(limit, now) for limit in limits}
            for counter, slot in slots.items():
                self._add(cursor, name[0], counter, "", slot, granted)
        hold = min(self._hold(limit) for limit in limits)
        self._leases[name] = _Lease(granted, granted - cost, now, hold, slots)
        self._clean(name[0], limits)
        return 0.0

    def _fresh(self, lease: _Lease) -> bool:
        return 0 <= self._now() - lease.taken_at <= lease.hold

    def _count(self, owner: str, limits: tuple[Limit, ...], subject: str, cost: int) -> float:
        """Count against the caps of one lead: 0.0, or the seconds to wait."""
        with self._begin(owner, subject) as cursor:
            now = self._now()
            free, wait = self._free(cursor, owner, subject, limits, cost, now)
            if free < cost:
                return wait
            for limit in limits:
                self._add(cursor, owner, limit.counter, subject, self._slot(limit, now), cost)
        self._clean(owner, limits)
        return 0.0

    def _free(self, cursor: Any, owner: str, subject: str, limits: tuple[Limit, ...], cost: int,
              now: float) -> tuple[int, float]:  # fmt: skip
        """(requests free now under every limit, real seconds until `cost` are)."""
        least, longest = 1 << 62, 0.0
        for limit in limits:
            cap = limit.count if limit.per_key else max(1, int(limit.count * self._share))
            if cost > cap:
                raise ValueError(
                    f"a request of cost {cost} can never fit the cap of {cap} on {limit.counter}"
                )
            rows = self._run(cursor, "select slot, used from quota_uses where owner = ? and counter = ? and "
                             "subject = ? and slot > ? order by slot",
                             owner, limit.counter, subject, self._expired(limit, now)).fetchall()  # fmt: skip
            free = cap - sum(used for _, used in rows)
            least = min(least, free)
            for slot, used in rows:
                if free >= cost:
                    break
                free += used
                longest = max(longest, self._expires_at(limit, slot) - now)
        return least, max(longest, 0.001)

    def _add(self, cursor: Any, owner: str, counter: str, subject: str, slot: int, used: int) -> None:
        self._run(cursor, "insert into quota_uses (owner, counter, subject, slot, used) values (?, ?, ?, ?, ?) on "
                  "conflict (owner, counter, subject, slot) do update set used = quota_uses.used + excluded.used",
                  owner, counter, subject, slot, used)  # fmt: skip

    def _give_back(self, cursor: Any, owner: str, lease: _Lease) -> None:
        for counter, slot in lease.slots.items() if lease.left else ():
            self._run(cursor, "update quota_uses set used = used - ? where owner = ? and counter = ? and "
                      "subject = '' and slot = ?", lease.left, owner, counter, slot)  # fmt: skip

    def _clean(self, owner: str, limits: tuple[Limit, ...]) -> None:
        """Now and then, delete what no longer counts."""
        now = self._now()
        for limit in limits:
            if abs(now - self._cleaned.get((owner, limit.counter), 0.0)) > _CLEAN_SECONDS:
                self._cleaned[(owner, limit.counter)] = now
                with self._begin(owner, limit.counter) as cursor:
                    self._run(cursor, "delete from quota_uses where owner = ? and counter = ? and slot <= ?",
                              owner, limit.counter, self._expired(limit, now))  # fmt: skip

    def _next_chunk(self, name: tuple[str, str], lease: _Lease | None, count: int) -> int:
        """Twice the last chunk if it was used up, else what was used of it; at most a twentieth of the cap."""
        chunk = self._chunks.get(name, 1)
        if lease:
            chunk = chunk * 2 if lease.left == 0 else max(1, lease.granted - lease.left)
        self._chunks[name] = chunk = max(1, min(chunk, count // 20, _MAX_CHUNK))
        return chunk

    # ── time: slots are cut on the server's quota clock, everything else is real seconds ──

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _slot(self, limit: Limit, now: float) -> int:
        return int(now * self._speed * _SLOTS / limit.seconds)

    def _hold(self, limit: Limit) -> float:
        # A window that a fast quota clock makes shorter than two seconds would leave a grant no time to be used.
        window = limit.seconds / self._speed
        return min(0.5, max(0.01 * window, min(0.02, 0.1 * window)))

    def _expires_at(self, limit: Limit, slot: int) -> float:
        width = limit.seconds / _SLOTS
        latency = min(1.0, 0.015 * limit.seconds / self._speed) if self._latency is None else self._latency
        return ((slot + 1) * width + limit.seconds) / self._speed + self._hold(limit) + latency

    def _expired(self, limit: Limit, now: float) -> int:
        """The newest slot that no longer counts."""
        slot = self._slot(limit, now - limit.seconds / self._speed)
        while self._expires_at(limit, slot) > now:
            slot -= 1
        return slot

    # ── the database: plain driver SQL, since this is on the way of every request ──

    @cached_property
    def _raw(self) -> Any:
        """One driver connection of this process, used under the lock only; the pool above it would cost more than
        the database does."""
        engine = open_database(self._url, durable=False)
        create_tables(engine, quota_metadata)
        self._postgres = engine.dialect.name == "postgresql"
        return engine.raw_connection()

    @contextlib.contextmanager
    def _begin(self, owner: str, counter: str) -> Iterator[Any]:
        """A cursor in a transaction that excludes others on this counter (SQLite: every other writer)."""
        raw = self._raw
        cursor = raw.cursor()
        try:
            if self._postgres:
                digest = hashlib.sha256(f"quota|{owner}|{counter}".encode()).digest()
                key = int.from_bytes(digest[:8], "big", signed=True)
                cursor.execute("select pg_advisory_xact_lock(%s)", (key,))
            else:
                cursor.execute("begin immediate")
            yield cursor
            raw.commit()
        except BaseException:
            # Whatever broke (a lost connection too), the next request starts on a new connection.
            self.__dict__.pop("_raw", None)
            with contextlib.suppress(Exception):
                raw.rollback()
            raise
        finally:
            cursor.close()

    def _run(self, cursor: Any, sql: str, *values: object) -> Any:
        return cursor.execute(sql.replace("?", "%s") if self._postgres else sql, values)

    def _limits_of(self, owner: str, resource: str) -> tuple[Limit, ...]:
        known = self._limits.get(owner) or self._limits.get(owner.split(":")[0])
        if known is None:
            raise KeyError(f"no limits for quota owner {owner!r}; known: {', '.join(sorted(self._limits))}")
        return known.get(resource, known.get("*", ()))


def forget_subjects(url: str, keys: Sequence[str]) -> int:
    """Delete what was counted for these leads (by the keys that calls give); returns how many rows.

    Their hashes could be tried against known addresses until they expire, and somebody forgotten is not called any more.
    """
    if not keys or (is_sqlite(url) and not sqlite_path(url).exists()):
        return 0
    engine = open_database(url)
    try:
        if not sa.inspect(engine).has_table(quota_uses.name):
            return 0
        with engine.begin() as connection:
            owners = connection.execute(sa.select(quota_uses.c.owner).distinct()).scalars().all()
            subjects = [_subject(owner, key) for owner in owners for key in keys]
            return connection.execute(sa.delete(quota_uses).where(quota_uses.c.subject.in_(subjects))).rowcount
    finally:
        engine.dispose()


def _subject(owner: str, key: str | None) -> str:
    """A lead in the counters: a hash, since keys may be addresses."""
    return hashlib.sha256(f"{owner}|{key}".encode()).hexdigest()[:32]
