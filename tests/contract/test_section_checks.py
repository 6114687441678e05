"""What can be wrong between the sections, waivers and absences of an agreement: line, what, and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.agreement import load_agreement
from contract.problems import AgreementError, Problem
from tests.contract.full_sample import FULL, SELLER
from tests.contract.samples import second_version, write


def line_of(text: str, part: str) -> int:
    """The first line that holds a text."""
    return text[: text.index(part)].count("\n") + 1


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(AgreementError) as caught:
        load_agreement(folder)
    return caught.value.problems


ABSENT = f"seller: {SELLER}, from: 2026-03-02, until: 2026-03-06"
PERIOD = "    from: 2026-02-10T12:00:00-03:00\n    until: 2026-02-10T18:00:00-03:00\n"
CADENCE = FULL[FULL.index("    cadence:\n") : FULL.index("    give_back:")]
# (what, text to replace, replacement, where the line is, part of the message, part of the remedy)
CASES: list[tuple[str, str, str, str, str, str]] = [
    ("two clauses with one id", "owner: {within: 15 min}", "owner: {within: 15 min, id: rating_given}", "    rating:", "exists already at agreement/a.yaml", "another `id:`"),
    ("a clause called all", "owner: {within: 15 min}", "owner: {within: 15 min, id: all}", "    owner:", "every clause in a waiver", "another id"),
    ("give-back without cadence", CADENCE, "", "    give_back:", "has no cadence", "only_after_cadence: false"),
    ("exempt reason that is unknown", "[sem_perfil]}", "[sem_perfl]}", "    give_back:", "not under reasons", 'Did you mean "sem_perfil"?'),
    ("give-back that asks for nothing", "{except_reasons: [sem_perfil]}", "{reason_required: false, only_after_cadence: false}", "    give_back:", "asks for nothing", "Remove the section"),
    ("exceptions from nothing", "{except_reasons", "{only_after_cadence: false, except_reasons", "    give_back:", "exceptions from only_after_cadence", "set it to true"),
    ("no steps", "steps: [call, whatsapp, call]", "steps: []", "      steps:", "is empty", "at least one"),
    ("unknown channel", "[call, whatsapp, call]", "[call, whatsap]", "      steps:", "not allowed", 'Did you mean "whatsapp"?'),
    ("working days", "within: 9 h", "within: 2 d", "      within: 2 d", "no fixed length", "9 h"),
    ("steps that do not fit", "min_spacing: 2 h", "min_spacing: 5 h\n      spacing_clock: business", "      min_spacing", "need 10 h", "Shorten"),
    ("no time for the owner", "owner: {within: 15 min}", "owner: {}", "    owner:", "is missing", "Add `within:`"),
    ("unknown calendar of a team", "{Sul: sul}", "{Sul: sull}", "    calendars_by_team", "is not defined", 'Did you mean "sul"?'),
    ("unknown calendar of a seller", f"{SELLER}: sul", f"{SELLER}: sull", "    calendars_by_seller", "is not defined", 'Did you mean "sul"?'),
    ("seller that is no e-mail", f"{{{SELLER}: sul}}", "{ana: sul}", "    calendars_by_seller", "not an e-mail", "ana@empresa"),
    ("weight of zero", "weight: 3", "weight: 0", "          sellers: [{seller: Bia", "too small", "at least 1"),
    ("rule without sellers", f"          sellers: [{{seller: {SELLER}}}]\n          skip", "          sellers: []\n          skip", "          sellers: []", "is empty", "at least one"),
    ("rule that hides others", "          when: {states: [PR, SC], channels: [event], forms: [feira], portfolio: true}\n", "", "    routing:", "takes every lead", "Put it last"),
    ("seller twice in a rule", "Bia@", "Ana@", "          sellers: [{seller: Ana", "listed twice", "Keep one"),
    ("grace without assign", "mode: assign", "mode: observe\n      grace: 5 min", "      grace:", "belongs to mode: assign", "Remove it"),
    ("state in full", "states: [PR, SC]", "states: [Paraná]", "          when: {states", "is not a state", "two letters"),
    ("share in percent", "at_least: 0.85", "at_least: 85", "measure: acceptance_rate", "is 85", "0.85 for 85 %"),
    ("half a sale", "at_least: 10}", "at_least: 10.5}", "measure: wins_per_month", "not a count", "whole number"),
    ("capture without fields", ", fields: [email, name]", "", "measure: capture_completeness", "names no fields", "fields: [email"),
    ("empty field", "fields: [email, name]", 'fields: [email, ""]', "measure: capture_completeness", "empty", "Write it or remove it"),
    ("fields of a count", "at_least: 10}", "at_least: 10, fields: [email]}", "measure: wins_per_month", "has no fields", "Remove them"),
    ("threshold in percent", "untouched_share_above: 0.2", "untouched_share_above: 20", "    warning_signs", "is 20", "0.85 for 85 %"),
    ("unknown sign", "untouched_share_above", "untouched_above", "    warning_signs", "unknown key", 'Did you mean "untouched_share_above"?'),
    ("rule of two things", "rule: {channel_in: [event, email]}", "rule: {channel_in: [event], interest_at_least: 3}", "            rule:", "interest_at_least and channel_in", "one of"),
    ("rule of nothing", "rule: {channel_in: [event, email]}", "rule: {}", "            rule:", "names nothing", "one of"),
    ("temperature of a hand-over", "applies_to: hot\n", "applies_to: hot\n        temperature: hot\n", "        temperature:", "applies_to: hot", "Remove it"),
    ("pause for nobody", "clock: elapsed\n        limit: 2 h", "clock: elapsed\n        area: marketing\n        limit: 2 h", "        pause_when_owner_absent: true\n      - id: proposal", "has no owner", "or let sales owe"),
    ("waiver of everything", PERIOD, "", "  - id: queda", "would waive everything", "Name handoff, seller"),
    ("waiver without end", "    until: 2026-02-10T18:00:00-03:00\n", "", "  - id: queda", "from and no until", "needs both"),
    ("waiver that ends first", "T18:00:00-03:00", "T11:00:00-03:00", "  - id: queda", "ends before it starts", "from or until"),
    ("waiver of an unknown clause", "clause: all", "clause: sql_contac", "    clause:", "no version has a clause", 'Did you mean "sql_contact"?'),
    ("waiver of a seller's month", "clause: all\n", f"clause: mqls_per_month\n    seller: {SELLER}\n", "    seller:", "judges whole months", "by from and until"),
    ("waiver of an impossible hand-over", "clause: all\n", "clause: all\n    handoff: 12\n", "    handoff:", "must be a text", "quotes"),
    ("waiver of a malformed hand-over", "clause: all\n", "clause: all\n    handoff: abc\n", "    handoff:", "not a handoff_id", "32 characters"),
    ("waiver without approval", "    approved_by: Ana e Rui\n", "", "  - id: queda", "is missing", "Add `approved_by:`"),
    ("absence that ends first", ABSENT, ABSENT.replace("03-06", "03-01"), "  - {seller:", "ends before it starts", "from or until"),
    ("absence that ends the hour it starts", ABSENT, f'seller: {SELLER}, from: 2026-03-07, until: "2026-03-06T23:00:00-03:00"', "  - {seller:", "ends before it starts", "from or until"),
    ("absence by no date", "from: 2026-03-02", "from: 02/03/2026", "  - {seller:", "neither a date nor an instant", "2026-12-24"),
    ("absence by an instant without zone", "from: 2026-03-02", 'from: "2026-03-02T08:00:00"', "  - {seller:", "no time zone", "-03:00"),
    ("absence beyond the calendar", ABSENT, ABSENT.replace("2026", "2050"), "  - {seller:", "outside the calendar", "2035-12-31"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "old", "new", "where", "message", "remedy"), CASES, ids=[case[0] for case in CASES]
)
def test_wrong_section_is_named_with_line_and_remedy(
    tmp_path: Path, what: str, old: str, new: str, where: str, message: str, remedy: str
) -> None:
    assert old in FULL, what
    text = FULL.replace(old, new, 1)
    problems = problems_of(write(tmp_path, a=text))
    match = [p for p in problems if message in f"{p.path} {p.message}" and remedy in p.remedy]
    assert match, "\n".join(str(problem) for problem in problems)
    assert line_of(text, where) in {problem.line for problem in match}, match
    assert "@example" not in "\n".join(f"{p.path} {p.message}" for p in problems)


def test_a_clause_keeps_its_kind_over_versions(tmp_path: Path) -> None:
    other = second_version({"id: first_contact_hot": "id: mqls_per_month"})
    problems = problems_of(write(tmp_path, a=FULL, b=other))
    assert [p.message for p in problems] == [
        f"clause 'mqls_per_month' is of kind response_time here and of kind volume at agreement/a.yaml:"
        f"{line_of(FULL, 'measure: mqls_per_month')}"
    ]
    assert problems[0].file == "agreement/b.yaml" and "another `id:`" in problems[0].remedy


def test_waivers_and_absences_may_stand_in_files_of_their_own(tmp_path: Path) -> None:
    start, end = FULL.index("waivers:"), FULL.index("glossary:")
    agreement = load_agreement(write(tmp_path, a=FULL[:start] + FULL[end:], b=FULL[start:end]))
    assert [waiver.id for waiver in agreement.waivers] == ["queda"]
    assert [away.reason for away in agreement.absences] == ["férias", "consulta"]
    twice = write(tmp_path, c=FULL[start:end])
    assert any("waiver 'queda' exists already at agreement/b.yaml:2" in p.message for p in problems_of(twice))


def test_a_day_cut_into_too_many_stretches(tmp_path: Path) -> None:
    more = "".join(
        f'  - {{seller: {SELLER}, from: "2026-03-11T{hour}:00:00-03:00", until: "2026-03-11T{hour}:30:00-03:00", '
        "reason: x}\n"
        for hour in ("09", "10", "11", "15")
    )
    problems = problems_of(write(tmp_path, a=FULL.replace("glossary:\n", f"{more}glossary:\n")))
    assert any("2026-03-11 has 6 working stretches" in problem.message for problem in problems), problems
    assert all("Join the absences" in problem.remedy for problem in problems)
