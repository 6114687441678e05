"""Who is returned to nurture, who is refused, and how a return shows up again."""

from datetime import timedelta

import pytest

from sandbox import truth
from tests.sandbox.truth.story import Story, naive, when

DAY = 1440.0


def _rejected(consent: str | None = "granted") -> Story:
    return (
        Story()
        .contact(0, "u1", "Ana@Firma.com.br", consent)
        .conversion(0, "u1")
        .mark(3, "u1")
        .card(4, "c1", "ana@firma.com.br", "u1")
        .deal(5, "d1", ["c1"])
        .close(100, "d1")
    )


def _due(story: Story, as_of: float = 200, posted: tuple[truth.Posted, ...] = ()) -> list[dict[str, object]]:
    known = truth.knowledge(story.world(), when(as_of), truth.Observations([when(as_of)], posted=posted))
    return truth.returns_due(known, when(-DAY), 30).to_dict("records")


@pytest.mark.parametrize(
    ("consent", "reason"), [("granted", None), ("declined", "consent_declined"), (None, "consent_unknown")]
)
def test_consent_decides(consent: str | None, reason: str | None) -> None:
    (row,) = _due(_rejected(consent))
    assert (row["eligible"], row["refusal_reason"]) == (reason is None, reason)
    assert (row["email"], row["conversion_identifier"]) == ("ana@firma.com.br", "bastao-nutricao-sem-timing")


def test_a_reason_that_leads_elsewhere_is_no_candidate() -> None:
    story = _lead_lost_for("Sem perfil")
    assert _due(story) == []


def _lead_lost_for(label: str) -> Story:
    return (
        Story()
        .contact(0, "u1", "ana@firma.com.br")
        .mark(3, "u1")
        .card(4, "c1", "ana@firma.com.br", "u1")
        .deal(5, "d1", ["c1"])
        .close(100, "d1", reason=label)
    )


def test_an_open_passage_or_a_later_win_stops_the_return() -> None:
    again = _rejected().mark(10 * DAY, "u1").deal(10 * DAY + 2, "d2", ["c1"])
    assert [r["refusal_reason"] for r in _due(again, 11 * DAY)] == ["open_passage"]
    won = again.close(12 * DAY, "d2", win=True)
    assert [r["refusal_reason"] for r in _due(won, 13 * DAY)] == ["won_later"]


def test_too_old() -> None:
    assert [r["refusal_reason"] for r in _due(_rejected(), 40 * DAY)] == ["too_old"]


def test_before_go_live_nothing_is_a_candidate() -> None:
    known = truth.knowledge(_rejected().world(), when(200), [when(200)])
    assert truth.returns_due(known, when(150), 30).empty


def test_no_email_left() -> None:
    story = _rejected().at(150, "mkt.contact_deleted", contact_uuid="u1")
    known = truth.knowledge(story.world(), when(200), [when(120), when(200)])
    assert truth.returns_due(known, when(-DAY), 30).to_dict("records")[0]["refusal_reason"] == "no_email"


def test_our_own_return_is_seen_and_counts_for_nothing_else() -> None:
    posted = truth.Posted("u1", "bastao-nutricao-sem-timing", when(150) + timedelta(milliseconds=400))
    (row,) = _due(_rejected(), posted=(posted,))
    assert row["refusal_reason"] == "already_returned"
    looks = truth.Observations([when(120), when(200)], posted=[posted])
    (handoff,) = truth.observable(_rejected().world(), when(200), looks)["handoffs"].to_dict("records")
    assert (handoff["returned_at"], handoff["status"]) == (naive(150), "rejected")
