"""A small correct agreement; tests change one thing and look at what is said about it."""

from __future__ import annotations

from pathlib import Path

from contract.agreement import Agreement, load_agreement

GOOD = """\
versions:
  - version: v1
    effective_from: 2026-01-01T00:00:00-03:00
    signatures:
      marketing: {name: Ana, role: Diretora de Marketing, signed_on: 2025-12-15}
      sales: {name: Rui, role: Diretor Comercial, signed_on: 2025-12-15}
    qualification:
      mql:
        criteria:
          - title: {pt: Perfil, en: Fit}
            measured_by: {pt: formulário, en: form}
      sql:
        criteria:
          - title: {pt: Necessidade, en: Need}
            measured_by: {pt: CRM, en: CRM}
    hot_when:
      conversions: [fale-com-vendas]
      within_days: 7
    response_clocks:
      - id: first_contact_hot
        title: {pt: Lead quente, en: Hot lead}
        applies_to: hot
        clock: business
        limit: 10 min
    reasons:
      - code: sem_timing
        title: {pt: Sem timing, en: Wrong timing}
        next_step: nurture
        return_identifier: volta-sem-timing
        labels: {rd_station_crm: [Sem timing]}
      - code: sem_perfil
        title: {pt: Sem perfil, en: No fit}
        next_step: suppress
        labels: {rd_station_crm: [Sem perfil]}
    passage:
      inactivity_days: 90
    targets:
      - {metric: mql_to_sql, target: 0.70, direction: at_least, unit: share}
    calendar: matriz
calendars:
  matriz:
    zone: America/Sao_Paulo
    hours:
      - days: [monday, tuesday, wednesday, thursday, friday]
        intervals: ["08:00-12:00", "13:00-18:00"]
glossary:
  - term: {pt: Lead, en: Lead}
    meaning: {pt: Pessoa, en: Person}
"""


def second_version(changes: dict[str, str] | None = None, name: str = "v2", since: str = "2026-07-01") -> str:
    """The text of a file with a later version; `changes` are replacements in it."""
    text = GOOD[: GOOD.index("calendars:")]
    text = text.replace("version: v1", f"version: {name}").replace("2026-01-01T", f"{since}T")
    for old, new in (changes or {}).items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def write(folder: Path, **files: str) -> Path:
    """Write `<name>.yaml` files into an agreement folder."""
    folder = folder / "agreement"
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, **files: str) -> Agreement:
    """Write and read an agreement."""
    return load_agreement(write(folder, **files))
