"""Who is one person: the partition that the rules decide, the one that is real, and how far they are apart."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.company.constants import ERP_GROUP
from sandbox.truth.normal import cpf, email, phone, phone_key
from sandbox.truth.seen import Seen, customer_node

MAX_RECORDS_PER_IDENTIFIER = 5  # a value on more records is a switchboard, a shared mailbox or a placeholder
SHARED_MAILBOXES = ("financeiro", "contato", "compras", "vendas")  # what people here write that is nobody's own
_SOURCES = ("rd", "crm", "erp")  # in the order in which they are read
Identifier = tuple[str, str]


def md5(text: str) -> str:
    """The hash of ids: lower-case hexadecimal."""
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _line(raw: str | None) -> tuple[str, str | None]:
    """A mobile (or foreign) number, or a fixed line: eight digits behind the area code."""
    e164, _ = phone(raw)
    fixed = e164 is not None and e164.startswith("+55") and len(e164) == 13
    return ("fixed" if fixed else "mobile", phone_key(raw))


def _rd_identifiers(contact: Mapping[str, Any]) -> set[Identifier]:
    fields = contact["fields"]
    found = {("email", email(raw)) for raw in [contact["email"], *(contact["extra_emails"] or [])]}
    found |= {_line(fields.get(key)) for key in ("personal_phone", "mobile_phone", "phone")}
    found.add(("cpf", cpf(fields.get("cf_cpf"))))
    return {(kind, value) for kind, value in found if value}


def _crm_identifiers(card: Mapping[str, Any]) -> set[Identifier]:
    found = {("email", email(raw)) for raw in card["emails"]}
    found |= {_line(item["phone"]) for item in card["phones"]}
    return {(kind, value) for kind, value in found if value}


def nodes(seen: Seen) -> dict[str, set[Identifier]]:
    """Every record that stands for a person, with the identifiers that may link it."""
    found = {f"rd:{uuid}": _rd_identifiers(contact) for uuid, contact in seen.rd.items()}
    for contact_id, card in seen.crm.items():
        links = _crm_identifiers(card)
        if f"rd:{card['integration_id']}" in found:
            links.add(("rd", card["integration_id"]))
            found[f"rd:{card['integration_id']}"].add(("rd", card["integration_id"]))
        found[f"crm:{contact_id}"] = links
    for (table, _), row in seen.erp.items():
        if table != f"SA1{ERP_GROUP}0":
            continue
        # Phones of the ERP are switchboards and link nobody.
        typed = (("email", email(row["A1_EMAIL"])), ("cpf", cpf(row["A1_CGC"])))
        links = {(kind, value) for kind, value in typed if value}
        if row["A1_PESSOA"] == "F" or links:
            found[customer_node(row)] = links
    return found


def _is_shared(identifier: Identifier) -> bool:
    kind, value = identifier
    return kind == "email" and value.split("@")[0] in SHARED_MAILBOXES


def partition(found: Mapping[str, set[Identifier]], first_look: Mapping[str, int]) -> dict[str, str]:
    """node -> the node of its connected component that was seen first: at an earlier look, or read earlier in the same one."""
    holders: dict[Identifier, list[str]] = defaultdict(list)
    for node, links in found.items():
        for link in links:
            if not _is_shared(link):
                holders[link].append(node)

    first_address = {
        node: min(addresses) for node, links in found.items() if (addresses := [v for kind, v in links if kind == "email"])
    }

    def is_switchboard(link: Identifier, members: list[str]) -> bool:
        return link[0] == "fixed" and len({first_address[node] for node in members if node in first_address}) > 1

    def age(node: str) -> tuple[int, int, str]:
        return first_look[node], _SOURCES.index(node.split(":")[0]), node

    parent = {node: node for node in found}

    def root(node: str) -> str:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for link, members in holders.items():
        if len(members) <= MAX_RECORDS_PER_IDENTIFIER and not is_switchboard(link, members):
            for other in members[1:]:
                one, two = sorted((root(members[0]), root(other)), key=age)
                parent[two] = one
    return {node: root(node) for node in found}


def person_id(component: str) -> str:
    """The id that the marts give to a component."""
    return md5(f"person:{component}")


@dataclass(frozen=True)
class IdentityScore:
    """Pairs of records: of those joined, how many belong together; of those that do, how many were joined."""

    precision: float
    recall: float
    pairs_decided: int
    pairs_real: int


def _pairs(sizes: Iterable[int]) -> int:
    return sum(n * (n - 1) // 2 for n in sizes)


def identity_score(decided: Mapping[str, str], real: Mapping[str, str]) -> IdentityScore:
    """Pairwise precision and recall over the nodes that both partitions know."""
    both = [node for node in decided if node in real]
    joined = _pairs(Counter(decided[n] for n in both).values())
    truly = _pairs(Counter(real[n] for n in both).values())
    right = _pairs(Counter((decided[n], real[n]) for n in both).values())
    return IdentityScore(right / joined if joined else 1.0, right / truly if truly else 1.0, joined, truly)
