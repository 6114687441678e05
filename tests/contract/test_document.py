"""The agreement as people read it: the document in two languages, and differences in words."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from contract.agreement import Agreement, load_agreement
from contract.calendar_model import OptionalDay
from contract.diff import differences
from contract.document import render_markdown
from contract.model import Metric, NextStep
from contract.words import WORDS
from tests.contract.samples import GOOD, load, second_version

DEMO = Path(__file__).parents[2] / "profiles" / "demo" / "agreement"


@pytest.fixture(scope="module")
def demo() -> Agreement:
    return load_agreement(DEMO)


def test_document_in_portuguese(demo: Agreement) -> None:
    text = render_markdown(demo, "v2", "Serra Clara Equipamentos")
    for part in (
        "# Acordo entre marketing e vendas",
        "Em vigor a partir de 1 de janeiro de 2026, 00:00 (America/Sao_Paulo)",
        "| Primeiro contato com lead quente | Vendas | 5 minutos | só horário de trabalho |",
        "| MQL que viram SQL | no mínimo 70% |",
        "| Sem timing | volta para a nutrição |",
        "- sexta: 08:00–12:00, 13:00–18:00",
        "24 de dezembro (Véspera de Natal)",
        "| Vendas | Otávio Nogueira | Diretor Comercial | 15 de dezembro de 2025 |",
        demo.version("v2").agreement_hash,
    ):
        assert part in text, part


def test_document_in_english(demo: Agreement) -> None:
    text = render_markdown(demo, "v1", "Serra Clara Equipamentos", "en")
    assert "| First contact with a hot lead | Sales | 10 minutes | working hours only |" in text
    assert "In force from January 1, 2025, 00:00" in text
    assert "at most 24 hours" in text


def test_document_has_no_word_missing(tmp_path: Path) -> None:
    for key in (*get_args(Metric), *get_args(NextStep), *get_args(OptionalDay)):
        assert all(WORDS[key]), key
    bare = GOOD.replace(
        "      conversions: [fale-com-vendas]\n      within_days: 7\n", "      within_days: 7\n"
    )
    full = bare.replace(
        "    hours:\n      - days",
        "    state: SP\n    optional_days_closed: [carnival]\n"
        "    closed_days: [{date: 2026-03-02, name: Mudança}]\n"
        "    special_hours: [{date: 2026-02-18, name: Cinzas, intervals: ['13:00-18:00']}]\n"
        "    hours:\n      - days",
    )
    text = render_markdown(load(tmp_path, a=full), "v1", "ACME")
    assert "Nenhum lead é tratado como quente" in text
    assert "do estado SP" in text and "facultativos em que a empresa fecha: Carnaval" in text
    assert "18 de fevereiro de 2026 (Cinzas): 13:00-18:00" in text
    assert "{" not in text


def test_differences_in_words(demo: Agreement) -> None:
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
        ("within_days: 7", "within_days: 14", "Quando um lead é quente: 7 dias → 14 dias"),
        ("within_days: 7", "within_days: 7\n      interest_at_least: 80", "Quando um lead é quente: interest_at_least nada → 80"),
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
    assert "Calendário de trabalho: Fechado todos os anos: novo 24 de dezembro (Véspera)" in found
