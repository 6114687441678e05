"""The words of the rendered agreement in both languages; numbers and dates go through Babel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_month_names
from babel.numbers import format_decimal, format_percent

from contract.calendar_model import Weekday
from contract.diff_vocabulary import CHANGES
from contract.document_words import ANNEXES, FRAME
from contract.model import Target
from contract.promise_words import PROMISES

Language = Literal["pt", "en"]
_LOCALES = {"pt": "pt_BR", "en": "en"}

WORDS: dict[str, tuple[str, str]] = {
    "title": ("Acordo entre marketing e vendas", "Agreement between marketing and sales"),
    "version": ("Versão", "Version"),
    "in_force_from": ("Em vigor a partir de", "In force from"),
    "fingerprint": ("Impressão digital do texto (sha256)", "Fingerprint of the text (sha256)"),
    "mql": (
        "O que é um lead qualificado pelo marketing (MQL)",
        "What a marketing qualified lead (MQL) is",
    ),
    "sql": ("O que é um lead qualificado por vendas (SQL)", "What a sales qualified lead (SQL) is"),
    "all_conditions": ("Todas as condições valem juntas.", "All conditions hold together."),
    "condition": ("Condição", "Condition"),
    "measured_by": ("Onde se mede", "Measured by"),
    "hot": ("Quando um lead é quente", "When a lead is hot"),
    "hot_never": (
        "Nenhum lead é tratado como quente neste acordo.",
        "No lead is treated as hot in this agreement.",
    ),
    "hot_conversion": (
        "fez uma destas conversões até {days} antes da passagem de bastão: {list}",
        "made one of these conversions within {days} before the hand-over: {list}",
    ),
    "hot_interest": (
        "tinha interesse de pelo menos {points} pontos na passagem de bastão",
        "had an interest score of at least {points} at the hand-over",
    ),
    "one_holds": (
        "Um lead é quente quando cumpre uma destas condições:",
        "A lead is hot when one of these holds:",
    ),
    "when_it": ("Um lead é quente quando:", "A lead is hot when it:"),
    "clocks": ("Prazos de resposta", "Response times"),
    "area": ("Área", "Area"),
    "limit": ("Prazo", "Limit"),
    "counts": ("Como conta", "How it counts"),
    "stops": ("O que cumpre", "What meets it"),
    "business": ("só horário de trabalho", "working hours only"),
    "elapsed": ("todas as horas", "every hour"),
    "marketing": ("Marketing", "Marketing"),
    "sales": ("Vendas", "Sales"),
    "reasons": ("Motivos de devolução e perda", "Reasons of return and loss"),
    "reason": ("Motivo", "Reason"),
    "next": ("O que acontece depois", "What happens next"),
    "nurture": ("volta para a nutrição", "goes back to nurture"),
    "suppress": ("não recebe mais contato", "gets no further contact"),
    "recycle": ("tenta-se de novo mais tarde", "is tried again later"),
    "merge": ("junta-se ao cadastro que já existe", "is merged with the record that exists"),
    "none": ("nenhum outro passo", "no further step"),
    "passage": ("Encerramento por inatividade", "Closing by inactivity"),
    "passage_text": (
        "Uma passagem de bastão sem negociação se encerra depois de {days}.",
        "A hand-over without a deal closes after {days}.",
    ),
    "consent": ("Consentimento", "Consent"),
    "consent_refuse": (
        "Quem recusou comunicação nunca volta para a nutrição; quem não informou também não.",
        "A person who declined communication never goes back to nurture; nor does one whose consent is unknown.",
    ),
    "consent_allow": (
        "Quem recusou comunicação nunca volta para a nutrição; quem não informou pode voltar.",
        "A person who declined communication never goes back to nurture; one whose consent is unknown may.",
    ),
    "targets": ("Metas", "Targets"),
    "metric": ("Indicador", "Metric"),
    "target": ("Meta", "Target"),
    "at_least": ("no mínimo", "at least"),
    "at_most": ("no máximo", "at most"),
    "per_month": ("por mês", "a month"),
    "calendar": ("Calendário de trabalho", "Working calendar"),
    "zone": ("Fuso horário", "Time zone"),
    "closed": ("não há expediente", "closed"),
    "holidays_public": ("nacionais, sem expediente", "national ones, closed"),
    "holidays_state": (
        "nacionais e do estado {state}, sem expediente",
        "national ones and those of {state}, closed",
    ),
    "holidays_worked": ("trabalha-se nos feriados", "public holidays are working days"),
    "closed_every_year": ("Fechado todos os anos", "Closed every year"),
    "closed_days": ("Fechado", "Closed"),
    "open_days": ("Aberto apesar de feriado", "Open in spite of a holiday"),
    "special_hours": ("Horário especial", "Special hours"),
    "optional_days_closed": (
        "Pontos facultativos em que a empresa fecha",
        "Optional days off that are observed",
    ),
    "glossary": ("Glossário", "Glossary"),
    "signatures": ("Assinaturas", "Signatures"),
    "signed_on": ("Data", "Date"),
    "name": ("Nome", "Name"),
    "role": ("Cargo", "Role"),
    "signature": ("Assinatura", "Signature"),
    "mql_to_sql": ("MQL que viram SQL", "MQL to SQL"),
    "first_contact_hot_seconds": (
        "Tempo até o primeiro contato, leads quentes",
        "Time to first contact, hot leads",
    ),
    "first_contact_other_seconds": (
        "Tempo até o primeiro contato, demais leads",
        "Time to first contact, other leads",
    ),
    "close_rate": ("SQL que viram venda", "SQL to sale"),
    "ltv_cac": ("LTV ÷ CAC", "LTV ÷ CAC"),
    "nrr": ("Retenção líquida de receita (NRR)", "Net revenue retention (NRR)"),
    "acceptance": ("Leads aceitos por vendas", "Leads accepted by sales"),
    "sqls_delivered": ("SQL entregues", "SQLs delivered"),
    "carnival": ("Carnaval", "Carnival"),
    "ash_wednesday": ("Quarta-feira de Cinzas", "Ash Wednesday"),
    "corpus_christi": ("Corpus Christi", "Corpus Christi"),
    "public_servant_day": ("Dia do Servidor Público", "Public Servant's Day"),
    "christmas_eve": ("Véspera de Natal", "Christmas Eve"),
    "new_years_eve": ("Véspera de Ano-Novo", "New Year's Eve"),
    **FRAME,
    **PROMISES,
    **ANNEXES,
    **CHANGES,
}
_WEEKDAYS: dict[Weekday, tuple[str, str]] = {
    "monday": ("segunda", "Monday"),
    "tuesday": ("terça", "Tuesday"),
    "wednesday": ("quarta", "Wednesday"),
    "thursday": ("quinta", "Thursday"),
    "friday": ("sexta", "Friday"),
    "saturday": ("sábado", "Saturday"),
    "sunday": ("domingo", "Sunday"),
}


def language_of(locale: str) -> Language:
    """`pt-BR`, `pt_BR`, `pt` → pt; anything else → en."""
    return "pt" if locale.lower().startswith("pt") else "en"


def word(key: str, language: Language) -> str:
    """One text; KeyError for a key that has none."""
    return WORDS[key][0 if language == "pt" else 1]


def weekday(day: Weekday, language: Language) -> str:
    """Name of a day of the week."""
    return _WEEKDAYS[day][0 if language == "pt" else 1]


def count(number: int, unit: str, language: Language) -> str:
    """`5 minutos`, `1 hora`; units: s, min, h, d."""
    names = {
        "s": (("segundo", "segundos"), ("second", "seconds")),
        "min": (("minuto", "minutos"), ("minute", "minutes")),
        "h": (("hora", "horas"), ("hour", "hours")),
        "d": (("dia", "dias"), ("day", "days")),
    }[unit][0 if language == "pt" else 1]
    return f"{number_text(number, language)} {names[0 if number == 1 else 1]}"


def duration(seconds: int, language: Language) -> str:
    """An exact length of time in words: 300 → `5 minutos`; 5400 → `90 minutos`; 86400 → `24 horas`."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds % size == 0:
            return count(seconds // size, unit, language)
    return count(seconds, "s", language)


def clocked(seconds: int, clock: str, language: Language) -> str:
    """A limit with the way it is counted: `5 minutos úteis`, `24 horas corridas`, `2 working hours`."""
    whole_days = clock == "elapsed" and seconds % 86400 == 0 and seconds > 86400
    text = count(seconds // 86400, "d", language) if whole_days else duration(seconds, language)
    number, unit = text.rsplit(" ", 1)
    if language == "en":
        return f"{number} {'working' if clock == 'business' else 'consecutive'} {unit}"
    kind = ("útil", "úteis") if clock == "business" else ("corrido", "corridos")
    if clock != "business" and unit.startswith("hora"):
        kind = ("corrida", "corridas")
    return f"{text} {kind[0 if number == '1' else 1]}"


def listed(items: Sequence[str], language: Language) -> str:
    """`a, b e c`."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {word('and', language)} {items[-1]}"


def share_text(share: float, language: Language) -> str:
    """A share from 0 to 1 as a percentage: 0.755 → `75,5%`."""
    return str(format_percent(share, format="#,##0.#%", locale=_LOCALES[language]))


def number_text(value: float, language: Language) -> str:
    """A number with the marks of the language."""
    return str(format_decimal(value, locale=_LOCALES[language]))


def day_text(day: date, language: Language) -> str:
    """A date in full: `1º de janeiro de 2026`; in Brazil the first day of a month is an ordinal."""
    text = str(format_date(day, format="long", locale=_LOCALES[language]))
    return f"1º{text[1:]}" if language == "pt" and day.day == 1 else text


def short_day(day: date, language: Language) -> str:
    """A date for tables: `24/12/2026`, `Dec 24, 2026`."""
    return str(
        format_date(day, format="dd/MM/yyyy" if language == "pt" else "medium", locale=_LOCALES[language])
    )


def short_instant(moment: datetime, zone: str, language: Language) -> str:
    """An instant for tables, in local time: `10/02/2026 12:00`, `Feb 10, 2026 12:00`."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{short_day(local.date(), language)} {local:%H:%M}"


def month_day(value: tuple[int, int], language: Language) -> str:
    """A day of every year: `24 de dezembro`."""
    month = get_month_names("wide", locale=_LOCALES[language])[value[0]]
    if language == "pt":
        return f"{'1º' if value[1] == 1 else value[1]} de {month}"
    return f"{month} {value[1]}"


def instant_text(moment: datetime, zone: str, language: Language) -> str:
    """An instant as local date and time: `1º de janeiro de 2026, 00:00`."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{day_text(local.date(), language)}, {local:%H:%M}"


def target_text(target: Target, language: Language) -> str:
    """`no mínimo 70%`, `no máximo 5 minutos`, `no mínimo 50 por mês`."""
    direction = word(target.direction, language)
    if target.unit == "share":
        figure = share_text(target.target, language)
    elif target.unit == "seconds":
        figure = duration(round(target.target), language)
    elif target.unit == "per_month":
        figure = f"{number_text(target.target, language)} {word('per_month', language)}"
    elif target.metric == "nrr":
        figure = share_text(target.target, language)
    else:
        figure = number_text(target.target, language)
    return f"{direction} {figure}"
