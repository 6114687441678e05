"""`bastao up`: every server of one company as children of this process. One dies or a signal comes: all stop."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from types import FrameType

import httpx
from rich.console import Console

from orchestration import dbt_runner, express, instance, receiving, sandbox_process, settings, webhooks
from orchestration.paths import PROJECT_ROOT
from orchestration.profile import Profile
from orchestration.runtime import Runtime

POLL_SECONDS = 0.3
STOP_SECONDS = 10.0
READY_SECONDS = 60.0
WHOLE_RUNS = 5  # niceness: whole runs take minutes anyway; webhooks, rejections and readers of the page do not wait for them


@dataclass
class Service:
    """One child: what it is for, how it is started, where a person finds it, and how far it gives way to the others."""

    name: str
    command: list[str]
    url: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    niceness: int = 0


def run(profile: Profile, console: Console) -> int:
    """Start everything, wait for a signal or a death, stop everything. Exit code 0 after a signal, 1 after a death."""
    console.print("Preparing the models and Dagster's folder …")
    dbt_runner.prepare_manifest(profile)
    instance.prepare(profile)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        if is_simulated(profile):
            console.print("Starting the simulated company …")
            children["sandbox"] = sandbox_process.start(profile)
            settings.export(sandbox_process.credentials(profile))
            console.print(f"  {'sandbox':<10} {sandbox_process.address(profile)}")
        for service in services_of(profile):
            children[service.name] = _start(profile, service)
            if service.url:
                console.print(f"  {service.name:<10} {service.url}")
        if is_simulated(profile):
            _subscribe(profile, children["receiver"])
        console.print("Ctrl-C stops them all.")
        dead = wait(children)
    finally:
        stop_all(list(children.values()))
    if dead is None:
        console.print("All stopped.")
        return 0
    console.print(f"{dead} ended by itself; the others were stopped. See {profile.paths.logs}/{dead}.log")
    return 1


def is_simulated(profile: Profile) -> bool:
    """Whether the profile's RD Station is the sandbox on this machine."""
    source = profile.sources.rd_station
    return source is not None and source.base_url.rstrip("/") == sandbox_process.address(profile)


def services_of(profile: Profile) -> list[Service]:
    """Dagster's two processes, the receiver, the express lane where it is used, and the page. All listen on loopback."""
    dagster = {"DAGSTER_HOME": str(profile.paths.dagster)}
    workspace = ["-w", str(PROJECT_ROOT / "workspace.yaml")]
    ports, here = profile.ports, "127.0.0.1"
    python = [sys.executable, "-m"]
    ui = [*python, "dagster_webserver", *workspace, "-h", here, "-p", str(ports.dagster)]
    page = [*python, "streamlit", "run", str(PROJECT_ROOT / "dashboard" / "page.py"), "--server.headless=true"]
    page += [f"--server.address={here}", f"--server.port={ports.page}", "--browser.gatherUsageStats=false"]
    page += ["--client.toolbarMode=minimal"]
    lane = [Service("express", [*python, "orchestration.cli", "express"])] if express.is_wanted(profile) else []
    return [
        Service("dagster", ui, f"http://{here}:{ports.dagster}", dagster),
        Service("daemon", [*python, "dagster._daemon", "run", *workspace], None, dagster, WHOLE_RUNS),
        Service("receiver", [*python, "orchestration.cli", "receive"], f"http://{here}:{ports.receiver}/hooks/…"),
        *lane,
        Service("page", [*page, "--", *page_arguments(profile)], f"http://{here}:{ports.page}"),
    ]


def page_arguments(profile: Profile) -> list[str]:
    """What the page is told: the published snapshot, the language, the company."""
    told = {"--published": profile.paths.published_bi, "--company": profile.company}
    told |= {"--locale": profile.locale, "--time-zone": profile.time_zone, "--currency": profile.currency}
    return [str(word) for pair in told.items() for word in pair]


def _start(profile: Profile, service: Service) -> subprocess.Popen[bytes]:
    """A child in a session of its own: Ctrl-C reaches this process alone, which then stops them in order."""
    environment = settings.child_environment(profile, service.environment)
    with (profile.paths.logs / f"{service.name}.log").open("ab") as log:
        return subprocess.Popen(
            service.command, cwd=PROJECT_ROOT, env=environment, stdout=log, stderr=log, start_new_session=True,
            preexec_fn=partial(os.nice, service.niceness) if service.niceness else None,
        )  # fmt: skip


def _subscribe(profile: Profile, receiver: subprocess.Popen[bytes]) -> None:
    """Let the simulated company deliver its webhooks here, once the receiver answers."""
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and receiver.poll() is None:
        with contextlib.suppress(httpx.HTTPError):
            httpx.get(f"http://127.0.0.1:{profile.ports.receiver}/health", timeout=2)
            with Runtime(profile) as runtime:
                webhooks.subscribe(runtime, receiving.local_address(profile))
            return
        time.sleep(POLL_SECONDS)


def wait(children: dict[str, subprocess.Popen[bytes]]) -> str | None:
    """Wait for SIGINT, SIGTERM (None) or the first child that ends (its name)."""
    asked = False

    def ask(_signal: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        while not asked:
            for name, child in children.items():
                if child.poll() is not None:
                    return name
            time.sleep(POLL_SECONDS)
        return None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def stop_all(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask all to end (SIGINT: Dagster's servers stop cleanly on it), then insist, until no process of theirs is left.

    Each child leads a group of its own, which outlives it: a run that Dagster's servers started would go on writing.
    """
    left = list(children)
    for number, patience in ((signal.SIGINT, STOP_SECONDS), (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0)):
        for child in left:
            with contextlib.suppress(ProcessLookupError):
                if number == signal.SIGINT:
                    child.send_signal(number)
                else:
                    os.killpg(child.pid, number)
        deadline = time.monotonic() + patience
        while (left := [child for child in left if _is_left(child)]) and time.monotonic() < deadline:
            time.sleep(0.05)


def _is_left(child: subprocess.Popen[bytes]) -> bool:
    """Whether a process of the child's group is alive. Asked until it is not: then the number may belong to others."""
    if child.poll() is None:
        return True
    try:
        os.killpg(child.pid, 0)
    except ProcessLookupError:
        return False
    return True
