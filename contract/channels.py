"""Channels that the agreement names and that no traffic is mapped to: a criterion of such a channel is never met."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contract.agreement import Agreement
from contract.mappings import Mappings

_KEYS = ("channels", "channel_in")  # routing; qualification and score
ALWAYS = ("unknown", "unmapped")  # traffic that RD Station does not tell, or that channels.yaml does not name (int_conversions)


def unmapped_channels(agreement: Agreement, mappings: Mappings) -> list[tuple[str, str, str]]:
    """(version, place in it, channel) of each channel that the newest version names and `mappings` does not, in its order."""
    known = {*ALWAYS, *(block.channel for block in mappings.channels)}
    newest = agreement.versions[-1]
    named = _named(newest.terms.model_dump(mode="json"), "")
    return [(newest.version, place, channel) for place, channel in named if channel not in known]


def _named(value: Any, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            here = f"{place}.{key}".lstrip(".")
            if key in _KEYS:
                yield from ((here, channel) for channel in inner or ())
            else:
                yield from _named(inner, here)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _named(inner, f"{place}[{number}]")
