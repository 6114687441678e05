"""Runs dbt inside this process: a micro-batch takes about 1.5 s this way and 6 s through its command line.

`prepare_manifest` is the only build step; definitions and runs read what it wrote. Parsing gets no variables, because
dbt parses everything anew whenever one differs (and `as_of` always does); the real values go to the build.
"""

from __future__ import annotations

import fcntl
import gc
import graphlib
import hashlib
import json
import os
import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

from ingestion.garbage import rare_collections
from orchestration import prepared, settings
from orchestration.dbt_log import dbt_log, redact
from orchestration.paths import DBT_PROJECT
from orchestration.profile import Profile

MARK = prepared.MARK
# Parsing looks at no database. With one address for all homes, what one of them parsed serves the others; only the
# name of the file matters, because it is the name of the database in every relation.
PARSED_AGAINST = {"BASTAO_DBT_DUCKDB_PATH": "warehouse.duckdb"}
# One more than one core keeps busy is enough: dbt's own work per node does not run in parallel, the engine's does.
THREADS = str(max(2, min(4, os.cpu_count() or 1)))
# How dbt is run. What it would write of a build (its whole manifest again, a record of results) nobody reads: results come as
# events, and so does its log (orchestration/dbt_log.py).
QUIETLY = ("--log-level", "none", "--log-level-file", "none", "--no-send-anonymous-usage-stats", "--no-version-check")
BUILDING = (*QUIETLY, "--no-write-json")
RESULTS = {"LogSeedResult", "LogModelResult", "LogSnapshotResult", "LogTestResult"}
BAD_STATUS = {"error", "fail", "runtime error"}
_one_at_a_time = threading.Lock()  # dbt keeps global state: adapters, flags, log handlers


@dataclass(frozen=True, slots=True)
class DbtFailure:
    """A model that broke or a test that found something."""

    name: str
    kind: str
    message: str
    path: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name} ({self.path}): {self.message}"


class DbtError(RuntimeError):
    """dbt did not succeed; the message lists what failed and where to see more."""

    def __init__(self, failures: list[DbtFailure], log: Path, cause: str = ""):
        self.failures = failures
        lines = [f"  {failure}" for failure in failures[:20]] or [f"  {cause}"]
        more = f"\n  and {len(failures) - 20} more" if len(failures) > 20 else ""
        super().__init__("dbt failed:\n" + "\n".join(lines) + more + f"\nThe whole story is in {log}")


@dataclass(slots=True)
class DbtReport:
    """How many nodes ended in which status, and how long it took (seconds)."""

    statuses: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0


def prepare_manifest(profile: Profile) -> Path:
    """Parse the project, unless nothing in it changed, and put its manifest in place, whole.

    Safe to call from several processes at once.
    """
    paths = profile.paths.create()
    mark, inputs = paths.dbt / MARK, fingerprint(profile.engine, profile.crm)
    if paths.manifest.exists() and mark.exists() and mark.read_text() == inputs:
        return paths.manifest
    with _one_at_a_time:
        # What another home parsed of the very same files is complete: it need not be parsed again to be read.
        if not prepared.fetch(paths.dbt, profile.engine, profile.crm, inputs):
            _parse(profile)
            prepared.offer(paths.dbt, profile.engine, profile.crm, inputs)
    mark.write_text(inputs)
    return paths.manifest


def read_manifest(profile: Profile) -> dict[str, Any]:
    """The prepared manifest; FileNotFoundError says how to prepare it."""
    path = profile.paths.manifest
    if not path.is_file():
        raise FileNotFoundError(
            f"No prepared dbt manifest at {path}. Run `bastao prepare --profile {profile.folder}` first "
            "(`bastao run` and `bastao up` do it by themselves)."
        )
    return json.loads(path.read_text())


def node_count(profile: Profile) -> int:
    """How many models and data tests a whole build has."""
    kinds = (node["resource_type"] for node in read_manifest(profile)["nodes"].values())
    return sum(kind in ("model", "test", "seed", "snapshot") for kind in kinds)


def touched_by(profile: Profile, schemas: set[str]) -> str:
    """dbt's selection text for what another build can change when only these raw schemas got rows since the last one.

    That is what reads them and what looks at `as_of`, with all that follows from either, and the tests on it. Views
    that are left out keep the `known_at` of the last build, and nothing newer exists for them.
    """
    manifest = read_manifest(profile)
    clocked = {key for key, macro in manifest["macros"].items() if macro["name"] == "as_of"}
    while more := {key for key, macro in manifest["macros"].items() if clocked & set(macro["depends_on"]["macros"])} - clocked:
        clocked |= more
    pending = [key for key, source in manifest["sources"].items() if source["schema"] in schemas]
    pending += [key for key, node in manifest["nodes"].items() if clocked & set(node["depends_on"]["macros"])]
    found: set[str] = set()
    while pending:
        key = pending.pop()
        if key not in found:
            found.add(key)
            pending += manifest["child_map"].get(key, [])
    models = (manifest["nodes"][key] for key in found if key in manifest["nodes"])
    return " ".join(sorted(node["name"] for node in models if node["resource_type"] == "model"))


def ancestors(manifest: dict[str, Any], name: str) -> set[str]:
    """Keys of a model and of all that it is built from, sources included."""
    pending = [key for key, node in manifest["nodes"].items() if node["resource_type"] == "model" and node["name"] == name]
    found: set[str] = set()
    while pending:
        key = pending.pop()
        if key not in found:
            found.add(key)
            pending += manifest["parent_map"].get(key, [])
    return found


def compiled(profile: Profile, model: str, variables: dict[str, Any], database: Path) -> list[dict[str, Any]]:
    """The model and its ancestors with their SQL, in the order in which they are built (dbt's nodes as dicts).

    `database`: an empty DuckDB file to compile against; its name is the name of the database in every relation.
    Raises DbtError.
    """
    args = ["compile", "--vars", json.dumps(variables), "--select", f"+{model}", "--quiet"]
    with _one_at_a_time:
        result = _invoke(profile, args, "compile", _parse(profile), None, database)
    if not result.success:
        raise DbtError([], _log_folder(profile) / "dbt.log", redact(str(result.exception)))
    nodes = {one.node.unique_id: one.node.to_dict() for one in result.result.results}
    return _in_order({key: node for key, node in nodes.items() if node["resource_type"] == "model"})


def _in_order(nodes: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """Each node behind those it depends on."""
    needs = {key: set(node["depends_on"]["nodes"]) & nodes.keys() for key, node in nodes.items()}
    return [nodes[key] for key in graphlib.TopologicalSorter(needs).static_order()]


def build(
    profile: Profile,
    variables: dict[str, Any],
    select: str | None = None,
    on_result: Callable[[dict[str, Any]], None] | None = None,
) -> DbtReport:
    """Build models and run their data tests. Holds no lock: the caller has the warehouse. Raises DbtError."""
    report, started = DbtReport(), time.monotonic()
    for event in stream(profile, variables, select):
        status = str(event["data"].get("node_info", {}).get("node_status", "unknown"))
        report.statuses[status] = report.statuses.get(status, 0) + 1
        if on_result:
            on_result(event)
    report.seconds = time.monotonic() - started
    return report


def stream(profile: Profile, variables: dict[str, Any], select: str | None = None) -> Iterator[dict[str, Any]]:
    """Like `build`, yielding dbt's result events (as dicts) while it works; raises DbtError at the end if it failed.

    `select` is dbt's own selection text. Unit tests belong to the test suite and are left out.
    """
    args = ["build", "--vars", json.dumps(variables), "--exclude-resource-type", "unit_test"]
    if select:
        args += ["--select", *select.split()]
    results: queue.Queue[Any] = queue.Queue()
    done, outcome = object(), {}

    def on_event(event: Any) -> None:
        if event.info.name in RESULTS:
            results.put(_as_dict(event))

    def work() -> None:
        try:
            outcome["result"] = _invoke(profile, args, "target", _parse(profile), on_event)
        except BaseException as error:  # carried to the caller's thread
            outcome["error"] = error
        finally:
            results.put(done)

    with _one_at_a_time:
        worker = threading.Thread(target=work, name="dbt", daemon=True)
        worker.start()
        failures = []
        try:
            while (event := results.get()) is not done:
                if (failure := _failure(event)) is not None:
                    failures.append(failure)
                yield event
        finally:
            worker.join()  # also when the reader gives up: the warehouse must be closed before the lock goes
    log = _log_folder(profile) / "dbt.log"
    if "error" in outcome:
        raise outcome["error"]
    if not outcome["result"].success:
        raise DbtError(failures, log, redact(str(outcome["result"].exception or "no node could run")))


def _parse(profile: Profile) -> Any:
    """A manifest object (dbt compiles into it, so each build gets its own); its file is renamed into place."""
    paths = profile.paths
    with (paths.locks / "dbt-parse.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        result = _invoke(profile, ["parse"], "parse", None, None)
        remembered = paths.dbt / "parse" / "partial_parse.msgpack"
        if not result.success and remembered.exists():
            # dbt mistakes a description that moved to another file for a second one when it goes on from an older parse.
            remembered.unlink()
            result = _invoke(profile, ["parse"], "parse", None, None)
        if not result.success:
            raise DbtError([], _log_folder(profile) / "dbt.log", redact(str(result.exception)))
        written = paths.dbt / "manifest.json.new"
        shutil.copyfile(paths.dbt / "parse" / "manifest.json", written)
        written.replace(paths.manifest)
    return result.result


def fingerprint(engine: str, crm: str) -> str:
    """What the manifest depends on: the project's files, dbt itself, the engine and the CRM."""
    names = (path for path in DBT_PROJECT.rglob("*") if path.suffix in {".sql", ".yml", ".md", ".csv"})
    kept = (path for path in names if path.relative_to(DBT_PROJECT).parts[0] not in {"target", "logs"})
    facts = sorted(f"{path} {path.stat().st_mtime_ns} {path.stat().st_size}" for path in kept)
    facts += [engine, crm, version("dbt-core"), version("dbt-adapters")]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


@lru_cache(maxsize=4)
def made_of(settings: str) -> str:
    """A hash of the settings and of the SQL of all models and macros: a build goes on from one with the same alone."""
    names = sorted(path for path in DBT_PROJECT.rglob("*.sql") if path.relative_to(DBT_PROJECT).parts[0] in {"macros", "models"})
    texts = [f"{path.relative_to(DBT_PROJECT)}\n{path.read_text(encoding='utf-8')}" for path in names]
    return hashlib.sha256("\n".join([settings, version("dbt-core"), *texts]).encode()).hexdigest()


def _invoke(
    profile: Profile, args: list[str], target: str, manifest: Any, on_event: Any, database: Path | None = None
) -> Any:
    from dbt.cli.main import dbtRunner

    parsing = args == ["parse"] and profile.engine == "duckdb"
    connection = {"BASTAO_DBT_DUCKDB_PATH": str(database)} if database else _connection(profile)
    settings.export({"BASTAO_DBT_CRM": profile.crm, "BASTAO_DBT_THREADS": THREADS, **(PARSED_AGAINST if parsing else connection)})
    where = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target", profile.engine]
    where += ["--target-path", str(profile.paths.dbt / target), "--log-path", str(_log_folder(profile))]
    how = QUIETLY if args == ["parse"] else BUILDING
    try:
        with rare_collections(), dbt_log(_log_folder(profile)) as log:
            runner = dbtRunner(manifest=manifest, callbacks=[log, on_event] if on_event else [log])
            return runner.invoke([*args, *where, *how])
    finally:
        if profile.engine == "duckdb":
            let_the_file_go()


def let_the_file_go() -> None:
    """Close dbt's DuckDB, which otherwise keeps the file's write lock; whoever ran dbt in this process calls it.

    dbt's own closing only forgets the connection, and a cycle of references may keep it until somebody collects garbage.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    environment = DuckDBConnectionManager._ENV
    DuckDBConnectionManager.close_all_connections()
    if environment is not None:
        environment.close()
    gc.collect()  # cursors of its threads


def _connection(profile: Profile) -> dict[str, str]:
    """The environment that dbt_project/profiles.yml reads."""
    if profile.engine == "duckdb":
        return {"BASTAO_DBT_DUCKDB_PATH": str(profile.paths.warehouse)}
    url = make_url(settings.secret(profile, "engine_url_env").reveal())
    return {
        "BASTAO_DBT_PG_HOST": url.host or "127.0.0.1",
        "BASTAO_DBT_PG_PORT": str(url.port or 5432),
        "BASTAO_DBT_PG_USER": url.username or "",
        "BASTAO_DBT_PG_PASSWORD": str(url.password or ""),
        "BASTAO_DBT_PG_DBNAME": url.database or "",
    }


def _log_folder(profile: Profile) -> Path:
    return profile.paths.logs / "dbt"


def _as_dict(event: Any) -> dict[str, Any]:
    from google.protobuf.json_format import MessageToDict

    return MessageToDict(event, preserving_proto_field_name=True)


def _failure(event: dict[str, Any]) -> DbtFailure | None:
    node = event["data"].get("node_info", {})
    if str(node.get("node_status", "")).lower() not in BAD_STATUS:
        return None
    failed = event["data"].get("num_failures")
    message = f"{failed} rows" if failed else redact(str(event["info"].get("msg", ""))).splitlines()[0]
    kind = "test" if node.get("resource_type") == "test" else "model"
    return DbtFailure(str(node.get("node_name")), kind, message, str(node.get("node_path")))
