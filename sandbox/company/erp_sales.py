"""Customers, proposals, orders and what happens to them after a deal is won (or a base customer buys again)."""

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.company import erp_funnel
from sandbox.company.chance import spread
from sandbox.company.constants import ERP_GROUP, ORDER_FIELD
from sandbox.company.deals import Deal
from sandbox.company.erp_base import TERMS, TES
from sandbox.company.erp_contracts import start_contract
from sandbox.company.erp_invoices import deliver
from sandbox.company.erp_values import Row, cents, ymd
from sandbox.company.facts import PassageFact
from sandbox.company.handover import copy_deal
from sandbox.company.people import Person
from sandbox.company.worktime import DAY

if TYPE_CHECKING:
    from sandbox.company.erp_desk import ErpDesk

HOUR = 3600.0


@dataclass(slots=True)
class Customer:
    """An ERP customer: one SA1 row (code, store) of a company or a natural person."""

    key: str
    code: str
    store: str
    branch: str  # the branch that serves it
    person: Person
    seller: str
    row: Row


@dataclass(slots=True)
class Item:
    """One order item; money in cents."""

    row: Row
    product: str
    quantity: int
    price: int
    tes: str
    delivered: int = 0


@dataclass(slots=True)
class Order:
    """A sales order; `key` seeds the luck of everything that follows, `deal_id` is the deal it came from."""

    key: str
    branch: str
    number: str
    customer: Customer
    row: Row
    term: str
    deal_id: str | None
    items: list[Item] = field(default_factory=list)


class SalesBook:
    """The order desk. Every method is an action of the schedule: its first argument is the instant."""

    def __init__(self, desk: "ErpDesk") -> None:
        self.desk = desk
        self.customers: dict[str, Customer] = {}
        self.pursuits: dict[str, erp_funnel.Pursuit] = {}  # by deal

    def customer(self, t: float, person: Person, seller: str) -> Customer:
        """The customer behind a buyer: the company's, or the natural person's; registered on first use."""
        key = person.company.key if person.company else person.key
        found = self.customers.get(key)
        if found is None:
            found = self._register(t, key, person, seller)
            self.customers[key] = found
        return found

    def _register(self, t: float, key: str, person: Person, seller: str) -> Customer:
        desk, company = self.desk, person.company
        rng = desk.office.rng("customer", key)
        code = desk.next_number("customer", 6, 1001)
        draw = rng.random()
        if company is None:
            email = person.email if draw < 0.8 else ""
        else:
            email = person.email if draw < 0.35 else f"financeiro@{company.domain}" if draw < 0.75 else ""
        area, phone = (company.area, company.switchboard) if company else (person.area, person.mobile)
        name = (company.name if company else person.name).upper()
        values = {
            "A1_COD": code, "A1_LOJA": "01", "A1_PESSOA": "J" if company else "F", "A1_NOME": name,
            "A1_NREDUZ": name, "A1_TIPO": "F", "A1_EST": person.state, "A1_MUN": person.city.upper(), "A1_DDI": "55",
            "A1_DDD": rng.choice((area, f"0{area}")), "A1_TEL": rng.choice((phone, f"({area}) {phone}")),
            "A1_CGC": company.cnpj if company else person.cpf or "", "A1_EMAIL": email, "A1_VEND": seller,
            "A1_COND": "002", "A1_MSBLQL": "2", "A1_DTCAD": ymd(t), "A1_ORIGCT": rng.choice("3345 "),
        }  # fmt: skip
        row = desk.insert(t, "SA1", **values)
        if desk.office.chance(rng, 0.015):  # deleted and typed again under the same code
            desk.delete(t + 12, row)
            row = desk.insert(t + 20, "SA1", **values)
        node = f"erp:{ERP_GROUP}::{code}:01"
        facts = desk.office.facts
        facts.erp_company[node] = key
        facts.erp_person[node] = person.key if email == person.email else f"mailbox:{code}"
        branch = "02" if person.state in ("PR", "SC", "RS") else "01"
        return Customer(key, code, "01", branch, person, seller, row)

    def base_customer(self, t: float, key: str, person: Person) -> None:
        """A customer who never was a lead: orders now and then, perhaps a contract."""
        desk = self.desk
        rng = desk.office.rng("base orders", key)
        customer = self.customer(t, person, rng.choice(desk.office.sellers).erp_code)
        for number in range(rng.choice((0, 1, 2, 2, 3, 4, 6))):
            when = desk.office.work.next_open(rng.uniform(desk.office.start, desk.office.horizon))
            desk.at(max(when, t + DAY), self.enter_order, f"{key}:{number}", customer, rng.randrange(2_000_00, 60_000_00), None)
        if rng.random() < 0.38:
            product = rng.choice([p for p in desk.office.catalogue.products if p.monthly])
            start_contract(self, t + 5 * DAY, f"{key}:contract", customer, product.code, round(product.price * 100), None)

    def won(self, t: float, key: str, person: Person, deal: Deal, fact: PassageFact, copied: bool) -> None:
        """A won deal: proposal closed, order entered some working hours later, contract started."""
        desk = self.desk
        rng = desk.office.rng("order of deal", key)
        customer = self.customer(t, person, deal.seller.erp_code)
        when = desk.office.work.add(t, spread(rng, 4 * HOUR, 0.8) + 900)
        desk.at(when, self.enter_order, f"deal:{key}", customer, round(fact.amount * 100), (deal, copied))
        if fact.monthly:
            product = rng.choice([p for p in desk.office.catalogue.products if p.monthly])
            start_contract(self, when + 1800, f"deal:{key}", customer, product.code, round(fact.monthly * 100), deal.id)
        pursuit = self.pursuits.get(deal.id)
        if pursuit is not None:
            erp_funnel.win(desk, t + 30, pursuit, customer, when)

    def proposal(self, t: float, key: str, person: Person, deal: Deal, fact: PassageFact) -> None:
        """Opportunity and commercial proposal of a deal, first for a prospect; refused when the deal is lost."""
        pursuit = erp_funnel.begin(self.desk, t, key, person, deal, fact)
        self.pursuits[deal.id] = pursuit
        if fact.closed_at is not None and fact.outcome != "won":
            self.desk.at(max(fact.closed_at, t) + 900, erp_funnel.refuse, self.desk, pursuit)

    def enter_order(self, t: float, key: str, customer: Customer, total: int, source: tuple[Deal, bool] | None) -> None:
        """An order of about `total` cents; a deal's order number is written back into the CRM, mostly."""
        desk = self.desk
        rng = desk.office.rng("order", key)
        term = rng.choice(tuple(TERMS))
        order = self.new_order(t, key, customer, term, source[0].id if source else None, "")
        goods = [p for p in desk.office.catalogue.products if not p.monthly]
        chosen = rng.sample(goods, rng.choice((1, 2, 2, 3)))
        shares = [rng.uniform(0.5, 1.5) for _ in chosen]
        for product, share in zip(chosen, shares, strict=True):
            value = int(total * share / sum(shares))
            quantity = max(1, min(20, round(value / (product.price * 100))))
            self.add_item(t, order, product.code, quantity, max(100, value // quantity), "501")
        if desk.office.chance(rng, 0.08):  # a loan for demonstration rides along: shipped, never revenue
            self.add_item(t, order, "SENS-100", 1, 3_400_00, "502")
        deliver(self, t, order, rng)
        if source is not None:
            self._write_back(t, order, rng, *source)

    def new_order(self, t: float, key: str, customer: Customer, term: str, deal_id: str | None, origin: str) -> Order:
        """The header row of a sales order."""
        number = self.desk.next_number(f"SC5{customer.branch}", 6, 4001)
        row = self.desk.insert(
            t, "SC5", C5_FILIAL=customer.branch, C5_NUM=number, C5_TIPO="N", C5_CLIENTE=customer.code,
            C5_LOJACLI=customer.store, C5_CLIENT=customer.code, C5_LOJAENT=customer.store, C5_TIPOCLI="F",
            C5_CONDPAG=term, C5_VEND1=customer.seller, C5_COMIS1=cents(300), C5_EMISSAO=ymd(t), C5_MOEDA=cents(100),
            C5_LIBEROK="S", C5_ORIGEM=origin, C5_MSBLQL="2",
        )  # fmt: skip
        return Order(key, customer.branch, number, customer, row, term, deal_id)

    def add_item(self, t: float, order: Order, product: str, quantity: int, price: int, tes: str) -> Item:
        """One item row of the order."""
        number = f"{len(order.items) + 1:02d}"
        row = self.desk.insert(
            t, "SC6", C6_FILIAL=order.branch, C6_NUM=order.number, C6_ITEM=number, C6_PRODUTO=product, C6_UM="UN",
            C6_QTDVEN=cents(quantity * 100), C6_PRCVEN=cents(price), C6_PRUNIT=cents(price),
            C6_VALOR=cents(quantity * price), C6_TES=tes, C6_CF=TES[tes][3], C6_CLI=order.customer.code,
            C6_LOJA=order.customer.store, C6_ENTREG=ymd(t + 10 * DAY),
        )  # fmt: skip
        item = Item(row, product, quantity, price, tes)
        order.items.append(item)
        return item

    def _write_back(self, t: float, order: Order, rng: random.Random, deal: Deal, copied: bool) -> None:
        """The seller notes the order in the deal: mostly right, sometimes without the branch, sometimes never."""
        office, draw = self.desk.office, rng.random()
        custom: dict[str, str] = {}
        if draw >= 0.09 * office.dirt:
            text = f"{order.branch}-{order.number}" if draw >= 0.12 * office.dirt else order.number
            custom = {ORDER_FIELD: text}
            noted = t + rng.uniform(60, 5 * HOUR)
            office.say(noted, "crm.deal_updated", deal_id=deal.id, custom=custom)
        else:
            office.facts.orders_without_note += 1
        if copied:
            first = deal.events[0][2]
            copy_deal(office, deal, t + 6 * HOUR, f"{first['name']} | implantação", custom, first["contact_ids"])
