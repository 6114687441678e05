"""The mapping file of the `files` source: which column of a CSV or Parquet file is which column of `raw_files`.

```yaml
time_zone: America/Sao_Paulo        # zone of local dates that are derived from instants
tables:
  attempts:
    file: ligacoes.parquet
    columns:
      attempt_key: id
      handoff_key: lead
      occurred_at: {column: quando, zone: America/Sao_Paulo, format: "%d/%m/%Y %H:%M"}
      outcome: {column: resultado, values: {Atendeu: contact, Caixa postal: no_answer}, otherwise: unknown}
    constants: {channel: call}
  deals:
    file: deals.csv                 # plain or .gz; a pattern such as deals-*.csv takes several
    columns:
      deal_key: id
      won_at: {column: won_date, zone: UTC, midnight_is_date: true}
      company_key: {column: cnpj, check: cnpj}
    constants: {segment: retail}
    where: {status: [won]}
    join: [{file: orders.csv, on: order_id}]
```
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_validator

from contract.explain import validate
from contract.fields import Strict, Zone
from contract.problems import ConfigurationError, Problem, did_you_mean
from contract.yaml_source import Lines, load_yaml
from ingestion.files import contacts
from ingestion.tables import TABLES, TableSpec

SCHEMA = "raw_files"
CANONICAL = {name: TABLES[SCHEMA][name] for name in ("handoffs", "attempts", "deals", "movements")} | contacts.SPECS
# What a row cannot do without; of a pair, one is enough.
REQUIRED: dict[str, tuple[tuple[str, ...], ...]] = {
    "handoffs": (("handoff_key",), ("mql_on", "mql_at")),
    "attempts": (("attempt_key",), ("handoff_key",), ("channel",), ("occurred_at",)),
    "deals": (("deal_key",), ("handoff_key",), ("won_on", "won_at")),
    "movements": (
        ("movement_key",),
        ("company_key",),
        ("kind",),
        ("amount",),
        ("currency",),
        ("occurred_on",),
    ),
    "rd_station_contacts": (("contact_uuid", "email"),),
    "crm_contacts": (("contact_id", "email"),),
}
# A local date that follows from an instant when the file has no column of its own for it.
DERIVED = {"handoffs": ("mql_at", "mql_on"), "deals": ("won_at", "won_on")}
# Columns that hold words of ours; a file that writes others translates them with `values:`.
VOCABULARY: dict[tuple[str, str], tuple[str, ...]] = {
    ("handoffs", "temperature"): ("hot", "other"),
    ("attempts", "channel"): ("call", "whatsapp", "email", "meeting", "visit"),
    ("attempts", "outcome"): ("contact", "no_answer", "unknown"),
    ("rd_station_contacts", "lifecycle_stage"): contacts.STAGES,
}


class ColumnMap(Strict):
    """Where one canonical column comes from, and how its text is read."""

    column: str | None = Field(None, min_length=1, description="the column of the file")
    columns: tuple[str, ...] = Field(
        (), description="several columns, joined by `separator` into one key"
    )
    separator: str = Field("-", description="what stands between joined columns")
    format: str | None = Field(None, min_length=1, description="strptime format of a date, as %d/%m/%Y")
    zone: Zone | None = Field(None, description="zone of an instant written without one, as UTC")
    midnight_is_date: bool = Field(
        False, description="local midnight means that the file knows the date only; the instant stays empty"
    )
    decimal: Literal[".", ","] = Field(".", description="decimal mark of a number")
    check: Literal["cnpj", "cpf"] | None = Field(None, description="cnpj or cpf: refuse invalid numbers")
    values: dict[str, str] = Field(
        default_factory=dict, description="what the file writes: what it means; capitals do not matter"
    )
    otherwise: str | None = Field(None, description="what every value means that `values` does not list")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: Any) -> Any:
        return {"column": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _one_source(self) -> ColumnMap:
        if self.otherwise is not None and not self.values:
            raise ValueError("says `otherwise` and lists no `values`; list them, or use a constant")
        if bool(self.column) == bool(self.columns):
            raise ValueError("names no column of the file, or both `column` and `columns`; write one of the two")
        return self

    @property
    def sources(self) -> tuple[str, ...]:
        """The columns of the file that are read."""
        return self.columns or ((self.column,) if self.column else ())


class Join(Strict):
    """A second file whose columns are added to each row by an equal key."""

    file: str = Field(min_length=1, description="the second file")
    on: str = Field(min_length=1, description="the column that both files share; unique in the second file")


class FileTable(Strict):
    """How one canonical table is read from files."""

    file: str = Field(
        min_length=1, description="the CSV (plain or .gz) or Parquet file, in the data folder; may be a pattern"
    )
    encoding: str | None = Field(None, description="utf-8, cp1252 …; found out when absent")
    delimiter: str | None = Field(
        None, min_length=1, max_length=1, description="one character; found out when absent"
    )
    columns: dict[str, ColumnMap] = Field(min_length=1, description="canonical column: column of the file")
    constants: dict[str, str | bool] = Field(
        default_factory=dict, description="canonical column: fixed value"
    )
    join: tuple[Join, ...] = Field((), description="files joined to each row")
    where: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="column of the file: the values whose rows are loaded; others are counted and left out",
    )

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str | None) -> str | None:
        try:
            "".encode(value or "utf-8")
        except LookupError:
            raise ValueError(f"{value!r} is not a text encoding; write utf-8 or cp1252") from None
        return value


class FilesMapping(Strict):
    """The whole mapping file."""

    time_zone: Zone = Field(description="zone of the company's local dates, as America/Sao_Paulo")
    tables: dict[str, FileTable] = Field(min_length=1, description="canonical table: how it is read")


class FilesError(ConfigurationError):
    """The mapping or the files do not fit together; `problems` holds everything found."""

    title = "The files source has {count}"


def load_mapping(path: Path) -> tuple[FilesMapping, Lines]:
    """Read and check the mapping. Raises `FilesError` (or `ConfigurationError` for the YAML) with all problems."""
    data, lines = load_yaml(path, f"{path.parent.name}/{path.name}")
    mapping, problems = validate(FilesMapping, data, lines, ())
    if mapping is not None:
        problems = [
            problem for name, table in mapping.tables.items() for problem in _check(name, table, lines)
        ]
    if mapping is None or problems:
        raise FilesError(problems)
    return mapping, lines


def _check(name: str, table: FileTable, lines: Lines) -> list[Problem]:
    path = ("tables", name)
    if name not in CANONICAL:
        return [
            lines.problem(path, f"{name!r} is not a table of the files source", did_you_mean(name, CANONICAL))
        ]
    spec, problems = CANONICAL[name], []
    for section, given in (("columns", table.columns), ("constants", table.constants)):
        for column in given:
            if column not in spec.column_names:
                remedy = did_you_mean(column, spec.column_names)
                problems.append(lines.problem((*path, section, column), f"{name} has no such column", remedy))
            elif section == "constants" and column in table.columns:
                message = "is a constant and a mapped column at once"
                problems.append(lines.problem((*path, section, column), message, "Keep one."))
    for choice in REQUIRED[name]:
        if not any(column in table.columns or column in table.constants for column in choice):
            message = f"{' or '.join(choice)} is not mapped"
            problems.append(lines.problem((*path, "columns"), message, f"Add `{choice[0]}: <column of the file>`."))
    problems += [
        lines.problem((*path, "columns", column), "is an instant without a zone", "Add `zone:`, as UTC.")
        for column, source in table.columns.items()
        if _type(spec, column) == "timestamp" and source.zone is None
    ]
    return problems + _check_words(name, table, lines)


def _check_words(name: str, table: FileTable, lines: Lines) -> list[Problem]:
    """Translations and constants of the columns that hold words of ours."""
    problems = []
    for (owner, column), words in VOCABULARY.items():
        how, path = table.columns.get(column), ("tables", name)
        if owner != name:
            continue
        given: list[tuple[tuple[str, ...], Any]] = [((*path, "constants", column), table.constants.get(column))]
        if how is not None:
            given += [((*path, "columns", column, "values", text), word) for text, word in how.values.items()]
            given.append(((*path, "columns", column, "otherwise"), how.otherwise))
        problems += [
            lines.problem(where, f"{column} cannot be {word!r}", did_you_mean(str(word), words))
            for where, word in given
            if word is not None and word not in words
        ]
    return problems


def _type(spec: TableSpec, column: str) -> str | None:
    return next((item.type for item in spec.columns if item.name == column), None)
