"""A first load of Salesforce through Bulk API 2.0 against REST: the same company, the same reader, one run.

    .venv/bin/python -m benchmarks.salesforce_bulk                  # 16,000 leads, three rounds

The answers of both are recorded from the sandbox and served from memory, in turns. Bulk gets the best case: every job is
complete when it is first looked at, a page holds 100,000 records, CSV is read in C++, and its instants are written as REST
writes them (the contract leaves that open; other text would be read value by value). What lands must be equal (but for the
order of rows and the instants of the answers), else the script fails. It prints calls, bytes and times; the product reads by
REST (`ingestion/salesforce/BEHAVIOR.md` says why).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import duckdb
import httpx
import orjson
import pyarrow as pa
import pyarrow.csv

from benchmarks.crm_load import LAG, Seconds
from benchmarks.crm_readers import CRMS, Given, forget_addresses, load
from benchmarks.protheus_load import Watch
from benchmarks.recorded import Call, Recording, served
from ingestion import salesforce
from ingestion.garbage import rare_collections
from ingestion.http import TIMEOUT
from ingestion.http_wire import Raw, open_wire
from ingestion.ports import NoLimits, Ports
from ingestion.salesforce.client import Batch
from ingestion.salesforce.session import SalesforceSession
from tests.ingestion.fakes import FakeClock, MemoryTokens
from tests.support.sandbox import running_sandbox, simulated

RECORDS = 100_000  # of one page of results
ROWS = 20_000  # of one batch for the reader
OWN = ("observed_at", "row_seq", "_dlt_load_id", "_dlt_id")  # instants of answers, order of rows, dlt's names


class BulkApi(salesforce.SalesforceApi):
    """Queries in the order of a stamp go through jobs; small lists stay with REST."""

    def __init__(self, config: salesforce.SalesforceConfig, ports: Ports, transport: httpx.BaseTransport | None = None) -> None:
        super().__init__(config, ports, transport)
        self._session = SalesforceSession(config, ports.tokens, ports.clock, transport)
        self._wire = open_wire(config.base_url, TIMEOUT, transport)

    def query(self, soql: str) -> Iterator[Batch]:
        """See `SalesforceApi`."""
        if " ORDER BY " not in soql:
            yield from super().query(soql)
            return
        rows = self.table(soql)
        for start in range(0, len(rows), ROWS):
            part = rows.slice(start, ROWS)
            columns = [column.to_pylist() for column in part.columns]
            yield Batch([dict(zip(part.column_names, row, strict=True)) for row in zip(*columns, strict=True)], None, len(rows))

    def table(self, soql: str) -> pa.Table:
        """All rows of a job. Their order is made here: ORDER BY switches off Salesforce's own chunks (contract 4.3)."""
        plain, _, by = soql.partition(" ORDER BY ")
        job = orjson.loads(self._send("POST", "", {"operation": "queryAll", "query": plain, "contentType": "CSV"}).content)
        while job["state"] != "JobComplete":
            if job["state"] in ("Failed", "Aborted"):
                raise RuntimeError(f"job {job['state']}")
            job = orjson.loads(self._send("GET", f"/{job['id']}").content)
        pages, locator = list[pa.Table](), ""
        while locator != "null":
            answer = self._send("GET", f"/{job['id']}/results", maxRecords=RECORDS, **({"locator": locator} if locator else {}))
            pages.append(_read(answer.content))
            locator = answer.headers["sforce-locator"]
        return pa.concat_tables(pages).sort_by([(name, "ascending") for name in by.split(", ")])

    def close(self) -> None:
        """See `SalesforceApi`."""
        super().close()
        self._wire.close()

    def _send(self, method: str, path: str, body: Any = None, **params: Any) -> Raw:
        headers: dict[str, str] = {}
        self._session.apply(headers, params)
        content = orjson.dumps(body) if body else None
        answer = self._wire.send(method, f"{self._base}/jobs/query{path}", params, headers, content)
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        return answer


def _read(content: bytes) -> pa.Table:
    """A page as columns: text, but for checkboxes; an empty field is null. Names of relationships have a field of their own."""
    names = content[: content.index(b"\n")].decode().strip().replace('"', "").split(",")
    boxes = {name: pa.bool_() for name in names if name.startswith("Is")}
    options = pyarrow.csv.ConvertOptions(
        column_types={**dict.fromkeys(names, pa.string()), **boxes}, null_values=[""], strings_can_be_null=True
    )
    found = pyarrow.csv.read_csv(
        io.BytesIO(content), convert_options=options, parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True)
    )
    for name in {name.partition(".")[0] for name in names if "." in name}:
        found = found.append_column(name, pa.nulls(len(found)))
    return found


def columns(api: type[salesforce.SalesforceApi], base: str, given: Given, soqls: list[str]) -> Seconds:
    """What it takes to have the answers as columns, and nothing more: Bulk needs no dicts in between."""
    ports = Ports(NoLimits(), MemoryTokens(), FakeClock("2026-01-01T00:00:00Z"), 1)
    with contextlib.closing(api(CRMS["salesforce"].config(base, given), ports)) as service, rare_collections():
        watch = Watch()
        for soql in soqls:
            if isinstance(service, BulkApi):
                service.table(soql)
                continue
            fields = soql.partition(" FROM ")[0].removeprefix("SELECT ").split(", ")
            for batch in service.query(soql):
                for field in fields:
                    pa.array([record.get(field) for record in batch.records])
        return watch.read()


def first_load(
    api: type[salesforce.SalesforceApi], base: str, given: Given, home: Path, now: datetime,
    transport: httpx.BaseTransport | None = None,
) -> Seconds:  # fmt: skip
    """A first load into `home`, by a process that has met none of its addresses: what it took."""
    forget_addresses()
    home.mkdir()
    watch = Watch()
    load("salesforce", base, given, home, 1, now, transport, api=api)
    return watch.read()


def landed(home: Path) -> dict[str, int]:
    """For every raw table a number that its rows make, in whatever order."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        names = warehouse.execute(
            "select table_name, list(column_name order by column_name) from information_schema.columns "
            "where table_schema = 'raw_salesforce' and not starts_with(table_name, '_dlt') group by 1"
        ).fetchall()
        found = {}
        for table, columns in names:
            kept = ", ".join(f'"{name}"' for name in columns if name not in OWN)
            query = f"select count(*) || ' ' || coalesce(sum(hash(({kept}))::hugeint), 0) from raw_salesforce.{table}"
            found[table] = warehouse.execute(query).fetchone()[0]  # type: ignore[index]
    return found


def main() -> int:
    """Print the figures; 1 when the two do not land the same."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--leads", type=int, default=16_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    world = simulated(seed=11, leads=options.leads)
    apis = {"rest": salesforce.SalesforceApi, "bulk": BulkApi}
    calls: dict[str, list[Call]] = {}
    with tempfile.TemporaryDirectory(prefix="bastao-bench-") as folder:
        base = Path(folder)
        now = world.end + LAG
        with running_sandbox(world, now=world.end.isoformat(), limits=False, protheus_url="none", salesforce_bulk_instants="+0000") as box:
            given = box.credentials
            for name, api in apis.items():
                heard = Recording()
                first_load(api, box.url, given, base / name, now, heard)
                calls[name] = heard.calls
        if landed(base / "rest") != landed(base / "bulk"):
            print("Bulk and REST did not land the same rows.")
            return 1
        for name, heard_calls in calls.items():
            print(f"{name}: {len(heard_calls)} calls, {sum(len(call.answer) for call in heard_calls) / 1e6:.1f} MB of answers")
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {options.leads:,} leads", flush=True)
        soqls = [word for call in calls["rest"] for _, word in parse_qsl(call.target.partition("?")[2]) if " ORDER BY " in word]
        ratios, best = [], []
        with served(calls) as address:
            for number in range(options.rounds + 1):
                took = {name: first_load(api, f"{address}/{name}", given, base / f"{name}{number}", now) for name, api in apis.items()}
                if number == 0:
                    continue  # the first round also loads the libraries
                ratios.append(took["bulk"][1] / took["rest"][1])
                read = {name: columns(api, f"{address}/{name}", given, soqls) for name, api in apis.items()}
                best.append((took["rest"][1] - read["rest"][1] + read["bulk"][1]) / took["rest"][1])
                words = ", ".join(
                    f"{name} {took[name][0]:.1f} s ({took[name][1]:.1f} s of the processor, {read[name][1]:.2f} s of them until the "
                    "answers are columns)" for name in apis
                )  # fmt: skip
                print(f"{words}: {ratios[-1]:.2f} times REST's processor time, {best[-1]:.2f} without dicts", flush=True)
        print(
            f"Bulk takes {statistics.median(ratios):.2f} times REST's processor time; {statistics.median(best):.2f} if the reader "
            "took columns instead of records"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
