"""How long `bastao import` takes for a lead base: preview and load of 50,000 contacts into DuckDB.

    python -m benchmarks.import_contacts [--contacts 50000] [--json]

Promise: well under a minute each. What counts is processor time (one core), so that a busy machine changes nothing; the
wall's seconds stand beside it. Exit code 1 when one of them takes longer.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import os
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ingestion.files import imports
from ingestion.ports import NoLimits, Ports, Target

PROMISE_SECONDS = 60.0
HEADER = [
    "Email", "Nome", "Telefone", "Celular", "Cargo", "Empresa", "Estado", "Cidade", "Estágio no funil", "Dono do Lead",
    "Data da última oportunidade", "Lead Scoring - Perfil", "Lead Scoring - Interesse", "Tags", "URL pública",
    "Total de conversões", "Data da primeira conversão", "Origem da primeira conversão", "Data da última conversão",
    "Origem da última conversão", "Eventos (Últimos 100)", "Segmento", "Porte",
]  # fmt: skip


class _Clock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None: ...


@contextlib.contextmanager
def _no_lock(holder: str) -> Iterator[None]:
    yield


def write_base(path: Path, contacts: int) -> None:
    """A lead base as RD Station exports it, seeded."""
    rng = random.Random(7)
    begin = datetime(2023, 1, 1, tzinfo=UTC)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for number in range(contacts):
            first = begin + timedelta(seconds=rng.randrange(3 * 365 * 86400))
            last = first + timedelta(seconds=rng.randrange(90 * 86400))
            stage = rng.choices(["Lead", "Lead Qualificado", "Cliente"], [8, 2, 1])[0]
            writer.writerow([
                f"pessoa{number}@empresa{number % 9000}.com.br", f"Pessoa {number}", f"(11) 3{number % 1000:03}-{number % 10000:04}",
                f"+55 (11) 9{rng.randrange(6000, 9999)}-{rng.randrange(10000):04}", "Gerente", f"Empresa {number % 9000}", "SP",
                "Campinas", stage, "vendas@serra.com.br", "", rng.choice("abcd"), rng.randrange(100), "x, y",
                f"http://app.rdstation.com.br/leads/public/{uuid.UUID(int=rng.getrandbits(128), version=4)}",
                rng.randrange(1, 9), f"{first:%Y-%m-%d %H:%M:%S} -0300", "Busca Paga | google",
                f"{last:%Y-%m-%d %H:%M:%S} -0300", "Direto", "Abriu e-mail / " * 20, "Indústria", "51 a 200",
            ])  # fmt: skip


def measure(contacts: int) -> dict[str, Any]:
    """Seconds of preview and load."""
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        path = base / "leads.csv"
        write_base(path, contacts)
        started = time.perf_counter(), time.process_time()
        (shown,) = imports.preview(imports.open_import(path, None, "America/Sao_Paulo"), imports.Known(), datetime.now(UTC))
        previewed = time.perf_counter(), time.process_time()
        nothing: Any = None
        target = Target(base / "warehouse.duckdb", base / "dlt", _no_lock)
        report = imports.run(
            imports.open_import(path, None, "America/Sao_Paulo"), target, Ports(NoLimits(), nothing, _Clock(), 1)
        )
        loaded = time.perf_counter(), time.process_time()
        assert shown.rows == report.rows_by_table["rd_station_contacts"] == contacts
        megabytes = path.stat().st_size / 1e6
    return {
        "contacts": contacts, "megabytes": round(megabytes, 1),
        "preview_cpu_seconds": round(previewed[1] - started[1], 1), "preview_seconds": round(previewed[0] - started[0], 1),
        "load_cpu_seconds": round(loaded[1] - previewed[1], 1), "load_seconds": round(loaded[0] - previewed[0], 1), "rows": report.rows, "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }  # fmt: skip


def main() -> int:
    """Print the figures; 1 when the promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=50_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.contacts)
    print(json.dumps(found) if options.json else "\n".join(f"{name:<16} {value}" for name, value in found.items()))
    return int(max(found["preview_cpu_seconds"], found["load_cpu_seconds"]) > PROMISE_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
