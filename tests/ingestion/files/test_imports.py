"""`bastao import`: RD Station's lead base and lists of a CRM, looked at and loaded."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingestion.errors import SourceError
from ingestion.files import imports
from ingestion.files.contacts import alias
from ingestion.files.mapping import FilesError
from tests.ingestion.fakes import Home

ANA, BIA = "0b0c4f6a-3c1e-4a53-9d9c-111111111111", "0b0c4f6a-3c1e-4a53-9d9c-222222222222"
HEADER = (
    "Email,Nome,Telefone,Celular,Cargo,Estado,Cidade,Estágio no funil,Dono do Lead,Data da última oportunidade,"
    "Lead Scoring - Perfil,Lead Scoring - Interesse,Status para comunicação por email,Tags,URL pública,Total de conversões,"
    "Data da primeira conversão,Origem da primeira conversão,Data da última conversão,Origem da última conversão,Meu campo"
)
LEADS = [
    f"Ana@Casa.com.br,Ana,,(11) 98888-7777,Gerente,SP,Campinas,Lead Qualificado,Bia Dona,2026-03-05 09:00:00 -0300,a,85,,x,"
    f"http://app.rdstation.com.br/leads/public/{ANA},2,2026-03-02 10:00:00 -0300,Busca Paga | Google,"
    "2026-03-04 10:00:00 -0300,Direto,sim",
    f"bia@casa.com.br,Bia,,,,,,Cliente,dono@serra.com.br,,b,,Descadastrado,,https://app.rdstation.com.br/leads/public/{BIA},0,,,,,",
    "caio@casa.com.br,Caio,,,,,,,,,,,,,,,,,,,",
]
BAD = [",Sem Email,,,,,,,,,,,,,,,,,,,", "caio@casa.com.br,Outra vez,,,,,,,,,,,,,,,,,,,", "dora@casa.com.br,,,,,,,,,,,muito,,,,,,,,,"]
CRM = """\
time_zone: America/Sao_Paulo
tables:
  crm_contacts:
    file: contatos.csv
    columns:
      contact_id: ID
      email: E-mail
      phone: Fone
      name: Nome
      created_at: {column: Criado em, zone: America/Sao_Paulo, format: "%d/%m/%Y %H:%M"}
"""


NOW = datetime(2026, 6, 30, 21, tzinfo=UTC)  # as in the fakes' clock


def lead_base(folder: Path, *lines: str) -> Path:
    path = folder / "leads [1].csv"
    path.write_text("\n".join([HEADER, *(lines or LEADS)]) + "\n", encoding="utf-8")
    os.utime(path, (datetime(2026, 6, 30, 12, tzinfo=UTC).timestamp(),) * 2)
    return path


def opened(path: Path, mapping: Path | None = None) -> imports.Import:
    return imports.open_import(path, mapping, "America/Sao_Paulo")


def load(home: Home, found: imports.Import) -> Any:
    return imports.run(found, home.target, home.ports())


def test_the_preview_says_what_maps_and_what_does_not(tmp_path: Path) -> None:
    known = imports.Known(
        {"rd_station_contacts": frozenset({ANA})}, {"rd_station_contacts": frozenset({"bia@casa.com.br"})}
    )
    (shown,) = imports.preview(opened(lead_base(tmp_path, *LEADS, *BAD)), known, NOW)
    assert shown.mapped["lifecycle_stage"] == "Estágio no funil" and shown.mapped["contact_uuid"] == "URL pública"
    assert shown.unused == ["Lead Scoring - Perfil", "Meu campo"]
    assert (shown.rows, shown.known, shown.new, shown.quarantined) == (3, 2, 1, 3)
    assert shown.first_lines == ["leads [1].csv:5", "leads [1].csv:6", "leads [1].csv:7"]
    assert "Email: has neither an id nor an e-mail that can be used (empty)" in shown.reasons
    assert any("key appears already at leads [1].csv:4" in reason for reason in shown.reasons)


def test_a_lead_base_lands_with_the_keys_of_the_api(tmp_path: Path, home: Home) -> None:
    report = load(home, opened(lead_base(tmp_path)))
    assert report.rows_by_table == {"rd_station_contacts": 3, "rd_station_identifiers": 4}
    rows = home.query(
        "select contact_uuid, is_alias, lifecycle_stage, interest, contact_owner_email, legal_status, opportunity_at,"
        " first_conversion_at, first_source, first_medium, last_source, last_medium, observed_at"
        " from raw_files.rd_station_contacts order by name"
    )
    exported = datetime(2026, 6, 30, 12)
    assert rows == [
        (ANA, False, "Qualified Lead", 85, None, None, datetime(2026, 3, 5, 12), datetime(2026, 3, 2, 13), "google",
         "busca paga", "direto", None, exported),
        (BIA, False, "Client", None, "dono@serra.com.br", "declined", None, None, None, None, None, None, exported),
        (alias("caio@casa.com.br"), True, None, None, None, None, None, None, None, None, None, None, exported),
    ]  # fmt: skip
    assert home.query("select kind, value from raw_files.rd_station_identifiers where contact_uuid like '%1111' order by 1") == [
        ("email", "ana@casa.com.br"), ("phone", "+5511988887777"),
    ]  # fmt: skip


def test_the_same_list_again_adds_nothing_and_a_killed_import_goes_on(
    tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "SLICE_ROWS", 1)
    path = lead_base(tmp_path)

    class Killed(BaseException):
        pass

    ports, steps = home.ports(), []

    def step(*given: Any) -> None:
        steps.append(given)
        if len(steps) == 2:
            raise Killed

    monkeypatch.setattr(ports.progress, "step", step)
    with pytest.raises(Killed):
        imports.run(opened(path), home.target, ports)
    assert home.query("select count(*) from raw_files.rd_station_contacts") == [(2,)]
    report = load(home, opened(path))
    assert "stopped after 2 of 3 slices" in report.notes[0]
    assert home.query("select count(*), count(distinct contact_uuid) from raw_files.rd_station_contacts") == [(3, 3)]
    again = load(home, opened(path))
    assert again.rows == 0 and again.notes == ("This list is loaded already; nothing was added.",)
    assert len(steps) == 2


def test_a_list_of_a_crm_by_its_mapping(tmp_path: Path, home: Home) -> None:
    mapping, path = tmp_path / "crm.yaml", tmp_path / "contatos.csv"
    mapping.write_text(CRM, encoding="utf-8")
    path.write_text("ID;Nome;E-mail;Fone;Criado em\n77;Ana;ana@casa.com.br;11 98888-7777;02/03/2026 10:00\n;Bia;bia@casa.com.br;;\n")
    load(home, opened(path, mapping))
    assert home.query("select contact_id, is_alias, name, created_at from raw_files.crm_contacts order by name") == [
        ("77", False, "Ana", datetime(2026, 3, 2, 13)), (alias("bia@casa.com.br"), True, "Bia", None),
    ]  # fmt: skip


def test_a_day_that_has_not_come_goes_to_quarantine_with_line_and_reason(tmp_path: Path, home: Home) -> None:
    """03/12 for the third of December written the wrong way round, a year mistyped; a day ahead of our clock is still a clock's fault."""
    mapping, path = tmp_path / "crm.yaml", tmp_path / "contatos.csv"
    mapping.write_text(CRM, encoding="utf-8")
    days = ("03/12/2026 10:00", "02/03/2062 10:00", "01/07/2026 10:00", "30/06/2026 10:00", "02/03/2026 10:00")
    lines = [f"{number};Lead {number};lead{number}@casa.com.br;;{day}" for number, day in enumerate(days, start=1)]
    path.write_text("\n".join(["ID;Nome;E-mail;Fone;Criado em", *lines]) + "\n")
    reason = "lies in the future: look at the year, and at the order of day and month"
    (shown,) = imports.preview(opened(path, mapping), imports.Known(), NOW)
    assert (shown.rows, shown.quarantined, shown.reasons) == (3, 2, {f"Criado em: {reason}": 2})
    assert shown.first_lines == ["contatos.csv:2", "contatos.csv:3"]
    load(home, opened(path, mapping))
    assert home.query("select contact_id from raw_files.crm_contacts order by 1") == [("3",), ("4",), ("5",)]
    assert home.query("select record_key, column_name, reason, line_no from raw_files.quarantine order by 1") == [
        ("1", "Criado em", reason, 2), ("2", "Criado em", reason, 3),
    ]  # fmt: skip


def test_an_import_goes_on_with_the_lines_that_it_began_with(tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Days later a line is no longer ahead of the clock: the slices stay the same, and no other line is left out for it."""
    monkeypatch.setattr(imports, "SLICE_ROWS", 1)
    mapping, path = tmp_path / "crm.yaml", tmp_path / "contatos.csv"
    mapping.write_text(CRM, encoding="utf-8")
    days = ("03/07/2026 10:00", "30/06/2026 10:00", "02/03/2026 10:00")
    lines = [f"{number};Lead {number};lead{number}@casa.com.br;;{day}" for number, day in enumerate(days, start=1)]
    path.write_text("\n".join(["ID;Nome;E-mail;Fone;Criado em", *lines]) + "\n")
    ports = home.ports()

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ports.progress, "step", killed)
    with pytest.raises(KeyboardInterrupt):
        imports.run(opened(path, mapping), home.target, ports)
    later = home.ports()
    monkeypatch.setattr(later.clock, "instant", NOW + timedelta(days=9))
    imports.run(opened(path, mapping), home.target, later)
    assert home.query("select contact_id from raw_files.crm_contacts order by 1") == [("2",), ("3",)]
    assert home.query("select record_key from raw_files.quarantine") == [("1",)]


def test_a_list_of_something_else_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Email,Idade\na@b.com.br,3\n")
    with pytest.raises(SourceError, match="is no export of RD Station's lead base"):
        opened(path)
    with pytest.raises(FilesError, match="does not exist"):
        opened(tmp_path / "y.csv")
