"""What RD Station is told of opportunities, sales and losses, and what of that must not come back: one small company, built once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.dbt.raw_fixture import fetch, fresh_warehouse, run_dbt
from tests.dbt.routing_company import opportunity_id
from tests.dbt.status_company import build

WANTED = ["+plan_opportunity", "+plan_sale", "+plan_loss", "+plan_flow_enrolment", "+plan_nurture_return", "+plan_confirmations"]
PLANS = ("opportunity", "sale", "loss", "flow_enrolment", "nurture_return")


class Built:
    """The built company; rows of a plan by (subject, occurrence)."""

    def __init__(self, database: Path):
        self.database = database
        self.plans = {
            name: {(row["subject_id"], row["occurrence"]): row for row in fetch(database, f"select * from plan.plan_{name}")}
            for name in PLANS
        }

    def row(self, plan: str, story: str, occurrence: str = "1") -> dict[str, Any] | None:
        return self.plans[plan].get((opportunity_id(story), occurrence))


@pytest.fixture(scope="module")
def built(dbt_home: Path) -> Iterator[Built]:
    database = build().write_duckdb(fresh_warehouse(dbt_home))
    run_dbt(["run", "--select", *WANTED], dbt_home, database)
    yield Built(database)


@pytest.mark.parametrize(
    ("story", "refusal"),
    [
        ("opp-due", None), ("opp-marked-at-birth", "already_shown"), ("opp-unmarked", None), ("opp-seen", "already_shown"),
        ("opp-won-already", "closed_since"), ("opp-declined", "consent_declined"), ("opp-new", "contact_too_new"),
        ("opp-nobody", "no_email"),
    ],
)  # fmt: skip
def test_opportunities(built: Built, story: str, refusal: str | None) -> None:
    row = built.row("opportunity", story)
    assert row and (row["refusal_reason"], row["eligible"]) == (refusal, refusal is None)
    assert (str(row["happened_at"]), row["value"]) == ("2026-06-20 12:00:00", Decimal("5000.00"))
    if refusal is None:
        assert (row["contact_uuid"], row["email"]) == (story, f"{story}@x.com.br")


def test_nothing_from_before_go_live(built: Built) -> None:
    assert built.row("opportunity", "opp-before") is None


@pytest.mark.parametrize(
    ("story", "passages", "confirmed"), [("echo", 1, True), ("twin", 1, True), ("real", 2, False)]
)
def test_our_own_mark_opens_nothing_and_confirms_its_delivery(
    built: Built, story: str, passages: int, confirmed: bool
) -> None:
    found = fetch(
        built.database,
        f"""select h.handoff_id from intermediate.int_handoffs as h
            inner join intermediate.int_person_nodes as n on h.person_id = n.person_id and n.source_id = '{story}'""",
    )
    assert len(found) == passages
    seen = fetch(built.database, f"select confirmed_at from plan.plan_confirmations where delivery_id = 'opportunity|{story}|1'")
    assert [str(row["confirmed_at"]) for row in seen] == (["2026-06-20 12:00:05"] if confirmed else [])


def test_the_deal_that_an_integration_makes_of_our_mark_is_no_signal(built: Built) -> None:
    rows = fetch(built.database, "select deal_id, is_signal from intermediate.int_deals where deal_id like 'd-twin%' order by deal_id")
    assert [(row["deal_id"], row["is_signal"]) for row in rows] == [("d-twin", True), ("d-twin-2", False)]


@pytest.mark.parametrize(
    ("story", "value", "basis", "refusal"),
    [
        ("sale-invoiced", "1000.10", "invoiced", None), ("sale-client", "1000.10", "invoiced", "already_shown"),
        ("sale-client-before", "1000.10", "invoiced", None), ("sale-waiting", None, None, "waiting_invoice"),
        ("sale-overdue", None, None, "waiting_invoice"), ("sale-returned-before", None, None, "invoice_cancelled"),
    ],
)  # fmt: skip
def test_sales_go_with_what_was_invoiced(
    built: Built, story: str, value: str | None, basis: str | None, refusal: str | None
) -> None:
    row = built.row("sale", story)
    assert row and row["value"] == (None if value is None else Decimal(value))
    assert (row["reason_code"], row["refusal_reason"], row["eligible"]) == (basis, refusal, refusal is None)
    assert row["client_before"] is (story == "sale-client-before")


@pytest.mark.parametrize(
    ("story", "correction", "value"),
    [
        ("sale-part-returned", "cancelled:1", "700"), ("sale-cancelled", "cancelled:1", "0"), ("sale-corrected-again", "cancelled:2", "0"),
        ("sale-corrected", None, None), ("sale-given-up", None, None), ("sale-crm-told", None, None), ("sale-more", None, None),
        ("sale-invoiced", None, None),
    ],
)  # fmt: skip
def test_less_than_was_told_is_a_correction_for_a_person(
    built: Built, story: str, correction: str | None, value: str | None
) -> None:
    rows = [row for (subject, occurrence), row in built.plans["sale"].items()
            if subject == opportunity_id(story) and occurrence != "1"]  # fmt: skip
    assert [row["occurrence"] for row in rows] == ([correction] if correction else [])
    for row in rows:
        assert (row["value"], row["refusal_reason"], row["eligible"]) == (Decimal(value or "?"), "sale_to_correct", False)


@pytest.mark.long
def test_the_crms_amount_goes_only_where_settings_allow_and_the_wait_is_over(dbt_home: Path, built: Built) -> None:
    settings = {"sale_invoice_wait_days": 10, "sale_without_invoice": "crm_amount"}
    run_dbt(["run", "--select", "plan_sale"], dbt_home, built.database, variables=settings)
    rows = Built(built.database)
    found = {story: rows.row("sale", story) for story in ("sale-overdue", "sale-waiting", "sale-returned-before")}
    shown = {story: row and (row["value"], row["reason_code"], row["refusal_reason"]) for story, row in found.items()}
    assert shown == {
        "sale-overdue": (Decimal("900"), "crm_amount", None), "sale-waiting": (None, None, "waiting_invoice"),
        "sale-returned-before": (None, None, "invoice_cancelled"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("story", "refusal"),
    [
        ("loss-marked", None), ("loss-unmarked-since", "already_shown"), ("loss-never-looked", None), ("loss-open-again", "open_passage"),
    ],
)  # fmt: skip
def test_losses(built: Built, story: str, refusal: str | None) -> None:
    row = built.row("loss", story)
    assert row and (row["refusal_reason"], row["reason_label"], row["reason_code"]) == (refusal, "Sem timing", "sem_timing")
    assert str(row["happened_at"]) == "2026-06-20 12:00:00"


def test_a_mark_that_is_seen_gone_confirms_the_loss(built: Built) -> None:
    seen = fetch(built.database, "select confirmed_at from plan.plan_confirmations where sync = 'loss'")
    assert [str(row["confirmed_at"]) for row in seen] == ["2026-06-21 12:00:00"]


@pytest.mark.parametrize(
    ("story", "by_conversion", "by_flow"),
    [
        ("flow-only", "absent", None), ("flow-done", "absent", None), ("flow-after", None, "conversion_first"), ("flow-next", None, None),
        ("loss-marked", None, "absent"),
    ],
)  # fmt: skip
def test_a_flow_instead_of_the_conversion_or_after_it(built: Built, story: str, by_conversion: str | None, by_flow: str | None) -> None:
    def refusal(plan: str) -> str | None:
        row = built.row(plan, story)
        return row["refusal_reason"] if row else "absent"

    assert (refusal("nurture_return"), refusal("flow_enrolment")) == (by_conversion, by_flow)
    row = built.row("flow_enrolment", story)
    if row:
        expected = ("f-1", "Só fluxo") if story in ("flow-only", "flow-done") else ("f-2", "Dois")
        assert (row["flow_id"], row["reason_title"], row["closed_on"]) == (*expected, "2026-06-20")


def test_an_enrolment_is_a_return(built: Built) -> None:
    rows = fetch(built.database, "select returned_at from intermediate.int_handoff_returns")
    assert [str(row["returned_at"]) for row in rows] == ["2026-06-21 12:00:00"]
