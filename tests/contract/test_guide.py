"""The guide to writing an agreement: its examples are read by the product, in both languages."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from contract.model import Version
from tests.contract.full import FULL
from tests.contract.samples import load

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = [DOCS / "agreement.md", DOCS / "agreement.pt-BR.md"]


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_examples_of_the_guide_are_in_order(guide: Path, tmp_path: Path) -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    promises, calendars, routing, exceptions = (block for block in blocks if not block.startswith("# yaml"))
    start = FULL.index("    reasons:")
    reasons = FULL[start : FULL.index("    passage:")].replace("sem_timing", "contato_invalido")
    reasons = reasons.replace("sem_perfil", "duplicado")
    head = FULL[: FULL.index("    icp:")] + FULL[FULL.index("    qualification:") : FULL.index("    hot_when:")]
    text = head + textwrap.indent(promises + routing, "    ") + reasons
    text += "    passage: {inactivity_days: 90}\n    calendar: matriz\n" + calendars + exceptions
    agreement = load(tmp_path, a=text)
    assert {clause.kind for clause in agreement.versions[0].terms.clauses} >= {"response_time", "volume", "cadence_order"}
    assert agreement.waivers and agreement.absences


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_the_guide_names_every_section(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    assert [key for key in Version.model_fields if f"`{key}`" not in text and key != "effective_until"] == []


def test_both_guides_show_the_same_examples() -> None:
    english, portuguese = (
        [line.split("#")[0] for block in re.findall(r"```\w*\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
         for line in block.splitlines()]
        for path in GUIDES
    )  # fmt: skip
    assert english == portuguese
