"""The chat channels' webhooks: what they take, what they refuse and how, and that their own record shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.sandbox import small_world as small
from tests.support.sandbox import SandboxHandle, running_sandbox

CARD = {
    "type": "message",
    "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": {"type": "AdaptiveCard", "body": []}}],
}


@pytest.fixture
def box() -> Iterator[SandboxHandle]:
    with running_sandbox(small.small_world(), limits=False) as handle:
        yield handle


def post(box: SandboxHandle, channel: str, body: Any) -> httpx.Response:
    return box.client.post(box.credentials["chat"][f"{channel}_url"], json=body)


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({"text": "hi"}, 200, "ok"),
        ({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "hi"}}]}, 200, "ok"),
        ([], 400, "invalid_payload"),
        ({}, 400, "no_text"),
        ({"blocks": [{"type": "divider"}] * 51}, 400, "invalid_blocks"),
        ({"blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]}, 400, "invalid_blocks"),
        ({"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5}, 400, "msg_blocks_too_long"),
    ],
)
def test_slack_answers_in_words(box: SandboxHandle, body: Any, status: int, word: str) -> None:
    answer = post(box, "slack", body)
    assert (answer.status_code, answer.text) == (status, word)
    assert len(box.ledger("slack_messages")) == (status == 200)


@pytest.mark.parametrize(("word", "status"), [("action_prohibited", 403), ("no_service", 404), ("channel_is_archived", 410), ("rollup_error", 500)])
def test_a_slack_hook_fails_by_switch(box: SandboxHandle, word: str, status: int) -> None:
    box.switch(slack_answer=word)
    answer = post(box, "slack", {"text": "hi"})
    assert (answer.status_code, answer.text) == (status, word)
    assert box.ledger("slack_messages") == []
    assert box.client.post(box.url + "/slack/services/T0/B0/wrong", json={"text": "hi"}).text == "no_service"


def test_teams_accepts_cards_before_its_flow_runs(box: SandboxHandle) -> None:
    answer = post(box, "teams", CARD)
    assert (answer.status_code, answer.content) == (202, b"")
    assert [entry["body"] for entry in box.ledger("teams_messages")] == [CARD]
    for body in ({"text": "hi"}, {"type": "message"}, {**CARD, "attachments": [{"contentType": "x"}]}):
        refused = post(box, "teams", body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "TriggerInputSchemaMismatch")
    assert post(box, "teams", {**CARD, "more": "x" * 28_000}).status_code == 413
    unsigned = box.credentials["chat"]["teams_url"].rpartition("=")[0] + "=wrong"
    assert box.client.post(unsigned, json=CARD).status_code == 401


def test_rates_faults_and_hanging_up_after_acting() -> None:
    with running_sandbox(small.small_world(), limits=True) as box:
        assert [post(box, "slack", {"text": "hi"}).status_code for _ in range(2)] == [200, 429]
        over = post(box, "slack", {"text": "hi"})
        assert (over.text, over.headers["retry-after"]) == ("rate_limited", "1")
        assert [post(box, "teams", CARD).status_code for _ in range(5)] == [202] * 4 + [429]
        box.advance_limits(2)
        box.faults({"kind": "drop_after", "path": "/slack/*", "count": 1})
        with pytest.raises(httpx.HTTPError):
            post(box, "slack", {"text": "acted upon"})
        assert [entry["body"]["text"] for entry in box.ledger("slack_messages")] == ["hi", "acted upon"]
