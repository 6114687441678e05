"""Forgets people everywhere: raw tables, models, published files, push-back, working folders (docs/lgpd.md).

What is to be forgotten is written down first (opaque ids and keyed hashes). From then on nothing is pushed to them, every
load and every build leaves them out, and each step can be killed and repeated: `bastao forget` goes on where it was.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ingestion.erasure import count
from ingestion.forgotten import Forgotten
from ingestion.normalize import normalize_email
from ingestion.personal import PERSONAL
from orchestration import people, purge, sources, stages, warehouse
from orchestration.faults import crash_point
from orchestration.lock import WarehouseLock
from orchestration.profile import Profile
from orchestration.runtime import Runtime

if TYPE_CHECKING:
    from orchestration.erasures import Person


@dataclass(frozen=True)
class Found:
    """What an erasure would touch. `unknown` and `already`: positions (from 1) of those who are not found any more."""

    people: list[Person] = field(default_factory=list, repr=False)
    rows: dict[str, int] = field(default_factory=dict)
    unknown: list[int] = field(default_factory=list)
    already: list[int] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Counts alone: nothing personal."""
        records: dict[str, int] = {}
        for person in self.people:
            for system, ids in person.records.items():
                records[system] = records.get(system, 0) + len(ids)
        return {
            "people": len(self.people), "records": records, "rows": self.rows,
            "addresses_suppressed": sum(len(person.emails) for person in self.people),
            "unknown": len(self.unknown), "already_forgotten": len(self.already),
        }  # fmt: skip


def look(profile: Profile, who: Sequence[str]) -> Found:
    """Find everybody and count what would change. Writes nothing. Raises NotOnePerson, naming the line but not the address."""
    with Runtime(profile) as runtime, runtime.lock("forget: look"):
        hashing = runtime.erasures.hashing()
        try:
            with warehouse.opened(runtime, read_only=True) as (connection, engine):
                return _look(connection, engine, hashing, who)
        except FileNotFoundError:
            return Found(unknown=list(range(1, len(who) + 1)))


def forget(profile: Profile, found: Found, reason: str) -> None:
    """Write the erasure down, then carry it out, with any that an earlier run left unfinished."""
    with Runtime(profile) as runtime:
        now = runtime.now_or_system()
        for address in {address for person in found.people for address in person.emails}:
            runtime.suppressions.add(address, "forgotten", now)
        _forget_quotas(runtime, found)
        crash_point("forget.suppressed")
        runtime.erasures.record(found.people, reason, now)
        crash_point("forget.recorded")
    finish(profile)


def finish(profile: Profile) -> bool:
    """Carry recorded erasures to their end; False when none was open. Raises what a build or a publish raises."""
    with Runtime(profile) as runtime, WarehouseLock(runtime.paths.locks / "forget.lock")("forget"):
        if not runtime.erasures.unfinished():
            return False
        runtime.display.say("erasing in raw data and working folders")
        _settle_pipelines(runtime)
        shutil.rmtree(runtime.paths.logs / "dbt", ignore_errors=True)  # an engine's error may have quoted a value
        crash_point("forget.settled")
        stages.transform(profile)  # erases in raw before it builds, and rewrites the warehouse after it
        stages.publish(profile).raise_if_refused()
        crash_point("forget.published")
        purge.state(runtime)
        runtime.erasures.finish(runtime.now_or_system())
    return True


def _look(connection: Any, engine: Any, hashing: Forgotten, who: Sequence[str]) -> Found:
    mark = "?" if engine == "duckdb" else "%s"
    found, unknown, already = [], [], []
    for number, one in enumerate(who, start=1):
        try:
            person = people.find(connection, mark, one)
        except people.NotOnePerson as error:
            raise people.NotOnePerson(f"Line {number}: {error}") from None
        if person.records and not _is_known(hashing, person):
            found.append(person)
        elif person.records or _mark_of(hashing, one) in hashing.marks:
            already.append(number)
        else:
            unknown.append(number)
    return Found(found, _rows(connection, engine, hashing, found), unknown, already)


def _rows(connection: Any, engine: Any, hashing: Forgotten, found: Sequence[Person]) -> dict[str, int]:
    records: dict[str, set[str]] = {}
    for person in found:
        for system, ids in person.records.items():
            records.setdefault(system, set()).update(ids)
    marks = {hashing.mark(kind, value) for person in found for kind, value in person.own}
    shared = {hashing.mark(kind, value) for person in found for kind, value in person.shared}
    fixed = {system: frozenset(ids) for system, ids in records.items()}
    return count(connection, engine, Forgotten(hashing.key, fixed, frozenset(marks), frozenset(shared)))


def _is_known(hashing: Forgotten, person: Person) -> bool:
    """Nothing of the person is new to the erasures of before."""
    ids = all(ids <= hashing.records.get(system, frozenset()) for system, ids in person.records.items())
    return ids and all(hashing.mark(kind, value) in hashing.marks for kind, value in person.own)


def _mark_of(hashing: Forgotten, one: str) -> str | None:
    email = normalize_email(one).value
    return hashing.mark("email", email) if email else None


def _settle_pipelines(runtime: Runtime) -> None:
    """Load what a killed load left behind, so that the erasure reaches it, and remove the copies that loads leave."""
    from ingestion.files.source import PIPELINE as FILES
    from ingestion.hubspot.settings import PIPELINE as HUBSPOT
    from ingestion.landing import Landing
    from ingestion.pipedrive.settings import PIPELINE as PIPEDRIVE
    from ingestion.protheus.settings import PIPELINE as PROTHEUS
    from ingestion.rd_station.settings import PIPELINE as RD_STATION
    from ingestion.rd_station_crm.settings import PIPELINE as RD_STATION_CRM
    from ingestion.salesforce.settings import PIPELINE as SALESFORCE

    pipelines = {
        "raw_rd_station": RD_STATION,
        "raw_rd_station_crm": RD_STATION_CRM,
        "raw_hubspot": HUBSPOT,
        "raw_pipedrive": PIPEDRIVE,
        "raw_salesforce": SALESFORCE,
        "raw_protheus": PROTHEUS,
        "raw_files": FILES,
    }
    for schema in PERSONAL:
        if (runtime.paths.dlt / pipelines[schema]).exists():
            landing = Landing(pipelines[schema], schema, sources.target(runtime))
            landing.settle()
            landing.discard_leftovers()


def _forget_quotas(runtime: Runtime, found: Found) -> None:
    """Counters per lead are hashes of addresses that could be guessed."""
    from activation.destinations.rd_station_contact import lead_key
    from activation.quota import forget_subjects

    forget_subjects(runtime.state_url, [lead_key(address) for person in found.people for address in person.emails])
