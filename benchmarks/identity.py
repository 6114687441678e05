"""How long it takes to find out who is one person among a million, and how right the answer is as the data gets dirty.

    python -m benchmarks.identity [--people 1000000] [--json]
    python -m benchmarks.identity --dirt 0 1 2 4 --people 20000      # precision and recall only
    python -m benchmarks.identity --rebuild                          # the day is built anew beside, and must be the same

Promise (2 cores): the components step under 60 s and the whole identity, from raw rows to people and their links, under
3 minutes, for a million people with three million identifiers. dbt builds the real models on a DuckDB file; beside it
the same links go through a union-find in plain Python, and both partitions must be equal. The next day, on which half a
percent of the records are read again, costs under a tenth of the whole identity: from the start of its first model to the end
of its last. Beside it the same of all that dbt does (its own start, the views of staging), by the clock and in processor time.
Exit code 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.identity_people import write, write_day
from benchmarks.protheus_load import Watch
from ingestion.garbage import rare_collections
from orchestration.dbt_runner import BUILDING, QUIETLY, THREADS, let_the_file_go
from orchestration.paths import DBT_PROJECT

COMPONENTS_SECONDS, WHOLE_SECONDS, DAY_SHARE = 60.0, 180.0, 0.1
COMPONENTS = ("int_identity_labels", "int_identity_seeds", "int_person_nodes")
_MODELS = ("+int_people", "fct_identity_links", "dim_person_ids", "int_identity_state")
_OWN = ("int_", "fct_", "dim_")  # models of identity; what is before them is staging
_LINKS = "select node_no, other_no from intermediate.int_identity_links where refusal_reason is null"
# A pair of records is right when both say that it is one person.
_PAIRS = """
with both_sides as (
    select p.person_id, r.i from intermediate.int_person_nodes as p inner join truth.records as r using (node)
),
decided as (select count(*) as n from both_sides group by person_id),
real as (select count(*) as n from both_sides group by i),
joint as (select count(*) as n from both_sides group by person_id, i)
select (select sum(n * (n - 1) // 2) from joint), (select sum(n * (n - 1) // 2) from decided), (select sum(n * (n - 1) // 2) from real)
"""


def build(database: Path, home: Path, code: str = "benchmark") -> dict[str, float]:
    """Run the models with dbt; seconds of each by name, `identity` from its first model to its last, `wall` and `processor` of all that
    dbt does. With the `code` of the last build it is a day."""
    from dbt.cli.main import dbtRunner

    os.environ.update({"BASTAO_DBT_DUCKDB_PATH": str(database), "BASTAO_DBT_THREADS": THREADS})
    where = ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target-path", str(home / "target")]
    where += ["--log-path", str(home / "logs"), "--vars", json.dumps({"as_of": "2026-06-30 21:00:00", "identity_code": code})]
    parsed = dbtRunner().invoke(["parse", *where, *QUIETLY]).result  # so that parsing is not measured
    os.sync()  # what was written before is not paid for by who writes next
    watch = Watch()
    with rare_collections():
        result = dbtRunner(manifest=parsed).invoke(["run", "--select", *_MODELS, *where, *BUILDING])
    wall, processor = watch.read()
    let_the_file_go()
    if not result.success:
        raise SystemExit(f"dbt failed: {result.exception or [one.message for one in result.result if one.status == 'error']}")
    own = [step for one in result.result if one.node.name.startswith(_OWN) for step in one.timing]
    identity = (max(step.completed_at for step in own) - min(step.started_at for step in own)).total_seconds()
    seconds = {one.node.name: float(one.execution_time) for one in result.result}
    return {**seconds, "identity": identity, "wall": wall, "processor": processor}


def union_find(links: list[tuple[int, int]]) -> dict[int, int]:
    """Connected components in plain Python: record -> its smallest record."""
    parent: dict[int, int] = {}

    def root(node: int) -> int:
        top = node
        while (above := parent.setdefault(top, top)) != top:
            top = above
        while parent[node] != top:
            parent[node], node = top, parent[node]
        return top

    for one, other in links:
        first, second = root(one), root(other)
        if first != second:
            parent[max(first, second)] = min(first, second)
    return {node: root(node) for node in parent}


def scores(connection: Any) -> dict[str, float]:
    """Precision and recall over pairs of records, and the links by outcome."""
    right, decided, real = connection.execute(_PAIRS).fetchone()
    reasons = connection.execute("select coalesce(refusal_reason, 'kept'), count(*) from marts.fct_identity_links group by 1").fetchall()
    return {"precision": float(right / decided), "recall": float(right / real), **{f"links {name}": n for name, n in sorted(reasons)}}


# Numbers of records may differ between two builds: they are inside matters.
_RESULTS = {"intermediate.int_people": "* exclude (first_record_no)", "marts.fct_identity_links": "*", "marts.dim_person_ids": "*"}


def next_day(database: Path, folder: Path, people: int, rebuild: bool) -> dict[str, Any]:
    """Land a day, build it from the last build; with `rebuild` compare it with a build anew. Seconds, and how many records."""
    with duckdb.connect(str(database)) as connection:
        landed = write_day(connection, people)
    seconds = build(database, folder)
    with duckdb.connect(str(database)) as connection:
        looked_at = connection.execute("select count(*) from intermediate.int_identity_changes").fetchone()[0]
        if not looked_at:
            raise SystemExit("the day was no day: all was built anew")
        for table, columns in _RESULTS.items():
            connection.execute(f"create or replace table truth.{table.split('.')[1]} as select {columns} from {table}")
    if rebuild:
        build(database, folder, code="")
        with duckdb.connect(str(database), read_only=True) as connection:
            for table, columns in _RESULTS.items():
                anew, kept = f"(select {columns} from {table})", f"truth.{table.split('.')[1]}"
                query = f"select count(*) from ((from {anew} except all from {kept}) union all (from {kept} except all from {anew}))"
                if connection.execute(query).fetchone()[0]:
                    raise SystemExit(f"{table} of the day differs from the one that is built anew")
    return {"records": landed, "looked_at": looked_at, "seconds": seconds}


def beside_plain_python(database: Path) -> dict[str, Any]:
    """The same links through a union-find in plain Python: its seconds, and whether the components are the same."""
    with duckdb.connect(str(database), read_only=True) as connection:
        links = connection.execute(_LINKS).fetchall()
        started = time.monotonic()
        plain = union_find(links)
        seconds = time.monotonic() - started
        labels = dict(connection.execute("select node_no, label from intermediate.int_identity_labels").fetchall())
        if plain != labels:
            raise SystemExit("the components of the models and of plain Python differ")
    return {"links": len(links), "largest component": max(Counter(labels.values()).values(), default=1), "seconds": seconds}


def measure(people: int, dirt: float, folder: Path, rebuild: bool) -> dict[str, Any]:
    """One company of so many people: seconds, ratio to plain Python, precision and recall."""
    database = folder / "warehouse.duckdb"
    database.unlink(missing_ok=True)
    with duckdb.connect(str(database)) as connection:
        identifiers = write(connection, people, dirt)
    seconds = build(database, folder)
    plain = beside_plain_python(database)
    with duckdb.connect(str(database), read_only=True) as connection:
        found = scores(connection)
    day = next_day(database, folder, people, rebuild)
    components, whole, later = sum(seconds[name] for name in COMPONENTS), seconds, day["seconds"]
    shares = {name: round(later[name] / whole[name], 3) for name in ("identity", "wall", "processor")}
    return {
        "people": people, "dirt": dirt, "identifiers": identifiers, "links": plain["links"],
        "largest component": plain["largest component"],
        "components seconds": round(components, 2), "whole seconds": round(whole["identity"], 2),
        "union-find in Python seconds": round(plain["seconds"], 2), "components / Python": round(components / plain["seconds"], 2),
        "day seconds": round(later["identity"], 2), "day / whole": shares["identity"],
        "whole, all of dbt": round(whole["wall"], 2), "day, all of dbt": round(later["wall"], 2), "day / whole, all of dbt": shares["wall"],
        "whole, processor": round(whole["processor"], 2), "day, processor": round(later["processor"], 2),
        "day / whole, processor": shares["processor"],
        "records of the day": day["records"], "records looked at": day["looked_at"],
        "by model": _by_model(whole), "by model of the day": _by_model(later),
        **{name: round(value, 4) for name, value in found.items()},
    }  # fmt: skip


def _by_model(seconds: dict[str, float]) -> dict[str, float]:
    return {name: round(took, 2) for name, took in seconds.items() if name.startswith(_OWN)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--dirt", type=float, nargs="*", default=[1.0])
    parser.add_argument("--rebuild", action="store_true")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    kept = True
    with tempfile.TemporaryDirectory() as folder:
        for dirt in args.dirt:
            found = measure(args.people, dirt, Path(folder), args.rebuild)
            kept &= found["components seconds"] < COMPONENTS_SECONDS and found["whole seconds"] < WHOLE_SECONDS
            kept &= found["day / whole"] < DAY_SHARE
            print(json.dumps(found) if args.json else "\n".join(f"{name}: {value}" for name, value in found.items()), flush=True)
    print(f"cores {os.cpu_count()}, load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
