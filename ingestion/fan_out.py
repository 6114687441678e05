"""Detail calls in parallel: one thread per connection, results in the order of the items."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ingestion.errors import ApiError, IngestionError, QuotaExhausted

Item = TypeVar("Item")
Result = TypeVar("Result")

TELL_SECONDS = 0.1  # how often progress is told
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
    line: _Line[Item, Result] = _Line(items, work)
    with ThreadPoolExecutor(max_workers=max(1, workers), thread_name_prefix="fetch") as pool:
        try:
            running = [pool.submit(line.run) for _ in range(min(max(1, workers), len(items)))]
            while running:
                finished, pending = wait(running, timeout=TELL_SECONDS, return_when=FIRST_EXCEPTION)
                running = list(pending)
                for worker in finished:
                    worker.result()  # an error that is none of ours ends everything
                done(line.count)
        except BaseException:
            line.ended = True
            raise
    line.outcome.results = [line.results[index] for index in sorted(line.results)]
    return line.outcome


class _Line(Generic[Item, Result]):
    """The items that wait, and what became of the others. Each thread takes the next item until there is none.

    One future per thread, not per item: handing every item over through the pool cost as much as a call.
    """

    def __init__(self, items: Sequence[Item], work: Callable[[Item], Result]) -> None:
        self._queue, self._work, self._lock = iter(enumerate(items)), work, threading.Lock()
        self.outcome: Outcome[Result] = Outcome()
        self.results: dict[int, Result] = {}
        self.count, self.ended = 0, False

    def run(self) -> None:
        """Work until the queue is empty or something ended it."""
        while (taken := self._next()) is not None:
            index, item = taken
            try:
                result = self._work(item)
            except IngestionError as error:
                with self._lock:
                    self.count += 1
                    self._failed(error)
            except BaseException:
                self.ended = True
                raise
            else:
                with self._lock:
                    self.count += 1
                    self.results[index] = result

    def _next(self) -> tuple[int, Item] | None:
        with self._lock:
            return None if self.ended else next(self._queue, None)

    def _failed(self, error: IngestionError) -> None:
        outcome = self.outcome
        if isinstance(error, QuotaExhausted) and error.key:
            outcome.deferred += 1
            return
        if isinstance(error, ApiError):
            outcome.failures.append(str(error))
            if len(outcome.failures) <= MAX_FAILURES:
                return
        outcome.stop, self.ended = outcome.stop or error, True
