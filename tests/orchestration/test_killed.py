"""Killed with SIGKILL at each stage, the line ends as if nothing had happened, and nobody hears from us twice."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from orchestration.paths import PROJECT_ROOT

LEADS = "600"
# What the run says when a stage begins; it is killed a moment later.
STAGES = (
    "reading protheus",
    "reading rd station",
    "building and testing",
    "checking the marts",
    "returning rejected leads",
    "waiting until RD Station",
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """The demo's company with a sandbox on a free port."""
    folder = tmp_path / "company"
    shutil.copytree(PROJECT_ROOT / "profiles" / "demo", folder)
    config = folder / "bastao.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("8899", str(free_port())), encoding="utf-8")
    return folder


def start(company: Path, home: Path, log: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "orchestration.cli", "demo", "--profile", str(company), "--leads", LEADS, "--json"]
    environment = {**os.environ, "BASTAO_HOME": str(home)}
    with log.open("wb") as errors, log.with_suffix(".json").open("wb") as output:
        return subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, stdout=output, stderr=errors)


def finish(company: Path, home: Path, log: Path) -> dict[str, Any]:
    assert start(company, home, log).wait(900) == 0, log.read_text()
    return json.loads(log.with_suffix(".json").read_text())


def kill_at(stage: str, company: Path, home: Path, log: Path) -> None:
    process = start(company, home, log)
    deadline = time.monotonic() + 600
    while stage not in log.read_text() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.4)
    assert process.poll() is None, f"ended before {stage!r}: {log.read_text()}"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def events_seen_by_rd_station(home: Path) -> Counter[str]:
    """Delivery ids of the returns that the sandbox accepted."""
    seen: Counter[str] = Counter()
    for line in (home / "sandbox" / "journal.jsonl").read_text().splitlines():
        for kind, data in json.loads(line).get("changes", []):
            if kind == "mkt.pushed" and data.get("payload", {}).get("traffic_source") == "bastao":
                seen[data["payload"]["traffic_value"]] += 1
    return seen


def outbox_states(home: Path) -> dict[tuple[str, str], int]:
    """How many deliveries of each sync are in which state."""
    with sqlite3.connect(home / "state.db") as connection:
        rows = connection.execute("select sync, state, count(*) from outbox group by sync, state").fetchall()
    return {(sync, state): count for sync, state, count in rows}


@pytest.mark.long
def test_killed_at_each_stage_ends_the_same(company: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    expected = finish(company, whole, tmp_path / "whole.log")
    for number, stage in enumerate(STAGES):
        kill_at(stage, company, broken, tmp_path / f"{number}.log")
    result = finish(company, broken, tmp_path / "last.log")
    for part in ("funnel", "sla", "revenue", "returned_total", "confirmed_total"):
        assert result[part] == expected[part], part
    assert expected["returned_total"] > 0
    returned = events_seen_by_rd_station(broken)
    assert set(returned.values()) == {1}, "a lead was returned twice"
    assert set(returned) == set(events_seen_by_rd_station(whole))
    states = outbox_states(broken)
    assert states == outbox_states(whole)
    assert states["nurture_return", "confirmed"] == len(returned)
    # Owners shown in RD Station wait for the next reading; what is a return is over.
    assert not {("nurture_return", state) for state in ("sending", "pending", "accepted")} & set(states)
    assert not {state for _, state in states} & {"sending", "pending"}
