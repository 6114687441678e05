"""JSON Schema of the agreement's files, so that editors complete and check while a person writes."""

from __future__ import annotations

from typing import Any

from contract.model import AgreementFile


def json_schema() -> dict[str, Any]:
    """Schema (draft 2020-12) of one file of `<profile>/agreement/`."""
    schema = AgreementFile.model_json_schema(mode="validation")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Bastão: agreement between marketing and sales",
    }
