"""The chat destinations against the sandbox's channels: what arrives, and what each way of failing leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from activation.delivery import deliver
from activation.destinations.chat import Chat, slack_chat, teams_chat
from activation.messages.words import Words
from activation.outbox import Outbox
from activation.policy import Policy, ReadBack
from activation.ports import Outcome
from activation.poster import Poster
from activation.states import State
from tests.activation.support import FakeClock
from tests.activation.test_messages import alert_row
from tests.sandbox import small_world as small
from tests.support.sandbox import SandboxHandle, running_sandbox

NOW = datetime(2026, 6, 30, 14, tzinfo=UTC)
MAKERS: dict[str, Callable[..., Chat]] = {"slack": slack_chat, "teams": teams_chat}


@pytest.fixture(scope="module")
def running() -> Iterator[SandboxHandle]:
    with running_sandbox(small.small_world(), limits=False) as handle:
        yield handle


@pytest.fixture
def box(running: SandboxHandle) -> Iterator[SandboxHandle]:
    yield running
    running.clear_faults()
    running.switch(slack_answer="ok", teams_answer="ok", limits=False)
    running.reset_limits()


def channel(box: SandboxHandle, service: str) -> Chat:
    return MAKERS[service](Poster(box.credentials["chat"][f"{service}_url"], timeout_seconds=0.5), Words())


def messages(box: SandboxHandle, service: str, before: int = 0) -> list[Any]:
    return [entry["body"] for entry in box.ledger(f"{service}_messages")][before:]


@pytest.mark.parametrize("service", ["slack", "teams"])
@pytest.mark.parametrize("count", [1, 41, 400])
def test_alerts_pass_the_services_own_checks(box: SandboxHandle, service: str, count: int) -> None:
    before = len(messages(box, service))
    rows = [alert_row(f"v{number}", clause_title_pt="<Cláusula & longa> " + "ç" * 200) for number in range(count)]
    chat = channel(box, service)
    results = chat.send_batch(rows) if count > 1 else [chat.send(rows[0])]
    assert {result.outcome for result in results} == {Outcome.ACCEPTED}
    assert len(messages(box, service, before)) == 1


def test_a_push_back_that_is_not_well_is_told_with_what_to_do(box: SandboxHandle) -> None:
    before = len(messages(box, "slack"))
    sick = {"occurrence": "delivery_degraded:2026-06-30", "kind": "delivery_degraded", "clause_title_pt": None, "seller_label": None,
            "about_sync": "nurture_return", "health_status": "stopped", "health_reason": "nothing_accepted"}  # fmt: skip
    row = alert_row("nurture_return", **sick)
    chat = channel(box, "slack")
    assert chat.problem(row) is None
    assert chat.problem(alert_row("x", **{**sick, "about_sync": None})) == "no_sync"
    assert chat.send(row).outcome is Outcome.ACCEPTED
    said = str(messages(box, "slack", before)[0])
    for part in ("Envio com problema", "volta de leads à nutrição", "parado", "bastao deliveries list --sync nurture_return"):
        assert part in said
    assert "ninguém" not in said


@pytest.mark.parametrize(
    ("service", "trouble", "outcome"),
    [
        ("slack", {"switch": {"slack_answer": "no_service"}}, Outcome.BLOCKED),
        ("slack", {"switch": {"slack_answer": "action_prohibited"}}, Outcome.BLOCKED),
        ("slack", {"switch": {"slack_answer": "channel_is_archived"}}, Outcome.BLOCKED),
        ("slack", {"switch": {"slack_answer": "invalid_payload"}}, Outcome.REJECTED),
        ("slack", {"switch": {"slack_answer": "rollup_error"}}, Outcome.UNCERTAIN),
        ("slack", {"fault": "429_slack"}, Outcome.THROTTLED),
        ("teams", {"fault": "429_teams"}, Outcome.THROTTLED),
        ("teams", {"switch": {"teams_answer": "unauthorized"}}, Outcome.BLOCKED),
        ("slack", {"fault": "drop_after"}, Outcome.UNCERTAIN),
        ("teams", {"fault": "timeout_after"}, Outcome.UNCERTAIN),
    ],
)
def test_each_way_of_failing_is_told_apart(box: SandboxHandle, service: str, trouble: Any, outcome: Outcome) -> None:
    box.switch(**trouble.get("switch", {}))
    if fault := trouble.get("fault"):
        box.faults({"kind": fault, "count": 1, "seconds": 1.0})
    result = channel(box, service).send(alert_row())
    assert result.outcome is outcome
    if outcome is Outcome.THROTTLED:
        assert result.retry_after_seconds


@pytest.mark.parametrize("service", ["slack", "teams"])
def test_a_message_whose_end_is_unknown_is_held_and_never_posted_twice(box: SandboxHandle, service: str, tmp_path: Path) -> None:
    before = len(messages(box, service))
    outbox, clock = Outbox(f"sqlite:///{tmp_path / 'state.db'}"), FakeClock(NOW)
    rules = Policy(go_live=NOW - timedelta(days=9), read_back=ReadBack.NONE, on_uncertain="hold", batch_max=40,
                   consent_unknown="allow", read_before_first_send="never", wait_budget_seconds=60.0)  # fmt: skip
    rows = [alert_row(f"v{number}") for number in range(3)]
    box.faults({"kind": "drop_after", "count": 1})
    for _ in range(3):
        deliver("messages_slack", rows, outbox, channel(box, service), clock, rules)
    assert {row["state"] for row in outbox.ledger("messages_slack").values()} == {State.HELD}
    assert len(messages(box, service, before)) == 1
