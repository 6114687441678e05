"""A field of the account that is read goes, or becomes of another kind: the run of a user says so, and what was published stands.

As a user meets it: the CRM's people change their account, `bastao run` and `bastao doctor` run as commands.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner, Result

from ingestion.errors import SourceError
from orchestration import progress, stages
from orchestration.cli import app
from orchestration.profile import Profile
from orchestration.runtime import Runtime
from orchestration.settings import load_profile
from tests.support import crms
from tests.support.company import company
from tests.support.own_fields import ACCOUNTS
from tests.support.sandbox import SandboxHandle, running_sandbox

HOURS = 2 * 3600.0  # fields are looked at once an hour
OTHERS = ("agreement", "rd_station", "protheus")


class Line:
    """One company that was read before, with a publication of then."""

    def __init__(self, profile: Profile, box: SandboxHandle, crm: str, others: Sequence[str]) -> None:
        self.profile, self.box, self.crm = profile, box, crm
        for source in (*others, crm):
            stages.ingest(profile, source)
        # A run that stops at a source never comes to publishing: what lies there only has to stay as it is.
        profile.paths.create().published_bi.write_bytes(b"published before")

    def bastao(self, *words: str) -> Result:
        try:
            return CliRunner().invoke(app, [*words, "--profile", str(self.profile.folder)])
        finally:
            progress.use(progress.Silent())  # a run that fails leaves its display on the runner's stream, which is closed

    def finding(self, what: str) -> dict[str, str]:
        """What doctor says of one thing; it ends with 2 when anything is a problem."""
        result = self.bastao("doctor", "--json")
        found = {one["what"]: one for one in json.loads(result.stdout)}
        assert result.exit_code == (2 if any(one["status"] == "problem" for one in found.values()) else 0)
        return dict(found[what])

    def packages(self) -> int:
        """How many packages of the CRM are in the warehouse."""
        with duckdb.connect(str(self.profile.paths.warehouse), read_only=True) as con:
            return int(con.execute(f"select count(*) from raw_{self.crm}._dlt_loads").fetchall()[0][0])

    def loads(self) -> dict[str, int]:
        """The run of each other source's last load that came to its end."""
        with Runtime(self.profile) as runtime:
            done = runtime.state.last_runs(status="ok")
        return {name: done[f"ingest {name}"]["run_seq"] for name in OTHERS}

    def nothing_was_published(self) -> bool:
        """Neither the files nor the models: the run log has no such stage."""
        with Runtime(self.profile) as runtime:
            begun = runtime.state.last_runs()
        return self.profile.paths.published_bi.read_bytes() == b"published before" and not {"transform", "publish"} & set(begun)


@contextmanager
def line(base: Path, crm: str, others: Sequence[str] = OTHERS) -> Iterator[Line]:
    own = ACCOUNTS[crm]
    with (
        running_sandbox({"seed": 9, "leads": 40, "months": 2}, limits=False, limit_speed=600.0, home=str(base / "sandbox")) as box,
        company(base, box, change=crms.company_in(crm, box), environ=crms.secrets(box.credentials)) as profile,
        pytest.MonkeyPatch.context() as patch,
    ):
        # The publication is no database here: what doctor reads of it is another test's (test_diagnosis).
        patch.setattr("orchestration.diagnosis_data.examine", lambda _runtime: iter(()))
        patch.setattr("orchestration.hook_coverage.read", lambda _path: [])
        box.switch(**{own.missing: [own.unread]})
        yield Line(profile, box, crm, others)


@pytest.mark.long
@pytest.mark.parametrize("crm", ["hubspot"])  # from the gate to the exit code the way is one for all sources
def test_a_lost_or_retyped_field_stops_the_run_and_nothing_else(tmp_path: Path, crm: str) -> None:
    own = ACCOUNTS[crm]
    with line(tmp_path, crm) as read:
        box, what = read.box, f"{own.service} fields"
        assert read.finding(what)["status"] == "ok"
        changes = (
            ({own.missing: [own.unread], own.number: [own.rating]}, f"{own.rating} was {own.types[0]} and is {own.types[1]} now"),
            ({own.missing: [own.unread, own.rating], own.number: []}, f"{own.rating} is gone"),
        )
        for switches, words in changes:
            box.switch(**switches)
            before = read.finding(what)
            assert before["status"] == "problem" and f"{own.record}: {words}" in before["detail"] and own.setting in before["remedy"]
            landed, loads = read.packages(), read.loads()
            box.advance(HOURS)
            stopped = read.bastao("run")
            told = " ".join(stopped.output.split())
            assert stopped.exit_code == 5, told
            assert f"ingest_{crm} failed" in told and f"{crm}: fields of {own.record} are not what they were: {words}. Nothing was read." in told
            assert f"Put them back, or name others (or none) under {own.setting} in bastao.yaml." in told
            assert read.nothing_was_published()
            assert read.packages() == landed and all(run > loads[other] for other, run in read.loads().items())
            failed = read.finding(f"ingest {crm}")
            assert failed["status"] == "problem" and words in failed["remedy"]


@pytest.mark.long
@pytest.mark.parametrize("crm", ACCOUNTS)
def test_a_field_that_is_named_no_more_or_put_back_lets_the_load_go_on(tmp_path: Path, crm: str) -> None:
    own = ACCOUNTS[crm]
    with line(tmp_path, crm, others=()) as read:
        box, folder = read.box, read.profile.folder
        box.switch(**{own.missing: [own.unread, own.rating]})
        box.advance(HOURS)
        with pytest.raises(SourceError, match=f"{own.rating} is gone"):
            stages.ingest(read.profile, crm)
        config = folder / "bastao.yaml"
        text = config.read_text(encoding="utf-8")
        without = text.replace(f"rating: {own.rating}", "rating: null")
        assert without != text
        config.write_text(without, encoding="utf-8")  # what the message advises
        stages.ingest(load_profile(folder), crm)
        assert read.finding(f"{own.service} fields")["status"] == "ok" and read.finding(f"ingest {crm}")["status"] != "problem"
        config.write_text(text, encoding="utf-8")
        box.switch(**{own.missing: []})  # put back; and the one that nothing reads is there for the first time
        box.advance(HOURS)
        notes = stages.ingest(load_profile(folder), crm).notes
        assert any(note.startswith(f"{crm}: {own.record} have new fields: ") and own.unread in note for note in notes), notes
