"""The whole read of HubSpot as slices: lists, companies, contacts, leads and deals, activities, what hooks named, archived.

Cursors (dlt state): one instant per object type, the largest change landed. Each search goes back `lookback_minutes` behind
it and leaves out what is stored with the same instant of change, so rows of the boundary neither double nor miss.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ingestion.errors import ApiError
from ingestion.fan_out import fan_out
from ingestion.fields_watch import is_due
from ingestion.hubspot.activities import activity_properties, activity_row
from ingestion.hubspot.catalogue import read_catalogue
from ingestion.hubspot.client import HubspotApi, optional
from ingestion.hubspot.fields import watch_properties
from ingestion.hubspot.known import KEYS, QUERIES, Known
from ingestion.hubspot.people import (
    company_properties,
    company_tables,
    contact_properties,
    contact_tables,
    merged_ids,
)
from ingestion.hubspot.records import Kind, Links, history_names, property_names, record_tables, tombstone
from ingestion.hubspot.search import changed_since, modified_at
from ingestion.hubspot.settings import ACTIVITIES, HISTORY_BATCH, PIPELINE, SCHEMA, SYSTEM, HubspotConfig
from ingestion.plausible import AHEAD, BadRecordError, check
from ingestion.ports import Ports, Target
from ingestion.rows import Row, instant, merge
from ingestion.runner import LoadReport, Session, Slice, Tables, given_or_own, load

STAMPS = ("created_at", "updated_at")
UNREADABLE = (ValueError, TypeError, KeyError, AttributeError)


def run(config: HubspotConfig, ports: Ports, target: Target, api: HubspotApi | None = None) -> LoadReport:
    """Load what changed at HubSpot since the last run. Raises IngestionError; progress is kept."""
    with given_or_own(api, lambda: HubspotApi(config, ports)) as service:
        return load(PIPELINE, SCHEMA, lambda session: Reader(service, config, ports, session).read(), target, ports)


@dataclass
class Reader:
    """One run."""

    api: HubspotApi
    config: HubspotConfig
    ports: Ports
    session: Session

    def __post_init__(self) -> None:
        self.now = self.ports.clock.now().replace(tzinfo=None)
        self.known = Known(self.session.read(**QUERIES))
        self.refused: list[Row] = []  # quarantine rows of what no slice has taken yet
        self.again: dict[str, dict[str, None]] = {"leads": {}, "deals": {}}  # their links changed, not they themselves

    def read(self) -> Iterator[Slice]:
        """The slices, those that others refer to first."""
        self.catalogue = read_catalogue(self.api, self.config, self.session)
        if is_due(self.session, self.now):
            watch_properties(self.api, self.config, self.session, self.catalogue.has_leads)
        if self.session.state.get("catalogue") != self.catalogue.fingerprint:
            self.session.state["catalogue"] = self.catalogue.fingerprint
            yield Slice(self.catalogue.tables)
        named = self.known.named()
        yield from self._people("companies", list(named["companies"]))
        yield from self._people("contacts", list(named["contacts"]))
        # Deals first: a new deal sends the reader back to the lead that it came from.
        records: tuple[Kind, ...] = ("deals", "leads") if self.catalogue.has_leads else ("deals",)
        for kind in records:
            yield from self._records(kind)
            yield from self._again(kind, [*named[kind], *self.again[kind]])
        for activity in ACTIVITIES:
            yield from self._activities(activity)
        yield from self._archived()

    # Companies and contacts -----------------------------------------------------------------------------------
    def _people(self, kind: str, named: list[str]) -> Iterator[Slice]:
        own = self.config.properties
        names = company_properties(own) if kind == "companies" else contact_properties(own)
        if named:
            found = self._asked(kind, named, names)
            yield self._slice([*self._people_tables(kind, found), *self._missing(kind, named, found)])
        for rows in self._changed(kind, names):
            yield self._slice(self._people_tables(kind, rows))

    def _people_tables(self, kind: str, rows: list[Row]) -> Iterator[Tables]:
        links = self.api.associations("contacts", "companies", _ids(rows)) if kind == "contacts" and rows else {}
        for row in rows:
            if kind == "contacts":
                yield self._guarded(kind, row, lambda row=row: contact_tables(row, links.get(str(row["id"]), []), self.config))  # type: ignore[misc]
            else:
                yield self._guarded(kind, row, lambda row=row: company_tables(row, self.config))  # type: ignore[misc]
            yield from self._absorbed(kind, row)

    def _absorbed(self, kind: str, row: Row) -> Iterator[Tables]:
        """Tombstones of the records that this one absorbed; leads and deals of a contact that took others over are read again."""
        into = str(row["id"])
        news = [key for key in merged_ids(row) if not self.known.is_gone(kind, key, into)]
        yield from (tombstone(kind, key, self.now, into) for key in news)
        if news and kind == "contacts":
            for target in ("deals", "leads") if self.catalogue.has_leads else ("deals",):
                found = self.api.associations("contacts", target, [into]).get(into, [])
                self.again[target].update(dict.fromkeys(found))

    # Leads and deals ------------------------------------------------------------------------------------------
    def _records(self, kind: Kind) -> Iterator[Slice]:
        waiting: list[Row] = []
        for rows in self._changed(kind, ()):
            waiting += rows
            if len(waiting) >= self.config.slice_size:
                yield self._details(kind, _ids(waiting), waiting)
                waiting = []
        if waiting or self.refused:
            yield self._details(kind, _ids(waiting), waiting)

    def _again(self, kind: Kind, keys: Sequence[str]) -> Iterator[Slice]:
        """Records that a hook named or whose links changed: hooks are only hints, the record itself decides."""
        wanted = [key for key in dict.fromkeys(keys) if not self.known.was_read(kind, key, self.session.load_seq)]
        for start in range(0, len(wanted), self.config.slice_size):
            yield self._details(kind, wanted[start : start + self.config.slice_size])

    def _details(self, kind: Kind, keys: list[str], listed: Sequence[Row] = ()) -> Slice:
        names, history = property_names(kind, self.config), history_names(kind, self.config)
        parts = [keys[start : start + HISTORY_BATCH] for start in range(0, len(keys), HISTORY_BATCH)]
        outcome = fan_out(
            parts, lambda part: self.api.batch_read(kind, part, names, history), self.config.workers,
            lambda count: self.ports.progress.step(SYSTEM, count * HISTORY_BATCH, len(keys), kind),
        )  # fmt: skip
        if outcome.stop is not None:
            raise outcome.stop
        if outcome.failures:  # a hole would be passed by the cursor: this slice is read again by the next run
            raise ApiError(f"{outcome.failures[0]} ({len(outcome.failures)} batches of {kind} failed)")
        bodies = [body for result in outcome.results for body in result]
        tables = [*self._record_tables(kind, bodies), *self._missing(kind, keys, bodies)]
        self._advance(kind, listed)
        return self._slice(tables)

    def _record_tables(self, kind: Kind, bodies: list[Row]) -> list[Tables]:
        ids = _ids(bodies)
        read = self.api.associations
        links = Links(
            read(kind, "contacts", ids), read(kind, "companies", ids), read("leads", "deals", ids) if kind == "leads" else {}
        )
        fresh = [key for key in ids if kind == "deals" and not self.known.has(kind, key)]
        if fresh and self.catalogue.has_leads:  # the lead does not always move when its deal is made
            found = read("deals", "leads", fresh)
            self.again["leads"].update(dict.fromkeys(lead for leads in found.values() for lead in leads))
        tables = []
        for body in bodies:
            make = lambda body=body: record_tables(kind, body, links, self.catalogue, self.config, self.now)  # noqa: E731
            tables += [self._guarded(kind, body, make), *self._absorbed(kind, body)]
        return tables

    def _missing(self, kind: str, asked: Iterable[str], bodies: list[Row]) -> list[Tables]:
        """Those that were asked for and did not answer under their own id: absorbed by another record, archived, or gone."""
        answered = set(_ids(bodies))
        absorbed = {key: str(body["id"]) for body in bodies for key in merged_ids(body)}
        return [
            tombstone(kind, key, self.now, absorbed.get(key)) for key in asked
            if key not in answered and not self.known.is_gone(kind, key, absorbed.get(key))
        ]  # fmt: skip

    # Activities -----------------------------------------------------------------------------------------------
    def _activities(self, kind: str) -> Iterator[Slice]:
        try:
            for rows in self._changed(kind, activity_properties(kind)):
                ids = _ids(rows)
                leads = self.api.associations(kind, "leads", ids) if self.catalogue.has_leads and ids else {}
                deals = self.api.associations(kind, "deals", ids) if ids else {}
                yield self._slice(self._activity(kind, row, leads, deals) for row in rows)
        except ApiError as error:
            if not optional(error):
                raise
            self.session.note(f"hubspot: {kind} cannot be read with this token ({error.status}); left out.")

    def _activity(self, kind: str, row: Row, leads: dict[str, list[str]], deals: dict[str, list[str]]) -> Tables:
        key = str(row["id"])
        return self._guarded(
            "activities", row,
            lambda: {"activities": [activity_row(kind, row, leads.get(key, []), deals.get(key, []), self.config)]},
        )  # fmt: skip

    # The recycle bin ------------------------------------------------------------------------------------------
    def _archived(self) -> Iterator[Slice]:
        """Archived records only show in listings of their own; those are read once in a while, whole."""
        last = instant(self.session.state.get("archived_at"))
        if last is not None and self.now - last < timedelta(hours=self.config.archived_hours):
            return
        kinds = [kind for kind in (*KEYS, *ACTIVITIES) if kind != "leads" or self.catalogue.has_leads]
        for kind in kinds:
            try:
                for rows in self.api.listing(self.api.path("objects", f"/{kind}"), {"archived": "true"}):
                    yield self._slice(tables for row in rows for tables in self._gone(kind, str(row["id"])))
            except ApiError as error:
                if not optional(error):
                    raise
        self.session.state["archived_at"] = self.now.isoformat()
        yield Slice({})

    def _gone(self, kind: str, key: str) -> Iterator[Tables]:
        if kind in KEYS:
            if self.known.has(kind, key):
                yield tombstone(kind, key, self.now)
        elif self.known.has("activities", name := f"{kind.removesuffix('s')}:{key}"):
            yield {"activities": [{"activity_id": name, "object_kind": kind, "is_deleted": True}]}

    # Shared ---------------------------------------------------------------------------------------------------
    def _changed(self, kind: str, names: Sequence[str]) -> Iterator[list[Row]]:
        """Pages of what is news. The cursor moves with them; that of leads and deals when their details are there."""
        cursor = self._cursor(kind)
        since = cursor - timedelta(minutes=self.config.lookback_minutes) if cursor else None
        until = self.now - timedelta(seconds=self.config.lag_seconds)
        table = kind if kind in KEYS else "activities"
        for rows, refused in changed_since(self.api, kind, names, since, until):
            self.refused += [_no_id(table, row) for row in refused]
            prefix = f"{kind.removesuffix('s')}:" if table == "activities" else ""
            news = [row for row in rows if self.known.is_news(table, f"{prefix}{row['id']}", modified_at(kind, row))]
            if kind not in ("leads", "deals"):
                self._advance(kind, rows)
            yield news

    def _asked(self, kind: str, keys: list[str], names: Sequence[str]) -> list[Row]:
        """Contacts or companies that hooks named."""
        found: list[Row] = []
        for start in range(0, len(keys), 2 * HISTORY_BATCH):
            found += self.api.batch_read(kind, keys[start : start + 2 * HISTORY_BATCH], names)
        return found

    def _guarded(self, table: str, row: Row, make: Callable[[], Tables]) -> Tables:
        """The rows of one record, or the record in quarantine: one bad record does not stop the others."""
        try:
            return check(make(), self.now + AHEAD, STAMPS)
        except BadRecordError as error:
            column, reason = error.column, str(error)
        except UNREADABLE as error:
            column, reason = None, f"unreadable ({type(error).__name__})"
        refused = {"source_table": table, "record_key": str(row.get("id")), "column_name": column, "reason": reason}
        return {"quarantine": [refused]}

    def _slice(self, parts: Iterable[Tables]) -> Slice:
        """The rows of several records; what they say is known from here on."""
        tables = merge([*parts, {"quarantine": self.refused}])
        self.refused = []
        self.known.learn(tables, self.session.load_seq)
        return Slice(tables)

    def _cursor(self, kind: str) -> datetime | None:
        return instant(self.session.state.get("cursors", {}).get(kind))

    def _advance(self, kind: str, rows: Sequence[Row]) -> None:
        # An instant that has not come would hide all that changes until then.
        dates = [at for row in rows if (at := modified_at(kind, row)) is not None and at <= self.now]
        if dates:
            cursors = self.session.state.setdefault("cursors", {})
            newest = max([*dates, *([at] if (at := self._cursor(kind)) else [])])
            cursors[kind] = newest.isoformat()


def _no_id(table: str, row: Any) -> Row:
    """A row of a search that nothing can be asked about; what stands in the place of its id is shown when it is a plain word."""
    said = str(row.get("id")) if isinstance(row, dict) and row.get("id") is not None else ""
    shown = said if re.fullmatch(r"-?[0-9A-Za-z_.-]{1,40}", said) else None
    return {"source_table": table, "record_key": shown, "column_name": "id", "reason": "no numeric id"}


def _ids(rows: Iterable[Row]) -> list[str]:
    return [str(row["id"]) for row in rows]
