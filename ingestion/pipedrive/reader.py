"""The whole read of Pipedrive as slices: lists by what changed, histories within the budget, deletions.

Cursors (dlt state): one instant per list, the largest `update_time` landed. Each read goes back `overlap_minutes` behind
it and leaves out what is stored with the same fingerprint, so rows of one second are neither lost nor doubled. A list that
fails does not keep the others from being read; its error ends the run after them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ingestion.errors import ApiError, IngestionError, SourceError
from ingestion.fan_out import Outcome, fan_out
from ingestion.inbox import pending
from ingestion.pipedrive.activities import activity_tables, call_log_tables
from ingestion.pipedrive.catalogue import read_catalogue
from ingestion.pipedrive.client import PipedriveApi
from ingestion.pipedrive.deals import deal_tables, lead_tables
from ingestion.pipedrive.deletions import found_gone, tombstone
from ingestion.pipedrive.fields import watch_fields
from ingestion.pipedrive.history import changelog, history_tables
from ingestion.pipedrive.known import QUERIES, Known
from ingestion.pipedrive.paging import Page, archived_pages, lead_pages, v2_pages
from ingestion.pipedrive.people import contact_tables, organization_tables
from ingestion.pipedrive.records import each
from ingestion.pipedrive.settings import PIPELINE, SCHEMA, SYSTEM, PipedriveConfig
from ingestion.plausible import AHEAD, BadRecordError
from ingestion.ports import Ports, Target
from ingestion.rows import Row, compact, instant, merge
from ingestion.runner import LoadReport, Session, Slice, Tables, given_or_own, load

LINKED = {"include_fields": "source_lead_id"}


def run(config: PipedriveConfig, ports: Ports, target: Target, api: PipedriveApi | None = None) -> LoadReport:
    """Load what changed at Pipedrive since the last run. Raises IngestionError; progress is kept."""
    with given_or_own(api, lambda: PipedriveApi(config, ports)) as service:
        return load(PIPELINE, SCHEMA, lambda session: Reader(service, config, ports, session).read(), target, ports)


@dataclass
class Reader:
    """One run."""

    api: PipedriveApi
    config: PipedriveConfig
    ports: Ports
    session: Session
    failed: list[IngestionError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = self.ports.clock.now().replace(tzinfo=None, microsecond=0)
        self.known = Known(self.session.read(**QUERIES))
        self.labels: dict[str, str] = dict(self.session.state.get("labels", {}))

    def read(self) -> Iterator[Slice]:
        """The slices, those that others refer to first; the first error of a list at the end."""
        config, rare = self.config, self._due("rare", timedelta(minutes=self.config.rare_minutes))
        parts: list[tuple[str, Callable[[], Iterator[Slice]]]] = [
            ("organizations", lambda: self._list("organizations", "/organizations", lambda body: organization_tables(body, config))),
            ("persons", lambda: self._list("persons", "/persons", lambda body: contact_tables(body, config), table="contacts")),
            ("leads", lambda: self._leads("leads", lead_pages)),
            ("deals", lambda: self._list("deals", "/deals", self._deal, LINKED)),
            ("activities", lambda: self._list("activities", "/activities", lambda body: activity_tables(body, config))),
        ]
        if rare:
            watch_fields(self.api, config, self.session)
            # Deals come before archived leads: what was converted is no news of a lead.
            parts.insert(0, ("catalogue", self._catalogue))
            parts += [
                ("archived leads", lambda: self._leads("leads_archived", archived_pages)),
                ("archived deals", lambda: self._list("deals_archived", "/deals/archived", self._deal, LINKED, table="deals")),
                ("deleted deals", lambda: self._list("deals_deleted", "/deals", self._deal, {**LINKED, "status": "deleted"}, table="deals")),
            ]
            if config.call_logs:
                parts.append(("call logs", self._call_logs))
        parts += [("what webhooks named", self._named), ("a full sweep", self._sweep)]
        for what, part in parts:
            yield from self._guarded(what, part)
        if rare and not self.failed:
            self.session.state["rare_at"] = self.now.isoformat()
        yield from self._guarded("histories", self._histories)
        yield Slice({})
        if self.failed:
            raise self.failed[0]

    def _guarded(self, what: str, part: Callable[[], Iterator[Slice]]) -> Iterator[Slice]:
        try:
            yield from part()
        except (ApiError, SourceError) as error:
            self.session.note(f"pipedrive: {what} could not be read to the end: {error}")
            self.failed.append(error)
        except BadRecordError as error:
            self.session.note(f"pipedrive: {what} hold a row that cannot be read ({error.column}: {error}).")
            self.failed.append(SourceError(f"Pipedrive: {what} hold a row that cannot be read ({error.column}: {error})."))

    def _catalogue(self) -> Iterator[Slice]:
        catalogue = read_catalogue(self.api, self.config)
        self.labels = catalogue.labels
        if self.session.state.get("catalogue") != catalogue.fingerprint:
            self.session.state.update(catalogue=catalogue.fingerprint, labels=catalogue.labels)
            yield Slice(catalogue.tables)

    def _deal(self, body: Row) -> Tables:
        tables = deal_tables(body, self.config, self.now)
        row = tables["deals"][0]
        if row["created_at"] == row["updated_at"] and not row["is_deleted"]:
            tables |= history_tables(row, [], self.config, self.now)  # nothing was ever changed: no call is needed
        return tables

    def _list(
        self, name: str, path: str, parse: Callable[[Row], Tables], extra: Row | None = None, table: str | None = None
    ) -> Iterator[Slice]:
        resource = "deals" if name == "deals_deleted" else name
        for page in v2_pages(self.api, path, resource, self._since(name), extra):
            part = self._landing(page, table or name, parse)
            self._advance(name, page)
            yield part

    def _leads(self, name: str, pages: Callable[[PipedriveApi, datetime | None], Iterator[Page]]) -> Iterator[Slice]:
        def parse(body: Row) -> Tables:
            known = self.known.rows["leads"].get(str(body.get("id")))
            return lead_tables(body, self.config, self.labels, known if known and known["is_archived"] else None, self.now)

        newest: Page = []
        for page in pages(self.api, self._since(name)):
            part = self._landing(page, "leads", parse)
            newest += page
            if name == "leads":  # archived ones come last changed first: their cursor moves at the end
                self._advance(name, page)
            yield part
        self._advance(name, newest)
        yield Slice({})

    def _call_logs(self) -> Iterator[Slice]:
        start = 0
        while True:
            rows, more, _ = self.api.rows("/v1/callLogs", {"start": start, "limit": 50}, resource="call_logs")
            yield self._landing(rows, "call_logs", call_log_tables)
            start += len(rows)
            if not rows or not (more.get("pagination") or {}).get("more_items_in_collection"):
                return

    def _landing(self, page: Page, name: str, parse: Callable[[Row], Tables]) -> Slice:
        """The news of a page: what cannot be read in quarantine, what is stored already left out."""
        good, bad = each(page, name, parse, self.now)
        return self._slice([self.known.news(tables) for tables in [*good, {"quarantine": bad}]])

    def _named(self) -> Iterator[Slice]:
        """Deletions that webhooks told of; a hook is only a hint, the object itself decides. Changes show in the lists."""
        since = int(self.session.state.get("named_load", 0))
        named = [one for one in pending(self.known.named, since) if one.change_kind != "changed"]
        yield from self._verify([(one.object_kind, one.object_id) for one in named])
        self.session.state["named_load"] = self.session.load_seq
        yield Slice({})

    def _sweep(self) -> Iterator[Slice]:
        """What left every list without a word: known ids against listed ones, when that is due."""
        if self.session.state.get("swept_at") is None:
            self.session.state["swept_at"] = self.now.isoformat()  # the first load has seen everything
        elif self._due("swept", timedelta(days=self.config.full_sweep_days)):
            yield from self._verify(found_gone(self.api, self.known))
            self.session.state["swept_at"] = self.now.isoformat()
        yield Slice({})

    def _verify(self, suspects: list[tuple[str, str]]) -> Iterator[Slice]:
        outcome = fan_out(suspects, lambda one: tombstone(self.api, self.known, *one, self.now), self.config.workers)
        yield self._slice([tables for tables in outcome.results if tables])
        self._judge(outcome, "deleted records")

    def _histories(self) -> Iterator[Slice]:
        """Changelogs of deals that moved, within the budget; what is left stays wanted."""
        wanted = self.known.without_history()

        def fetch(deal: Row) -> Tables:
            try:
                return history_tables(deal, changelog(self.api, deal["deal_id"]), self.config, self.now)
            except (BadRecordError, TypeError, ValueError) as error:
                raise ApiError(f"GET /v1/deals/{deal['deal_id']}/changelog: a row cannot be read ({error}).") from None

        for start in range(0, len(wanted), self.config.slice_size):
            part = wanted[start : start + self.config.slice_size]

            def done(count: int, start: int = start) -> None:
                self.ports.progress.step(SYSTEM, start + count, len(wanted), "histories")

            outcome = fan_out(part, fetch, self.config.workers, done)
            yield self._slice(outcome.results, flush=len(part) == self.config.slice_size)
            self._judge(outcome, "histories")

    def _slice(self, parts: Iterable[Tables], flush: bool = False) -> Slice:
        tables = compact(merge(parts))
        self.known.learn(tables)
        return Slice(tables, flush=flush)

    def _since(self, name: str) -> datetime | None:
        cursor = instant(self.session.state.get("cursors", {}).get(name))
        return cursor - timedelta(minutes=self.config.overlap_minutes) if cursor else None

    def _advance(self, name: str, page: Page) -> None:
        """Move the cursor to the newest change of the page; a clock in the future does not move it."""
        cursors = self.session.state.setdefault("cursors", {})
        dates = [at for row in page if (at := _changed(row)) is not None and at <= self.now + AHEAD]
        newest = max([*dates, *filter(None, [instant(cursors.get(name))])], default=None)
        if newest is not None:
            cursors[name] = newest.isoformat()

    def _due(self, name: str, every: timedelta) -> bool:
        last = instant(self.session.state.get(f"{name}_at"))
        return last is None or self.now - last >= every

    def _judge(self, outcome: Outcome[Any], what: str) -> None:
        """Note single failures; stop the run when the slice was stopped."""
        if outcome.failures:
            self.session.note(f"pipedrive: {len(outcome.failures)} {what} could not be read and stay on the list. First: {outcome.failures[0]}")
        if outcome.stop is not None:
            raise outcome.stop


def _changed(row: Any) -> datetime | None:
    try:
        return instant(row.get("update_time")) if isinstance(row, dict) else None
    except ValueError:
        return None
