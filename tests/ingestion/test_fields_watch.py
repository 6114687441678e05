"""Fields of an account that change between two runs: new ones are told, lost or retyped ones that are read stop the run."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from ingestion.errors import SourceError
from ingestion.fields_watch import is_due, watch
from ingestion.own_fields import Fields
from ingestion.runner import Session

NOON = datetime(2026, 6, 30, 12)
OURS = {"cnpj", "nota"}


def session(state: dict[str, Any]) -> Session:
    return Session(state, 1, lambda **_queries: {})


def look(state: dict[str, Any], now: dict[str, str], used: set[str] = OURS) -> list[str]:
    own = session(state)
    watch(own, "hubspot", Fields("deals", now, frozenset(used), "sources.hubspot.properties"))
    return own.notes


def test_new_fields_are_told_once_and_one_that_never_was_is_a_note() -> None:
    state: dict[str, Any] = {}
    assert look(state, {"cnpj": "string"}) == [
        "hubspot: deals have no field nota (sources.hubspot.properties); what it would tell stays empty."
    ]
    assert look(state, {"cnpj": "string"}) == []
    assert look(state, {"cnpj": "string", **{f"f{n:02}": "date" for n in range(12)}}) == [
        "hubspot: deals have new fields: f00, f01, f02, f03, f04, f05, f06, f07, f08, f09 and 2 more."
    ]
    assert look(state, {"cnpj": "string"}) == []  # those that nothing reads may go


@pytest.mark.parametrize("now, words", [({"cnpj": "string"}, "nota is gone"), ({"cnpj": "string", "nota": "string"}, "nota was number and is string now")])
def test_a_lost_or_retyped_field_is_a_gate_until_the_settings_say_otherwise(now: dict[str, str], words: str) -> None:
    state: dict[str, Any] = {}
    look(state, {"cnpj": "string", "nota": "number"})
    for _ in range(2):
        with pytest.raises(SourceError, match=f"{words}. Nothing was read.*sources.hubspot.properties in bastao.yaml"):
            look(state, now)
    assert look(state, now, {"cnpj"}) == []
    assert look(state, now, {"cnpj"}) == []


def test_runs_that_come_by_the_minute_look_once_an_hour() -> None:
    own = session({})
    found = [is_due(own, NOON + timedelta(minutes=minutes)) for minutes in (0, 1, 59, 60, 61)]
    assert found == [True, False, False, True, False]
