"""Passages, outcomes and verdicts on small hand-made stories."""

from typing import Any

from sandbox import truth
from tests.sandbox.truth.story import Story, naive, when

DAY = 1440.0


def _lead() -> Story:
    """A lead who converts at 0, is marked at 3 and has a deal at 5."""
    return (
        Story()
        .contact(0, "u1", "ana@firma.com.br")
        .conversion(0, "u1", "pedido-de-orcamento", source="Google", medium="CPC", campaign=" Marca-2026 ")
        .mark(3, "u1")
        .card(4.9, "c1", "ana@firma.com.br", "u1")
        .deal(5, "d1", ["c1"])
    )


def _rows(story: Story, as_of: float, polls: list[float] | None = None) -> dict[str, list[dict[str, Any]]]:
    found = truth.observable(story.world(), when(as_of), [when(p) for p in polls or [as_of]])
    return {name: frame.to_dict("records") for name, frame in found.items()}


def _clock(tables: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The verdicts of the response clocks."""
    return [row for row in tables["verdicts"] if row["clause_kind"] == "response_time"]


def test_mark_and_deal_are_one_passage() -> None:
    tables = _rows(_lead(), 60)
    (row,) = tables["handoffs"]
    assert row["opening_record"] == "rd_station:opportunity:u1:2026-03-02T13:03:00"
    assert (row["mql_at"], row["mql_at_origin"], row["status"]) == (naive(3), "opportunity_mark", "open")
    assert (row["temperature"], row["channel"]) == ("hot", "paid_search")
    assert (row["primary_deal"], row["assigned_at"], row["attempts"]) == ("d1", naive(5), 0)
    assert [r["verdict"] for r in _clock(tables)] == ["breached"]


def test_running_then_met_then_late() -> None:
    assert _clock(_rows(_lead(), 7))[0]["verdict"] == "running"
    (met,) = _clock(_rows(_lead().attempt(7, "d1", "t"), 60))
    assert (met["verdict"], met["elapsed_seconds"], met["business_seconds"]) == ("met", 240, 240)
    (late,) = _clock(_rows(_lead().attempt(9, "d1", "t", logged=300), 400))
    assert (late["verdict"], late["met_at"], late["due_at"]) == ("breached", naive(9), naive(8))


def test_attempts_before_the_mql_do_not_count() -> None:
    story = _lead().attempt(1, "d1", "early", logged=6).attempt(20, "d1", "t2")
    (row,) = _rows(story, 60)["handoffs"]
    assert (row["attempts"], row["first_attempt_at"]) == (1, naive(20))


def test_rejected_before_sql_lost_after() -> None:
    (early,) = _rows(_lead().close(200, "d1"), 300)["handoffs"]
    assert (early["status"], early["rejected_at"], early["next_step"]) == ("rejected", naive(200), "nurture")
    late = _lead().stage(30, "d1", "Oportunidade").close(200, "d1", reason="Comprou do concorrente")
    (row,) = _rows(late, 300)["handoffs"]
    assert (row["status"], row["lost_at"], row["sql_at"]) == ("lost", naive(200), naive(30))
    assert (row["rejection_reason"], row["accepted_at"]) == ("concorrente", None)


def test_as_of_cuts_by_event_time() -> None:
    story = _lead().attempt(20, "d1", "t").stage(30, "d1", "Qualificado").close(200, "d1", win=True)
    (row,) = _rows(story, 100, polls=[300])["handoffs"]
    assert (row["status"], row["sql_at"], row["won_at"]) == ("open", naive(30), None)
    (row,) = _rows(story, 300)["handoffs"]
    assert (row["status"], row["won_at"], row["closed_at"]) == ("won", naive(200), naive(200))


def test_a_conversion_after_as_of_says_nothing_of_where_the_lead_came_from() -> None:
    story = Story().contact(-9, "u1", "ana@firma.com.br").card(4.9, "c1", "ana@firma.com.br", "u1").deal(5, "d1", ["c1"])
    story.conversion(90, "u1", "newsletter", source="Google", medium="CPC", campaign="Marca-2026")
    (early,) = _rows(story, 60, polls=[120])["handoffs"]
    assert (early["channel"], early["campaign_id"]) == ("unknown", None)
    (later,) = _rows(story, 120)["handoffs"]
    assert later["channel"] == "paid_search" and later["campaign_id"]


def test_reentry_is_a_second_passage() -> None:
    story = (
        _lead()
        .close(200, "d1")
        .conversion(60 * DAY, "u1")
        .mark(60 * DAY + 2, "u1")
        .deal(60 * DAY + 4, "d2", ["c1"])
    )
    rows = _rows(story, 61 * DAY)["handoffs"]
    assert [(r["passage_no"], r["status"]) for r in rows] == [(1, "rejected"), (2, "open")]


def test_a_signal_inside_a_deal_does_not_keep_it_open() -> None:
    story = _lead().mark(100, "u1").close(200, "d1")
    (row,) = _rows(story, 300)["handoffs"]
    assert row["status"] == "rejected"


def test_a_mark_without_a_deal_becomes_inactive() -> None:
    story = Story().contact(0, "u1", "ana@firma.com.br").conversion(0, "u1").mark(3, "u1").conversion(1, "u1")
    assert _rows(story, 50 * DAY)["handoffs"][0]["status"] == "open"
    (row,) = _rows(story, 95 * DAY)["handoffs"]
    assert (row["status"], row["closed_at"]) == ("inactive", naive(3 + 90 * DAY))


def test_first_glance_qualified_counts_only_without_better_signals() -> None:
    assert len(_rows(_lead().qualified(1, "u1"), 300)["handoffs"]) == 1
    story = (
        Story()
        .contact(0, "u1", "ana@firma.com.br")
        .conversion(0, "u1")
        .conversion(10, "u1")
        .qualified(11, "u1")
    )
    (row,) = _rows(story, 300)["handoffs"]
    assert (row["mql_at"], row["mql_at_origin"], row["mql_not_before"]) == (naive(10), "conversion", naive(0))
    assert row["opening_record"] == "rd_station:qualified:u1:2026-03-02T13:10:00"


def test_a_later_snapshot_is_uncertain_since_the_one_before() -> None:
    story = Story().contact(0, "u1", "ana@firma.com.br").conversion(0, "u1").qualified(100, "u1")
    tables = _rows(story, 1000, polls=[50, 300])
    (row,) = tables["handoffs"]
    assert (row["mql_at"], row["mql_at_origin"], row["mql_not_before"]) == (naive(300), "snapshot", naive(50))
    (judged,) = _clock(_rows(story, DAY + 200, polls=[50, 300]))
    assert (judged["verdict"], judged["reason"]) == ("not_judgeable", "imprecise_start")


def test_a_converted_webhook_is_exact() -> None:
    story = (
        Story()
        .contact(0, "u1", "ana@firma.com.br")
        .conversion(0, "u1")
        .conversion(99, "u1")
        .qualified(99, "u1")
    )
    hook = truth.Webhook("u1", "WEBHOOK.CONVERTED", "newsletter", when(99), "Qualified Lead")
    looks = truth.Observations([when(50), when(300)], webhooks=[hook])
    (row,) = truth.observable(story.world(), when(400), looks)["handoffs"].to_dict("records")
    assert (row["mql_at"], row["mql_not_before"]) == (naive(99), naive(99))


def test_copies_give_nothing_but_a_bridge_row() -> None:
    story = (
        _lead()
        .close(200, "d1", win=True)
        .deal(201, "d2", ["c1"], parent_deal_id="d1")
        .attempt(210, "d2", "t")
    )
    tables = _rows(story, 300)
    assert [(b["deal_id"], b["link"], b["is_primary"]) for b in tables["bridge"]] == [
        ("d1", "own", True),
        ("d2", "copy", False),
    ]
    assert len(tables["handoffs"]) == 1 and tables["handoffs"][0]["attempts"] == 0
    assert [a["opening_record"] for a in tables["attempts"]] == [None]


def test_a_colleagues_deal_shares_its_attempts() -> None:
    story = (
        _lead()
        .contact(10, "u2", "bia@firma.com.br")
        .conversion(10, "u2")
        .mark(12, "u2")
        .card(13, "c2", "bia@firma.com.br", "u2")
        .at(14, "crm.deal_updated", deal_id="d1", contact_ids=["c1", "c2"])
        .attempt(30, "d1", "t")
    )
    tables = _rows(story, 300)
    assert [r["attempts"] for r in tables["handoffs"]] == [1, 1]
    assert {b["link"] for b in tables["bridge"]} == {"own", "joined"}


def test_sellers_own_deals_attach_only_inside_a_passage() -> None:
    inside = _lead().deal(60, "d2", ["c1"], native=False).close(100, "d1").close(200, "d2", win=True)
    (row,) = _rows(inside, 300)["handoffs"]
    assert (row["status"], row["primary_deal"], row["won_at"]) == ("won", "d1", naive(200))
    outside = _lead().close(100, "d1").deal(500, "d2", ["c1"], native=False)
    tables = _rows(outside, 600)
    assert tables["handoffs"][0]["status"] == "rejected"
    assert {o["deal_id"]: o["opening_record"] is None for o in tables["opportunities"]} == {
        "d1": False,
        "d2": True,
    }


def test_an_owner_given_later_is_known_from_the_first_look_that_shows_it() -> None:
    story = (
        Story()
        .contact(0, "u1", "ana@firma.com.br")
        .mark(3, "u1")
        .card(4, "c1", "ana@firma.com.br", "u1")
        .deal(5, "d1", ["c1"], user_id=None)
        .at(40, "crm.deal_updated", deal_id="d1", user_id="seller")
    )
    (row,) = _rows(story, 300, polls=[20, 60, 90])["handoffs"]
    assert row["assigned_at"] == naive(60)
    assert _rows(story, 30)["handoffs"][0]["assigned_at"] is None


def test_what_was_deleted_before_the_first_look_never_was() -> None:
    story = _lead().at(100, "mkt.contact_deleted", contact_uuid="u1")
    (seen,) = _rows(story, 300, polls=[50, 300])["handoffs"]
    assert seen["mql_at_origin"] == "opportunity_mark"
    (late,) = _rows(story, 300)["handoffs"]
    assert (late["mql_at_origin"], late["channel"]) == ("crm_deal", "unknown")
    gone = _lead().at(100, "crm.deal_deleted", deal_id="d1")
    assert _rows(gone, 300)["handoffs"][0]["primary_deal"] is None


def test_funnel_events_keep_reentries_and_skip_nothing_that_happened() -> None:
    story = (
        _lead().stage(30, "d1", "Qualificado").stage(40, "d1", "Oportunidade").stage(50, "d1", "Qualificado")
    )
    entries = [(e["stage"], e["entered_at"]) for e in _rows(story, 300)["funnel_events"]]
    assert entries == [
        ("lead", naive(0)),
        ("mql", naive(3)),
        ("sql", naive(30)),
        ("opportunity", naive(40)),
        ("sql", naive(50)),
    ]
