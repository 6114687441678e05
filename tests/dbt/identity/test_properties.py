"""What must hold of who is one person, whatever the records: decisions win, contradictions are cut, ids stay."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contract.identity import Decision, IdentityDecisions
from tests.dbt.identity.engine import Company, Identifier, person_id

MOST = 5
_VALUES = st.tuples(st.sampled_from(["email", "phone", "cpf", "rd_uuid"]), st.sampled_from("abcde"))
_LINKING = _VALUES.filter(lambda identifier: identifier[0] != "cpf")


def _records(values: st.SearchStrategy[Identifier], most: int = 12) -> st.SearchStrategy[dict[str, set[Identifier]]]:
    names = st.sampled_from([f"{system}:{number}" for system in ("rd", "crm", "erp") for number in range(6)])
    return st.dictionaries(names, st.sets(values, max_size=3), min_size=1, max_size=most)


def decided(*records: str) -> Decision:
    return Decision(records=records, reason="seen", decided_by="somebody", decided_on=date(2026, 1, 1))


@st.composite
def _decisions(draw: st.DrawFn, records: dict[str, set[Identifier]]) -> IdentityDecisions:
    pairs = st.lists(st.sampled_from(sorted(combinations(records, 2))), max_size=3)
    merges = tuple(decided(*pair) for pair in draw(pairs))
    group = IdentityDecisions(merges).groups()
    splits = tuple(decided(*pair) for pair in draw(pairs) if len({group.get(one, one) for one in pair}) == 2)
    return IdentityDecisions(merges, splits)


def components(records: dict[str, set[Identifier]], merges: dict[str, str] | None = None) -> dict[str, str]:
    """Union-find in plain Python: record -> the first record of its component."""
    parent = {node: node for node in records}
    order = list(records)

    def root(node: str) -> str:
        while parent[node] != node:
            node = parent[node]
        return node

    holders: dict[Identifier, list[str]] = defaultdict(list)
    for node, identifiers in records.items():
        for identifier in identifiers:
            holders[identifier].append(node)
    groups = [members for members in holders.values() if len(members) <= MOST]
    groups += [[node, group] for node, group in (merges or {}).items() if node in records and group in records]
    for members in groups:
        for other in members[1:]:
            one, two = sorted((root(members[0]), root(other)), key=order.index)
            parent[two] = one
    return {node: root(node) for node in records}


@pytest.mark.long
@settings(max_examples=25, deadline=None)
@given(_records(_LINKING))
def test_without_contradiction_people_are_components_named_after_their_first_record(records: dict[str, set[Identifier]]) -> None:
    assert Company(records).people() == {node: person_id(first) for node, first in components(records).items()}


@settings(max_examples=6, deadline=None)
@given(st.data())
def test_decisions_win_and_no_path_rejoins_what_was_told_apart(data: st.DataObject) -> None:
    records = data.draw(_records(_VALUES))
    assume(len(records) > 1)
    decisions = data.draw(_decisions(records))
    people = Company(records, decisions).people()
    for merge in decisions.merges:
        assert len({people[record] for record in merge.records}) == 1
    for split in decisions.splits:
        assert len({people[record] for record in split.records}) == len(split.records)
    whole = components(records, decisions.groups())
    assert all(whole[one] == whole[other] for one, other in combinations(records, 2) if people[one] == people[other])
    assert set(people.values()) <= {person_id(node) for node in records}
    assert all(people[node] == person_id(node) for node in records if person_id(node) in people.values()), "named after a record of its own"


@pytest.mark.long
@settings(max_examples=30, deadline=None)
@given(_records(_VALUES))
def test_nobody_has_two_documents_of_different_people(records: dict[str, set[Identifier]]) -> None:
    one_document = {node: {i for i in ids if i[0] != "cpf"} | set([i for i in sorted(ids) if i[0] == "cpf"][:1]) for node, ids in records.items()}
    shared: dict[Identifier, int] = defaultdict(int)
    for identifiers in one_document.values():
        for identifier in identifiers:
            shared[identifier] += 1
    people = Company(one_document).people()
    documents: dict[str, set[str]] = defaultdict(set)
    for node, identifiers in one_document.items():
        documents[people[node]] |= {value for kind, value in identifiers if kind == "cpf" and shared[kind, value] <= MOST}
    assert all(len(found) <= 1 for found in documents.values())


@pytest.mark.long
@settings(max_examples=25, deadline=None)
@given(_records(_LINKING), st.integers(1, 11), st.data())
def test_an_id_stays_when_records_come_later(records: dict[str, set[Identifier]], known: int, data: st.DataObject) -> None:
    """Of two people that turn out to be one the older keeps its id; nobody gets an id that somebody else had.

    Values that grow beyond the guard stop linking, which is no growth: they are left out here.
    """
    counts: dict[Identifier, int] = defaultdict(int)
    for identifiers in records.values():
        for identifier in identifiers:
            counts[identifier] += 1
    records = {node: {i for i in identifiers if counts[i] <= MOST} for node, identifiers in records.items()}
    order = list(records)
    known_before = Company({node: records[node] for node in order[:known]}).people()
    before = {node: known_before[node] for node in order[:known]}  # in the order of loading
    after = Company(records).people()
    for node, old in before.items():
        together = [other for other in before if after[other] == after[node]]
        assert after[node] == before[together[0]], "the id of the record that was loaded first"
        heirs = {after[other] for other, former in before.items() if former == old}
        assert heirs == {after[node]}, "records that were one person stay one"
    first = {person_id(node): node for node in order}
    assert all(after[first[old]] == after[node] for node, old in before.items()), "dim_person_ids finds every former id"


def test_the_smallest_record_of_a_person_may_change_and_its_id_does_not() -> None:
    email = ("email", "a")
    before = Company({"rd:1": {email}}).people()
    after = Company({"rd:1": {email}, "crm:1": {email}}).people()
    assert min(after) == "crm:1" and after["rd:1"] == after["crm:1"] == before["rd:1"]


def test_strong_evidence_decides_on_which_side_of_a_contradiction_a_record_stands() -> None:
    phone, email = ("phone", "p"), ("email", "e")
    records = {
        "rd:1": {("cpf", "1"), phone}, "rd:2": {("cpf", "2"), email},
        "rd:3": {phone, email}, "rd:4": {phone},
    }  # fmt: skip
    people = Company(records).people()
    assert people["rd:3"] == people["rd:2"] != people["rd:1"], "an address is stronger than a phone"
    assert people["rd:4"] == people["rd:1"], "what is only linked to one side stays there"
    split = IdentityDecisions(splits=(decided("rd:2", "rd:3"),))
    cut = Company(records, split).people()
    assert len({cut["rd:1"], cut["rd:2"], cut["rd:3"]}) == 3, "told apart by hand, the record is nobody else's either"


@pytest.mark.parametrize("order", [("rd:1", "rd:2", "rd:3", "rd:4"), ("rd:1", "rd:2", "rd:4", "rd:3"), ("rd:4", "rd:3", "rd:2", "rd:1")])
def test_what_was_merged_by_hand_stays_one_when_both_sides_of_a_split_reach_it_at_once(order: tuple[str, ...]) -> None:
    values = {"rd:1": {("email", "a")}, "rd:2": {("email", "b")}, "rd:3": {("email", "a")}, "rd:4": {("email", "b")}}
    decisions = IdentityDecisions((decided("rd:3", "rd:4"),), (decided("rd:1", "rd:2"),))
    people = Company({node: values[node] for node in order}, decisions).people()
    assert people["rd:3"] == people["rd:4"] and people["rd:1"] != people["rd:2"]
