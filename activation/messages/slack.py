"""Alerts as the body of a Slack incoming webhook (contract CRM section 7): Block Kit with a plain text beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from activation.messages.alert import Alert
from activation.messages.words import Words

MAX_CHARACTERS = 7000  # the service refuses long messages near 13,000; the contract says to stay under 8,000
_HEADER, _FIELD = 150, 2000


def body(alerts: Sequence[Alert], words: Words) -> dict[str, Any]:
    """One alert in full, several as a digest that never exceeds what Slack takes."""
    return _one(alerts[0], words) if len(alerts) == 1 else _digest(alerts, words)


def _one(alert: Alert, words: Words) -> dict[str, Any]:
    title, summary = words.title(alert), words.summary(alert)
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": title[:_HEADER], "emoji": True}},
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*{escape(summary)}*"}},
        {
            "type": "section",
            "fields": [
                {"type": "mrkdwn", "text": f"*{escape(name)}*\n{escape(value)}"[:_FIELD]}
                for name, value in words.facts(alert)[:10]
            ],
        },
    ]
    if alert.url:
        button = {"type": "button", "text": {"type": "plain_text", "text": words("open")}, "url": alert.url}
        blocks.append({"type": "actions", "elements": [{**button, "action_id": "open_crm"}]})
    blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": escape(alert.key)}]})
    return {"text": escape(f"{title}: {summary}"), "blocks": blocks}


def _digest(alerts: Sequence[Alert], words: Words) -> dict[str, Any]:
    title = words("digest", count=len(alerts))
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": title[:_HEADER], "emoji": True}}
    ]
    used, shown = len(title), 0
    for alert in alerts[:40]:
        line = "• " + escape(words.line(alert))[:500]
        if used + len(line) > MAX_CHARACTERS:
            break
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": line}})
        used, shown = used + len(line), shown + 1
    if shown < len(alerts):
        more = words("more", count=len(alerts) - shown)
        blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": more}]})
    return {"text": title, "blocks": blocks}


def escape(text: str) -> str:
    """The three characters that Slack reads as markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
