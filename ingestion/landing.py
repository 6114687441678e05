"""One dlt pipeline per outside system: where its cursors live, and how a package gets into the warehouse.

Rule of recovery: the warehouse is the truth. A package that a killed run left behind is loaded first; then the
cursors are taken from `_dlt_pipeline_state` of the warehouse (only completed packages count there), whatever the
pipeline's folder says. So a lost folder, a deleted warehouse or one restored from a copy never leaves a gap.
Only `settle` and `load` touch the warehouse, each inside the lock and for a moment.
"""

from __future__ import annotations

import contextlib
import copy
import logging
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, cast

import dlt
import duckdb
import psycopg
import pyarrow as pa
from dlt.common.destination.exceptions import DestinationUndefinedEntity
from dlt.pipeline.exceptions import PipelineStepFailed
from dlt.pipeline.state_sync import load_pipeline_state_from_destination

from ingestion.dlt_settings import use_own_settings
from ingestion.errors import LandingError
from ingestion.ports import Target
from ingestion.tables import TABLES, Engine, create_missing, dlt_columns

# For as long as a package is loaded. One checkpoint, at the end. dlt's two workers are the threads: with its own DuckDB divides
# each small file among them, which takes twice the processor time, and in the checkpoint one thread turns round and round until
# the other is ready. FSST is tried on every text column and takes a third of the checkpoint; dictionaries pack raw columns nearly
# as well (a tenth more bytes), and are faster to read.
_PACKAGE = """
    set global checkpoint_threshold = '1GB';
    set global threads = 1;
    set global disabled_compression_methods = 'fsst';
"""

Package = Mapping[str, pa.Table]
"""Typed rows by raw table, provenance included."""


class Landing:
    """The pipeline of one system. Use one per process at a time: dlt keeps a process-wide active pipeline."""

    def __init__(self, pipeline_name: str, dataset: str, target: Target) -> None:
        use_own_settings()
        self.dataset, self.target, self.name = dataset, target, pipeline_name
        self.engine: Engine = "postgres" if _is_url(target.destination) else "duckdb"
        self._pipeline = self._new_pipeline()

    def settle(self) -> None:
        """Load what an earlier run left behind, create missing tables, and take the cursors from the warehouse."""
        self._step("normalize")
        with self.target.lock(f"{self.name}: open"), self._opened():
            self._create_tables()
            self._step("load")
            self._restore()

    @property
    def state(self) -> dict[str, Any]:
        """A copy of the cursors that the last completed package stored."""
        sources = cast(dict[str, Any], self._pipeline.state.get("sources", {}))
        return copy.deepcopy(sources.get(self._source, {}))

    def discard_leftovers(self) -> None:
        """Remove what loaded packages and traces left in the pipeline's folder; what waits to be loaded stays."""
        folder = self.target.home / self.name
        shutil.rmtree(folder / "load" / "loaded", ignore_errors=True)
        (folder / "load" / "loaded").mkdir(parents=True, exist_ok=True)
        (folder / "trace.pickle").unlink(missing_ok=True)

    def load(self, tables: Package, state: dict[str, Any]) -> None:
        """Put rows and cursors into the warehouse as one package. Raises LandingError; a killed call is resumed."""
        columns = "evolve" if self._grew(tables) else "freeze"
        contract = {"tables": "evolve", "columns": columns, "data_type": "freeze"}
        source = self._as_source(tables, state)
        source.schema.set_schema_contract(cast(Any, contract))
        # PostgreSQL takes Parquet only through a driver that is not among our dependencies; CSV goes by COPY.
        file_format: Literal["parquet", "csv"] = "parquet" if self.engine == "duckdb" else "csv"
        try:
            self._pipeline.extract(source, loader_file_format=file_format)
        except PipelineStepFailed as error:
            raise self._failure("extract", error) from None
        self._step("normalize")
        with self.target.lock(f"{self.name}: load"), self._opened():
            self._step("load")

    def read(self, **queries: str) -> dict[str, list[tuple[Any, ...]]]:
        """Run SELECTs on the warehouse under the lock; results by the queries' names."""
        with self.target.lock(f"{self.name}: read"), self._connect(write=False) as connection:
            return {name: connection.execute(cast(Any, query)).fetchall() for name, query in queries.items()}

    @property
    def _source(self) -> str:
        return self.dataset.removeprefix("raw_")

    def _new_pipeline(self) -> dlt.Pipeline:
        factory = dlt.destinations.postgres if self.engine == "postgres" else dlt.destinations.duckdb
        return dlt.pipeline(
            self.name,
            pipelines_dir=str(self.target.home),
            destination=factory(str(self.target.destination)),
            dataset_name=self.dataset,
        )

    def _create_tables(self) -> None:
        # The inbox too: other sources ask it which records the outside named since they looked.
        with self._connect(write=True) as connection:
            create_missing(connection, self.engine, schemas=sorted({self.dataset, "raw_inbox"}))
            if self.engine == "postgres":
                connection.commit()

    def _connect(self, write: bool) -> Any:
        if self.engine == "postgres":
            return psycopg.connect(str(self.target.destination), autocommit=not write)
        Path(self.target.destination).parent.mkdir(parents=True, exist_ok=True)
        return duckdb.connect(str(self.target.destination), read_only=not write)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[None]:
        """The DuckDB file stays open meanwhile: dlt opens and closes it for every table, and each time that costs a checkpoint."""
        if self.engine == "postgres":
            yield
            return
        with self._connect(write=True) as connection:
            connection.execute(_PACKAGE)
            yield

    def _restore(self) -> None:
        try:
            with self._pipeline.destination_client() as client:
                remote = load_pipeline_state_from_destination(self.name, cast(Any, client))
        except DestinationUndefinedEntity:
            remote = None
        local = self._pipeline.state
        if remote is None and not local.get("sources"):
            return
        if remote is None or remote["_version_hash"] != local.get("_version_hash"):
            self._pipeline = self._pipeline.drop()
            if remote is not None:
                self._pipeline.sync_destination()

    def _grew(self, tables: Package) -> bool:
        """A release added a column to tables.py: only then may a table of the dlt schema change."""
        if not self._pipeline.default_schema_name:
            return False
        known = self._pipeline.default_schema.tables
        return any(
            spec.all_columns[0].name in known[name]["columns"]
            and any(column.name not in known[name]["columns"] for column in spec.all_columns)
            for name, spec in TABLES[self.dataset].items()
            if name in tables and name in known
        )

    def _as_source(self, tables: Package, state: dict[str, Any]) -> Any:
        specs = TABLES[self.dataset]

        def remember() -> Iterator[Any]:
            # Inside extraction, so that cursors travel in the same package as the rows they stand for.
            current = dlt.current.source_state()
            current.clear()
            current.update(copy.deepcopy(state))
            yield from ()

        def resources() -> Iterator[Any]:
            yield dlt.resource(remember(), name="cursors")
            for name, rows in tables.items():
                hints = cast(Any, dlt_columns(specs[name]))
                yield dlt.resource([rows], name=name, columns=hints, write_disposition="append")

        return dlt.source(resources, name=self._source, max_table_nesting=0)()

    def _step(self, step: Literal["normalize", "load"]) -> None:
        if not self._pipeline.has_pending_data:
            return
        try:
            if step == "normalize":
                self._pipeline.normalize()
            elif self.engine == "postgres":
                self._pipeline.load()
            else:
                self._pipeline.load(workers=2)  # twenty threads get in each other's way at one file
        except PipelineStepFailed as error:
            raise self._failure(step, error) from None

    def _failure(self, step: str, error: PipelineStepFailed) -> LandingError:
        """The cause without its message when that may quote rows; our own messages are safe."""
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, LandingError):
                return cause
            last, cause = cause, cause.__cause__ or cause.__context__
        logging.getLogger(__name__).debug("dlt %s failed in %s", step, self.name)
        return LandingError(
            f"{self.dataset}: dlt could not {step} a package ({type(last).__name__}). The package stays under "
            f"{self.target.home / self.name}; the next run tries it again first."
        )


def _is_url(destination: str | Path) -> bool:
    return str(destination).startswith(("postgres://", "postgresql://"))
