"""RD Station's export of the lead base, recognised by its headers (Leads → Exportar).

Its columns are those that whoever exports has chosen, custom fields among them; `Email` is always there. What has no
counterpart is listed as unused, never an error: letters of the profile score (their bands are the account's own), the
text of the last hundred events, custom fields.
"""

from __future__ import annotations

import glob
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from contract.yaml_source import Lines
from ingestion.errors import SourceError
from ingestion.files.csv_reader import CsvFile
from ingestion.files.mapping import ColumnMap, FilesMapping

TABLE = "rd_station_contacts"
_HEADERS: dict[str, tuple[str, ...]] = {  # ours: theirs, compared without capitals
    "contact_uuid": ("url pública", "url publica", "public url", "uuid"),
    "email": ("email", "e-mail"),
    "phone": ("telefone", "phone"),
    "mobile_phone": ("celular", "mobile phone"),
    "cpf": ("cpf",),
    "name": ("nome", "name"),
    "job_title": ("cargo", "job title"),
    "city": ("cidade", "city"),
    "state": ("estado", "state"),
    "created_at": ("data de criação", "data de criacao", "creation date"),
    "lifecycle_stage": ("estágio no funil", "estagio no funil", "funnel stage"),
    "contact_owner_email": ("dono do lead", "lead owner"),
    "interest": ("lead scoring - interesse", "lead scoring - interest"),
    "communication": ("status para comunicação por email", "status para comunicacao por email", "email communication status"),
    "tags": ("tags",),
    "conversions": ("total de conversões", "total de conversoes", "total conversions"),
    "first_conversion_at": ("data da primeira conversão", "first conversion date"),
    "first_conversion_origin": ("origem da primeira conversão", "first conversion source"),
    "last_conversion_at": ("data da última conversão", "last conversion date"),
    "last_conversion_origin": ("origem da última conversão", "last conversion source"),
    "opportunity_at": ("data da última oportunidade", "last opportunity date"),
}
_TELLING = frozenset({"lifecycle_stage", "conversions", "last_conversion_at", "contact_uuid", "communication"})
_STAGES = {
    "Lead": "Lead", "Lead Qualificado": "Qualified Lead", "Qualificado": "Qualified Lead", "Qualified Lead": "Qualified Lead",
    "Qualified": "Qualified Lead", "Cliente": "Client", "Client": "Client", "Customer": "Client",
}  # fmt: skip
_FORMATS = (None, "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d/%m/%Y às %H:%M")
_SAMPLE = 500


def mapping_of(path: Path, time_zone: str) -> tuple[FilesMapping, Lines]:
    """The mapping that the file's own headers imply. SourceError when it is no lead base. `time_zone`: of its instants."""
    file = CsvFile(path)
    by_name = {name.strip().casefold(): name for name in reversed(file.header)}
    found = {
        ours: next((by_name[name] for name in names if name in by_name), None) for ours, names in _HEADERS.items()
    }
    if found["email"] is None or not any(found[ours] for ours in _TELLING):
        raise SourceError(
            f"{path.name}: is no export of RD Station's lead base (a column Email and, beside it, Estágio no funil or URL "
            "pública). For any other list name a mapping with --mapping; docs/import.md has examples."
        )
    formats = _formats(file, {ours: found[ours] for ours in found if ours.endswith("_at") and found[ours]})
    columns = {ours: _how(ours, header, formats, time_zone) for ours, header in found.items() if header is not None}
    table = {"file": glob.escape(path.name), "encoding": file.encoding, "delimiter": file.delimiter, "columns": columns}
    return FilesMapping.model_validate({"time_zone": time_zone, "tables": {TABLE: table}}), Lines(path.name)


def _how(ours: str, header: str, formats: dict[str, str | None], time_zone: str) -> ColumnMap:
    how: dict[str, Any] = {"column": header}
    if ours == "lifecycle_stage":
        how |= {"values": _STAGES, "otherwise": ""}
    if ours.endswith("_at"):
        # A date without a time is no instant: it is left empty, and the API says it later.
        how |= {"zone": time_zone, "format": formats[ours], "midnight_is_date": True}
    return ColumnMap.model_validate(how)


def _formats(file: CsvFile, columns: dict[str, str | None]) -> dict[str, str | None]:
    """How each column writes its instants: the form that reads most of a sample."""
    sample = [record.values for record in islice(file.records(), _SAMPLE) if record.values]
    return {
        ours: max(_FORMATS, key=lambda pattern: sum(_reads(row[str(header)], pattern) for row in sample))
        for ours, header in columns.items()
    }


def _reads(text: str, pattern: str | None) -> bool:
    from ingestion.files.convert import parse_wall

    try:
        return bool(text.strip()) and isinstance(parse_wall(text.strip(), pattern), datetime)
    except ValueError:
        return False
