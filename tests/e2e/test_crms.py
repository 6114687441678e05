"""The same simulated company through each of the four CRMs gives the same marts, row by row, but for the mask of crm_mask.yaml.

The small company is built without data tests: a quick look at a reader or at staging. The larger one is the campaign.
"""

from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.e2e.crm_companies import MARTS, Companies, companies
from tests.e2e.crm_mask import MASK, RD, Comparison

FILLED = {"fct_handoffs", "fct_opportunities", "fct_contact_attempts", "fct_funnel_events", "fct_sla_verdicts", "fct_revenue"}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Companies]:
    with companies(tmp_path_factory.mktemp("small"), MARTS, seed=11, leads=60, months=3) as found:
        yield found


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Companies]:
    with companies(tmp_path_factory.mktemp("large"), None, seed=23, leads=260, months=6) as found:
        yield found


def assert_same(company: Companies, crm: str) -> None:
    """Every mart, of this CRM and of RD Station CRM."""
    with closing(company.through(RD)) as rd, closing(company.through(crm)) as other:
        both = Comparison(rd, other)
        problems = both.problems()
    assert not problems, "\n".join(problems)
    filled = {table for table, (mine, theirs) in both.marts.items() if mine and theirs}
    assert filled >= FILLED and len(filled) > 20


@pytest.mark.parametrize("crm", ["hubspot", "salesforce", "pipedrive"])
def test_a_small_company_is_the_same_but_for_the_mask(small: Companies, crm: str) -> None:
    assert_same(small, crm)


@pytest.mark.long
@pytest.mark.parametrize("crm", ["hubspot", "salesforce", "pipedrive"])
def test_a_large_company_is_the_same_but_for_the_mask(large: Companies, crm: str) -> None:
    assert_same(large, crm)


def test_each_rule_of_the_mask_names_the_capability_and_the_limit() -> None:
    for rule in MASK["mask"]:
        assert rule["capability"] and rule["because"] and rule["crms"] and rule["columns"], rule
