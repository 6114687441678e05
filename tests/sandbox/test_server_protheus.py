"""The Protheus database: physical conventions on both engines, and that it follows the clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import IntegrityError

from sandbox.world import World
from tests.sandbox import small_world as small
from tests.support.postgres import new_database
from tests.support.sandbox import SandboxHandle, running_sandbox, simulated

SA1 = {"A1_FILIAL": "  ", "A1_COD": "000010", "A1_LOJA": "01", "A1_NOME": "CAFÉ DA SERRA".ljust(40), "A1_ULTCOM": " " * 8}


def erp_world() -> World:
    """Two customers and an order; one is changed, one deleted and later packed, after the end."""
    world = small.small_world(
        [
            (small.at(1), "erp.upsert", {"table": "SA1010", "recno": 1, "row": SA1, "stamp": False}),
            (small.at(2), "erp.upsert", {"table": "SA1010", "recno": 2, "row": {**SA1, "A1_COD": "000011"}}),
            (small.at(3), "erp.upsert", {"table": "SD2010", "recno": 1, "row": {"D2_FILIAL": "01", "D2_TOTAL": Decimal("1234.56")}}),
            (small.END + timedelta(hours=1), "erp.upsert", {"table": "SA1010", "recno": 1, "row": {**SA1, "A1_ULTCOM": "20260125"}}),
            (small.END + timedelta(hours=2), "erp.delete", {"table": "SA1010", "recno": 2}),
            (small.END + timedelta(hours=2), "erp.upsert", {"table": "SA1010", "recno": 3, "row": {**SA1, "A1_COD": "000011"}}),
            (small.END + timedelta(hours=3), "erp.pack", {"table": "SA1010", "recno": 2}),
        ]
    )  # fmt: skip
    widths = {"A1_FILIAL": 2, "A1_COD": 6, "A1_LOJA": 2, "A1_NOME": 40, "A1_ULTCOM": 8, "A1_OBSERV": 10}
    kinds = {"A1_ULTCOM": "D", "A1_OBSERV": "M"}
    world.reference["erp_columns"] = {
        "SA1": [{"column": c, "type": kinds.get(c, "C"), "width": w, "decimals": 0} for c, w in widths.items()],
        "SD2": [{"column": "D2_FILIAL", "type": "C", "width": 2, "decimals": 0},
                {"column": "D2_TOTAL", "type": "N", "width": 14, "decimals": 2}],
    }  # fmt: skip
    key = "A1_FILIAL+A1_COD+A1_LOJA"
    world.reference["erp_tables"] = [
        {"alias": "SA1", "physical": "SA1010", "name": "Clientes", "sharing": "C", "unique_key": key, "has_recdel": True},
        {"alias": "SD2", "physical": "SD2010", "name": "Itens", "sharing": "E", "unique_key": "", "has_recdel": False},
    ]
    return world


@pytest.fixture(params=["sqlite", "postgres"])
def box(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SandboxHandle]:
    switches: dict[str, Any] = {"home": str(tmp_path / "home")}
    if request.param == "postgres":
        switches["protheus_url"] = new_database(request.getfixturevalue("postgres_url"), "protheus_test")
    with running_sandbox(erp_world(), **switches) as handle:
        yield handle


def rows(box: SandboxHandle, table: str) -> list[dict[str, Any]]:
    """All rows of a table, by upper-case column name, in R_E_C_N_O_ order."""
    engine = create_engine(box.credentials["protheus"]["url"])
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM {table} ORDER BY R_E_C_N_O_")).mappings().all()
    engine.dispose()
    return [{key.upper(): value for key, value in row.items()} for row in found]


def test_rows_look_as_dbaccess_writes_them(box: SandboxHandle) -> None:
    first, second = rows(box, "SA1010")
    assert first["A1_NOME"] == "CAFÉ DA SERRA".ljust(40) and first["A1_ULTCOM"] == " " * 8
    assert (first["D_E_L_E_T_"], first["R_E_C_N_O_"], first["R_E_C_D_E_L_"]) == (" ", 1, 0)
    assert first["S_T_A_M_P_"] is None and first["A1_OBSERV"] is None
    assert str(second["S_T_A_M_P_"])[:19] == str(small.at(2).replace(tzinfo=None))
    item = rows(box, "SD2010")[0]
    assert isinstance(item["D2_TOTAL"], float) and item["D2_TOTAL"] == 1234.56
    assert "R_E_C_D_E_L_" not in item


def test_the_database_follows_the_clock(box: SandboxHandle) -> None:
    box.advance(3600)
    changed = rows(box, "SA1010")[0]
    assert changed["A1_ULTCOM"] == "20260125"
    assert str(changed["S_T_A_M_P_"])[:19] == str((small.END + timedelta(hours=1)).replace(tzinfo=None))
    box.advance(3600)
    deleted = rows(box, "SA1010")[1]
    assert (deleted["D_E_L_E_T_"], deleted["R_E_C_D_E_L_"]) == ("*", 2)
    assert [row["R_E_C_N_O_"] for row in rows(box, "SA1010")] == [1, 2, 3]  # the deleted key was typed again
    box.advance(3600)
    assert [row["R_E_C_N_O_"] for row in rows(box, "SA1010")] == [1, 3]


def test_names_types_and_the_unique_key(box: SandboxHandle) -> None:
    url = box.credentials["protheus"]["url"]
    engine = create_engine(url)
    lower = engine.dialect.name == "postgresql"
    names = inspect(engine).get_table_names()
    assert ("sa1010" if lower else "SA1010") in names
    types = {c["name"].upper(): c["type"] for c in inspect(engine).get_columns(names[names.index("sa1010" if lower else "SA1010")])}
    assert types["A1_NOME"].length == 40 and "S_T_A_M_P_" in types
    again = {**SA1, "R_E_C_N_O_": 99}
    columns, marks = ", ".join(again), ", ".join(f":{name}" for name in again)
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(f"INSERT INTO SA1010 ({columns}) VALUES ({marks})"), again)
    engine.dispose()


def test_a_restart_shows_the_same_rows(tmp_path: Path) -> None:
    switches: dict[str, Any] = {"home": str(tmp_path)}
    with running_sandbox(erp_world(), **switches) as box:
        box.advance(7200)
        before = rows(box, "SA1010")
    with running_sandbox(erp_world(), **switches) as box:
        assert rows(box, "SA1010") == before


def test_installations_without_stamps(tmp_path: Path) -> None:
    with running_sandbox(erp_world(), home=str(tmp_path), protheus_stamps=False) as box:
        assert not {"S_T_A_M_P_", "I_N_S_D_T_"} & set(rows(box, "SA1010")[0])


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_the_simulated_company_fits_its_own_tables(tmp_path: Path, engine: str, request: pytest.FixtureRequest) -> None:
    world = simulated(seed=5, leads=80)
    switches: dict[str, Any] = {"home": str(tmp_path)}
    if engine == "postgres":
        switches["protheus_url"] = new_database(request.getfixturevalue("postgres_url"), "protheus_company")
    with running_sandbox(world, **switches) as box:
        live: dict[tuple[str, int], datetime] = {}
        for event in world.until(world.end):
            if event.kind == "erp.upsert":
                live[(event.data["table"], event.data["recno"])] = event.at
            elif event.kind == "erp.pack":
                live.pop((event.data["table"], event.data["recno"]), None)
        for table in {name for name, _ in live}:
            assert {row["R_E_C_N_O_"] for row in rows(box, table)} == {recno for name, recno in live if name == table}
        box.advance(20 * 86_400)  # the future keeps the unique keys too
