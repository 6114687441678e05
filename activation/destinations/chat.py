"""Posts alerts to Slack or Teams by an incoming webhook (contract CRM sections 7 and 8).

Neither service dedupes nor can be read back: a message whose end is unknown is held, never posted twice. Several alerts
of one run go as one digest. Outside the hours in which people want to be disturbed nothing is posted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from activation.answers import from_exception
from activation.faults import crash_point
from activation.messages import slack, teams
from activation.messages.alert import Alert, problem_of, read
from activation.messages.words import Words
from activation.policy import ReadBack
from activation.ports import Finding, PlanRow, Presence, SendResult
from activation.poster import Answer, Poster, outcome_of

SLACK_HOSTS = ("hooks.slack.com",)
TEAMS_HOSTS = (".environment.api.powerplatform.com", ".logic.azure.com")
# Slack's answers after which no message will get through until a person acts: they stop the run.
_CLOSED = frozenset({"no_service", "no_active_hooks", "no_team", "channel_not_found", "channel_is_archived",
                     "action_prohibited", "invalid_token", "team_disabled", "posting_to_general_channel_denied"})  # fmt: skip


@dataclass
class Chat:
    """Destination of the message syncs. `quiet` says whether people want not to be disturbed now; `kinds` which
    alerts this channel takes. Plan columns used: those of `plan_messages`."""

    name: str
    poster: Poster
    words: Words
    body: Callable[[Sequence[Alert], Words], dict[str, Any]]
    quiet: Callable[[], bool] = lambda: False
    kinds: tuple[str, ...] = ()
    batch_max: int = 40
    """So many alerts go as one digest."""
    batch_is_atomic: bool = True

    read_back = ReadBack.NONE

    def problem(self, row: PlanRow) -> str | None:
        """`unknown_kind`, `no_clause`, `kind_not_wanted`, or `quiet_hours`, which passes by itself."""
        if found := problem_of(row):
            return found
        if self.kinds and row.payload["kind"] not in self.kinds:
            return "kind_not_wanted"
        return "quiet_hours" if self.quiet() else None

    def send(self, row: PlanRow) -> SendResult:
        """One message."""
        return self._post([row])

    def send_batch(self, rows: Sequence[PlanRow]) -> list[SendResult]:
        """All rows as one message: they arrive together or not at all."""
        return [self._post(rows)] * len(rows)

    def find(self, row: PlanRow, since: datetime) -> Finding:
        """A webhook only takes: nothing can be read back."""
        return Finding(Presence.UNKNOWN)

    def _post(self, rows: Sequence[PlanRow]) -> SendResult:
        alerts = [read(row, self.words.locale) for row in rows]
        content = json.dumps(self.body(alerts, self.words), ensure_ascii=False).encode()
        crash_point("chat:before_post")
        try:
            answer = self.poster.post(content, {})
        except Exception as error:
            return from_exception(error)
        crash_point("chat:after_post")
        return read_answer(answer)


def slack_chat(poster: Poster, words: Words, **options: Any) -> Chat:
    """A Slack channel."""
    return Chat("chat_slack", poster, words, slack.body, **options)


def teams_chat(poster: Poster, words: Words, **options: Any) -> Chat:
    """A Teams channel. Teams answers before its flow runs: accepted is all that can be known."""
    return Chat("chat_teams", poster, words, teams.body, **options)


def read_answer(answer: Answer) -> SendResult:
    """How the attempt ended. Any 2xx is accepted: senders that took Teams' 202 for a failure posted three times."""
    return outcome_of(answer, _CLOSED)
