"""The JSON Schema that editors use: it knows every key, explains it, and accepts what the product accepts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract.schema import json_schema
from contract.yaml_source import load_yaml, parse_yaml
from tests.contract.full import FULL
from tests.contract.samples import GOOD

jsonschema = pytest.importorskip("jsonschema")
ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("profiles/*/agreement/*.yaml"), *ROOT.glob("contract/template_files/agreement/*.yaml")])


@pytest.fixture(scope="module")
def validator() -> Any:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    return jsonschema.Draft202012Validator(json_schema())


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_agreements_in_order_are_valid(validator: Any, path: Path) -> None:
    assert [error.message for error in validator.iter_errors(load_yaml(path)[0])] == []


def test_an_agreement_with_every_section_is_valid(validator: Any) -> None:
    assert [error.message for error in validator.iter_errors(parse_yaml(FULL, "full")[0])] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("inactivity_days:", "inactivity_day:"),
        ("limit: 10 min", "limit: 10 minutos"),
        ("limit: 10 min", "limit: 0 min"),
        ("next_step: suppress", "next_step: supress"),
        ("2026-01-01T00:00:00-03:00", "2026-01-01"),
        ("signed_on: 2025-12-15}\n      sales", "signed_on: 15/12/2025}\n      sales"),
        ("[monday,", "[segunda,"),
        ("target: 0.70", "target: 0,70"),
        ("code: sem_perfil", "code: Sem Perfil"),
        ("en: Hot lead", "es: Lead caliente"),
    ],
)
def test_an_editor_marks_slips(validator: Any, old: str, new: str) -> None:
    assert old in GOOD
    assert list(validator.iter_errors(parse_yaml(GOOD.replace(old, new, 1), "a")[0])) != []


def keys(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every key that the schema describes, with its part of the schema."""
    if isinstance(node, dict):
        for name, part in node.get("properties", {}).items():
            yield f"{path}/{name}", part
        for name, part in node.items():
            yield from keys(part, f"{path}/{name}")
    elif isinstance(node, list):
        for part in node:
            yield from keys(part, path)


def test_every_key_is_explained() -> None:
    schema = json_schema()
    assert [path for path, part in keys(schema) if not part.get("description")] == []
    assert "at 0x" not in json.dumps(schema)
