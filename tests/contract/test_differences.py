"""Differences between versions in words: nothing that was signed changes without a line that says so."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from contract.agreement import load_agreement
from contract.calendar_model import Calendar
from contract.diff import differences
from contract.model import Version
from contract.signed import SignedVersion
from contract.yaml_source import parse_yaml
from tests.contract.full import FULL
from tests.contract.samples import GOOD, load, second_version

DEMO = Path(__file__).parents[2] / "profiles" / "demo" / "agreement"


def test_differences_in_words() -> None:
    demo = load_agreement(DEMO)
    lines = differences(demo.version("v1"), demo.version("v2"))
    assert "Primeiro contato com lead quente: prazo 10 minutos → 5 minutos" in lines
    assert "Contato com o SQL: prazo 4 horas → 2 horas" in lines
    english = differences(demo.version("v1"), demo.version("v2"), "en")
    assert "First contact with a hot lead: limit 10 minutes → 5 minutes" in english
    assert differences(demo.version("v2"), demo.version("v2")) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("clock: business", "clock: elapsed", "Lead quente: como conta só horário de trabalho → todas as horas"),
        ("[fale-com-vendas]", "[orcamento]", "Quando um lead é quente: novo orcamento"),
        ("within_days: 7", "within_days: 14", "Quando um lead é quente: conversões valem por 7 dias → 14 dias"),
        ("within_days: 7", "within_days: 7\n      interest_at_least: 80", "Quando um lead é quente: interesse mínimo nada → 80 pontos"),
        ("next_step: suppress", "next_step: recycle", "Sem perfil: o que acontece depois não recebe mais contato → tenta-se de novo mais tarde"),
        ("inactivity_days: 90", "inactivity_days: 60", "Encerramento por inatividade: 90 dias → 60 dias"),
        ("target: 0.70", "target: 0.755", "Meta MQL que viram SQL: no mínimo 70% → no mínimo 75,5%"),
        ("en: Need}", "en: Proven need}", None),
        ("{pt: Necessidade", "{pt: Necessidade provada", "SQL: novo «Necessidade provada» (CRM)"),
        ("name: Rui", "name: Eva", "Assinatura Vendas: Rui, Diretor Comercial, 15 de dezembro de 2025 → Eva, Diretor Comercial, 15 de dezembro de 2025"),
        ("code: sem_perfil", "code: fora", "Sem perfil: retirado"),
    ],
)  # fmt: skip
def test_each_change_has_its_words(tmp_path: Path, old: str, new: str, line: str | None) -> None:
    changes = {old: new}
    if "code:" in old:
        changes["[Sem perfil]"] = "[Fora do perfil]"
    agreement = load(tmp_path, a=GOOD, b=second_version(changes))
    found = differences(agreement.version("v1"), agreement.version("v2"))
    assert (line in found) if line else (found == []), found


@pytest.mark.parametrize(
    ("old", "new", "pt", "en"),
    [
        ("steps: [call, whatsapp, call, email]", "steps: [call, email]",
         "Cadência de contato: passos ligação, WhatsApp, ligação, e-mail → ligação, e-mail",
         "Contact cadence: steps call, WhatsApp, call, e-mail → call, e-mail"),
        ("min_spacing: 2 h", "min_spacing: 4 h",
         "Cadência de contato: espaço entre tentativas 2 horas úteis → 4 horas úteis",
         "Contact cadence: time between attempts 2 working hours → 4 working hours"),
        ("within: 7 d", "within: 5 d", "Cadência de contato: prazo 7 dias corridos → 5 dias corridos",
         "Contact cadence: limit 7 consecutive days → 5 consecutive days"),
        ("rule: {interest_at_least: 40}", "rule: {interest_at_least: 60}",
         "MQL: «Interesse»: o que os dados verificam: interesse de pelo menos 40 pontos → interesse de pelo menos 60 pontos",
         "MQL: «Interest»: what the data check: interest score of at least 40 → interest score of at least 60"),
        ("at_least: 0.85", "at_least: 0.9", "Leads aceitos por vendas: no mínimo 85% → 90%",
         "Leads accepted by sales: at least 85% → 90%"),
        ("fields: [email, name, mobile_phone]", "fields: [email, name]",
         "Dados completos nos formulários: campos: retirado celular", "Complete data from the forms: fields: removed mobile phone"),
        ("mode: assign\n      grace: 15 min", "mode: propose", "Distribuição dos leads: atribuir → propor",
         "Routing of leads: assign → propose"),
        ("weight: 2", "weight: 3",
         "Distribuição dos leads: Sul: quem recebe bia@empresa.com.br (peso 2, até 40 em aberto); caio@empresa.com.br (peso 1); "
         "também quando ausente → bia@empresa.com.br (peso 3, até 40 em aberto); caio@empresa.com.br (peso 1); também quando ausente",
         None),
        ("pause_when_owner_absent: true", "pause_when_owner_absent: false",
         "Lead quente: para na ausência do responsável: sim → não", "Hot lead: stops while the owner is absent: yes → no"),
        ("except_reasons: [sem_perfil]", "except_reasons: []", "Devolução só depois da cadência: exceções: retirado sem_perfil", None),
        ("untouched_share_above: 0.2", "untouched_share_above: 0.1",
         "Sinais de que o acordo está quebrado: novo mais de 10% dos leads passados sem nenhuma tentativa de contato", None),
        ("sectors: [Indústria, Logística]", "sectors: [Indústria]",
         "Perfil de cliente ideal (ICP): setores: retirado Logística", "Ideal customer profile (ICP): sectors: removed Logística"),
        ("calendars_by_team: {Externo Sul: sul}", "calendars_by_team: {}",
         "Calendário da equipe Externo Sul: deixa de ter um próprio", "Calendar of team Externo Sul: no longer its own"),
        ("calendars_by_team: {Externo Sul: sul}", "calendars_by_team: {Externo Sul: sul, Norte: sul}",
         "Calendário da equipe Norte: passa a ter um próprio (Segunda a sexta 08:30–12:00 e 13:30–18:00; Sábado e domingo não há expediente)", None),
        ("at_most: 2, cooling_off: 90 d", "at_most: 3", "Volta do lead para a nutrição: voltas por pessoa, no máximo: 2 → 3",
         "The lead's return to nurture: returns per person, at most: 2 → 3"),
        ("cooling_off: 90 d", "cooling_off: 60 d", "Volta do lead para a nutrição: intervalo entre voltas: 90 dias corridos → 60 dias corridos",
         "The lead's return to nurture: time between returns: 90 consecutive days → 60 consecutive days"),
        ("return_identifier: volta-sem-timing", "flow: 0a1b-22",
         "Sem timing: entra na nutrição por volta-sem-timing → fluxo 0a1b-22", None),
        ("rating: {within: 5 d", "rating: {within: 3 d",
         "Nota do vendedor para o lead: prazo 5 dias corridos → 3 dias corridos", None),
        ("    rating: {within: 5 d, clock: elapsed, fallback_without_instant: rated}\n", "", "Nota do vendedor para o lead: retirado", None),
    ],
)  # fmt: skip
def test_the_later_sections_have_their_words(
    tmp_path: Path, old: str, new: str, pt: str, en: str | None
) -> None:
    assert old in FULL
    first = load(tmp_path, a=FULL).version("v1")
    second = load(tmp_path, a=FULL.replace(old, new, 1)).version("v1")
    assert pt in differences(first, second), differences(first, second)
    if en:
        assert en in differences(first, second, "en"), differences(first, second, "en")


def test_calendar_changes_have_words(tmp_path: Path) -> None:
    other = (
        GOOD[GOOD.index("calendars:") : GOOD.index("glossary:")]
        .replace("matriz", "nova")
        .replace("18:00", "17:00")
    )
    other = other.replace(
        "    hours:\n", '    closed_every_year: [{day: "12-24", name: Véspera}]\n    hours:\n'
    )
    agreement = load(tmp_path, a=GOOD, b=second_version({"calendar: matriz": "calendar: nova"}) + other)
    found = differences(agreement.version("v1"), agreement.version("v2"))
    assert "Calendário de trabalho: segunda 08:00-12:00, 13:00-18:00 → 08:00-12:00, 13:00-17:00" in found
    assert "Calendário de trabalho: fechado todos os anos: novo 24 de dezembro (Véspera)" in found


# Words of which one may stand for another; what the model refuses at a place is skipped.
FAMILIES = (
    ("hot", "other", "all", "sql"), ("opportunity", "proposal"), ("elapsed", "business"), ("marketing", "sales"),
    ("call", "meeting"), ("whatsapp", "visit"), ("email", "visit"), ("assign", "observe"),
    ("rated", "not_judgeable", "attempt"), ("first_contact", "first_attempt"), ("occurred_at", "logged_at"),
    ("nurture", "recycle"), ("suppress", "recycle"), ("refuse", "allow"), ("at_least", "at_most"),
    ("mql_to_sql", "close_rate"), ("mqls_per_month", "wins_per_month"), ("wins_per_month", "mqls_per_month"),
    ("monday", "sunday"), ("carnival", "corpus_christi"), ("America/Sao_Paulo", "America/Bahia"), ("PR", "SC"),
)  # fmt: skip
SHAPES = (
    (r"\d+ (min|h|d)", "3 h"), (r"\d{4}-\d\d-\d\d", "2026-03-03"), (r"\d\d-\d\d", "12-26"),
    (r"\d\d:\d\d-\d\d:\d\d", "09:00-11:00"), (r".*@.*", "ana@x.com.br"), (r".*", "outro-texto"),
)  # fmt: skip
UNSIGNED = {"version", "effective_from", "effective_until", "calendar"}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of everything below a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inside:
        yield (*path, key)
        yield from leaves(child, (*path, key))


def others(value: Any) -> tuple[Any, ...]:
    """What to put in the place of a value; None takes it out."""
    if isinstance(value, bool):
        return (None, not value)
    if isinstance(value, int | float):
        return (None, value + 1 if isinstance(value, int) else value / 2)
    if not isinstance(value, str):
        return (None,)
    alike = [word for family in FAMILIES if value in family for word in family if word != value]
    return (None, *alike, next(other for shape, other in SHAPES if re.fullmatch(shape, value)))


def changed(data: Any, path: tuple[Any, ...], other: Any) -> Any:
    """A copy with another value at the path."""
    result = copy.deepcopy(data)
    parent = result
    for key in path[:-1]:
        parent = parent[key]
    if other is None:
        del parent[path[-1]]
    else:
        parent[path[-1]] = other
    return result


def variants(model: type[Any], data: Any) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The part with one thing changed in it, for each thing: whatever the model still accepts, twice at most."""
    before = model.model_validate(data)
    for path in leaves(data):
        value = data
        for key in path:
            value = value[key]
        accepted = 0
        for other in others(value):
            try:
                after = model.model_validate(changed(data, path, other))
            except ValidationError:
                continue
            if after != before and accepted < 2:
                accepted += 1
                yield path, after


def test_no_signed_word_changes_in_silence() -> None:
    data, _ = parse_yaml(FULL, "full")
    calendar = Calendar.model_validate(data["calendars"]["sul"])
    terms = Version.model_validate(data["versions"][0])
    named = {
        "team_calendars": {"Externo Sul": calendar},
        "seller_calendars": {"bia@empresa.com.br": calendar},
    }
    before = SignedVersion(terms, calendar, **named)
    found = [
        (path, SignedVersion(after, calendar, **named))
        for path, after in variants(Version, data["versions"][0])
        if path[0] not in {*UNSIGNED, "calendars_by_team", "calendars_by_seller"}
        and path[-1] not in {"id", "grace"}
    ]
    found += [
        (("calendar", *path), SignedVersion(terms, after, **named))
        for path, after in variants(Calendar, data["calendars"]["sul"])
    ]
    silent = [
        path for path, after in found if not differences(before, after, "en" if path[-1] == "en" else "pt-BR")
    ]
    assert silent == []
    assert len(found) > 200
