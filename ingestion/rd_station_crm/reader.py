"""The whole read of RD Station CRM as slices: lists, organizations, contacts, deals, tasks, deletions.

Cursors (dlt state): one instant per v2 resource, the largest `updated_at` landed. Each read goes back `overlap_hours`
behind it and leaves out what is stored with the same `updated_at`, so rows of the boundary neither double nor miss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from typing import Any

from ingestion.errors import ApiError
from ingestion.fan_out import Outcome, fan_out
from ingestion.judged import Judge, quarantined
from ingestion.ports import Ports, Target
from ingestion.rd_station_crm.catalogue import Catalogue, read_catalogue
from ingestion.rd_station_crm.client import CrmApi
from ingestion.rd_station_crm.deals import deal_tables, owner_changes, tombstone
from ingestion.rd_station_crm.keyset import rows_since
from ingestion.rd_station_crm.known import QUERIES, Known
from ingestion.rd_station_crm.people import (
    contact_tables,
    deleted_contact,
    integration_ids,
    organization_tables,
)
from ingestion.rd_station_crm.settings import PIPELINE, SCHEMA, SYSTEM, RdStationCrmConfig
from ingestion.rd_station_crm.tasks import changed_tasks, task_tables
from ingestion.rows import Row, instant, merge
from ingestion.runner import LoadReport, Session, Slice, Tables, given_or_own, load

MOST_REFUSED = 500  # ids asked for again in the next run, of each resource
STAMPS = ("created_at", "updated_at")
TASK_COLUMNS = ("deal_id", "type", "done", "done_at", "due_at", "created_at", "user_id")


def run(config: RdStationCrmConfig, ports: Ports, target: Target, api: CrmApi | None = None) -> LoadReport:
    """Load what changed at RD Station CRM since the last run. Raises IngestionError; progress is kept."""
    with given_or_own(api, lambda: CrmApi(config, ports)) as service:
        return load(PIPELINE, SCHEMA, lambda session: Reader(service, config, ports, session).read(), target, ports)


@dataclass
class Reader:
    """One run."""

    api: CrmApi
    config: RdStationCrmConfig
    ports: Ports
    session: Session

    def __post_init__(self) -> None:
        self.now = self.ports.clock.now().replace(tzinfo=None)
        rows = self.session.read(**QUERIES, quarantine=quarantined(SCHEMA))
        self.known, self.judge = Known(rows), Judge(self.now, rows["quarantine"])

    def read(self) -> Iterator[Slice]:
        """The slices, those that others refer to first."""
        catalogue = read_catalogue(self.api, self.session, self.config, self.now)
        if self.session.state.get("catalogue") != catalogue.fingerprint:
            self.session.state["catalogue"] = catalogue.fingerprint
            yield Slice(catalogue.tables)
        yield from self._organizations(catalogue)
        yield from self._contacts()
        yield from self._deals(catalogue)
        yield from self._tasks()
        yield from self._deletions()
        yield Slice(self.judge.taken())

    def _rows(self, resource: str, sort: str) -> Iterator[list[Row]]:
        """What changed of a resource: first what could not be read the last time, then page by page."""
        yield from self._again(resource)
        yield from rows_since(self.api, f"/{resource}", sort, self._since(resource), self._usable(resource))

    def _again(self, resource: str) -> Iterator[list[Row]]:
        """The records that a run before this one refused, by id: the cursor has left them behind."""
        again: list[str] = self.session.state.get("refused", {}).get(resource, [])
        for key in again:
            try:
                body = self.api.v2_one(f"/{resource}/{key}")
            except ApiError:
                self.judge.refused_ids[resource].add(key)
                continue
            if body is not None:
                yield self._usable(resource)([body])

    def _usable(self, resource: str) -> Callable[[list[Any]], list[Row]]:
        return partial(self.judge.listed, table=resource, stamps=STAMPS, needed="updated_at")

    def _remember_refused(self, resource: str) -> None:
        self.session.state.setdefault("refused", {})[resource] = sorted(self.judge.refused_ids[resource])[:MOST_REFUSED]

    def _organizations(self, catalogue: Catalogue) -> Iterator[Slice]:
        newest = self._cursor("organizations")
        for rows in self._rows("organizations", "updated_at"):
            changed = [
                row
                for row in rows
                if self.known.organizations.get(row["id"]) != instant(row.get("updated_at"))
            ]
            newest = _newest(newest, rows)
            self._advance("organizations", newest)
            yield self._slice(
                self.judge.read("organizations", row["id"], partial(organization_tables, row, catalogue.cnpj_slug, catalogue.segments))
                for row in changed
            )
        self._remember_refused("organizations")
        yield Slice({})

    def _contacts(self) -> Iterator[Slice]:
        """By creation, filtered by change (v2 cannot sort contacts by it): the cursor moves at the end of the list."""
        newest, complete = self._cursor("contacts"), True
        for rows in self._rows("contacts", "created_at"):
            changed = [
                row
                for row in rows
                if self.known.contacts.get(row["id"], _NEW)[0] != instant(row.get("updated_at"))
            ]
            newest = _newest(newest, rows)
            found, unread = self._integrations(changed)
            landing = [row for row in changed if row.get("organization_id") not in unread]
            complete = complete and not unread
            yield self._slice(self._contact(row, found.get(row["id"])) for row in landing)
        self._remember_refused("contacts")
        if complete:
            self._advance("contacts", newest)
            yield Slice({})

    def _contact(self, row: Row, integration: str | None) -> Tables:
        known = integration or self.known.contacts.get(row["id"], _NEW)[3]
        return self.judge.read("contacts", row["id"], lambda: contact_tables(row, known))

    def _integrations(self, contacts: list[Row]) -> tuple[dict[str, str], set[str]]:
        """Marketing uuids of contacts that are new or changed company, and the companies that could not be read.

        One v1 call per organization: nothing else shows the uuid.
        """
        wanted = {
            row["organization_id"] for row in contacts
            if row.get("organization_id") and self.known.contacts.get(row["id"], _NEW)[2] != row["organization_id"]
        }  # fmt: skip
        outcome = fan_out(
            sorted(wanted), lambda key: (key, self.api.organization_detail(key)), self.config.workers
        )
        self._judge(outcome, "organizations")
        found = {
            key: value for _, detail in outcome.results for key, value in integration_ids(detail).items()
        }
        return found, wanted - {key for key, _ in outcome.results}

    def _deals(self, catalogue: Catalogue) -> Iterator[Slice]:
        listed: dict[str, Row] = {}
        for rows in self._rows("deals", "updated_at"):
            listed.update((row["id"], row) for row in rows)
        changed = [row for key, row in listed.items() if self._is_news(key, row)]
        named = [key for key in self.known.named_deals() if not any(row["id"] == key for row in changed)]
        yield from self._named_deals(named, catalogue)
        newest, complete = self._cursor("deals"), True
        for start in range(0, len(changed), self.config.slice_size):
            part = changed[start : start + self.config.slice_size]
            outcome = self._details(part, catalogue, start, len(changed))
            complete = complete and len(outcome.results) == len(part)
            if complete:
                newest = _newest(newest, part)
                self._advance("deals", newest)
            yield self._slice(outcome.results, flush=len(part) == self.config.slice_size)
            self._judge(outcome, "deals")
        self._remember_refused("deals")
        if complete and listed:
            self._advance("deals", _newest(newest, list(listed.values())))
        yield Slice({})

    def _named_deals(self, keys: list[str], catalogue: Catalogue) -> Iterator[Slice]:
        """Deals that a webhook named, deleted ones too: a webhook is only a hint, the deal itself decides."""
        for start in range(0, len(keys), self.config.slice_size):
            part = keys[start : start + self.config.slice_size]
            bodies = fan_out(part, lambda key: (key, self.api.v2_one(f"/deals/{key}")), self.config.workers)
            present = [body for _, body in bodies.results if body is not None]
            gone = [tombstone(key, self.now) for key, body in bodies.results if body is None]
            outcome = self._details(present, catalogue, start, len(keys))
            yield self._slice([*outcome.results, *gone])
            self._judge(bodies, "deals")
            self._judge(outcome, "deals")

    def _details(self, deals: list[Row], catalogue: Catalogue, start: int, total: int) -> Outcome[Tables]:
        created = {row["id"]: at for row in deals if (at := instant(row.get("created_at"))) is not None}
        flags = owner_changes(self.api, created)
        hidden: list[str] = []

        def fetch(row: Row) -> Tables:
            detail, served_at = self.api.deal_detail(row["id"])
            if detail is None:
                hidden.append(row["id"])
            elif row["id"] in flags and "user_changed" not in detail:
                detail["user_changed"] = flags[row["id"]]
            seen_at, label = served_at or self.now, self.config.erp_order_label
            return self.judge.read("deals", row["id"], lambda: deal_tables(row, detail, seen_at, label, catalogue.reasons))

        def done(count: int) -> None:
            self.ports.progress.step(SYSTEM, start + count, total, "deals")

        outcome = fan_out(deals, fetch, self.config.workers, done)
        if hidden:
            self.session.note(
                f"rd_station_crm: {len(hidden)} deals are not shown to the v1 token's user; their stage visits are missing. "
                "Use the token of a user with full visibility."
            )
        return outcome

    def _is_news(self, key: str, row: Row) -> bool:
        stored = self.known.deals.get(key)
        return stored is None or stored[2] or stored[1] != instant(row.get("updated_at"))

    def _tasks(self) -> Iterator[Slice]:
        since, newest = self._since("tasks"), self._cursor("tasks")
        pages = chain(self._again("tasks"), changed_tasks(self.api, since, self._usable("tasks")))
        for rows in pages:
            newest = _newest(newest, rows)
            found = merge(self.judge.read("tasks", row["id"], partial(task_tables, row)) for row in rows)
            tasks = [task for task in found.get("tasks", []) if self.known.tasks.get(task["task_id"]) != _values(task)]
            self.known.tasks.update((task["task_id"], _values(task)) for task in tasks)
            yield self._slice([{"tasks": tasks}])
        self._remember_refused("tasks")
        self._advance("tasks", newest)
        yield Slice({})

    def _deletions(self) -> Iterator[Slice]:
        """Deletions leave no trace in lists: compare ids when a sweep is due or v1's totals disagree with ours."""
        swept = instant(self.session.state.get("swept_at"))
        due = swept is not None and self.now - swept >= timedelta(days=self.config.full_sweep_days)
        for table, live in (("deals", self.known.live_deals), ("contacts", self.known.live_contacts)):
            path = f"/{table}"
            if live and (due or self._total_disagrees(path, live)):
                yield from self._reconcile(table, path, live)
        if due or swept is None:
            self.session.state["swept_at"] = self.now.isoformat()
            yield Slice({})

    def _total_disagrees(self, path: str, live: set[str]) -> bool:
        key = f"compared_{path.strip('/')}"
        last = instant(self.session.state.get(key))
        if last is not None and self.now - last < timedelta(hours=self.config.relist_hours):
            return False
        total = self.api.v1_total(path, path.strip("/"))
        if total is None or total == len(live):
            return False
        self.session.state[key] = self.now.isoformat()
        return True

    def _reconcile(self, table: str, path: str, live: set[str]) -> Iterator[Slice]:
        pages = rows_since(self.api, path, "created_at", None, self._usable(table))
        listed = {row["id"] for rows in pages for row in rows}
        missing = sorted(live - listed)
        outcome = fan_out(missing, lambda key: (key, self.api.v2_one(f"{path}/{key}")), self.config.workers)
        gone = [key for key, body in outcome.results if body is None]
        yield self._slice(
            tombstone(key, self.now) if table == "deals" else deleted_contact(key) for key in gone
        )
        self._judge(outcome, table)

    def _slice(self, parts: Iterable[Tables], flush: bool = False) -> Slice:
        """The rows of several records; what they say is known from here on."""
        tables = merge(parts)
        self.known.learn(tables, self.session.load_seq)
        tables = merge([tables, self.judge.taken()])
        return Slice(tables, flush=flush)

    def _cursor(self, resource: str) -> datetime | None:
        return instant(self.session.state.get("cursors", {}).get(resource))

    def _since(self, resource: str) -> datetime | None:
        cursor = self._cursor(resource)
        return cursor - timedelta(hours=self.config.overlap_hours) if cursor else None

    def _advance(self, resource: str, newest: datetime | None) -> None:
        """Not past a row without an id: nothing but the list can show it again."""
        if newest is not None and resource not in self.judge.nameless:
            self.session.state.setdefault("cursors", {})[resource] = newest.isoformat()

    def _judge(self, outcome: Outcome[Any], what: str) -> None:
        """Note single failures; stop the run when the slice was stopped."""
        if outcome.failures:
            self.session.note(
                f"rd_station_crm: {len(outcome.failures)} {what} could not be read and stay on the list. "
                f"First: {outcome.failures[0]}"
            )
        if outcome.stop is not None:
            raise outcome.stop


_NEW: tuple[Any, ...] = (None, False, None, None)


def _newest(newest: datetime | None, rows: list[Row]) -> datetime | None:
    dates = [at for row in rows if (at := instant(row.get("updated_at"))) is not None]
    return max([*dates, newest] if newest else dates, default=None)


def _values(task: Row) -> tuple[Any, ...]:
    return tuple(task[name] for name in TASK_COLUMNS)
