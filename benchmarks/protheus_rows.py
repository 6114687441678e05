"""A Protheus database of one size for benchmarks: padded texts, binary floats, stamps, as the contract describes."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

CONTROL = ("R_E_C_N_O_", "D_E_L_E_T_", "S_T_A_M_P_")
SD2 = ["D2_FILIAL", "D2_DOC", "D2_SERIE", "D2_CLIENTE", "D2_LOJA", "D2_ITEM", "D2_COD", "D2_UM", "D2_QUANT", "D2_PRCVEN", "D2_TOTAL", "D2_VALIPI", "D2_VALICM", "D2_DESCON", "D2_TES", "D2_CF", "D2_TIPO", "D2_EMISSAO", "D2_PEDIDO", "D2_ITEMPV", "D2_NUMSEQ", "D2_QTDEDEV", "D2_VALDEV", "D2_CUSTO1"]
SF2 = ["F2_FILIAL", "F2_DOC", "F2_SERIE", "F2_CLIENTE", "F2_LOJA", "F2_TIPO", "F2_COND", "F2_DUPL", "F2_PREFIXO", "F2_EMISSAO", "F2_EST", "F2_VALMERC", "F2_VALIPI", "F2_FRETE", "F2_DESCONT", "F2_VALBRUT", "F2_VALFAT", "F2_VEND1", "F2_ESPECIE", "F2_CHVNFE"]
SA1 = ["A1_FILIAL", "A1_COD", "A1_LOJA", "A1_PESSOA", "A1_TIPO", "A1_EST", "A1_MUN", "A1_VEND", "A1_COND", "A1_MSBLQL", "A1_DTCAD", "A1_CGC", "A1_EMAIL", "A1_DDI", "A1_DDD", "A1_TEL"]
SF4 = ["F4_FILIAL", "F4_CODIGO", "F4_TIPO", "F4_DUPLIC", "F4_ESTOQUE", "F4_CF", "F4_TEXTO"]
TABLES = {
    "SA1010": [*CONTROL, *SA1], "SF2010": [*CONTROL, *SF2], "SD2010": [*CONTROL, *SD2], "SF4010": [*CONTROL, *SF4],
}  # fmt: skip


def fill(database: Path, items: int, rng: random.Random) -> None:
    """`items` invoice items, a third as many invoices, a fiftieth as many customers."""
    invoices, customers = max(1, items // 3), max(1, items // 50)
    with sqlite3.connect(database) as connection:
        connection.execute("pragma synchronous = off")
        for name, columns in TABLES.items():
            kinds = ", ".join(f"{column} integer primary key" if column == CONTROL[0] else column for column in columns)
            connection.execute(f"create table {name} ({kinds})")
            connection.execute(f"create index {name}_stamp on {name} (S_T_A_M_P_)")

        def put(name: str, rows: object) -> None:
            marks = ", ".join("?" * len(TABLES[name]))
            connection.executemany(f"insert into {name} values ({marks})", rows)  # type: ignore[arg-type]

        put("SF4010", [(1, " ", None, "  ", "501", "S", "S", "S", "5101 ", "VENDA".ljust(20))])
        put("SA1010", (
            (n, " ", _stamp(rng), "  ", f"{n:06d}", "01", "J", "F", "SP", "CAMPINAS".ljust(60), "000001", "002", "2", "20250101",
             "11222333000181", f"financeiro@empresa{n}.com.br".ljust(40), "55    ", "019", "32145678".ljust(15))
            for n in range(1, customers + 1)
        ))  # fmt: skip
        put("SF2010", (
            (n, " ", _stamp(rng), "01", f"{n:09d}", "1  ", f"{n % customers + 1:06d}", "01", "N", "002", f"{n:09d}", "1  ", _day(n),
             "SP", 100.0 + n % 977 / 100, 0.0, 12.5, 0.0, 112.5 + n % 977 / 100, 112.5, "000001", "SPED ", f"{n:044d}")
            for n in range(1, invoices + 1)
        ))  # fmt: skip
        put("SD2010", (
            (n, "*" if n % 97 == 0 else " ", _stamp(rng), "01", f"{n // 3 + 1:09d}", "1  ", f"{n % customers + 1:06d}", "01",
             f"{n % 3 + 1:02d}", "FILT-010".ljust(15), "UN", float(n % 20 + 1), 33.33, round(33.33 * (n % 20 + 1), 2), 0.0,
             round(5.99 * (n % 20 + 1), 2), 0.0, "501", "5101 ", "N", _day(n), f"{n // 3 + 1:06d}", "01", f"{n % 1_000_000:06d}", 0.0, 0.0,
             11.11)
            for n in range(1, items + 1)
        ))  # fmt: skip


def touch(database: Path, rows: int, number: int) -> str:
    """Change some invoice items; returns the stamp they get."""
    moment = f"2026-06-30 {number + 1:02d}:00:00.000"
    with sqlite3.connect(database) as connection:
        connection.execute(
            f"update SD2010 set D2_VALDEV = 1.0, S_T_A_M_P_ = '{moment}' where R_E_C_N_O_ % 100 = {number} and R_E_C_N_O_ <= {rows * 100}"
        )
    return moment


def _stamp(rng: random.Random) -> str | None:
    """Two rows in three have one: the column came later than the table."""
    if rng.random() < 0.33:
        return None
    return f"2026-0{rng.randrange(1, 6)}-{rng.randrange(1, 29):02d} {rng.randrange(24):02d}:{rng.randrange(60):02d}:00.000"


def _day(number: int) -> str:
    return f"2025{number % 12 + 1:02d}{number % 28 + 1:02d}"
