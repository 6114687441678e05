"""The simulated company's process: one that a killed run left behind is found and stopped, however narrow the terminal."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from orchestration import sandbox_process
from orchestration.profile import Profile


def test_an_orphan_is_stopped_in_a_narrow_terminal(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    home = profile.paths.create().sandbox
    home.mkdir(exist_ok=True)
    orphan = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "serve", "--home", str(home)])
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        note = home / "pid"
        note.write_text(str(orphan.pid))
        deadline = time.monotonic() + 30
        while not sandbox_process._command_of(orphan.pid) and time.monotonic() < deadline:
            time.sleep(0.01)  # for a moment after it was started a process has no command line
        sandbox_process._stop_orphan(profile, note)
        assert orphan.wait(5) != 0
        note.write_text(str(stranger.pid))
        sandbox_process._stop_orphan(profile, note)
        assert stranger.poll() is None
    finally:
        for process in (orphan, stranger):
            process.kill()
            process.wait()
