"""The data dictionary of a company group: SX2 (tables), SX3 (columns), and what is assumed without it (contract 1.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingestion.protheus.settings import COMPANIES
from ingestion.protheus.source import BYTES, MOMENT, NUMBER, TEXT, Sharing

SX2 = ("x2_chave", "x2_arquivo", "x2_modo", "x2_modoun", "x2_modoemp", "x2_unico")
SX3 = ("x3_arquivo", "x3_campo", "x3_tipo", "x3_decimal", "x3_context")
FAMILIES = {"C": TEXT, "D": TEXT, "L": TEXT, "N": NUMBER, "M": BYTES, "T": MOMENT}


@dataclass
class Dictionary:
    """What SX2 and SX3 say; empty parts where they cannot be read. Aliases and columns in lower case."""

    group: str
    physical: dict[str, str] = field(default_factory=dict)
    sharing: list[Sharing] = field(default_factory=list)
    decimals: dict[str, dict[str, int]] = field(default_factory=dict)
    families: dict[str, dict[str, str]] = field(default_factory=dict)

    def physical_name(self, alias: str) -> str:
        """The name that SX2 gives, else alias + group + 0 (lower case)."""
        return self.physical.get(alias, self.default_name(alias))

    def default_name(self, alias: str) -> str:
        """Alias + group + 0; SYS_COMPANY serves all groups under its own name."""
        return alias if alias == COMPANIES else f"{alias}{self.group.lower()}0"

    def add_tables(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Live rows of SX2 by lower-case column name."""
        for row in rows:
            alias, name = (str(row.get(key) or "").strip() for key in ("x2_chave", "x2_arquivo"))
            if not alias or not name:
                continue
            self.physical[alias.lower()] = name.lower()
            modes = [str(row.get(key) or "").strip() or None for key in ("x2_modoemp", "x2_modoun", "x2_modo", "x2_unico")]
            self.sharing.append(Sharing(alias.lower(), name, *modes))

    def add_columns(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Live rows of SX3; virtual columns (context V) are on screens only and in no table."""
        for row in rows:
            alias, column = (str(row.get(key) or "").strip().lower() for key in ("x3_arquivo", "x3_campo"))
            if not alias or not column or str(row.get("x3_context") or "").strip() == "V":
                continue
            self.decimals.setdefault(alias, {})[column] = int(float(row.get("x3_decimal") or 0))
            family = FAMILIES.get(str(row.get("x3_tipo") or "").strip(), "")
            self.families.setdefault(alias, {})[column] = family

    def gaps(self) -> list[str]:
        """What the operator should know about a dictionary that is not there."""
        missing = [name for name, there in (("SX2", self.physical), ("SX3", self.decimals)) if not there]
        if not missing:
            return []
        return [
            f"protheus: no {' and '.join(missing)} for group {self.group} to read: names are taken as alias + group + 0, "
            "and decimals as the standard dictionary has them."
        ]
