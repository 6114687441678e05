"""CSV exports: what loads, what goes to quarantine, and what stops the load with a clear message."""

from __future__ import annotations

import gzip
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contract.problems import ConfigurationError
from ingestion.errors import SourceError
from ingestion.files import FilesError, reader
from ingestion.files.csv_reader import CsvFile
from ingestion.files.source import run
from ingestion.runner import Session
from tests.ingestion.fakes import Home

MAPPING = """\
time_zone: America/Sao_Paulo
tables:
  handoffs:
    file: leads.csv
    columns:
      handoff_key: id
      mql_on: {column: data, format: "%d/%m/%Y"}
      channel: origem
  deals:
    file: vendas.csv
    columns:
      deal_key: negocio
      handoff_key: lead
      won_at: {column: ganho_em, zone: UTC, midnight_is_date: true}
      company_key: {column: cnpj, check: cnpj}
  movements:
    file: itens-*.csv
    join: [{file: pedidos.csv, on: pedido}]
    where: {situacao: [faturado]}
    columns:
      movement_key: {columns: [pedido, item]}
      company_key: {column: cnpj, check: cnpj}
      amount: {column: valor, decimal: ","}
      occurred_on: {column: data, format: "%d/%m/%Y"}
    constants: {kind: invoice, currency: BRL, is_sample: false}
"""
FILES = {
    "leads.csv": "id,data,origem\nL1,02/03/2026,google\nL2,03/03/2026,\nL3,04/03/2026,unknown\n",
    "vendas.csv": "negocio,lead,ganho_em,cnpj\n"
    "N1,L1,2026-03-05 01:30:00,11.222.333/0001-81\nN2,L2,2026-03-06 03:00:00,12.ABC.345/01DE-35\n",
    "itens-1.csv": "pedido;item;valor\nP1;1;1.234,56\nP1;2;R$ 10,00\n",
    "itens-2.csv": "pedido;item;valor\nP2;1;99,90\n",
    "pedidos.csv": "pedido;situacao;cnpj;data\nP1;faturado;11222333000181;10/03/2026\nP2;cancelado;11222333000181;11/03/2026\n",
}


def company(folder: Path, mapping: str = MAPPING, **changed: str | bytes) -> tuple[Path, Path]:
    """A mapping file and a data folder; `changed` replaces files (leads_csv=…)."""
    data = folder / "data"
    data.mkdir()
    for name, text in {
        **FILES,
        **{key.replace("_csv", ".csv"): value for key, value in changed.items()},
    }.items():
        (data / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    path = folder / "files.yaml"
    path.write_text(mapping, encoding="utf-8")
    return path, data


def read(paths: tuple[Path, Path]) -> tuple[dict[str, list[dict[str, Any]]], Session]:
    """All rows by table, and the session with its notes."""
    session = Session({}, 1, lambda **_: {})
    rows: dict[str, list[dict[str, Any]]] = {}
    for part in reader(*paths)(session):
        for table, found in part.tables.items():
            rows.setdefault(table, []).extend(found)
    return rows, session


def only(mapping: str, table: str) -> str:
    """The mapping cut down to one table."""
    blocks = mapping.split("\n  ")
    head = blocks[0]
    kept, keep = [], False
    for block in blocks[1:]:
        if not block.startswith(" "):
            keep = block.startswith(f"{table}:")
        if keep:
            kept.append(block)
    return "\n  ".join([head, *kept]) + "\n"


def test_canonical_rows(tmp_path: Path) -> None:
    rows, session = read(company(tmp_path))
    assert rows["handoffs"] == [
        {"handoff_key": "L1", "mql_on": date(2026, 3, 2), "channel": "google"},
        {"handoff_key": "L2", "mql_on": date(2026, 3, 3), "channel": None},
        {"handoff_key": "L3", "mql_on": date(2026, 3, 4), "channel": "unknown"},
    ]
    first, second = rows["deals"]
    # 01:30 UTC is still the day before in São Paulo; 03:00 UTC is midnight there: only the date is known.
    assert (first["won_at"], first["won_on"]) == (datetime(2026, 3, 5, 1, 30), date(2026, 3, 4))
    assert (second["won_at"], second["won_on"]) == (None, date(2026, 3, 6))
    assert (first["company_key"], second["company_key"]) == ("11222333000181", "12ABC34501DE35")
    assert [(row["movement_key"], row["amount"], row["occurred_on"]) for row in rows["movements"]] == [
        ("P1-1", Decimal("1234.56"), date(2026, 3, 10)),
        ("P1-2", Decimal("10.00"), date(2026, 3, 10)),
    ]
    assert rows["movements"][0]["is_sample"] is False and "quarantine" not in rows
    assert session.notes == ["movements: 1 lines left out by the mapping: 1 with situacao = cancelado."]


@pytest.mark.parametrize(
    "content",
    [
        FILES["leads.csv"].replace(",google", ",orgânico").encode("utf-8-sig").replace(b"\n", b"\r\n"),
        FILES["leads.csv"].replace(",google", ",orgânico").encode("cp1252"),
        FILES["leads.csv"].replace(",google", ",orgânico").replace(",", ";").encode(),
        FILES["leads.csv"].replace(",google", ",orgânico").replace(",", "\t").encode(),
        FILES["leads.csv"].replace(",google", ',"orgânico"').replace("L1", '"L1"').encode() + b"\n\n",
    ],
    ids=["bom-crlf", "cp1252", "semicolon", "tab", "quoted-and-blank-lines"],
)
def test_encodings_and_delimiters_are_found_out(tmp_path: Path, content: bytes) -> None:
    rows, _ = read(company(tmp_path, only(MAPPING, "handoffs"), leads_csv=content))
    assert [row["channel"] for row in rows["handoffs"]] == ["orgânico", None, "unknown"]


def test_gzip_is_read_like_the_plain_file(tmp_path: Path) -> None:
    mapping, data = company(tmp_path, only(MAPPING, "handoffs"))
    plain, _ = read((mapping, data))
    (data / "leads.csv").unlink()
    (data / "leads.csv.gz").write_bytes(gzip.compress(FILES["leads.csv"].encode()))
    assert read((mapping, data))[0] == plain
    (data / "leads.csv.gz").write_bytes(b"not gzip at all")
    with pytest.raises(FilesError, match=r"leads\.csv\.gz: cannot be read"):
        read((mapping, data))


def quarantine(rows: dict[str, list[dict[str, Any]]]) -> list[tuple[str, str | None, str, str, int]]:
    return [
        (row["source_table"], row["column_name"], row["reason"], row["file_name"], row["line_no"])
        for row in rows["quarantine"]
    ]


@pytest.mark.parametrize(
    ("line", "column", "reason"),
    [
        ("L4,31/02/2026,google", "data", "is not a date (expected %d/%m/%Y)"),
        ("L4,2026-03-01,google", "data", "is not a date (expected %d/%m/%Y)"),
        ("L4,,google", "data", "mql_on or mql_at is empty"),
        (",01/03/2026,google", "id", "handoff_key is empty"),
        ("L1,01/03/2026,google", "handoff_key", "key appears already at leads.csv:2"),
        ("L4,01/03/2026", None, "line has 2 fields, the header has 3"),
        ("L4,01/03/2026,a,b", None, "line has 4 fields, the header has 3"),
        (f"L4,01/03/2026,{'x' * 5000}", "origem", "is longer than 4000 characters"),
        (f"L4,01/03/2026,{'x' * 200_000}", None, "line is not valid CSV (a quote inside a quoted text?)"),
        ('L4,01/03/2026,"a"b', None, "line is not valid CSV (a quote inside a quoted text?)"),
    ],
)
def test_bad_line_is_set_aside_and_counted(
    tmp_path: Path, line: str, column: str | None, reason: str
) -> None:
    text = FILES["leads.csv"] + line + "\nL9,09/03/2026,google\n"
    rows, session = read(company(tmp_path, only(MAPPING, "handoffs"), leads_csv=text))
    assert [row["handoff_key"] for row in rows["handoffs"]] == ["L1", "L2", "L3", "L9"]
    assert quarantine(rows) == [("handoffs", column, reason, "leads.csv", 5)]
    assert any("1 lines in quarantine" in note for note in session.notes)


@pytest.mark.parametrize(
    ("cnpj", "reason"),
    [
        ("11222333000180", "is not a valid CNPJ (bad_check_digits)"),
        ("52998224725", "is not a valid CNPJ (bad_length)"),
        ("1.1222333000181E+13", "is not a valid CNPJ (bad_character)"),
    ],
)
def test_bad_cnpj_is_set_aside(tmp_path: Path, cnpj: str, reason: str) -> None:
    text = FILES["vendas.csv"] + f"N3,L3,2026-03-07 12:00:00,{cnpj}\n"
    rows, _ = read(company(tmp_path, only(MAPPING, "deals"), vendas_csv=text))
    assert len(rows["deals"]) == 2
    assert quarantine(rows) == [("deals", "cnpj", reason, "vendas.csv", 4)]
    assert cnpj not in str(rows["quarantine"])


@pytest.mark.parametrize(
    "amount", ["12.34", "1,234.56", "abc", "1,2,3", "--1", "99999999999999999,00", "1.23,4"]
)
def test_bad_amount_is_set_aside(tmp_path: Path, amount: str) -> None:
    text = f"pedido;item;valor\nP1;1;{amount}\nP1;2;5,00\n"
    rows, _ = read(company(tmp_path, only(MAPPING, "movements"), **{"itens-1_csv": text}))
    assert [row["amount"] for row in rows["movements"]] == [Decimal("5.00")]
    assert [entry[1] for entry in quarantine(rows)] == ["valor"]


def test_line_without_partner_in_the_joined_file(tmp_path: Path) -> None:
    text = "pedido;item;valor\nP1;1;5,00\nP7;1;5,00\n"
    rows, _ = read(company(tmp_path, only(MAPPING, "movements"), **{"itens-1_csv": text}))
    assert quarantine(rows) == [("movements", "pedido", "has no line in pedidos.csv", "itens-1.csv", 3)]


def test_personal_keys_are_hashed_in_quarantine(tmp_path: Path) -> None:
    text = FILES["leads.csv"] + "ana@empresa.com,99/99/2026,x\n529.982.247-25,99/99/2026,x\nL8,99/99/2026,x\n"
    rows, session = read(company(tmp_path, only(MAPPING, "handoffs"), leads_csv=text))
    keys = [row["record_key"] for row in rows["quarantine"]]
    assert keys[0].startswith("sha256:") and keys[1].startswith("sha256:") and keys[2] == "L8"
    assert "ana@" not in str(session.notes)


@pytest.mark.parametrize(
    ("old", "new", "message", "remedy"),
    [
        ("channel: origem", "channel: origen", "files.yaml:8: tables.handoffs.columns.channel: leads.csv has no column 'origen'", 'Did you mean "origem"?'),
        ("      channel: origem", "      chanel: origem", "files.yaml:8: tables.handoffs.columns.chanel: handoffs has no such column", 'Did you mean "channel"?'),
        ("  handoffs:", "  handofs:", "is not a table of the files source", 'Did you mean "handoffs"?'),
        ("leads.csv", "lead.csv", "'lead.csv' is not in the data folder", 'Did you mean "leads.csv"?'),
        ("      handoff_key: id\n", "", "handoff_key is not mapped", "handoff_key: <column of the file>"),
        ("handoff_key: id", "handoff_key: {column: id, columns: [id]}", "names no column of the file, or both", "Write one of the two"),
        ("time_zone: America/Sao_Paulo", "time_zone: Brasilia", "is not an IANA time zone", "America/"),
        ("    file: leads.csv", "    encoding: utf-9\n    file: leads.csv", "'utf-9' is not a text encoding", "cp1252"),
        ("    file: leads.csv", "    encoding: ascii\n    file: leads.csv", "leads.csv:2: is not ascii text", "encoding"),
        ("      channel: origem", "      channel: origem\n    constants: {channel: x}", "a constant and a mapped column at once", "Keep one"),
    ],
)  # fmt: skip
def test_wrong_mapping_stops_before_anything_is_read(
    tmp_path: Path, old: str, new: str, message: str, remedy: str
) -> None:
    mapping = only(MAPPING, "handoffs")
    assert old in mapping
    text = FILES["leads.csv"].replace("google", "orgânico")
    with pytest.raises(ConfigurationError) as caught:
        read(company(tmp_path, mapping.replace(old, new), leads_csv=text))
    assert message in str(caught.value) and remedy in str(caught.value), str(caught.value)


def test_instant_needs_its_zone_and_all_problems_come_at_once(tmp_path: Path) -> None:
    mapping = MAPPING.replace("zone: UTC, ", "").replace("  handoffs:", "  handofs:")
    with pytest.raises(FilesError) as caught:
        read(company(tmp_path, mapping))
    assert {problem.path for problem in caught.value.problems} == {
        "tables.handofs",
        "tables.deals.columns.won_at",
    }


def test_headers_of_every_file_and_join_are_checked(tmp_path: Path) -> None:
    with pytest.raises(FilesError) as caught:
        read(
            company(
                tmp_path,
                **{"itens-2_csv": "pedido;item;preco\nP2;1;5\n"},
                pedidos_csv="numero;situacao;cnpj;data\nP1;faturado;1;1\n",
            )
        )
    texts = [problem.message for problem in caught.value.problems]
    assert "itens-2.csv has no column 'valor'" in texts and "pedidos.csv has no column 'pedido'" in texts


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"id,id,data,origem\n1,2,3,4\n", "column 'id' appears twice"),
        (b"<!DOCTYPE html><html><body>Entrar</body></html>\n", "has no column 'id'"),
        (b'{"id": "L1"', "has no column 'id'"),
    ],
)
def test_unusable_files(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(FilesError, match=message):
        read(company(tmp_path, only(MAPPING, "handoffs"), leads_csv=content))


def test_quote_that_never_closes_stops_the_load(tmp_path: Path) -> None:
    text = FILES["leads.csv"] + 'L4,05/03/2026,"aberto\nL5,06/03/2026,x\n'
    with pytest.raises(SourceError, match=r"leads\.csv:5: a quote that opens here never closes"):
        read(company(tmp_path, only(MAPPING, "handoffs"), leads_csv=text))


def test_mostly_bad_lines_mean_a_wrong_mapping(tmp_path: Path) -> None:
    wrong = only(MAPPING, "handoffs").replace("%d/%m/%Y", "%m-%d-%Y")
    with pytest.raises(SourceError) as caught:
        read(company(tmp_path, wrong))
    text = str(caught.value)
    assert "3 of 3 lines are bad" in text and "leads.csv:2" in text and "files.yaml:3" in text


def test_data_folder_that_is_not_there(tmp_path: Path) -> None:
    mapping, _ = company(tmp_path)
    with pytest.raises(FilesError, match="--data"):
        read((mapping, tmp_path / "nowhere"))


def test_through_dlt_once_and_not_again_until_something_changes(tmp_path: Path, dlt_home: Home) -> None:
    mapping, data = company(tmp_path, leads_csv=FILES["leads.csv"] + "L4,99/99/2026,x\n")
    first = run(mapping, data, dlt_home.target, dlt_home.ports())
    assert first.rows_by_table == {"handoffs": 3, "quarantine": 1, "deals": 2, "movements": 2}
    second = run(mapping, data, dlt_home.target, dlt_home.ports())
    assert second.rows == 0 and "did not change" in second.notes[0]
    (data / "leads.csv").write_text(FILES["leads.csv"].replace("google", "bing"), encoding="utf-8")
    third = run(mapping, data, dlt_home.target, dlt_home.ports())
    assert third.rows_by_table["handoffs"] == 3
    found = dlt_home.query(
        "select handoff_key, channel, mql_on, load_seq, record_origin from raw_files.handoffs "
        "where handoff_key in ('L1', 'L2') order by load_seq, row_seq"
    )
    assert found == [
        ("L1", "google", date(2026, 3, 2), 1, "file"),
        ("L2", None, date(2026, 3, 3), 1, "file"),
        ("L1", "bing", date(2026, 3, 2), 3, "file"),
        ("L2", None, date(2026, 3, 3), 3, "file"),
    ]
    assert dlt_home.query("select line_no, file_name from raw_files.quarantine") == [(5, "leads.csv")]


def test_a_compressed_file_that_is_cut_off_says_so(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv.gz"
    path.write_bytes(gzip.compress("".join(f"{number},{number * 7919}\n" for number in range(3000)).encode())[:-40])
    with pytest.raises(SourceError, match=r"leads\.csv\.gz: is cut off or damaged"):
        CsvFile(path)
