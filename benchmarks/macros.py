"""The project's own SQL for a benchmark: macros are rendered from `dbt_project/macros`, never copied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment

MACROS = Path(__file__).resolve().parents[1] / "dbt_project" / "macros"


class _Adapter:
    """What `adapter.dispatch` does in dbt, for DuckDB: its own version of a macro, else the default one."""

    def __init__(self) -> None:
        self.module: Any = None

    def dispatch(self, name: str, _package: str) -> Any:
        own = getattr(self.module, f"duckdb__{name}", None)
        return own or getattr(self.module, f"default__{name}")


def load(*files: str) -> Any:
    """The macros of these files (`business_time.sql`, …) as Python functions from text to SQL of DuckDB."""
    adapter = _Adapter()
    environment = Environment(extensions=["jinja2.ext.do"])
    environment.globals.update({"adapter": adapter, "return": lambda text: text})
    template = environment.from_string("\n".join((MACROS / file).read_text(encoding="utf-8") for file in files))
    adapter.module = template.module
    return template.module
