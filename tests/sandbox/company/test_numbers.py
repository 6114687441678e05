"""The numbers look like a company: volumes, the effect of habits, weekends, consent."""

from collections import Counter, defaultdict
from datetime import timedelta

from sandbox.company.constants import GO_LIVE, LOST_REASONS
from sandbox.company.facts import PassageFact
from sandbox.company.simulate import simulate
from sandbox.truth.really import sector_shares
from sandbox.world import World


def _passages(world: World) -> list[PassageFact]:
    return [fact for fact in world.facts.passages if fact.mql_at <= world.end.timestamp()]


def _closed(world: World, fact: PassageFact) -> bool:
    return fact.closed_at is not None and fact.closed_at <= world.end.timestamp()


def test_volumes(world: World) -> None:
    passages = _passages(world)
    accepted = [p for p in passages if p.accepted_at is not None]
    won = [p for p in passages if p.outcome == "won" and _closed(world, p)]
    discarded = [p for p in passages if p.outcome in ("rejected", "lost") and _closed(world, p)]
    nurture = [p for p in discarded if p.reason and LOST_REASONS[p.reason][1] == "nurture"]
    assert 1400 <= len(passages) <= 1850
    assert 0.64 <= sum(p.sql_at is not None for p in accepted) / len(accepted) <= 0.78
    assert 320 <= len(won) <= 460
    assert len(nurture) >= 400
    assert 40 <= sum(p.closed_at >= GO_LIVE.timestamp() for p in nurture if p.closed_at) <= 120
    missing = sum(p.outcome == "no_deal" for p in passages) / len(passages)
    assert 0.03 <= missing <= 0.07


def test_people_come_back(world: World) -> None:
    counts = Counter(p.person for p in _passages(world))
    assert sum(n - 1 for n in counts.values()) > 80


def test_better_sellers_do_better(world: World) -> None:
    names = {user["id"]: user["name"] for user in world.reference["users"]}
    sales: dict[str, list[PassageFact]] = defaultdict(list)
    for fact in _passages(world):
        if fact.seller:
            sales[names[fact.seller]].append(fact)

    def won(name: str) -> float:
        return sum(p.outcome == "won" for p in sales[name]) / len(sales[name])

    def contacted(name: str) -> float:
        return sum(p.first_contact_at is not None for p in sales[name]) / len(sales[name])

    assert won("Aline Duarte") > 1.5 * won("Ivo Santoro")
    assert won("Caio Menezes") > won("Gilberto Ramires")
    assert contacted("Aline Duarte") > contacted("Ivo Santoro")


def test_good_channels_bring_more_mqls_per_lead(world: World) -> None:
    mqls = Counter(p.channel for p in _passages(world))
    assert mqls["referral"] / 5 > mqls["paid_social"] / 21  # per unit of lead volume


def test_weekends_and_nights_are_quiet(world: World) -> None:
    local = [e.at - timedelta(hours=3) for e in world.events if e.kind == "mkt.contact_created"]
    weekday = sum(at.weekday() < 5 for at in local) / 5
    weekend = sum(at.weekday() >= 5 for at in local) / 2
    assert weekend < 0.6 * weekday
    assert sum(at.hour < 6 for at in local) < 0.06 * len(local)


def test_consent_of_every_kind(world: World) -> None:
    bases = [e.data["legal_bases"] for e in world.events if e.kind == "mkt.contact_created"]
    shares = Counter("unknown" if not b else b[0]["status"] for b in bases)
    assert 0.15 < shares["unknown"] / len(bases) < 0.35
    assert 0.03 < shares["declined"] / len(bases) < 0.12
    withdrawn = [e for e in world.events if e.kind == "mkt.contact_updated" and "legal_bases" in e.data]
    assert any(e.data["legal_bases"][0]["status"] == "declined" for e in withdrawn)


def test_forms_capture_badly(world: World) -> None:
    filled: dict[str, list[bool]] = defaultdict(list)
    for event in world.events:
        if event.kind == "mkt.conversion":
            payload = event.data["payload"]
            filled[event.data["identifier"]].append("mobile_phone" in payload or "personal_phone" in payload)
    assert not any(filled["ebook-guia-de-manutencao"]) and not any(filled["newsletter"])
    assert sum(filled["fale-com-vendas"]) / len(filled["fale-com-vendas"]) > 0.9


def test_deals_of_every_kind(world: World) -> None:
    created = [e.data for e in world.events if e.kind == "crm.deal_created"]
    assert sum(d["parent_deal_id"] is not None for d in created) > 20  # copies of won deals
    assert sum(not d["from_rdsm"] and d["parent_deal_id"] is None for d in created) > 60  # outside the funnel
    assert sum(d["user_id"] is None for d in created) > 60  # born without an owner
    closed = [e.data for e in world.events if e.kind == "crm.deal_closed" and not e.data["win"]]
    without = sum(d["lost_reason_id"] is None for d in closed) / len(closed)
    assert 0.05 < without < 0.30
    late = [
        e for e in world.events if e.kind == "crm.task_done" and e.at - e.data["done_at"] > timedelta(hours=1)
    ]
    assert len(late) > 200


def test_the_sector_tells_who_buys_only_where_it_was_asked_for(world: World) -> None:
    def lift(company: World) -> float:
        shares = sector_shares(company, company.end)
        return shares[True][0] / shares[True][1] - shares[False][0] / shares[False][1]

    assert abs(lift(world)) < 0.08
    assert lift(simulate(seed=11, leads=600, sector_pull=0.13)) > 0.1
