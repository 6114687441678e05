"""JSON Schema of the agreement's files, so that editors complete and check while a person writes.

It says what one file may hold. What holds between parts (a calendar that exists, versions that do not overlap) is
for `bastao agreement check`.
"""

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
        "description": "One file of a company's agreement/ folder; each part may stand in any file.",
    }
