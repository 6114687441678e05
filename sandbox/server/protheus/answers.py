"""Values of a database row as the REST server writes them; case, padding and dates by switch."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.server.config import SandboxConfig


def shown(config: SandboxConfig, kinds: dict[str, str], columns: list[str], row: Any) -> dict[str, Any]:
    """One item of the collection."""
    item = {}
    for name, value in zip(columns, row, strict=True):
        key = name.lower() if config.protheus_rest_key_case == "lower" else name
        item[key] = _value(config, kinds.get(name, "C"), value)
    return item


def _value(config: SandboxConfig, kind: str, value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("cp1252", "replace")
    if not isinstance(value, str):
        return value
    text = value if config.protheus_rest_padded else value.rstrip(" ")
    if kind == "D" and config.protheus_rest_dates == "iso" and len(text.strip()) == 8:
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return text
