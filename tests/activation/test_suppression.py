"""People who must never hear from us again: refused when planned and when sent, and kept without their address."""

from __future__ import annotations

from pathlib import Path

import pytest

from activation.delivery import deliver
from activation.outbox import Outbox
from activation.suppression import SuppressionList
from tests.activation.support import (
    NOW,
    SYNC,
    FakeClock,
    FakeConsent,
    FakeDestination,
    new_outbox,
    plan_of,
    policy,
    states,
)


@pytest.fixture
def listed(tmp_path: Path) -> SuppressionList:
    return SuppressionList(f"sqlite:///{tmp_path / 'state.db'}")


def test_however_it_is_written_the_address_is_recognised(listed: SuppressionList) -> None:
    assert not listed.has("a@example.com.br")
    assert listed.add("  A@Example.com.BR ", "asked", NOW)
    assert not listed.add("a@example.com.br", "asked again", NOW)
    assert listed.has("a@example.com.br")
    asked = ["a@example.com.br", "A@example.com.br", "b@example.com.br", "no address", "@", "@b"]
    assert listed.matching(asked) == {"a@example.com.br", "A@example.com.br"}
    assert listed.remove("a@EXAMPLE.com.br")
    assert not listed.has("a@example.com.br")


def test_many_are_asked_for_at_once(listed: SuppressionList) -> None:
    everybody = [f"person{number}@example.com.br" for number in range(1201)]
    for email in everybody[::400]:
        listed.add(email, "asked", NOW)
    assert listed.matching(everybody) == set(everybody[::400])


def test_no_address_is_kept_and_none_is_shown(listed: SuppressionList, tmp_path: Path) -> None:
    listed.add("somebody@example.com.br", "asked", NOW)
    assert [entry["reason"] for entry in listed.entries()] == ["asked"]
    for path in tmp_path.iterdir():
        assert b"somebody" not in path.read_bytes(), path
    with pytest.raises(ValueError, match="not an e-mail address"):
        listed.add("somebody", "asked", NOW)


def test_suppressed_is_refused_in_the_plan_whatever_the_consent(listed: SuppressionList, tmp_path: Path) -> None:
    listed.add("a@example.com.br", "asked", NOW)
    clock, outbox = FakeClock(), new_outbox(tmp_path)
    there = FakeDestination(clock)
    report = deliver(SYNC, plan_of("a", "b"), outbox, there, clock, policy(consent_unknown="allow"), suppressed=listed)
    assert states(outbox) == {"a": "refused", "b": "accepted"}
    assert report.refused == {"suppressed": 1}
    assert there.calls == 1


def test_somebody_suppressed_after_planning_is_refused_at_the_last_moment(listed: SuppressionList, tmp_path: Path) -> None:
    clock, outbox = FakeClock(), new_outbox(tmp_path)

    class Meanwhile(FakeConsent):
        """A colleague takes the address off while the run is under way."""

        def current(self, row):  # type: ignore[no-untyped-def]
            listed.add("b@example.com.br", "asked", NOW)
            return super().current(row)

    there = FakeDestination(clock)
    deliver(SYNC, plan_of("a", "b"), outbox, there, clock, policy(), consent=Meanwhile(), suppressed=listed)
    assert states(outbox) == {"a": "accepted", "b": "refused"}
    assert there.calls == 1


def test_a_dry_run_makes_no_list(listed: SuppressionList, tmp_path: Path) -> None:
    clock = FakeClock()
    outbox = Outbox(f"sqlite:///{tmp_path / 'state.db'}")
    report = deliver(SYNC, plan_of("a"), outbox, FakeDestination(clock), clock, policy(), dry_run=True, suppressed=listed)
    assert report.would_send == 1
    assert list(tmp_path.iterdir()) == []
