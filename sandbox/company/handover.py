"""From MQL to the CRM: the mark, the native integration's deal, the owner, and what the outcome leaves behind."""

from sandbox.company.chance import new_hex, spread
from sandbox.company.deals import Deal
from sandbox.company.facts import PassageFact
from sandbox.company.identifiers import write_phone
from sandbox.company.mailing import RdContact
from sandbox.company.office import Office
from sandbox.company.people import Person, new_person
from sandbox.company.pursuit import pursue
from sandbox.company.reference import MARKED
from sandbox.company.sellers import Seller, assign

DAY = 86400.0


def hand_over(office: Office, key: str, person: Person, rd: RdContact, t: float, hot: bool, channel: str) -> PassageFact:
    """The contact qualifies at conversion instant `t`; returns what happened to the passage."""
    rng = office.rng("handover", key)
    fact = PassageFact(person.key, rd.uuid, t, hot, channel, marked=False)
    office.facts.passages.append(fact)
    if person.company is not None:
        office.facts.sectors[person.key] = person.company.segment
    # The automation sets the stage within seconds; otherwise somebody in marketing does it during working hours.
    manual = office.work.add(t, spread(rng, 2 * 3600, 0.8))
    qualified = t + rng.uniform(2, 9) if rng.random() < 0.95 else manual
    rd.note(qualified, "funnel", lifecycle_stage="Qualified Lead")
    if office.chance(rng, 0.042):
        fact.outcome = "no_deal"
        return fact  # qualified, and nobody marked it: the black hole between the areas
    fact.marked = True
    mark = qualified + rng.uniform(15, 240) if rng.random() < 0.86 else max(qualified, manual) + rng.uniform(60, 900)
    rd.note(mark, "opportunity")
    if office.chance(rng, 0.016):
        fact.outcome = "no_deal"
        if rng.random() < 0.5:
            _made_by_hand(office, key, person, fact, office.work.add(mark, rng.uniform(3, 30) * 3600))
        return fact
    _integrate(office, key, person, rd, fact, mark + rng.uniform(60, 180))
    return fact


def _amounts(office: Office, key: str) -> tuple[float, float]:
    """(one-off amount, monthly amount) of what the lead wants."""
    rng = office.rng("amount", key)
    products = office.catalogue.products
    once = sum(p.price * rng.choice((1, 1, 1, 2, 3)) for p in rng.sample([p for p in products if not p.monthly], rng.choice((1, 1, 2, 3))))
    monthly = rng.choice([p.price for p in products if p.monthly]) if rng.random() < 0.3 else 0.0
    return round(once * rng.uniform(0.86, 1.0), 2), round(monthly * rng.choice((1, 1, 2, 3)), 2)


def _open_deal(
    office: Office, key: str, person: Person, contact_ids: list[str], organization: str | None, t: float,
    seller: Seller, owned: bool, native: bool,
) -> Deal:  # fmt: skip
    """The deal's creation event, by the integration (`native`) or by hand."""
    rng = office.rng("deal", key)
    deal = Deal(office, rng, new_hex(rng, t), t, seller)
    catalogue = office.catalogue
    product = rng.choice(catalogue.products).name
    deal.emit(
        t, "deal_created", deal_id=deal.id, name=f"{person.company.name if person.company else person.name} | {product}",
        organization_id=organization, contact_ids=contact_ids, user_id=seller.user_id if owned else None,
        stage_id=catalogue.stage_ids["Novo lead"], pipeline_id=catalogue.pipeline_id, amount_unique=0.0,
        amount_montly=0.0, rating=1, from_rdsm=native, campaign_id=catalogue.campaign_ids[MARKED] if native else None,
        source_id=catalogue.source_ids["Desconhecido" if native else "Prospecção ativa"], parent_deal_id=None, custom={},
    )  # fmt: skip
    return deal


def _integrate(office: Office, key: str, person: Person, rd: RdContact, fact: PassageFact, t: float) -> None:
    """The native integration creates contact, organization and deal; then sales works it."""
    rng = office.rng("integration", key)
    seller = assign(rng, office.sellers, person.state, t < office.start + 75 * DAY)
    draw = rng.random()
    owned = draw < 0.88
    # Without a company on the form the organization is missing until the seller types it.
    known = person.company is not None and rng.random() < 0.86
    organization = office.rolodex.organization(person.company, t, seller.user_id) if known and person.company else None
    contacts = [office.rolodex.contact_of(rd, t, organization)]
    deal = _open_deal(office, key, person, contacts, organization, t, seller, owned, native=True)
    since = t
    if not owned:
        since = office.work.add(t, spread(rng, 1.5 * 3600, 0.9))
        deal.emit(since, "deal_updated", deal_id=deal.id, user_id=seller.user_id)
    elif office.chance(rng, 0.06):  # the manager gives it to somebody else
        first = deal.seller
        other = assign(rng, [s for s in office.sellers if s is not first], person.state, False)
        since = office.work.add(t, spread(rng, 2 * 3600, 0.9))
        deal.give_to(since, other)
    since = _instead_of_absent(office, deal, person, since)
    fact.deal_id, fact.assigned_at, fact.seller = deal.id, since, deal.seller.user_id
    if rng.random() < 0.6:
        rd.note(since + 30, "funnel", contact_owner_email=deal.seller.email)
    _colleague(office, key, person, deal, contacts, since)
    if person.company is not None and organization is None and rng.random() < 0.75:
        found = office.rolodex.organization(person.company, since + 300, deal.seller.user_id)
        deal.emit(since + 301, "deal_updated", deal_id=deal.id, organization_id=found)
    if rng.random() < 0.2:
        deal.plan(since + 60, "task", since + 3 * DAY)
    pursue(deal, fact, person, since, _amounts(office, key))
    if fact.first_contact_at is not None and office.chance(rng, 0.04):  # the seller corrects the card on the phone
        phone = write_phone(rng, person.area, person.mobile, office.dirt)
        office.say(fact.first_contact_at + 200, "crm.contact_updated", contact_id=contacts[0], title=person.title,
                   phones=[{"phone": phone, "type": "mobile"}])  # fmt: skip
    if office.chance(rng, 0.007):
        deal.deleted_at = t + rng.uniform(0.1, 9) * DAY
    _afterwards(office, key, person, rd, fact, deal)
    deal.flush()


def _instead_of_absent(office: Office, deal: Deal, person: Person, since: float) -> float:
    """The owner is away: somebody else gets the lead after some hours, or it waits. Returns when work can begin."""
    rng = office.rng("absent", deal.id)
    if not deal.work.is_away(since) or rng.random() < 0.4:
        return since
    present = [s for s in office.sellers if not office.work_of(s).is_away(since)]
    since = office.work.add(since, spread(rng, 3 * 3600, 0.9))
    deal.give_to(since, assign(rng, present, person.state, False))
    return since


def _colleague(office: Office, key: str, person: Person, deal: Deal, contacts: list[str], t: float) -> None:
    """A second contact on some deals: a colleague who is a lead too, or one whom the seller typed."""
    rng = office.rng("colleague", key)
    if person.company is None:
        return
    others = [p for p in person.company.contacts if p is not person and p.email in office.mailing.by_email]
    if rng.random() > (0.35 if others else 0.08):
        return
    when = t + rng.uniform(600, 4 * DAY)
    organization = office.rolodex.organization(person.company, deal.created, None)
    if others and rng.random() < 0.7:
        rd = office.mailing.by_email[others[0].email]
        if not rd.log or min(n[0] for n in rd.log) > when or rd.person is person:
            return
        second = office.rolodex.contact_of(rd, when - 1, organization)
    else:
        fresh = new_person(rng, f"{person.key}:colleague", person.company, 50, 0.3)
        second = office.rolodex.contact_typed(fresh, when - 1, organization)
    if second not in contacts:
        contacts = [*contacts, second]
        deal.emit(when, "deal_updated", deal_id=deal.id, contact_ids=contacts)
        if office.chance(rng, 0.05):  # later the seller removes the colleague from the CRM altogether
            gone = when + rng.uniform(10, 60) * DAY
            if not others:
                deal.emit(gone, "deal_updated", deal_id=deal.id, contact_ids=contacts[:-1])
                office.say(gone + 1, "crm.contact_deleted", contact_id=second)


def made_by_seller(office: Office, key: str, person: Person, t: float) -> None:
    """A deal that a seller opens without marketing; its passage fact is nobody's hand-over and is not kept."""
    fact = PassageFact(person.key, None, t, False, "outside", marked=False)
    _made_by_hand(office, key, person, fact, t)


def _made_by_hand(office: Office, key: str, person: Person, fact: PassageFact, t: float) -> None:
    """A seller makes the deal by hand (for a lead: the integration failed and somebody saw the mark)."""
    rng = office.rng("by hand", key)
    seller = assign(rng, office.sellers, person.state, False)
    organization = office.rolodex.organization(person.company, t, seller.user_id) if person.company else None
    rd = office.mailing.by_email.get(person.email)
    contact = office.rolodex.contact_of(rd, t, organization) if rd else office.rolodex.contact_typed(person, t, organization)
    deal = _open_deal(office, f"{key}:hand", person, [contact], organization, t, seller, True, native=False)
    fact.deal_id, fact.assigned_at, fact.seller, fact.outcome = deal.id, t, seller.user_id, "open"
    pursue(deal, fact, person, t, _amounts(office, key))
    _afterwards(office, key, person, rd, fact, deal)
    deal.flush()


def _afterwards(
    office: Office, key: str, person: Person, rd: RdContact | None, fact: PassageFact, deal: Deal
) -> None:
    """The integration tells marketing about the outcome; a win goes to the ERP and may be copied."""
    t = fact.closed_at
    office.erp.propose(key, person, deal, fact)
    if t is None or (deal.deleted_at is not None and t >= deal.deleted_at):
        return
    rng = office.rng("afterwards", key)
    if fact.outcome != "won":
        if rd is None:
            return
        rd.note(t + rng.uniform(40, 160), "opportunity_lost", reason=fact.reason or "")
        back = {"lifecycle_stage": "Lead"} if rng.random() < 0.45 else {}
        rd.note(t + 170, "funnel", opportunity=False, **back)
        return
    if rd is not None:
        rd.note(t + rng.uniform(40, 160), "sale", value=round(fact.amount + fact.monthly, 2))
        rd.note(t + 170, "funnel", lifecycle_stage="Client", opportunity=False)
    if person.company is not None:
        office.rolodex.organization(person.company, deal.created, deal.seller.user_id)
        office.rolodex.learn_cnpj(person.company, t + 600)
    office.erp.sell(key, person, deal, fact, rng.random() < 0.12)


def copy_deal(office: Office, deal: Deal, t: float, name: str, custom: dict[str, str], contact_ids: list[str]) -> str:
    """The CRM copies a won deal into the pipeline of the delivery team; the copy points back to its parent."""
    rng = office.rng("copy", deal.id)
    copy = new_hex(rng, t)
    stages = office.catalogue.stage_ids
    office.say(
        t, "crm.deal_created", deal_id=copy, name=name, organization_id=None, contact_ids=contact_ids,
        user_id=deal.seller.user_id, stage_id=stages["Kick-off"], pipeline_id=office.catalogue.copy_pipeline_id,
        amount_unique=0.0, amount_montly=0.0, rating=1, from_rdsm=True, campaign_id=None, source_id=None,
        parent_deal_id=deal.id, custom=custom,
    )  # fmt: skip
    office.say(t + rng.uniform(2, 9) * DAY, "crm.deal_stage", deal_id=copy, stage_id=stages["Instalação"])
    if rng.random() < 0.5:
        office.say(t + rng.uniform(10, 30) * DAY, "crm.deal_closed", deal_id=copy, win=True, lost_reason_id=None, note=None)
    return copy


