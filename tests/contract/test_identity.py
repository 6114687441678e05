"""`mappings/identity.yaml`: decisions become rows; what cannot be meant is refused with line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract import load_mappings
from contract.problems import AgreementError
from contract.rows.besides import merge_rows, split_rows

WHY = "reason: same voice, decided_by: Ana, decided_on: 2026-03-01"


def write(folder: Path, text: str) -> Path:
    (folder / "identity.yaml").write_text(text, encoding="utf-8")
    return folder


def test_merges_that_share_a_record_are_one_group_and_a_party_is_a_whole_person(tmp_path: Path) -> None:
    text = f"""merges:
  - {{records: ["rd:b", "crm:c"], {WHY}}}
  - {{records: ["rd:a", "crm:c"], {WHY}}}
splits:
  - {{records: ["rd:a", "erp:01::000001:01"], {WHY}}}
"""
    mappings = load_mappings(write(tmp_path, text))
    assert {row["node"]: row["merge_group"] for row in merge_rows(mappings)} == dict.fromkeys(("crm:c", "rd:a", "rd:b"), "crm:c")
    parties = {row["node"]: (row["split_no"], row["party"]) for row in split_rows(mappings)}
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
