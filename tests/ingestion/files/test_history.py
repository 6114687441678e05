"""Hand-overs with instants and the attempts of sales, from CSV and Parquet: what history outside a CRM looks like."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion.errors import SourceError
from ingestion.files import FilesError, reader
from ingestion.runner import Session

MAPPING = """\
time_zone: America/Sao_Paulo
tables:
  handoffs:
    file: passagens.csv
    columns:
      handoff_key: id
      person_key: pessoa
      mql_at: {column: recebido, zone: America/Sao_Paulo, format: "%d/%m/%Y %H:%M"}
      assigned_at: {column: atribuido, zone: America/Sao_Paulo, format: "%d/%m/%Y %H:%M"}
      accepted_at: {column: aceito, zone: America/Sao_Paulo, midnight_is_date: true}
      temperature: {column: temp, values: {Quente: hot, Morno: other, Frio: other}}
      rating: nota
      reason: motivo
  attempts:
    file: contatos.csv
    columns:
      attempt_key: id
      handoff_key: passagem
      channel: {column: meio, values: {Ligação: call, Zap: whatsapp}}
      outcome: {column: resultado, values: {Falou: contact, Não atendeu: no_answer}, otherwise: unknown}
      occurred_at: {column: quando, zone: America/Sao_Paulo}
"""
HANDOFFS = """\
id;pessoa;recebido;atribuido;aceito;temp;nota;motivo
P1;ana@exemplo.com;02/03/2026 09:00;02/03/2026 09:05;2026-03-02T10:00;quente;5;
P2;cliente 7;03/03/2026 09:00;;2026-03-03;MORNO;4,0;Sem orçamento
"""
ATTEMPTS = """\
id;passagem;meio;resultado;quando
C1;P1;ligação;falou;2026-03-02 09:30:15
C2;P2;Zap;caixa postal;2026-03-03T12:00-03:00
"""


def read(folder: Path, mapping: str = MAPPING, **files: str) -> dict[str, list[dict[str, Any]]]:
    texts = {"passagens": HANDOFFS, "contatos": ATTEMPTS, **files}
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "files.yaml").write_text(mapping, encoding="utf-8")
    rows: dict[str, list[dict[str, Any]]] = {}
    for part in reader(folder / "files.yaml", folder)(Session({}, 1, lambda **_: {})):
        for table, found in part.tables.items():
            rows.setdefault(table, []).extend(found)
    return rows


def test_hand_overs_with_instants_and_words(tmp_path: Path) -> None:
    first, second = read(tmp_path)["handoffs"]
    assert first["mql_at"] == datetime(2026, 3, 2, 12) and first["mql_on"] == date(2026, 3, 2)
    assert (first["assigned_at"], second["assigned_at"]) == (datetime(2026, 3, 2, 12, 5), None)
    # A date without a time is no instant: it stays empty, and is never midnight.
    assert (first["accepted_at"], second["accepted_at"]) == (datetime(2026, 3, 2, 13), None)
    assert (first["temperature"], second["temperature"]) == ("hot", "other")
    assert (first["rating"], second["rating"], second["reason"]) == (5, 4, "Sem orçamento")
    assert first["person_key"].startswith("sha256:") and second["person_key"] == "cliente 7"


def test_attempts_with_their_outcome(tmp_path: Path) -> None:
    assert read(tmp_path)["attempts"] == [
        {"attempt_key": "C1", "handoff_key": "P1", "channel": "call", "outcome": "contact",
         "occurred_at": datetime(2026, 3, 2, 12, 30, 15)},
        {"attempt_key": "C2", "handoff_key": "P2", "channel": "whatsapp", "outcome": "unknown",
         "occurred_at": datetime(2026, 3, 3, 15)},
    ]  # fmt: skip


def test_the_same_from_parquet_whatever_the_format_says(tmp_path: Path) -> None:
    expected = read(tmp_path)["handoffs"]
    columns = {
        "id": ["P1", "P2"],
        "pessoa": ["ana@exemplo.com", "cliente 7"],
        "recebido": pa.array([datetime(2026, 3, 2, 9), datetime(2026, 3, 3, 9)], pa.timestamp("us")),  # wall time
        "atribuido": pa.array([datetime(2026, 3, 2, 12, 5, tzinfo=UTC), None], pa.timestamp("ms", "UTC")),
        "aceito": ["2026-03-02T10:00", "2026-03-03"],
        "temp": pa.array(["Quente", "Morno"]).dictionary_encode(),
        "nota": [5.0, 4.0],
        "motivo": [None, "Sem orçamento"],
        "extra": [[1], [2]],  # a list cannot be mapped, and does not disturb
    }
    pq.write_table(pa.table(columns), tmp_path / "passagens.parquet")
    assert read(tmp_path, MAPPING.replace("passagens.csv", "passagens.parquet"))["handoffs"] == expected


def test_numbers_of_parquet_need_no_decimal_mark(tmp_path: Path) -> None:
    mapping = MAPPING + (
        "  movements:\n    file: notas.parquet\n    constants: {kind: invoice, currency: BRL}\n"
        "    columns: {movement_key: n, company_key: c, amount: {column: v, decimal: ','}, occurred_on: {column: d, format: '%d/%m/%Y'}}\n"
    )
    columns = {"n": [1, 2], "c": ["a", "b"], "v": [1234.5, 10.0], "d": [date(2026, 3, 2), date(2026, 3, 3)]}
    pq.write_table(pa.table(columns), tmp_path / "notas.parquet")
    rows = read(tmp_path, mapping)["movements"]
    assert [(row["movement_key"], row["amount"], row["occurred_on"]) for row in rows] == [
        ("1", Decimal("1234.50"), date(2026, 3, 2)),
        ("2", Decimal("10.00"), date(2026, 3, 3)),
    ]


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("C3;P1;Fax;falou;2026-03-02 09:40", "meio", "is none of the values that the mapping lists"),
        ("C3;P1;Zap;falou;2026-03-02", "quando", "is a date without a time of day"),
        ("C3;P1;Zap;falou;", "quando", "occurred_at is empty"),
        ("C3;P1;;falou;2026-03-02 09:40", "meio", "channel is empty"),
        ("C1;P1;Zap;falou;2026-03-02 09:40", "attempt_key", "key appears already at contatos.csv:2"),
    ],
)
def test_a_bad_attempt_is_set_aside_with_file_line_and_column(
    tmp_path: Path, line: str, column: str, reason: str
) -> None:
    rows = read(tmp_path, contatos=f"{ATTEMPTS}{line}\n")
    assert len(rows["attempts"]) == 2
    (bad,) = rows["quarantine"]
    assert (bad["file_name"], bad["line_no"], bad["column_name"]) == ("contatos.csv", 4, column)
    assert bad["reason"].startswith(reason)


@pytest.mark.parametrize(("rating", "reason"), [("6", "is no rating from 1 to 5"), ("bom", "is not a whole number")])
def test_a_rating_is_a_number_from_1_to_5(tmp_path: Path, rating: str, reason: str) -> None:
    rows = read(tmp_path, passagens=HANDOFFS.replace(";5;", f";{rating};"))
    assert [(row["column_name"], row["reason"]) for row in rows["quarantine"]] == [("nota", reason)]


@pytest.mark.parametrize(
    ("old", "new", "message", "remedy"),
    [
        ("Zap: whatsapp", "Zap: whatsap", "columns.channel.values.Zap: channel cannot be 'whatsap'", 'Did you mean "whatsapp"?'),
        ("otherwise: unknown", "otherwise: nothing", "columns.outcome.otherwise: outcome cannot be 'nothing'", "Use one of: contact"),
        ("rating: nota", "rating: {column: nota, otherwise: x}", "says `otherwise` and lists no `values`", "List them"),
        ("      channel: {column: meio, values: {Ligação: call, Zap: whatsapp}}\n", "", "channel is not mapped", "Add `channel:"),
        ("contatos.csv", "contatos.parquet", "'contatos.parquet' is not in the data folder", 'Did you mean "contatos.csv"?'),
    ],
)  # fmt: skip
def test_a_wrong_mapping_says_where_and_what_to_do(
    tmp_path: Path, old: str, new: str, message: str, remedy: str
) -> None:
    assert old in MAPPING
    with pytest.raises(FilesError) as caught:
        read(tmp_path, MAPPING.replace(old, new))
    assert message in str(caught.value) and remedy in str(caught.value), str(caught.value)


def test_a_file_that_is_no_parquet(tmp_path: Path) -> None:
    (tmp_path / "contatos.parquet").write_text(ATTEMPTS, encoding="utf-8")
    with pytest.raises(FilesError, match=r"contatos\.parquet: cannot be read as Parquet"):
        read(tmp_path, MAPPING.replace("contatos.csv", "contatos.parquet"))


def test_dates_in_place_of_instants_stop_the_load_when_they_are_many(tmp_path: Path) -> None:
    text = ATTEMPTS.replace(" 09:30:15", "").replace("T12:00-03:00", "")
    with pytest.raises(SourceError, match=r"2 of 2 lines are bad.*date without a time of day"):
        read(tmp_path, contatos=text)
