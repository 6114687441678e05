"""Slips in every section of an agreement: the line, what is wrong in plain words, and what to write instead.

`at` is a piece of the changed text: the problem must be on the line where it stands.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from contract.agreement import load_agreement
from contract.problems import AgreementError, Problem
from tests.contract.full import FULL
from tests.contract.samples import GOOD, load, second_version, write

WAIVER = FULL[FULL.index("  - id: queda-crm") : FULL.index("  - id: treinamento")]
CADENCE = FULL[FULL.index("    cadence:") : FULL.index("    give_back:")]
PERIOD = "    from: 2026-02-10T12:00:00-03:00\n    until: 2026-02-10T18:00:00-03:00\n"

# (what, text to replace, replacement, at, part of the message, part of the remedy)
CASES: list[tuple[str, str, str, str, str, str]] = [
    ("Portuguese versions", "versions:\n", "versoes:\n", "versoes", "unknown key", 'Did you mean "versions"?'),
    ("Portuguese signatures", "    signatures:", "    assinaturas:", "assinaturas", "unknown key", 'Did you mean "signatures"?'),
    ("Portuguese reasons", "    reasons:\n", "    motivos:\n", "motivos", "unknown key", 'Did you mean "reasons"?'),
    ("Portuguese routing", "    routing:", "    distribuição:", "distribuição", "unknown key", 'Did you mean "routing"?'),
    ("Portuguese cadence", "    cadence:", "    cadencia:", "cadencia", "unknown key", 'Did you mean "cadence"?'),
    ("Portuguese limit", "limit: 5 min", "prazo: 5 min", "prazo", "unknown key", 'Did you mean "limit"?'),
    ("Portuguese calendar", "calendars:\n", "calendários:\n", "calendários", "unknown key", 'Did you mean "calendars"?'),
    ("Portuguese absences", "absences:\n", "férias:\n", "férias:", "unknown key", 'Did you mean "absences"?'),
    ("Portuguese clock", "clock: business\n        limit: 5", "clock: útil\n        limit: 5", "útil", "'útil' is not allowed", 'Did you mean "business"?'),
    ("Portuguese temperature", "applies_to: hot", "applies_to: quente", "applies_to: quente", "'quente' is not allowed", 'Did you mean "hot"?'),
    ("Portuguese step", "[call, whatsapp, call, email]", "[ligação, whatsapp]", "ligação", "'ligação' is not allowed", 'Did you mean "call"?'),
    ("minutes in words", "limit: 5 min", "limit: 5 minutos", "5 minutos", "not a length of time", "Write 5 min (the units are s, min, h, d)"),
    ("one and a half hours", "limit: 5 min", "limit: 1,5 h", "1,5 h", "not a length of time", "Write 90 min"),
    ("days in words", "within: 7 d", "within: 7 dias", "7 dias", "not a length of time", "Write 7 d"),
    ("negative time", "owner: {within: 15 min", "owner: {within: -15 min", "-15 min", "not a positive length", "at least 1 s"),
    ("decimal comma", "target: 0.70", "target: 0,70", "target: 0,70", "a comma divides 0,70 in two", "Write 0.70, with a point"),
    ("decimal comma on a line of its own", "untouched_share_above: 0.2", "untouched_share_above: 0,2", "0,2", "must be a number, found '0,2'", "Write 0.2, with a point"),
    ("percent sign", "at_least: 0.85", "at_least: 85%", "85%", "'85%'", "Write 0.85: a share from 0 to 1"),
    ("share in percent", "at_least: 0.85", "at_least: 85", "at_least: 85", "is 85", "0.85 for 85 %"),
    ("120 percent", "at_least: 0.85", "at_least: 1.2", "at_least: 1.2", "is 1.2", "a share from 0 to 1"),
    ("thousand with a point", "at_least: 120", "at_least: 1.000", "1.000", "may be read as 1000 or as 1", "Write 1000, without the point"),
    ("half an SQL", "sqls_per_month, at_least: 50", "sqls_per_month, at_least: 50.5", "50.5", "is not a count", "whole number"),
    ("no volume", "at_least: 10}", "at_least: 0}", "at_least: 0}", "too small", "greater than 0"),
    ("unknown measure", "measure: sqls_per_month", "measure: sql_per_month", "sql_per_month", "not allowed", 'Did you mean "sqls_per_month"?'),
    ("capture without fields", ", fields: [email, name, mobile_phone]", "", "capture_completeness", "names no fields", "[email, name, mobile_phone]"),
    ("fields of a volume", "month, at_least: 50}", "month, at_least: 50, fields: [email]}", "sqls_per_month", "has no fields", "Remove them"),
    ("measure twice", "measure: sqls_per_month, at_least: 50", "measure: mqls_per_month, at_least: 50", "month, at_least: 50", "exists already at", "another `id:`"),
    ("hour 25", '"08:30-12:00"', '"08:30-25:00"', "25:00", "is not an interval", "08:00-12:00"),
    ("misspelt day", "days: [friday]", "days: [fryday]", "fryday", "not allowed", 'Did you mean "friday"?'),
    ("state of a calendar in full", "state: PR", "state: Paraná", "  sul:", "not known in BR", "PR"),
    ("calendar near miss", "{Externo Sul: sul}", "{Externo Sul: sull}", "sull", "'sull' is not defined", 'Did you mean "sul"?'),
    ("seller's calendar without e-mail", "{bia@empresa.com.br: noite}", "{bia: noite}", "{bia: noite}", "not an e-mail", "ana@empresa.com.br"),
    ("rule with two keys", "rule: {fit_at_least: 50}", "rule: {fit_at_least: 50, interest_at_least: 10}", "fit_at_least: 50, ", "names interest_at_least and fit_at_least", "Write one of"),
    ("rule without keys", "rule: {fit_at_least: 50}", "rule: {}", "rule: {}", "names nothing", "Write one of"),
    ("rule of the SQL", "measured_by: {pt: etapa no CRM, en: stage in the CRM}", "measured_by: {pt: etapa no CRM, en: stage in the CRM}\n            rule: {fit_at_least: 50}", "            rule: {fit_at_least: 50}\n    hot", "unknown key", "measured_by"),
    ("points for two things", "when: {segment_in: [Indústria, Logística]}", "when: {segment_in: [Indústria], channel_in: [event]}", "segment_in: [Indústria], ", "and these by segment_in and channel_in", "Write one of"),
    ("values without their field", "when: {field: cf_porte_empresa, field_in", "when: {field_in", "when: {field_in", "go together", "cf_porte_empresa"),
    ("window of a channel", "channel_in: [event, email]}\n          points: 5", "channel_in: [event, email], within_days: 7}\n          points: 5", "within_days: 7}", "belongs to conversion_in", "Remove it"),
    ("rule of the score twice", "id: porte", "id: setor", "    scoring:", "'setor' appears twice", "Keep one"),
    ("bands that fall", "bands: [20, 40]", "bands: [40, 20]", "    scoring:", "must rise", "[40, 70]"),
    ("band beyond all points", "bands: [20, 40]", "bands: [20, 80]", "    scoring:", "all rules together earn 65", "Lower it"),
    ("unknown signal", "signal: emails_opened", "signal: email_opened", "email_opened", "not allowed", 'Did you mean "emails_opened"?'),
    ("goal's share in percent", "pays_from: 0.7", "pays_from: 70", "pays_from: 70", "is 70", "a share from 0 to 1"),
    ("score in words", "interest_at_least: 40", "interest_at_least: 40 pontos", "40 pontos", "a whole number", "Write 40"),
    ("grace of propose", "mode: assign", "mode: propose", "grace: 15 min", "belongs to mode: assign", "Remove it"),
    ("unknown mode", "mode: assign", "mode: atribuir", "atribuir", "not allowed", 'Did you mean "assign"?'),
    ("state of a rule in full", "states: [PR, SC]", "states: [Paraná]", "Paraná", "is not a state", "two letters"),
    ("rule after the one that takes all", "          when: {portfolio: true}\n", "", "    routing:", "rule 1 takes every lead", "Put it last"),
    ("rule without sellers", "sellers: [{seller: caio@empresa.com.br}]\n      fallback", "sellers: []\n      fallback", "sellers: []", "is empty", "at least one"),
    ("seller without @", "fallback: {seller: caio@empresa.com.br}", "fallback: {seller: caio}", "seller: caio}", "not an e-mail", "ana@empresa.com.br"),
    ("seller twice", "{seller: caio@empresa.com.br}, {seller: bia@empresa.com.br}", "{seller: bia@empresa.com.br}, {seller: BIA@empresa.com.br}", "BIA@", "listed twice", "Keep one"),
    ("weight of zero", "weight: 2", "weight: 0", "weight: 0", "too small", "at least 1"),
    ("negative capacity", "capacity: 40", "capacity: -1", "capacity: -1", "too small", "at least 1"),
    ("two fallbacks", "      fallback: {seller: caio@empresa.com.br}\n", "      fallback: {seller: caio@empresa.com.br}\n      fallback: {seller: bia@empresa.com.br}\n", "fallback: {seller: bia", "is written twice", "Keep one"),
    ("list of fallbacks", "fallback: {seller: caio@empresa.com.br}", "fallback: [{seller: caio@empresa.com.br}]", "fallback: [", "a block of keys, found a list", "key: value"),
    ("cadence without steps", "      steps: [call, whatsapp, call, email]\n", "", "    cadence:", "is missing", "Add `steps:`"),
    ("cadence with no step", "steps: [call, whatsapp, call, email]", "steps: []", "steps: []", "is empty", "at least one"),
    ("spacing longer than the period", "min_spacing: 2 h\n      spacing_clock: business", "min_spacing: 3 d", "min_spacing: 3 d", "4 steps with 72 h between them need 216 h", "Shorten min_spacing"),
    ("working days", "min_spacing: 2 h\n      spacing_clock: business", "spacing_clock: business\n      min_spacing: 1 d", "min_spacing: 1 d", "no fixed length", "9 h"),
    ("give back without a cadence", CADENCE, "", "only_after_cadence", "has no cadence", "Add `cadence:`"),
    ("give back asks for nothing", "reason_required: true\n      only_after_cadence: true\n      except_reasons: [sem_perfil]", "reason_required: false\n      only_after_cadence: false", "    give_back:", "asks for nothing", "Remove the section"),
    ("unknown exempt reason", "except_reasons: [sem_perfil]", "except_reasons: [sem_prefil]", "sem_prefil", "is not under reasons", 'Did you mean "sem_perfil"?'),
    ("yes in Portuguese", "reason_required: true", "reason_required: sim", "sim", "must be true or false, found 'sim'", "Write true or false"),
    ("rating without time", "rating: {within: 5 d, clock: elapsed,", "rating: {clock: elapsed,", "rating: {", "is missing", "Add `within:`"),
    ("temperature of a hot clock", "applies_to: hot\n", "applies_to: hot\n        temperature: hot\n", "temperature: hot\n        clock: business\n        limit: 5", "stands beside applies_to", "Remove it"),
    ("pause of marketing", "id: first_contact_hot\n", "id: first_contact_hot\n        area: marketing\n", "pause_when_owner_absent", "has no owner", "let sales owe"),
    ("clause id twice", "id: next_step", "id: first_contact_hot", "- id: first_contact_hot\n        title: {pt: Próximo", "exists already at", "another `id:`"),
    ("clause id with capitals", "id: next_step", "id: Próximo Passo", "Próximo Passo\n", "not a valid code", "proximo_passo"),
    ("warning in percent", "untouched_share_above: 0.2", "untouched_share_above: 20", "untouched", "is 20", "0.85 for 85 %"),
    ("one month in a row", "revenue_months: 3", "revenue_months: 1", "revenue_months", "too small", "at least 2"),
    ("waiver without condition", PERIOD, "", "- id: queda-crm", "would waive everything", "handoff, seller, or from and until"),
    ("waiver without end", "    until: 2026-02-10T18:00:00-03:00\n", "", "- id: queda-crm", "has from and no until", "both"),
    ("waiver reversed", "until: 2026-02-10T18", "until: 2026-02-09T18", "- id: queda-crm", "ends before it starts", "from or until"),
    ("waiver of an unknown clause", "clause: first_contact_other", "clause: first_contact_othr", "othr", "no version has a clause", 'Did you mean "first_contact_other"?'),
    ("waiver twice", "id: treinamento", "id: queda-crm", "- id: queda-crm\n    clause: first", "exists already at", "another id"),
    ("waiver of a month by seller", "clause: first_contact_other", "clause: acceptance_rate", "seller: caio@empresa.com.br\n    from", "judges whole months", "from and until"),
    ("waiver by a wrong hand-over", "    seller: caio@empresa.com.br\n    from", "    handoff: '123'\n    from", "handoff", "is not a handoff_id", "32 characters"),
    ("waiver without approval", "    approved_by: Ana Lima e Rui Sá\n    approved_on: 2026-02-11\n", "    approved_on: 2026-02-11\n", "- id: queda-crm", "is missing", "Add `approved_by:`"),
    ("approval in Brazilian order", "approved_on: 2026-02-11", "approved_on: 11/02/2026", "11/02/2026", "is not a date", "2026-12-24"),
    ("absence reversed", "until: 2026-04-17", "until: 2026-04-01", "until: 2026-04-01", "ends before it starts", "from or until"),
    ("absence without @", "- {seller: bia@empresa.com.br", "- {seller: bia", "- {seller: bia,", "not an e-mail", "ana@empresa.com.br"),
    ("absence on a day that is none", "until: 2026-04-17", "until: 2026-04-31", "2026-04-31", "neither a date nor an instant", "2026-12-24"),
    ("absence without zone", "from: 2026-03-19T13:00:00-03:00", "from: 2026-03-19T13:00:00", "T13:00:00,", "no time zone", "-03:00"),
    ("empty sector", "sectors: [Indústria, Logística]", 'sectors: [Indústria, ""]', "sectors:", "an entry is empty", "remove it"),
    ("country in small letters", "    state: PR\n", "    country: br\n", "country: br", "not a valid code", "two capital letters"),
    ("version is a number", "version: v1", "version: 1", "version: 1", "must be a text, found 1", "in quotes"),
    ("date with slashes", "2026-01-01T00:00:00-03:00", "01/01/2026", "01/01/2026", "is not an instant", "date, time and zone"),
    ("tab", "    passage:\n", "\tpassage:\n", "\tpassage", "indented with a tab", "spaces"),
    ("no blank after the colon", "    passage:\n      inactivity_days: 90", "    passage:\n      inactivity_days:90", "    passage:", "a block of keys, found 'inactivity_days:90'", "Write `inactivity_days: 90`"),
    ("blank missing before a block", "    consent:\n      unknown: refuse", "    passo:1\n    consent:\n      unknown: refuse", "passo:1", "a blank is missing after the colon", "key: value"),
    ("indentation", "      unknown: refuse", "     unknown: refuse\n      x: 1", "      x: 1", "", "Put the text in quotes, or correct the indentation"),
    ("quote not closed", "reason: CRM fora do ar", 'reason: "CRM fora do ar', '"CRM', "a quote is opened and not closed", "Close it"),
    ("bracket not closed", "roles: [Compras, Produção]", "roles: [Compras, Produção", "roles: [", "opened and not closed", "Close it"),
    ("second colon", "reason: CRM fora do ar", "reason: CRM: fora do ar", "CRM: fora", "second colon", "in quotes"),
    ("text that begins with @", "reason: CRM fora do ar", "reason: @ti fora do ar", "@ti", "YAML keeps for itself", "in quotes"),
    ("text that begins with *", "reason: CRM fora do ar", "reason: *importante*", "*importante", "reference", "in quotes"),
    ("second document", "glossary:\n", "---\nglossary:\n", "---", "second document", "Keep one document"),
    ("type tag", "inactivity_days: 90", "inactivity_days: !!int 90", "!!int", "type tag", "Remove the tag"),
]  # fmt: skip


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(AgreementError) as caught:
        load_agreement(folder)
    return caught.value.problems


@pytest.mark.parametrize(
    ("what", "old", "new", "at", "message", "remedy"), CASES, ids=[case[0] for case in CASES]
)
def test_each_slip_has_its_line_and_remedy(
    tmp_path: Path, what: str, old: str, new: str, at: str, message: str, remedy: str
) -> None:
    assert FULL.count(old) >= 1, what
    text = FULL.replace(old, new, 1)
    line = text[: text.index(at)].count("\n") + 1
    problems = problems_of(write(tmp_path, acordo=text))
    texts = "\n".join(str(problem) for problem in problems)
    assert len(problems) == 1 or what in SEVERAL, texts
    match = [p for p in problems if message in f"{p.path} {p.message}" and remedy in p.remedy]
    assert match, texts
    assert line in {problem.line for problem in match}, f"expected line {line}\n{texts}"
    assert not re.search(r"pydantic|Input should|Value error|Traceback", texts)
    assert all(p.message and p.remedy.endswith((".", "?")) for p in problems), texts


# Slips that break more than one thing; the others must give exactly one problem.
SEVERAL: frozenset[str] = frozenset()


def test_the_text_without_slips_is_in_order(tmp_path: Path) -> None:
    assert len(load(tmp_path, a=FULL).versions[0].terms.clauses) == 15


def raw(folder: Path, content: bytes) -> Path:
    target = write(folder) / "acordo.yaml"
    target.write_bytes(content)
    return target.parent


def test_a_file_in_another_encoding_names_the_line(tmp_path: Path) -> None:
    (problem,) = problems_of(raw(tmp_path, GOOD.encode("latin-1")))
    assert (problem.line, problem.message) == (11, "is not UTF-8 text")
    assert "UTF-8" in problem.remedy


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    assert load_agreement(raw(tmp_path, b"\xef\xbb\xbf" + GOOD.encode())).versions


def test_an_invisible_character_names_the_line(tmp_path: Path) -> None:
    (problem,) = problems_of(raw(tmp_path, GOOD.replace("name: Rui", "name: Rui\x0b").encode()))
    assert (problem.line, "U+000B" in problem.message) == (6, True)


@pytest.mark.parametrize(
    ("text", "remedy"), [("", "Add `versions:`"), ("- version: v1\n", "Start it with one of: versions")]
)
def test_a_file_that_says_nothing(tmp_path: Path, text: str, remedy: str) -> None:
    (problem,) = problems_of(write(tmp_path, acordo=text))
    assert remedy in problem.remedy


def test_unquoted_dates_and_hours_stay_what_was_written(tmp_path: Path) -> None:
    plain = FULL.replace('"08:30-12:00", "13:30-18:00"', "08:30-12:00, 13:30-18:00").replace(
        'day: "12-24"', "day: 12-24"
    )
    assert (
        load(tmp_path, a=plain).versions[0].agreement_hash
        == load(tmp_path, a=FULL).versions[0].agreement_hash
    )


def test_overlapping_versions_name_both_lines(tmp_path: Path) -> None:
    (problem,) = problems_of(write(tmp_path, a=GOOD, b=second_version(since="2026-01-01")))
    assert (problem.file, problem.line) == ("agreement/b.yaml", 3)
    assert "agreement/a.yaml:3" in problem.message and "start of its own" in problem.remedy
