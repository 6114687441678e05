"""A lead of an exported list and the same lead of the API are one, in whichever order they came; a list alone shows it all.

And two exports of an ad account, one without campaign ids, count a day once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ingestion.files import imports
from ingestion.files.contacts import alias, landed
from ingestion.media_cost.links import Seen, link_rows
from ingestion.media_cost.settings import CampaignRule
from tests.dbt.raw_fixture import Raw, fetch, fresh_warehouse, run_dbt

UUID = "0b0c4f6a-3c1e-4a53-9d9c-00000000000{}".format
LEADS = """\
Email,Nome,URL pública,Estágio no funil,Lead Scoring - Interesse,Data da primeira conversão,Origem da primeira conversão,Data da última oportunidade
list-first@x.com.br,A,http://app.rdstation.com.br/leads/public/{},Lead,1,2026-03-02 10:00:00 -0300,Busca Paga | google,2026-03-03 10:00:00 -0300
api-first@x.com.br,B,http://app.rdstation.com.br/leads/public/{},Lead Qualificado,1,,,
other-uuid@x.com.br,C,http://app.rdstation.com.br/leads/public/{},Lead,1,,,
only-list@x.com.br,D,http://app.rdstation.com.br/leads/public/{},Lead Qualificado,70,2026-03-02 10:00:00 -0300,Busca Paga | google,2026-03-03 10:00:00 -0300
no-id-list-first@x.com.br,E,,Lead,1,,,
no-id-api-first@x.com.br,F,,Lead,1,,,
no-id-only-list@x.com.br,G,,Lead,1,,,
deleted@x.com.br,H,http://app.rdstation.com.br/leads/public/{},Lead,1,,,
""".format(*(UUID(number) for number in range(5)))
CRM = "time_zone: UTC\ntables: {crm_contacts: {file: crm.csv, columns: {contact_id: id, email: email, name: name}}}\n"


def _lists(raw: Raw, folder: Path, load_seq: int) -> None:
    base, crm, mapping = folder / "leads.csv", folder / "crm.csv", folder / "crm.yaml"
    base.write_text(LEADS, encoding="utf-8")
    crm.write_text("id,email,name\nc1,ana@x.com.br,A\nc2,bia@x.com.br,B\n,caio@x.com.br,C\n,dora@x.com.br,D\n", encoding="utf-8")
    mapping.write_text(CRM, encoding="utf-8")
    for path, how in ((base, None), (crm, mapping)):
        for table in imports.open_import(path, how, "America/Sao_Paulo").tables:
            for name, rows in landed(table.name, list(table.rows()), path).items():
                for row in rows:
                    raw.add("files", name, load_seq, **row)
    # The lists were exported long ago: their age must not decide.
    for name in ("rd_station_contacts", "crm_contacts"):
        for row in raw.rows["raw_files", name]:
            row["observed_at"] = "2026-06-01 12:00:00"


@pytest.fixture(scope="module")
def warehouse(dbt_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    raw = Raw()
    raw.contact(UUID(1), "2026-01-01 10:00:00", "api-first@x.com.br", 1, name="B of the API")
    raw.contact("the-api-s-own", "2026-01-01 10:00:00", "other-uuid@x.com.br", 1)
    raw.contact("f", "2026-01-01 10:00:00", "no-id-api-first@x.com.br", 1)
    raw.add("rd_station", "contacts", 1, contact_uuid=UUID(4), is_deleted=True)
    raw.crm_contact("c1", name="A of the API")
    raw.add("rd_station_crm", "contact_identifiers", contact_id="c1", kind="email", value="ana@x.com.br", position=0)
    raw.crm_contact("c9")
    raw.add("rd_station_crm", "contact_identifiers", contact_id="c9", kind="email", value="caio@x.com.br", position=0)
    _lists(raw, tmp_path_factory.mktemp("lists"), 2)
    raw.contact(UUID(0), "2026-03-02 13:00:00", "list-first@x.com.br", 3, name="A of the API")
    raw.add("rd_station", "conversions", 3, contact_uuid=UUID(0), event_type="OPPORTUNITY", event_identifier="default",
            occurred_at="2026-03-03 13:00:00.123", event_key="k")  # fmt: skip
    raw.contact("e", "2026-01-01 10:00:00", "no-id-list-first@x.com.br", 3)
    _media(raw)
    database = raw.write_duckdb(fresh_warehouse(dbt_home))
    run_dbt(["run", "--select", "+stg_rd_station__contacts +stg_rd_station__contact_identifiers +stg_rd_station__funnels",
             "+stg_rd_station__conversions +stg_rd_station__legal_bases +stg_rd_station_crm__contacts",
             "+stg_rd_station_crm__contact_identifiers +fct_media_cost"], dbt_home, database)  # fmt: skip
    yield database


def _media(raw: Raw) -> None:
    def day(load_seq: int, exported: str, ref: str | None, name: str, spent: str, amount: str) -> None:
        raw.add("media_cost", "daily", load_seq, platform="google_ads", account_id="G", campaign_ref=ref, campaign_name=name,
                spent_on=date.fromisoformat(spent), time_zone="UTC", amount=Decimal(amount), currency="BRL",
                original_amount=Decimal(amount), original_currency="BRL", exported_at=f"{exported} 12:00:00",
                file_name=f"{exported}.csv")  # fmt: skip
        seen.append(("google_ads", "G", ref, name))

    seen: list[Seen] = []
    day(5, "2026-06-02", "1", "Marca", "2026-06-01", "10.00")
    day(5, "2026-06-02", "1", "Marca", "2026-06-02", "3.00")
    day(7, "2026-06-03", None, "marca ", "2026-06-02", "8.00")  # an export without ids, later: replaces the part of a day
    day(8, "2026-06-01", "1", "Marca", "2026-06-01", "0.50")  # an old export, loaded last: counts for nothing
    day(8, "2026-06-03", None, "Outra", "2026-06-02", "1.00")
    for row in link_rows(seen, (CampaignRule.model_validate({"id": "1", "campaign": "marca"}),)):
        raw.add("media_cost", "links", 9, **row)


def _rows(warehouse: Path, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) if isinstance(row, dict) else tuple(row) for row in fetch(warehouse, query)]


def test_each_lead_is_one_contact_and_the_api_s_word_counts(warehouse: Path) -> None:
    found = _rows(
        warehouse,
        "select i.value, c.contact_uuid, c.is_deleted from staging.stg_rd_station__contacts c"
        " left join staging.stg_rd_station__contact_identifiers i on c.contact_uuid = i.contact_uuid order by 1",
    )
    assert found == [
        ("api-first@x.com.br", UUID(1), False), ("list-first@x.com.br", UUID(0), False),
        ("no-id-api-first@x.com.br", "f", False), ("no-id-list-first@x.com.br", "e", False),
        ("no-id-only-list@x.com.br", alias("no-id-only-list@x.com.br"), False), ("only-list@x.com.br", UUID(3), False),
        ("other-uuid@x.com.br", "the-api-s-own", False), (None, UUID(4), True),
    ]  # fmt: skip
    names = dict(_rows(warehouse, "select contact_uuid, name from staging.stg_rd_station__contacts where name is not null"))
    assert names[UUID(0)] == "A of the API" and names[UUID(1)] == "B of the API" and names[UUID(3)] == "D"


def test_a_lead_of_the_list_alone_has_its_stage_and_its_conversions(warehouse: Path) -> None:
    funnels = _rows(warehouse, "select contact_uuid, lifecycle_stage, interest from staging.stg_rd_station__funnels order by 1")
    assert (UUID(3), "Qualified Lead", 70) in funnels and UUID(1) not in {row[0] for row in funnels}
    events = _rows(
        warehouse,
        "select contact_uuid, event_type, cast(occurred_at as varchar), traffic_source, traffic_medium"
        " from staging.stg_rd_station__conversions order by 1, 2",
    )
    assert events == [
        (UUID(0), "OPPORTUNITY", "2026-03-03 13:00:00", None, None),  # of the API, once
        (UUID(3), "CONVERSION", "2026-03-02 13:00:00", "google", "busca paga"),
        (UUID(3), "OPPORTUNITY", "2026-03-03 13:00:00", None, None),
    ]  # fmt: skip


def test_contacts_of_a_crm_meet_by_id_and_by_email(warehouse: Path) -> None:
    found = _rows(warehouse, "select contact_id, name from staging.stg_rd_station_crm__contacts order by 1")
    assert found == [("c1", "A of the API"), ("c2", "B"), ("c9", None), (alias("dora@x.com.br"), "D")]


def test_a_day_of_a_campaign_counts_once_and_the_latest_export_says_it(warehouse: Path) -> None:
    found = _rows(
        warehouse,
        "select platform_campaign, cast(spent_on as varchar), amount, match_rule from marts.fct_media_cost order by 1, 2",
    )
    assert found == [
        ("1", "2026-06-01", Decimal("10.00"), "campaign_id"), ("1", "2026-06-02", Decimal("8.00"), "campaign_id"),
        ("outra", "2026-06-02", Decimal("1.00"), "unmatched"),
    ]  # fmt: skip
