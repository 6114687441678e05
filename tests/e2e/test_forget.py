"""Somebody who was forgotten is in no file any more, does not come back, and nothing else changes.

One small company, its warehouse in DuckDB and in PostgreSQL; the file search looks at the bytes of everything below its home.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest
from typer.testing import CliRunner

from orchestration import faults, forget, stages
from orchestration.cli import app
from orchestration.plan_file import rows
from orchestration.profile import Profile
from orchestration.runtime import Runtime
from tests.e2e import line
from tests.support.company import ROOT, company
from tests.support.postgres import ON_POSTGRES, scratch_database
from tests.support.sandbox import SandboxHandle, running_sandbox, simulated

LEADS, SEED = 60, 26
UNCHANGED = {  # marts that may not change at all, and what of them says when the build was
    "fct_handoffs": "*", "fct_opportunities": "*", "fct_sla_verdicts": "*", "fct_revenue": "*", "fct_funnel_events": "*",
    "fct_contact_attempts": "*", "dim_people": "*", "dim_companies": "*", "dim_consents": "person_id, purpose, status",
}  # fmt: skip


@dataclass
class Somebody:
    """A person of the company, with everything that a search could find them by."""

    person_id: str
    email: str
    words: set[str] = field(default_factory=set)


@dataclass
class Company:
    """A company after its first run."""

    box: SandboxHandle
    profile: Profile
    points = frozenset({"forget.recorded", "forget.erased", "forget.rewritten", "forget.purged", "forget.published"})

    @property
    def home(self) -> Path:
        return self.profile.home

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.profile.paths.warehouse), read_only=True) as con:
            return con.execute(sql, list(values)).fetchall()

    def marts(self) -> dict[str, Counter[Any]]:
        with duckdb.connect(str(self.profile.paths.published_bi), read_only=True) as con:
            return {t: Counter(con.execute(f"select {c} from marts.{t}").fetchall()) for t, c in UNCHANGED.items()}

    def somebody(self, number: int = 0) -> Somebody:
        """A lead with several contacts who would be returned to nurture; the CPF too when one is known."""
        people = self.query(
            "select p.person_id from intermediate.int_people p join plan.plan_nurture_return r using (person_id)"
            " where r.email is not null group by p.person_id, p.rd_contacts, p.crm_contacts, p.erp_customers"
            " order by p.rd_contacts + p.crm_contacts + 2 * p.erp_customers desc, p.person_id"
        )
        person_id = people[number][0]
        found = self.query(
            "with mine as (select source_system as s, source_id as i from intermediate.int_person_nodes where person_id = ?)"
            " select kind, value from raw_rd_station.contact_identifiers where contact_uuid in (select i from mine)"
            " union select kind, value from raw_rd_station_crm.contact_identifiers where contact_id in (select i from mine)"
            " union select 'name', name from raw_rd_station.contacts where contact_uuid in (select i from mine)"
            " union select 'name', name from raw_rd_station_crm.contacts where contact_id in (select i from mine)",
            person_id,
        )
        words = {value for kind, value in found if value and kind in ("email", "phone", "cpf")}
        # A first name alone stands in many people's names: it would find them.
        words |= {value for kind, value in found if kind == "name" and value and " " in value.strip()}
        words |= {value[3:] for kind, value in found if kind == "phone" and value and value.startswith("+55")}
        email = next(value for kind, value in sorted(found, key=str) if kind == "email" and value)
        return Somebody(person_id, email, words)

    def traces(self, somebody: Somebody) -> list[str]:
        """Files below the home, and tables of a warehouse elsewhere, that hold one of the words."""
        words = [word.encode() for word in somebody.words if word]
        files = [path for path in self.home.rglob("*") if path.is_file()]
        return [str(path.relative_to(self.home)) for path in files if any(w in path.read_bytes() for w in words)]


@dataclass
class InPostgres(Company):
    """Its warehouse is a PostgreSQL."""

    url: str = ""
    points = Company.points - {"forget.rewritten"}  # of the file: tables are vacuumed

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url) as con:
            return con.execute(sql.replace("?", "%s").encode(), values or None).fetchall()

    def traces(self, somebody: Somebody) -> list[str]:
        tables = self.query(
            "select format('%I.%I', table_schema, table_name) from information_schema.tables where table_type = 'BASE TABLE'"
            " and table_schema not in ('pg_catalog', 'information_schema') order by 1"
        )
        words = [f"%{word}%" for word in somebody.words if word]
        found = [name for (name,) in tables if self.query(f"select 1 from {name} as r where cast(r as text) like any(?) limit 1", words)]
        return [*super().traces(somebody), *found]


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    base = tmp_path_factory.mktemp("forget")
    world = simulated(seed=SEED, leads=LEADS)
    engine, environ = {}, {}
    with contextlib.ExitStack() as stack:
        if request.param == "postgres":
            environ = {"BASTAO_TEST_WAREHOUSE_URL": stack.enter_context(scratch_database())}
            engine = ON_POSTGRES
        box = stack.enter_context(
            running_sandbox(world, now=world.end.isoformat(), limit_speed=600.0, home=str(base / "sandbox"))
        )
        profile = stack.enter_context(company(base, box, engine, environ))
        line.ingest_all(profile)
        line.build(profile)
        yield InPostgres(box, profile, environ["BASTAO_TEST_WAREHOUSE_URL"]) if environ else Company(box, profile)


@pytest.mark.long
def test_forgotten_is_in_no_file_and_does_not_come_back(made: Company) -> None:
    lead = made.somebody()
    before, words = made.marts(), sorted(lead.words)
    assert len(words) >= 4, "the person must have several contacts, or this proves little"
    raw = "raw_rd_station.contact_identifiers" if isinstance(made, InPostgres) else "warehouse.duckdb"
    assert {raw, "published/plan.duckdb"} <= set(made.traces(lead))
    looked = CliRunner().invoke(app, ["forget", lead.email, "--dry-run", "--json", "--profile", str(made.profile.folder)])
    assert looked.exit_code == 0, looked.output
    told = json.loads(looked.stdout)
    assert told["people"] == 1 and told["rows"]["raw_rd_station.contact_identifiers"] >= 2
    assert not Runtime(made.profile).erasures.entries()

    seen: list[str] = []
    faults.install(seen.append)
    try:
        done = CliRunner().invoke(app, ["forget", lead.email, "--yes", "--profile", str(made.profile.folder)])
    finally:
        faults.install(None)
    assert done.exit_code == 0, done.output
    assert made.points <= set(seen)
    assert made.traces(lead) == []
    assert made.marts() == before
    plan = [row for row in rows(made.profile.paths.published, "plan_nurture_return") if row["person_id"] == lead.person_id]
    assert plan and all(row["refusal_reason"] == "forgotten" and row["email"] is None for row in plan)
    assert Runtime(made.profile).suppressions.has(lead.email)

    # The sources still have the person: their records are read again, and land without them.
    contacts = made.query("select source_id, source_system from intermediate.int_person_nodes where person_id = ?", lead.person_id)
    for source_id, system in contacts:
        if system == "rd_station":  # a webhook names the contact
            with Runtime(made.profile) as runtime:
                event = {"system": system, "event_type": "WEBHOOK.MARKED_OPPORTUNITY", "event_key": "a look", "contact_uuid": source_id}
                runtime.state.inbox.add({**event, "occurred_at": made.box.now().replace(tzinfo=None)})
        if system == "rd_station_crm":
            answer = made.box.v2("PUT", f"/contacts/{source_id}", json={"data": {"job_title": "Diretora"}})
            assert answer.status_code == 200, answer.text
    for source in ("inbox", "rd_station", "rd_station_crm"):
        stages.ingest(made.profile, source)
    line.build(made.profile)
    looks = "select count(*) from raw_rd_station{}.contacts where {} in (select source_id from intermediate.int_person_nodes where person_id = ?)"
    assert made.query(looks.format("", "contact_uuid"), lead.person_id) >= [(2,)]
    assert made.query(looks.format("_crm", "contact_id"), lead.person_id) >= [(2,)], "read again"
    assert made.traces(lead) == []
    assert made.marts() == before
    again = forget.look(made.profile, [lead.email, lead.person_id, "nobody@nowhere.com.br"])
    assert (len(again.people), again.already, again.unknown) == (0, [1, 2], [3])
    assert not forget.finish(made.profile)


KILLS = [  # (crash point, which time it is reached); `forget` without arguments goes on after each
    ("forget.suppressed", 1), ("forget.recorded", 1), ("forget.settled", 1), ("forget.erased_uncommitted", 1),
    ("forget.erased", 1), ("transform.node", 60), ("forget.rewritten", 1), ("forget.purged", 1), ("publish.candidate", 1),
    ("forget.published", 1),
]  # fmt: skip


@pytest.mark.long
def test_killed_at_each_step_the_person_is_gone_all_the_same(made: Company) -> None:
    lead = made.somebody()
    before = made.marts()
    environ = {**os.environ, "BASTAO_HOME": str(made.home)}

    def run(kill: tuple[str, int], *who: str) -> int:
        command = [sys.executable, "-m", "tests.support.killed_run", kill[0], str(kill[1]), "forget", *who]
        where = ["--yes", "--profile", str(made.profile.folder)]
        return subprocess.run([*command, *where], cwd=ROOT, env=environ, capture_output=True, timeout=900).returncode

    for point, nth in KILLS:
        if point == "forget.rewritten" and point not in made.points:
            continue
        # Raw is erased once and for all at the first commit; what comes before it still needs the address.
        who = [lead.email] if point in ("forget.suppressed", "forget.recorded") else []
        assert run((point, nth), *who) == -signal.SIGKILL, point
    assert run(("never", 1)) == 0
    assert made.traces(lead) == []
    assert made.marts() == before
    assert not forget.finish(made.profile)
