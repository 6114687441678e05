"""Every clause kind on small stories whose verdicts were worked out by hand.

Times are minutes after Monday 2 March 2026, 10:00 in São Paulo, so version v3 is in force: cadence call, whatsapp,
call, email within seven days, two hours apart; owner within 15 minutes; grades within five days.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sandbox import truth
from sandbox.company.terms import VERSIONS, Commitment, Waiver
from sandbox.truth.clauses import Finding, judge
from sandbox.truth.observations import Observations, Posted
from tests.sandbox.truth.story import Story, naive, when

HOUR, DAY = 60.0, 1440.0
STEPS = ("call", "whatsapp", "call", "email")
OTHER = "checklist-nr-12"


def lead(form: str = "pedido-de-orcamento", **deal: Any) -> Story:
    """Converts at 0, is marked at 3 and has a deal at 5."""
    return (
        Story()
        .contact(0, "u1", "ana@firma.com.br")
        .conversion(0, "u1", form, source="google", medium="cpc")
        .mark(3, "u1")
        .card(4.9, "c1", "ana@firma.com.br", "u1")
        .deal(5, "d1", ["c1"], **deal)
    )


def tried(story: Story, *times: float, steps: tuple[str, ...] = STEPS) -> Story:
    """The attempts of a cadence at these minutes."""
    for number, (minutes, channel) in enumerate(zip(times, steps, strict=False)):
        story.attempt(minutes, "d1", f"t{number}", channel=channel)
    return story


def judged(
    story: Story, as_of: float, polls: tuple[float, ...] = (), posted: tuple[Posted, ...] = (),
    agreement: truth.Agreement = truth.DEMO, go_live: float = -DAY,
) -> dict[str, Finding]:  # fmt: skip
    """clause id (owners: with ':n') -> finding."""
    looks = Observations([when(p) for p in polls or (as_of,)], posted=posted)
    known = truth.knowledge(story.world(), when(as_of), looks, agreement, when(go_live))
    return {
        found.clause_id + (found.subject_id[32:] if found.subject_type == "ownership" else ""): found
        for found in judge(known)
    }


def said(found: Finding) -> str:
    """verdict, or verdict/reason."""
    return f"{found.verdict}/{found.reason}" if found.reason else found.verdict


# Owner (V7)
def test_an_owner_at_birth_is_exact() -> None:
    found = judged(lead(), 60)["owner_at_birth"]
    assert (said(found), found.elapsed_seconds, found.evidence, found.basis) == ("met", 120, "deal:d1", "owner")
    assert found.area == "marketing"


def test_an_owner_seen_later_is_known_as_an_interval() -> None:
    story = lead(user_id=None).owner(40, "d1", "seller")
    assert said(judged(story, 30)["owner_at_birth"]) == "breached"
    assert said(judged(story, 17)["owner_at_birth"]) == "running"
    assert said(judged(story, 60)["owner_at_birth"]) == "not_judgeable/imprecise_stop"
    found = judged(story, 60, polls=(20, 60))["owner_at_birth"]  # ownerless at 20, due at 18: too late for certain
    assert (said(found), found.met_at) == ("breached", naive(60))
    early = lead(user_id=None).owner(8, "d1", "seller")
    assert said(judged(early, 60, polls=(10, 60))["owner_at_birth"]) == "met"


# Attempts (V8) and their order (V9)
def test_a_complete_cadence() -> None:
    found = judged(tried(lead(), 5, DAY, DAY + 180, 2 * DAY), 8 * DAY)
    made, order = found["cadence_attempts"], found["cadence_order"]
    assert (said(made), made.met_at, made.evidence) == ("met", naive(2 * DAY), "attempt:t3")
    assert (said(order), order.met_at, order.evidence) == ("met", naive(2 * DAY), "attempt:t3")
    assert (order.elapsed_seconds, order.due_at) == (None, naive(3 + 7 * DAY))


def test_a_cadence_that_comes_too_late_or_not_at_all() -> None:
    late = tried(lead(), 5, DAY, DAY + 180, 7 * DAY + 4)
    assert said(judged(late, 8 * DAY)["cadence_attempts"]) == "breached"
    assert said(judged(late, 2 * DAY)["cadence_attempts"]) == "running"
    assert said(judged(late, 8 * DAY)["cadence_order"]) == "met"  # order has no limit of its own
    short = tried(lead(), 5, DAY)
    assert said(judged(short, 8 * DAY)["cadence_attempts"]) == "breached"
    assert said(judged(short, 8 * DAY)["cadence_order"]) == "not_applicable/incomplete"
    assert said(judged(short, 2 * DAY)["cadence_order"]) == "running"


def test_who_advances_or_closes_needs_no_cadence() -> None:
    sql = tried(lead(), 5).stage(DAY, "d1", "Qualificado")
    assert said(judged(sql, 8 * DAY)["cadence_attempts"]) == "not_applicable/advanced"
    assert said(judged(sql, 8 * DAY)["cadence_order"]) == "not_applicable/advanced"
    closed = tried(lead(), 5).close(DAY, "d1")
    assert said(judged(closed, 8 * DAY)["cadence_attempts"]) == "not_applicable/closed_before_due"
    assert said(judged(closed, 8 * DAY)["cadence_order"]) == "not_applicable/closed"


def test_violations_of_the_order() -> None:
    wrong = judged(tried(lead(), 5, DAY, steps=("whatsapp", "call")), DAY * 2)["cadence_order"]
    assert (said(wrong), wrong.evidence, wrong.met_at) == ("breached/out_of_order", "attempt:t0", None)
    soon = judged(tried(lead(), 5, 5 + 119), DAY)["cadence_order"]
    assert (said(soon), soon.evidence) == ("breached/too_soon", "attempt:t1")
    both = judged(tried(lead(), 5, 6, steps=("call", "email")), DAY)["cadence_order"]
    assert said(both) == "breached/out_of_order"
    # Other channels do not count, and neither does what comes after the SQL.
    visit = lead().attempt(5, "d1", "v", channel="visit").attempt(6, "d1", "t0")
    assert said(judged(visit, 30)["cadence_order"]) == "running"
    after = tried(lead().stage(4 * HOUR, "d1", "Qualificado"), 5, 5 * HOUR, steps=("call", "call"))
    assert said(judged(after, DAY)["cadence_order"]) == "not_applicable/advanced"


# Giving back (V11) and reasons (V10)
@pytest.mark.parametrize(
    ("reason", "times", "expected"),
    [
        ("Sem timing", (5.0, DAY, DAY + 180, 2 * DAY), "met"),
        ("Sem timing", (5.0, DAY), "breached/cadence_incomplete"),
        ("Sem perfil", (5.0,), "not_applicable/exempt_reason"),
        (None, (5.0,), "breached/cadence_incomplete"),
    ],
)
def test_giving_back(reason: str | None, times: tuple[float, ...], expected: str) -> None:
    found = judged(tried(lead(), *times).close(3 * DAY, "d1", reason=reason), 4 * DAY)["give_back_allowed"]
    assert (said(found), found.due_at, found.evidence) == (expected, naive(3 * DAY), "deal:d1")


def test_attempts_after_the_give_back_do_not_help() -> None:
    story = tried(lead(), 5, DAY, DAY + 180, 3 * DAY + 1).close(3 * DAY, "d1")
    assert said(judged(story, 5 * DAY)["give_back_allowed"]) == "breached/cadence_incomplete"


def test_a_reason_is_given_or_not() -> None:
    given = judged(lead().close(DAY, "d1"), 2 * DAY)["reason_registered"]
    assert (said(given), given.met_at, given.evidence) == ("met", naive(DAY), "reason:sem_timing")
    silent = judged(lead().close(DAY, "d1", reason=None), 2 * DAY)["reason_registered"]
    assert (said(silent), silent.due_at, silent.evidence) == ("breached", naive(DAY), None)
    assert "reason_registered" not in judged(lead(), DAY)
    lost = lead().stage(HOUR, "d1", "Qualificado").close(DAY, "d1")
    found = judged(lost, 2 * DAY)
    assert said(found["reason_registered"]) == "met" and "give_back_allowed" not in found


# Grades (V13)
def test_a_grade_seen_soon_enough() -> None:
    found = judged(lead().stars(DAY, "d1", 4), 2 * DAY)["rating_given"]
    assert (said(found), found.met_at, found.basis) == ("met", naive(DAY), "rating")  # changed at DAY, read later


def test_a_grade_without_an_instant_counts_by_the_fallback() -> None:
    story = lead().stars(DAY, "d1", 4).stage(6 * DAY, "d1", "Aceito por vendas")
    found = judged(story, 7 * DAY)["rating_given"]
    assert (said(found), found.met_at, found.basis) == ("met", None, "rating_without_instant")
    assert found.elapsed_seconds is None and found.evidence == "deal:d1"


def test_a_grade_for_certain_too_late_or_never() -> None:
    story = lead().stage(5 * DAY, "d1", "Aceito por vendas").stars(6 * DAY, "d1", 4)
    assert said(judged(story, 7 * DAY, polls=(5 * DAY + 20, 7 * DAY))["rating_given"]) == "breached"
    assert said(judged(lead(), 5 * DAY)["rating_given"]) == "running"
    assert said(judged(lead(), 6 * DAY)["rating_given"]) == "breached"
    assert said(judged(lead().close(DAY, "d1"), 6 * DAY)["rating_given"]) == "not_applicable/closed_before_due"


# Re-assignment (V6)
def test_each_owner_has_a_share_of_the_wait() -> None:
    story = lead(OTHER).owner(12 * HOUR, "d1", "south").attempt(20 * HOUR, "d1", "t")
    found = judged(story, 2 * DAY, polls=(HOUR, 13 * HOUR, 2 * DAY))
    first, second = found["first_contact_other:1"], found["first_contact_other:2"]
    assert (said(first), first.seller, first.met_at) == ("not_applicable/reassigned", "seller", None)
    assert (said(second), second.started_at, second.seller) == ("met", naive(13 * HOUR), "south")
    assert (second.elapsed_seconds, second.due_at) == (7 * 3600, naive(13 * HOUR + DAY))
    whole = found["first_contact_other"]
    assert (said(whole), whole.elapsed_seconds, whole.seller) == ("met", (20 * 60 - 3) * 60, "south")


def test_an_owner_who_let_the_limit_pass_and_one_who_came_after_the_contact() -> None:
    story = lead(OTHER).owner(30 * HOUR, "d1", "south").attempt(28 * HOUR, "d1", "t")
    found = judged(story, 3 * DAY, polls=(HOUR, 31 * HOUR))
    assert said(found["first_contact_other:1"]) == "breached"
    assert said(found["first_contact_other:2"]) == "not_applicable/already_contacted"
    silent = judged(lead(OTHER).owner(30 * HOUR, "d1", "south"), 3 * DAY, polls=(HOUR, 31 * HOUR, 3 * DAY))
    assert [said(silent[f"first_contact_other{who}"]) for who in ("", ":1", ":2")] == ["breached"] * 3


def test_a_change_of_owner_between_two_distant_looks() -> None:
    """Given over between minutes 60 and 30 h: the second owner's limit ended at 25 h or at 54 h; asked at 50 h."""
    story = lead(OTHER).owner(20 * HOUR, "d1", "south")
    found = judged(story, 50 * HOUR, polls=(HOUR, 30 * HOUR, 50 * HOUR))
    assert said(found["first_contact_other:2"]) == "not_judgeable/imprecise_start"
    assert "first_contact_other:2" not in judged(story, 50 * HOUR)  # one look shows one owner


# Stage clocks (V5)
def test_a_contact_before_the_sql_counts_one_before_the_proposal_does_not() -> None:
    story = lead().attempt(10, "d1", "t").stage(HOUR, "d1", "Qualificado").stage(2 * HOUR, "d1", "Proposta enviada")
    found = judged(story, 10 * DAY)
    assert (said(found["sql_contact"]), found["sql_contact"].elapsed_seconds) == ("met", 0)
    assert said(found["proposal_followup"]) == "breached"
    story.attempt(4 * HOUR, "d1", "t2")
    found = judged(story, 10 * DAY)
    follow = found["proposal_followup"]
    assert (said(follow), follow.elapsed_seconds, follow.evidence) == ("met", 7200, "attempt:t2")


# Nurture (V12)
def _given_back(consent: str | None = "granted") -> Story:
    return (
        Story()
        .contact(0, "u1", "ana@firma.com.br", consent=consent)
        .mark(3, "u1")
        .card(4.9, "c1", "ana@firma.com.br", "u1")
        .deal(5, "d1", ["c1"])
        .close(DAY, "d1")
    )


def test_back_into_nurture_in_time_late_or_not_at_all() -> None:
    key, identifier = "returned_to_nurture", "bastao-nutricao-sem-timing"
    back = (Posted("u1", identifier, when(2 * DAY)),)
    found = judged(_given_back(), 9 * DAY, posted=back)[key]
    assert (said(found), found.elapsed_seconds, found.evidence) == ("met", 86400, f"conversion:{identifier}")
    assert found.seller is None
    late = judged(_given_back(), 9 * DAY, posted=(Posted("u1", identifier, when(4 * DAY)),))[key]
    assert (said(late), late.met_at) == ("breached", naive(4 * DAY))
    assert said(judged(_given_back(), 9 * DAY)[key]) == "breached"
    assert said(judged(_given_back(), 2 * DAY)[key]) == "running"
    assert said(judged(_given_back(), 9 * DAY, go_live=2 * DAY)[key]) == "not_applicable/before_go_live"
    assert said(judged(_given_back(None), 9 * DAY)[key]) == "not_applicable/consent_unknown"
    assert said(judged(_given_back("declined"), 9 * DAY)[key]) == "not_applicable/consent_declined"
    assert said(judged(_given_back().mark(2 * DAY, "u1"), 9 * DAY)[key]) == "not_applicable/new_passage"


# Months (V14 to V16)
def _promising(**minimum: float) -> truth.Agreement:
    promises = tuple(Commitment(name, "marketing", name, least) for name, least in minimum.items())
    forms = Commitment("filled", "marketing", "capture_completeness", 0.5, ("email", "name"), (OTHER,))
    return truth.Agreement(tuple(replace(terms, commitments=(*promises, forms)) for terms in VERSIONS), (), ())


def test_volumes_and_shares_of_a_month() -> None:
    story = lead().stage(DAY, "d1", "Qualificado").conversion(DAY, "u1", OTHER)
    promise = _promising(mqls_per_month=1, sqls_per_month=2, acceptance_rate=0.9)
    march = judged(story, 20 * DAY, agreement=promise)
    assert (said(march["mqls_per_month"]), march["mqls_per_month"].met_at) == ("met", naive(3))
    assert (said(march["sqls_per_month"]), march["sqls_per_month"].evidence) == ("running", "count=1;minimum=2")
    assert said(march["acceptance_rate"]) == said(march["filled"]) == "running"
    known = truth.knowledge(story.world(), when(45 * DAY), [when(45 * DAY)], promise)
    rows = {(row.clause_id, row.subject_id): row for row in judge(known) if row.subject_type == "month"}
    # The first hand-over came on the 2nd: nobody knows what happened on the 1st.
    assert said(rows["sqls_per_month", "2026-03"]) == "not_judgeable/partial_month"
    assert said(rows["acceptance_rate", "2026-03"]) == "met"
    assert rows["acceptance_rate", "2026-03"].evidence == "accepted=1;handed_over=1;undecided=0"
    assert said(rows["sqls_per_month", "2026-04"]) == "running"
    later = truth.knowledge(story.world(), when(75 * DAY), [when(75 * DAY)], promise)
    rows = {(row.clause_id, row.subject_id): row for row in judge(later) if row.subject_type == "month"}
    assert said(rows["sqls_per_month", "2026-04"]) == "breached"
    assert said(rows["acceptance_rate", "2026-04"]) == "not_applicable/no_handovers"
    assert said(rows["filled", "2026-04"]) == "not_applicable/no_conversions"


# Waivers (V17)
def test_waivers_by_hand_over_seller_and_time() -> None:
    story, clause = lead(), "first_contact_hot"
    plain = judged(story, DAY)[clause]
    assert plain.one is not None and said(plain) == "breached"

    def with_waiver(**conditions: Any) -> Finding:
        waiver = Waiver(**{"id": "w1", "clause": clause, "reason": "x", **conditions})
        return judged(story, DAY, agreement=truth.Agreement(waivers=(waiver,)))[clause]

    handoff = plain.one.passage.handoff_id
    found = with_waiver(handoff=handoff)
    assert (said(found), found.unwaived_verdict, found.waiver_id) == ("waived/waiver:w1", "breached", "w1")
    assert said(with_waiver(handoff=handoff, clause="all")) == "waived/waiver:w1"
    assert said(with_waiver(handoff="another")) == "breached"
    assert said(with_waiver(clause="sql_contact", handoff=handoff)) == "breached"
    assert said(with_waiver(seller="ana.seller@serraclara.example.com.br")) == "waived/waiver:w1"
    assert said(with_waiver(seller="sul@serraclara.example.com.br")) == "breached"
    window = {"since": when(3), "until": when(3) + timedelta(seconds=1)}
    assert said(with_waiver(**window)) == "waived/waiver:w1"
    assert said(with_waiver(since=when(0), until=when(3))) == "breached"  # the end does not belong to it


def test_what_is_met_needs_no_waiver_and_the_smallest_id_names_it() -> None:
    waivers = tuple(Waiver(name, "all", "x", since=when(0), until=when(9)) for name in ("b", "a"))
    found = judged(lead(), DAY, agreement=truth.Agreement(waivers=waivers))
    assert said(found["owner_at_birth"]) == "met" and found["owner_at_birth"].waiver_id is None
    assert said(found["first_contact_hot"]) == "waived/waiver:a"


# Criteria and delays (V18)
def test_criteria_and_delays_of_a_hand_over() -> None:
    story = lead(user_id=None).owner(HOUR, "d1", "seller").attempt(3 * HOUR, "d1", "t")
    world = story.world()
    looks = [when(2 * HOUR), when(DAY)]
    (row,) = truth.observable(world, when(DAY), looks)["handoffs"].to_dict("records")
    assert (row["mql_criteria_met"], row["owners"]) == (True, 1)
    assert (row["system_delay_seconds"], row["human_delay_seconds"]) == (117 * 60, 3600)
    # 10:03 to 12:00, then 12:00 to 13:00 at lunch.
    assert (row["system_delay_business_seconds"], row["human_delay_business_seconds"]) == (117 * 60, 0)
    (other,) = truth.observable(lead("newsletter").world(), when(DAY), [when(DAY)])["handoffs"].to_dict("records")
    assert other["mql_criteria_met"] is False and other["human_delay_seconds"] is None
