"""Deals that sellers make by themselves, outside the funnel: base customers, prospects, and people who are leads."""

from sandbox.company.handover import made_by_seller
from sandbox.company.office import Office
from sandbox.company.people import Person


def deals_outside_the_funnel(office: Office, leads: int) -> None:
    """About two deals per hundred leads that marketing had no part in."""
    for number in range(max(2, round(leads * 0.02))):
        key = f"outside{number}"
        rng = office.rng("outside", key)
        person: Person | None = None
        if rng.random() < 0.25:  # somebody whom marketing knows as a lead, too
            lead = office.market.people.get(rng.randrange(leads))
            person = lead if lead is not None and lead.email in office.mailing.by_email else None
        if person is None:
            base = rng.randrange(max(1, round(leads * 0.035)))
            person = office.market.person(f"base{base}" if rng.random() < 0.4 else key, 62, 0.6)
        t = office.work.next_open(rng.uniform(office.start, office.horizon))
        made_by_seller(office, key, person, t + rng.uniform(0, 3 * 3600))
        office.facts.outside_deals += 1
