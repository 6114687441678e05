"""A small company whose agreement says who gets which lead: observed in 2025, assigned by Bastão since 2026.

Stories are one person each (`tests/dbt/clauses/company.py`). Instants are naive UTC; the models are built as of 30 June 2026.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

from contract.exceptions import Away
from contract.rows.turns import routing_slots
from contract.sections.routing import Routing
from contract.signed import Agreement
from tests.dbt.clauses.company import Company, Rows, agreement, handoff_id

AS_OF = datetime(2026, 6, 30, 21)
GRACE = 15 * 60


def _who(name: str, **values: int) -> dict[str, Any]:
    return {"seller": f"{name}@casa.com.br", **values}


def _rule(title: str, when: dict[str, Any], *sellers: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {"title": {"pt": title, "en": title}, "when": when, "sellers": list(sellers), **values}


ROUTING: dict[str, Any] = {
    "rules": [
        _rule("Carteira", {"portfolio": True}, _who("ana"), _who("bia")),
        _rule("Sul", {"states": ["PR", "SC"]}, _who("bia", weight=2), _who("caio")),
        _rule("Feira no Rio", {"states": ["RJ"], "channels": ["event"], "forms": ["feira", "stand"]}, _who("dora")),
        _rule("Férias", {"forms": ["ausente"]}, _who("dora"), _who("ana")),
        _rule("Limite", {"forms": ["limite"]}, _who("gil", capacity=3), _who("caio")),
        _rule("Cheio", {"forms": ["cheio"]}, _who("eva", capacity=1)),
        _rule("Sozinha", {"forms": ["sozinha"]}, _who("dora")),
        _rule("Fantasma", {"forms": ["fantasma"]}, _who("ninguem")),
    ],
    "fallback": _who("ana"),
}
ABSENCES = (
    Away("dora@casa.com.br", datetime(2025, 3, 3, tzinfo=UTC), datetime(2025, 3, 5, tzinfo=UTC), "férias"),
    Away("dora@casa.com.br", datetime(2026, 6, 30, tzinfo=UTC), datetime(2026, 7, 5, tzinfo=UTC), "férias"),
)


def routing_rows(modes: dict[str, str], since: dict[str, datetime]) -> dict[str, Rows]:
    """Rows of the routing tables: the same rules for every version, each in its mode."""
    routing = Routing.model_validate(ROUTING)
    signed = [
        SimpleNamespace(version=version, effective_from=since[version], terms=SimpleNamespace(routing=routing))
        for version in modes
    ]
    tables: dict[str, Rows] = {
        "routing_slots": list(routing_slots(cast(Agreement, SimpleNamespace(versions=signed, absences=ABSENCES)))),
        "routing_rules": [],
        "routing_conditions": [],
    }
    for version, mode in modes.items():
        for number, rule in enumerate(routing.rules, start=1):
            tables["routing_rules"].append(
                {"agreement_version": version, "rule_no": number, "title_pt": rule.title.pt, "title_en": rule.title.en,
                 "mode": mode, "grace_seconds": GRACE if mode == "assign" else None, "skip_absent": True,
                 "portfolio": rule.when.portfolio}
            )  # fmt: skip
            for condition, values in (("state", rule.when.states), ("channel", rule.when.channels), ("form", rule.when.forms)):
                tables["routing_conditions"] += [
                    {"agreement_version": version, "rule_no": number, "condition": condition, "value": value} for value in values
                ]
    return tables


class Routed(Company):
    """Words of this company's stories."""

    def __init__(self) -> None:
        super().__init__()
        self.add("rd_station_crm", "users", user_id="gil", name="gil", email="gil@casa.com.br", active=True)

    def lead(self, name: str, at: str, form: str | None = None, state: str | None = None, owner: str | None = None,
             event: bool = False, **deal: Any) -> None:  # fmt: skip
        """A hand-over at `at`, without owner unless told; `form`: a conversion an hour before; `event`: from a fair."""
        self.contact(name, "2025-01-10 10:00:00", state=state)
        self.crm_contact(f"c-{name}", name)
        if form:
            day = at[:10]
            source = {"traffic_source": "feira", "traffic_medium": "evento"} if event else {}
            self.conversion(name, form, f"{day} 01:00:00", **source)
        self.deal(f"d-{name}", [f"c-{name}"], at, user_id=owner, organization_id=deal.pop("organization_id", None), **deal)

    def delivered(self, sync: str, subject: str, handoff: str, at: str, occurrence: str = "1", state: str = "accepted") -> None:
        """A row of the outbox."""
        self.add(
            "deliveries", "outbox", delivery_id=f"{sync}|{subject}|{occurrence}", sync=sync, destination=sync, subject_id=subject,
            occurrence=occurrence, handoff_id=handoff, state=state, attempts=1, planned_at=at, sent_at=at, delivered_at=at,
            updated_seq=1,
        )  # fmt: skip

    def rd_shows(self, name: str, owner: str | None, at: str) -> None:
        """A look at the contact's funnel."""
        email = f"{owner.capitalize()}@Casa.com.br" if owner else None
        self.add("rd_station", "funnels", contact_uuid=name, lifecycle_stage="Lead", contact_owner_email=email, observed_at=at)


def opportunity_id(name: str) -> str:
    return hashlib.md5(f"rd_station_crm:deal:d-{name}".encode()).hexdigest()


def changed(owner: str, since: str) -> str:
    """The occurrence of `owner` getting a hand-over."""
    return hashlib.md5(f"{owner}@casa.com.br|{since.replace(' ', 'T')}".encode()).hexdigest()


def build() -> Routed:
    """All stories."""
    company = Routed()
    _rules(company)
    _assigned(company)
    _rd_station(company)
    since = {"before": datetime(2025, 1, 1, 3, tzinfo=UTC), "now": datetime(2026, 1, 1, 3, tzinfo=UTC)}
    items = routing_rows({"before": "observe", "now": "assign"}, since)
    items["channel_map"] = [{"traffic_source": "feira", "traffic_medium": "evento", "channel": "event"}]
    agreement(company, [], items)
    return company


def _rules(company: Routed) -> None:
    """2025, observed: what the rules say beside what happened."""
    company.add("rd_station_crm", "organizations", organization_id="o-old", name="Velha", state="PR")
    company.add("rd_station_crm", "organizations", organization_id="o-south", name="Sulista", state="SC")
    company.lead("earlier", "2025-02-01 12:00:00", owner="ana", organization_id="o-old", closed_at="2025-02-10 12:00:00", status="lost")
    company.lead("old-customer", "2025-03-01 12:00:00", state="SP", owner="caio", organization_id="o-old")
    company.lead("from-the-fair", "2025-04-01 12:00:00", "stand", "rj", owner="dora", event=True)
    company.lead("at-home-in-rio", "2025-04-02 12:00:00", "stand", "RJ", owner="dora")
    company.lead("company-in-the-south", "2025-04-03 12:00:00", owner="bia", organization_id="o-south", closed_at="2025-05-01 12:00:00", status="lost")
    company.lead("dora-away", "2025-03-04 12:00:00", "ausente", owner="ana")
    company.lead("only-dora-away", "2025-03-04 12:00:00", "sozinha", owner="caio")
    company.lead("nobody-of-that-name", "2025-04-05 12:00:00", "fantasma", owner="caio")
    # eva holds one from 1 May to 10 May, so that she is full on the 5th and free on the 11th.
    company.lead("eva-holds", "2025-05-01 12:00:00", owner="eva", closed_at="2025-05-10 12:00:00", status="lost")
    company.lead("eva-full", "2025-05-05 12:00:00", "cheio", owner="caio")
    company.lead("eva-free", "2025-05-11 12:00:00", "cheio", owner="caio")
    for number in range(30):
        end = {"closed_at": "2025-06-20 12:00:00", "status": "lost"}
        owner = "bia" if number % 3 else "caio"
        company.lead(f"south-{number:02}", f"2025-06-01 12:{number:02}:00", state="PR", owner=owner, **end)


def _assigned(company: Routed) -> None:
    """June 2026, assigned."""
    for number in range(30):  # every other one has an owner at birth
        owner = "eva" if number % 2 else None
        company.lead(f"now-{number:02}", f"2026-06-10 12:{number:02}:00", state="SC", owner=owner)
    for number in range(5):  # gil may hold three: he has two already
        company.lead(f"limit-{number}", f"2026-06-11 12:0{number}:00", "limite")
    company.lead("gil-holds", "2026-06-11 11:00:00", owner="gil")
    company.lead("gil-holds-more", "2026-06-11 11:00:00", owner="gil")
    company.lead("holiday", "2026-06-12 12:00:00", "ausente")
    company.lead("just-born", "2026-06-30 20:50:00")
    company.lead("closed", "2026-06-12 12:00:00", closed_at="2026-06-20 12:00:00", status="lost")
    company.lead("ghost", "2026-06-12 12:00:00", "fantasma")
    company.lead("before-go-live", "2026-05-12 12:00:00")
    company.contact("no-deal", "2026-01-10 10:00:00", state="SP")
    company.crm_contact("c-no-deal", "no-deal")
    company.mark("no-deal", "2026-06-13 12:00:00")
    company.contact("no-deal-owned", "2026-01-10 10:00:00", state="SP")
    company.crm_contact("c-no-deal-owned", "no-deal-owned")
    company.mark("no-deal-owned", "2026-06-13 12:00:00")
    company.rd_shows("no-deal-owned", "caio", "2026-06-14 12:00:00")
    # A person chose after the grace; Bastão assigned; a person changed what Bastão assigned.
    for name, looks in {
        "chosen-late": [("13:00", None), ("15:00", "caio")],
        "ours": [("13:00", None), ("15:00", "ana")],
        "ours-changed": [("13:00", None), ("15:00", "ana"), ("17:00", "caio")],
        "ours-unseen": [("13:00", None)],
    }.items():
        company.contact(name, "2026-01-10 10:00:00")
        company.crm_contact(f"c-{name}", name)
        for clock, owner in looks:
            company.look(name, "2026-06-14 12:00:00", f"2026-06-14 {clock}:00", user_id=owner, user_changed=owner is not None)
        if name.startswith("ours"):
            company.delivered("owner_crm", opportunity_id(name), handoff_id(name), "2026-06-14 14:00:00")


def _rd_station(company: Routed) -> None:
    """What RD Station shows beside what the CRM says. Owners of June 2026, chosen at birth unless looks say otherwise."""
    company.lead("rd-empty", "2026-06-15 12:00:00", owner="ana")
    company.lead("rd-same", "2026-06-15 12:00:00", owner="ana")
    company.rd_shows("rd-same", "ana", "2026-06-15 13:00:00")
    company.lead("rd-other", "2026-06-15 12:00:00", owner="ana")
    company.rd_shows("rd-other", "bia", "2026-06-15 13:00:00")
    for name in ("a-b-a", "a-b-a-seen"):
        company.contact(name, "2026-01-10 10:00:00")
        company.crm_contact(f"c-{name}", name)
        for day, owner in ((20, "ana"), (21, "bia"), (22, "ana")):
            company.look(name, "2026-06-20 09:00:00", f"2026-06-{day} 10:00:00", user_id=owner, user_changed=day > 20)
            if day < 22:
                sent = f"2026-06-{day} 11:00:00"
                company.delivered("owner_rd", handoff_id(name), handoff_id(name), sent, changed(owner, f"2026-06-{day} 10:00:00"))
        company.rd_shows(name, "ana", "2026-06-20 12:00:00")
    # Only this one was looked at again after the last writing.
    company.rd_shows("a-b-a-seen", "ana", "2026-06-21 12:00:00")
    company.lead("twice", "2026-06-02 12:00:00", owner="ana", closed_at="2026-06-03 12:00:00", status="lost")
    company.deal("d-twice-2", ["c-twice"], "2026-06-16 12:00:00", user_id="bia", organization_id=None)
