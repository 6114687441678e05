"""`mappings/identity.yaml`, `companies.yaml`: decisions become rows; what cannot be meant is refused with line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract import load_mappings
from contract.problems import AgreementError
from contract.rows.besides import merge_rows, split_rows

WHY = "reason: same voice, decided_by: Ana, decided_on: 2026-03-01"


def write(folder: Path, text: str, name: str = "identity.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_merges_that_share_a_record_are_one_group_and_a_party_is_a_whole_person(tmp_path: Path) -> None:
    text = f"""merges:
  - {{records: ["rd:b", "crm:c"], {WHY}}}
  - {{records: ["rd:a", "crm:c"], {WHY}}}
splits:
  - {{records: ["rd:a", "erp:01::000001:01"], {WHY}}}
"""
    mappings = load_mappings(write(tmp_path, text))
    assert {row["node"]: row["merge_group"] for row in merge_rows(mappings.identity)} == dict.fromkeys(("crm:c", "rd:a", "rd:b"), "crm:c")
    parties = {row["node"]: (row["split_no"], row["party"]) for row in split_rows(mappings.identity)}
    assert parties == {**dict.fromkeys(("crm:c", "rd:a", "rd:b"), (1, "crm:c")), "erp:01::000001:01": (1, "erp:01::000001:01")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f'merges:\n  - {{records: ["rd:a", "ana@x.com.br"], {WHY}}}\n', "identity.yaml:2"),
        (f'merges:\n  - {{records: ["rd:a"], {WHY}}}\n', "identity.yaml:2"),
        ('merges:\n  - {records: ["rd:a", "rd:b"]}\n', "decided_by"),
        (f'merge:\n  - {{records: ["rd:a", "rd:b"], {WHY}}}\n', "merges"),
        (f'splits:\n  - {{records: ["rd:a", "rd:a"], {WHY}}}\n', "Name each once"),
        ("splits: 3\n", "must be a list"),
        ("- 1\n", "must hold `merges:`"),
        (
            f'merges:\n  - {{records: ["rd:a", "rd:b"], {WHY}}}\n  - {{records: ["rd:b", "rd:c"], {WHY}}}\n'
            f'splits:\n  - {{records: ["rd:a", "rd:c"], {WHY}}}\n',
            "identity.yaml:5: splits[0].records: tells rd:a and rd:c apart, which are merged",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(AgreementError) as caught:
        load_mappings(write(tmp_path, text))
    assert message in str(caught.value) and "ana@x" not in str(caught.value)


def test_a_customer_of_the_erp_is_a_person_in_one_file_and_a_company_in_the_other(tmp_path: Path) -> None:
    text = f'merges:\n  - {{records: ["{{other}}", "erp:01::000001:01"], {WHY}}}\n'
    write(tmp_path, text.replace("{other}", "rd:a"))
    mappings = load_mappings(write(tmp_path, text.replace("{other}", "org:7"), "companies.yaml"))
    assert {row["node"] for row in merge_rows(mappings.identity)} == {"rd:a", "erp:01::000001:01"}
    assert {row["node"]: row["merge_group"] for row in merge_rows(mappings.companies)} == dict.fromkeys(
        ("org:7", "erp:01::000001:01"), "erp:01::000001:01"
    )


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("companies.yaml", f'merges:\n  - {{records: ["org:1", "rd:a"], {WHY}}}\n', "Decisions about people stand in identity.yaml"),
        ("identity.yaml", f'merges:\n  - {{records: ["org:1", "rd:a"], {WHY}}}\n', "Decisions about companies stand in companies.yaml"),
        ("companies.yaml", f'splits:\n  - {{records: ["org:1", "11.222.333/0001-81"], {WHY}}}\n', "companies.yaml:2"),
        ("companies.yaml", f'split:\n  - {{records: ["org:1", "org:2"], {WHY}}}\n', "splits"),
        ("companies.yaml", f'merges:\n  - {{records: ["org:1", "org:1"], {WHY}}}\n', "Name each once"),
        (
            "companies.yaml",
            f'merges:\n  - {{records: ["org:1", "org:2"], {WHY}}}\nsplits:\n  - {{records: ["org:2", "org:1"], {WHY}}}\n',
            "companies.yaml:4: splits[0].records: tells org:1 and org:2 apart, which are merged",
        ),
        ("company.yaml", "merges: []\n", "companies"),
    ],
)
def test_decisions_about_companies_are_refused_in_the_same_words(tmp_path: Path, name: str, text: str, message: str) -> None:
    with pytest.raises(AgreementError) as caught:
        load_mappings(write(tmp_path, text, name))
    assert message in str(caught.value) and "11.222" not in str(caught.value)
