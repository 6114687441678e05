"""Small pieces of the company: working time against the truth's own, phones as typed, typing errors, numbers."""

import random
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.company.chance import stream
from sandbox.company.identifiers import mistype_email, new_cnpj, new_cpf, new_fixed, new_mobile, write_phone
from sandbox.company.worktime import WorkTime, easter
from sandbox.truth import normal
from sandbox.truth.calendars import company_calendar

_START, _END = datetime(2025, 1, 1, tzinfo=UTC).timestamp(), datetime(2027, 1, 1, tzinfo=UTC).timestamp()
_WORK, _CALENDAR = WorkTime(_START, _END), company_calendar()
_INSTANTS = st.integers(int(_START) + 86400, int(_END) - 40 * 86400)


@settings(max_examples=60, deadline=None)
@given(_INSTANTS, st.integers(0, 30 * 86400))
def test_two_implementations_of_working_time_agree(start: int, span: int) -> None:
    one, two = (datetime.fromtimestamp(t, UTC).replace(tzinfo=None) for t in (start, start + span))
    assert round(_WORK.worked(start + span) - _WORK.worked(start)) == _CALENDAR.seconds(one, two)


@settings(max_examples=60, deadline=None)
@given(_INSTANTS, st.integers(1, 60 * 3600))
def test_both_find_the_same_due_instant(start: int, limit: int) -> None:
    due = _CALENDAR.due(datetime.fromtimestamp(start, UTC).replace(tzinfo=None), limit)
    found = _WORK.add(start, limit)
    # At a closing second both the closing and the next opening have the same worked time.
    assert _WORK.worked(found) == _WORK.worked(due.replace(tzinfo=UTC).timestamp())
    assert due.replace(tzinfo=UTC).timestamp() <= found


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6))
def test_however_a_phone_is_typed_its_key_is_the_same(seed: int) -> None:
    rng = random.Random(seed)
    area, number = (
        rng.choice(("11", "41", "55", "92")),
        new_mobile(rng) if rng.random() < 0.7 else new_fixed(rng),
    )
    text = write_phone(rng, area, number, 3.0)
    assert normal.phone_key(text) in (area + number[-8:], None)
    if normal.phone_key(text) is None:
        assert normal.phone(text)[1] == "missing_area_code"


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**6))
def test_a_mistyped_email_is_another_address(seed: int) -> None:
    rng = random.Random(seed)
    wrong = mistype_email(rng, "joana.figueiredo12@gmail.com")
    assert "@" in wrong and wrong.count("@") == 1


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6))
def test_documents_have_right_check_digits(seed: int) -> None:
    rng = random.Random(seed)
    assert normal.cnpj(new_cnpj(rng)) is not None
    assert normal.cpf(new_cpf(rng)) is not None


def test_streams_are_independent_and_repeatable() -> None:
    assert stream(1, "a").random() == stream(1, "a").random()
    assert stream(1, "a").random() != stream(1, "b").random()
    assert (easter(2026).month, easter(2026).day) == (4, 5)
