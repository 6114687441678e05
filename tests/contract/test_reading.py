"""YAML by the rules of 1.2 with lines; mapping files; the template; the schema."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from contract import load_agreement, load_mappings
from contract.problems import AgreementError, ConfigurationError
from contract.schema import json_schema
from contract.template import create
from contract.yaml_source import load_yaml, parse_yaml

PROFILES = Path(__file__).parents[2] / "profiles"


def test_plain_words_stay_text() -> None:
    data, lines = parse_yaml(
        "a: 13:00\nb:\n  - {c: 2026-01-01, d: 08, e: no}\n  - [1, 2.5, true, ~]\n", "x.yaml"
    )
    assert data == {"a": "13:00", "b": [{"c": "2026-01-01", "d": "08", "e": "no"}, [1, 2.5, True, None]]}
    assert lines.line(("b", 1, 0)) == 4
    assert lines.line(("b", 0, "missing", "deeper")) == 3  # the nearest parent


def test_anchors_and_merges_work() -> None:
    data, _ = parse_yaml("base: &b {x: 1, y: 2}\nmore: {<<: *b, y: 3}\nsame: *b\n", "x.yaml")
    assert data["more"] == {"x": 1, "y": 3} and data["same"] == {"x": 1, "y": 2}


COST = "monthly_costs:\n  - {month: 2026-05, sales_cost: 100.5, marketing_cost: 0, gross_margin: 0.38}\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "x.yaml:3: a: is written twice (first on line 1)"),
        ("a: [1\nb: 2\n", "not valid YAML"),
        ("a: !!python/object/apply:os.system [x]\n", "type tag"),
        ("a: !!str 1\nb: !x 2\n", "type tag"),
        ("&a [*a]\n", "refers to itself"),
        ("? [a]\n: 1\n", "not a word"),
        ("a: {<<: 3}\n", "needs a mapping"),
    ],
)
def test_faults_of_the_file_itself(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=r"problem") as caught:
        parse_yaml(text, "x.yaml")
    assert message in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.yaml").write_bytes("a: ação".encode("cp1252"))
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        load_yaml(tmp_path / "latin.yaml")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_yaml(tmp_path / "absent.yaml")
    (tmp_path / "bom.yaml").write_bytes(b"\xef\xbb\xbfa: 1\r\n")
    assert load_yaml(tmp_path / "bom.yaml")[0] == {"a": 1}


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        (
            "crm_stages",
            "crm_stages:\n  - system: rd_station_crm\n    stages: {Novo: mqls}\n",
            3,
            "'mqls' is not allowed",
        ),
        (
            "crm_stages",
            "crm_stages:\n  - sistem: rd_station_crm\n    stages: {Novo: mql}\n",
            2,
            "unknown key",
        ),
        (
            "crm_stages",
            "crm_stages:\n  - {system: rd_station_crm, stages: {Novo: mql}}\n  - {system: rd_station_crm, stages: {novo: sql}}\n",
            3,
            "mapped twice",
        ),
        (
            "channels",
            "channels:\n  - channel: a\n    traffic: [{source: Google}, {source: google}]\n",
            3,
            "belongs to channel 'a'",
        ),
        ("channels", "chanels: []\n", 1, "must hold a list under `channels:`"),
        ("chanels", "channels: []\n", 0, "not a mapping file"),
        ("monthly_costs", COST.replace("2026-05", "2026-13"), 2, "'2026-13' is not a valid code"),
        ("monthly_costs", COST.replace("100.5", "100.505"), 2, "100.505 has more than two decimals"),
        ("monthly_costs", COST.replace("0.38", "38"), 2, "38 is too large"),
        ("monthly_costs", COST.replace("sales_cost", "sales"), 2, "is an unknown key"),
        ("monthly_costs", COST + COST.splitlines()[1] + "\n", 3, "month 2026-05 is there twice"),
    ],
)
def test_wrong_mappings(tmp_path: Path, name: str, text: str, line: int, message: str) -> None:
    (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(AgreementError) as caught:
        load_mappings(tmp_path)
    assert [problem.line for problem in caught.value.problems if message in problem.message] == [line]


def test_mappings_may_be_absent(tmp_path: Path) -> None:
    assert load_mappings(tmp_path / "nowhere").stages == ()


def test_template_makes_a_folder_that_is_in_order(tmp_path: Path) -> None:
    written = create(tmp_path / "acme", 'Ação & Cia "Ltda"')
    assert {path.name for path in written} >= {
        "bastao.yaml",
        "acordo.yaml",
        "crm_stages.yaml",
        "channels.yaml",
    }
    data, _ = load_yaml(tmp_path / "acme" / "bastao.yaml")
    assert data["company"] == 'Ação & Cia "Ltda"'
    assert data["destinations"]["rd_station_nurture"]["live"] is False
    assert load_agreement(tmp_path / "acme" / "agreement").versions
    assert load_mappings(tmp_path / "acme" / "mappings").channels


def test_template_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "bastao.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="exists already"):
        create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["bastao.yaml"]


def test_schema_accepts_our_agreements_and_refuses_unknown_keys() -> None:
    schema = json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    for path in PROFILES.glob("*/agreement/*.yaml"):
        data, _ = load_yaml(path)
        jsonschema.validate(data, schema)
        if "versions" in data:
            data["versions"][0]["hot_wen"] = {}
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate(data, schema)
