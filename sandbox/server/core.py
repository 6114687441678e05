"""One sandbox: world, clocks, state, credentials, quotas, faults, journal, webhooks, and the Protheus database.

Everything here runs on one thread (the server's event loop). API handlers read the state and change it only through
`commit`, which writes the journal before it applies anything: what was answered survives a kill.
"""

import time
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sandbox.events import Event
from sandbox.server.clock import ClockFile, LimitClock, WorldClock
from sandbox.server.config import SandboxConfig
from sandbox.server.faults import Faults
from sandbox.server.hooks.dispatcher import Dispatcher
from sandbox.server.http import Request
from sandbox.server.journal import Journal, JournalError
from sandbox.server.ledger import Ledger, Record
from sandbox.server.limits import Limits
from sandbox.server.pipedrive.gate import Gate
from sandbox.server.protheus.database import ProtheusDatabase, default_url
from sandbox.server.protheus.tokens import ProtheusTokens
from sandbox.server.state.engine import Engine
from sandbox.server.times import as_utc, need_utc
from sandbox.server.tokens import TokenStore
from sandbox.world import World

Change = tuple[str, dict[str, Any]]


class Sandbox:
    """The running company. `start` must be called once before requests are served."""

    def __init__(self, world: World, config: SandboxConfig) -> None:
        self.world, self.config = world, config
        self.clock = WorldClock(as_utc(config.now) or world.end, config.world_speed)
        self.limit_clock = LimitClock(config.limit_speed)
        self.engine = Engine(world, config, self.limit_clock)
        home = Path(config.home) if config.home else None
        self.journal = Journal(home, config.fsync)
        self._clock_file = ClockFile(home)
        self.ledger, self.record = Ledger(), Record()
        self.limits = Limits(config, self.limit_clock)
        self.pipedrive = Gate(config, self.limit_clock, world.seed)
        self.faults = Faults(config.seed or world.seed)
        self._resume_clock()
        self.tokens = TokenStore(world.seed, self.clock.now, self.journal.append)
        self.hooks = Dispatcher(self)
        self.caches: dict[Any, Any] = {}
        self.salesforce_cursors: dict[str, list[dict[str, Any]]] = {}  # locators of queries that go on
        self.salesforce_jobs: dict[str, Any] = {}  # Bulk 2.0 query jobs by id
        self._caches_version = -1
        self.protheus: ProtheusDatabase | None = None
        self.protheus_tokens = ProtheusTokens(world.seed)
        url = config.protheus_url or default_url(home)
        if url and url != "none":
            self.protheus = ProtheusDatabase(url, world, stamps=config.protheus_stamps)
            self.engine.on_erp = self.protheus.collect
        self._replay()

    # Start ---------------------------------------------------------------------------------------------------
    def _resume_clock(self) -> None:
        """The world goes on where it stopped; `--now` counts again only when it lies later."""
        self._past = self.journal.past()
        known = self._clock_file.read()
        for record in self._past:
            if record.get("type") == "head":
                self._check_head(record)
            at = as_utc(record.get("at"))
            known = max(known or at, at) if at else known
        if not self._past:
            self.journal.append({"type": "head", **self._head()})
        if known:
            asked = as_utc(self.config.now)
            self.clock = WorldClock(max(known, asked) if asked else known, self.config.world_speed)
        self.remember_clock()

    def _head(self) -> dict[str, Any]:
        return {"seed": self.world.seed, "events": len(self.world.events), "account": self.world.account}

    def _check_head(self, record: dict[str, Any]) -> None:
        mine = self._head()
        wrong = [f"{key} {record.get(key)!r} there, {mine[key]!r} now" for key in mine if record.get(key) != mine[key]]
        if wrong:
            raise JournalError(
                f"{self.journal.path} belongs to another world ({'; '.join(wrong)}): start with the same --seed, "
                "--leads, --months, --now and --sector-pull, or give another --home"
            )

    def remember_clock(self) -> None:
        """Note the clock's instant in the home."""
        self._clock_file.write(self.clock)

    def _replay(self) -> None:
        """Rebuild the state of the journal and of the world's history, then go live."""
        settled = {record["of"]: need_utc(record["at"]) for record in self._past if record.get("type") == "settled"}
        for record in self._past:
            match record.get("type"):
                case "write":
                    self._restore_write(record, settled)
                case "token":
                    self.tokens.restore(record["token"])
                case "hook":
                    self.hooks.restore(record["hook"])
        self._past = []
        self.engine.catch_up(self.clock.now())
        self.engine.live = True
        self.engine.on_signal = self.hooks.signal
        self.hooks.remember()
        if self.protheus:
            self.protheus.rebuild()

    def _restore_write(self, record: dict[str, Any], settled: dict[int, datetime]) -> None:
        at = need_utc(record["at"])
        self.engine.catch_up(at)
        number = record["n"]
        if record.get("ledger"):
            self.ledger.add(number, record["ledger"])
        for position, (kind, data) in enumerate(record["changes"]):
            for key in ("accepted_at", "due_at", "done_at"):
                if data.get(key):
                    data[key] = as_utc(data[key])
            event = Event(at, number, kind, data)
            if not record.get("settle"):
                self.engine.apply(event)
                self.ledger.note(number, settled_at=at)
                continue
            wait = float(record["settle"])
            world_due = settled.get(number, at + timedelta(seconds=wait))
            passed = (time.time() - record["real"]) * self.limit_clock.speed
            limit_due = float("inf") if number in settled else self.limit_clock.now() + max(0.0, wait - passed)
            self.engine.schedule(world_due, limit_due, partial(self._settle, event, position, world_due, quiet=True))

    # Running -------------------------------------------------------------------------------------------------
    def now(self) -> datetime:
        """The world's instant."""
        return self.clock.now()

    def catch_up(self) -> datetime:
        """Bring the state to the world's present and return that instant."""
        now = self.clock.now()
        next_at = self.engine.next_event_at()
        if self.engine.waiting or (next_at is not None and next_at <= now):
            self.engine.catch_up(now)
            if self.protheus:
                self.protheus.flush()
        else:
            self.engine.at = max(self.engine.at, now)
        return now

    def next_number(self) -> int:
        """The journal number that the next accepted write will get; ids of new things derive from it."""
        return self.journal.count + 1

    def commit(
        self, request: Request, resource: str, changes: list[Change], *, settle: bool = False, body: Any = None,
        facts: dict[str, Any] | None = None,
    ) -> int:  # fmt: skip
        """Accept a write: journal it, note it in the ledger, and apply it now or when it has settled."""
        at = self.engine.at
        ledger = {
            "at": at, "resource": resource, "method": request.method, "path": request.path, "body": body,
            "kinds": [kind for kind, _ in changes], "settled_at": None, **(facts or {}),
        }  # fmt: skip
        wait = self.config.settle_seconds if settle else 0.0
        record = {"type": "write", "at": at, "changes": changes, "settle": wait, "ledger": ledger}
        number = self.journal.append(record)
        self.ledger.add(number, ledger)
        for position, (kind, data) in enumerate(changes):
            event = Event(at, number, kind, data)
            if wait:
                world_due, limit_due = self.engine.settle_due(at)
                self.engine.schedule(world_due, limit_due, partial(self._settle, event, position, world_due))
            else:
                self.engine.apply(event)
                self.ledger.note(number, settled_at=at)
        return number

    def _settle(self, event: Event, position: int, world_due: datetime, at: datetime, quiet: bool = False) -> None:
        """Apply an accepted event at instant `at`; early ones (limit clock) are journalled with that instant."""
        self.engine.apply(Event(at, event.seq, event.kind, event.data))
        if at < world_due and position == 0 and not quiet:
            self.journal.append({"type": "settled", "of": event.seq, "at": at})
        self.ledger.note(event.seq, settled_at=at)

    def cached(self, key: Any, build: Any) -> Any:
        """Result of `build()` remembered until the state changes (sorted and filtered lists)."""
        if self._caches_version != self.engine.version:
            self.caches.clear()
            self._caches_version = self.engine.version
        if key not in self.caches:
            if len(self.caches) > 200:
                self.caches.clear()
            self.caches[key] = build()
        return self.caches[key]

    def heartbeat(self) -> None:
        """Called often while the server runs: notes a moving clock."""
        self._clock_file.heartbeat(self.clock)

    def close(self) -> None:
        """Note the clock, release files and connections."""
        self._clock_file.write(self.clock, clean=True)
        self.journal.close()
        if self.protheus:
            self.protheus.close()
