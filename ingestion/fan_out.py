"""Detail calls in parallel: one thread per connection, results in the order of the items."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ingestion.errors import ApiError, IngestionError, QuotaExhausted

Item = TypeVar("Item")
Result = TypeVar("Result")

MAX_FAILURES = 20  # more single failures than this in one slice: the service is down, not the record


@dataclass
class Outcome(Generic[Result]):
    """What a slice of detail calls gave. `stop` ends the read after the results at hand were kept."""

    results: list[Result] = field(default_factory=list)
    deferred: int = 0
    failures: list[str] = field(default_factory=list)
    stop: IngestionError | None = None


def fan_out(
    items: Sequence[Item],
    work: Callable[[Item], Result],
    workers: int,
    done: Callable[[int], None] = lambda count: None,
) -> Outcome[Result]:
    """Call `work` for every item with `workers` threads.

    A record whose own quota is used up, or that fails by itself, is left for the next run; a quota of the account,
    a credential problem or many failures stop the slice. Results of finished items are kept in every case.
    """
    outcome: Outcome[Result] = Outcome()
    results: dict[int, Result] = {}
    queue, count = iter(enumerate(items)), 0
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="fetch") as pool:
        running: dict[Future[Result], int] = {}
        try:
            while True:
                _refill(pool, queue, running, work, workers * 2 if outcome.stop is None else 0)
                if not running:
                    break
                finished, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    index = running.pop(future)
                    count += 1
                    _settle(future, index, results, outcome)
                done(count)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    outcome.results = [results[index] for index in sorted(results)]
    return outcome


def _refill(
    pool: ThreadPoolExecutor,
    queue: Iterator[tuple[int, Item]],
    running: dict[Future[Result], int],
    work: Callable[[Item], Result],
    room: int,
) -> None:
    while len(running) < room:
        try:
            index, item = next(queue)
        except StopIteration:
            return
        running[pool.submit(work, item)] = index


def _settle(future: Future[Result], index: int, results: dict[int, Result], outcome: Outcome[Result]) -> None:
    try:
        results[index] = future.result()
    except QuotaExhausted as error:
        if error.key:
            outcome.deferred += 1
        else:
            outcome.stop = outcome.stop or error
    except ApiError as error:
        outcome.failures.append(str(error))
        if len(outcome.failures) > MAX_FAILURES:
            outcome.stop = outcome.stop or error
    except IngestionError as error:
        outcome.stop = outcome.stop or error
