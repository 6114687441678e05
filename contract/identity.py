"""`mappings/identity.yaml` and `mappings/companies.yaml`: what people decided about who is one person, and what one company.

It wins over every rule. `merges` lists records that are one, `splits` records that are different, each other's from each
other's. Records are named as identity names them: of people `rd:<uuid>` or `crm:<id>` (see fct_identity_links), of companies
`org:<id>` (see fct_company_links), of both `erp:<group>:<branch>:<code>:<store>`: the file says what a customer of the ERP is
meant as. A name, an address or a number of somebody has no place here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from contract.explain import validate
from contract.fields import Strict
from contract.problems import KeyPath, Problem, did_you_mean
from contract.yaml_source import Lines

SECTIONS = ("merges", "splits")
_PERSON = re.compile(r"(rd|crm|erp|files):\S+")
_COMPANY = re.compile(r"(org|erp|files):\S+")
_CUSTOMER = "erp:<group>:<branch>:<code>:<store>"


def _named(mine: re.Pattern[str], theirs: re.Pattern[str], forms: str, elsewhere: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        # The text is not repeated: somebody may have written an address.
        if "@" in text or not (mine.fullmatch(text) or theirs.fullmatch(text)):
            raise ValueError(f"is not the name of a record; write it as {forms} or {_CUSTOMER}")
        if not mine.fullmatch(text):
            raise ValueError(elsewhere)
        return text

    return check


Record = Annotated[str, AfterValidator(_named(
    _PERSON, _COMPANY, "rd:<uuid>, crm:<id>", "is the record of a company; decisions about companies stand in companies.yaml",
))]  # fmt: skip
CompanyRecord = Annotated[str, AfterValidator(_named(
    _COMPANY, _PERSON, "org:<id>", "is the record of a person; decisions about people stand in identity.yaml",
))]  # fmt: skip


class Decision(Strict):
    """Records, what was decided about them is said by the list it stands in; who decided, when and why."""

    SUBJECT: ClassVar[str]  # what a record stands for

    records: tuple[str, ...] = Field(min_length=2, description="the records")
    reason: str = Field(min_length=1, description="why, for whoever reads it in a year")
    decided_by: str = Field(min_length=1, description="who decided it")
    decided_on: date = Field(description="the day it was decided")


class PersonDecision(Decision):
    """A decision about people."""

    SUBJECT = "person"

    records: tuple[Record, ...] = Field(min_length=2, description="the records, as rd:<uuid> or crm:<id>")


class CompanyDecision(Decision):
    """A decision about companies."""

    SUBJECT = "company"

    records: tuple[CompanyRecord, ...] = Field(min_length=2, description="the records, as org:<id>")


@dataclass(frozen=True)
class IdentityDecisions:
    """The decisions of one file, in its order."""

    merges: tuple[Decision, ...] = ()
    splits: tuple[Decision, ...] = ()

    def groups(self) -> dict[str, str]:
        """Every merged record with the smallest record of its group; merges that share a record are one group."""
        group: dict[str, str] = {}

        def root(record: str) -> str:
            while group.setdefault(record, record) != record:
                record = group[record]
            return record

        for merge in self.merges:
            for record in merge.records[1:]:
                first, second = sorted((root(merge.records[0]), root(record)))
                group[second] = first
        return {record: root(record) for record in sorted(group)}


def read_decisions(data: Any, lines: Lines, kind: type[Decision]) -> tuple[IdentityDecisions, list[Problem]]:
    """The decisions of a file that was read, about people or companies, and everything that is wrong with them."""
    if not isinstance(data, dict):
        return IdentityDecisions(), [lines.problem((), "must hold `merges:` and `splits:`", "Start the file with one of them.")]
    problems = [lines.problem((key,), "is an unknown key", did_you_mean(str(key), SECTIONS)) for key in data if key not in SECTIONS]
    found: dict[str, list[tuple[Decision, KeyPath]]] = {section: [] for section in SECTIONS}
    for section in SECTIONS:
        listed = data.get(section) or []
        if not isinstance(listed, list):
            problems.append(lines.problem((section,), "must be a list", "Write one decision per item, each starting with a hyphen."))
            continue
        for index, item in enumerate(listed):
            decision, wrong = validate(kind, item, lines, (section, index))
            problems += wrong
            if decision is not None:
                found[section].append((decision, (section, index)))
    for section, decisions in found.items():
        for decision, path in decisions:
            if len(set(decision.records)) < len(decision.records):
                problems.append(lines.problem((*path, "records"), f"names a record of {section} twice", "Name each once."))
    decided = IdentityDecisions(*(tuple(one for one, _ in found[section]) for section in SECTIONS))
    return decided, problems + _contradictions(decided.groups(), found["splits"], lines)


def _contradictions(group: dict[str, str], splits: list[tuple[Decision, KeyPath]], lines: Lines) -> list[Problem]:
    """Records that are told apart and merged at once, directly or over others."""
    return [
        lines.problem(
            (*path, "records"), f"tells {one} and {other} apart, which are merged under `merges:`",
            f"Remove one of the two decisions: a record cannot be one {split.SUBJECT} and two.",
        )
        for split, path in splits
        for one, other in combinations(sorted(set(split.records)), 2)
        if one in group and group[one] == group.get(other)
    ]  # fmt: skip
