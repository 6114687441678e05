"""The template of `bastao init`: correct as it is written, and with every example of its comments in use."""

from __future__ import annotations

import re
from pathlib import Path

from contract.agreement import load_agreement
from contract.clauses import KINDS
from contract.model import Version
from contract.rows.calendars import calendar_tables
from contract.template import create

_EXAMPLE = re.compile(r"^( *)# (?=[a-z_]+:|- |  )", re.MULTILINE)


def test_template_uses_what_a_company_starts_with(tmp_path: Path) -> None:
    create(tmp_path, "Empresa")
    terms = load_agreement(tmp_path / "agreement").versions[0].terms
    assert {clause.kind for clause in terms.clauses} == KINDS.keys() - {"capture_completeness"}
    assert terms.routing is None and terms.icp is None


def test_examples_of_the_comments_are_correct(tmp_path: Path) -> None:
    create(tmp_path, "Empresa")
    file = tmp_path / "agreement" / "acordo.yaml"
    file.write_text(_EXAMPLE.sub(r"\1", file.read_text(encoding="utf-8")), encoding="utf-8")
    agreement = load_agreement(tmp_path / "agreement")
    terms = agreement.versions[0].terms
    unused = {key for key in Version.OMITTED if getattr(terms, key) == Version.model_fields[key].default}
    assert unused == set()
    assert {clause.kind for clause in terms.clauses} == KINDS.keys()
    assert terms.qualification.mql.criteria[0].rule is not None
    assert len(agreement.absences) == 2 and len(agreement.waivers) == 1
    assert calendar_tables(agreement).calendar_absences
