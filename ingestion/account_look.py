"""What an account of a CRM answers when `bastao doctor` looks at it: nothing of it lands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ingestion.errors import ApiError
from ingestion.own_fields import Fields

NOT_GIVEN = (400, 402, 403, 404)  # a plan, a scope or an edition that lacks a thing answers one of these


@dataclass(frozen=True)
class AccountLook:
    """`left` of `most` calls (or tokens) of the day, None where the account does not tell; `lacking`: what the credentials'
    scopes, or the plan, do not give; `served_at`: the service's own instant of the answer (naive UTC); `fields`: those of
    the kinds of record whose own fields the company folder names."""

    lacking: tuple[str, ...]
    unit: str
    left: int | None = None
    most: int | None = None
    served_at: datetime | None = None
    fields: tuple[Fields, ...] = ()


def not_given(asked: Mapping[str, Callable[[], Any]]) -> tuple[str, ...]:
    """Which of these the account refuses. Any other failure is raised as it is."""
    lacking = []
    for name, ask in asked.items():
        try:
            ask()
        except ApiError as error:
            if error.status not in NOT_GIVEN:
                raise
            lacking.append(name)
    return tuple(lacking)


def number(value: Any) -> int | None:
    """A count in a header, None when there is none."""
    return int(value) if isinstance(value, str) and value.isdigit() else None
