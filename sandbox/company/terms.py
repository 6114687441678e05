"""The five versions of the demo company's agreement, as plain data (`profiles/demo/agreement` says the same in YAML).

Written down a second time on purpose, as in `constants`: a profile that drifts from it shows up as a difference between
the marts and the truth. Durations are seconds, local times of day are (hour, minute), instants are aware UTC (the
company's midnights, which lie at 03:00 UTC).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from sandbox.company.constants import CHANNELS, DOMAIN, HOT_INTEREST_MIN, HOT_SIGNAL_DAYS, HOT_SIGNALS

MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True)
class ResponseClock:
    """How soon sales speaks to a lead. `applies_to`: hot | other | all | accepted | sql | opportunity | proposal;
    `temperature` narrows a stage clock. An earlier contact meets the clocks of `accepted` and `sql` at once."""

    id: str
    applies_to: str
    clock: str
    limit: int
    temperature: str | None = None
    pause_when_owner_absent: bool = False


@dataclass(frozen=True)
class Cadence:
    """The attempts that every lead deserves: channels in order, all of them `within`, `min_spacing` apart."""

    steps: tuple[str, ...]
    within: int
    clock: str
    min_spacing: int
    spacing_clock: str
    applies_to: str = "all"


@dataclass(frozen=True)
class Commitment:
    """What one area promises per month. `fields` and `forms` (empty: all) belong to capture_completeness alone."""

    id: str
    area: str
    measure: str
    at_least: float
    fields: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()


# From which figure on something looks wrong: the same in every version.
WARNING_SIGNS: Mapping[str, float] = {
    "untouched_share_above": 0.15, "no_owner_share_above": 0.02, "no_reason_share_above": 0.10,
    "sold_outside_share_above": 0.25, "mql_growth_without_revenue_months": 3, "cost_growth_without_revenue_months": 3,
}  # fmt: skip

# The figures both areas aim at: (target, whether more is better), the same in every version.
TARGETS: Mapping[str, tuple[float, bool]] = {
    "mql_to_sql": (0.70, True), "acceptance": (0.85, True), "close_rate": (0.30, True), "sqls_delivered": (50, True),
    "first_contact_hot": (300, False), "first_contact_other": (86400, False),
}  # fmt: skip


@dataclass(frozen=True)
class ScoreRule:
    """Points for one fact; `values` and `number` as the kind needs them."""

    id: str
    part: str
    kind: str  # segment_in | channel_in | field_in | conversion_in | conversions_at_least | signal
    values: tuple[str, ...]
    points: int
    number: int = 0  # conversions_at_least
    within_days: int | None = None
    field: str = ""


def _score(asked: int) -> tuple[ScoreRule, ...]:
    forms = ("pedido-de-orcamento", "fale-com-vendas", "pedido-de-demonstracao")
    content = ("webinar-eficiencia-energetica", "calculadora-de-payback", "catalogo-de-equipamentos")
    return (
        ScoreRule("setor", "fit", "segment_in", ("Alimentos e bebidas", "Metalmecânico", "Plásticos", "Têxtil", "Químico"), 20),
        ScoreRule("porte", "fit", "field_in", ("51 a 200", "201 a 500", "Acima de 500"), 20, field="cf_porte_empresa"),
        ScoreRule("canal", "interest", "channel_in", ("partner", "referral", "event"), 10),
        ScoreRule("pediu_contato", "interest", "conversion_in", forms, asked, within_days=30),
        ScoreRule("conteudo_tecnico", "interest", "conversion_in", content, 10, within_days=90),
        ScoreRule("frequencia", "interest", "conversions_at_least", (), 10, number=3, within_days=90),
        ScoreRule("emails", "interest", "signal", ("emails_opened",), 5),
    )


# The score came with the second version, the goals of both areas too: (id, measure, figure, bonus shares, pays from).
SCORES: Mapping[str, tuple[ScoreRule, ...]] = {"v2": _score(25), "v3": _score(25), "v4": _score(30), "v5": _score(30)}
SCORE_BANDS = (("A", 55), ("B", 30), ("C", 0))
SHARED_GOALS = (
    ("receita_conjunta", "revenue_per_month", 2500000, {"marketing": "0.20", "sales": "0.10"}, "0.70"),
    ("vendas_conjuntas", "wins_per_month", 25, {"marketing": "0.10", "sales": "0.00"}, None),
)


@dataclass(frozen=True)
class Terms:
    """One version of the agreement."""

    name: str
    effective_from: datetime
    clocks: tuple[ResponseClock, ...]
    cadence: Cadence
    commitments: tuple[Commitment, ...]
    mql_rules: tuple[tuple[str, int | tuple[str, ...]], ...]  # one per criterion that the data can decide
    hot_conversions: tuple[str, ...] = HOT_SIGNALS
    hot_within_days: int = HOT_SIGNAL_DAYS
    hot_interest: int = HOT_INTEREST_MIN
    owner_within: int = 15 * MINUTE  # elapsed; owed by marketing
    give_back_exempt: tuple[str, ...] = ("contato_invalido", "duplicado", "sem_perfil")
    rating_within: int = 5 * DAY  # elapsed; fallback `rated`
    nurture_within: int = 2 * DAY  # elapsed; owed by marketing
    calendar: str = "matriz"
    calendar_by_team: Mapping[str, str] | None = None
    calendar_by_seller: Mapping[str, str] | None = None


@dataclass(frozen=True)
class WorkCalendar:
    """Opening hours by weekday (0 = Monday), local. National holidays and COMPANY_CLOSED_DAYS are closed in each.
    `optional_days`: Carnival Monday and Tuesday and Corpus Christi are closed too."""

    hours: Mapping[int, tuple[tuple[tuple[int, int], tuple[int, int]], ...]]
    state: str | None = None
    optional_days: bool = False


_LONG = (((8, 0), (12, 0)), ((13, 0), (18, 0)))
_FRIDAY = (((8, 0), (12, 0)), ((13, 0), (17, 0)))
_SOUTH = (((8, 30), (12, 0)), ((13, 30), (18, 0)))
CALENDARS = {
    "matriz": WorkCalendar({day: _LONG for day in range(5)}),
    "matriz_2026": WorkCalendar(
        {**{day: _LONG for day in range(4)}, 4: _FRIDAY, 5: (((9, 0), (12, 0)),)}, optional_days=True
    ),
    "sul": WorkCalendar({day: _SOUTH for day in range(5)}, state="PR"),
}

_BUYING = (*HOT_SIGNALS, "calculadora-de-payback", "indicacao-de-parceiro", "feira-estande")
_CONTENT = ("webinar-eficiencia-energetica", "catalogo-de-equipamentos")
_MEASURED = tuple(sorted(set(CHANNELS.values())))
_ASK_ALL = (
    "pedido-de-orcamento",
    "pedido-de-demonstracao",
    "webinar-eficiencia-energetica",
    "indicacao-de-parceiro",
)

_V1 = Terms(
    name="v1",
    effective_from=datetime(2025, 1, 1, 3, tzinfo=UTC),
    clocks=(
        ResponseClock("first_contact_hot", "hot", "business", 10 * MINUTE),
        ResponseClock("first_contact_other", "other", "elapsed", 24 * HOUR),
        ResponseClock("sql_contact", "sql", "business", 4 * HOUR),
    ),
    cadence=Cadence(("call", "whatsapp", "call", "email"), 7 * DAY, "elapsed", 2 * HOUR, "elapsed"),
    commitments=(
        Commitment("mqls_per_month", "marketing", "mqls_per_month", 120),
        Commitment("sqls_per_month", "marketing", "sqls_per_month", 50),
        Commitment("acceptance_rate", "marketing", "acceptance_rate", 0.85),
        # The keys as the forms send them: `company_name`, not `company`; the phone is mobile_phone or personal_phone.
        Commitment("capture_completeness", "marketing", "capture_completeness", 0.70,
                   ("email", "name", "company_name", "job_title"), _ASK_ALL),
        Commitment("wins_per_month", "sales", "wins_per_month", 10),
    ),
    mql_rules=(("conversion_in", (*_BUYING, *_CONTENT)),),
)  # fmt: skip

_V2 = replace(
    _V1,
    name="v2",
    effective_from=datetime(2026, 1, 1, 3, tzinfo=UTC),
    clocks=(
        ResponseClock("first_contact_hot", "hot", "business", 5 * MINUTE, pause_when_owner_absent=True),
        ResponseClock("first_contact_other", "other", "elapsed", 24 * HOUR),
        ResponseClock("sql_contact", "sql", "business", 2 * HOUR),
    ),
    commitments=tuple(replace(c, at_least=25) if c.id == "wins_per_month" else c for c in _V1.commitments),
    mql_rules=(("conversion_in", (*_BUYING, *_CONTENT)), ("channel_in", _MEASURED)),
)

_V3 = replace(
    _V2,
    name="v3",
    effective_from=datetime(2026, 3, 1, 3, tzinfo=UTC),
    clocks=(
        _V2.clocks[0],
        replace(_V2.clocks[1], pause_when_owner_absent=True),
        _V2.clocks[2],
        ResponseClock("proposal_followup", "proposal", "business", 16 * HOUR),
    ),
    calendar="matriz_2026",
    calendar_by_team={"Externo Sul": "sul"},
)

_V4 = replace(
    _V3,
    name="v4",
    effective_from=datetime(2026, 4, 1, 3, tzinfo=UTC),
    clocks=(
        *_V3.clocks,
        ResponseClock("opportunity_next_step", "opportunity", "elapsed", 3 * DAY, temperature="hot"),
    ),
    mql_rules=(("conversion_in", _BUYING), ("channel_in", _MEASURED), ("interest_at_least", 40)),
    hot_within_days=5,
    hot_interest=70,
    calendar_by_seller={f"flavia.correa@{DOMAIN}": "matriz"},  # works no Saturdays
)

_V5 = replace(
    _V4,
    name="v5",
    effective_from=datetime(2026, 5, 1, 3, tzinfo=UTC),
    cadence=Cadence(
        ("call", "whatsapp", "call", "whatsapp", "email"), 5 * DAY, "elapsed", 4 * HOUR, "business"
    ),
    commitments=(
        *(replace(c, at_least=0.75) if c.id == "capture_completeness" else c for c in _V4.commitments),
        Commitment("capture_phone", "marketing", "capture_completeness", 0.40, ("email", "mobile_phone")),
    ),
    mql_rules=(*_V4.mql_rules, ("fit_at_least", 30)),
)
VERSIONS = (_V1, _V2, _V3, _V4, _V5)


@dataclass(frozen=True)
class Absence:
    """A seller is away: whole local days (`until` included) when given as dates, else [since, until)."""

    seller: str
    since: date | datetime
    until: date | datetime
    reason: str


@dataclass(frozen=True)
class Waiver:
    """Both areas agree not to count something; every condition that is given must hold."""

    id: str
    clause: str  # a clause id, or `all`
    reason: str
    handoff: str | None = None
    seller: str | None = None
    since: datetime | None = None
    until: datetime | None = None


ABSENCES = (
    Absence(f"flavia.correa@{DOMAIN}", date(2025, 9, 15), date(2025, 9, 26), "férias"),
    Absence(f"everton.pacheco@{DOMAIN}", date(2026, 2, 16), date(2026, 2, 28), "férias"),
    Absence(f"caio.menezes@{DOMAIN}", date(2026, 4, 6), date(2026, 4, 17), "férias"),
    Absence(f"heloisa.vargas@{DOMAIN}", datetime(2026, 3, 19, 16, tzinfo=UTC), datetime(2026, 3, 19, 21, tzinfo=UTC),
            "consulta médica"),
    Absence(f"debora.luz@{DOMAIN}", date(2026, 6, 8), date(2026, 6, 10), "licença"),
)  # fmt: skip
WAIVERS = (
    Waiver("queda-crm-2026-02-10", "all", "CRM fora do ar",
           since=datetime(2026, 2, 10, 15, tzinfo=UTC), until=datetime(2026, 2, 10, 21, tzinfo=UTC)),
    Waiver("treinamento-2026-05", "first_contact_other", "treinamento de produto",
           seller=f"gilberto.ramires@{DOMAIN}",
           since=datetime(2026, 5, 18, 3, tzinfo=UTC), until=datetime(2026, 5, 21, 3, tzinfo=UTC)),
)  # fmt: skip
