"""Alerts as the body of a Teams workflow webhook (contract CRM section 8): an Adaptive Card 1.4."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from activation.messages.alert import Alert
from activation.messages.words import Words

MAX_BYTES = 26_000  # about 28 KB are taken


def body(alerts: Sequence[Alert], words: Words) -> dict[str, Any]:
    """One alert in full, several as a digest; always below the size that Teams takes."""
    if len(alerts) == 1:
        return _message(_one(alerts[0], words), _actions(alerts[0], words))
    shown = len(alerts)
    while True:
        message = _message(_digest(alerts, shown, words), [])
        if len(json.dumps(message).encode()) <= MAX_BYTES or shown <= 1:
            return message
        shown = shown * 3 // 4


def _one(alert: Alert, words: Words) -> list[dict[str, Any]]:
    facts = [{"title": name, "value": value[:1000]} for name, value in words.facts(alert)]
    return [
        _text(words.title(alert), weight="Bolder", size="Large"),
        _text(words.summary(alert)),
        {"type": "FactSet", "facts": facts},
        _text(alert.key, isSubtle=True, size="Small"),
    ]


def _digest(alerts: Sequence[Alert], shown: int, words: Words) -> list[dict[str, Any]]:
    parts = [_text(words("digest", count=len(alerts)), weight="Bolder", size="Large")]
    parts += [_text(words.line(alert)[:500]) for alert in alerts[:shown]]
    if shown < len(alerts):
        parts.append(_text(words("more", count=len(alerts) - shown), isSubtle=True))
    return parts


def _actions(alert: Alert, words: Words) -> list[dict[str, Any]]:
    return [{"type": "Action.OpenUrl", "title": words("open"), "url": alert.url}] if alert.url else []


def _text(text: str, **style: Any) -> dict[str, Any]:
    return {"type": "TextBlock", "text": text, "wrap": True, **style}


def _message(parts: list[dict[str, Any]], actions: list[dict[str, Any]]) -> dict[str, Any]:
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "msteams": {"width": "Full"},
        "body": parts,
    }
    if actions:
        card["actions"] = actions
    content = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [content]}
