"""Formats a Brazilian reads without stopping."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.formats import MISSING, Formats

PT, EN = Formats("pt-BR"), Formats("en")


def _plain(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_numbers_money_and_shares() -> None:
    assert PT.number(12345) == "12.345"
    assert EN.number(12345.5, 1) == "12,345.5"
    assert _plain(PT.money(Decimal("1234.56"))) == "R$ 1.234,56"
    assert _plain(PT.money(1_234_567, compact=True)) == "R$ 1,2 mi"
    assert PT.percent(0.724) == "72%"
    assert PT.percent(0.724, 1) == "72,4%"


def test_instants_are_shown_in_the_company_zone() -> None:
    assert PT.instant(datetime(2026, 6, 30, 21, 0)) == "30/06/2026 18:00"
    assert PT.instant(datetime(2019, 1, 15, 2, 30)) == "15/01/2019 00:30"  # daylight saving then
    assert PT.day(date(2026, 6, 1)) == "01/06/2026"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (59.6, "1 min"),
        (250, "4 min 10 s"),
        (7500, "2 h 05 min"),
        (273_600, "3 d 4 h"),
        (-300, "-5 min"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert PT.duration(seconds) == text


@given(st.integers(-(10**9), 10**9))
def test_a_duration_has_a_sign_exactly_when_negative(seconds: int) -> None:
    assert PT.duration(seconds).startswith("-") == (seconds < 0)


def test_what_is_missing_is_a_dash_and_never_a_zero() -> None:
    for method in (PT.number, PT.percent, PT.money, PT.day, PT.instant, PT.duration):
        assert method(None) == MISSING
