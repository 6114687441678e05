"""How a seller works a deal: attempts, acceptance, stages, outcome. Better habits really do better."""

from dataclasses import dataclass

from sandbox.company.chance import pick, spread
from sandbox.company.deals import Deal, attempt_type
from sandbox.company.facts import PassageFact
from sandbox.company.people import Person
from sandbox.company.worktime import LOCAL_OFFSET, local_day

HOUR, DAY = 3600.0, 86400.0
_EARLY_REASONS = {"Sem timing": 34, "Sem orçamento": 20, "Sem perfil": 26, "Contato inválido": 9, "Duplicado": 5,
                  "Comprou do concorrente": 6}  # fmt: skip
_LATE_REASONS = {"Comprou do concorrente": 34, "Sem timing": 29, "Sem orçamento": 25, "Não respondeu": 12}
_NOTES = ("Pediu para retomar no próximo semestre.", "Aceita receber conteúdo.", "Verba só no ano que vem.",
          "Fechou com fornecedor local.", "Telefone não atende.")  # fmt: skip


@dataclass(slots=True)
class Effort:
    """What the attempts led to: the instant of the last one and of the first answer (None: never answered)."""

    last: float
    answered: float | None


def _evening(t: float) -> bool:
    """Between 18:00 and 21:00 local, when quick sellers still answer messages."""
    return 18 <= (t + LOCAL_OFFSET) % DAY / HOUR < 21


def _first_instant(deal: Deal, since: float, hot: bool) -> float:
    """When the first attempt happens: quick sellers answer within minutes and some answer in the evening."""
    rng, work, habit = deal.rng, deal.office.work, deal.seller.habit
    wait = spread(rng, habit.minutes * 60 * (1 if hot else 4), 0.95) + 25
    if habit.minutes < 30 and not work.is_open(since) and _evening(since) and rng.random() < 0.3:
        return since + wait
    return work.add(since, wait)


def _attempts(deal: Deal, fact: PassageFact, since: float, person: Person) -> Effort | None:
    """The cadence until somebody answers or the seller gives up; None when nobody ever tries."""
    rng, habit = deal.rng, deal.seller.habit
    if rng.random() < habit.never:
        return None
    t = _first_instant(deal, since, fact.hot)
    fact.first_attempt_at = t
    patience = rng.randint(2, 3) + int(habit.skill * 3)
    waited = deal.office.work.worked(t) - deal.office.work.worked(fact.mql_at)
    answer = 0.44 + (0.12 if waited < 900 else 0.0) - (0.16 if waited > 9 * HOUR else 0.0)
    for number in range(patience):
        fact.attempts += 1
        deal.attempt(t, attempt_type(rng, t, number))
        if rng.random() < answer:
            fact.first_contact_at = t
            return Effort(t, t)
        last = t
        t = deal.office.work.add(t, spread(rng, 5 * HOUR, 0.9))
    return Effort(last, None)


def _close(deal: Deal, fact: PassageFact, t: float, win: bool, reason: str | None) -> None:
    """Win or loss; the real reason is noted even when the seller does not give it."""
    rng, habit = deal.rng, deal.seller.habit
    given = reason if reason and rng.random() >= habit.forgets else None
    fact.closed_at, fact.reason = t, reason
    fact.outcome = "won" if win else "lost" if fact.sql_at is not None else "rejected"
    deal.emit(
        t, "deal_closed", deal_id=deal.id, win=win, lost_reason_id=deal.office.catalogue.reason_ids.get(given or ""),
        note=rng.choice(_NOTES) if not win and rng.random() < 0.35 else None,
    )  # fmt: skip


def _grade(deal: Deal, t: float, quality: float) -> None:
    """The seller's stars; 1 is also the default, so a real 1 cannot be told from no grade."""
    if deal.rng.random() < deal.seller.habit.rates:
        stars = max(1, min(5, round(1 + 4 * quality + deal.rng.gauss(0, 0.8))))
        if stars > 1:
            deal.emit(t, "deal_updated", deal_id=deal.id, rating=stars)


def pursue(deal: Deal, fact: PassageFact, person: Person, since: float, amounts: tuple[float, float]) -> None:
    """Work the deal from `since` (when its owner has it) to the end; fills `fact` and the deal's events."""
    rng, work, habit = deal.rng, deal.office.work, deal.seller.habit
    quality = 0.5 * person.fit / 100 + 0.5 * person.intent
    effort = _attempts(deal, fact, since, person)
    if effort is None:
        if rng.random() < 0.55:  # tidied up weeks later, mostly without a word
            _close(deal, fact, work.add(since, rng.uniform(8, 40) * 9 * HOUR), False, pick(rng, _EARLY_REASONS))
        return
    if effort.answered is None:
        if rng.random() < 0.9:
            _close(deal, fact, work.add(effort.last, spread(rng, 9 * HOUR, 0.8)), False, "Não respondeu")
        return
    t = work.add(effort.answered, spread(rng, 1.2 * HOUR, 1.0))
    _grade(deal, t + 20, quality)
    if rng.random() > min(0.96, 0.66 + 0.40 * quality):
        _close(deal, fact, t + rng.uniform(60, 7200), False, pick(rng, _EARLY_REASONS))
        return
    fact.accepted_at = t
    if rng.random() >= habit.skips * 0.6:
        deal.move(t, "Aceito por vendas")
    waited = work.worked(effort.answered) - work.worked(fact.mql_at)
    speed = 1.08 if waited < 1200 else 0.90 if waited > 9 * HOUR else 1.0
    t = work.add(t, spread(rng, 11 * HOUR, 0.9))
    if rng.random() > min(0.96, (0.42 + 0.52 * quality) * habit.skill**0.6 * speed):
        if rng.random() < 0.93:
            _close(deal, fact, t, False, pick(rng, _EARLY_REASONS))
        return
    _sell(deal, fact, t, quality * speed, amounts)


def _sell(deal: Deal, fact: PassageFact, t: float, quality: float, amounts: tuple[float, float]) -> None:
    """From SQL to the proposal and the decision; stages may be jumped over or entered twice."""
    rng, work, habit = deal.rng, deal.office.work, deal.seller.habit
    fact.sql_at = t
    skipped_sql = rng.random() < habit.skips
    if not skipped_sql:
        deal.move(t, "Qualificado")
    if rng.random() < 0.6:
        deal.attempt(work.add(t, spread(rng, 2 * HOUR, 1.0)), rng.choice(("meeting", "visit", "call")))
        fact.attempts += 1
    for stage, chance, wait in (("Oportunidade", 0.90, 14 * HOUR), ("Proposta enviada", 0.88, 20 * HOUR)):
        t = work.add(t, spread(rng, wait, 0.8))
        if rng.random() > chance:
            _close(deal, fact, t, False, pick(rng, _LATE_REASONS))
            return
        if stage == "Oportunidade":
            fact.opportunity_at = t
            expected = f"{local_day(t + rng.uniform(10, 60) * DAY):%Y-%m-%d}"
            deal.emit(t, "deal_updated", deal_id=deal.id, prediction_date=expected)
        else:
            fact.proposal_at = t
            deal.emit(t, "deal_updated", deal_id=deal.id, amount_unique=amounts[0], amount_montly=amounts[1])
        if rng.random() >= habit.skips * 0.5:
            deal.move(t, stage)
            if rng.random() < 0.04:  # back to qualification, then forward again
                deal.move(work.add(t, 3 * HOUR), "Qualificado")
                t = work.add(t, 12 * HOUR)
                deal.move(t, stage)
    if rng.random() < 0.05:
        pause = work.add(t, 8 * HOUR)
        deal.emit(pause, "deal_hold", deal_id=deal.id, hold=True)
        t = pause + rng.uniform(5, 25) * DAY
        deal.emit(work.next_open(t), "deal_hold", deal_id=deal.id, hold=False)
    t = work.add(work.next_open(t), spread(rng, 55 * HOUR, 0.75))
    if rng.random() < 0.05:
        return  # nobody decides: the deal stays open for good
    won = rng.random() < min(0.9, (0.30 + 0.46 * quality) * habit.skill)
    if won:
        fact.amount, fact.monthly = amounts
        _close(deal, fact, t, True, None)
        return
    _close(deal, fact, t, False, pick(rng, _LATE_REASONS))
    if rng.random() < 0.025:  # the customer calls back
        again = work.add(t, rng.uniform(20, 150) * HOUR)
        deal.emit(again, "deal_reopened", deal_id=deal.id)
        won = rng.random() < 0.5
        fact.amount, fact.monthly = amounts if won else (0.0, 0.0)
        _close(deal, fact, work.add(again, rng.uniform(9, 80) * HOUR), won, None if won else "Sem orçamento")
