"""The example tables of the contract in a SQLite file: padded text, soft deletes, null stamps."""

import csv
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).parent / "data"


class Erp:
    """A database of Protheus that tests may change."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"

    def execute(self, sql: str, *values: Any) -> None:
        connection = sqlite3.connect(self.path)
        with connection:
            connection.execute(sql, values)
        connection.close()

    def load(self, file: Path, table: str, encoding: str = "utf-8", without: tuple[str, ...] = ()) -> None:
        """One CSV as a table; numbers become floats, as SQL Server keeps them."""
        with file.open(encoding=encoding, newline="") as handle:
            rows = list(csv.DictReader(handle))
        types = {row["column"]: row["dictionary_type"] for row in _dictionary()}
        names = [name for name in rows[0] if name not in without]
        values = [
            [None if row[name] == "\\N" else _typed(row[name], name, types) for name in names] for row in rows
        ]
        connection = sqlite3.connect(self.path)
        connection.execute("pragma synchronous = off")
        connection.execute(f"create table {table} ({', '.join(names)})")
        connection.executemany(f"insert into {table} values ({', '.join('?' * len(names))})", values)
        connection.commit()
        connection.close()


def _dictionary() -> list[dict[str, str]]:
    with (DATA / "columns.csv").open(newline="") as handle:
        return list(csv.DictReader(handle))


def _typed(value: str, name: str, types: dict[str, str]) -> Any:
    if name == "R_E_C_N_O_":
        return int(value)
    return float(value) if types.get(name) == "N" else value


@pytest.fixture
def make_erp(tmp_path: Path) -> Callable[..., Erp]:
    """A database with the example tables, except those in `skip`; `without` leaves columns out everywhere."""

    def make(skip: tuple[str, ...] = (), without: tuple[str, ...] = ()) -> Erp:
        erp = Erp(tmp_path / "protheus.db")
        for file in sorted(DATA.glob("*.csv")):
            if file.stem not in ("columns", "SA1010_cp1252", *skip):
                erp.load(file, file.stem, without=without)
        return erp

    return make
