"""The monthly review of the score: what it proposes, what it refuses to propose, and the diff that people apply."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from contract.agreement import load_agreement
from contract.diff import differences
from contract.score_review import Counts, proposal, review
from contract.score_review_words import line
from contract.signed import SignedVersion
from tests.contract.full import FULL
from tests.contract.samples import load


@pytest.fixture
def version(tmp_path: Path) -> SignedVersion:
    return load(tmp_path, a=FULL).version("v1")


# Earned 80 of 100 against 40 of 100: +40 points of percentage. The sector +5, within chance of nothing at all.
COUNTS = {
    "pediu": Counts(100, 80, 100, 40),
    "setor": Counts(100, 62, 100, 57, 30),
    "canal": Counts(39, 39, 200, 10),
    "abriu": Counts(not_readable=200),
}


def test_points_follow_what_became_sql_and_only_beyond_chance(version: SignedVersion) -> None:
    readings = {reading.rule.id: reading for reading in review(version, COUNTS)}
    # 20 + 15 points are judged, by lifts of 0.05 and 0.40: 3.9 and 31.1.
    asked = readings["pediu"]
    assert asked.verdict == "proposed" and asked.proposed == 31 and asked.lift == pytest.approx(0.4)
    assert asked.lift_low == pytest.approx(0.2677, abs=1e-4) and asked.lift_high == pytest.approx(0.5124, abs=1e-4)
    sector = readings["setor"]
    assert sector.verdict == "proposed" and sector.proposed == 4 and sector.lift_low is not None and sector.lift_low < 0
    # However clear it looks: 39 of the 40 that were agreed are too few. What nobody reads is said to be so.
    assert readings["canal"].verdict == "small_sample" and readings["canal"].proposed is None
    assert readings["abriu"].verdict == "not_readable" and readings["porte"].verdict == "small_sample"


def test_what_is_within_chance_stays(version: SignedVersion) -> None:
    readings = review(version, {"pediu": Counts(60, 36, 60, 27), "setor": Counts(60, 38, 60, 26)})
    assert {r.rule.id: (r.verdict, r.proposed) for r in readings if r.lift is not None} == {
        "pediu": ("within_chance", None), "setor": ("within_chance", None)
    }  # fmt: skip
    assert any("o acaso basta para explicar" in line(reading, 40, "pt") for reading in readings)
    alike = review(version, {"pediu": Counts(60, 30, 60, 30)})
    assert [r.verdict for r in alike if r.lift is not None] == ["no_lift"]


def test_each_line_says_its_sample_and_interval(version: SignedVersion) -> None:
    lines = [line(reading, 40, "pt") for reading in review(version, COUNTS)]
    assert any("80 de 100 viraram SQL com o fato, 40 de 100 sem ele; diferença 40% (26,8% a 51,2%, 95 %)" in text for text in lines)
    assert any("39 com e 200 sem, e são precisas 40 de cada lado" in text for text in lines)
    assert any("no system tells it (200 hand-overs)" in line(reading, 40, "en") for reading in review(version, COUNTS))


def test_the_diff_changes_points_alone_and_touches_no_file(tmp_path: Path, version: SignedVersion) -> None:
    before = {path: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.yaml")}
    folder = next(iter(before)).parent
    diff = proposal(folder, version, review(version, COUNTS))
    assert {path: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.yaml")} == before
    changed = [text for text in diff.splitlines() if text[:1] in "+-" and text[:3] not in ("+++", "---")]
    assert [text.split(":")[-1].strip() for text in changed] == ["20", "4", "15", "31"]
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    if shutil.which("patch"):
        subprocess.run(["patch", str(copy / next(iter(before)).name)], input=diff, text=True, check=True, capture_output=True)
        after = load_agreement(copy).version("v1")
        assert differences(version, after) == [
            "Pontuação do lead: Setor que atendemos: 20 pontos → 4 pontos",
            "Pontuação do lead: Pediu orçamento: 15 pontos → 31 pontos",
        ]
    assert proposal(folder, version, review(version, {})) == ""
