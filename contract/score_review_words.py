"""The review of the score in words: one line per rule with its sample and interval, and what to do with the diff."""

from __future__ import annotations

from contract.score_review import Reading
from contract.words import Language, number_text, share_text

_WORDS: dict[str, tuple[str, str]] = {
    "proposed": ("propõe-se {points} em vez de {now} pontos", "{points} instead of {now} points are proposed"),
    "within_chance": ("{now} pontos cabem no intervalo: nada a propor", "{now} points are within the interval: nothing to propose"),
    "no_difference": (
        "o acaso basta para explicar a diferença: nada a propor",
        "chance is enough to explain the difference: nothing to propose",
    ),
    "no_lift": ("nenhuma regra separa quem virou SQL: nada a propor", "no rule tells who became SQL: nothing to propose"),
    "small_sample": (
        "amostra pequena demais: {earned} com e {missed} sem, e são precisas {least} de cada lado; nada se propõe",
        "sample too small: {earned} with it and {missed} without, {least} on each side are needed; nothing is proposed",
    ),
    "not_readable": (
        "nenhum sistema informa ({dark} passagens): não conta nem a favor nem contra",
        "no system tells it ({dark} hand-overs): it counts neither way",
    ),
    "lift": (
        "{high} de {earned} viraram SQL com o fato, {low} de {missed} sem ele; diferença {lift} ({from_} a {to}, 95 %)",
        "{high} of {earned} became SQL with the fact, {low} of {missed} without; difference {lift} ({from_} to {to}, 95 %)",
    ),
    "nothing": ("Nada a propor: os pontos ficam como estão.", "Nothing to propose: the points stay as they are."),
    "how": (
        "Uma associação, não uma causa. Nada foi alterado. Para adotar: copie o arquivo da versão, aplique este diff à cópia (patch), "
        "dê a ela `version`, `effective_from` e assinaturas novas, e rode `bastao agreement check` e `bastao agreement diff`.",
        "An association, not a cause. Nothing was changed. To adopt it: copy the version's file, apply this diff to the copy (patch), "
        "give it a new `version`, `effective_from` and signatures, and run `bastao agreement check` and `bastao agreement diff`.",
    ),
}


def say(key: str, language: Language, **values: str) -> str:
    """One sentence."""
    return _WORDS[key][language == "en"].format(**values)


def line(reading: Reading, least: int, language: Language) -> str:
    """`Pediu orçamento (25 pontos): 40 de 60 viraram SQL com o fato, …`."""
    found, rule = reading.counts, reading.rule
    numbers = {
        "earned": number_text(found.earned, language), "missed": number_text(found.missed, language),
        "dark": number_text(found.not_readable, language), "least": number_text(least, language),
        "now": number_text(rule.points, language), "points": number_text(reading.proposed or 0, language),
    }  # fmt: skip
    said = say(reading.verdict, language, **numbers)
    if reading.verdict == "within_chance" and reading.lift_low is not None and reading.lift_low <= 0 <= (reading.lift_high or 0):
        said = say("no_difference", language)
    if reading.lift is not None and reading.lift_low is not None and reading.lift_high is not None:
        ends = {"lift": reading.lift, "from_": reading.lift_low, "to": reading.lift_high}
        shares = {key: share_text(round(value, 3), language) for key, value in ends.items()}
        hits = {"high": number_text(found.earned_sqls, language), "low": number_text(found.missed_sqls, language)}
        said = f"{say('lift', language, **numbers, **shares, **hits)}: {said}"
    return f"{rule.title.in_language(language)}: {said}"
