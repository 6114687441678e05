"""Several processes need a new token at once: one asks for it, the others use what it stored. RD Station CRM's refresh tokens
die at their first use, so a second question would end the account's access."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.paths import PROJECT_ROOT
from tests.support.sandbox import running_sandbox

PROCESSES = 4
CHILD = """
import json, sys
from pathlib import Path
from ingestion.ports import NoLimits, Ports
from ingestion.rd_station_crm import CrmApi, RdStationCrmConfig
from orchestration.clock import SystemClock
from orchestration.state import State
given = json.loads(sys.argv[1])
home = Path(given.pop("home"))
state = State(f"sqlite:///{home / 'state.db'}", home / "locks")
api = CrmApi(RdStationCrmConfig(**given), Ports(NoLimits(), state.token_store, SystemClock(), 1))
print("ready", flush=True)
for line in sys.stdin:
    print(api.v2("/lost_reasons", {"page[size]": 1}).status, flush=True)
"""


@pytest.mark.long
def test_one_process_renews_for_all(tmp_path: Path) -> None:
    with running_sandbox({"seed": 6, "leads": 20, "months": 1}, limits=False) as box:
        v1, v2 = box.credentials["crm_v1"], box.credentials["crm_v2"]
        given = {
            "token": v1["token"], "client_id": v2["client_id"], "client_secret": v2["client_secret"],
            "refresh_token": v2["refresh_token"], "v1_url": box.crm_v1_url, "v2_url": f"{box.url}/crm/v2", "home": str(tmp_path),
        }  # fmt: skip
        command = [sys.executable, "-c", CHILD, json.dumps(given)]
        children = [
            subprocess.Popen(command, cwd=PROJECT_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(PROCESSES)
        ]
        try:
            assert [child.stdout.readline() for child in children if child.stdout] == ["ready\n"] * PROCESSES
            for _ in range(3):
                for child in children:
                    assert child.stdin
                    child.stdin.write("go\n")
                    child.stdin.flush()
                assert [child.stdout.readline() for child in children if child.stdout] == ["200\n"] * PROCESSES
                box.expire_tokens()
        finally:
            for child in children:
                child.kill()
                child.wait()
