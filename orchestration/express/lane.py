"""The lane's worker: waits for webhooks of the CRM and returns the rejections among them. One process, `bastao express`.

Its memory is the snapshot: what was webhooked since is read again after a start, and a delivery that was made is known to
the outbox. So it may be killed at any moment and needs no state of its own.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ingestion.errors import IngestionError
from ingestion.tables import TABLES
from orchestration import accounts, express, policies, syncs
from orchestration.clock import ClockError
from orchestration.express.compiled import Compiled, compile_plan
from orchestration.express.links import Links, TooMany
from orchestration.express.slices import plan_rows
from orchestration.profile import Profile
from orchestration.push import delivery_figures
from orchestration.runtime import Runtime

log = logging.getLogger("bastao.express")
MAX_DEALS = 100  # deals named since the snapshot in one go: more is no rejection here and there but a mass change
POLL_SECONDS, RETRY_SECONDS = 0.5, 15.0
BROKEN_SECONDS = 300.0  # before it listens at all: models that do not compile will not do so in a moment
SKEW = timedelta(seconds=60)  # between the CRM's clock and ours
_OUTBOX = ("raw_deliveries", "outbox")
PASSING = (IngestionError, ClockError, OSError)


@dataclass
class _Memory:
    """What the lane knows beyond one snapshot's facts: deals read since, and how far it has listened."""

    inode: int
    links: Links
    seen: int
    reasons: dict[str, str]
    outbox_seq: int = 0
    fresh: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    is_blind: bool = False
    """More happened than the lane reads: it judges nobody until the next snapshot."""


class Lane:
    """One company's lane. `step` does what there is to do; `serve` repeats it until told to stop."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._tables: list[tuple[str, str]] = []
        self._compiled: Compiled | None = None
        self._memory: _Memory | None = None
        self._heard = 0  # up to here nothing is taken up again: it broke the lane once

    def serve(self, go_on: Callable[[], bool] = lambda: True) -> None:
        """Until `go_on` says no. What fails by itself is tried again; every webhook is also part of the next whole run."""
        while go_on():
            try:
                self.step()
                pause = POLL_SECONDS
            except PASSING as error:
                log.warning("tried again in %.0f s: %s", RETRY_SECONDS, error)
                pause = RETRY_SECONDS
            except Exception as error:  # it must not take the receiver and Dagster down with it; the next run judges all
                log.error("left to the next run: %s", type(error).__name__)  # the text may quote a value
                pause = RETRY_SECONDS if self._memory else BROKEN_SECONDS
                self._heard = self._memory.seen if self._memory else 0
                self.close()
            time.sleep(pause)

    def step(self) -> dict[str, Any] | None:
        """Take what was received since; the figures of the run, None when there was nothing to do."""
        memory = self._remember()
        if memory is None or memory.is_blind:
            return None
        with Runtime(self.profile) as runtime:
            newest = runtime.state.inbox.last_seq()
            if newest <= memory.seen:
                return None
            events = list(runtime.state.inbox.after(memory.seen))
            named = sorted({str(event["deal_id"]) for event in events if _names_a_deal(event)})
            if not named:
                memory.seen = self._listen(memory, events)
                return None
            if len(named) > MAX_DEALS:
                memory.is_blind = True
                return None
            with runtime.state.logged(express.STAGE) as detail:
                watch = _Watch(detail)
                detail.update(first_seq=memory.seen + 1, last_seq=int(events[-1]["inbox_seq"]), deals=len(named))
                closed = self._read(runtime, memory, named)
                watch("read")
                heard, memory.seen = memory.seen, self._listen(memory, events)
                try:
                    detail.update(self._return(runtime, memory, closed, watch) if closed else {})
                except PASSING:
                    memory.seen = heard
                    raise
                return detail

    def close(self) -> None:
        """Let the facts go."""
        if self._memory:
            self._memory.links.close()
            self._memory = None

    def _remember(self) -> _Memory | None:
        """The memory of the published snapshot, made anew when another one was published; None without one."""
        path = self.profile.paths.published_facts
        try:
            inode = path.stat().st_ino
        except FileNotFoundError:
            return None
        if self._memory and self._memory.inode == inode:
            return self._memory
        with Runtime(self.profile) as runtime, runtime.state.logged(express.READY) as detail:
            self._compiled = self._compiled or compile_plan(self.profile)
            self._memory = self._recall(path, inode)
            detail["after_seq"] = self._memory.seen
        return self._memory

    def _recall(self, path: Path, inode: int) -> _Memory:
        """A memory of the snapshot at `path`, and of what was read since it was made."""
        self._tables = express.raw_tables(self.profile)
        before, links = self._memory, Links(path, self.profile.identity.max_records_per_identifier)
        seen = _one(links, "select coalesce(max(inbox_seq), 0) from facts.raw_inbox.events")
        known_at = _one(links, "select max(known_at) from facts.publication")
        exported = _one(links, "select coalesce(max(updated_seq), 0) from facts.raw_deliveries.outbox") if _OUTBOX in self._tables else 0
        reasons = links.connection.execute("select reason_id, name from facts.raw_rd_station_crm.lost_reasons").fetchall()
        memory = _Memory(inode, links, max(int(seen), self._heard), dict(reasons), exported)
        if before:
            before.links.close()
            memory.seen = max(memory.seen, 0 if before.is_blind else before.seen)
            # What was read after the snapshot's loads is newer than they are; of the rest they know as much.
            for name, rows in before.fresh.items():
                memory.fresh[name] = [row for row in rows if _is_newer(row, name, known_at, int(seen))]
        self._link(memory)
        return memory

    def _read(self, runtime: Runtime, memory: _Memory, named: list[str]) -> list[str]:
        """Read the deals from the CRM into memory; ids of those that are lost now."""
        from ingestion.rd_station_crm.client import CrmApi
        from ingestion.rd_station_crm.named import named_deals

        config = accounts.rd_station_crm_config(runtime)
        ports = accounts.ports(runtime, "rd_station_crm", runtime.state.next_load_seq())
        api = CrmApi(config, ports)
        try:
            tables = named_deals(api, config, ports, named, memory.reasons)
        finally:
            api.close()
        for table, rows in tables.items():
            kept = memory.fresh.setdefault(f"raw_rd_station_crm.{table}", [])
            kept[:] = [row for row in kept if row["deal_id"] not in named] + rows
        self._link(memory)
        return [row["deal_id"] for row in tables.get("deals", []) if row.get("win") is False or row.get("status") == "lost"]

    def _link(self, memory: _Memory) -> None:
        rows = memory.fresh.get("raw_rd_station_crm.deal_contacts", [])
        memory.links.learn((row["deal_id"], row["contact_id"]) for row in rows)

    def _listen(self, memory: _Memory, events: list[dict[str, Any]]) -> int:
        """Keep what the facts do not know yet; returns the number of the last event."""
        kept = memory.fresh.setdefault("raw_inbox.events", [])
        last = kept[-1]["inbox_seq"] if kept else 0
        numbers = {"load_seq": 2**62, "extracted_at": None, "record_origin": "webhook"}
        names = TABLES["raw_inbox"]["events"].column_names
        kept += [
            {**{name: event[name] for name in names}, **numbers, "row_seq": event["inbox_seq"]}
            for event in events if event["inbox_seq"] > last
        ]  # fmt: skip
        return int(events[-1]["inbox_seq"])

    def _sent(self, runtime: Runtime, memory: _Memory) -> list[dict[str, Any]]:
        """What the outbox did since the snapshot: limits of returns count it."""
        from activation.export import export_outbox

        numbers = {"load_seq": 2**62, "extracted_at": None, "record_origin": "state"}
        changed = export_outbox(runtime.outbox, memory.outbox_seq)
        return [{**row, **numbers, "row_seq": row["updated_seq"]} for row in changed]

    def _return(self, runtime: Runtime, memory: _Memory, closed: list[str], watch: _Watch) -> dict[str, Any]:
        assert self._compiled is not None
        contacts = {row["contact_id"] for row in memory.fresh["raw_rd_station_crm.deal_contacts"] if row["deal_id"] in closed}
        known = [contact for contact in contacts if memory.links.knows(contact)]
        try:
            memory.links.draw_circle(known)
        except TooMany:
            return {"left_to_the_next_run": len(closed)}
        fresh = {**memory.fresh, "raw_deliveries.outbox": self._sent(runtime, memory)}
        fresh = {name: rows for name, rows in fresh.items() if tuple(name.split(".")) in self._tables}
        closings = [row.get("closed_at") for row in memory.fresh.get("raw_rd_station_crm.deals", []) if row["deal_id"] in closed]
        rows = plan_rows(memory.links, self._compiled, self._tables, fresh, as_of(runtime.now(), closings))
        watch("judged")
        figures = deliver_part(runtime, rows)
        watch("pushed")
        return {"rejected": len(closed), "unknown_people": len(contacts) - len(known), **figures}


def as_of(now: datetime, closings: Iterable[Any]) -> datetime:
    """The instant as of which rejections that were just read are judged (aware UTC, whole seconds).

    Instants are cut to seconds in SQL: as of the second that runs, a deal closed within it is still open, and would wait
    for the next whole run. The CRM's clock may also be ahead of ours, by `SKEW` at most. `closings`: naive UTC or None.
    """
    told = [at.replace(tzinfo=UTC) for at in closings if isinstance(at, datetime)]
    latest = max([now, *(min(at, now + SKEW) for at in told)])
    return (latest + timedelta(seconds=1)).replace(microsecond=0)


def deliver_part(runtime: Runtime, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Push plan rows of some people now; the figures of the delivery report."""
    from activation.delivery import deliver

    sync = syncs.SYNCS[express.SETTING]
    # Nothing is waited for: what a quota or an open question puts off goes with the next run.
    policy = replace(policies.nurture_policy(runtime), wait_budget_seconds=2.0)
    with sync.opens(runtime) as (destination, consent):
        report = deliver(
            sync.name, rows, runtime.outbox, destination, runtime.clock, policy,
            consent=consent, suppressed=runtime.suppressions, partial=True,
        )  # fmt: skip
    return delivery_figures(report)


class _Watch:
    """Seconds of each stage, written into a run's detail."""

    def __init__(self, detail: dict[str, Any]) -> None:
        self._detail, self._last = detail, time.monotonic()

    def __call__(self, stage: str) -> None:
        now = time.monotonic()
        self._detail[f"{stage}_seconds"] = round(now - self._last, 3)
        self._last = now


def _names_a_deal(event: dict[str, Any]) -> bool:
    return event["system"] == "rd_station_crm" and event["deal_id"] is not None and str(event["event_type"]).startswith("crm_deal")


def _is_newer(row: dict[str, Any], name: str, known_at: int, inbox_seq: int) -> bool:
    return row["inbox_seq"] > inbox_seq if name == "raw_inbox.events" else row["load_seq"] > known_at


def _one(links: Links, query: str) -> int:
    found: tuple[Any, ...] | None = links.connection.execute(query).fetchone()
    return int(found[0]) if found and found[0] is not None else 0


__all__ = ["Lane", "deliver_part"]
