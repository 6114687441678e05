"""The whole read of RD Station Marketing: listing, contacts that changed, assets; as slices for the runner."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from ingestion.errors import ApiError, IngestionError
from ingestion.fan_out import fan_out
from ingestion.fields_watch import is_due, watch
from ingestion.judged import Judge, quarantined
from ingestion.own_fields import Fields
from ingestion.ports import Ports, Target
from ingestion.rd_station.assets import asset_tables
from ingestion.rd_station.client import RdStationApi
from ingestion.rd_station.contacts import Fetched, fetch_contact, loadable_fields
from ingestion.rd_station.known import QUERIES, Knowledge, Task
from ingestion.rd_station.listing import Listing
from ingestion.rd_station.settings import PIPELINE, SCHEMA, SYSTEM, RdStationConfig
from ingestion.rows import instant, merge
from ingestion.runner import LoadReport, Session, Slice, given_or_own, load


def run(config: RdStationConfig, ports: Ports, target: Target, api: RdStationApi | None = None) -> LoadReport:
    """Load what changed at RD Station Marketing since the last run. Raises IngestionError; progress is kept."""
    with given_or_own(api, lambda: RdStationApi(config, ports)) as service:
        return load(PIPELINE, SCHEMA, lambda session: read(service, config, ports, session), target, ports)


def read(api: RdStationApi, config: RdStationConfig, ports: Ports, session: Session) -> Iterator[Slice]:
    """The slices of one run. State: watermark, listing, relisted_at, sweep_load, swept_at, explained, assets_at."""
    state, now = session.state, ports.clock.now().replace(tzinfo=None)
    stored = session.read(**QUERIES, quarantine=quarantined(SCHEMA))
    knowledge, judge = Knowledge(stored), Judge(now, stored["quarantine"])
    if _is_due(state.get("swept_at"), now, config.full_sweep_days * 24) and not state.get("sweep_load"):
        state["sweep_load"] = session.load_seq
    listing = Listing(api, config, session, knowledge, ports.progress, now, judge)
    yield from listing.read(complete=state.get("sweep_load") == session.load_seq or "watermark" not in state)
    yield from _contacts(api, config, ports, session, listing, now)
    if _is_due(state.get("assets_at"), now, config.assets_hours):
        tables = asset_tables(api, session, judge)
        state["assets_at"] = now.isoformat()
        yield Slice({**tables, **judge.taken()})


def _contacts(
    api: RdStationApi,
    config: RdStationConfig,
    ports: Ports,
    session: Session,
    listing: Listing,
    now: datetime,
) -> Iterator[Slice]:
    state, membership = session.state, listing.membership
    explained: dict[str, str] = state.setdefault("explained", {})
    tasks = listing.knowledge.worklist(membership, explained, listing.absent, state.get("sweep_load"))
    fields = _fields(api, config, session, now) if tasks else frozenset()
    unread = 0
    for start in range(0, len(tasks), config.slice_size):
        part = tasks[start : start + config.slice_size]

        def fetch(task: Task) -> Fetched:
            return fetch_contact(api, config, task, fields, now, listing.judge)

        def done(count: int, start: int = start) -> None:
            ports.progress.step(SYSTEM, start + count, len(tasks), "contacts")

        outcome = fan_out(part, fetch, config.workers, done)
        for fetched in outcome.results:
            _explain(fetched, membership, explained)
        unread += len(part) - len(outcome.results)
        whole = len(part) == config.slice_size
        yield Slice(merge([*(fetched.tables for fetched in outcome.results), listing.judge.taken()]), flush=whole)
        _report(session, outcome.failures, outcome.deferred)
        if outcome.stop is not None:
            raise outcome.stop
    if state.get("sweep_load") and not unread:
        state["swept_at"], state["sweep_load"] = now.isoformat(), None
        yield Slice({})


def _fields(api: RdStationApi, config: RdStationConfig, session: Session, now: datetime) -> frozenset[str]:
    try:
        found = api.fields()
        if is_due(session, now):
            types = {str(row.get("api_identifier")): str(row.get("data_type")) for row in found}
            own = frozenset({config.cpf_field, config.cnpj_field, *config.contact_fields})
            watch(session, SYSTEM, Fields("contacts", types, own, "sources.rd_station"))
        return loadable_fields(found, config)
    except ApiError as error:
        if error.status not in (403, 404):
            raise
        session.note(
            f"rd_station: contact fields cannot be listed ({error.status}); only the configured ones are read."
        )
        return loadable_fields([], config)


def _explain(fetched: Fetched, membership: dict[str, str] | None, explained: dict[str, str]) -> None:
    """Remember a segmentation that lags behind the funnel, so that the next run does not fetch the contact again."""
    code = (membership or {}).get(fetched.uuid, "")
    if membership is not None and fetched.stage_code is not None and code != fetched.stage_code:
        explained[fetched.uuid] = code
    else:
        explained.pop(fetched.uuid, None)


def _report(session: Session, failures: list[str], deferred: int) -> None:
    if deferred:
        session.note(
            f"rd_station: {deferred} contacts wait, their daily quota is used up; the next run reads them."
        )
    if failures:
        session.note(
            f"rd_station: {len(failures)} contacts could not be read and stay on the list. First: {failures[0]}"
        )


def _is_due(last: str | None, now: datetime, hours: float) -> bool:
    then = instant(last)
    return then is None or now - then >= timedelta(hours=hours)


__all__ = ["SCHEMA", "IngestionError", "read", "run"]
