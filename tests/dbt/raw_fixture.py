"""Handcrafted raw rows and a dbt run over them: what the tests of the models stand on.

`Raw` collects rows per raw table, fills provenance, and writes them to DuckDB or PostgreSQL; `run_dbt` runs the
project in this process. Instants are naive UTC; a text like "2026-03-02 12:00:00" is accepted for any of them.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from contract.agreement import load_agreement
from contract.mappings import load_mappings
from contract.tables import agreement_tables
from ingestion.tables import TABLES, create_missing
from orchestration import dbt_runner, prepared
from orchestration.dbt_runner import let_the_file_go

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "dbt_project"
DEMO = ROOT / "profiles" / "demo"
AS_OF = "2026-06-30 21:00:00"


class Raw:
    """Rows for the raw schemas, in the order they are added (that order is `row_seq`)."""

    def __init__(self, agreement: bool = True) -> None:
        self.rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        self.count = 0
        if agreement:
            tables = agreement_tables(load_agreement(DEMO / "agreement"), load_mappings(DEMO / "mappings"))
            for table, rows in tables.items():
                for row in rows:
                    self.add("agreement", table, **row)

    def add(self, system: str, table: str, load_seq: int = 1, /, **values: Any) -> None:
        """Add one row to `raw_<system>.<table>`; an unknown column is an error, a missing one is null."""
        spec = TABLES[f"raw_{system}"][table]
        unknown = set(values) - set(spec.column_names)
        if unknown:
            raise KeyError(f"raw_{system}.{table} has no column {sorted(unknown)}")
        self.count += 1
        provenance = {"load_seq": load_seq, "row_seq": self.count, "record_origin": "poll"}
        self.rows[spec.schema, table].append({**values, **provenance})

    # -- what the tests talk about ---------------------------------------------------------------------------

    def contact(self, uuid: str, created_at: str, email: str | None = None, load_seq: int = 1, **values: Any) -> None:
        """An RD Station contact; its e-mail (default `<uuid>@x.com.br`) is its only identifier."""
        self.add("rd_station", "contacts", load_seq, contact_uuid=uuid, created_at=created_at, **values)
        email = email or f"{uuid}@x.com.br"
        self.add(
            "rd_station", "contact_identifiers", load_seq, contact_uuid=uuid, kind="email", value=email, position=0
        )

    def mark(self, uuid: str, at: str) -> None:
        """An opportunity mark."""
        self._event(uuid, "OPPORTUNITY", "default", at)

    def conversion(self, uuid: str, identifier: str, at: str, **traffic: str) -> None:
        """A conversion; `traffic` are its traffic_* columns."""
        self._event(uuid, "CONVERSION", identifier, at, **traffic)

    def _event(self, uuid: str, kind: str, identifier: str, at: str, **values: str) -> None:
        self.add(
            "rd_station",
            "conversions",
            contact_uuid=uuid,
            event_type=kind,
            event_identifier=identifier,
            occurred_at=at,
            event_key=f"{uuid}|{kind}|{identifier}|{at}",
            **values,
        )

    def seen(self, uuid: str, stage: str, at: str, **scores: int) -> None:
        """A funnel snapshot."""
        self.add("rd_station", "funnels", contact_uuid=uuid, lifecycle_stage=stage, observed_at=at, **scores)

    def crm_contact(self, contact_id: str, uuid: str | None = None, **values: Any) -> None:
        """A CRM contact, linked to an RD Station contact by its integration id."""
        self.add(
            "rd_station_crm",
            "contacts",
            contact_id=contact_id,
            integration_id=uuid,
            created_at="2026-01-01 00:00:00",
            **values,
        )

    def deal(
        self,
        deal_id: str,
        contacts: list[str],
        created_at: str,
        closed_at: str | None = None,
        status: str = "ongoing",
        load_seq: int = 1,
        **values: Any,
    ) -> None:
        """A deal with its contacts in order; made by the integration unless told otherwise."""
        values = {
            "from_rdsm_integration": True,
            "user_id": "u1",
            "user_changed": False,
            "observed_at": AS_OF,
            "stage_id": "s1",
            "organization_id": "o1",
            "win": {"won": True, "lost": False}.get(status),
            **values,
        }
        self.add(
            "rd_station_crm",
            "deals",
            load_seq,
            deal_id=deal_id,
            created_at=created_at,
            closed_at=closed_at,
            status=status,
            **values,
        )
        for position, contact_id in enumerate(contacts):
            self.add(
                "rd_station_crm",
                "deal_contacts",
                load_seq,
                deal_id=deal_id,
                contact_id=contact_id,
                position=position,
            )

    def visit(self, deal_id: str, visit_id: str, stage_id: str, start_at: str) -> None:
        """A visit of a deal to a stage (s1 Novo lead … s5 Proposta enviada)."""
        self.add(
            "rd_station_crm",
            "deal_stage_visits",
            deal_id=deal_id,
            visit_id=visit_id,
            stage_id=stage_id,
            start_at=start_at,
        )

    def task(self, task_id: str, deal_id: str, done_at: str, kind: str = "call") -> None:
        """A completed task, written down when it was done."""
        self.add(
            "rd_station_crm",
            "tasks",
            task_id=task_id,
            deal_id=deal_id,
            type=kind,
            done=True,
            done_at=done_at,
            created_at=done_at,
            user_id="u1",
        )

    def stages(self) -> None:
        """The five stages of the demo company's pipeline, s1 to s5."""
        names = ["Novo lead", "Aceito por vendas", "Qualificado", "Oportunidade", "Proposta enviada"]
        for number, name in enumerate(names, start=1):
            self.add(
                "rd_station_crm",
                "stages",
                stage_id=f"s{number}",
                stage_name=name,
                stage_order=number,
                pipeline_id="p1",
                pipeline_name="Vendas",
            )

    # -- writing ---------------------------------------------------------------------------------------------

    def write_duckdb(self, path: Path) -> Path:
        """Create every raw table in a new DuckDB file and fill it."""
        with duckdb.connect(str(path)) as connection:
            create_missing(connection, "duckdb")
            for (schema, table), rows in self.rows.items():
                columns, values = _matrix(rows)
                names = ", ".join(f'"{name}"' for name in columns)
                # As text: DuckDB casts on insert, and one Arrow table is far quicker than single rows.
                texts = [[None if value is None else str(value) for value in column] for column in zip(*values, strict=True)]
                connection.register("texts", pa.table(texts, names=columns))
                connection.execute(f'insert into "{schema}"."{table}" ({names}) select * from texts')
                connection.unregister("texts")
        return path

    def write_postgres(self, dsn: str) -> None:
        """Create every raw table in a PostgreSQL database and fill it."""
        import psycopg

        with psycopg.connect(dsn) as connection:
            create_missing(connection, "postgres")
            for (schema, table), rows in self.rows.items():
                columns, values = _matrix(rows)
                names = ", ".join(f'"{name}"' for name in columns)
                with connection.cursor().copy(f'copy "{schema}"."{table}" ({names}) from stdin') as copy:
                    for row in values:
                        copy.write_row(row)


def _matrix(rows: list[dict[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    columns = sorted({name for row in rows for name in row})
    return columns, [[row.get(name) for name in columns] for row in rows]


def fresh_warehouse(home: Path) -> Path:
    """The path of the warehouse in `home`, with nothing there."""
    path = home / "warehouse.duckdb"
    path.unlink(missing_ok=True)
    return path


def run_dbt(
    command: list[str],
    home: Path,
    database: Path | None = None,
    variables: dict[str, Any] | None = None,
    project: Path = PROJECT,
    **env: str,
) -> Any:
    """Run dbt in this process; raises AssertionError with dbt's own messages when it does not succeed.

    `database`: a DuckDB file. For PostgreSQL pass `BASTAO_DBT_PG_*` as `env` and `--target postgres` in `command`.
    """
    from dbt.cli.main import dbtRunner

    if database is not None:
        env["BASTAO_DBT_DUCKDB_PATH"] = str(database)
    manifest = parsed(home, env) if project == PROJECT and database is not None and database.stem == "warehouse" else None
    with environment(env), closed_after():
        result = dbtRunner(manifest=manifest).invoke(
            [
                *command,
                "--project-dir",
                str(project),
                "--profiles-dir",
                str(PROJECT),
                "--target-path",
                str(home / "target"),
                "--log-path",
                str(home / "logs"),
                "--log-level",
                "none",
                "--vars",
                json.dumps({"as_of": AS_OF, **(variables or {})}),
            ]
        )
    if not result.success:
        raise AssertionError(_story(result))
    return result


def parsed(home: Path, env: dict[str, str]) -> Any:
    """The project as `make install` parsed it, for one run (dbt compiles into it): other variables are no reason to parse anew."""
    from dbt.cli.main import dbtRunner

    crm = env.get("BASTAO_DBT_CRM", "rd_station_crm")
    folder = home / f"parsed-{crm}"
    if not folder.exists():
        prepared.fetch(folder, "duckdb", crm, dbt_runner.fingerprint("duckdb", crm))
    where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target", "duckdb", "--log-level", "none"]
    where += ["--target-path", str(folder / "parse"), "--log-path", str(home / "logs")]
    with environment({**env, "BASTAO_DBT_CRM": crm, "BASTAO_DBT_THREADS": dbt_runner.THREADS, **dbt_runner.PARSED_AGAINST}):
        result = dbtRunner().invoke(["parse", *where])
    if not result.success:
        raise AssertionError(_story(result))
    return result.result


@contextlib.contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """These variables in the environment of this process, for a while."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def closed_after() -> Iterator[None]:
    """Without this the DuckDB file stays locked by dbt's connection."""
    try:
        yield
    finally:
        let_the_file_go()


def _story(result: Any) -> str:
    if result.exception is not None:
        return f"dbt: {result.exception}"
    bad = [r for r in result.result if str(r.status) in ("error", "fail", "runtime error")]
    return "dbt failed:\n" + "\n".join(f"{r.node.unique_id}: {r.message}" for r in bad)


def fetch(database: Path, sql: str) -> list[dict[str, Any]]:
    """Rows of a query on a DuckDB file, as dicts."""
    with duckdb.connect(str(database), read_only=True) as connection:
        cursor = connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
