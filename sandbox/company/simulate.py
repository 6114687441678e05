"""`simulate`: one seed, one company, one stream of events."""

import gc
from datetime import UTC, datetime, timedelta
from functools import partial

from sandbox.company.arrivals import Arrivals
from sandbox.company.chance import pick
from sandbox.company.channels import CHANNELS
from sandbox.company.constants import DEFAULT_END
from sandbox.company.erp_desk import ErpDesk
from sandbox.company.journey import Journey
from sandbox.company.mailing import MailingList
from sandbox.company.office import Office
from sandbox.company.outside import deals_outside_the_funnel
from sandbox.company.people import Market
from sandbox.company.reference import ACCOUNT, build
from sandbox.company.rolodex import Rolodex
from sandbox.company.sellers import Seller, hire
from sandbox.company.terms import VERSIONS
from sandbox.company.worktime import DAY, WorkTime, absences_of, plan_of
from sandbox.world import World

_MIX = {name: channel.weight for name, channel in CHANNELS.items()}


def months_before(end: datetime, months: int) -> datetime:
    """The same day and hour `months` calendar months earlier (the last day of the month when there is none)."""
    total = end.year * 12 + end.month - 1 - months
    year, month = divmod(total, 12)
    for day in range(end.day, 27, -1):
        try:
            return end.replace(year=year, month=month + 1, day=day)
        except ValueError:
            continue
    return end.replace(year=year, month=month + 1, day=min(end.day, 28))


def simulate(
    seed: int = 7,
    leads: int = 4000,
    months: int = 12,
    end: datetime = DEFAULT_END,
    future_days: int = 30,
    dirt: float = 1.0,
    sector_pull: float = 0.0,
) -> World:
    """Simulate a company whose history of `months` months ends at `end` (aware) and goes on for `future_days`.

    `leads`: people who arrive within the history; `dirt` scales errors, duplicates, late logging and accidents
    (0 = a tidy company). `sector_pull` makes the sector of a lead's company tell something: so much (a share) is added to the
    chance that sales qualifies a company of names.KNOWN_SECTORS, and taken from the chance of any other; it draws nothing, so
    that at 0, where no attribute of a lead tells who buys, the world is what it was. The same arguments give the same world,
    event by event.
    """
    collecting = gc.isenabled()
    gc.disable()  # hundreds of thousands of objects live to the end: collecting meanwhile only costs time
    try:
        return _simulate(seed, leads, months, end, future_days, dirt, sector_pull)
    finally:
        if collecting:
            gc.enable()


def _simulate(
    seed: int, leads: int, months: int, end: datetime, future_days: int, dirt: float, sector_pull: float
) -> World:  # fmt: skip
    if end.tzinfo is None:
        raise ValueError("end must be an aware datetime, for example datetime(2026, 6, 30, 21, tzinfo=UTC)")
    if leads < 1 or months < 1 or future_days < 0 or dirt < 0:
        raise ValueError("leads and months must be at least 1, future_days and dirt not negative")
    if not 0 <= sector_pull <= 0.4:
        raise ValueError("sector_pull must lie between 0 and 0.4")
    end = end.astimezone(UTC)
    start = months_before(end, months)
    first, now = start.timestamp(), end.timestamp()
    horizon = (end + timedelta(days=future_days)).timestamp()
    sellers = hire(seed, first - 400 * DAY)
    # Deals run past the horizon before they are cut, so working time must be known far beyond it.
    span = first - 500 * DAY, horizon + 900 * DAY
    work = WorkTime(*span, plan_of)
    catalogue = build(seed, first - 400 * DAY, sellers)
    office = Office(seed, first, now, horizon, dirt, work, sellers, catalogue, Market(seed), sector_pull, _own_hours(sellers, span))
    office.mailing, office.rolodex, office.erp = MailingList(office), Rolodex(office), ErpDesk(office)

    _live(office, leads, "", Arrivals(first, now))
    if future_days:
        coming = max(1, round(leads * future_days / (months * 30.4)))
        _live(office, coming, "future", Arrivals(now, horizon))
    deals_outside_the_funnel(office, leads)
    office.erp.run()
    office.mailing.write_down()
    office.rolodex.write_down()
    reference = catalogue.data | office.erp.dictionary()
    return World(office.recorder.events(), start, end, seed, dict(ACCOUNT), reference, office.facts)


def _own_hours(sellers: list[Seller], span: tuple[float, float]) -> dict[str, WorkTime]:
    """The working time of everybody whose hours or absences differ from the company's at some time."""
    found = {}
    for seller in sellers:
        email, team = seller.email, seller.habit.team
        own = any(
            email in (terms.calendar_by_seller or ()) or team in (terms.calendar_by_team or ()) for terms in VERSIONS
        )
        if own or absences_of(email):
            plan = partial(plan_of, email=email, team=team)
            found[email] = WorkTime(*span, plan, absences_of(email))
    return found


def _live(office: Office, leads: int, era: str, arrivals: Arrivals) -> None:
    """Simulate `leads` people who arrive in one span; each one's luck depends on the own key alone."""
    for number in range(leads):
        key: int | str = f"{era}{number}" if era else number
        rng = office.rng("arrival", key)
        channel = CHANNELS[pick(rng, _MIX)]
        person = office.market.person(key, channel.fit, channel.intent)
        person.email = office.mailing.free_email(person.email, person)
        arrival = arrivals.draw(rng, channel.name)
        if person.company is not None:
            first = office.market.first_arrival.setdefault(person.company.key, arrival)
            # Buying is done in groups: half of the colleagues come within days of the first one.
            near = first + rng.uniform(0.02, 9) * DAY
            if first != arrival and rng.random() < 0.5 and arrivals.covers(near):
                arrival = near
        Journey(office, key, person, channel).run(arrival)
