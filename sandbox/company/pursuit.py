"""How a seller works a deal: attempts, acceptance, stages, outcome. Better habits really do better."""

import random
from dataclasses import dataclass

from sandbox.company.chance import pick, spread
from sandbox.company.deals import Deal, attempt_type
from sandbox.company.facts import PassageFact
from sandbox.company.people import Person
from sandbox.company.sellers import Seller, assign
from sandbox.company.terms import VERSIONS, Cadence
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


def _cadence(t: float) -> Cadence:
    """The cadence agreed at an instant."""
    begun = [terms for terms in VERSIONS if terms.effective_from.timestamp() <= t]
    return (begun[-1] if begun else VERSIONS[0]).cadence


def _evening(t: float) -> bool:
    """Between 18:00 and 21:00 local, when quick sellers still answer messages."""
    return 18 <= (t + LOCAL_OFFSET) % DAY / HOUR < 21


def _first_instant(deal: Deal, since: float, hot: bool) -> float:
    """When the first attempt happens: quick sellers answer within minutes and some answer in the evening."""
    rng, work, habit = deal.rng, deal.work, deal.seller.habit
    wait = spread(rng, habit.minutes * 60 * (1 if hot else 4), 0.95) + 25
    free = not work.is_open(since) and not work.is_away(since)
    if habit.minutes < 30 and free and _evening(since) and rng.random() < 0.3:
        return since + wait
    return work.add(since, wait)


def _attempts(deal: Deal, fact: PassageFact, since: float, person: Person) -> Effort | None:
    """Attempts until somebody answers or the seller gives up; None when nobody ever tries. A disciplined seller keeps
    to the agreed channels and spacing, the others do as they like."""
    rng, habit, plan = deal.rng, deal.seller.habit, deal.office.rng("cadence", deal.id, deal.seller.user_id)
    if rng.random() < habit.never:
        return None
    agreed = _cadence(fact.mql_at)
    keeps = plan.random() < habit.disciplined
    t = _first_instant(deal, since, fact.hot)
    fact.first_attempt_at = t
    patience = rng.randint(2, 3) + int(habit.skill * 3)
    if keeps and plan.random() < 0.85:
        patience = max(patience, len(agreed.steps))
    waited = deal.work.worked(t) - deal.work.worked(fact.mql_at)
    answer = 0.44 + (0.12 if waited < 900 else 0.0) - (0.16 if waited > 9 * HOUR else 0.0)
    for number in range(patience):
        fact.attempts += 1
        channel = attempt_type(rng, t, number)
        deal.attempt(t, agreed.steps[number] if keeps and number < len(agreed.steps) else channel)
        if rng.random() < answer:
            fact.first_contact_at = t
            return Effort(t, t)
        last = t
        pause = spread(rng, 5 * HOUR, 0.9)
        t = deal.work.add(t, max(pause, agreed.min_spacing * plan.uniform(1.0, 1.2)) if keeps else pause)
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
    """The seller's stars; 1 is also the default, so a real 1 cannot be told from no grade. Some come days late."""
    late = deal.office.rng("grade", deal.id)
    if late.random() < 0.18:
        t += late.uniform(2, 11) * DAY
    if deal.rng.random() < deal.seller.habit.rates:
        stars = max(1, min(5, round(1 + 4 * quality + deal.rng.gauss(0, 0.8))))
        if stars > 1:
            deal.emit(t, "deal_updated", deal_id=deal.id, rating=stars)


def _another(deal: Deal, person: Person, rng: random.Random) -> Seller:
    """A colleague of the deal's seller, as the manager chooses."""
    return assign(rng, [s for s in deal.office.sellers if s is not deal.seller], person.state, False)


def _rescued(deal: Deal, fact: PassageFact, since: float, person: Person) -> Effort | None:
    """Nobody tried: now and then the manager sees it after days and gives the lead to somebody else."""
    rng = deal.office.rng("rescue", deal.id)
    if rng.random() >= 0.45:
        return None
    when = deal.office.work.add(since, rng.uniform(0.6, 8) * 9 * HOUR)
    deal.give_to(when, _another(deal, person, rng))
    return _attempts(deal, fact, when, person)


def _follow_up(deal: Deal, fact: PassageFact, t: float, stage: str) -> None:
    """Good sellers call after a new stage and after a proposal."""
    luck = deal.office.rng("follow up", deal.id, stage)
    if luck.random() < 0.62 * deal.seller.habit.skill:
        deal.attempt(deal.work.add(t, spread(luck, 7 * HOUR, 0.9)), luck.choice(("call", "whatsapp", "meeting")), luck)
        fact.attempts += 1


def pursue(deal: Deal, fact: PassageFact, person: Person, since: float, amounts: tuple[float, float]) -> None:
    """Work the deal from `since` (when its owner has it) to the end; fills `fact` and the deal's events."""
    rng, habit = deal.rng, deal.seller.habit
    quality = 0.5 * person.fit / 100 + 0.5 * person.intent
    effort = _attempts(deal, fact, since, person) or _rescued(deal, fact, since, person)
    work = deal.work
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
    handing = deal.office.rng("closer", deal.id)
    if handing.random() < 0.05:  # somebody else takes the lead from here
        deal.give_to(t + handing.uniform(0.2, 3) * HOUR, _another(deal, person, handing))
        work = deal.work
    waited = work.worked(effort.answered) - work.worked(fact.mql_at)
    speed = 1.08 if waited < 1200 else 0.90 if waited > 9 * HOUR else 1.0
    t = work.add(t, spread(rng, 11 * HOUR, 0.9))
    if rng.random() > min(0.96, (0.42 + 0.52 * quality) * habit.skill**0.6 * speed + deal.office.pull(person)):
        if rng.random() < 0.93:
            _close(deal, fact, t, False, pick(rng, _EARLY_REASONS))
        return
    _sell(deal, fact, t, quality * speed, amounts)


def _sell(deal: Deal, fact: PassageFact, t: float, quality: float, amounts: tuple[float, float]) -> None:
    """From SQL to the proposal and the decision; stages may be jumped over or entered twice."""
    rng, work, habit = deal.rng, deal.work, deal.seller.habit
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
        _follow_up(deal, fact, t, stage)
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
