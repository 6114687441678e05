"""Starts and stops the simulated company. It is the outside world: a process of its own, spoken to over HTTP alone."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil

from orchestration import settings
from orchestration.errors import StageError
from orchestration.paths import PROJECT_ROOT
from orchestration.profile import Profile

READY_SECONDS = 900.0  # a company of 100,000 leads takes minutes to simulate; one that dies is noticed at once
STOP_SECONDS = 10.0


def address(profile: Profile) -> str:
    """Where the sandbox of this profile listens: loopback only."""
    return f"http://127.0.0.1:{profile.ports.sandbox}"


def command(profile: Profile, *options: str) -> list[str]:
    """The command line of the sandbox; `options` are its own switches (none: those of the last start)."""
    remembered = profile.paths.sandbox / "options"
    if options:
        remembered.write_text("\n".join(options))
    elif remembered.exists():  # the same company again: its home belongs to one world
        options = tuple(remembered.read_text().splitlines())
    speed = getattr(profile.sources.rd_station, "quota_speed", 1)
    media = ["--media", str(profile.media_folder)] if profile.sources.media_cost else []
    fixed = ["--port", str(profile.ports.sandbox), "--home", str(profile.paths.sandbox), "--limit-speed", f"{speed:g}"]
    return [sys.executable, "-m", "sandbox", "serve", *fixed, "--world-speed", "1", *media, *options]


def start(profile: Profile, *options: str) -> subprocess.Popen[bytes]:
    """Start the sandbox and wait until it answers. StageError when it does not come up."""
    profile.paths.create().sandbox.mkdir(exist_ok=True)
    log, note = profile.paths.logs / "sandbox.log", profile.paths.sandbox / "pid"
    _stop_orphan(profile, note)
    if _health(profile) is not None:
        raise StageError(f"Something already answers on {address(profile)}. Stop it, or change ports.sandbox.")
    with log.open("ab") as output:
        process = subprocess.Popen(command(profile, *options), cwd=PROJECT_ROOT, stdout=output, stderr=output, start_new_session=True)
    note.write_text(str(process.pid))
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if _health(profile) is not None:
            return process
        time.sleep(0.1)
    stop(process)
    words = log.read_text(errors="replace").strip().splitlines()[-1:] or ["(it said nothing)"]
    raise StageError(
        f"The simulated company did not start: {words[0]}\nIts log is {log}. To begin a new one from nothing, "
        f"delete the company's home: {profile.home}"
    )


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop this one process, firmly if it does not listen."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def running(profile: Profile, *options: str) -> Iterator[str]:
    """The sandbox, with its credentials in this process's environment; yields its address, stops it at the end."""
    process = start(profile, *options)
    try:
        settings.export(credentials(profile))
        yield address(profile)
    finally:
        stop(process)


def credentials(profile: Profile) -> dict[str, str]:
    """What the sandbox invented, under the environment names that the profile gives them."""
    given = ask(profile, "GET", "/sandbox/credentials")
    sources, found = profile.sources, dict[str, Any]()
    if rd := sources.rd_station:
        marketing = given["marketing"]
        found[rd.client_id_env] = marketing["client_id"]
        found[rd.client_secret_env] = marketing["client_secret"]
        found[rd.refresh_token_env] = marketing["refresh_token"]
    if crm := sources.rd_station_crm:
        found[crm.v1_token_env] = given["crm_v1"]["token"]
        found[crm.v2_client_id_env] = given["crm_v2"]["client_id"]
        found[crm.v2_client_secret_env] = given["crm_v2"]["client_secret"]
        found[crm.v2_refresh_token_env] = given["crm_v2"]["refresh_token"]
    if pipedrive := sources.pipedrive:
        found[pipedrive.token_env] = given["pipedrive"]["token"]
    if salesforce := sources.salesforce:
        for key in (key for key in salesforce.needed_secrets if key != "jwt_key_env"):
            found[getattr(salesforce, key)] = given["salesforce"][key.removesuffix("_env")]
    if hubspot := sources.hubspot:
        for key in ("token", "client_id", "client_secret", "refresh_token"):
            found[getattr(hubspot, f"{key}_env")] = given["hubspot"][key]
    if protheus := sources.protheus:
        found[protheus.url_env] = given["protheus"]["url"]
        found[protheus.rest_user_env] = given["protheus"]["username"]
        found[protheus.rest_password_env] = given["protheus"]["password"]
    return {name: str(value) for name, value in found.items() if value is not None}


def ask(profile: Profile, method: str, path: str, body: Any = None) -> Any:
    """One call of the sandbox's control API; StageError when it fails."""
    try:
        answer = httpx.request(method, address(profile) + path, json=body, timeout=30)
        answer.raise_for_status()
    except httpx.HTTPError as error:
        raise StageError(f"The sandbox did not answer {method} {path} ({type(error).__name__}).") from error
    return answer.json()


def _stop_orphan(profile: Profile, note: Path) -> None:
    """Stop the sandbox of an earlier run that was killed before it could stop its child. Only our own is touched."""
    pid = int(note.read_text()) if note.exists() else 0
    if not pid or str(profile.paths.sandbox) not in _command_of(pid):
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and str(profile.paths.sandbox) in _command_of(pid):
        time.sleep(0.1)


def _command_of(pid: int) -> str:
    """The command line of a process, empty when there is none: a number alone may belong to a stranger by now."""
    try:
        return " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return ""


def _health(profile: Profile) -> Any:
    try:
        return ask(profile, "GET", "/sandbox/health")
    except StageError:
        return None
