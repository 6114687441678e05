"""`mappings/identity.yaml`: what people decided about who is one person; it wins over every rule.

`merges` lists records that are one person, `splits` records that are different people, each other's from each other's.
Records are named as identity names them: `<system>:<id>`, as `rd:<uuid>` or `crm:<id>` (see fct_identity_links). A name, an
address or a number of somebody has no place here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from contract.explain import validate
from contract.fields import Strict
from contract.problems import KeyPath, Problem, did_you_mean
from contract.yaml_source import Lines

SECTIONS = ("merges", "splits")
_RECORD = re.compile(r"(rd|crm|erp|files):\S+")


def _record(text: str) -> str:
    if "@" in text or not _RECORD.fullmatch(text):
        # The text is not repeated: somebody may have written an address.
        raise ValueError("is not the name of a record; write it as rd:<uuid>, crm:<id> or erp:<group>:<branch>:<code>:<store>")
    return text


Record = Annotated[str, AfterValidator(_record)]


class Decision(Strict):
    """Records, what was decided about them is said by the list it stands in; who decided, when and why."""

    records: tuple[Record, ...] = Field(min_length=2, description="the records, as rd:<uuid> or crm:<id>")
    reason: str = Field(min_length=1, description="why, for whoever reads it in a year")
    decided_by: str = Field(min_length=1, description="who decided it")
    decided_on: date = Field(description="the day it was decided")


@dataclass(frozen=True)
class IdentityDecisions:
    """The decisions of a company in the order of the file."""

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


def read_decisions(data: Any, lines: Lines) -> tuple[IdentityDecisions, list[Problem]]:
    """The decisions of a file that was read, and everything that is wrong with them."""
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
            decision, wrong = validate(Decision, item, lines, (section, index))
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
            "Remove one of the two decisions: a record cannot be one person and two.",
        )
        for split, path in splits
        for one, other in combinations(sorted(set(split.records)), 2)
        if one in group and group[one] == group.get(other)
    ]  # fmt: skip
