"""From a rejection in the CRM to the accepted conversion in RD Station, with the processes that `bastao up` starts.

    .venv/bin/python -m benchmarks.push_latency                                                # a small company: some minutes
    .venv/bin/python -m benchmarks.push_latency --history 100000 --backfill 50000              # its express lane sees 100,000 leads
    .venv/bin/python -m benchmarks.push_latency --leads 100000 --backfill 50000                # the whole promise: hours on two cores

A simulated company is read, built and published as `bastao demo` does; then `bastao up` runs with its receiver, Dagster's
daemon with its sensors, and the express lane. Sellers reject open deals at random moments. `--backfill` lets so many
contacts be read at the same time, by the source's own reader into a warehouse of its own. `--history` makes the facts that
the lane reads as large as those of so many leads, by copies of the company's people under other names. The judge is the sandbox: when it
took the rejection, and when it took the event of that lead. `--keep DIR` keeps the company for another run.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import httpx

from orchestration import sandbox_process, settings
from orchestration.paths import PROJECT_ROOT
from orchestration.profile import Profile
from orchestration.runtime import Runtime

TARGET_SECONDS = 30.0
PATIENCE_SECONDS = 240.0
# Columns that name a record or link it to another: a copy of the company has its own in each.
NAMES = {"contact_uuid", "contact_id", "deal_id", "integration_id", "parent_deal_id", "organization_id", "event_key", "visit_id",
         "task_id", "value", "customer_code", "a1_cod"}  # fmt: skip
OPEN = """
    select o.source_id from marts.fct_handoffs as h
    inner join marts.bdg_handoff_opportunities as b on h.handoff_id = b.handoff_id and b.is_primary
    inner join marts.fct_opportunities as o on b.opportunity_id = o.opportunity_id
    inner join marts.dim_people as p on h.person_id = p.person_id
    where h.status = 'open' and o.outcome = 'open' and p.consent_status = 'granted' order by 1
"""


@dataclass
class Rejection:
    """One rejection; all instants are of this machine's monotonic clock, taken while polling every 50 ms."""

    deal_id: str
    rejected: float
    stages: dict[str, float] = field(default_factory=dict)

    def seconds(self) -> dict[str, float]:
        """Length of each stage."""
        found, last = {}, self.rejected
        for name, at in self.stages.items():
            found[name] = at - last
            last = at
        return found


def company(folder: Path, leads: int) -> Profile:
    """A copy of the demo's company on free ports, read and published once (kept when it is there already)."""
    home, copy = folder / "home", folder / "company"
    if not copy.exists():
        shutil.copytree(PROJECT_ROOT / "profiles" / "demo", copy)
        text = (copy / "bastao.yaml").read_text(encoding="utf-8")
        for old in ("8899", "8898", "8501", "3333"):
            text = text.replace(old, str(_free_port()))
        (copy / "bastao.yaml").write_text(text, encoding="utf-8")
    os.environ["BASTAO_HOME"] = str(home)
    profile = settings.load_profile(copy)
    if not profile.paths.published_bi.exists():
        _cli(profile, "demo", "--leads", str(leads), "--json")
    return profile


def enlarge(profile: Profile, leads: int, history: int) -> None:
    """Put copies of everybody into the facts file until it holds `history` leads; again after each publish."""
    path = profile.paths.published_facts
    if history <= leads or path.stat().st_ino == _enlarged.get(path):
        return
    with duckdb.connect(str(path), read_only=True) as connection:
        (there,) = connection.execute("select count(distinct contact_uuid) from raw_rd_station.contacts").fetchone() or (0,)
    if there > 2 * leads:  # a company that was kept: enlarged by the run before, and not published since
        _enlarged[path] = path.stat().st_ino
        return
    large = path.with_suffix(".large")
    shutil.copyfile(path, large)
    with duckdb.connect(str(large)) as connection:
        columns: dict[str, list[str]] = {}
        listed = "select table_schema || '.' || table_name, column_name from information_schema.columns where table_schema like 'raw_%'"
        for table, column in connection.execute(listed + " order by ordinal_position").fetchall():
            columns.setdefault(table, []).append(column)
        for table, names in columns.items():
            if not NAMES & set(names) or table.startswith(("raw_agreement", "raw_inbox")):
                continue
            shown = ", ".join(f"{name} || '#' || copy as {name}" if name in NAMES else name for name in names)
            connection.execute(f"insert into {table} select {shown} from {table}, range(1, {history // leads}) as copies(copy)")
        connection.execute("checkpoint")
    large.chmod(0o600)
    large.replace(path)
    _enlarged[path] = path.stat().st_ino


_enlarged: dict[Path, int] = {}


@contextlib.contextmanager
def up(profile: Profile) -> Iterator[None]:
    """`bastao up`, until the express lane listens."""
    command = [sys.executable, "-m", "orchestration.cli", "up", "--profile", str(profile.folder)]
    with (profile.paths.logs / "up.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait_for(lambda: "Ctrl-C" in (profile.paths.logs / "up.log").read_text(), 1200, "bastao up did not start")
        settings.export(sandbox_process.credentials(profile))
        yield
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)


@contextlib.contextmanager
def backfill(profile: Profile, contacts: int) -> Iterator[None]:
    """The reader of RD Station at work in a process of its own: every contact, into an empty warehouse beside ours, by the
    same account and the same quota."""
    if not contacts:
        yield
        return
    home = profile.paths.home / "backfill"
    shutil.rmtree(home, ignore_errors=True)
    command = [sys.executable, "-m", "benchmarks.push_latency", "--only-backfill", str(profile.folder), str(home), str(contacts)]
    process = subprocess.Popen(command, cwd=PROJECT_ROOT, start_new_session=True)
    try:
        yield
        print(f"the backfill {'was still running at the end' if process.poll() is None else 'ended before'}")
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(home, ignore_errors=True)


class _Enough(BaseException):
    """So many contacts were read."""


@dataclass
class _UpTo:
    """Progress that ends the reading."""

    contacts: int
    before: int = 0
    done: int = 0

    def step(self, _source: str, done: int, _total: int | None, _unit: str) -> None:
        if _unit == "contacts":
            self.done = done
            if self.before + done >= self.contacts:
                raise _Enough


def read_contacts(folder: Path, home: Path, contacts: int) -> None:
    """The backfill's process: everybody is read, and again, until it was so many."""
    from dataclasses import replace

    from ingestion import rd_station
    from ingestion.ports import Target
    from orchestration import accounts
    from orchestration.lock import WarehouseLock

    profile = settings.load_profile(folder)
    settings.export(sandbox_process.credentials(profile))
    home.mkdir(parents=True)
    with Runtime(profile) as runtime:
        count, turn = _UpTo(contacts), 0
        with contextlib.suppress(_Enough):
            while True:
                own, turn = home / str(turn), turn + 1
                own.mkdir()
                target = Target(own / "warehouse.duckdb", own / "dlt", WarehouseLock(own / "lock"))
                ports = replace(accounts.ports(runtime, "rd_station", 1), progress=count)
                rd_station.run(accounts.rd_station_config(runtime), ports, target)
                count.before, count.done = count.before + count.done, 0


def reject(profile: Profile, deal_id: str) -> Rejection:
    """A seller gives the lead back for a reason that leads to nurture."""
    base, token = sandbox_process.address(profile), os.environ["BASTAO_RD_CRM_TOKEN"]
    reasons = httpx.get(f"{base}/crm-v1/api/v1/deal_lost_reasons", params={"token": token}).json()["deal_lost_reasons"]
    reason = next(row for row in reasons if row["name"] == "Sem timing")
    body = {"deal": {"win": False, "deal_lost_reason_id": reason.get("id") or reason.get("_id")}}
    answer = httpx.put(f"{base}/crm-v1/api/v1/deals/{deal_id}", params={"token": token}, json=body, timeout=60)
    answer.raise_for_status()
    return Rejection(deal_id, time.monotonic())


def follow(profile: Profile, one: Rejection, since: int) -> None:
    """Note when each stage was seen, until the sandbox has accepted the event of this deal's hand-over."""
    subject = _subject(one.deal_id)
    with Runtime(profile) as runtime:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if "webhook received" not in one.stages and any(e["deal_id"] == one.deal_id for e in runtime.state.inbox.after(since)):
                one.stages["webhook received"] = time.monotonic()
            row = _delivery(runtime, subject)
            if row is not None:
                one.stages.setdefault("judged (in the outbox)", time.monotonic())
                if row["sent_at"] is not None:
                    one.stages.setdefault("consent asked, sent", time.monotonic())
                if row["state"] in ("accepted", "confirmed"):
                    one.stages["accepted"] = time.monotonic()
                    return
            time.sleep(0.05)
    raise TimeoutError(f"deal {one.deal_id} was not returned in {PATIENCE_SECONDS:.0f} s; seen so far: {list(one.stages)}")


def _subject(deal_id: str) -> str:
    import hashlib

    return hashlib.md5(f"rd_station_crm:deal:{deal_id}".encode(), usedforsecurity=False).hexdigest()


def _delivery(runtime: Runtime, subject: str) -> Any:
    from activation.plan import delivery_id

    key = delivery_id("nurture_return", subject, "1")
    return runtime.outbox.known("nurture_return", [key]).get(key)


def measure(profile: Profile, rejections: int, seed: int, before: Callable[[], None]) -> list[Rejection]:
    """Reject open deals one after another, at random moments, each until it is back in nurture."""
    with duckdb.connect(str(profile.paths.published_bi), read_only=True) as connection:
        deals = [deal_id for (deal_id,) in connection.execute(OPEN).fetchall()]
    chance = random.Random(seed)
    chance.shuffle(deals)
    done: list[Rejection] = []
    for deal_id in deals:
        if len(done) == rejections:
            break
        before()
        time.sleep(chance.uniform(0, 5))
        with Runtime(profile) as runtime:
            since = runtime.state.inbox.last_seq()
            if _delivery(runtime, _subject(deal_id)) is not None:
                continue  # rejected by an earlier run of a company that is kept: nothing to measure
        one = reject(profile, deal_id)
        try:
            follow(profile, one, since)
        except TimeoutError as error:
            print(error)  # counted below as what it is: slower than anything measured
            one.stages["accepted"] = one.rejected + PATIENCE_SECONDS
        done.append(one)
        print(f"{len(done):>3} {one.stages['accepted'] - one.rejected:6.1f} s  " + ", ".join(f"{k} {v:.1f}" for k, v in one.seconds().items()))
    return done


def report(done: Sequence[Rejection], as_json: bool) -> bool:
    """Print the figures; whether the promise was kept."""
    totals = sorted(one.stages["accepted"] - one.rejected for one in done)
    stages = list(dict.fromkeys(name for one in done for name in one.stages))
    rows = {name: sorted(one.seconds().get(name, 0.0) for one in done) for name in stages}
    found = {"rejections": len(done), "p50": _rank(totals, 50), "p95": _rank(totals, 95), "longest": totals[-1],
             "stages": {name: {"p50": _rank(values, 50), "p95": _rank(values, 95)} for name, values in rows.items()},
             "cores": os.cpu_count(), "load": os.getloadavg()[0]}  # fmt: skip
    if as_json:
        print(json.dumps(found))
    else:
        print(f"\n{len(done)} rejections; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        for name, values in [*rows.items(), ("rejected to accepted", totals)]:
            print(f"  {name:<26} p50 {_rank(values, 50):6.2f} s   p95 {_rank(values, 95):6.2f} s   mean {statistics.mean(values):6.2f} s")
    return _rank(totals, 95) < TARGET_SECONDS


def _rank(values: Sequence[float], percent: int) -> float:
    return round(values[-(-len(values) * percent // 100) - 1], 3)


def _cli(profile: Profile, *words: str) -> None:
    subprocess.run([sys.executable, "-m", "orchestration.cli", *words, "--profile", str(profile.folder)], cwd=PROJECT_ROOT, check=True)


def _wait_for(seen: Any, seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not seen():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(0.5)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def main() -> int:
    """Run it; 1 when the promise was not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--leads", type=int, default=1500)
    parser.add_argument("--history", type=int, default=0, help="leads that the express lane's facts hold (0: the company's)")
    parser.add_argument("--backfill", type=int, default=0, help="contacts that are read meanwhile (0: none)")
    parser.add_argument("--rejections", type=int, default=20)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--keep", type=Path, help="folder of the company; made when it is not there")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only-backfill", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    settings.quiet_tools()
    if options.only_backfill:
        company_folder, home, contacts = options.only_backfill
        read_contacts(Path(company_folder), Path(home), int(contacts))
        return 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:  # a run of Dagster may still be writing its end
        folder = (options.keep or Path(scratch)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        profile = company(folder, options.leads)
        enlarge(profile, options.leads, options.history)
        started = datetime.now()
        with up(profile):
            print(f"bastao up after {(datetime.now() - started).total_seconds():.0f} s; waiting for the express lane")
            _wait_for(lambda: _lane_listens(profile), 600, "the express lane did not begin to listen")
            with backfill(profile, options.backfill):
                done = measure(profile, options.rejections, options.seed, partial(enlarge, profile, options.leads, options.history))
        return 0 if report(done, options.json) else 1


def _lane_listens(profile: Profile) -> bool:
    with Runtime(profile) as runtime:
        return "express: listening" in runtime.state.last_runs(status="ok")


if __name__ == "__main__":
    raise SystemExit(main())
