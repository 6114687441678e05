"""Every agreement that a person is likely to write wrongly gets the line, what is wrong, and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.agreement import load_agreement
from contract.problems import AgreementError, Problem
from tests.contract.samples import GOOD, second_version, write

# (what, text to replace, replacement, line, part of the message, part of the remedy)
CASES: list[tuple[str, str, str, int, str, str]] = [
    ("unknown key", "inactivity_days:", "inactivity_day:", 36, "unknown key", 'Did you mean "inactivity_days"?'),
    ("unknown key of a version", "hot_when:", "hot_wen:", 16, "unknown key", 'Did you mean "hot_when"?'),
    ("unknown top key", "glossary:", "glosary:", 46, "unknown key", 'Did you mean "glossary"?'),
    ("missing signature", "      sales: {name: Rui, role: Diretor Comercial, signed_on: 2025-12-15}\n", "", 4, "sales", "who signed for sales"),
    ("empty name", "name: Rui", 'name: ""', 6, "is empty", "Write a text"),
    ("missing role", "name: Rui, role: Diretor Comercial,", "name: Rui,", 6, "is missing", "Add `role:`"),
    ("signed after it took effect", "role: Diretor Comercial, signed_on: 2025-12-15", "role: Diretor Comercial, signed_on: 2026-02-01", 6, "after the version took effect", "move effective_from"),
    ("instant without zone", "00:00:00-03:00", "00:00:00", 3, "no time zone", "-03:00"),
    ("instant that is a date", "2026-01-01T00:00:00-03:00", "2026-01-01", 3, "is not an instant", "date, time and zone"),
    ("instant that does not exist", "2026-01-01T00", "2026-02-30T00", 3, "is not an instant", "date, time and zone"),
    ("date in Brazilian order", "Comercial, signed_on: 2025-12-15", "Comercial, signed_on: 15/12/2025", 6, "is not a date", "2026-12-24"),
    ("ends before it starts", "    signatures:\n      marketing", "    effective_until: 2025-01-01T00:00:00-03:00\n    signatures:\n      marketing", 2, "ends before it starts", "effective_until"),
    ("last version has an end", "    signatures:\n      marketing", "    effective_until: 2027-01-01T00:00:00-03:00\n    signatures:\n      marketing", 4, "no agreement would be in force", "Remove it"),
    ("negative clock", "10 min", "-5 min", 24, "not a positive length", "at least 1 s"),
    ("clock of zero", "10 min", "0 min", 24, "not a positive length", "at least 1 s"),
    ("clock without unit", "10 min", "10", 24, "not a length of time", "5 min"),
    ("clock with a strange unit", "10 min", "10 minutos", 24, "not a length of time", "Write 10 min (the units are s, min, h, d)"),
    ("working days as a limit", "10 min", "2 d", 24, "no fixed length", "9 h"),
    ("unknown clock", "clock: business", "clock: busines", 23, "not allowed", 'Did you mean "business"?'),
    ("unknown subject", "applies_to: hot", "applies_to: quente", 22, "not allowed", "hot"),
    ("clause id with blanks", "id: first_contact_hot", "id: First Contact", 20, "not a valid code", "lower-case"),
    ("title in one language", "{pt: Lead quente, en: Hot lead}", "{pt: Lead quente}", 21, "is missing", "Add `en:`"),
    ("nurture without identifier", "        return_identifier: volta-sem-timing\n", "", 26, "no return_identifier", "bastao-nutricao-sem-timing"),
    ("flow without nurture", "        next_step: suppress\n", "        next_step: suppress\n        flow: abc\n", 31, "names a flow", "set next_step: nurture"),
    ("no return allowed at all", "    passage:\n", "    nurture_return: {within: 2 d, at_most: 0}\n    passage:\n", 35, "at_most", "1"),
    ("identifier without nurture", "next_step: nurture", "next_step: recycle", 26, "has a return_identifier", "set next_step: nurture"),
    ("identifier is a signal", "volta-sem-timing", "fale-com-vendas", 29, "also a buying signal", "another identifier"),
    ("unknown next step", "next_step: suppress", "next_step: supress", 33, "not allowed", 'Did you mean "suppress"?'),
    ("reason twice", "code: sem_perfil", "code: sem_timing", 31, "appears twice under reasons", "Keep one"),
    ("label mapped twice", "[Sem perfil]", "[Sem timing]", 34, "means 'sem_timing' already", "one reason"),
    ("label listed twice", "[Sem perfil]", "[Sem perfil, sem perfil]", 34, "listed twice", "Keep one"),
    ("label of an unknown system", "rd_station_crm: [Sem perfil]", "rd_crm: [Sem perfil]", 34, "not allowed", "rd_station_crm"),
    ("no reasons", GOOD[GOOD.index("    reasons:") : GOOD.index("    passage:")], "    reasons: []\n", 25, "is empty", "at least one"),
    ("signal listed twice", "[fale-com-vendas]", "[fale-com-vendas, fale-com-vendas]", 17, "listed twice", "Keep one"),
    ("signal window of zero days", "within_days: 7", "within_days: 0", 18, "too small", "at least 1"),
    ("words for a number", "inactivity_days: 90", "inactivity_days: noventa", 36, "a whole number", "digits only"),
    ("share in percent", "target: 0.70", "target: 70", 38, "is 70", "0.70 for 70 %"),
    ("negative target", "target: 0.70", "target: -1", 38, "too small", "greater than 0"),
    ("unknown metric", "metric: mql_to_sql", "metric: mql_sql", 38, "not allowed", 'Did you mean "mql_to_sql"?'),
    ("unknown calendar", "calendar: matriz", "calendar: matrix", 39, "is not defined", 'Did you mean "matriz"?'),
    ("unknown zone", "America/Sao_Paulo", "America/Sao_Paolo", 42, "not an IANA time zone", 'Did you mean "America/Sao_Paulo"?'),
    ("zone by offset", "America/Sao_Paulo", "-03:00", 42, "not an IANA time zone", "America/Bahia"),
    ("hours that end before they start", "13:00-18:00", "18:00-13:00", 45, "ends before it starts", "crosses midnight"),
    ("hours that overlap", "13:00-18:00", "11:00-18:00", 45, "intervals overlap", "in order"),
    ("hours without minutes", "13:00-18:00", "13-18", 45, "is not an interval", "08:00-12:00"),
    ("unknown day of the week", "[monday,", "[segunda,", 44, "not written in English", "monday"),
    ("day of the week twice", '"13:00-18:00"]\n', '"13:00-18:00"]\n      - {days: [friday], intervals: ["08:00-12:00"]}\n', 41, "two blocks of hours", "once"),
    ("state with country", "    hours:\n      - days", "    state: BR-SP\n    hours:\n      - days", 41, "is not known in BR", 'Did you mean "SP"?'),
    ("unknown country", "    hours:\n      - days", "    country: XX\n    hours:\n      - days", 43, "no public holidays", "ISO code"),
    ("day closed and open", "    hours:\n      - days", "    closed_days: [{date: 2026-02-16, name: x}]\n    open_days: [{date: 2026-02-16, name: y}]\n    hours:\n      - days", 41, "under closed_days and under open_days", "Keep one"),
    ("yearly day without quotes that is no day", "    hours:\n      - days", "    closed_every_year: [{day: 13-40, name: x}]\n    hours:\n      - days", 43, "is not a day of the year", "'12-24'"),
    ("closed day beyond the table", "    hours:\n      - days", "    closed_days: [{date: 2050-02-16, name: x}]\n    hours:\n      - days", 43, "outside the calendar", "2035-12-31"),
    ("key written twice", "calendar: matriz\n", "calendar: matriz\n    calendar: outro\n", 40, "written twice", "Keep one"),
    ("tabs", "    passage:\n", "\tpassage:\n", 35, "not valid YAML", "tabs"),
    ("a list where keys belong", "passage:\n      inactivity_days: 90", "passage: [90]", 35, "a block of keys", "key: value"),
    ("versions not a list", "versions:\n  - version", "versions:\n    version", 1, "must be a list", "hyphen"),
]  # fmt: skip


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(AgreementError) as caught:
        load_agreement(folder)
    return caught.value.problems


@pytest.mark.parametrize(
    ("what", "old", "new", "line", "message", "remedy"), CASES, ids=[case[0] for case in CASES]
)
def test_wrong_text_is_named_with_line_and_remedy(
    tmp_path: Path, what: str, old: str, new: str, line: int, message: str, remedy: str
) -> None:
    assert old in GOOD, what
    problems = problems_of(write(tmp_path, acordo=GOOD.replace(old, new, 1)))
    texts = "\n".join(str(problem) for problem in problems)
    match = [p for p in problems if message in f"{p.path} {p.message}" and remedy in p.remedy]
    assert match, texts
    assert line in {problem.line for problem in match}, texts
    assert all(problem.file == "agreement/acordo.yaml" for problem in match)


def test_all_problems_of_all_files_come_at_once(tmp_path: Path) -> None:
    first = GOOD.replace("10 min", "-10 min").replace("target: 0.70", "target: 70")
    second = second_version({"calendar: matriz": "calendar: filial", "inactivity_days": "inactivity"})
    problems = problems_of(write(tmp_path, a=first, b=second, c="glossary: [{term: {pt: x}}]\n"))
    found = {(problem.file, problem.path) for problem in problems}
    assert {
        ("agreement/a.yaml", "versions[0].response_clocks[0].limit"),
        ("agreement/a.yaml", "versions[0].targets[0]"),
        ("agreement/b.yaml", "versions[0].passage.inactivity"),
        ("agreement/c.yaml", "glossary[0].term.en"),
        ("agreement/c.yaml", "glossary[0].meaning"),
    } <= found
    assert problems == sorted(problems, key=lambda p: (p.file, p.line, p.path, p.message))


@pytest.mark.parametrize(
    ("changes", "since", "message"),
    [
        ({}, "2026-01-01", "starts at the same instant as version 'v1'"),
        ({"version: v2": "version: v1"}, "2026-07-01", "version 'v1' exists already at agreement/a.yaml:2"),
    ],
)
def test_versions_that_collide(tmp_path: Path, changes: dict[str, str], since: str, message: str) -> None:
    problems = problems_of(write(tmp_path, a=GOOD, b=second_version(changes, since=since)))
    assert any(message in problem.message for problem in problems), problems


@pytest.mark.parametrize(("until", "word"), [("2026-09-01", "overlap"), ("2026-06-01", "gap")])
def test_written_end_must_meet_the_next_version(tmp_path: Path, until: str, word: str) -> None:
    ended = GOOD.replace(
        "    signatures:", f"    effective_until: {until}T00:00:00-03:00\n    signatures:", 1
    )
    problems = problems_of(write(tmp_path, a=ended, b=second_version()))
    assert [problem for problem in problems if word in problem.message and problem.file.endswith("b.yaml")]
    exact = ended.replace(until, "2026-07-01")
    assert len(load_agreement(write(tmp_path, a=exact, b=second_version())).versions) == 2


def test_a_label_keeps_its_meaning_over_versions(tmp_path: Path) -> None:
    other = second_version({"[Sem perfil]": "[Fora do perfil]", "[Sem timing]": "[Sem perfil]"})
    problems = problems_of(write(tmp_path, a=GOOD, b=other))
    assert any("means 'sem_perfil' already at agreement/a.yaml:34" in problem.message for problem in problems)


def test_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "agreement").mkdir()
    assert "bastao init" in problems_of(tmp_path / "agreement")[0].remedy
    assert "no version" in problems_of(write(tmp_path, a="calendars: {}\n"))[0].message


def test_errors_show_neither_python_nor_pydantic(tmp_path: Path) -> None:
    for _, old, new, *_rest in CASES:
        text = str([str(p) for p in problems_of(write(tmp_path, acordo=GOOD.replace(old, new, 1)))])
        assert "pydantic" not in text and "Input should" not in text and "Value error" not in text, text
