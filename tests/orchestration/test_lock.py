"""The warehouse lock: exclusive between processes, names its holder, and dies with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.lock import LockHeld, WarehouseLock

HOLD = """
import sys, time
from pathlib import Path
from orchestration.lock import WarehouseLock
with WarehouseLock(Path(sys.argv[1]))("dbt build"):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def holding(tmp_path: Path):  # type: ignore[no-untyped-def]
    path = tmp_path / "warehouse.lock"
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield path, process
    process.kill()
    process.wait()


def test_a_locked_warehouse_names_the_holder_and_the_way_out(holding: tuple[Path, subprocess.Popen[str]]) -> None:
    path, process = holding
    with pytest.raises(LockHeld) as caught, WarehouseLock(path)("publish", timeout=0.3):
        pass
    for word in ("'dbt build'", str(process.pid), "Wait for it to end"):
        assert word in str(caught.value)
    holder = WarehouseLock(path).holder()
    assert holder is not None
    assert (holder.name, holder.pid) == ("dbt build", process.pid)


def test_lock_of_a_killed_holder_is_free_at_once(holding: tuple[Path, subprocess.Popen[str]]) -> None:
    path, process = holding
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with WarehouseLock(path)("publish", timeout=1.0):
        holder = WarehouseLock(path).holder()
        assert holder is not None
        assert holder.name == "publish"
    assert WarehouseLock(path).holder() is None


def test_a_waiting_thread_gets_it_and_is_told_once(tmp_path: Path) -> None:
    path, told, got = tmp_path / "x.lock", [], threading.Event()

    def wait() -> None:
        with WarehouseLock(path, on_wait=told.append)("second", timeout=10):
            got.set()

    with WarehouseLock(path)("first"):
        thread = threading.Thread(target=wait)
        thread.start()
        time.sleep(0.35)
        assert not got.is_set()
    thread.join(5)
    assert got.is_set()
    assert [holder.name for holder in told] == ["first"]


def test_an_error_inside_frees_it(tmp_path: Path) -> None:
    lock = WarehouseLock(tmp_path / "x.lock")
    with pytest.raises(ZeroDivisionError), lock("first"):
        raise ZeroDivisionError
    with lock("second", timeout=0):
        pass


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_program_that_knows_nothing_of_the_lock_is_named(tmp_path: Path, wrapped: bool) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    hold = "import duckdb, sys, time; c = duckdb.connect(sys.argv[1]); print('held', flush=True); time.sleep(60)"
    stranger = subprocess.Popen([sys.executable, "-c", hold, str(warehouse)], stdout=subprocess.PIPE, text=True)
    try:
        assert stranger.stdout is not None
        assert stranger.stdout.readline() == "held\n"
        with pytest.raises(LockHeld) as caught, WarehouseLock(tmp_path / "lock")("publish"):
            try:
                duckdb.connect(str(warehouse), read_only=True)
            except duckdb.IOException as error:
                raise (RuntimeError("a stage failed") if wrapped else error) from error
    finally:
        stranger.kill()
        stranger.wait()
    for word in (str(warehouse), str(stranger.pid), "run again"):
        assert word in str(caught.value)


def test_other_errors_pass_the_lock_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), WarehouseLock(tmp_path / "lock")("publish"):
        _ = 1 / 0
