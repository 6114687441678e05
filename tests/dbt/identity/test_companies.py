"""What must hold of what is one company, whatever the records: decisions win, nothing else changes, ids stay."""

from __future__ import annotations

import hashlib
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contract.identity import IdentityDecisions
from tests.dbt.identity.companies import DOMAIN, ROOT, Companies
from tests.dbt.identity.test_properties import decided

Records = dict[str, tuple[str | None, str | None]]
_ROOTS = st.sampled_from(["11222333", "12ABC345", None])
_DOMAINS = st.sampled_from(["um.com.br", "dois.com.br", "gmail.com", None])


def company_id(key: str) -> str:
    """The id of the company that is named by a key: `cnpj:<root>`, or a record."""
    return hashlib.md5(key.encode(), usedforsecurity=False).hexdigest()


@st.composite
def _records(draw: st.DrawFn) -> Records:
    names = draw(st.lists(st.sampled_from([f"org:{n}" for n in range(7)] + [f"erp:01::{n}:01" for n in range(4)] + ["files:f"]),
                          min_size=2, max_size=9, unique=True))  # fmt: skip
    names.sort(key=lambda name: name.startswith("files:"))  # what is on a list has no load of its own and comes last
    return {name: (None if name.startswith("files:") else draw(_ROOTS), draw(_DOMAINS) if name.startswith("org:") else None) for name in names}


def _known(records: Records, decisions: IdentityDecisions) -> list[str]:
    """A customer of the ERP without a CNPJ is a company only when somebody said so."""
    return [node for node, values in records.items() if not node.startswith("erp:") or values[ROOT] or node in decisions.groups()]


def components(records: Records, decisions: IdentityDecisions) -> dict[str, int]:
    """Groups in plain Python, before anything is told apart: record -> number of its group."""
    group = {node: number for number, node in enumerate(_known(records, decisions))}

    def join(nodes: list[str]) -> None:
        numbers = {group[node] for node in nodes}
        group.update({node: min(numbers) for node, number in group.items() if number in numbers})

    for root in {values[ROOT] for values in records.values() if values[ROOT]}:
        join([node for node in group if records[node][ROOT] == root])
    for domain in {values[DOMAIN] for values in records.values()} - {None, "gmail.com"}:
        users = [node for node in group if records[node][DOMAIN] == domain]
        if len(users) <= 5 and len({records[node][ROOT] for node in users} - {None}) <= 1 and users:
            join(users)
    merged = decisions.groups()
    for name in set(merged.values()):
        join([node for node in group if merged.get(node) == name] or users_of_nobody(group))
    return group


def users_of_nobody(group: dict[str, int]) -> list[str]:
    """Any one record: a merger of records that no system showed joins nothing."""
    return [next(iter(group))]


@settings(max_examples=5, deadline=None)
@given(st.data())
def test_decisions_about_companies_win_and_touch_nobody_else(data: st.DataObject) -> None:
    records = data.draw(_records())
    pairs = st.lists(st.sampled_from(sorted(combinations([*records, "org:gone"], 2))), max_size=3)
    merges = tuple(decided(*pair) for pair in data.draw(pairs))
    group = IdentityDecisions(merges).groups()
    splits = tuple(decided(*pair) for pair in data.draw(pairs) if len({group.get(one, one) for one in pair}) == 2)
    decisions = IdentityDecisions(merges, splits)
    assume(_known(records, decisions) and _known(records, IdentityDecisions()))
    before, _ = Companies(records).found()
    found, told = Companies(records, decisions).found()
    assert list(found) and set(found) == set(_known(records, decisions))
    for merge in merges:
        assert len({found[node] for node in merge.records if node in found}) <= 1
    for split in splits:
        known = [node for node in split.records if node in found]
        assert len({found[node] for node in known}) == len(known)
    whole = components(records, decisions)
    for one, other in combinations(found, 2):
        assert whole[one] == whole[other] or found[one] != found[other], "joined by nothing"
        if not splits:
            assert (whole[one] == whole[other]) == (found[one] == found[other])
    concerned = {whole[node] for decision in (*merges, *splits) for node in decision.records if node in whole}
    assert all(found[node] == before[node] for node in before if whole[node] not in concerned), "nobody else's id changes"
    kept = [(one, other) for _, one, other, reason in told if reason is None]
    assert all(found[str(one)] == found[str(other)] for one, other in kept)
    assert {str(one) for rule, one, _, reason in told if reason == "unknown_record"} == {node for node in group if node not in found}


def test_ids_stay_when_companies_are_merged_and_told_apart() -> None:
    records: Records = {
        "org:1": ("11222333", None), "org:2": ("12ABC345", "dois.com.br"), "org:3": (None, "dois.com.br"),
        "erp:01::9:01": ("11222333", None), "erp:01::5:01": (None, None), "org:4": (None, None),
    }  # fmt: skip
    first, second = company_id("cnpj:11222333"), company_id("cnpj:12ABC345")
    merged, _ = Companies(records, IdentityDecisions((decided("org:2", "erp:01::9:01"),))).found()
    assert set(merged.values()) == {first, company_id("org:4")}, "the older id stays, all that belongs to the other one comes along"
    apart, told = Companies(records, IdentityDecisions((), (decided("org:1", "erp:01::9:01"),))).found()
    assert apart["org:1"] == first, "the part with the oldest record keeps the id"
    assert apart["erp:01::9:01"] == company_id("erp:01::9:01") and apart["org:3"] == apart["org:2"] == second
    assert ("cnpj_root", "erp:01::9:01", "org:1", "manual_split") in told
    farmer, _ = Companies(records, IdentityDecisions((decided("erp:01::5:01", "org:4"),))).found()
    assert farmer["erp:01::5:01"] == farmer["org:4"], "a customer without a CNPJ is whom somebody says it is"


@pytest.mark.parametrize("order", [(1, 2, 3, 4), (4, 3, 2, 1)])
def test_a_merger_stays_one_when_both_sides_of_a_split_reach_it(order: tuple[int, ...]) -> None:
    roots = {1: "11222333", 2: "12ABC345", 3: "11222333", 4: "12ABC345"}
    decisions = IdentityDecisions((decided("org:3", "org:4"),), (decided("org:1", "org:2"),))
    found, _ = Companies({f"org:{n}": (roots[n], None) for n in order}, decisions).found()
    assert found["org:3"] == found["org:4"] and found["org:1"] != found["org:2"]
