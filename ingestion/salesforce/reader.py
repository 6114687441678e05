"""The whole read of Salesforce as slices.

Each object is read in the order of its stamp (`SystemModstamp`, histories `CreatedDate`) from a little before the last
one landed; what is stored with the same stamp is left out, so rows that share an instant are neither lost nor doubled.
The cursor moves with each batch: a killed run goes on where its last package ended. There is no upper bound a minute ago:
what shows late is met by the look-back, and a lead in its first minute is what a five-minute clause is about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ingestion.errors import SourceError
from ingestion.plausible import AHEAD
from ingestion.ports import Ports, Target
from ingestion.rows import Row, instant
from ingestion.runner import LoadReport, Session, Slice, given_or_own, load
from ingestion.salesforce.catalogue import fingerprint, read_catalogue
from ingestion.salesforce.client import Batch, Refused, SalesforceApi
from ingestion.salesforce.columns import Columns
from ingestion.salesforce.convert import Converter
from ingestion.salesforce.known import Known
from ingestion.salesforce.resources import Resource, picklists, resources, selected
from ingestion.salesforce.settings import PIPELINE, SCHEMA, SYSTEM, SalesforceConfig
from ingestion.salesforce.values import Unreadable, record_id

FIRST = datetime(1999, 1, 1)  # no org is older
SMALLEST = timedelta(minutes=10)  # a window that still times out is not halved any more
RESTARTS = 5  # of a query whose locator ended


def run(
    config: SalesforceConfig, ports: Ports, target: Target, api: SalesforceApi | None = None
) -> LoadReport:
    """Load what changed at Salesforce since the last run. Raises IngestionError; progress is kept."""
    with given_or_own(api, lambda: SalesforceApi(config, ports)) as service:
        return load(PIPELINE, SCHEMA, lambda session: Reader(service, config, ports, session).read(), target, ports)


@dataclass
class Reader:
    """One run."""

    api: SalesforceApi
    config: SalesforceConfig
    ports: Ports
    session: Session

    def read(self) -> Iterator[Slice]:
        """The slices, in the order of `resources`."""
        self.now = self.ports.clock.now().replace(tzinfo=None)
        self._conversions = False
        self._newest: datetime | None = None
        wanted = self._visible(resources(self.config.fields))
        names = self.config.fields
        reasons = picklists(
            [(names.lead_reason, self.described["Lead"]), (names.lost_reason, self.described["Opportunity"])]
        )
        catalogue = read_catalogue(self.api, self.session, reasons, self.config.lost_statuses)
        if self.session.state.get("catalogue") != (print_ := fingerprint(catalogue)):
            self.session.state["catalogue"] = print_
            yield Slice(catalogue)
        since = {resource.name: self._since(resource) for resource in wanted}
        self.known = Known(self.session, wanted, since)
        for resource in wanted:
            yield from self._object(resource, since[resource.name])
            if resource.name == "Lead" and self._conversions:
                opportunity = next(one for one in wanted if one.name == "Opportunity")
                yield from self._object(opportunity, self._since(opportunity))

    def _visible(self, all_of_them: list[Resource]) -> list[Resource]:
        """The objects that this org shows, described; what changed in their fields is noted."""
        self.described: dict[str, dict[str, Row]] = {}
        for resource in all_of_them:
            try:
                self.described[resource.name] = self.api.describe(resource.name)
            except Refused as refused:
                if not resource.may_lack or refused.status not in (400, 403, 404):
                    raise
                self.session.note(
                    f"salesforce: {resource.name} cannot be read ({refused.code}); what it would tell comes from our own "
                    "readings, as exact as they are frequent."
                )
                continue
            self._compare(
                resource.name,
                {name: str(row.get("type")) for name, row in self.described[resource.name].items()},
            )
        return [resource for resource in all_of_them if resource.name in self.described]

    def _compare(self, name: str, types: dict[str, str]) -> None:
        """New custom fields and changed types of fields are told once; lost ones that matter stop the run (`selected`)."""
        before: dict[str, str] = self.session.state.setdefault("fields", {}).get(name, {})
        if new := sorted(
            field for field in types if before and field not in before and field.endswith("__c")
        ):
            self.session.note(f"salesforce: {name} has new fields: {', '.join(new)}. They are not read.")
        if other := sorted(field for field in types if field in before and before[field] != types[field]):
            words = ", ".join(f"{field} ({before[field]} -> {types[field]})" for field in other)
            self.session.note(
                f"salesforce: {name} has fields of another type than before: {words}. Check what they mean now."
            )
        self.session.state["fields"][name] = types

    def _object(self, resource: Resource, since: datetime | None) -> Iterator[Slice]:
        """The batches of one object from `since`; a query whose locator ended begins again at the last stamp."""
        fields = selected(resource, self.described[resource.name])
        total, done, restarts = None, 0, 0
        while True:
            try:
                for batch in self._batches(resource, fields, since, None):
                    total = total or batch.total
                    done += len(batch.records)
                    self.ports.progress.step(SYSTEM, done, max(total or 0, done), resource.table)
                    yield self._slice(resource, batch)
                return
            except Refused as refused:
                restarts += 1
                if refused.code != "INVALID_QUERY_LOCATOR" or restarts > RESTARTS:
                    raise
                since = self._cursor(resource) or since

    def _batches(
        self, resource: Resource, fields: list[str], low: datetime | None, high: datetime | None
    ) -> Iterator[Batch]:
        """One query; two halves of its time when it takes too long."""
        try:
            yield from self.api.query(_soql(resource, fields, low, high))
        except Refused as refused:
            if refused.code != "QUERY_TIMEOUT":
                raise
            first, last = max(low or FIRST, FIRST), high or self.now + AHEAD
            if last - first < SMALLEST:
                raise SourceError(
                    f"Salesforce: {resource.name} of {first:%Y-%m-%d %H:%M} to {last:%H:%M} UTC takes longer than a query may. "
                    f"Ask for an index on {resource.stamp}, or run again at a calmer hour."
                ) from None
            middle = (first + (last - first) / 2).replace(microsecond=0)
            yield from self._batches(resource, fields, low, middle)
            yield from self._batches(resource, fields, middle, high)

    def _slice(self, resource: Resource, batch: Batch) -> Slice:
        observed = batch.served_at or self.now
        self._newest = self._cursor(resource)
        parts, refused = self._parts(resource, Converter(self.config, observed), batch.records, max(observed, self.now) + AHEAD)
        if self._newest is not None:
            self.session.state.setdefault("cursors", {})[resource.name] = self._newest.isoformat()
        typed = {name: pa.concat_tables(part[name] for part in parts) for name in (parts[0] if parts else ())}
        if "leads" in typed:
            column = typed["leads"]["converted_opportunity_id"]
            self._conversions |= column.null_count < len(column)
        return Slice({"quarantine": refused}, arrow=typed)

    def _parts(
        self, resource: Resource, convert: Converter, records: list[Any], latest: datetime
    ) -> tuple[list[dict[str, pa.Table]], list[Row]]:
        """(typed rows, quarantine rows) of `records`. Those with one that cannot be read are read by halves, down to that one."""
        try:
            converted = self._converted(resource, convert, records, latest) if records else {}
            return [converted] if converted else [], []
        except Unreadable as problem:
            if len(records) == 1:
                return [], self._refused(resource, records[0], problem)
        middle = len(records) // 2
        first = self._parts(resource, convert, records[:middle], latest)
        rest = self._parts(resource, convert, records[middle:], latest)
        return first[0] + rest[0], first[1] + rest[1]

    def _converted(
        self, resource: Resource, convert: Converter, records: list[Any], latest: datetime
    ) -> dict[str, pa.Table]:
        """The rows of what is news among `records`. Unreadable when one of them cannot be read; none is known then."""
        if set(map(type, records)) != {dict}:
            raise Unreadable("record", "wrong_type")
        columns = Columns(records)
        keys, times = columns.record_id().to_pylist(), columns.needed(resource.stamp)
        last = pc.max(times).as_py()
        if last > latest:
            raise Unreadable(resource.stamp, "instant_in_the_future")
        self._newest = max(last, self._newest or last)
        known = self.known.stamps[resource.name]
        stamps = times.cast(pa.int64()).to_pylist()
        news = dict(zip(keys, stamps, strict=True))
        if len(news) == len(keys) and known.keys().isdisjoint(news):  # nearly always: nothing of this answer was met before
            numbers = list(range(len(keys)))
        else:
            numbers, news = _news(keys, stamps, known)
        converted = resource.convert(convert, columns.taken(numbers)) if numbers else {}
        known |= news
        return converted

    def _refused(self, resource: Resource, record: Any, problem: Unreadable) -> list[Row]:
        """A record for the quarantine, once."""
        try:
            key = record_id(record) if isinstance(record, dict) else "unknown"
        except Unreadable:
            key = "unknown"
        row: dict[str, Any] = {
            "source_table": resource.table, "record_key": key, "column_name": problem.field, "reason": problem.reason,
        }  # fmt: skip
        known = tuple(map(str, row.values()))
        if known in self.known.refused:
            return []
        self.known.refused.add(known)
        return [row]

    def _cursor(self, resource: Resource) -> datetime | None:
        return instant(self.session.state.get("cursors", {}).get(resource.name))

    def _since(self, resource: Resource) -> datetime | None:
        cursor = self._cursor(resource)
        return cursor - timedelta(minutes=self.config.lookback_minutes) if cursor else None


def _news(keys: list[str], stamps: list[int], known: dict[str, int]) -> tuple[list[int], dict[str, int]]:
    """(numbers of the records that are not known with their stamp, each once; their stamps by key)."""
    numbers, news = [], dict[str, int]()
    for number, (key, stamp) in enumerate(zip(keys, stamps, strict=True)):
        if known.get(key) != stamp != news.get(key):
            news[key] = stamp
            numbers.append(number)
    return numbers, news


def _soql(resource: Resource, fields: list[str], low: datetime | None, high: datetime | None) -> str:
    """A query in the order of the stamp; date-times stand without quotes."""
    clauses = [resource.condition] if resource.condition else []
    clauses += [f"{resource.stamp} >= {low:%Y-%m-%dT%H:%M:%SZ}"] if low else []
    clauses += [f"{resource.stamp} < {high:%Y-%m-%dT%H:%M:%SZ}"] if high else []
    where = f" WHERE {' AND '.join(clauses)}" if clauses else ""
    return f"SELECT {', '.join(fields)} FROM {resource.name}{where} ORDER BY {resource.stamp}, Id"
