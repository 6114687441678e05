"""Exports of ad accounts as they really look: what of them lands, what goes to quarantine, and what stops the load."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contract.problems import ConfigurationError
from ingestion.media_cost import MediaCostError, reader
from ingestion.runner import Session

MAPPING = """\
accounts:
  - {file: g*.csv, platform: google_ads, account: G, time_zone: America/Sao_Paulo}
  - {file: m*.csv, platform: meta_ads, account: M, time_zone: America/Sao_Paulo, channel: paid_social}
  - {file: l*.csv, platform: linkedin_ads, account: L}
  - {file: p*.csv, platform: csv, account: P, currency: BRL}
campaigns:
  - {platform: google_ads, id: "11", campaign: marca-2026}
  - {name: "[BR] Ebook", campaign: ebook}
  - {pattern: "[BR] look*", campaign: lookalike}
"""
NOON = datetime(2026, 7, 2, 15, tzinfo=UTC)


class Folder:
    """A company folder and its media folder; `read` gives the rows of a load by table, `known` what is loaded already."""

    def __init__(self, base: Path) -> None:
        self.mapping, self.media, self.state = base / "media_cost.yaml", base / "media", dict[str, Any]()
        self.media.mkdir()
        self.mapping.write_text(MAPPING, encoding="utf-8")
        self.notes: list[str] = []

    def put(self, name: str, text: str | bytes, at: datetime = NOON) -> None:
        path = self.media / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        os.utime(path, (at.timestamp(), at.timestamp()))

    def read(self) -> dict[str, list[dict[str, Any]]]:
        session = Session(self.state, 1, lambda **_: {"seen": []})
        found: dict[str, list[dict[str, Any]]] = {}
        for part in reader(self.mapping, self.media, "BRL", "America/Sao_Paulo")(session):
            for table, rows in part.tables.items():
                found.setdefault(table, []).extend(rows)
        self.notes = session.notes
        return found

    def costs(self) -> list[tuple[Any, ...]]:
        names = ("campaign_ref", "campaign_name", "spent_on", "amount", "original_currency")
        return [tuple(row[name] for name in names) for row in self.read()["daily"]]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    yield Folder(tmp_path)


def test_google_in_portuguese_with_tabs_preamble_and_totals(folder: Folder) -> None:
    lines = [
        "Relatório de campanhas",
        "1 de julho de 2026 - 2 de julho de 2026",
        "Dia\tCampanha\tID da campanha\tCódigo da moeda\tCusto\tImpr.\tCliques",
        "2026-07-01\tMarca; nova\t11\tBRL\t1.234,56\t12.345\t321",
        "2026-07-02\tMarca; nova\t11\tBRL\t0,04\t1\t --",
        "2026-07-02\tTotal Care\t12\tBRL\t10,00\t5\t1",
        "Total: Campanhas\t --\t --\tBRL\t1.244,60\t --\t --",
        "Total: Conta\t --\t --\tBRL\t9.999,99\t --\t --",
    ]
    folder.put("g.csv", ("\r\n".join(lines) + "\r\n").encode("utf-16"))
    found = folder.read()
    assert [(r["campaign_ref"], r["spent_on"].day, r["amount"], r["impressions"], r["clicks"], r["is_partial"])
            for r in found["daily"]] == [
        ("11", 1, Decimal("1234.56"), 12345, 321, False), ("11", 2, Decimal("0.04"), 1, None, True),
        ("12", 2, Decimal("10.00"), 5, 1, True),
    ]  # fmt: skip
    summary = found["files"][0]
    assert summary["total_amount"] == summary["stated_total"] == Decimal("1244.60")
    assert [(r["campaign_name"], r["campaign"], r["match_rule"]) for r in found["links"]] == [
        ("Marca; nova", "marca-2026", "campaign_id"), ("Total Care", None, "unmatched"),
    ]  # fmt: skip


def test_google_in_english_with_segments_that_add_up(folder: Folder) -> None:
    folder.put(
        "g.csv",
        'Campaign report\n"July 1, 2026 - July 1, 2026"\nDay,Campaign,Device,Currency code,Cost\n'
        '"Jul 1, 2026",Brand,Mobile,BRL,"1,000.10"\n"Jul 1, 2026",Brand,Desktop,BRL,0.15\nTotal: Campaigns, --, --,BRL,"1,000.25"\n',
    )
    assert folder.costs() == [(None, "Brand", date(2026, 7, 1), Decimal("1000.25"), "BRL")]


def test_meta_says_the_currency_in_a_header_and_the_sum_above(folder: Folder) -> None:
    folder.put(
        "m.csv",
        "\ufeffCampaign name,Day,Amount spent (BRL),Impressions,Reporting starts,Reporting ends\n"
        ",,35.50,,2026-07-01,2026-07-02\n[BR] Ebook,2026-07-01,12.5,100,2026-07-01,2026-07-02\n"
        "[BR] Lookalike 1%,2026-07-01,23,,2026-07-01,2026-07-02\n[BR] Lookalike 1%,2026-07-02,,,2026-07-01,2026-07-02\n",
    )
    found = folder.read()
    assert [row["amount"] for row in found["daily"]] == [Decimal("12.50"), Decimal("23.00"), Decimal("0.00")]
    assert {row["channel"] for row in found["daily"]} == {"paid_social"}
    assert found["files"][0]["stated_total"] == Decimal("35.50")
    assert {(r["campaign"], r["match_rule"]) for r in found["links"]} == {("ebook", "campaign_name"), ("lookalike", "name_pattern")}


@pytest.mark.parametrize(("written", "amount"), [("1234.56", "1234.56"), ("1.234,56", "1234.56"), ("1.234", "1234.00")])
def test_meta_in_portuguese_with_either_decimal_mark(folder: Folder, written: str, amount: str) -> None:
    folder.put("m.csv", f'Nome da campanha,Dia,"Valor usado (BRL)"\nEbook,2026-07-01,"{written}"\n')
    assert folder.costs() == [(None, "Ebook", date(2026, 7, 1), Decimal(amount), "BRL")]


def test_one_line_decides_for_a_whole_file(folder: Folder) -> None:
    folder.put("m.csv", "Nome da campanha;Dia;Valor usado (BRL)\nA;03/04/2026;1.234\nA;25/04/2026;12.50\n")
    assert [(row[2], row[3]) for row in folder.costs()] == [
        (date(2026, 4, 3), Decimal("1.23")), (date(2026, 4, 25), Decimal("12.50")),
    ]  # fmt: skip


def test_meta_that_is_not_broken_down_by_day_is_refused(folder: Folder) -> None:
    folder.put(
        "m.csv",
        "Campaign name,Amount spent (BRL),Reporting starts,Reporting ends\nA,10.00,2026-07-01,2026-07-31\n",
    )
    with pytest.raises(MediaCostError, match=r"media_cost.yaml:3: .*m.csv: 1 of 1 lines are bad.*not broken down by day"):
        folder.read()


def test_linkedin_has_days_of_utc_and_says_when_it_was_made(folder: Folder) -> None:
    text = (
        "Campaign Performance Report (in UTC)\nReport Start: July 1, 2026, 12:00 AM\nReport End: July 2, 2026, 11:59 PM\n"
        "Date Generated: July 2, 2026, 1:05 AM\n\n"
        "Start Date (in UTC)\tCampaign Name\tCampaign ID\tCurrency\tTotal Spent\n"
        "7/1/2026\tNR-12\t33\tBRL\t33.33\n7/2/2026\tNR-12\t33\tBRL\t3.30\n"
    )
    folder.put("l.csv", text.encode("utf-16-le"))
    rows = folder.read()["daily"]
    assert [(r["spent_on"].day, r["time_zone"], r["is_partial"]) for r in rows] == [(1, "UTC", False), (2, "UTC", True)]
    assert rows[0]["exported_at"] == datetime(2026, 7, 2, 1, 5)


def test_a_plain_file_of_a_spreadsheet_gzipped(folder: Folder) -> None:
    text = "Data;Campanha;Canal;Custo;Moeda\r\n01/07/2026;Estande São Paulo;event;R$ 1.900,00;\r\n"
    folder.put("p.csv.gz", gzip.compress(text.encode("cp1252")))
    row = folder.read()["daily"][0]
    assert (row["campaign_name"], row["channel"], row["amount"]) == ("Estande São Paulo", "event", Decimal("1900.00"))


def test_bad_lines_go_to_quarantine_with_file_and_line(folder: Folder) -> None:
    folder.put(
        "p.csv",
        "date,campaign,cost\n2026-07-01,A,1.00\n2026-07-02,A,1.00\n2026-07-03,A,1.00\n2026-07-04,A,1.00\n"
        "yesterday,A,1.00\n2026-07-02,,1.00\n2026-07-02,A,ten\n2026-07-02,A\n",
    )
    found = folder.read()
    assert [(r["line_no"], r["column_name"], r["reason"]) for r in found["quarantine"]] == [
        (6, "date", "is not a day"), (7, "campaign", "is empty"),
        (8, "cost", "is not an amount with decimal mark '.'"), (9, "", "line has 2 fields, the header has 3"),
    ]  # fmt: skip
    assert found["files"][0]["quarantined"] == 4 and len(found["daily"]) == 4
    assert "4 lines of p.csv in quarantine" in folder.notes[0]
    assert all(row["file_name"] == "p.csv" for row in found["quarantine"])


def test_the_same_file_is_not_loaded_again_and_a_changed_one_is(folder: Folder) -> None:
    folder.put("p.csv", "date,campaign,cost\n2026-07-01,A,1.00\n")
    assert len(folder.read()["daily"]) == 1
    folder.state["links"] = "x"
    assert "daily" not in folder.read()
    folder.put("p.csv", "date,campaign,cost\n2026-07-01,A,2.00\n")
    assert folder.costs()[0][3] == Decimal("2.00")
    folder.mapping.write_text(MAPPING.replace("account: P,", "account: Q,"), encoding="utf-8")
    assert {row["account_id"] for row in folder.read()["daily"]} == {"Q"}


def test_another_currency_needs_rates_and_is_converted_with_them(folder: Folder) -> None:
    folder.put("l.csv", "Start Date (in UTC),Campaign Name,Currency,Total Spent\n7/4/2026,A,USD,10.00\n7/6/2026,A,USD,2.00\n")
    with pytest.raises(MediaCostError, match=r"l.csv is in USD, the company counts in BRL, and there is no rate for 2 days "
                                             r"\(2026-07-04 to 2026-07-06\)"):  # fmt: skip
        folder.read()
    folder.mapping.write_text(MAPPING + "rates: cambio.csv\n", encoding="utf-8")
    with pytest.raises(MediaCostError, match=r"media_cost.yaml:10: rates: 'cambio.csv' is not beside this file"):
        folder.read()
    rates = folder.mapping.parent / "cambio.csv"
    rates.write_text("date,currency,rate\n2026-07-03,USD,5.4321\n2026-07-06,USD,five\n")
    with pytest.raises(MediaCostError, match=r"cambio.csv:3: is not a rate"):
        folder.read()
    rates.write_text("date,currency,rate\n2026-07-03,USD,5.4321\n2026-07-06,USD,5.5\n")
    rows = folder.read()["daily"]
    # 4 July was a Saturday: Friday's rate counts.
    assert [(r["amount"], r["currency"], r["original_amount"]) for r in rows] == [
        (Decimal("54.32"), "BRL", Decimal("10.00")), (Decimal("11.00"), "BRL", Decimal("2.00")),
    ]  # fmt: skip


def test_a_file_that_says_no_currency_or_another_one_stops(folder: Folder) -> None:
    folder.put("g.csv", "Day,Campaign,Cost\n2026-07-01,A,1.00\n")
    with pytest.raises(MediaCostError, match=r"media_cost.yaml:2: .*g.csv does not say its currency. Add `currency:`"):
        folder.read()
    (folder.media / "g.csv").unlink()
    folder.put("p.csv", "date,campaign,cost,currency\n2026-07-01,A,1.00,USD\n")
    with pytest.raises(MediaCostError, match=r"p.csv:2 is in USD, the mapping says BRL"):
        folder.read()


def test_files_that_nobody_can_read_are_named_with_what_to_do(folder: Folder) -> None:
    folder.put("x.csv", "date,campaign,cost\n")
    with pytest.raises(MediaCostError, match=r"x.csv belongs to no account"):
        folder.read()
    (folder.media / "x.csv").unlink()
    folder.put("p.csv", "month,cost\n2026-07,1.00\n")
    folder.put("g.csv", b"\xff\xfeD\x00a\x00y")
    with pytest.raises(MediaCostError) as refused:
        folder.read()
    assert len(refused.value.problems) == 2
    assert "p.csv: no line has the columns of a cost report" in str(refused.value)


GOOD = "".join(f"2026-07-0{day},A,1.00\n" for day in range(1, 7))
HEADER = "date,campaign,cost\n"


@pytest.mark.parametrize(
    ("content", "wanted"),
    [
        (gzip.compress((HEADER + GOOD * 200).encode())[:-40], "error: p.csv.gz: cannot be read"),
        (b"<!DOCTYPE html><html><body>Entrar</body></html>", "error: no line has the columns of a cost report"),
        (b"", "error: no line has the columns of a cost report"),
        (HEADER.encode(), "0 days"),
        ((HEADER + GOOD + f"2026-07-07,{'x' * 5000},1.00\n").encode(), "campaign is longer than 4000 characters"),
        ((HEADER + GOOD + f"2026-07-07,{'x' * 200_000},1.00\n").encode(), " line has 1 fields, the header has 3"),
        ((HEADER + GOOD + "2026-07-07,A\n").encode(), " line has 2 fields, the header has 3"),
        ((HEADER + GOOD).encode("utf-16"), "6 days"),
        ((HEADER + GOOD + HEADER + GOOD[:-1]).encode(), "date is not a day"),
    ],
    ids=["cut off", "html", "empty", "no lines", "long", "huge", "short line", "encoding", "header again"],
)
def test_bad_files_are_refused_or_lose_that_line_alone(folder: Folder, content: bytes, wanted: str) -> None:
    folder.put("p.csv.gz" if content[:2] == b"\x1f\x8b" else "p.csv", content)
    if wanted.startswith("error: "):
        with pytest.raises(MediaCostError, match=wanted.removeprefix("error: ")):
            folder.read()
        return
    found = folder.read()
    assert len(found.get("daily", [])) == (0 if wanted == "0 days" else 6)
    assert [f"{row['column_name']} {row['reason']}" for row in found.get("quarantine", [])] == ([] if "days" in wanted else [wanted])


def test_mistakes_of_the_mapping_have_their_lines(folder: Folder) -> None:
    folder.mapping.write_text(
        "accounts:\n  - {file: a.csv, platform: tiktok, account: A}\n"
        "campaigns:\n  - {campaign: x}\n  - {name: n, campaing: y}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationError) as refused:
        folder.read()
    assert {problem.line for problem in refused.value.problems} == {2, 4, 5}
    folder.mapping.write_text(MAPPING + '  - {name: "[br] ebook", campaign: other}\n', encoding="utf-8")
    with pytest.raises(MediaCostError, match=r"media_cost.yaml:10: .*maps the same campaign as a rule above"):
        folder.read()
