"""How fast the sandbox is: start with the default company, and simple reads on one core (server CPU time)."""

import os
from pathlib import Path

import pytest

from tests.support.sandbox import sandbox_process


def cpu_seconds(pid: int) -> float:
    """CPU time that a process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads CPU time from /proc")
def test_start_and_reads_are_quick(tmp_path: Path) -> None:
    with sandbox_process("--home", str(tmp_path), "--no-limits", timeout=120) as (box, process):
        assert cpu_seconds(process.pid) < 8 * 1.5  # half as much again for machines slower than the one it was set on
        members = box.marketing("GET", "/platform/segmentations/1/contacts?page_size=125").json()["contacts"]
        headers, paths = box.marketing_headers(), [f"/platform/contacts/{row['uuid']}" for row in members]
        before, calls = cpu_seconds(process.pid), 3000
        for number in range(calls):
            box.client.get(paths[number % len(paths)], headers=headers)
        assert calls / (cpu_seconds(process.pid) - before) > 1500
