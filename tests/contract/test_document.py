"""The agreement as people read and sign it: Markdown and HTML, Portuguese and English."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args

import pytest

from contract.agreement import Agreement, load_agreement
from contract.calendar_model import OptionalDay
from contract.clauses.base import AttemptChannel
from contract.document import compose, render_html, render_markdown
from contract.document_blocks import Document, Section
from contract.model import Metric, NextStep, Version
from contract.sections.routing import RoutingWhen
from contract.sections.warning_signs import WarningSigns
from contract.words import WORDS, Language, clocked, day_text
from tests.contract.full import FULL
from tests.contract.samples import GOOD, load, second_version

DEMO = Path(__file__).parents[2] / "profiles" / "demo" / "agreement"
COMPANY = "Serra Clara Equipamentos"


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Agreement:
    return load(tmp_path_factory.mktemp("full"), a=FULL)


def test_document_in_portuguese(full: Agreement) -> None:
    text = render_markdown(full, "v1", COMPANY)
    for part in (
        "# Acordo entre marketing e vendas",
        "- **Em vigor a partir de**: 1º de janeiro de 2026, 00:00 (America/Sao_Paulo)",
        "## 3. Perfil de cliente ideal (ICP)",
        "| Interesse | pontuação de interesse | interesse de pelo menos 40 pontos |",
        "| Pediu contato | conversões | conversão em `pedido-de-orcamento`, `fale-com-vendas` |",
        "| Decisor | conversa | avaliação das pessoas |",
        "| 2. Sul | estado: PR, SC; canal: `paid_search`; formulário: `fale-com-vendas` |"
        " bia@empresa.com.br (peso 2, até 40 em aberto); caio@empresa.com.br (peso 1); também quando ausente |",
        "Se nenhuma regra serve, o lead vai para caio@empresa.com.br.",
        "tem um responsável em vendas em até **15 minutos corridos** depois da passagem. `owner_at_birth`",
        "| Lead quente `first_contact_hot` | um lead quente é passado para vendas | **5 minutos úteis** |",
        "| Próximo passo `next_step` | a oportunidade é aberta, se é quente | **16 horas úteis** |",
        "- `next_step`: Vale a hora em que a tentativa foi registrada.",
        "4 tentativas em até **7 dias corridos** depois da passagem",
        "2. WhatsApp\n3. ligação\n4. e-mail",
        "pelo menos **2 horas úteis**",
        "Um lead só é devolvido depois de cumprida a cadência. Exceção: Sem perfil.",
        "| Leads aceitos por vendas `acceptance_rate` | Leads passados no mês que vendas aceitou | **85%** |",
        "estes campos preenchidos: e-mail, nome e celular (formulários: `fale-com-vendas`) | **90%** |",
        "| Sem timing | volta para a nutrição | `volta-sem-timing` |",
        "| MQL que viram SQL | no mínimo 70% |",
        "- mais de 20% dos leads passados sem nenhuma tentativa de contato",
        "Vale para a equipe Externo Sul.",
        "| Segunda a quinta | 08:00–12:00 e 13:00–18:00 |",
        "| 24 de dezembro de 2026, quinta | Véspera de Natal | `matriz` |",
        "- **Horário especial**: 18/02/2026 (Cinzas): 13:00-18:00",
        "| Vendas | Rui Sá | Diretor Comercial | 15 de dezembro de 2025 |",
        "| `queda-crm` | todas as cláusulas | 10/02/2026 12:00 a 18:00 | CRM fora do ar |",
        "| `treinamento` | Demais leads; caio@empresa.com.br | 18/05/2026 a 20/05/2026 |",
        "| bia@empresa.com.br | 06/04/2026 a 17/04/2026 |",
        full.version("v1").agreement_hash,
    ):
        assert part in text, part
    assert "férias" not in text and "folga" not in text


def test_document_in_english(full: Agreement) -> None:
    text = render_markdown(full, "v1", COMPANY, "en")
    for part in (
        "| Hot lead `first_contact_hot` | a hot lead is handed over | **5 working minutes** |",
        "In force from**: January 1, 2026, 00:00",
        "| Other leads `first_contact_other` | any other lead is handed over | **24 consecutive hours** |",
        "sales makes 4 attempts within **7 consecutive days** of the hand-over",
        "| Monday to Thursday | 08:00–12:00 and 13:00–18:00 |",
        "| April 3, 2026, Friday | Good Friday | `matriz` and `sul` |",
        "| April 21, 2026, Tuesday | Tiradentes' Day | `matriz` |",
    ):
        assert part in text, part


def test_sections_stand_in_the_order_of_a_contract(full: Agreement) -> None:
    found = compose(full, "v1", COMPANY)
    assert [section.key for section in found.sections] == [
        "parties", "glossary", "icp", "mql", "sql", "hot", "scoring", "routing", "by_marketing", "by_sales", "reasons",
        "passage", "consent", "judging", "calendars", "targets", "shared_goals", "warning_signs",
    ]  # fmt: skip
    assert [section.key for section in found.sections[9].sections] == [
        "clocks_sales", "cadence", "give_back", "rating_given", "month_sales"
    ]  # fmt: skip
    assert [annex.key for annex in found.annexes] == ["exceptions"]


def test_every_clause_is_in_the_document(full: Agreement) -> None:
    for version in (*full.versions, *load_agreement(DEMO).versions):
        agreement = full if version in full.versions else load_agreement(DEMO)
        text = render_markdown(agreement, version.version, COMPANY)
        for clause in version.terms.clauses:
            assert f"`{clause.id}`" in text, clause.id
            assert clause.title.pt in text


def test_no_sentence_is_missing() -> None:
    keys = (*get_args(Metric), *get_args(NextStep), *get_args(OptionalDay), *WarningSigns.model_fields)
    keys += tuple(f"channel_{channel}" for channel in get_args(AttemptChannel))
    keys += tuple(f"when_{key}" for key in RoutingWhen.model_fields)
    keys += tuple(f"mode_{mode}" for mode in ("observe", "propose", "assign"))
    for key in keys:
        assert all(WORDS[key]), key


@pytest.mark.parametrize("locale", ["pt-BR", "en"])
def test_nothing_is_left_to_fill_in(full: Agreement, locale: str) -> None:
    text = (
        render_markdown(full, "v1", COMPANY, locale)
        + render_html(full, "v1", COMPANY, locale).split("</style>")[1]
    )
    assert not re.search(r"[{}\x02\x03\x0e\x0f]|None|Text\(", text)


def test_a_bare_agreement_has_a_document_too(tmp_path: Path) -> None:
    bare = GOOD.replace("      conversions: [fale-com-vendas]\n", "").replace(
        "      - id: first_contact_hot", "      - id: primeiro"
    )
    text = render_markdown(load(tmp_path, a=bare), "v1", "ACME")
    assert "Nenhum lead é tratado como quente" in text
    assert "Anexo" not in text.split("## Assinaturas")[1]


def test_a_later_version_names_what_it_replaces_and_what_changed(tmp_path: Path) -> None:
    agreement = load(tmp_path, a=GOOD, b=second_version({"limit: 10 min": "limit: 5 min"}))
    first, second = (render_markdown(agreement, name, "ACME") for name in ("v1", "v2"))
    assert "quando entra em vigor a versão v2" in first and "é a primeira versão" in first
    assert "- **Substitui**: Versão v1" in second
    assert (
        "## Anexo A: O que mudou desde a versão v1\n\n- Lead quente: prazo 10 minutos → 5 minutos\n" in second
    )


def test_what_people_wrote_stays_literal(tmp_path: Path) -> None:
    odd = GOOD.replace("pt: Necessidade,", 'pt: "<b>*Urgência* | `já`</b>",').replace(
        "name: Rui", 'name: "R & S <x>"'
    )
    agreement = load(tmp_path, a=odd)
    page = render_html(agreement, "v1", 'A "C" </style><script>')
    assert (
        "<script>" not in page
        and "&lt;b&gt;*Urgência* | `já`&lt;/b&gt;" in page
        and "R &amp; S &lt;x&gt;" in page
    )
    assert r"\<b\>\*Urgência\* \| \`já\`\</b\>" in render_markdown(agreement, "v1", "ACME")


class Page(HTMLParser):
    """Checks that elements close in order, and notes ids, links and anything that would be fetched."""

    VOID = frozenset({"meta", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "img", "link", "iframe", "object"}
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert name not in {"src", "onload", "style"}
            self.ids += [str(value)] if name == "id" else []
            self.links += [str(value)] if name == "href" else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("locale", ["pt-BR", "en"])
def test_page_is_complete_in_itself(full: Agreement, locale: str) -> None:
    text = render_html(full, "v1", COMPANY, locale)
    page = Page()
    page.feed(text)
    assert not page.open
    assert len(set(page.ids)) == len(page.ids)
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert all(link.startswith("#") for link in page.links)
    assert f'lang="{locale}"' in text and "default-src 'none'" in text
    assert "url(" not in text and "@import" not in text and "http" not in text.replace("http-equiv", "")
    fingerprint = full.version("v1").agreement_hash
    assert f"v1 \\b7  sha256 {fingerprint}" in text or f"v1 · sha256 {fingerprint}" in text
    assert "counter(page)" in text and "size: A4" in text


def sections_of(document: Document) -> list[Section]:
    found = [*document.sections, *document.annexes]
    return [*found, *(child for section in found for child in section.sections)]


def test_both_languages_say_the_same(full: Agreement) -> None:
    shapes = []
    for locale in ("pt-BR", "en"):
        document = compose(full, "v1", COMPANY, locale)
        shapes.append([(section.key, len(section.blocks)) for section in sections_of(document)])
    assert shapes[0] == shapes[1]
    assert all(len(texts) == 2 and all(texts) for texts in WORDS.values())
    names = re.compile(r"\{(\w+)\}")
    assert [key for key, (pt, en) in WORDS.items() if set(names.findall(pt)) != set(names.findall(en))] == []


@pytest.mark.parametrize(
    ("seconds", "clock", "language", "text"),
    [
        (60, "business", "pt", "1 minuto útil"),
        (300, "business", "pt", "5 minutos úteis"),
        (3600, "elapsed", "pt", "1 hora corrida"),
        (86400, "elapsed", "pt", "24 horas corridas"),
        (172800, "elapsed", "pt", "2 dias corridos"),
        (172800, "business", "pt", "48 horas úteis"),
        (7200, "business", "en", "2 working hours"),
        (604800, "elapsed", "en", "7 consecutive days"),
        (3600000, "business", "pt", "1.000 horas úteis"),
    ],
)
def test_limits_in_words(seconds: int, clock: str, language: Language, text: str) -> None:
    assert clocked(seconds, clock, language) == text


def test_the_first_day_of_a_month_is_an_ordinal_in_portuguese(full: Agreement) -> None:
    start = full.version("v1").effective_from.date()
    assert day_text(start, "pt") == "1º de janeiro de 2026"
    assert day_text(start.replace(day=11), "pt") == "11 de janeiro de 2026"


def test_document_speaks_of_every_section_of_the_model() -> None:
    # A section added to the model without a place in the document would be signed without being read.
    spoken = {
        "version", "effective_from", "effective_until", "signatures", "icp", "qualification", "hot_when", "scoring",
        "routing", "shared_goals",
        "owner", "response_clocks", "cadence", "give_back", "rating", "nurture_return", "commitments", "reasons",
        "passage", "consent", "targets", "warning_signs", "calendar", "calendars_by_team", "calendars_by_seller",
    }  # fmt: skip
    assert set(Version.model_fields) == spoken
