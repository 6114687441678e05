"""Detail calls in parallel: order, what one record's failure stops, and what it does not."""

import threading

import pytest

from ingestion.errors import ApiError, AuthError, QuotaExhausted
from ingestion.fan_out import MAX_FAILURES, fan_out


def test_results_come_in_the_order_of_the_items() -> None:
    told: list[int] = []
    outcome = fan_out(range(200), lambda item: item * 2, 8, told.append)
    assert outcome.results == [item * 2 for item in range(200)]
    assert told[-1] == 200


def test_work_is_shared_among_the_threads() -> None:
    together = threading.Barrier(4, timeout=10)
    assert fan_out(range(4), lambda item: together.wait() >= 0, 4).results == [True] * 4


def test_a_records_own_trouble_leaves_the_others_alone() -> None:
    def work(item: int) -> int:
        if item == 3:
            raise QuotaExhausted("rd:1", "funnels", 60, key="x")
        if item == 5:
            raise ApiError("GET /5 answered 500", status=500)
        return item

    outcome = fan_out(range(10), work, 3)
    assert outcome.results == [0, 1, 2, 4, 6, 7, 8, 9]
    assert (outcome.deferred, outcome.failures, outcome.stop) == (1, ["GET /5 answered 500"], None)


@pytest.mark.parametrize("error", [QuotaExhausted("rd:1", "contacts", 60), AuthError("refused")])
def test_an_accounts_trouble_stops_the_slice_and_keeps_what_is_there(error: Exception) -> None:
    def work(item: int) -> int:
        if item == 20:
            raise error
        return item

    outcome = fan_out(range(1000), work, 2)
    assert outcome.stop is error
    assert outcome.results[:20] == list(range(20))
    assert len(outcome.results) < 1000


def test_many_failures_mean_that_the_service_is_down() -> None:
    tried: list[int] = []

    def work(item: int) -> int:
        tried.append(item)
        raise ApiError("no answer")

    outcome = fan_out(range(1000), work, 4)
    assert isinstance(outcome.stop, ApiError)
    assert MAX_FAILURES < len(tried) <= MAX_FAILURES + 4


def test_a_mistake_of_ours_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        fan_out(range(100), lambda item: 1 // (item - 50), 4)


def test_nothing_to_do() -> None:
    assert fan_out([], lambda item: item, 4).results == []
